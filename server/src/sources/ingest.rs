//! One task a source: events of the connection become inputs of the engine, in order.
//!
//! Decoding happens here, off the engine. When the engine is behind, sending waits, the connection's
//! queue fills, and the connection stops acknowledging: the broker keeps what we cannot take.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use app::i18n::{Locale, Messages};
use bind::{Incoming, Rules};
use connect::{Event, Message, State, Words};
use decode::{Decoded, LocalZone};
use store::Records;
use tokio::sync::mpsc;
use twin::Timestamp;
use wire::page::SourceState;

use super::words::{link_words, trouble_words};
use super::{ProblemBook, SourceEntry, session};
use crate::bind::LiveRules;
use crate::clock::Clock;
use crate::engine::{Batch, EngineInput};
use crate::formula::World;
use crate::metrics::Metrics;

/// Messages decoded before the engine gets them.
const MOST_MESSAGES: usize = 512;
/// How much of a payload is kept as a sample.
const SAMPLE_BYTES: usize = 400;

/// What decoding needs.
#[derive(Clone)]
pub struct Ingest {
    pub limits: decode::Limits,
    pub zone: Arc<dyn LocalZone + Send + Sync>,
    /// The mapping rules of the model that holds.
    pub rules: Arc<LiveRules>,
    pub problems: Arc<ProblemBook>,
    pub metrics: Arc<Metrics>,
    pub clock: Arc<dyn Clock>,
    pub records: Records,
    pub engine: mpsc::Sender<EngineInput>,
    /// A second connection that only feeds the view while history cannot be written.
    pub view_only: bool,
}

impl Ingest {
    /// Runs until the connection ends.
    pub async fn run(self, entry: Arc<SourceEntry>, mut events: mpsc::Receiver<Event>) {
        let mut waiting = Vec::with_capacity(MOST_MESSAGES);
        while events.recv_many(&mut waiting, MOST_MESSAGES).await > 0 {
            let mut inputs = Vec::new();
            let mut batch = self.new_batch(&entry);
            let rules = self.rules.current();
            for event in waiting.drain(..) {
                match event {
                    Event::Message(message) => self.take(&entry, &rules, message, &mut batch),
                    other => {
                        inputs.extend(finish(std::mem::replace(&mut batch, self.new_batch(&entry))));
                        inputs.extend(self.note(&entry, other));
                    }
                }
            }
            inputs.extend(finish(batch));
            for input in inputs {
                if self.engine.send(input).await.is_err() {
                    return;
                }
            }
        }
    }

    fn new_batch(&self, entry: &SourceEntry) -> Batch {
        Batch {
            source: entry.id,
            messages: Vec::new(),
            acks: Vec::new(),
            view_only: self.view_only,
        }
    }

    fn take(&self, entry: &SourceEntry, rules: &Rules, message: Message, batch: &mut Batch) {
        entry.note_message(message.arrival, message.qos);
        self.metrics.messages.add(1);
        batch.acks.extend(message.ack);
        let decoded = self
            .by_rules(entry, rules, &message)
            .unwrap_or_else(|| self.by_shape(entry, &message));
        if decoded.leaves.is_empty() && decoded.availability.is_none() {
            return;
        }
        entry.readings.fetch_add(decoded.leaves.len() as u64, Relaxed);
        batch.messages.push(twin::Message {
            source: entry.id,
            topic: message.topic.into(),
            arrival: message.arrival,
            retained: message.retain,
            qos: message.qos,
            leaves: decoded.leaves,
            availability: decoded.availability,
        });
    }

    /// What the rules for its topic make of a message; none when they make nothing of it, so that
    /// nothing is lost that could be read without them.
    fn by_rules(&self, entry: &SourceEntry, rules: &Rules, message: &Message) -> Option<Decoded> {
        let incoming = Incoming {
            source: &entry.name,
            topic: &message.topic,
            payload: &message.payload,
            retained: message.retain,
            arrival: message.arrival,
        };
        let world = bind::World {
            limits: &self.limits,
            zone: &*self.zone,
            zones: &World,
            explain: false,
        };
        let applied = rules.apply(incoming, world)?;
        for miss in &applied.misses {
            let detail = || format!("{}: {miss}", miss.rule);
            self.note_problem(entry, "binding", message, detail);
        }
        applied.is_taken().then(|| Decoded {
            leaves: applied.leaves.into_iter().map(bind::Bound::into_leaf).collect(),
            ..Decoded::default()
        })
    }

    /// What a message says by its shape.
    fn by_shape(&self, entry: &SourceEntry, message: &Message) -> Decoded {
        let decoded = decode::decode(
            &message.topic,
            &message.payload,
            message.arrival,
            &self.limits,
            &*self.zone,
        );
        for problem in &decoded.problems {
            let detail = || problem.detail.clone();
            self.note_problem(entry, problem.reason.as_str(), message, detail);
        }
        decoded
    }

    fn note_problem(
        &self,
        entry: &SourceEntry,
        reason: &'static str,
        message: &Message,
        detail: impl FnOnce() -> String,
    ) {
        self.metrics.problems.add(1);
        let sample = || {
            let payload = decode::sample(&message.payload, SAMPLE_BYTES);
            format!("{} — {payload}", detail())
        };
        self.problems
            .note(entry.id, reason, message.arrival, &message.topic, sample);
    }

    fn note(&self, entry: &SourceEntry, event: Event) -> Option<EngineInput> {
        match event {
            Event::Message(_) => None,
            Event::State { state, at, detail } => self.note_state(entry, state, at, detail),
            Event::Subscribed(grants) => {
                entry.note_grants(grants);
                // Messages do not wait for it.
                if !self.view_only {
                    let config = entry.config.clone();
                    tokio::spawn(session::remember(self.records.clone(), entry.id, config));
                }
                Some(EngineInput::PlantChanged)
            }
            Event::Trouble(trouble) => {
                tracing::warn!(source = %entry.name, "{}", trouble_words(Messages::of(Locale::En), &trouble));
                entry.note_trouble(self.clock.now(), trouble);
                Some(EngineInput::PlantChanged)
            }
        }
    }

    fn note_state(
        &self,
        entry: &SourceEntry,
        state: State,
        at: Timestamp,
        detail: Option<Words>,
    ) -> Option<EngineInput> {
        if self.view_only {
            return None;
        }
        let was_connected = entry.status().state == SourceState::Connected;
        let is_continued = matches!(state, State::Connected { is_continued: true });
        let state = match state {
            State::Connecting if was_connected => SourceState::Lost,
            State::Connecting => entry.status().state,
            State::Connected { .. } => SourceState::Connected,
            State::Down | State::Stopped if was_connected => SourceState::Lost,
            State::Down | State::Stopped => match entry.status().state {
                SourceState::Connecting | SourceState::Refused => SourceState::Connecting,
                other => other,
            },
            State::Refused => SourceState::Refused,
        };
        let changed = entry.note_state(state, at, detail.clone());
        if changed {
            let detail = detail.map(|words| link_words(Messages::of(Locale::En), &words));
            let detail = detail.unwrap_or_default();
            tracing::info!(source = %entry.name, address = %entry.config.url, state = ?state, detail, "source");
        }
        if state == SourceState::Connected {
            Some(EngineInput::SourceConnected {
                source: entry.id,
                is_continued,
            })
        } else {
            (changed && was_connected)
                .then_some(EngineInput::SourceLost(entry.id))
                .or(Some(EngineInput::PlantChanged))
        }
    }
}

fn finish(batch: Batch) -> Option<EngineInput> {
    (!batch.messages.is_empty() || !batch.acks.is_empty()).then_some(EngineInput::Batch(batch))
}

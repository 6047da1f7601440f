//! The engine task: the only writer of the twin.
//!
//! One closed list of inputs, one loop. Each input is applied in slices short enough that readers
//! never wait long; what changed goes to the hub, what must last goes to [`crate::persist`].
//! What takes long, a model above all, is done a part at a time between other inputs: see [`takeover`].
//! When persistence is full, what somebody waits for (acknowledgements, new points) is held back,
//! what nobody waits for is shown and not stored, and that is counted: see [`outgoing`].

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use connect::Ack;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use twin::{
    AssetId, Cadence, Change, Description, Input, Message, ModelPart, Outputs, PointId, PointSettings,
    Reading, SourceId, Timestamp, Twin,
};

mod foreign;
mod outgoing;
mod plant_due;
mod takeover;

use outgoing::Outgoing;
use plant_due::PlantDue;
pub use takeover::Noted;
use takeover::Takeover;

use crate::clock::Clock;
use crate::computing::{Computing, SharedComputing, is_simulated};
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::persist::Job;
use crate::plant::PlantReader;
use crate::sources::ProblemBook;

/// Messages applied under one hold of the lock.
const SLICE: usize = 250;
/// Slices after one input, for points that are overdue or lose their source; the next tick goes on.
const MOST_SLICES: usize = 1_000;

/// Everything the engine is told.
#[derive(Debug)]
pub enum EngineInput {
    /// Decoded messages of one connection.
    Batch(Batch),
    /// A source is known from now on.
    SourceAdded { source: SourceId, name: Arc<str> },
    /// Its connection is up; whether the broker kept our session.
    SourceConnected { source: SourceId, is_continued: bool },
    /// Its connection is gone.
    SourceLost(SourceId),
    /// A source is not used any more.
    SourceStopped(SourceId),
    /// Something the freshness bar shows changed beside the twin.
    PlantChanged,
    /// A person set these for a point.
    SetPoint {
        point: PointId,
        settings: PointSettings,
        done: oneshot::Sender<()>,
    },
    /// A person decided on topics that spoke once.
    Ignore {
        asset: AssetId,
        ignored: bool,
        done: oneshot::Sender<()>,
    },
    /// What a demo says of tags and assets.
    Describe(Vec<Description>),
    /// A model takes over, in parts.
    Model {
        parts: Vec<ModelPart>,
        done: oneshot::Sender<()>,
    },
    /// From now on what changes is noted for formulas that look at the twin beside the engine.
    Note(oneshot::Sender<()>),
    /// They take over, with what they came to then; what was noted since is made up for.
    Compute {
        computing: Box<Computing>,
        values: Vec<(PointId, Reading)>,
        done: oneshot::Sender<()>,
    },
}

/// Messages with the acknowledgements that wait for them.
#[derive(Debug)]
pub struct Batch {
    pub source: SourceId,
    pub messages: Vec<Message>,
    pub acks: Vec<Ack>,
    /// Shown, its readings not stored: they come again by the connection that waits for their acknowledgement.
    pub view_only: bool,
}

/// Since when readings are shown and not stored; none while all is well.
#[derive(Debug, Default)]
pub struct Unstored(watch::Sender<Option<Timestamp>>);

impl Unstored {
    /// Since when.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        *self.0.borrow()
    }

    /// Rings when it begins and when it ends.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<Timestamp>> {
        self.0.subscribe()
    }

    fn begin(&self, now: Timestamp) {
        if self.set(|since| since.or(Some(now))) {
            tracing::error!("readings are shown and not stored: the history does not keep up");
        }
    }

    fn end(&self) {
        if self.set(|_| None) {
            tracing::warn!("readings are stored again");
        }
    }

    fn set(&self, next: impl FnOnce(Option<Timestamp>) -> Option<Timestamp>) -> bool {
        self.0.send_if_modified(|since| {
            let before = std::mem::replace(since, next(*since));
            before != *since
        })
    }
}

/// The engine and what it hands on to.
pub struct Engine {
    pub twin: Arc<RwLock<Twin>>,
    pub hub: Arc<Hub>,
    pub plant: PlantReader,
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    pub computing: SharedComputing,
    pub problems: Arc<ProblemBook>,
    pub persist: mpsc::Sender<Job>,
    pub unstored: Arc<Unstored>,
    /// Most batches that wait for the persister beside its queue.
    pub most_waiting: usize,
}

impl Engine {
    /// Runs until stopped; then takes in what still waits, hands it on, and ends.
    pub async fn run(self, mut inputs: mpsc::Receiver<EngineInput>, stop: CancellationToken) {
        let mut way = UnderWay::new(self.most_waiting);
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                permit = self.persist.reserve(), if way.out.has_waiting() => match (permit, way.out.pop()) {
                    (Ok(permit), Some(job)) => {
                        permit.send(job);
                        if !way.out.has_waiting() { self.unstored.end(); }
                    }
                    _ => return,
                },
                input = inputs.recv() => match input {
                    Some(input) => self.take(input, &mut way),
                    None => break,
                },
                _ = ticks.tick() => {
                    self.apply(Input::Tick, None, &mut way);
                    if self.is_computing_due() {
                        self.compute(&mut way);
                    }
                    self.metrics.engine_queue.set(inputs.len() as u64);
                }
                () = tokio::time::sleep_until(way.plant.at()), if way.plant.dirty => {}
                () = tokio::time::sleep_until(way.out.due()), if way.out.has_gathered() => {}
                () = stop.cancelled() => { inputs.close(); }
                () = tokio::task::yield_now(), if way.takeover.is_busy() && !way.out.has_waiting() => {}
            }
            // It goes no faster than what comes of it can be stored: readings need the way too.
            if way.takeover.is_due(inputs.is_empty()) && !way.out.has_waiting() {
                if let Some(part) = way.takeover.next() {
                    self.apply(part, None, &mut way);
                }
                way.takeover.rest();
            }
            if way.plant.is_due() {
                let status = self.plant.status();
                let twin = self.twin.read().unwrap_or_else(PoisonError::into_inner);
                self.hub.publish_plant(&twin, status);
                drop(twin);
                way.plant.sent();
            }
            if way.out.is_due(tokio::time::Instant::now()) && self.hand_on(&mut way.out) > 0 {
                self.unstored.begin(self.clock.now());
                way.plant.dirty = true;
            }
            if stop.is_cancelled() && inputs.is_empty() {
                break;
            }
        }
        self.hand_on(&mut way.out);
        while let Some(job) = way.out.pop() {
            if self.persist.send(job).await.is_err() {
                return;
            }
        }
    }

    fn take(&self, input: EngineInput, way: &mut UnderWay) {
        match input {
            EngineInput::Batch(batch) => self.take_batch(batch, way),
            EngineInput::SourceAdded { source, name } => {
                self.apply(Input::SourceAdded { source, name }, None, way);
            }
            EngineInput::SourceConnected { source, is_continued } => {
                self.apply(Input::SourceConnected { source, is_continued }, None, way);
                way.plant.now();
            }
            EngineInput::SourceLost(source) => {
                self.apply(Input::SourceLost(source), None, way);
                way.plant.now();
            }
            EngineInput::SourceStopped(source) => {
                self.apply(Input::SourceStopped(source), None, way);
                way.plant.now();
            }
            EngineInput::PlantChanged => way.plant.now(),
            EngineInput::SetPoint {
                point,
                settings,
                done,
            } => {
                self.apply(Input::SetPoint { point, settings }, None, way);
                // Nobody listening any more is no reason to stop.
                let _gone = done.send(());
            }
            EngineInput::Ignore { asset, ignored, done } => {
                self.apply(Input::Ignore { asset, ignored }, None, way);
                let _gone = done.send(());
            }
            EngineInput::Describe(descriptions) => self.apply(Input::Describe(descriptions), None, way),
            EngineInput::Model { parts, done } => way.takeover.add_model(parts, done),
            EngineInput::Note(done) => {
                way.noted = Some(Noted::default());
                let _gone = done.send(());
            }
            EngineInput::Compute {
                computing,
                values,
                done,
            } => {
                way.takeover.add_values(values, done);
                self.swap(*computing, way);
            }
        }
    }

    /// New formulas take over.
    fn swap(&self, mut computing: Computing, way: &mut UnderWay) {
        if let Some(noted) = way.noted.take() {
            let twin = self.twin.read().unwrap_or_else(PoisonError::into_inner);
            computing.catch_up(&twin, &noted);
        }
        let earlier = {
            let mut current = self.computing.write().unwrap_or_else(PoisonError::into_inner);
            current.replace(computing)
        };
        // A large one takes long to be forgotten.
        tokio::task::spawn_blocking(move || drop(earlier));
        self.compute(way);
    }

    fn take_batch(&self, batch: Batch, way: &mut UnderWay) {
        let Batch {
            source,
            mut messages,
            acks,
            view_only,
        } = batch;
        let mut acks = (!acks.is_empty()).then_some((source, acks));
        loop {
            let rest = messages.split_off(SLICE.min(messages.len()));
            let last = rest.is_empty();
            let acks = if last { acks.take() } else { None };
            if view_only {
                self.show(Input::Messages(messages), way);
            } else {
                self.apply(Input::Messages(messages), acks, way);
            }
            if last {
                return;
            }
            messages = rest;
        }
    }

    /// Applies one input, then what formulas make of it, and hands on what must last.
    fn apply(&self, input: Input, acks: Option<(SourceId, Vec<Ack>)>, way: &mut UnderWay) {
        if self.apply_one(input, acks, way) {
            self.compute(way);
        }
    }

    /// Applies messages whose readings come again by another connection. What they discovered must last all the
    /// same: then they are readings of something known.
    fn show(&self, messages: Input, way: &mut UnderWay) {
        let mut applied = self.handle(messages, way);
        let shown = std::mem::take(&mut applied.outputs.stored);
        self.metrics.dropped_readings.add(shown.len() as u64);
        if self.keep(applied, None, way) {
            self.compute(way);
        }
    }

    fn is_computing_due(&self) -> bool {
        let computing = self.computing.read().unwrap_or_else(PoisonError::into_inner);
        computing
            .as_ref()
            .is_some_and(|computing| computing.is_due(self.clock.now()))
    }

    /// Lets formulas compute what changed, and takes in what they come to.
    fn compute(&self, way: &mut UnderWay) {
        let is_simulated = {
            let twin = self.twin.read().unwrap_or_else(PoisonError::into_inner);
            is_simulated(&twin)
        };
        let (mut readings, mut confirmed) = {
            let mut computing = self.computing.write().unwrap_or_else(PoisonError::into_inner);
            let Some(computing) = computing.as_mut() else {
                return;
            };
            let now = self.clock.now();
            (computing.settle(now, is_simulated), computing.confirmed(now))
        };
        way.takeover.supersede(&readings);
        while !readings.is_empty() {
            let rest = readings.split_off(takeover::COMPUTED_PART.min(readings.len()));
            self.apply_one(Input::Computed(readings), None, way);
            readings = rest;
        }
        while !confirmed.is_empty() {
            let rest = confirmed.split_off(takeover::COMPUTED_PART.min(confirmed.len()));
            self.apply_one(Input::Confirmed(confirmed), None, way);
            confirmed = rest;
        }
    }

    /// Applies one input and hands on what must last; true when formulas have something to compute.
    fn apply_one(&self, input: Input, acks: Option<(SourceId, Vec<Ack>)>, way: &mut UnderWay) -> bool {
        let applied = self.handle(input, way);
        self.keep(applied, acks, way)
    }

    /// Hands on what must last of what came of an input; true when formulas have something to compute.
    fn keep(&self, applied: Applied, acks: Option<(SourceId, Vec<Ack>)>, way: &mut UnderWay) -> bool {
        let Applied {
            now,
            outputs,
            cadences,
            is_computing,
        } = applied;
        let job = Job {
            assets: outputs.new_assets,
            points: outputs.new_points,
            keyed: outputs.keyed,
            units: outputs.units,
            redirects: outputs.redirects,
            ignored: outputs.ignored,
            readings: outputs.stored,
            cadences,
            acks,
        };
        if job.is_empty() {
            return is_computing;
        }
        self.metrics.readings.add(job.readings.len() as u64);
        if way.out.gather(job, tokio::time::Instant::now()) {
            let dropped = self.hand_on(&mut way.out);
            if dropped > 0 {
                self.unstored.begin(now);
                way.plant.dirty = true;
            }
        }
        is_computing
    }

    /// Hands on what was gathered; answers how many readings found no room and are not stored.
    fn hand_on(&self, out: &mut Outgoing) -> usize {
        let dropped = out.hand_on(&self.persist);
        self.metrics.dropped_readings.add(dropped as u64);
        dropped
    }

    /// Applies one input; what changes at once beyond one slice follows in slices of its own.
    fn handle(&self, input: Input, way: &mut UnderWay) -> Applied {
        let mut applied = self.handle_slice(input, way);
        let mut wake = applied.outputs.wake;
        for _ in 0..MOST_SLICES {
            if wake.is_none_or(|wake| wake > applied.now) {
                break;
            }
            let mut next = self.handle_slice(Input::Tick, way);
            applied.is_computing |= next.is_computing;
            applied.outputs.ignored.append(&mut next.outputs.ignored);
            wake = next.outputs.wake;
        }
        applied
    }

    /// One hold of the lock: apply, then tell the hub before anybody reads a newer state.
    fn handle_slice(&self, input: Input, way: &mut UnderWay) -> Applied {
        let now = self.clock.now();
        let started = Instant::now();
        let (outputs, cadences, is_computing) = {
            let mut twin = self.twin.write().unwrap_or_else(PoisonError::into_inner);
            let outputs = twin.handle(now, input);
            if !outputs.changes.is_empty() {
                self.hub.publish(&twin, now, &outputs.changes);
            }
            let cadences = outputs.changes.iter().filter_map(|change| match change {
                Change::Cadence(point) => Some((*point, twin.cadence(*point))),
                _ => None,
            });
            let cadences = cadences.collect();
            let is_computing = self.follow(&twin, now, &outputs);
            (outputs, cadences, is_computing)
        };
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.metrics.handle_micros.add(micros);
        if micros > self.metrics.slowest_handle_micros.get() {
            self.metrics.slowest_handle_micros.set(micros);
        }
        if let Some(noted) = &mut way.noted {
            noted.note(&outputs);
        }
        if !outputs.foreign_units.is_empty() {
            self.note_foreign_units(now, &outputs.foreign_units);
        }
        way.plant.dirty |= outputs
            .changes
            .iter()
            .any(|change| matches!(change, Change::PlantSummary | Change::Sources));
        Applied {
            now,
            outputs,
            cadences,
            is_computing,
        }
    }

    /// Hands changed readings to the formulas; true when they have something to compute.
    fn follow(&self, twin: &Twin, now: Timestamp, outputs: &Outputs) -> bool {
        if outputs.changes.is_empty() && outputs.placed.is_empty() && outputs.stored.is_empty() {
            return false;
        }
        let mut computing = self.computing.write().unwrap_or_else(PoisonError::into_inner);
        computing
            .as_mut()
            .is_some_and(|computing| computing.follow(twin, outputs) || computing.is_due(now))
    }
}

/// What is under way between two inputs.
struct UnderWay {
    out: Outgoing,
    plant: PlantDue,
    takeover: Takeover,
    /// While somebody looks at the twin beside us.
    noted: Option<Noted>,
}

impl UnderWay {
    fn new(most_waiting: usize) -> Self {
        Self {
            out: Outgoing::new(most_waiting),
            plant: PlantDue::default(),
            takeover: Takeover::default(),
            noted: None,
        }
    }
}

/// What came of one hold of the lock.
struct Applied {
    now: Timestamp,
    outputs: Outputs,
    /// Of the points whose cadence changed.
    cadences: Vec<(PointId, Cadence)>,
    /// Formulas have something to compute.
    is_computing: bool,
}

//! The poll loop: nothing in it waits for anybody but the broker.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};
use twin::SourceId;

use crate::acks::Acks;
use crate::backoff::Backoff;
use crate::client::{self, Attempt, Failure, FailureKind};
use crate::config::{BrokerConfig, Version};
use crate::event::{Event, State, Trouble};
use crate::outlet::Outlet;
use crate::reason::{Reason, Words};
use crate::{Clock, stop, tls};

/// Links that live shorter than this do not count as a success.
const SHORT_LIFE: Duration = Duration::from_secs(2);
/// After this many short lives in a row the pace is that of a refusal.
const SHORT_LIVES: u32 = 5;
/// After this many links cut by an oversized packet in a row, the session is given up.
const OVERSIZED_IN_A_ROW: u32 = 3;
/// A row ends after this long without one.
const ROW_ENDS: Duration = Duration::from_secs(600);
/// The largest packet that MQTT can carry, with its header.
const MQTT_MAX_BYTES: u32 = 268_435_455 + 5;

pub(super) struct Task {
    pub(super) source: SourceId,
    pub(super) config: BrokerConfig,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) outlet: Outlet,
    pub(super) acks: Arc<Acks>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) filters: Vec<String>,
    pub(super) invalid: Vec<String>,
    tls: Option<Arc<ClientConfig>>,
    /// The broker knows, or should know, a session of ours.
    pub(super) had_session: bool,
    /// This task has subscribed before: a session found again has our filters.
    pub(super) subscribed: bool,
    oversized_in_a_row: u32,
    oversized_at: Option<Instant>,
    /// QoS 1 messages found no room: they are left to the broker until ours are worked off.
    pub(super) withholding: bool,
    /// The consumer did not catch up in the time it had.
    pub(super) stuck: bool,
    max_packet_bytes: u32,
    pub(super) clean_once: bool,
    pub(super) up_since: Option<Instant>,
    short_lives: u32,
}

/// How a link ended.
pub(super) enum Ended {
    Stopped,
    /// By us, to be sent again what was withheld.
    Again,
    Failed(Failure),
}

impl Task {
    pub(super) fn new(
        source: SourceId,
        config: BrokerConfig,
        clock: Arc<dyn Clock>,
        queue: mpsc::Sender<Event>,
        acks: Arc<Acks>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let (filters, invalid) = config
            .filters
            .iter()
            .cloned()
            .partition(|filter| rumqttc::valid_filter(filter));
        Self {
            source,
            outlet: Outlet::new(queue, config.receive_maximum, config.max_queued_bytes),
            had_session: config.expect_session && !config.clean(),
            max_packet_bytes: config.max_packet_bytes,
            config,
            clock,
            acks,
            stop,
            filters,
            invalid,
            tls: None,
            subscribed: false,
            oversized_in_a_row: 0,
            oversized_at: None,
            withholding: false,
            stuck: false,
            clean_once: false,
            up_since: None,
            short_lives: 0,
        }
    }

    /// Connects, again and again, until it is stopped or nobody listens any more.
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::default();
        let mut down_since = Instant::now();
        while !*self.stop.borrow() && !self.outlet.closed() {
            self.state(State::Connecting, None);
            self.up_since = None;
            let ended = self.attempt().await;
            self.acks.closed();
            self.withholding = false;
            if let Some(up_since) = self.up_since {
                down_since = Instant::now();
                backoff.reset();
                self.short_lives = if up_since.elapsed() < SHORT_LIFE {
                    self.short_lives + 1
                } else {
                    0
                };
            }
            match ended {
                Ended::Stopped => break,
                Ended::Again => {}
                Ended::Failed(failure) => {
                    let wait = self.failed(failure, &mut backoff, down_since.elapsed());
                    self.rest(wait).await;
                }
            }
        }
        self.state(State::Stopped, None);
    }

    pub(super) fn state(&mut self, state: State, detail: Option<Words>) {
        let at = self.clock.now();
        self.outlet.event(Event::State { state, at, detail });
    }

    /// Reports a failed link and says how long to wait.
    fn failed(&mut self, failure: Failure, backoff: &mut Backoff, down_for: Duration) -> Duration {
        let failure = self.thrown_out(failure);
        tracing::warn!(broker = self.config.name, reason = %failure.words, "link lost");
        let refused = failure.kind == FailureKind::Refused;
        match failure.kind {
            FailureKind::TooLarge { bytes } => self.oversized(bytes),
            FailureKind::Refused => self.tls = None,
            FailureKind::Broken => {}
        }
        let state = if refused { State::Refused } else { State::Down };
        self.state(state, Some(failure.words));
        if refused {
            Backoff::after_refusal()
        } else {
            backoff.after_failure(down_for)
        }
    }

    /// Two clients with one id throw each other out for ever, unless one of them slows down.
    fn thrown_out(&self, failure: Failure) -> Failure {
        if failure.kind == FailureKind::Broken && self.short_lives >= SHORT_LIVES {
            return Failure::refused(Reason::ThrownOut);
        }
        failure
    }

    /// A packet over the limit cut the link. It comes again on every link until the session is given up;
    /// and if even that does not help (a retained message), it is taken once, and thrown away.
    fn oversized(&mut self, bytes: u64) {
        let row_ended = self.oversized_at.is_some_and(|at| at.elapsed() > ROW_ENDS);
        self.oversized_in_a_row = if row_ended { 1 } else { self.oversized_in_a_row + 1 };
        self.oversized_at = Some(Instant::now());
        let limit = u64::from(self.config.max_packet_bytes);
        if self.oversized_in_a_row < OVERSIZED_IN_A_ROW {
            return;
        }
        if self.oversized_in_a_row == OVERSIZED_IN_A_ROW && !self.config.clean() {
            self.clean_once = true;
            let session_given_up = true;
            self.trouble(Trouble::PacketTooLarge {
                bytes: Some(bytes),
                limit,
                session_given_up,
            });
            return;
        }
        let room = u32::try_from(bytes.saturating_add(64)).unwrap_or(MQTT_MAX_BYTES);
        self.max_packet_bytes = self.max_packet_bytes.max(room.min(MQTT_MAX_BYTES));
    }

    pub(super) fn trouble(&mut self, trouble: Trouble) {
        tracing::warn!(broker = self.config.name, ?trouble, "trouble");
        self.outlet.event(Event::Trouble(trouble));
    }

    /// One link, from greeting to end.
    async fn attempt(&mut self) -> Ended {
        let attempt = match self.prepare().await {
            Ok(attempt) => attempt,
            Err(failure) => return Ended::Failed(failure),
        };
        match self.config.version {
            Version::V5 => {
                let (requests, link) = client::open_v5(&self.config, &attempt);
                self.follow(requests, link, &attempt).await
            }
            Version::V311 => {
                let (requests, link) = client::open_v311(&self.config, &attempt);
                self.follow(requests, link, &attempt).await
            }
        }
    }

    async fn prepare(&mut self) -> Result<Attempt, Failure> {
        if self.config.client_id.is_empty() {
            return Err(Failure::refused(Reason::ClientId));
        }
        if self.config.url.transport.secure() && self.tls.is_none() {
            self.tls = Some(load_tls(&self.config).await?);
        }
        Ok(Attempt {
            clean: self.config.clean() || self.clean_once,
            max_packet_bytes: self.max_packet_bytes,
            manual_acks: true,
            tls: self.tls.clone(),
        })
    }

    /// Waits for the next attempt, and works the spill off meanwhile.
    async fn rest(&mut self, wait: Duration) {
        let queue = self.outlet.queue();
        let mut stop = self.stop.clone();
        let mut over = pin!(sleep(wait));
        loop {
            tokio::select! {
                () = &mut over => return,
                permit = queue.clone().reserve_owned(), if self.outlet.waiting() => match permit {
                    Ok(permit) => self.outlet.fill(permit),
                    Err(_) => return,
                },
                () = stop::asked(&mut stop) => return,
                () = queue.closed() => return,
            }
        }
    }
}

async fn load_tls(config: &BrokerConfig) -> Result<Arc<ClientConfig>, Failure> {
    let settings = config.tls.clone();
    match tokio::task::spawn_blocking(move || tls::client_config(&settings)).await {
        Ok(Ok(tls)) => Ok(tls),
        Ok(Err(error)) => Err(Failure::refused(Words::said(Reason::Files, error.to_string()))),
        Err(error) => Err(Failure::broken(Words::said(Reason::Files, error.to_string()))),
    }
}

//! The browser's end of a connection, as a machine without socket and without clock.
//!
//! Feed it what happens ([`ClientSession::opened`], [`ClientSession::message`], [`ClientSession::closed`],
//! [`ClientSession::tick`], [`ClientSession::set_hidden`]) with a monotonic time in milliseconds, then do
//! what [`ClientSession::next_command`] asks for. What arrives goes to a [`Sink`].

use std::collections::{BTreeMap, VecDeque};

mod subscription;

use subscription::Subscription;

use crate::message::{
    ClientMessage, ErrorCode, PROTOCOL, PointState, Position, Selector, ServerMessage, Summary, ViewDelta,
    ViewState,
};
use crate::page::PlantStatus;
use crate::reading::{Cadence, Reading};

/// Without a frame for so long the server counts as gone.
pub const SILENCE_MILLIS: u64 = 2_000;
/// A connection that is not open after this is given up.
pub const CONNECT_MILLIS: u64 = 4_000;
/// A subscription without answer is asked for again after this.
pub const ANSWER_MILLIS: u64 = 5_000;
/// After a loss, for so long it is tried every 100 to 250 ms; then slower.
pub const EAGER_MILLIS: u64 = 10_000;
/// The longest pause between two tries.
pub const LONGEST_PAUSE_MILLIS: u64 = 10_000;

/// What the driver is to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Open a new connection; anything that still comes from an earlier one is to be ignored.
    Connect,
    /// Close it.
    Disconnect,
    /// Send this on it.
    Send(ClientMessage),
}

/// How the connection stands. Times are on the driver's monotonic clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// The first connection is under way.
    Connecting,
    /// Frames arrive.
    Live,
    /// Gone, and tried again.
    Lost {
        /// When the last frame came.
        since: u64,
        /// When it is tried next; none while a try is under way, or while the page is hidden.
        retry_at: Option<u64>,
    },
}

/// Takes what arrives.
pub trait Sink {
    /// A point as a snapshot says it is.
    fn point(&mut self, state: PointState);
    /// A new reading.
    fn reading(&mut self, point: u32, reading: Reading);
    /// A new cadence.
    fn cadence(&mut self, point: u32, cadence: Cadence);
    /// New counts of an asset.
    fn summary(&mut self, asset: u32, summary: Summary);
    /// A new freshness bar.
    fn plant(&mut self, plant: PlantStatus);
    /// What a selector covers is made otherwise than when the page's data were: load them again.
    fn structure(&mut self, selector: &Selector);
    /// A subscription was refused.
    fn refused(&mut self, selector: &Selector, code: ErrorCode);
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Phase {
    Idle,
    Connecting { since: u64 },
    Greeting { since: u64 },
    Open,
    Waiting { until: u64 },
}

/// One browser's session over all its connections: see the module.
#[derive(Debug)]
pub struct ClientSession {
    build: String,
    /// The share link whose holder looks; empty for who signed in.
    share: String,
    phase: Phase,
    subscriptions: BTreeMap<u32, Subscription>,
    last_sub: u32,
    commands: VecDeque<Command>,
    heard: u64,
    ticked: u64,
    lost_since: Option<u64>,
    slow_tries: u32,
    was_live: bool,
    hidden: bool,
    /// Server's clock minus ours.
    offset: Option<i64>,
    /// The server's build, when it is another than the page's and nobody took it yet.
    outdated: Option<String>,
}

impl ClientSession {
    /// A session of a page of this build; [`Self::start`] begins it.
    #[must_use]
    pub const fn new(build: String) -> Self {
        Self {
            build,
            share: String::new(),
            phase: Phase::Idle,
            subscriptions: BTreeMap::new(),
            last_sub: 0,
            commands: VecDeque::new(),
            heard: 0,
            ticked: 0,
            lost_since: None,
            slow_tries: 0,
            was_live: false,
            hidden: false,
            offset: None,
            outdated: None,
        }
    }

    /// The same for the holder of a share link.
    #[must_use]
    pub fn with_share(self, share: String) -> Self {
        Self { share, ..self }
    }

    /// What to do next, in order; none when all is done.
    pub fn next_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// How the connection stands.
    #[must_use]
    pub const fn link(&self) -> Link {
        match (self.phase, self.lost_since) {
            (Phase::Open, _) => Link::Live,
            (Phase::Waiting { until }, since) => Link::Lost {
                since: match since {
                    Some(since) => since,
                    None => self.heard,
                },
                retry_at: if self.hidden { None } else { Some(until) },
            },
            (_, Some(since)) => Link::Lost {
                since,
                retry_at: None,
            },
            (Phase::Idle | Phase::Connecting { .. } | Phase::Greeting { .. }, None) => Link::Connecting,
        }
    }

    /// The server's time at `now`, once it was heard.
    #[must_use]
    pub const fn server_millis(&self, now: u64) -> Option<i64> {
        match self.offset {
            Some(offset) => Some(offset.wrapping_add(now.cast_signed())),
            None => None,
        }
    }

    /// The server's build, once each time it turns out to be another than the page's: load the page again
    /// when nothing is lost by it.
    pub const fn take_outdated(&mut self) -> Option<String> {
        self.outdated.take()
    }

    /// Begins.
    pub fn start(&mut self, now: u64) {
        if self.phase == Phase::Idle {
            self.ticked = now;
            self.heard = now;
            self.connect(now);
        }
    }

    /// Watches something from now on; gives the number to end it by. `since` is what the page already holds.
    pub fn subscribe(
        &mut self,
        now: u64,
        selector: Selector,
        max_hz: Option<u8>,
        since: Option<Position>,
    ) -> u32 {
        self.last_sub = self.last_sub.wrapping_add(1);
        let sub = self.last_sub;
        let subscription = Subscription {
            selector,
            max_hz,
            position: since,
            view: None,
            points: Vec::new(),
            assets: Vec::new(),
            asked: None,
            structure: since,
            refused: false,
        };
        self.subscriptions.insert(sub, subscription);
        self.ask(now, sub);
        sub
    }

    /// Ends a subscription.
    pub fn unsubscribe(&mut self, sub: u32) {
        let watched = self.subscriptions.remove(&sub).is_some();
        if watched && self.phase == Phase::Open && !self.hidden {
            self.commands
                .push_back(Command::Send(ClientMessage::Unsubscribe { sub }));
        }
    }

    /// The page is hidden or visible again. Hidden pages watch nothing and connect to nothing.
    pub fn set_hidden(&mut self, now: u64, hidden: bool) {
        if std::mem::replace(&mut self.hidden, hidden) == hidden {
            return;
        }
        match (self.phase, hidden) {
            (Phase::Open, true) => {
                for (sub, subscription) in &mut self.subscriptions {
                    subscription.view = None;
                    subscription.asked = None;
                    self.commands
                        .push_back(Command::Send(ClientMessage::Unsubscribe { sub: *sub }));
                }
            }
            (Phase::Open, false) => {
                self.ticked = now;
                if now.saturating_sub(self.heard) > SILENCE_MILLIS {
                    self.commands.push_back(Command::Disconnect);
                    self.forget_views();
                    self.lost_since = Some(self.heard);
                    self.connect(now);
                } else {
                    self.ask_all(now);
                }
            }
            (Phase::Waiting { .. }, false) => {
                // A fresh look deserves the quick tries again.
                self.ticked = now;
                self.slow_tries = 0;
                self.connect(now);
            }
            (Phase::Idle | Phase::Connecting { .. } | Phase::Greeting { .. } | Phase::Waiting { .. }, _) => {}
        }
    }

    /// The network is back, as far as the browser can tell: try at once.
    pub fn retry_now(&mut self, now: u64) {
        if matches!(self.phase, Phase::Waiting { .. }) && !self.hidden {
            self.connect(now);
        }
    }

    /// The connection is open.
    pub fn opened(&mut self, now: u64) {
        if matches!(self.phase, Phase::Connecting { .. }) {
            self.phase = Phase::Greeting { since: now };
            let hello = ClientMessage::Hello {
                protocol: PROTOCOL,
                build: self.build.clone(),
                share: self.share.clone(),
            };
            self.commands.push_back(Command::Send(hello));
        }
    }

    /// The connection is gone, or could not be made. `random` is in 0..1.
    pub fn closed(&mut self, now: u64, random: f64) {
        self.ended(now, 0, random);
    }

    /// The connection was closed as there are too many: it is tried again after the longest pause.
    pub fn turned_away(&mut self, now: u64, random: f64) {
        self.ended(now, LONGEST_PAUSE_MILLIS, random);
    }

    fn ended(&mut self, now: u64, at_least: u64, random: f64) {
        if matches!(
            self.phase,
            Phase::Connecting { .. } | Phase::Greeting { .. } | Phase::Open
        ) {
            self.lose(now, at_least, random);
        }
    }

    /// Time passes: call it when [`Self::next_tick`] says.
    pub fn tick(&mut self, now: u64, random: f64) {
        // A page that slept has frames waiting behind this very call: give them a moment.
        if now.saturating_sub(self.ticked) > 1_000 {
            self.heard = self.heard.max(now.saturating_sub(SILENCE_MILLIS - 500));
        }
        self.ticked = now;
        match self.phase {
            Phase::Connecting { since } | Phase::Greeting { since } => {
                if now.saturating_sub(since) >= CONNECT_MILLIS {
                    self.commands.push_back(Command::Disconnect);
                    self.lose(now, 0, random);
                }
            }
            Phase::Open if now.saturating_sub(self.heard) >= SILENCE_MILLIS && !self.hidden => {
                self.commands.push_back(Command::Disconnect);
                self.lose(now, 0, random);
            }
            Phase::Open => {
                let late = |asked: u64| now.saturating_sub(asked) >= ANSWER_MILLIS;
                let unanswered = self
                    .subscriptions
                    .iter()
                    .filter(|(_, s)| s.asked.is_some_and(late));
                for sub in unanswered.map(|(sub, _)| *sub).collect::<Vec<_>>() {
                    self.ask(now, sub);
                }
            }
            Phase::Waiting { until } if now >= until && !self.hidden => self.connect(now),
            Phase::Idle | Phase::Waiting { .. } => {}
        }
    }

    /// In how many milliseconds [`Self::tick`] is due.
    #[must_use]
    pub fn next_tick(&self, now: u64) -> u64 {
        match self.phase {
            Phase::Waiting { until } if !self.hidden => until.saturating_sub(now).max(1),
            Phase::Open if !self.hidden => (self.heard + SILENCE_MILLIS).saturating_sub(now).clamp(50, 500),
            Phase::Idle
            | Phase::Connecting { .. }
            | Phase::Greeting { .. }
            | Phase::Open
            | Phase::Waiting { .. } => 500,
        }
    }

    /// A message came. `random` is in 0..1.
    pub fn message(&mut self, now: u64, random: f64, message: ServerMessage, sink: &mut impl Sink) {
        if !matches!(self.phase, Phase::Greeting { .. } | Phase::Open) {
            return;
        }
        self.heard = now;
        match message {
            ServerMessage::Welcome {
                server_millis, build, ..
            } => {
                self.set_clock(now, server_millis);
                self.welcomed(now, build);
            }
            ServerMessage::Snapshot {
                sub,
                view,
                epoch,
                revision,
                server_millis,
                state,
            } => {
                self.set_clock(now, server_millis);
                self.snapshot(sub, view, Position { epoch, revision }, state, sink);
            }
            ServerMessage::Resumed {
                sub,
                view,
                epoch,
                from,
                revision,
                server_millis,
                points,
                summaries,
                delta,
            } => {
                self.set_clock(now, server_millis);
                let Some(subscription) = self.subscriptions.get_mut(&sub) else {
                    return;
                };
                if subscription.answered_by(view, Position { epoch, revision }) {
                    return;
                }
                let fits = subscription
                    .position
                    .is_some_and(|at| at.epoch == epoch && from <= at.revision);
                if !fits {
                    subscription.position = None;
                    self.ask(now, sub);
                    return;
                }
                subscription.asked = None;
                subscription.view = Some(view);
                subscription.points = points;
                subscription.assets = summaries;
                subscription.position = Some(Position { epoch, revision });
                if !subscription.apply(delta, sink) {
                    self.start_over(now, sub);
                }
            }
            ServerMessage::Delta {
                view,
                from,
                to,
                server_millis,
                delta,
            } => {
                self.set_clock(now, server_millis);
                self.delta(now, view, from, to, delta, sink);
            }
            ServerMessage::Beat { server_millis, .. } => self.set_clock(now, server_millis),
            ServerMessage::Error {
                sub: Some(sub), code, ..
            } => {
                if let Some(subscription) = self.subscriptions.get_mut(&sub) {
                    subscription.asked = None;
                    subscription.refused = true;
                    sink.refused(&subscription.selector, code);
                }
            }
            ServerMessage::Error {
                sub: None,
                code,
                message,
            } => {
                if code == ErrorCode::WrongProtocol {
                    self.outdated = Some(message);
                }
            }
            ServerMessage::Bye {
                retry_after_millis, ..
            } => {
                self.commands.push_back(Command::Disconnect);
                self.lose(now, u64::from(retry_after_millis), random);
            }
        }
    }

    fn welcomed(&mut self, now: u64, build: String) {
        self.phase = Phase::Open;
        self.was_live = true;
        self.lost_since = None;
        self.slow_tries = 0;
        self.outdated = (build != self.build).then_some(build);
        for subscription in self.subscriptions.values_mut() {
            subscription.refused = false;
        }
        if !self.hidden {
            self.ask_all(now);
        }
    }

    fn snapshot(&mut self, sub: u32, view: u32, position: Position, state: ViewState, sink: &mut impl Sink) {
        let Some(subscription) = self.subscriptions.get_mut(&sub) else {
            return;
        };
        if subscription.answered_by(view, position) {
            return;
        }
        subscription.asked = None;
        subscription.view = Some(view);
        subscription.position = Some(position);
        subscription.points = state.points.iter().map(|point| point.point).collect();
        subscription.assets = state.summaries.iter().map(|(asset, _)| *asset).collect();
        for point in state.points {
            sink.point(point);
        }
        for (asset, summary) in state.summaries {
            sink.summary(asset, summary);
        }
        if let Some(plant) = state.plant {
            sink.plant(plant);
        }
        subscription.structure_is(position.epoch, state.structure, sink);
    }

    fn delta(&mut self, now: u64, view: u32, from: u64, to: u64, delta: ViewDelta, sink: &mut impl Sink) {
        // One page seldom has two subscriptions with one view; the last one takes the delta itself.
        let of_view = self.subscriptions.iter().filter(|(_, s)| s.view == Some(view));
        let subs: Vec<u32> = of_view.map(|(sub, _)| *sub).collect();
        let Some((last, others)) = subs.split_last() else {
            return;
        };
        for sub in others {
            self.delta_of(now, *sub, from, to, delta.clone(), sink);
        }
        self.delta_of(now, *last, from, to, delta, sink);
    }

    fn delta_of(&mut self, now: u64, sub: u32, from: u64, to: u64, delta: ViewDelta, sink: &mut impl Sink) {
        let Some(subscription) = self.subscriptions.get_mut(&sub) else {
            return;
        };
        let Some(position) = &mut subscription.position else {
            return;
        };
        if to <= position.revision {
            // Word of a structure travels less often than values: it may come behind those it is older than.
            let epoch = position.epoch;
            if let Some(structure) = delta.structure {
                subscription.structure_is(epoch, structure, sink);
            }
            return;
        }
        if from > position.revision {
            if subscription.asked.is_none() {
                self.ask(now, sub);
            }
            return;
        }
        position.revision = to;
        if !subscription.apply(delta, sink) {
            self.start_over(now, sub);
        }
    }

    /// What the server says does not fit what we hold: take it whole.
    fn start_over(&mut self, now: u64, sub: u32) {
        if let Some(subscription) = self.subscriptions.get_mut(&sub) {
            subscription.position = None;
            subscription.view = None;
        }
        self.ask(now, sub);
    }

    fn ask_all(&mut self, now: u64) {
        for sub in self.subscriptions.keys().copied().collect::<Vec<_>>() {
            self.ask(now, sub);
        }
    }

    fn ask(&mut self, now: u64, sub: u32) {
        if self.phase != Phase::Open || self.hidden {
            return;
        }
        if let Some(subscription) = self.subscriptions.get_mut(&sub)
            && !subscription.refused
        {
            subscription.asked = Some(now);
            self.commands.push_back(Command::Send(ClientMessage::Subscribe {
                sub,
                selector: subscription.selector.clone(),
                max_hz: subscription.max_hz,
                since: subscription.position,
            }));
        }
    }

    fn connect(&mut self, now: u64) {
        self.phase = Phase::Connecting { since: now };
        self.commands.push_back(Command::Connect);
    }

    fn lose(&mut self, now: u64, at_least: u64, random: f64) {
        // What was to be sent on the connection that is gone must not be sent on the next.
        self.commands
            .retain(|command| !matches!(command, Command::Send(_)));
        self.forget_views();
        let since = *self
            .lost_since
            .get_or_insert(if self.was_live { self.heard } else { now });
        let pause = if now.saturating_sub(since) < EAGER_MILLIS {
            100 + scaled(150, random)
        } else {
            self.slow_tries = self.slow_tries.saturating_add(1);
            let longest = 250u64
                .saturating_mul(1 << self.slow_tries.min(10))
                .min(LONGEST_PAUSE_MILLIS);
            scaled(longest, random).max(100)
        };
        self.phase = Phase::Waiting {
            until: now + pause.max(at_least),
        };
    }

    fn forget_views(&mut self) {
        for subscription in self.subscriptions.values_mut() {
            subscription.view = None;
            subscription.asked = None;
        }
    }

    /// A frame was under way for a while, never less than nothing: of all offsets the largest is nearest.
    /// It may shrink slowly, and jumps when the server's clock was set.
    fn set_clock(&mut self, now: u64, server_millis: i64) {
        let offset = server_millis.wrapping_sub(now.cast_signed());
        self.offset = Some(match self.offset {
            Some(held) if offset < held && held.wrapping_sub(offset) < 2_000 => held - 1,
            Some(_) | None => offset,
        });
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "small positive milliseconds"
)]
fn scaled(millis: u64, random: f64) -> u64 {
    (millis as f64 * random.clamp(0.0, 1.0)) as u64
}

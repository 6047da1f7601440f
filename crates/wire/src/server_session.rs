//! The server's end of one connection, as a machine without socket and without clock.
//!
//! It checks the order of things (hello first), the limits and the manners, and says what is to be done:
//! send, watch, stop watching, close. Who may watch what is asked by the driver before it watches.

use std::collections::BTreeMap;

use crate::codec::{DecodeError, MAX_CLIENT_BYTES};
use crate::message::{ClientMessage, ErrorCode, Limits, PROTOCOL, Position, Selector, ServerMessage};

/// Hello must come within this.
pub const HELLO_MILLIS: u64 = 10_000;
/// After this long without a frame a beat is sent: well under the second that is promised.
pub const BEAT_MILLIS: u64 = 900;
/// So many messages that are none, and the connection ends.
pub const BAD_MESSAGES: u32 = 50;

/// So many messages at once, whatever they are: all subscriptions of a page, several times over.
pub const MESSAGES: u64 = 400;
/// One more after so many milliseconds.
pub const MESSAGE_EVERY_MILLIS: u64 = 25;

/// What one connection may use.
pub const LIMITS: Limits = Limits {
    message_bytes: MAX_CLIENT_BYTES as u32,
    subscriptions: 64,
    points_per_subscription: 5_000,
    beat_millis: 1_000,
};

/// Close codes, as `PROTOCOL.md` lists them.
pub mod close {
    /// The server goes; come back.
    pub const GOING_AWAY: u16 = 1001;
    /// A message was too large.
    pub const TOO_LARGE: u16 = 1009;
    /// No hello came.
    pub const NO_HELLO: u16 = 4001;
    /// A protocol that is not spoken here.
    pub const WRONG_PROTOCOL: u16 = 4002;
    /// Too many messages that are none.
    pub const BAD_MESSAGES: u16 = 4003;
    /// Who asked may nothing any more: the session or link ended.
    pub const ENDED: u16 = 4401;
    /// Who asked may more or less than before: come back, and what you watch is asked anew.
    pub const CHANGED: u16 = 4403;
    /// Too much: messages on one connection, or connections of one account or link.
    pub const TOO_MANY: u16 = 4429;
}

/// The server as it stands, for what a session says of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Now<'a> {
    /// Monotonic, in milliseconds.
    pub millis: u64,
    /// Wall clock, in milliseconds since 1970.
    pub server_millis: i64,
    /// This run, and the newest revision.
    pub position: Position,
    /// What the server was built as.
    pub build: &'a str,
}

/// What is to be done.
#[allow(clippy::large_enum_variant, reason = "made and used up one at a time")]
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Send this.
    Send(ServerMessage),
    /// Answer with a snapshot, or with what changed since; then with every delta.
    Watch {
        sub: u32,
        selector: Selector,
        max_hz: Option<u8>,
        since: Option<Position>,
    },
    /// No more of this.
    Unwatch { sub: u32 },
    /// Close with this code and these words.
    Close(u16, &'static str),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Hello,
    Open,
    Closed,
}

#[derive(Debug)]
struct Subscription {
    selector: Selector,
    max_hz: Option<u8>,
    lagging: bool,
}

/// One connection: see the module.
#[derive(Debug)]
pub struct ServerSession {
    limits: Limits,
    phase: Phase,
    opened: u64,
    sent: u64,
    bad: u32,
    /// When as many messages may come at once as at the beginning.
    rested: u64,
    subscriptions: BTreeMap<u32, Subscription>,
}

impl ServerSession {
    /// A connection just made.
    #[must_use]
    pub const fn new(now_millis: u64, limits: Limits) -> Self {
        Self {
            limits,
            phase: Phase::Hello,
            opened: now_millis,
            sent: now_millis,
            bad: 0,
            rested: now_millis,
            subscriptions: BTreeMap::new(),
        }
    }

    /// Whether hello was said and nothing ended it since.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    /// Something came from the client: a message, or what is none.
    pub fn received(
        &mut self,
        now: &Now<'_>,
        message: Result<ClientMessage, DecodeError>,
        out: &mut Vec<Action>,
    ) {
        self.rested = self.rested.max(now.millis) + MESSAGE_EVERY_MILLIS;
        let is_flood = self.rested - now.millis > MESSAGES * MESSAGE_EVERY_MILLIS;
        match (self.phase, message) {
            (Phase::Closed, _) => {}
            _ if is_flood => self.close(close::TOO_MANY, "too many messages", out),
            (_, Err(DecodeError::TooLarge)) => self.close(close::TOO_LARGE, "message too large", out),
            (_, Err(error)) => {
                self.bad += 1;
                if self.bad > BAD_MESSAGES {
                    self.close(close::BAD_MESSAGES, "too many bad messages", out);
                } else {
                    say(out, None, error.code(), &error.to_string());
                }
            }
            (Phase::Hello, Ok(ClientMessage::Hello { protocol, .. })) => self.hello(now, protocol, out),
            (Phase::Hello, Ok(_)) => {
                self.bad += 1;
                say(out, None, ErrorCode::HelloFirst, "say hello first");
            }
            // Hello again is harmless: the same answer.
            (Phase::Open, Ok(ClientMessage::Hello { protocol, .. })) => self.hello(now, protocol, out),
            (
                Phase::Open,
                Ok(ClientMessage::Subscribe {
                    sub,
                    selector,
                    max_hz,
                    since,
                }),
            ) => {
                self.subscribe(sub, selector, max_hz, since, out);
            }
            (Phase::Open, Ok(ClientMessage::Unsubscribe { sub })) => {
                if self.subscriptions.remove(&sub).is_some() {
                    out.push(Action::Unwatch { sub });
                }
            }
            (Phase::Open, Ok(ClientMessage::Ping)) => out.push(Action::Send(beat(now))),
        }
    }

    /// A frame went out.
    pub const fn sent(&mut self, now_millis: u64) {
        self.sent = now_millis;
    }

    /// Time passes: call it when [`Self::next_tick`] says.
    pub fn tick(&mut self, now: &Now<'_>, out: &mut Vec<Action>) {
        match self.phase {
            Phase::Hello if now.millis.saturating_sub(self.opened) >= HELLO_MILLIS => {
                self.close(close::NO_HELLO, "no hello", out);
            }
            Phase::Open if now.millis.saturating_sub(self.sent) >= BEAT_MILLIS => {
                out.push(Action::Send(beat(now)))
            }
            Phase::Hello | Phase::Open | Phase::Closed => {}
        }
    }

    /// When [`Self::tick`] is due.
    #[must_use]
    pub const fn next_tick(&self) -> u64 {
        match self.phase {
            Phase::Hello => self.opened + HELLO_MILLIS,
            Phase::Open | Phase::Closed => self.sent + BEAT_MILLIS,
        }
    }

    /// The driver could not watch: the subscription is not there, and the client is told why.
    pub fn refused(&mut self, sub: u32, code: ErrorCode, message: &str, out: &mut Vec<Action>) {
        self.subscriptions.remove(&sub);
        say(out, Some(sub), code, message);
    }

    /// The socket had no room for a delta of this subscription.
    pub fn lagged(&mut self, sub: u32) {
        if let Some(subscription) = self.subscriptions.get_mut(&sub) {
            subscription.lagging = true;
        }
    }

    /// The socket has room again: what lagged is taken whole.
    pub fn caught_up(&mut self, out: &mut Vec<Action>) {
        for (sub, subscription) in &mut self.subscriptions {
            if std::mem::take(&mut subscription.lagging) {
                let (selector, max_hz) = (subscription.selector.clone(), subscription.max_hz);
                out.push(Action::Watch {
                    sub: *sub,
                    selector,
                    max_hz,
                    since: None,
                });
            }
        }
    }

    /// The server stops.
    pub fn stop(&mut self, reason: &str, retry_after_millis: u32, out: &mut Vec<Action>) {
        if self.phase != Phase::Closed {
            out.push(Action::Send(ServerMessage::Bye {
                reason: reason.to_owned(),
                retry_after_millis,
            }));
            self.close(close::GOING_AWAY, "going away", out);
        }
    }

    fn hello(&mut self, now: &Now<'_>, protocol: u16, out: &mut Vec<Action>) {
        if protocol != PROTOCOL {
            say(
                out,
                None,
                ErrorCode::WrongProtocol,
                &format!("this server speaks protocol {PROTOCOL}"),
            );
            self.close(close::WRONG_PROTOCOL, "wrong protocol", out);
            return;
        }
        self.phase = Phase::Open;
        out.push(Action::Send(ServerMessage::Welcome {
            epoch: now.position.epoch,
            revision: now.position.revision,
            server_millis: now.server_millis,
            build: now.build.to_owned(),
            limits: self.limits,
        }));
    }

    fn subscribe(
        &mut self,
        sub: u32,
        selector: Selector,
        max_hz: Option<u8>,
        since: Option<Position>,
        out: &mut Vec<Action>,
    ) {
        let length = match &selector {
            Selector::Points { points } => points.len(),
            Selector::Summaries { assets } => assets.len(),
            Selector::Asset { .. } | Selector::Plant => 1,
        };
        if length > self.limits.points_per_subscription as usize {
            say(
                out,
                Some(sub),
                ErrorCode::TooMany,
                "too many points in one subscription",
            );
            return;
        }
        let is_new = !self.subscriptions.contains_key(&sub);
        if is_new && self.subscriptions.len() >= self.limits.subscriptions as usize {
            say(out, Some(sub), ErrorCode::TooMany, "too many subscriptions");
            return;
        }
        // One a second is the slowest that makes sense; 0 would be never.
        let max_hz = max_hz.map(|hz| hz.max(1));
        let held = Subscription {
            selector: selector.clone(),
            max_hz,
            lagging: false,
        };
        self.subscriptions.insert(sub, held);
        out.push(Action::Watch {
            sub,
            selector,
            max_hz,
            since,
        });
    }

    fn close(&mut self, code: u16, reason: &'static str, out: &mut Vec<Action>) {
        self.phase = Phase::Closed;
        self.subscriptions.clear();
        out.push(Action::Close(code, reason));
    }
}

const fn beat(now: &Now<'_>) -> ServerMessage {
    ServerMessage::Beat {
        server_millis: now.server_millis,
        revision: now.position.revision,
    }
}

fn say(out: &mut Vec<Action>, sub: Option<u32>, code: ErrorCode, message: &str) {
    out.push(Action::Send(ServerMessage::Error {
        sub,
        code,
        message: message.to_owned(),
    }));
}

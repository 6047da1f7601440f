//! What a connection tells its owner.

use bytes::Bytes;
use twin::{SourceId, Timestamp};

use crate::reason::Words;

/// One thing that happened on a connection, in the order in which it happened.
#[derive(Debug)]
pub enum Event {
    /// A message from the plant.
    Message(Message),
    /// The link changed; sent on change and after each failed attempt.
    State {
        /// What the link is doing.
        state: State,
        /// Since when.
        at: Timestamp,
        /// Why, in words for a plant engineer.
        detail: Option<Words>,
    },
    /// The broker's answer to our subscription, one entry a filter.
    Subscribed(Vec<FilterGrant>),
    /// Something was lost or may have been.
    Trouble(Trouble),
}

/// One MQTT message.
#[derive(Clone, Debug)]
pub struct Message {
    /// The connection it came over.
    pub source: SourceId,
    /// Its topic; hostile text is possible.
    pub topic: String,
    /// Its payload. It shares the read buffer: do not keep it, copy what is to be kept.
    pub payload: Bytes,
    /// Sent from the broker's memory, not just now.
    pub retain: bool,
    /// The quality of service it was delivered with: the lower of publisher's and subscription's.
    pub qos: u8,
    /// When we read it from the socket.
    pub arrival: Timestamp,
    /// To be given to [`Connection::ack`](crate::Connection::ack) once the message is durable; `None` at
    /// QoS 0.
    pub ack: Option<Ack>,
}

/// The right to acknowledge one message. Worthless, and harmless, after a reconnect: the broker sends
/// the message again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ack {
    pub(crate) epoch: u32,
    pub(crate) number: u64,
}

/// What a link is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// The first attempt, or the next one, is under way.
    Connecting,
    /// Connected; messages flow once the filters are granted.
    Connected {
        /// The broker kept our session and its filters: what came at QoS 1 while we were away follows.
        is_continued: bool,
    },
    /// Not connected; the next attempt follows by itself.
    Down,
    /// The broker turned us away (password, client id, protocol); tried again slowly.
    Refused,
    /// Stopped by us.
    Stopped,
}

/// The broker's answer for one filter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterGrant {
    /// The filter asked for.
    pub filter: String,
    /// The quality of service granted, or the refusal in words.
    pub granted: Result<u8, Words>,
}

/// Something was lost or may have been.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// The broker no longer knew our session: what was published while we were away is lost.
    SessionLost,
    /// A packet larger than the limit cut the connection, or was thrown away.
    PacketTooLarge {
        /// Its size in bytes, when known.
        bytes: Option<u64>,
        /// The limit in bytes.
        limit: u64,
        /// The session was given up to get past it: messages waiting in the broker are lost.
        session_given_up: bool,
    },
    /// The queue was full for a while.
    QueueFull {
        /// Messages thrown away since the last such report: QoS 0, or any on a clean session.
        dropped: u64,
        /// Not even QoS 1 messages had room. They stay in the broker, which sends them again
        /// once ours are worked off.
        withheld: bool,
    },
}

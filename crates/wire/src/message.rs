//! The messages of the live socket. See `PROTOCOL.md`; a change here changes that file too.
//!
//! A *view* is what several sockets with an equal selector share: one index table, one batching
//! window, one encoded frame. Points travel as index into that table, never as names.
//! In JSON a message is an object whose `type` says which it is; fields not known are ignored.
//! The binary form is written by hand in [`crate::codec`], so that a value costs a handful of bytes.

use serde::{Deserialize, Serialize};

use crate::page::PlantStatus;
use crate::reading::{Cadence, Reading};

/// The protocol's version; both sides must agree.
pub const PROTOCOL: u16 = 1;
/// WebSocket subprotocol of the compact binary form.
pub const BINARY_SUBPROTOCOL: &str = "gemba.v1.bin";
/// WebSocket subprotocol of the same messages as JSON text.
pub const JSON_SUBPROTOCOL: &str = "gemba.v1.json";

/// What a subscription watches. Each is authorised by itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Selector {
    /// These points, in this order.
    Points { points: Vec<u32> },
    /// Every point directly at an asset, its summary, and word of new ones.
    Asset { asset: u32 },
    /// The summaries of these assets, each over its whole subtree.
    Summaries { assets: Vec<u32> },
    /// The freshness bar: counts over the plant, and each source's state.
    Plant,
}

/// What a browser last saw, to go on from there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Position {
    /// One server run.
    pub epoch: u64,
    /// The twin's change counter.
    pub revision: u64,
}

/// Browser to server.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ClientMessage {
    /// First message of a connection.
    Hello {
        protocol: u16,
        /// The build the page was made with; an older one is told to reload. Empty: not a page of ours.
        #[serde(default)]
        build: String,
        /// The share link whose holder asks; empty for who signed in.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        share: String,
    },
    /// Starts watching. `sub` is the client's own number for it.
    Subscribe {
        sub: u32,
        selector: Selector,
        /// At most so many frames a second; none: as fast as the screen.
        #[serde(default)]
        max_hz: Option<u8>,
        /// What the page already holds; the answer is `resumed` from there when the server still can.
        #[serde(default)]
        since: Option<Position>,
    },
    /// Stops watching.
    Unsubscribe { sub: u32 },
    /// Asks for a sign of life.
    Ping,
}

/// Counts over an asset and all below it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    pub points: u32,
    pub live: u32,
    pub late: u32,
    pub stale: u32,
    pub offline: u32,
    /// Of quality bad, whatever their age.
    pub bad: u32,
    /// Values beyond an outer limit (HH, LL).
    pub high: u32,
    /// Values beyond an inner limit (H, L).
    pub medium: u32,
    /// With a limit at all: where there is none, none is kept.
    pub limited: u32,
}

/// A point as a snapshot carries it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PointState {
    pub point: u32,
    pub cadence: Cadence,
    /// None until the first reading.
    pub reading: Option<Reading>,
}

/// Everything a view shows.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ViewState {
    /// The index of a point in deltas is its position here.
    pub points: Vec<PointState>,
    /// Asset and counts; the index in deltas is the position here.
    pub summaries: Vec<(u32, Summary)>,
    pub plant: Option<PlantStatus>,
    /// Goes up when assets or points join or leave what the selector covers; reload the page's data then.
    pub structure: u64,
}

/// What changed in a view. Values coalesce (newest wins); nothing else does.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewDelta {
    /// Points that joined, appended to the view's table before the rest of this delta is read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<u32>,
    /// Index into the view's points, and the newest reading.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<(u32, Reading)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cadences: Vec<(u32, Cadence)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub summaries: Vec<(u32, Summary)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plant: Option<PlantStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub structure: Option<u64>,
}

impl ViewDelta {
    /// Nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.joined.is_empty()
            && self.readings.is_empty()
            && self.cadences.is_empty()
            && self.summaries.is_empty()
            && self.plant.is_none()
            && self.structure.is_none()
    }
}

/// Server to browser.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ServerMessage {
    /// First answer.
    Welcome {
        epoch: u64,
        revision: u64,
        server_millis: i64,
        build: String,
        limits: Limits,
    },
    /// The whole view; replaces what the client had. `view` names it in later deltas.
    Snapshot {
        sub: u32,
        view: u32,
        epoch: u64,
        revision: u64,
        server_millis: i64,
        state: ViewState,
    },
    /// Answer to `since`: the view's tables, and what changed from there. `view` names it in later deltas.
    Resumed {
        sub: u32,
        view: u32,
        epoch: u64,
        from: u64,
        revision: u64,
        server_millis: i64,
        /// The point of each index.
        points: Vec<u32>,
        /// The asset of each index.
        summaries: Vec<u32>,
        delta: ViewDelta,
    },
    /// `from` must not be later than where the client stands with this view, else it subscribes again.
    Delta {
        view: u32,
        from: u64,
        to: u64,
        server_millis: i64,
        delta: ViewDelta,
    },
    /// Nothing changed for a second; the server is alive.
    Beat { server_millis: i64, revision: u64 },
    /// Something the client asked for cannot be; the connection stays.
    Error {
        #[serde(default)]
        sub: Option<u32>,
        code: ErrorCode,
        message: String,
    },
    /// The server closes; come back after this time.
    Bye { reason: String, retry_after_millis: u32 },
}

/// What one connection may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Limits {
    pub message_bytes: u32,
    pub subscriptions: u32,
    pub points_per_subscription: u32,
    /// A frame comes at least this often.
    pub beat_millis: u32,
}

/// Stable words for machines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    BadMessage,
    UnknownType,
    WrongProtocol,
    NotAllowed,
    UnknownAsset,
    UnknownPoint,
    TooMany,
    HelloFirst,
}

//! Readings as they travel: milliseconds, plain numbers, flags as bits.

use serde::{Deserialize, Serialize};

/// A value. In JSON: a number, true/false, or text.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Value {
    /// A finite number in the point's unit.
    Number(f64),
    /// A switch.
    Bool(bool),
    /// A word.
    Text(String),
}

/// OPC UA's three levels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    #[default]
    Good,
    Uncertain,
    Bad,
}

/// One value of one point.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reading {
    /// None when the source sent null or nothing usable.
    pub value: Option<Value>,
    pub quality: Quality,
    /// The source's own time, milliseconds since 1970 UTC; none when it sends none.
    pub source_millis: Option<i64>,
    /// When it reached the server, milliseconds since 1970 UTC.
    pub arrival_millis: i64,
    /// `twin::Flags` bits: 1 retained, 2 clock ahead, 4 offline, 8 simulated, 16 manual, 32 derived.
    pub flags: u8,
}

/// How often a point is expected to speak; `twin::Cadence` on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    #[default]
    Learning,
    OnChange,
    /// Milliseconds, learned from its own gaps.
    Learned(u64),
    /// Milliseconds, set by a person or a model.
    Declared(u64),
}

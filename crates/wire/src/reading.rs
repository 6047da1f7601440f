//! Readings as they travel: milliseconds, plain numbers, flags as bits.
//!
//! Conversions from and to the domain's own forms stand here too, in one place for both sides.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use twin::{Flags, Span, Timestamp};

/// A value. In JSON simply a number, true or false, or text.
#[derive(Clone, PartialEq, Debug)]
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

/// A value in a format that cannot tell what comes next by itself.
#[derive(Serialize, Deserialize)]
enum ByPosition<'a> {
    Number(f64),
    Bool(bool),
    Text(Cow<'a, str>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return match self {
                Self::Number(number) => ByPosition::Number(*number),
                Self::Bool(on) => ByPosition::Bool(*on),
                Self::Text(text) => ByPosition::Text(Cow::Borrowed(text)),
            }
            .serialize(serializer);
        }
        match self {
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Bool(on) => serializer.serialize_bool(*on),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return ByPosition::deserialize(deserializer).map(|value| match value {
                ByPosition::Number(number) => Self::Number(number),
                ByPosition::Bool(on) => Self::Bool(on),
                ByPosition::Text(text) => Self::Text(text.into_owned()),
            });
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, true or false, or text")
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<Value, E> {
        Ok(Value::Bool(on))
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "JSON numbers are doubles here, as in JavaScript"
    )]
    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "JSON numbers are doubles here, as in JavaScript"
    )]
    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }
}

/// The wire form of a value; a number that is not finite has none.
#[must_use]
pub fn wire_value_from_twin(value: &twin::Value) -> Option<Value> {
    match value {
        twin::Value::Number(number) if number.is_finite() => Some(Value::Number(*number)),
        twin::Value::Number(_) => None,
        twin::Value::Bool(on) => Some(Value::Bool(*on)),
        twin::Value::Text(text) => Some(Value::Text(text.as_ref().to_owned())),
    }
}

/// The wire form of a reading. Times lose what is below a millisecond.
#[must_use]
pub fn wire_from_twin(reading: &twin::Reading) -> Reading {
    Reading {
        value: reading.value.as_ref().and_then(wire_value_from_twin),
        quality: match reading.quality {
            twin::Quality::Good => Quality::Good,
            twin::Quality::Uncertain => Quality::Uncertain,
            twin::Quality::Bad => Quality::Bad,
        },
        source_millis: reading.source_time.map(Timestamp::millis),
        arrival_millis: reading.arrival.millis(),
        // How it was delivered is nobody's business beyond the server.
        flags: reading.flags.with(twin::Flags::ASSURED, false).bits(),
    }
}

/// The domain's form of a reading.
#[must_use]
pub fn twin_from_wire(reading: &Reading) -> twin::Reading {
    let value = reading.value.as_ref().map(|value| match value {
        Value::Number(number) => twin::Value::Number(*number),
        Value::Bool(on) => twin::Value::Bool(*on),
        Value::Text(text) => twin::Value::Text(text.as_str().into()),
    });
    twin::Reading {
        value,
        ..twin_times_from_wire(reading)
    }
}

/// When and how a reading came, without its value: enough to judge its age, and costs no memory.
#[must_use]
pub fn twin_times_from_wire(reading: &Reading) -> twin::Reading {
    twin::Reading {
        value: None,
        quality: match reading.quality {
            Quality::Good => twin::Quality::Good,
            Quality::Uncertain => twin::Quality::Uncertain,
            Quality::Bad => twin::Quality::Bad,
        },
        source_time: reading.source_millis.map(Timestamp::from_millis),
        arrival: Timestamp::from_millis(reading.arrival_millis),
        flags: Flags::from_bits(reading.flags),
    }
}

/// The wire form of a cadence.
#[must_use]
pub fn wire_cadence_from_twin(cadence: twin::Cadence) -> Cadence {
    let millis = |span: Span| u64::try_from(span.millis()).unwrap_or(0);
    match cadence {
        twin::Cadence::Learning => Cadence::Learning,
        twin::Cadence::OnChange => Cadence::OnChange,
        twin::Cadence::Learned(span) => Cadence::Learned(millis(span)),
        twin::Cadence::Declared(span) => Cadence::Declared(millis(span)),
    }
}

/// The domain's form of a cadence.
#[must_use]
pub fn twin_cadence_from_wire(cadence: Cadence) -> twin::Cadence {
    let span = |millis: u64| Span::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    match cadence {
        Cadence::Learning => twin::Cadence::Learning,
        Cadence::OnChange => twin::Cadence::OnChange,
        Cadence::Learned(millis) => twin::Cadence::Learned(span(millis)),
        Cadence::Declared(millis) => twin::Cadence::Declared(span(millis)),
    }
}

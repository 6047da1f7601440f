//! A reading: value, when, how good, and how it came.

use std::sync::Arc;

use crate::time::{Span, Timestamp};

/// A source clock may run ahead of ours by this much before its stamps are mistrusted.
pub const CLOCK_TOLERANCE: Span = Span::from_secs(5);

/// What a point can hold.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A finite number, in the point's unit.
    Number(f64),
    /// A switch, a contact, a yes or no.
    Bool(bool),
    /// A state word, a code, a name.
    Text(Arc<str>),
}

impl Value {
    /// The number, or 1 and 0 for a switch; none for text.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Bool(on) => Some(f64::from(u8::from(*on))),
            Self::Text(_) => None,
        }
    }
}

/// OPC UA's three levels of trust in a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Quality {
    /// Usable.
    #[default]
    Good,
    /// Usable with doubt.
    Uncertain,
    /// Not usable: no number is ever shown.
    Bad,
}

/// How a reading came, beyond its value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Flags(u8);

impl Flags {
    /// The broker replayed it from its retained store.
    pub const RETAINED: Self = Self(1);
    /// The source stamped it later than our clock allows; its arrival is used instead.
    pub const CLOCK_AHEAD: Self = Self(2);
    /// Its connection, gateway or device is gone.
    pub const OFFLINE: Self = Self(4);
    /// Made by a simulator.
    pub const SIMULATED: Self = Self(8);
    /// Entered by a person.
    pub const MANUAL: Self = Self(16);
    /// Calculated from other points.
    pub const DERIVED: Self = Self(32);
    /// Its connection was away since, and what was said meanwhile may be lost.
    pub const UNCONFIRMED: Self = Self(64);
    /// Delivered at QoS 1 or 2: while the broker keeps our session, nothing that follows it is lost.
    pub const ASSURED: Self = Self(128);

    /// From the wire form.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The wire form.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every flag of `other` is set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With the flags of `other` set or cleared.
    #[must_use]
    pub const fn with(self, other: Self, on: bool) -> Self {
        if on {
            Self(self.0 | other.0)
        } else {
            Self(self.0 & !other.0)
        }
    }
}

/// One value of one point.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// The value; none when the source sent null or nothing usable.
    pub value: Option<Value>,
    /// How far to trust it.
    pub quality: Quality,
    /// When the source says it was measured; none when it does not say.
    pub source_time: Option<Timestamp>,
    /// When it reached us.
    pub arrival: Timestamp,
    /// How it came.
    pub flags: Flags,
}

impl Reading {
    /// The time this value is true for: the source's, unless it has none or its clock runs ahead.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        match self.source_time {
            Some(time) if !self.flags.has(Flags::CLOCK_AHEAD) => time,
            _ => self.arrival,
        }
    }

    /// A retained value without its own time: nobody can say how old it is.
    #[must_use]
    pub fn age_unknown(&self) -> bool {
        self.source_time.is_none() && self.flags.has(Flags::RETAINED)
    }
}

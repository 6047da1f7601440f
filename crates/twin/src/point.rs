//! A point: one property of one asset, what it is called, and what may be expected of its values.

use std::borrow::Cow;
use std::sync::Arc;

use crate::id::{AssetId, PointId, SourceId};
use crate::time::Span;

/// What does not change with every reading. The reading itself: [`Twin::reading`](crate::Twin::reading).
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// Its id.
    pub id: PointId,
    /// Where it belongs.
    pub asset: AssetId,
    /// Where it comes from.
    pub source: SourceId,
    /// Full topic.
    pub topic: Arc<str>,
    /// Path in the payload joined by `.`; empty for a plain value.
    pub field: Box<str>,
    /// Asset the payload named below the topic's.
    pub leaf_asset: Option<Box<str>>,
    /// Display name: set, described, or made from the tag.
    pub name: Box<str>,
    /// Unit, and how it came.
    pub unit: Option<Unit>,
    /// Digits after the decimal sign worth showing: set, or learned from the values (at most 4).
    pub decimals: u8,
    /// What a person set.
    pub settings: Option<Box<PointSettings>>,
    /// What a model said; a person's settings win field by field.
    pub described: Option<Box<PointSettings>>,
}

/// A unit and how it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// As shown: `bar`, `°C`, `m³/h`.
    pub symbol: Cow<'static, str>,
    /// Who says so.
    pub origin: UnitOrigin,
}

/// Who says what unit it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum UnitOrigin {
    /// Read off the name of the tag.
    Guessed,
    /// The payload.
    Stated,
    /// A person or a model.
    Set,
}

/// What a person or a model may say of a point; none leaves what was found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PointSettings {
    /// Display name.
    pub name: Option<Box<str>>,
    /// Unit as shown.
    pub unit: Option<Box<str>>,
    /// Expected interval between readings.
    pub expected: Option<Span>,
    /// Where values normally are.
    pub normal: Option<(f64, f64)>,
    /// The four limits.
    pub limits: Limits,
    /// What an indicator spans.
    pub range: Option<(f64, f64)>,
    /// Digits after the decimal sign.
    pub decimals: Option<u8>,
}

/// The four limits of a value; the outer ones are HH and LL.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Limits {
    /// LL.
    pub low_low: Option<f64>,
    /// L.
    pub low: Option<f64>,
    /// H.
    pub high: Option<f64>,
    /// HH.
    pub high_high: Option<f64>,
}

/// Which limit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LimitKind {
    /// LL, outer.
    LowLow,
    /// L, inner.
    Low,
    /// H, inner.
    High,
    /// HH, outer.
    HighHigh,
}

impl LimitKind {
    /// HH and LL.
    #[must_use]
    pub const fn is_outer(self) -> bool {
        matches!(self, Self::LowLow | Self::HighHigh)
    }
}

/// How many messages a point has had.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Readings taken in, current or late.
    pub readings: u64,
    /// Seen before: the same value with the same source time, or a retained replay of it.
    pub duplicates: u64,
    /// Older than the current one: kept in history only.
    pub out_of_order: u64,
}

impl Point {
    /// The tag: the payload's path, or the topic's last level for a plain value.
    #[must_use]
    pub fn tag(&self) -> &str {
        if self.field.is_empty() { self.topic.rsplit('/').next().unwrap_or_default() } else { &self.field }
    }

    fn setting<T>(&self, pick: impl Fn(&PointSettings) -> Option<T>) -> Option<T> {
        let of = |settings: &Option<Box<PointSettings>>| settings.as_deref().and_then(&pick);
        of(&self.settings).or_else(|| of(&self.described))
    }

    /// Where values normally are.
    #[must_use]
    pub fn normal(&self) -> Option<(f64, f64)> {
        self.setting(|settings| settings.normal)
    }

    /// The limits in force; each one by itself, a person's before a model's.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            low_low: self.setting(|settings| settings.limits.low_low),
            low: self.setting(|settings| settings.limits.low),
            high: self.setting(|settings| settings.limits.high),
            high_high: self.setting(|settings| settings.limits.high_high),
        }
    }

    /// The expected interval, where somebody set one.
    #[must_use]
    pub fn expected(&self) -> Option<Span> {
        self.setting(|settings| settings.expected)
    }

    /// What an indicator spans: set, else the limits or the normal range with a margin, else nothing.
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        self.setting(|settings| settings.range)
    }
}

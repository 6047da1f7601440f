//! A point: one property of one asset, what it is called, and what may be expected of its values.

use std::borrow::Cow;
use std::sync::Arc;

use crate::id::{AssetId, PointId, SourceId};
use crate::time::Span;
use crate::{discovery, text, units};

/// What does not change with every reading. The reading itself: [`Twin::reading`](crate::Twin::reading).
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// Its id.
    pub id: PointId,
    /// Where it belongs.
    pub asset: AssetId,
    /// Which property of the model it is, while it is one: `motor.power`.
    pub property: Option<Arc<str>>,
    /// Where it comes from; [`SourceId::MODEL`] when it is computed.
    pub source: SourceId,
    /// Full topic; of what is computed its asset's id in the model.
    pub topic: Arc<str>,
    /// Path in the payload joined by `.`; empty for a plain value.
    pub field: Box<str>,
    /// Asset the payload named below the topic's; of a further property of a tag whose it is
    /// ([`Point::is_further`]).
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
    pub described: Option<Arc<PointSettings>>,
    /// Where discovery found it, wherever the model has put it.
    pub(crate) found_at: AssetId,
    /// Its line in the search index.
    pub(crate) entry: u32,
    /// Its topic in the engine's table.
    pub(crate) topic_number: u32,
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
    /// Its place among the values of its asset that matter first, 1 the very first.
    pub key: Option<u32>,
    /// How urgent each limit is.
    pub priorities: Priorities,
}

/// How urgent a crossed limit is: from 1, somebody must act now, to 4, a note.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Priorities {
    /// Of LL.
    pub low_low: u8,
    /// Of L.
    pub low: u8,
    /// Of H.
    pub high: u8,
    /// Of HH.
    pub high_high: u8,
}

impl Default for Priorities {
    /// Where nobody says: 2 for the outer limits, 3 for the inner.
    fn default() -> Self {
        Self {
            low_low: 2,
            low: 3,
            high: 3,
            high_high: 2,
        }
    }
}

impl Priorities {
    /// Of one of them.
    #[must_use]
    pub const fn of(self, limit: LimitKind) -> u8 {
        match limit {
            LimitKind::LowLow => self.low_low,
            LimitKind::Low => self.low,
            LimitKind::High => self.high,
            LimitKind::HighHigh => self.high_high,
        }
    }
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
    /// Whether it is computed, not measured.
    #[must_use]
    pub fn is_computed(&self) -> bool {
        self.source == SourceId::MODEL
    }

    /// Whether it is a further property of a tag that another has.
    #[must_use]
    pub fn is_further(&self) -> bool {
        self.leaf_asset.as_deref().is_some_and(is_further_mark)
    }

    /// Whether it is there by the model alone: computed, or a further property of a tag.
    #[must_use]
    pub fn is_models_own(&self) -> bool {
        self.is_computed() || self.is_further()
    }

    /// The tag: the payload's path, or the topic's last level for a plain value.
    #[must_use]
    pub fn tag(&self) -> Cow<'_, str> {
        discovery::tag(&self.topic, &self.field)
    }

    fn setting<T>(&self, pick: impl Fn(&PointSettings) -> Option<T>) -> Option<T> {
        let set = self.settings.as_deref().and_then(&pick);
        set.or_else(|| self.described.as_deref().and_then(&pick))
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

    /// How urgent its limits are: as the model says, whoever set where they are.
    #[must_use]
    pub fn priorities(&self) -> Priorities {
        self.described
            .as_deref()
            .map(|said| said.priorities)
            .unwrap_or_default()
    }

    /// Its place among the values of its asset that matter first.
    #[must_use]
    pub fn key(&self) -> Option<u32> {
        self.described.as_deref().and_then(|said| said.key)
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
            .or_else(|| range_from(self.normal(), self.limits()))
    }

    /// The digits somebody set.
    pub(crate) fn set_decimals(&self) -> Option<u8> {
        self.setting(|settings| settings.decimals)
            .map(|digits| digits.min(MAX_DECIMALS))
    }

    /// Digits worth showing: set, else learned as far as they tell something.
    pub(crate) fn digits(&self, learned: u8) -> u8 {
        self.set_decimals()
            .unwrap_or_else(|| learned.min(self.telling_digits()))
    }

    /// Digits that tell a thousandth of what it spans: a share of a hundred needs no more than one.
    fn telling_digits(&self) -> u8 {
        let is_share = self.unit.as_ref().is_some_and(|unit| unit.symbol == "%");
        let span = match self.range() {
            Some((low, high)) => high - low,
            None if is_share => 100.0,
            None => return MAX_DECIMALS,
        };
        (0..MAX_DECIMALS)
            .find(|digits| 10_f64.powi(-i32::from(*digits)) <= span / 999.0)
            .unwrap_or(MAX_DECIMALS)
    }

    /// Its path within the payload, the asset the payload named included: how descriptions name it.
    pub fn full_field(&self) -> Cow<'_, str> {
        full_field(self.leaf_asset.as_deref(), &self.field)
    }

    /// Takes name, unit and digits from the settings, or from the tag where they say nothing.
    /// `learned` digits hold unless somebody set them.
    pub(crate) fn refresh(&mut self, learned: u8) {
        let tag = discovery::tag(&self.topic, &self.field);
        let (words, guessed) = units::apart(&tag);
        let name = self.setting(|settings| settings.name.clone());
        let name = name.map_or_else(|| text::name_from_words(&words), |name| text::safe_name(&name));
        // Formulas count in the model's unit: another would only change the word beside the number.
        let set = match (&self.property, self.described.as_deref()) {
            (Some(_), Some(model)) => model.unit.clone(),
            _ => self.setting(|settings| settings.unit.clone()),
        };
        let unit = match set {
            Some(symbol) if symbol.is_empty() => None,
            Some(symbol) => Some(Unit {
                symbol: Cow::Owned(symbol.into()),
                origin: UnitOrigin::Set,
            }),
            None => self
                .unit
                .take()
                .filter(|unit| unit.origin == UnitOrigin::Stated)
                .or_else(|| {
                    guessed.map(|symbol| Unit {
                        symbol,
                        origin: UnitOrigin::Guessed,
                    })
                }),
        };
        self.name = name.into();
        self.unit = unit;
        self.decimals = self.digits(learned);
    }
}

/// Between asset and property of a further point of a tag: no text of a payload that is read has it.
const FURTHER: char = '\u{1}';

/// What stands in place of the asset that a payload names, in the record of a further point of a tag.
pub(crate) fn further_mark(asset: &str, property: &str) -> String {
    format!("{FURTHER}{asset}{FURTHER}{property}")
}

pub(crate) fn is_further_mark(leaf_asset: &str) -> bool {
    leaf_asset.starts_with(FURTHER)
}

/// The asset and the property that a record's `leaf_asset` names, where it is a further point of a tag.
#[must_use]
pub fn further_place(leaf_asset: &str) -> Option<(&str, &str)> {
    leaf_asset.strip_prefix(FURTHER)?.split_once(FURTHER)
}

/// The most digits after the decimal sign that are ever shown.
pub(crate) const MAX_DECIMALS: u8 = 4;

/// The asset a payload names and the field in it as one dotted path.
pub(crate) fn full_field<'a>(leaf_asset: Option<&str>, field: &'a str) -> Cow<'a, str> {
    match leaf_asset.filter(|levels| !is_further_mark(levels)) {
        Some(levels) => Cow::Owned(format!("{}.{field}", levels.replace('/', "."))),
        None => Cow::Borrowed(field),
    }
}

/// A span that shows every limit with a tenth of room on both sides.
fn range_from(normal: Option<(f64, f64)>, limits: Limits) -> Option<(f64, f64)> {
    let (low, high) = normal.unzip();
    let marks = [
        low,
        high,
        limits.low_low,
        limits.low,
        limits.high,
        limits.high_high,
    ];
    let marks = || marks.into_iter().flatten().filter(|mark| mark.is_finite());
    let (low, high) = (
        marks().fold(f64::INFINITY, f64::min),
        marks().fold(f64::NEG_INFINITY, f64::max),
    );
    let room = (high - low) / 10.0;
    (low < high).then_some((low - room, high + room))
}

impl Limits {
    /// The limit this value is beyond, the outer one first.
    #[must_use]
    pub fn violated_by(&self, value: f64) -> Option<LimitKind> {
        let above = |limit: Option<f64>| limit.is_some_and(|limit| value > limit);
        let below = |limit: Option<f64>| limit.is_some_and(|limit| value < limit);
        if above(self.high_high) {
            Some(LimitKind::HighHigh)
        } else if below(self.low_low) {
            Some(LimitKind::LowLow)
        } else if above(self.high) {
            Some(LimitKind::High)
        } else if below(self.low) {
            Some(LimitKind::Low)
        } else {
            None
        }
    }

    /// Where one of them is.
    #[must_use]
    pub const fn at(&self, limit: LimitKind) -> Option<f64> {
        match limit {
            LimitKind::LowLow => self.low_low,
            LimitKind::Low => self.low,
            LimitKind::High => self.high,
            LimitKind::HighHigh => self.high_high,
        }
    }

    /// Whether none is set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.low_low.is_none() && self.low.is_none() && self.high.is_none() && self.high_high.is_none()
    }
}

impl PointSettings {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            low_low: Some(0.0),
            low: Some(1.0),
            high: Some(9.0),
            high_high: Some(10.0),
        }
    }

    #[test]
    fn the_outer_limit_comes_first() {
        for (value, expect) in [
            (5.0, None),
            (9.0, None),
            (9.1, Some(LimitKind::High)),
            (10.1, Some(LimitKind::HighHigh)),
            (0.5, Some(LimitKind::Low)),
            (-1.0, Some(LimitKind::LowLow)),
            (f64::NAN, None),
        ] {
            assert_eq!(limits().violated_by(value), expect, "{value}");
        }
    }

    #[test]
    fn an_indicator_spans_all_its_marks() {
        assert_eq!(range_from(Some((2.0, 8.0)), limits()), Some((-1.0, 11.0)));
        assert_eq!(range_from(Some((2.0, 8.0)), Limits::default()), Some((1.4, 8.6)));
        assert_eq!(
            range_from(
                None,
                Limits {
                    high: Some(3.0),
                    ..Limits::default()
                }
            ),
            None
        );
        assert_eq!(range_from(None, Limits::default()), None);
    }
}

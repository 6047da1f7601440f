//! The hot part of a point: its reading, its pace, and why it may be offline or in doubt.

use crate::cadence::Gaps;
use crate::freshness::{Cadence, Freshness, freshness};
use crate::point::{LimitKind, MAX_DECIMALS};
use crate::reading::{Flags, Quality, Reading};
use crate::summary::{Beyond, Class};
use crate::time::Timestamp;

/// No entry in the due list.
pub(crate) const NOT_DUE: i64 = i64::MAX;

/// What changes with every reading. Kept apart from the names, densely, by the point's id.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) reading: Option<Reading>,
    pub(crate) cadence: Cadence,
    pub(crate) gaps: Option<Box<Gaps>>,
    pub(crate) violation: Option<(LimitKind, Timestamp)>,
    /// The limit it is beyond is of priority 1 or 2.
    pub(crate) is_urgent: bool,
    /// The second in the due list that will look at this point again.
    pub(crate) due: i64,
    pub(crate) readings: u64,
    pub(crate) duplicates: u32,
    pub(crate) out_of_order: u32,
    /// As it stands in the counts; none until it is counted.
    pub(crate) class: Option<Class>,
    pub(crate) causes: Causes,
    pub(crate) digits: Digits,
    pub(crate) qos: u8,
    pub(crate) has_limits: bool,
    /// What is computed is not counted among what is measured.
    pub(crate) is_computed: bool,
    /// A person said to ignore it: it is in no list and no count, and what it says is not taken in.
    pub(crate) is_ignored: bool,
    /// It was beyond its limit when an earlier run ended, who knows for how long.
    pub(crate) is_violated_longer: bool,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            reading: None,
            cadence: Cadence::Learning,
            gaps: None,
            violation: None,
            is_urgent: false,
            due: NOT_DUE,
            readings: 0,
            duplicates: 0,
            out_of_order: 0,
            class: None,
            causes: Causes::default(),
            digits: Digits::default(),
            qos: 0,
            has_limits: false,
            is_computed: false,
            is_ignored: false,
            is_violated_longer: false,
        }
    }
}

/// Why a point is offline or in doubt; it is while any of them holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Causes(u8);

impl Causes {
    /// Its source has no connection.
    pub(crate) const SOURCE: Self = Self(1);
    /// Its device says so: last will, availability topic.
    pub(crate) const DEVICE: Self = Self(2);
    /// Every point of its device has fallen silent.
    pub(crate) const SILENCE: Self = Self(4);
    /// Known from an earlier run only.
    pub(crate) const RESTORED: Self = Self(8);
    /// Its source has not been connected for long: its silence is not told yet.
    pub(crate) const SETTLING: Self = Self(16);
    /// Its source was away, and what the point said meanwhile may be lost.
    pub(crate) const UNHEARD: Self = Self(32);
    /// What a word from the point itself disproves.
    pub(crate) const BY_SILENCE: Self = Self(2 + 4 + 8 + 16 + 32);
    /// What a replay disproves.
    pub(crate) const BY_REPLAY: Self = Self(8 + 16 + 32);

    /// Whether the point is offline for any of them; settling or unheard alone is no reason.
    pub(crate) const fn any(self) -> bool {
        self.0 & !(Self::SETTLING.0 | Self::UNHEARD.0) != 0
    }

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl Live {
    pub(crate) fn freshness(&self, now: Timestamp) -> Freshness {
        match &self.reading {
            Some(reading) => freshness(now, reading, self.cadence),
            None if self.causes.any() => Freshness::Offline,
            None => Freshness::Stale,
        }
    }

    pub(crate) fn classify(&self, now: Timestamp) -> Class {
        Class {
            freshness: self.freshness(now),
            is_bad: self
                .reading
                .as_ref()
                .is_some_and(|reading| reading.quality == Quality::Bad),
            beyond: match self.violation {
                None => Beyond::None,
                Some(_) if self.is_urgent => Beyond::Outer,
                Some(_) => Beyond::Inner,
            },
            is_limited: self.has_limits,
            is_counted: !self.is_computed,
            is_paced: self.cadence.interval().is_some(),
            is_excused: self
                .causes
                .has(Causes::SOURCE.with(Causes::RESTORED).with(Causes::SETTLING))
                // What speaks when it pleases may just have nothing to say.
                || self.cadence.interval().is_none() && self.causes.has(Causes::UNHEARD),
        }
    }

    /// Sets the reasons, and the reading's flags with them; true when one changed.
    pub(crate) fn set_causes(&mut self, causes: Causes) -> bool {
        self.causes = causes;
        let Some(reading) = &mut self.reading else {
            return false;
        };
        let flags = reading
            .flags
            .with(Flags::OFFLINE, causes.any())
            .with(Flags::UNCONFIRMED, causes.has(Causes::UNHEARD));
        std::mem::replace(&mut reading.flags, flags) != flags
    }
}

/// Digits after the decimal sign, learned from the values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Digits {
    /// The most a value was written with.
    written: u8,
    /// What gives the largest of them four figures: more tells nothing.
    worth: Option<u8>,
}

impl Digits {
    /// Takes in a value; true when the digits worth showing changed.
    pub(crate) fn learn(&mut self, value: f64) -> bool {
        let before = self.count();
        self.written = self.written.max(decimals(value).unwrap_or(MAX_DECIMALS));
        let worth = by_size(value);
        self.worth = Some(self.worth.map_or(worth, |known| known.min(worth)));
        before != self.count()
    }

    pub(crate) fn count(self) -> u8 {
        self.worth.unwrap_or(MAX_DECIMALS).min(self.written)
    }
}

/// Digits a value was written with, if at most [`MAX_DECIMALS`]; allows for single precision.
fn decimals(value: f64) -> Option<u8> {
    let mut scaled = value;
    for digits in 0..=MAX_DECIMALS {
        let off = (scaled - scaled.round()).abs();
        if off <= (1e-9 + scaled.abs() * 1e-7).min(0.01) {
            return Some(digits);
        }
        scaled *= 10.0;
    }
    None
}

/// Digits that give four figures.
fn by_size(value: f64) -> u8 {
    let size = value.abs();
    match size {
        _ if size >= 1_000.0 => 0,
        _ if size >= 100.0 => 1,
        _ if size >= 10.0 => 2,
        _ if size >= 1.0 => 3,
        _ => MAX_DECIMALS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], expect: u8) {
        let mut digits = Digits::default();
        for value in values {
            digits.learn(*value);
        }
        assert_eq!(digits.count(), expect, "{values:?}");
    }

    #[test]
    fn digits_are_learned_from_the_values() {
        check(&[5.0, 7.0], 0);
        check(&[5.0, 7.5, 7.25], 2);
        check(&[0.0, 21.437_128_992_1], 2);
        check(&[f64::from(21.4_f32)], 1);
        check(&[1_234.567_891_23, 0.001_234_567], 0);
        check(&[-0.123_456_7], 4);
        check(&[1e300], 0);
        check(&[93.243_9, 77.0], 2);
        check(&[782.81, 60.0], 1);
        check(&[0.0417, 0.0], 4);
    }
}

//! Live or late: one pure rule, used by the server's counts and by the browser's ageing alike.
//!
//! The rule is `architecture.md`'s "Live or late": by expected interval T, a value is live up to
//! max(2T, 5 s), late up to max(5T, 30 s), stale beyond; without a T it only ages, until its connection
//! was away: then it is stale until it is heard again.

use crate::reading::{Flags, Reading};
use crate::time::{Span, Timestamp};

/// How often a point is expected to speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Cadence {
    /// Too few readings to say: nothing is late yet.
    #[default]
    Learning,
    /// Irregular by nature: it shows its age and is never late by itself.
    OnChange,
    /// Learned from its own gaps.
    Learned(Span),
    /// Set by a person or a model.
    Declared(Span),
}

impl Cadence {
    /// The expected interval T, where there is one.
    #[must_use]
    pub const fn interval(self) -> Option<Span> {
        match self {
            Self::Learned(span) | Self::Declared(span) => Some(span),
            Self::Learning | Self::OnChange => None,
        }
    }

    /// Live up to this age.
    #[must_use]
    pub fn live_for(self) -> Option<Span> {
        self.interval().map(|t| t.times(2).max(Span::from_secs(5)))
    }

    /// Late, not yet stale, up to this age.
    #[must_use]
    pub fn late_for(self) -> Option<Span> {
        self.interval().map(|t| t.times(5).max(Span::from_secs(30)))
    }
}

/// How far a value may be believed to be the present.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Freshness {
    /// As recent as it is expected to be.
    Live,
    /// Overdue, not for long.
    Late,
    /// Last known, and old.
    Stale,
    /// Its connection, gateway or device is gone.
    Offline,
    /// Retained by the broker without its own time, or stamped later than now: nobody knows how old it is.
    AgeUnknown,
}

/// The freshness of a reading at `now`.
#[must_use]
pub fn freshness(now: Timestamp, reading: &Reading, cadence: Cadence) -> Freshness {
    if reading.flags.has(Flags::OFFLINE) {
        return Freshness::Offline;
    }
    if reading.age_unknown() {
        return Freshness::AgeUnknown;
    }
    match by_age(now, reading, cadence) {
        // It speaks, and nobody can say of when.
        Freshness::Live if reading.flags.has(Flags::CLOCK_AHEAD) => Freshness::AgeUnknown,
        by_age => by_age,
    }
}

fn by_age(now: Timestamp, reading: &Reading, cadence: Cadence) -> Freshness {
    let age = now.since(reading.time());
    match (cadence.live_for(), cadence.late_for()) {
        (Some(live), _) if age <= live => Freshness::Live,
        (_, Some(late)) if age <= late => Freshness::Late,
        (Some(_), Some(_)) => Freshness::Stale,
        _ if old_on_arrival(reading) || reading.flags.has(Flags::UNCONFIRMED) => Freshness::Stale,
        _ => Freshness::Live,
    }
}

/// When [`freshness`] next changes by itself, if nothing arrives.
#[must_use]
pub fn next_transition(now: Timestamp, reading: &Reading, cadence: Cadence) -> Option<Timestamp> {
    let (live, late) = (cadence.live_for()?, cadence.late_for()?);
    if reading.flags.has(Flags::OFFLINE) || reading.age_unknown() {
        return None;
    }
    match by_age(now, reading, cadence) {
        Freshness::Live => Some(reading.time() + live + Span::from_micros(1)),
        Freshness::Late => Some(reading.time() + late + Span::from_micros(1)),
        Freshness::Stale | Freshness::Offline | Freshness::AgeUnknown => None,
    }
}

/// A gateway delivered it late by its own stamp: it was never the present, whatever its cadence. What a
/// formula says of a window stands at its end, and holds until the next one is over.
fn old_on_arrival(reading: &Reading) -> bool {
    !reading.flags.has(Flags::DERIVED) && reading.arrival.since(reading.time()) > Span::from_secs(30)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Quality;

    fn reading(source_secs: Option<i64>, arrival_secs: i64, flags: Flags) -> Reading {
        Reading {
            value: None,
            quality: Quality::Good,
            source_time: source_secs.map(|s| Timestamp::from_millis(s * 1_000)),
            arrival: Timestamp::from_millis(arrival_secs * 1_000),
            flags,
        }
    }

    #[track_caller]
    fn check(reading: &Reading, cadence: Cadence, now_secs: i64, expect: Freshness) {
        assert_eq!(
            freshness(Timestamp::from_millis(now_secs * 1_000), reading, cadence),
            expect
        );
    }

    #[test]
    fn what_is_computed_of_a_window_holds_until_the_next() {
        for (flags, expect) in [
            (Flags::DERIVED, Freshness::Live),
            (Flags::default(), Freshness::Stale),
        ] {
            check(&reading(Some(100), 400, flags), Cadence::OnChange, 900, expect);
        }
        let lost = Flags::DERIVED.with(Flags::OFFLINE, true);
        check(
            &reading(Some(100), 400, lost),
            Cadence::OnChange,
            900,
            Freshness::Offline,
        );
    }

    #[test]
    fn a_value_ages_from_live_over_late_to_stale() {
        let reading = reading(Some(100), 100, Flags::default());
        let each = Cadence::Declared(Span::from_secs(10));
        check(&reading, each, 120, Freshness::Live);
        check(&reading, each, 121, Freshness::Late);
        check(&reading, each, 150, Freshness::Late);
        check(&reading, each, 151, Freshness::Stale);
        let fast = Cadence::Learned(Span::from_millis(100));
        check(&reading, fast, 105, Freshness::Live);
        check(&reading, fast, 130, Freshness::Late);
        check(&reading, fast, 131, Freshness::Stale);
    }

    #[test]
    fn an_irregular_value_is_never_late_but_goes_offline() {
        check(
            &reading(Some(100), 100, Flags::default()),
            Cadence::OnChange,
            99_999,
            Freshness::Live,
        );
        check(
            &reading(Some(100), 100, Flags::OFFLINE),
            Cadence::OnChange,
            101,
            Freshness::Offline,
        );
    }

    #[test]
    fn without_an_interval_an_absence_leaves_it_unconfirmed() {
        let reading = reading(Some(100), 100, Flags::UNCONFIRMED);
        for (cadence, expect) in [
            (Cadence::OnChange, Freshness::Stale),
            (Cadence::Learning, Freshness::Stale),
            (Cadence::Declared(Span::from_secs(10)), Freshness::Live),
        ] {
            check(&reading, cadence, 101, expect);
        }
    }

    #[test]
    fn a_replay_with_original_times_reads_as_old() {
        check(
            &reading(Some(100), 90_000, Flags::default()),
            Cadence::Learning,
            90_000,
            Freshness::Stale,
        );
    }

    #[test]
    fn a_retained_value_without_time_has_no_age() {
        check(
            &reading(None, 100, Flags::RETAINED),
            Cadence::Learning,
            100,
            Freshness::AgeUnknown,
        );
    }
}

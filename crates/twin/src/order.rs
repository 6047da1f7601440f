//! Which of two readings is the newer, when clocks, gateways and brokers do not agree.

use crate::reading::{CLOCK_TOLERANCE, Flags, Reading};

/// What a reading is to a point that may know one already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// The newest: it becomes the current one.
    Newest,
    /// It says again what was in doubt after an absence of ours: current again, nothing new for history.
    Confirms,
    /// Seen before: counted, nothing else.
    Seen,
    /// Older than the current one: for history only.
    Older,
}

/// Judges `next` against the current reading; `in_doubt`: that one is from an earlier run or connection.
pub(crate) fn verdict(known: Option<&Reading>, next: &Reading, in_doubt: bool) -> Verdict {
    let Some(known) = known else {
        return Verdict::Newest;
    };
    let same = known.value == next.value && known.quality == next.quality;
    let again = if in_doubt {
        Verdict::Confirms
    } else {
        Verdict::Seen
    };
    let is_retained = next.flags.has(Flags::RETAINED);
    let older = if is_retained {
        Verdict::Seen
    } else {
        Verdict::Older
    };
    match (next.source_time, known.source_time) {
        // A replay without a time says something only if it says something else.
        (None, _) if is_retained && same => again,
        // Without a time of its own, what comes later is later.
        (None, _) => Verdict::Newest,
        (Some(_), None) if known.age_unknown() => Verdict::Newest,
        (Some(time), None) if known.arrival.since(time) <= CLOCK_TOLERANCE => Verdict::Newest,
        (Some(_), None) => older,
        (Some(time), Some(known_time)) if time == known_time && same => again,
        // Two values in one tick of a coarse clock: the later word holds.
        (Some(time), Some(known_time)) if time >= known_time => Verdict::Newest,
        // A stamp from the future is no reason to refuse all that follow it.
        (Some(_), Some(_)) if known.flags.has(Flags::CLOCK_AHEAD) => Verdict::Newest,
        (Some(_), Some(_)) => older,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Quality, Value};
    use crate::time::Timestamp;

    fn reading(value: f64, source: Option<i64>, arrival: i64, flags: Flags) -> Reading {
        Reading {
            value: Some(Value::Number(value)),
            quality: Quality::Good,
            source_time: source.map(|secs| Timestamp::from_millis(secs * 1_000)),
            arrival: Timestamp::from_millis(arrival * 1_000),
            flags,
        }
    }

    #[test]
    fn readings_are_put_in_order() {
        let live = Flags::default();
        let (retained, ahead) = (Flags::RETAINED, Flags::CLOCK_AHEAD);
        let stamped = reading(1.0, Some(100), 101, live);
        let plain = reading(1.0, None, 101, live);
        let unknown = reading(1.0, None, 101, retained);
        let future = reading(1.0, Some(9_000), 101, ahead);
        for (known, next, expect) in [
            (&stamped, reading(2.0, Some(101), 102, live), Verdict::Newest),
            (&stamped, reading(1.0, Some(100), 102, live), Verdict::Seen),
            (&stamped, reading(2.0, Some(100), 102, live), Verdict::Newest),
            (&stamped, reading(2.0, Some(99), 102, live), Verdict::Older),
            (&stamped, reading(2.0, Some(99), 102, retained), Verdict::Seen),
            (&stamped, reading(2.0, Some(101), 102, retained), Verdict::Newest),
            (&stamped, reading(2.0, None, 102, live), Verdict::Newest),
            (&stamped, reading(1.0, None, 102, retained), Verdict::Seen),
            (&plain, reading(1.0, None, 102, live), Verdict::Newest),
            (&plain, reading(1.0, None, 102, retained), Verdict::Seen),
            (&plain, reading(2.0, None, 102, retained), Verdict::Newest),
            (&plain, reading(2.0, None, 50, live), Verdict::Newest),
            (&plain, reading(2.0, Some(100), 102, live), Verdict::Newest),
            (&plain, reading(2.0, Some(50), 102, live), Verdict::Older),
            (&unknown, reading(2.0, Some(50), 102, live), Verdict::Newest),
            (&future, reading(2.0, Some(102), 102, live), Verdict::Newest),
            (&future, reading(2.0, Some(9_001), 102, ahead), Verdict::Newest),
        ] {
            assert_eq!(
                verdict(Some(known), &next, false),
                expect,
                "{known:?} then {next:?}"
            );
        }
        assert_eq!(
            verdict(Some(&stamped), &reading(1.0, Some(100), 500, retained), true),
            Verdict::Confirms
        );
        assert_eq!(verdict(None, &stamped, false), Verdict::Newest);
    }
}

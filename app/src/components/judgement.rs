//! Where a value stands against its limits and its normal range: pure, the same on both sides.
//!
//! Until alarms exist, a value beyond an outer limit (HH, LL) is drawn as High and one beyond an
//! inner limit (H, L) as Medium. It is the rule of `twin`, said again for what the wire carries.

use wire::page::{LimitKind, Limits};

/// How urgent a crossed limit is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Beyond an inner limit: ▼3.
    Medium,
    /// Beyond an outer limit: ▲2.
    High,
}

impl Level {
    /// The priority's number, which is also what the style sheet and the shape go by.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::High => "2",
            Self::Medium => "3",
        }
    }
}

/// A limit that a value is beyond.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Beyond {
    pub limit: LimitKind,
    pub at: f64,
    pub level: Level,
}

/// The limit the value is beyond, the outer one first.
#[must_use]
pub fn beyond(value: f64, limits: &Limits) -> Option<Beyond> {
    let over = |at: Option<f64>| at.filter(|at| value > *at);
    let under = |at: Option<f64>| at.filter(|at| value < *at);
    let hit = |limit, at, level| Beyond { limit, at, level };
    over(limits.high_high)
        .map(|at| hit(LimitKind::HighHigh, at, Level::High))
        .or_else(|| under(limits.low_low).map(|at| hit(LimitKind::LowLow, at, Level::High)))
        .or_else(|| over(limits.high).map(|at| hit(LimitKind::High, at, Level::Medium)))
        .or_else(|| under(limits.low).map(|at| hit(LimitKind::Low, at, Level::Medium)))
}

/// The level a crossed limit stands for.
#[must_use]
pub const fn level_of(limit: LimitKind) -> Level {
    match limit {
        LimitKind::HighHigh | LimitKind::LowLow => Level::High,
        LimitKind::High | LimitKind::Low => Level::Medium,
    }
}

/// Where a value stands to its normal range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Normal {
    Below,
    Within,
    Above,
}

/// Where a value stands to its normal range; within when none is known.
#[must_use]
pub fn normal(value: f64, range: Option<(f64, f64)>) -> Normal {
    match range {
        Some((low, _)) if value < low => Normal::Below,
        Some((_, high)) if value > high => Normal::Above,
        _ => Normal::Within,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: f64, expect: Option<(LimitKind, Level)>) {
        let limits = Limits {
            low_low: Some(1.0),
            low: Some(2.0),
            high: Some(8.0),
            high_high: Some(9.0),
        };
        assert_eq!(
            beyond(value, &limits).map(|hit| (hit.limit, hit.level)),
            expect,
            "{value}"
        );
    }

    #[test]
    fn the_outer_limit_wins_and_the_limit_itself_is_within() {
        check(5.0, None);
        check(8.0, None);
        check(8.1, Some((LimitKind::High, Level::Medium)));
        check(9.1, Some((LimitKind::HighHigh, Level::High)));
        check(1.5, Some((LimitKind::Low, Level::Medium)));
        check(0.5, Some((LimitKind::LowLow, Level::High)));
        check(f64::NAN, None);
    }

    #[test]
    fn without_a_range_everything_is_normal() {
        assert_eq!(normal(1e9, None), Normal::Within);
        assert_eq!(normal(1.0, Some((2.0, 3.0))), Normal::Below);
        assert_eq!(normal(4.0, Some((2.0, 3.0))), Normal::Above);
        assert_eq!(normal(3.0, Some((2.0, 3.0))), Normal::Within);
    }
}

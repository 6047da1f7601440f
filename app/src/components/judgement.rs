//! Where a value stands against its limits and its normal range: pure, the same on both sides.
//!
//! Until alarms exist, a value beyond a limit is drawn by the limit's priority, which the model says; where
//! nobody does, an outer limit (HH, LL) is High and an inner one (H, L) Medium. It is the rule of `twin`,
//! said again for what the wire carries.

use wire::page::{LimitKind, Limits};

/// How urgent a crossed limit is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Priority 4: ●4.
    Low,
    /// Priority 3: ▼3.
    Medium,
    /// Priority 2: ▲2.
    High,
    /// Priority 1: ■1.
    Urgent,
}

impl Level {
    /// The least urgent first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Urgent];

    /// The priority's number, which is also what the style sheet and the shape go by.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::Urgent => "1",
            Self::High => "2",
            Self::Medium => "3",
            Self::Low => "4",
        }
    }

    /// Its symbol in the sprite.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Urgent => "#p1",
            Self::High => "#p2",
            Self::Medium => "#p3",
            Self::Low => "#p4",
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
    let hit = |limit, at| Beyond {
        limit,
        at,
        level: level_of(limit, limits),
    };
    over(limits.high_high)
        .map(|at| hit(LimitKind::HighHigh, at))
        .or_else(|| under(limits.low_low).map(|at| hit(LimitKind::LowLow, at)))
        .or_else(|| over(limits.high).map(|at| hit(LimitKind::High, at)))
        .or_else(|| under(limits.low).map(|at| hit(LimitKind::Low, at)))
}

/// The level a crossed limit stands for.
#[must_use]
pub const fn level_of(limit: LimitKind, limits: &Limits) -> Level {
    let priorities = limits.priorities;
    let priority = match limit {
        LimitKind::HighHigh => priorities.high_high,
        LimitKind::High => priorities.high,
        LimitKind::Low => priorities.low,
        LimitKind::LowLow => priorities.low_low,
    };
    match priority {
        0 | 1 => Level::Urgent,
        2 => Level::High,
        3 => Level::Medium,
        _ => Level::Low,
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
            ..Limits::default()
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
    fn the_priority_decides_not_which_limit_it_is() {
        let limits = Limits {
            high: Some(8.0),
            high_high: Some(9.0),
            priorities: wire::page::Priorities {
                high: 1,
                high_high: 4,
                ..Default::default()
            },
            ..Limits::default()
        };
        let level = |value| beyond(value, &limits).map(|hit| hit.level.number());
        assert_eq!((level(8.5), level(9.5)), (Some("1"), Some("4")));
    }

    #[test]
    fn without_a_range_everything_is_normal() {
        assert_eq!(normal(1e9, None), Normal::Within);
        assert_eq!(normal(1.0, Some((2.0, 3.0))), Normal::Below);
        assert_eq!(normal(4.0, Some((2.0, 3.0))), Normal::Above);
        assert_eq!(normal(3.0, Some((2.0, 3.0))), Normal::Within);
    }
}

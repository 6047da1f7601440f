//! What waiting costs, where no prediction says it: by how soon an order should be looked at.
//!
//! A choice of ours until needs with a consequence reach orders: a day late costs 4,000, 1,500, 400 and 100 of the
//! currency by priority, a twentieth of that each day before, so that of two orders in time the more pressing one
//! comes first.

use maintenance::order::{Dates, Priority};
use planning::maintenance::RiskCurve;
use twin::{Span, Timestamp};

const DAY: Span = Span::from_secs(86_400);

/// What a day of being late costs.
#[must_use]
pub const fn day_late(priority: Priority) -> f64 {
    match priority {
        Priority::Urgent => 4_000.0,
        Priority::High => 1_500.0,
        Priority::Medium => 400.0,
        Priority::Low => 100.0,
    }
}

/// The curve of an order; `from` is where planning begins.
#[must_use]
pub fn curve(priority: Priority, dates: Dates, from: Timestamp) -> RiskCurve {
    let late = day_late(priority);
    let early = late / 20.0;
    let Some(latest) = dates.latest else {
        return RiskCurve::through([(from, 0.0), (from + DAY, early)]);
    };
    if latest <= from {
        // Late already: all that matters is how much longer.
        return RiskCurve::through([(from, 0.0), (from + DAY, late)]);
    }
    #[allow(clippy::cast_precision_loss, reason = "microseconds of some weeks")]
    let days = latest.since(from).micros() as f64 / DAY.micros() as f64;
    let at_latest = early * days;
    RiskCurve::through([(from, 0.0), (latest, at_latest), (latest + DAY, at_latest + late)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_costs_a_little_until_the_latest_date_and_much_after_it() {
        let from = Timestamp::from_millis(1_772_431_200_000);
        let dates = Dates {
            earliest: None,
            latest: Some(from + Span::from_secs(10 * 86_400)),
        };
        let curve = curve(Priority::High, dates, from);
        let after = |days: i64| curve.cost(from + Span::from_secs(days * 86_400)).round();
        assert_eq!(
            [after(0), after(4), after(10), after(11), after(13)],
            [0.0, 300.0, 750.0, 2_250.0, 5_250.0]
        );
    }
}

//! When a degradation reaches a limit.

use maintenance::span::from_hours;
use maintenance::trend::{NoDate, Worse, reaches};
use proptest::prelude::*;
use twin::Timestamp;

use crate::support::utc;

/// A value every hour until now, from `start`, changing by `slope` an hour, with small regular scatter.
fn line(count: i32, start: f64, slope: f64, scatter: f64) -> (Vec<(Timestamp, f64)>, Timestamp) {
    let now = utc("2026-03-10 00:00");
    let values = (0..count).map(|place| {
        let at = f64::from(place - count + 1);
        let off = [0.0, 1.0, -1.0, 0.5, -0.5][usize::try_from(place).unwrap() % 5] * scatter;
        (
            now + from_hours(at).unwrap(),
            start + slope * f64::from(place) + off,
        )
    });
    (values.collect(), now)
}

fn hours_ahead(at: Timestamp, now: Timestamp) -> f64 {
    maintenance::span::hours(at.since(now))
}

#[test]
fn a_clean_line_reaches_the_limit_when_it_does() {
    // 2.0 + 0.02 an hour, 100 values: 3.98 now, so 4.5 in 26 hours.
    let (values, now) = line(100, 2.0, 0.02, 0.0);
    let found = reaches(&values, 4.5, Worse::Rising, 1.2816, now).expect("a date");
    assert!((hours_ahead(found.likely, now) - 26.0).abs() < 0.01);
    assert!((hours_ahead(found.earliest, now) - 26.0).abs() < 0.01);
    assert!((found.slope - 0.02).abs() < 1e-9);
    assert_eq!(found.count, 100);
}

#[test]
fn scatter_makes_a_range_around_the_likely_date_and_wild_values_do_not_move_it() {
    let (mut values, now) = line(100, 2.0, 0.02, 0.1);
    let calm = reaches(&values, 4.5, Worse::Rising, 1.2816, now).expect("a date");
    assert!(calm.earliest < calm.likely && Some(calm.likely) < calm.latest);
    for (_, value) in values.iter_mut().step_by(5) {
        *value = 1e6;
    }
    let wild = reaches(&values, 4.5, Worse::Rising, 1.2816, now).expect("a date");
    let moved = hours_ahead(wild.likely, calm.likely).abs();
    assert!(moved < 12.0, "{moved} h");
    // A wider band is a wider range.
    let wide = reaches(&values, 4.5, Worse::Rising, 2.5, now).expect("a date");
    assert!(wide.earliest <= wild.earliest);
}

#[test]
fn falling_to_a_low_limit_is_the_same_upside_down() {
    let (rising, now) = line(60, 2.0, 0.02, 0.05);
    let falling: Vec<_> = rising.iter().map(|(at, value)| (*at, -value)).collect();
    let up = reaches(&rising, 4.0, Worse::Rising, 1.28, now).expect("a date");
    let down = reaches(&falling, -4.0, Worse::Falling, 1.28, now).expect("a date");
    assert_eq!(
        (up.earliest, up.likely, up.latest),
        (down.earliest, down.likely, down.latest)
    );
    assert!((up.slope + down.slope).abs() < 1e-12);
}

#[test]
fn where_there_is_no_date_it_says_why() {
    let (values, now) = line(100, 2.0, 0.02, 0.0);
    let (flat, _) = line(100, 2.0, 0.0, 0.1);
    let (few, _) = line(7, 2.0, 0.02, 0.0);
    let at_once: Vec<_> = values.iter().map(|(_, value)| (now, *value)).collect();
    let rising = |values: &[(Timestamp, f64)], limit| reaches(values, limit, Worse::Rising, 1.28, now);
    assert_eq!(rising(&few, 4.5), Err(NoDate::TooFew { count: 7 }));
    assert_eq!(rising(&at_once, 4.5), Err(NoDate::TooFew { count: 100 }));
    assert!(matches!(rising(&flat, 4.5), Err(NoDate::NoTrend { .. })));
    assert_eq!(rising(&values, 3.9), Err(NoDate::Reached));
    assert_eq!(rising(&values, 100.0), Err(NoDate::TooFar));
    assert_eq!(rising(&values, f64::NAN), Err(NoDate::BadLimit));
    let better = reaches(&values, 1.0, Worse::Falling, 1.28, now);
    assert!(
        matches!(better, Err(NoDate::NoTrend { slope }) if slope > 0.0),
        "{better:?}"
    );
}

#[test]
fn many_values_are_thinned_and_come_to_the_same() {
    let (values, now) = line(5_000, 2.0, 0.0005, 0.01);
    let found = reaches(&values, 5.0, Worse::Rising, 1.28, now).expect("a date");
    // 2.0 + 0.0005 × 4999 = 4.4995 now.
    assert!((hours_ahead(found.likely, now) - 1001.0).abs() < 10.0);
}

proptest! {
    #[test]
    fn whatever_is_measured_the_range_is_in_order_and_ahead(
        values in prop::collection::vec((-1_000_000_i64..1_000_000, -1e9..1e9_f64), 0..60),
        limit in -1e9..1e9_f64,
        z in 0.1..4.0_f64,
    ) {
        let now = utc("2026-03-10 00:00");
        let readings: Vec<_> = values
            .into_iter()
            .map(|(secs, value)| (now + twin::Span::from_secs(secs), value))
            .collect();
        for worse in [Worse::Rising, Worse::Falling] {
            if let Ok(found) = reaches(&readings, limit, worse, z, now) {
                prop_assert!(now <= found.earliest && found.earliest <= found.likely);
                prop_assert!(found.latest.is_none_or(|latest| found.likely <= latest));
                prop_assert!(found.scatter >= 0.0);
            }
        }
    }
}

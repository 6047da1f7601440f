//! Windows that follow each other part time: every moment is in exactly one of them, whatever the clocks
//! of a zone do.

use formula::{Time, Windows, Zone};
use proptest::prelude::*;

use super::support::World;

/// Zones that change by an hour at night, at midnight, by half an hour, once by a day, and never.
const ZONES: [&str; 9] = [
    "Europe/Paris",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Havana",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kathmandu",
];

/// Lengths, and where they are counted from.
const WINDOWS: [(&str, &str); 9] = [
    ("2h", "0h"),
    ("4h", "0h"),
    ("8h", "06:00"),
    ("1d", "0h"),
    ("1d", "02:30"),
    ("1w", "0h"),
    ("1h", "0h"),
    ("90m", "0h"),
    ("7m", "00:03"),
];

fn windows(zone: &str, (length, offset): (&str, &str)) -> Windows {
    let windows = Windows::tumbling(length).unwrap().offset(offset).unwrap();
    windows.in_zone(Zone::parse(zone).unwrap())
}

fn day(year: i64, month: u32, day: u32) -> i64 {
    formula::days_of_date(year, month, day) * 86_400
}

/// Goes from window to window; answers how many.
fn walk(windows: &Windows, from: i64, until: i64, what: &str) -> usize {
    let mut end = windows.end_from(Time::from_secs(from), &World);
    let mut met = 0;
    while end < Time::from_secs(until) {
        let next = windows.end_after(end, &World);
        let window = windows.ending(next, &World);
        assert!(next > end, "{what}: {next:?} after {end:?}");
        assert_eq!((window.start, window.end), (end, next), "{what}");
        (end, met) = (next, met + 1);
    }
    met
}

#[test]
fn windows_meet_through_every_change_of_the_clocks() {
    for zone in ZONES {
        for window in WINDOWS {
            let windows = windows(zone, window);
            let short = matches!(window.0, "7m" | "90m" | "1h");
            // Short ones around the changes: 2011-12-30 did not exist in Samoa.
            let spans: &[(i64, i64)] = match short {
                true => &[
                    (day(2011, 12, 28), day(2012, 1, 2)),
                    (day(2026, 3, 27), day(2026, 4, 26)),
                    (day(2026, 10, 23), day(2026, 11, 2)),
                ],
                false => &[
                    (day(2011, 1, 1), day(2013, 1, 1)),
                    (day(2026, 1, 1), day(2027, 1, 1)),
                ],
            };
            for (from, until) in spans {
                let met = walk(&windows, *from, *until, &format!("{zone} {window:?}"));
                assert!(met > 0);
            }
        }
    }
}

#[test]
fn two_hours_of_a_night_in_spring_are_not_lost() {
    let windows = windows("Europe/Paris", ("2h", "0h"));
    let at = |hour: i64| Time::from_secs(day(2026, 3, 28) + hour * 3600);
    // 02:00 does not exist on the 29th: 24:00 to 03:00 on the wall is one hour.
    let ends: Vec<Time> = std::iter::successors(Some(at(21)), |end| Some(windows.end_after(*end, &World)))
        .take(5)
        .collect();
    assert_eq!(ends, [at(21), at(23), at(25), at(26), at(28)]);
    assert_eq!(windows.ending(at(25), &World).start, at(23));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn every_moment_is_in_the_window_that_ends_next(
        zone in 0..ZONES.len(),
        window in 0..WINDOWS.len(),
        micros in day(1975, 1, 1) * 1_000_000..day(2037, 1, 1) * 1_000_000,
    ) {
        let windows = windows(ZONES[zone], WINDOWS[window]);
        let time = Time(micros);
        let end = windows.end_from(time, &World);
        let window = windows.ending(end, &World);
        prop_assert!(window.start < time && time <= window.end, "{window:?}");
        prop_assert_eq!(windows.end_from(window.start, &World), window.start);
        prop_assert_eq!(windows.end_after(window.start, &World), end);
    }
}

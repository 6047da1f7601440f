//! Tables: what a number or an instant is in each language.

use wire::page::{Zone, ZonePeriod};

use super::*;

const LOCALES: [Locale; 3] = [Locale::En, Locale::Fr, Locale::De];

#[track_caller]
fn check(f: impl Fn(Fmt) -> String, expect: [&str; 3]) {
    for (locale, expect) in LOCALES.into_iter().zip(expect) {
        assert_eq!(
            f(Fmt::new(locale)),
            expect.replace('~', "\u{202F}").replace('_', "\u{A0}"),
            "{locale:?}"
        );
    }
}

#[test]
fn numbers() {
    check(|f| f.number(0.0, 0), ["0", "0", "0"]);
    check(|f| f.number(4.9, 1), ["4.9", "4,9", "4,9"]);
    check(|f| f.number(-0.04, 1), ["0.0", "0,0", "0,0"]);
    check(|f| f.number(-0.06, 1), ["−0.1", "−0,1", "−0,1"]);
    check(|f| f.number(999.0, 0), ["999", "999", "999"]);
    check(|f| f.number(1_284.0, 0), ["1~284", "1~284", "1.284"]);
    check(
        |f| f.number(-1_234_567.891, 2),
        ["−1~234~567.89", "−1~234~567,89", "−1.234.567,89"],
    );
    check(|f| f.number(999.96, 1), ["1~000.0", "1~000,0", "1.000,0"]);
    check(|f| f.number(f64::NAN, 1), ["–", "–", "–"]);
    check(|f| f.number(f64::NEG_INFINITY, 1), ["–", "–", "–"]);
    check(
        |f| f.number(-1.5e300, 1),
        ["−1.500_×_10³⁰⁰", "−1,500_×_10³⁰⁰", "−1,500_×_10³⁰⁰"],
    );
    check(
        |f| f.integer(u64::MAX),
        [
            "18~446~744~073~709~551~615",
            "18~446~744~073~709~551~615",
            "18.446.744.073.709.551.615",
        ],
    );
}

#[test]
fn values_and_ranges() {
    check(
        |f| f.value(4.9, 1, Some("bar")),
        ["4.9_bar", "4,9_bar", "4,9_bar"],
    );
    check(|f| f.value(81.0, 0, Some("%")), ["81_%", "81_%", "81_%"]);
    check(|f| f.value(71.0, 0, Some("°C")), ["71_°C", "71_°C", "71_°C"]);
    check(|f| f.value(12.0, 0, Some("°")), ["12°", "12°", "12°"]);
    check(|f| f.value(4.0, 0, None), ["4", "4", "4"]);
    check(|f| f.value(4.0, 0, Some("")), ["4", "4", "4"]);
    check(|f| f.range(3.8, 4.6, 1), ["3.8–4.6", "3,8–4,6", "3,8–4,6"]);
    check(|f| f.range(-5.0, 4.0, 0), ["−5_–_4", "−5_–_4", "−5_–_4"]);
}

#[test]
fn ages_and_intervals() {
    check(|f| f.age(-5), ["0_s", "0_s", "0_s"]);
    check(|f| f.age(59_999), ["59_s", "59_s", "59_s"]);
    check(|f| f.age(60_000), ["1_min", "1_min", "1_min"]);
    check(|f| f.age(3_600_000), ["1_h", "1_h", "1_h"]);
    check(|f| f.age(7_800_000), ["2_h_10_min", "2_h_10_min", "2_h_10_min"]);
    check(|f| f.age(3 * 86_400_000 + 7), ["3_d", "3_j", "3_d"]);
    check(
        |f| f.age(20_000 * 86_400_000),
        ["20~000_d", "20~000_j", "20.000_d"],
    );
    check(|f| f.left(-5), ["0_s", "0_s", "0_s"]);
    check(|f| f.left(7_800_000), ["2_h_10_min", "2_h_10_min", "2_h_10_min"]);
    check(|f| f.left(86_400_000), ["1_d", "1_j", "1_d"]);
    check(
        |f| f.left(6 * 86_400_000 + 4 * 3_600_000 + 59),
        ["6_d_4_h", "6_j_4_h", "6_d_4_h"],
    );
    check(|f| f.interval(100), ["100_ms", "100_ms", "100_ms"]);
    check(|f| f.interval(1_500), ["1.5_s", "1,5_s", "1,5_s"]);
    check(|f| f.interval(10_000), ["10_s", "10_s", "10_s"]);
    check(|f| f.interval(300_000), ["5_min", "5_min", "5_min"]);
}

/// Europe/Paris around 2026: summer time ends on 25 October at 01:00 UTC.
fn paris() -> Zone {
    let period = |from_millis, offset_secs, abbreviation: &str| ZonePeriod {
        from_millis,
        offset_secs,
        abbreviation: abbreviation.to_owned(),
    };
    Zone {
        name: "Europe/Paris".to_owned(),
        periods: vec![
            period(1_774_746_000_000, 7_200, "CEST"),
            period(1_792_890_000_000, 3_600, "CET"),
        ],
    }
}

/// 2026-11-03T13:05:22.480Z.
const TUESDAY: i64 = 1_793_711_122_480;

#[test]
fn times() {
    let zone = paris();
    check(|f| f.clock(&zone, TUESDAY), ["14:05:22 CET"; 3]);
    check(|f| f.time_short(&zone, TUESDAY), ["14:05"; 3]);
    check(
        |f| f.time_exact(&zone, TUESDAY),
        ["14:05:22.480", "14:05:22,480", "14:05:22,480"],
    );
    check(
        |f| f.date(&zone, TUESDAY),
        ["Tue 3 Nov", "mar. 3 nov.", "Di., 3. Nov."],
    );
    check(|f| f.moment(&zone, TUESDAY, TUESDAY + 60_000), ["14:05:22"; 3]);
    check(
        |f| f.moment(&zone, TUESDAY, TUESDAY + 86_400_000),
        ["Tue 3 Nov 14:05", "mar. 3 nov. 14:05", "Di., 3. Nov. 14:05"],
    );
    check(
        |f| f.moment_full(&zone, TUESDAY),
        [
            "Tue 3 Nov 2026 14:05:22.480 CET",
            "mar. 3 nov. 2026 14:05:22,480 CET",
            "Di., 3. Nov. 2026 14:05:22,480 CET",
        ],
    );
}

#[test]
fn the_hour_that_comes_twice_keeps_its_zone() {
    let zone = paris();
    let end = 1_792_890_000_000;
    check(|f| f.clock(&zone, end - 1_000), ["02:59:59 CEST"; 3]);
    check(|f| f.clock(&zone, end), ["02:00:00 CET"; 3]);
}

#[test]
fn a_zone_without_periods_is_utc_and_dates_hold_far_away() {
    let zone = Zone {
        name: String::new(),
        periods: Vec::new(),
    };
    check(|f| f.clock(&zone, TUESDAY), ["13:05:22 UTC"; 3]);
    check(
        |f| f.date_year(&zone, -1),
        ["Wed 31 Dec 1969", "mer. 31 déc. 1969", "Mi., 31. Dez. 1969"],
    );
    assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00.000Z");
    assert_eq!(iso(TUESDAY), "2026-11-03T13:05:22.480Z");
}

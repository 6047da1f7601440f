//! Windows and the functions over them that SiteWise does not publish examples for.

use std::sync::Arc;

use formula::metric::Metric;
use formula::{Declared, Kind, Sample, Time, Windows, Zone};

use super::support::{World, check, metric, printed, run_metric};

#[test]
fn time_weighted_averages_hold_or_interpolate() {
    // In (0, 60]: 2 holds from 0 (measured at -20), 4 from 20, 8 from 50.
    let x: &[(i64, &str)] = &[(-20, "2"), (20, "4"), (50, "8")];
    let values = |source: &str| metric(source, "1m", &[("x", x)], 60).pop().unwrap();
    // (2 × 20 + 4 × 30 + 8 × 10) / 60.
    assert_eq!(values("TimeWeightedAvg(x)"), "4");
    assert_eq!(values("integrate(x)"), "240");
    // On straight lines: 3 to 4 in 20 s, 4 to 8 in 30 s, then 8 for 10 s.
    assert_eq!(values("timeweightedavg(x, 'linear')"), "5.5");
    // Squares from the mean: 20 × 4 + 30 × 0 + 10 × 16 = 240, over 60 or 59.
    assert_eq!(values("TimeWeightedStDev(x, 'p')"), "2");
    assert_eq!(
        values("TimeWeightedStDev(x)"),
        format!("{}", (240f64 / 59.0).sqrt())
    );
    assert_eq!(values("round(TimeWeightedStDev(x, 'f'), 6)"), "2.016878");
}

#[test]
fn what_is_bad_is_left_out_and_covered_time_says_so() {
    let x: &[(i64, &str)] = &[(10, "5"), (30, "!0"), (45, "?0"), (50, "7")];
    let values = |source: &str| metric(source, "1m", &[("x", x)], 60).pop().unwrap();
    assert_eq!(values("avg(x)"), "6");
    assert_eq!(values("count(x)"), "2");
    // Good from 10 to 30 and from 50 to 60.
    assert_eq!(values("coverage(x)"), "0.5");
    // 5 holds over the bad ones, as in SiteWise: 40 s of 5 and 10 s of 7.
    assert_eq!(values("TimeWeightedAvg(x)"), "5.4");
}

#[test]
fn counters_are_reckoned_over_resets() {
    let meter: &[(i64, &str)] = &[(30, "100"), (90, "130"), (100, "10"), (120, "25"), (150, "25")];
    let series = [("meter", meter)];
    assert_eq!(
        metric("increase(meter)", "1m", &series, 180),
        ["no output", "55", "0"]
    );
    assert_eq!(metric("resets(meter)", "1m", &series, 180), ["0", "1", "0"]);
    // From the reading before the window at 30 to the one at 120.
    assert_eq!(
        metric("round(rate(meter) * 90, 9)", "1m", &series, 120),
        ["no output", "55"]
    );
    // A counter of three digits ran over at 1000.
    let small: &[(i64, &str)] = &[(30, "990"), (90, "15")];
    assert_eq!(
        metric("increase(n, 1000)", "1m", &[("n", small)], 120),
        ["no output", "25"]
    );
    assert_eq!(metric("delta(n)", "1m", &[("n", small)], 120), ["0", "-975"]);
}

#[test]
fn states_are_timed_and_counted() {
    let state: &[(i64, &str)] = &[(-5, "RUN"), (15, "STOP"), (30, "RUN"), (40, "RUN"), (70, "STOP")];
    let series = [("state", state)];
    assert_eq!(
        metric("duration_in(state, 'RUN')", "1m", &series, 120),
        ["5", "45", "10"]
    );
    assert_eq!(
        metric("entries(state, 'RUN')", "1m", &series, 120),
        ["1", "1", "0"]
    );
    assert_eq!(metric("mode(state)", "1m", &series, 120), ["RUN", "RUN", "STOP"]);
    assert_eq!(metric("distinct(state)", "1m", &series, 120), ["1", "2", "1"]);
    assert_eq!(
        metric("statetime(state == 'RUN')", "1m", &series, 120),
        ["5", "45", "10"]
    );
}

#[test]
fn ranks_and_spreads() {
    let x: &[(i64, &str)] = &[(1, "15"), (2, "20"), (3, "35"), (4, "40"), (5, "50")];
    let values = |source: &str| metric(source, "1m", &[("x", x)], 60).pop().unwrap();
    for (source, expect) in [
        ("percentile(x, 40)", "29"),
        ("percentile(x, 0)", "15"),
        ("percentile(x, 100)", "50"),
        ("median(x)", "35"),
        ("range(x)", "35"),
        ("stdev(x)", "14.404860290887934"),
        ("min(x) + max(x)", "65"),
        ("max(text(x))", "50"),
    ] {
        assert_eq!(values(source), expect, "{source}");
    }
}

#[test]
fn attributes_hold_however_old_they_are() {
    let series: &[(&str, &[(i64, &str)])] = &[
        ("x", &[(10, "1"), (70, "2"), (130, "3")]),
        ("attribute_rated", &[(-1000, "4")]),
    ];
    assert_eq!(
        metric("avg(x) / attribute_rated", "1m", series, 180),
        ["0.25", "0.5", "0.75"]
    );
    assert_eq!(metric("avg(x / attribute_rated)", "1m", series, 60), ["0.25"]);
}

#[test]
fn windows_slide_and_follow_the_calendar() {
    let x: &[(i64, &str)] = &[(30, "1"), (90, "2"), (150, "3")];
    let sliding = Windows::tumbling("2m").unwrap().sliding("1m").unwrap();
    let closed = run_metric("sum(x)", sliding, &[("x", x)], 240);
    let sums: Vec<String> = closed
        .iter()
        .map(|closed| printed(closed.value.clone()))
        .collect();
    assert_eq!(sums, ["1", "3", "5", "3"]);

    // Days in Paris: 2026-10-25 has 25 hours, 2026-03-29 has 23.
    let paris = Zone::parse("Europe/Paris").unwrap();
    let days = Windows::tumbling("1d").unwrap().in_zone(paris.clone());
    for (noon, hours) in [(1_792_926_000, 25), (1_774_778_400, 23), (1_795_345_200, 24)] {
        let end = days.end_from(Time::from_secs(noon), &World);
        let window = days.ending(end, &World);
        assert_eq!(
            window.end.since(window.start),
            f64::from(hours) * 3600.0,
            "{noon}"
        );
        assert_eq!(
            days.end_from(window.start, &World),
            window.start,
            "ends meet starts"
        );
    }
    // Shifts from 06:00: the night shift of that October night has nine hours.
    let shifts = Windows::tumbling("8h")
        .unwrap()
        .offset("06:00")
        .unwrap()
        .in_zone(paris);
    let end = shifts.end_from(Time::from_secs(1_792_890_000), &World);
    let window = shifts.ending(end, &World);
    assert_eq!(window.end, Time::from_secs(1_792_904_400), "06:00 in winter time");
    assert_eq!(window.end.since(window.start), 9.0 * 3600.0);
}

#[test]
fn late_samples_leave_closed_windows_as_they_are_and_are_counted() {
    let names = [("x".to_owned(), Declared::default())].into();
    let formula = Arc::new(check("sum(x)", Kind::Metric, &names).unwrap());
    let mut metric = Metric::new(formula, Windows::tumbling("1m").unwrap(), &[]);
    metric.push(0, 0, Sample::good(Time::from_secs(30), 1.0), &World);
    assert_eq!(metric.due(), Some(Time::from_secs(60)));
    assert!(metric.advance(Time::from_secs(59), &World).is_empty());
    assert_eq!(metric.advance(Time::from_secs(60), &World).len(), 1);
    metric.push(0, 0, Sample::good(Time::from_secs(45), 5.0), &World);
    metric.push(0, 0, Sample::good(Time::from_secs(45), 5.0), &World);
    metric.push(0, 0, Sample::good(Time::from_secs(61), 7.0), &World);
    let closed = metric.advance(Time::from_secs(180), &World);
    let sums: Vec<String> = closed
        .iter()
        .map(|closed| printed(closed.value.clone()))
        .collect();
    assert_eq!(sums, ["7", "no output"]);
    assert_eq!(metric.left_out(), (1, 0));
}

#[test]
fn a_metric_that_runs_gives_what_the_whole_series_gives() {
    // Closing windows forgets what is over; the answers must not notice.
    let samples: Vec<(i64, f64)> = (0..600)
        .map(|n| (n * 7, f64::from((n * n % 37) as i32)))
        .collect();
    let names = [("x".to_owned(), Declared::default())].into();
    for source in [
        "TimeWeightedAvg(x)",
        "increase(x)",
        "earliest(x) + latest(x)",
        "statetime(x > 12)",
        "stdev(x)",
    ] {
        let formula = Arc::new(check(source, Kind::Metric, &names).unwrap());
        let windows = Windows::tumbling("5m").unwrap().sliding("1m").unwrap();
        let mut at_once = Metric::new(Arc::clone(&formula), windows.clone(), &[]);
        let mut running = Metric::new(formula, windows, &[]);
        let mut closed = Vec::new();
        for (secs, number) in &samples {
            let sample = Sample::good(Time::from_secs(*secs), *number);
            at_once.push(0, 0, sample.clone(), &World);
            closed.extend(running.advance(Time::from_secs(secs - 1), &World));
            running.push(0, 0, sample, &World);
        }
        let end = Time::from_secs(4300);
        closed.extend(running.advance(end, &World));
        assert_eq!(closed, at_once.advance(end, &World), "{source}");
    }
}

#[test]
fn a_late_sample_holds_in_the_windows_after_its_own() {
    let names = [("x".to_owned(), Declared::default())].into();
    // 1 from the start, 5 as of 50 s, which comes when the first minute is over; 7 from 90 s.
    for (source, expect) in [
        ("latest(x)", ["1", "7"]),
        ("earliest(x)", ["no output", "5"]),
        ("statetime(x > 2)", ["0", "60"]),
        ("integrate(x)", ["59", "360"]),
        // On straight lines: held up to the end of the first minute, then from 5 on.
        ("integrate(x, 'linear')", ["59", "390"]),
        ("count(x)", ["1", "1"]),
    ] {
        let formula = Arc::new(check(source, Kind::Metric, &names).unwrap());
        let mut metric = Metric::new(formula, Windows::tumbling("1m").unwrap(), &[]);
        let push = |metric: &mut Metric, secs: i64, number: f64| {
            metric.push(0, 0, Sample::good(Time::from_secs(secs), number), &World);
        };
        push(&mut metric, 1, 1.0);
        let mut closed = metric.advance(Time::from_secs(60), &World);
        push(&mut metric, 50, 5.0);
        push(&mut metric, 90, 7.0);
        closed.extend(metric.advance(Time::from_secs(120), &World));
        let values: Vec<String> = closed.into_iter().map(|closed| printed(closed.value)).collect();
        let rounded: Vec<&str> = values.iter().map(String::as_str).collect();
        assert_eq!(rounded, expect, "{source}");
        assert_eq!(metric.left_out(), (1, 0), "{source}");
    }
}

//! Metrics: windows, several levels, grace, the past after a start, the calendar that is not there.

use compute::{Taken, Why};
use twin::{Quality, Span, Timestamp, Value};

use crate::support::{Plant, START, written};

const METERS: &str = r#"
[types.meter.properties]
power = { kind = "measurement", unit = "kW" }
energy = { kind = "computed", unit = "kW.h", formula = "to(integrate(power), 'kW.h')", window = "1h" }
peak = { kind = "computed", formula = "max(power)", window = "1h" }
samples = { kind = "computed", formula = "count(power)", window = "1h" }
[types.area]
inputs.energies = { through = "has_part", property = "energy" }
inputs.powers = { through = "has_part", property = "power" }
[types.area.properties]
energy = { kind = "computed", unit = "kW.h", formula = "sum(energies)" }
day = { kind = "computed", formula = "sum(energy)", window = "2h" }
mean = { kind = "computed", formula = "avg(powers)", window = "1h" }
rough = { kind = "computed", formula = "avg(powers)", window = "1h", coverage = 0.4 }
[assets.a]
type = "area"
[assets.m-1]
type = "meter"
relations.part_of = "a"
[assets.m-2]
type = "meter"
relations.part_of = "a"
"#;

#[test]
fn windows_close_in_order_and_their_values_go_on() {
    let mut plant = Plant::new(METERS);
    plant.put("m-1/power", 4.0);
    plant.put("m-2/power", 6.0);
    plant.settle();
    assert_eq!(plant.compute.due(), Some(START + Span::from_secs(3601)));
    assert_eq!(plant.shown("m-1/energy"), "no output 0/1");
    assert_eq!(plant.why("m-1/energy"), Some(Why::Waiting));
    plant.pass(1800);
    plant.put("m-1/power", 8.0);
    plant.put("m-2/power", 6.0);
    plant.settle();
    plant.pass(1800);
    plant.settle();
    assert!(plant.all.is_empty(), "a moment for what is on its way");
    plant.pass(1);
    plant.settle();
    assert_eq!(plant.told["m-1/energy"].time, START + Span::from_secs(3600));
    for (point, shown) in [
        ("m-1/energy", "6 1/1"),
        ("m-2/energy", "6 1/1"),
        ("a/energy", "12 2/2"),
        ("m-1/peak", "8 1/1"),
        ("a/mean", "7 2/2"),
    ] {
        assert_eq!(plant.shown(point), shown, "{point}");
    }
    plant.pass(3600);
    plant.settle();
    // The two hours: what the energies of both hours were.
    assert_eq!(plant.shown("a/energy"), "14 2/2");
    // Of the first hour nobody knew the sum before its end.
    assert_eq!(plant.shown("a/day"), "no output 1/2");
    assert_eq!(plant.why("a/day"), Some(Why::NotSeen));
    // No sample came, though the last one still holds: nothing is averaged, and it says why.
    assert_eq!(plant.shown("m-1/peak"), "no output 1/1");
    assert_eq!(plant.shown("a/mean"), "no output 2/2");
    assert_eq!(
        plant.missing("a/mean"),
        ["m-1/power NoSample", "m-2/power NoSample"]
    );
}

#[test]
fn each_window_of_a_silence_has_its_value() {
    let mut plant = Plant::new(METERS);
    plant.put("m-1/power", 4.0);
    plant.put("m-2/power", 6.0);
    plant.settle();
    plant.pass(3 * 3600 + 2);
    plant.settle();
    let of = |name: &str| -> Vec<String> {
        let all = plant.all.iter().filter(|(told, _)| told == name);
        all.map(|(_, computed)| written(computed.value.clone())).collect()
    };
    assert_eq!(of("m-1/energy"), ["4", "4", "4"]);
    assert_eq!(of("a/day"), ["no output"], "half of it was not seen");
}

#[test]
fn what_was_not_there_in_a_window_is_missing() {
    let mut plant = Plant::new(METERS);
    plant.put("m-1/power", 4.0);
    plant.settle();
    plant.pass(1800);
    plant.lose("m-1/power");
    plant.settle();
    plant.pass(1801);
    plant.settle();
    // Half of the first one's hour was seen, and it is silent now.
    assert_eq!(plant.shown("a/mean"), "no output 0/2");
    let share = plant.told["a/mean"].coverage.share;
    assert!((share - 0.25).abs() < 1e-3, "{share}");
    assert_eq!(plant.shown("a/rough"), "no output 0/2");
    assert_eq!(
        plant.compute.explain("a", "rough").unwrap().why,
        Some(Why::TooFew)
    );
    assert_eq!(
        plant.missing("a/mean"),
        ["m-1/power NotFresh", "m-2/power NeverSeen"]
    );
    plant.put("m-1/power", 10.0);
    plant.settle();
    plant.pass(3600);
    plant.settle();
    assert_eq!(plant.shown("a/rough"), "~10 1/2");
    assert_eq!(plant.shown("a/mean"), "no output 1/2");
}

#[test]
fn a_start_takes_the_open_windows_from_the_past() {
    let half = START + Span::from_secs(1800);
    let mut plant = Plant::at(METERS, half);
    let wanted = plant.compute.past_wanted();
    let mut names: Vec<String> = wanted
        .iter()
        .map(|(asset, path, _)| format!("{asset}/{path}"))
        .collect();
    names.sort();
    assert_eq!(names, ["a/energy", "m-1/power", "m-2/power"]);
    let since = |name: &str| wanted.iter().find(|(asset, _, _)| &**asset == name).unwrap().2;
    assert_eq!(
        since("m-1"),
        START - Span::from_secs(3600),
        "the last hour that is over"
    );
    assert_eq!(since("a").micros() % (2 * 3_600_000_000), 0);
    let past = |secs: i64, power: f64| {
        (
            START + Span::from_secs(secs),
            Some(Value::Number(power)),
            Quality::Good,
        )
    };
    assert!(
        plant
            .compute
            .backfill("m-1", "power", [past(-60, 2.0), past(900, 6.0)])
    );
    assert!(!plant.compute.backfill("m-1", "nothing", []));
    plant.put("m-1/power", 10.0);
    plant.settle();
    assert_eq!(plant.why("m-1/energy"), Some(Why::NotSeen));
    // History may have the newest reading already.
    assert!(plant.compute.backfill("m-1", "power", [past(1800, 10.0)]));
    plant.pass(1801);
    plant.settle();
    // A quarter at 2, a quarter at 6, half at 10.
    assert_eq!(plant.shown("m-1/energy"), "7 1/1");
    assert_eq!(plant.shown("m-1/samples"), "2 1/1");
}

/// Power from two hours before, every ten minutes.
fn hours_before(secs: std::ops::Range<i64>) -> impl Iterator<Item = (Timestamp, Option<Value>, Quality)> {
    let at = |secs| START + Span::from_secs(secs);
    secs.step_by(600)
        .map(move |secs| (at(secs), Some(Value::Number(6.0)), Quality::Good))
}

#[test]
fn a_start_tells_the_window_that_is_over_where_its_past_is_known() {
    let mut plant = Plant::at(METERS, START + Span::from_secs(1800));
    for meter in ["m-1", "m-2"] {
        plant.compute.backfill(meter, "power", hours_before(-7200..1800));
        plant.put(&format!("{meter}/power"), 6.0);
    }
    plant.settle();
    assert_eq!(plant.shown("m-1/energy"), "6 1/1");
    assert_eq!(plant.told["m-1/energy"].time, START);
    assert_eq!(plant.shown("a/energy"), "12 2/2", "and what comes from it");
    assert_eq!(plant.shown("a/mean"), "6 2/2");
    plant.pass(1801);
    plant.settle();
    assert_eq!(plant.shown("a/energy"), "12 2/2");
}

#[test]
fn a_new_model_goes_on_with_the_windows_that_it_leaves_alone() {
    let mut plant = Plant::new(METERS);
    plant.put("m-1/power", 4.0);
    plant.put("m-2/power", 6.0);
    plant.settle();
    plant.pass(3601);
    plant.settle();
    plant.lose("m-2/power");
    plant.settle();
    plant.pass(900);
    plant.put("m-2/power", 6.0);
    plant.settle();
    let changed = METERS.replace("formula = \"max(power)\"", "formula = \"max(power) + 1\"");
    let mut new = Plant::at(&(changed + "\n[types.other]\n"), plant.now);
    for metric in new.compute.metrics() {
        new.compute.go_on_from(&plant.compute, metric);
    }
    for (asset, power) in [("m-1", 4.0), ("m-2", 6.0)] {
        new.put(&format!("{asset}/power"), power);
    }
    new.settle();
    for (point, shown) in [
        ("m-1/energy", "4 1/1"),
        ("a/energy", "10 2/2"),
        ("m-1/peak", "no output 0/1"),
    ] {
        assert_eq!(new.shown(point), shown, "{point}");
    }
    new.pass(2700);
    new.settle();
    assert_eq!(new.shown("m-1/energy"), "4 1/1");
    assert_eq!(
        new.shown("m-2/energy"),
        "no output 1/1",
        "a quarter of it was not seen, by the older one"
    );
}

#[test]
fn while_the_server_did_not_run_nobody_saw_anything() {
    for (down, shown) in [(30, "6 1/1"), (600, "no output 1/1")] {
        let stopped = START + Span::from_secs(1200);
        let mut plant = Plant::at(METERS, stopped + Span::from_secs(down));
        plant.compute.backfill("m-1", "power", hours_before(-7200..1201));
        plant.compute.unseen(stopped);
        plant.put("m-1/power", 6.0);
        plant.settle();
        assert_eq!(plant.shown("m-1/energy"), "6 1/1", "the hour before");
        plant.pass(2401 - down);
        plant.settle();
        assert_eq!(plant.shown("m-1/energy"), shown, "{down} s");
        let (seen, all) = plant.compute.explain("m-1", "energy").unwrap().seen.unwrap();
        let lost = if shown.starts_with("no output") { down } else { 0 };
        assert_eq!((seen.round() as i64, all), (3600 - lost, 3600.0));
    }
}

#[test]
fn a_window_that_was_not_seen_whole_is_no_answer_unless_it_may_be() {
    let mut plant = Plant::new(
        r#"
        [types.meter.properties]
        power = { kind = "measurement" }
        mean = { kind = "computed", formula = "TimeWeightedAvg(power)", window = "1h" }
        rough = { kind = "computed", formula = "TimeWeightedAvg(power)", window = "1h", coverage = 0.4 }
        strict = { kind = "computed", formula = "rough * 2" }
        [assets.m]
        type = "meter"
        "#,
    );
    plant.pass(1800);
    plant.put("m/power", 5.0);
    plant.settle();
    let seen = |plant: &Plant| plant.compute.explain("m", "mean").unwrap().seen;
    plant.pass(600);
    plant.put("m/power", 5.0);
    plant.settle();
    assert_eq!(plant.why("m/mean"), Some(Why::Waiting));
    assert_eq!(seen(&plant), Some((600.0, 3600.0)), "so far");
    plant.pass(1201);
    plant.settle();
    for (point, shown) in [
        ("m/mean", "no output 1/1"),
        ("m/rough", "~5 1/1"),
        ("m/strict", "no output 1/1"),
    ] {
        assert_eq!(plant.shown(point), shown, "{point}");
    }
    assert_eq!(plant.why("m/mean"), Some(Why::NotSeen));
    assert_eq!(seen(&plant), Some((1800.0, 3600.0)));
    plant.pass(3600);
    plant.settle();
    for (point, shown) in [("m/mean", "5 1/1"), ("m/rough", "5 1/1"), ("m/strict", "10 1/1")] {
        assert_eq!(plant.shown(point), shown, "{point}");
    }
}

#[test]
fn a_window_value_is_uncertain_as_soon_as_its_inputs_are_lost() {
    let mut plant = Plant::new(METERS);
    plant.put("m-1/power", 4.0);
    plant.put("m-2/power", 6.0);
    plant.settle();
    plant.pass(3601);
    plant.settle();
    let shown = |plant: &Plant| ["m-1/energy", "m-2/energy", "a/energy"].map(|point| plant.shown(point));
    assert_eq!(shown(&plant), ["4 1/1", "6 1/1", "10 2/2"]);
    plant.pass(10);
    plant.lose("m-1/power");
    plant.settle();
    assert_eq!(shown(&plant), ["~4 0/1", "6 1/1", "~10 1/2"]);
    assert_eq!(plant.missing("m-1/energy"), ["m-1/power NotFresh"]);
    assert_eq!(plant.missing("a/energy"), ["m-1/power NotFresh"]);
    for name in ["m-1/energy", "a/energy"] {
        assert!(!plant.told[name].only_coverage, "{name}");
    }
    plant.pass(10);
    plant.put("m-1/power", 4.0);
    plant.settle();
    assert_eq!(shown(&plant), ["4 1/1", "6 1/1", "10 2/2"]);
}

#[test]
fn without_a_calendar_availability_and_oee_say_so() {
    let mut plant = Plant::new(
        r#"
        [types.machine.properties]
        speed = { kind = "measurement" }
        made = { kind = "measurement" }
        good = { kind = "measurement" }
        run = { kind = "computed", unit = "s", formula = "duration_in(state, 'running')", window = "1h" }
        availability = { kind = "computed", formula = "availability(duration_in(state, 'running'), planned())", window = "1h" }
        effectiveness = { kind = "computed", formula = "effectiveness(unit(2, 's'), increase(made), duration_in(state, 'running'))", window = "1h" }
        quality_ratio = { kind = "computed", formula = "quality_ratio(increase(good), increase(made))", window = "1h" }
        oee = { kind = "computed", formula = "oee(availability, effectiveness, quality_ratio)" }
        [types.machine.properties.state]
        kind = "state"
        states = [{ name = "running", when = "speed > 1", counts_as = "running" }, { name = "stopped" }]
        [assets.m]
        type = "machine"
        "#,
    );
    for (speed, made, good) in [(5.0, 0.0, 0.0), (5.0, 600.0, 590.0), (0.0, 1200.0, 1188.0)] {
        plant.put("m/speed", speed);
        plant.put("m/made", made);
        plant.put("m/good", good);
        plant.settle();
        plant.pass(1350);
    }
    plant.settle();
    for (point, shown) in [
        ("m/run", "2700 1/1"),
        ("m/effectiveness", "0.8888888888888888 2/2"),
        ("m/quality_ratio", "0.99 2/2"),
        ("m/availability", "no output 1/1"),
    ] {
        assert_eq!(plant.shown(point), shown, "{point}");
    }
    assert!(plant.shown("m/oee").starts_with("no output"));
    assert_eq!(
        plant.compute.explain("m", "availability").unwrap().why,
        Some(Why::NoCalendar)
    );
    // Every reading is there: what is missing is no reading.
    assert_eq!(plant.why("m/oee"), Some(Why::Unresolved));
    assert_eq!(plant.missing("m/oee"), ["m/availability NoCalendar"]);
}

#[test]
fn what_comes_back_unchanged_holds_again_and_is_counted_once() {
    let mut plant = Plant::new(
        r#"
        [types.meter.properties]
        power = { kind = "measurement", unit = "kW" }
        double = { kind = "computed", formula = "power * 2" }
        samples = { kind = "computed", formula = "count(power)", window = "1h", coverage = 0.5 }
        total = { kind = "computed", formula = "sum(power)", window = "1h", coverage = 0.5 }
        mean = { kind = "computed", formula = "avg(power)", window = "1h", coverage = 0.5 }
        energy = { kind = "computed", unit = "kW.h", formula = "to(integrate(power), 'kW.h')", window = "1h", coverage = 0.5 }
        doubles = { kind = "computed", formula = "count(double)", window = "1h", coverage = 0.5 }
        [assets.m]
        type = "meter"
        "#,
    );
    let measured = |plant: &mut Plant, value: f64, at: Timestamp, fresh: bool| {
        let leaf = plant.compute.leaf("m", "power").unwrap();
        plant.compute.take(
            leaf,
            Taken {
                value: Some(Value::Number(value)),
                quality: Quality::Good,
                time: at,
                fresh,
                measured: at == plant.now,
            },
        );
        plant.settle();
    };
    // Good at 1 s, stale from 900, back without a reading at 1800, another reading at 2700.
    plant.pass(1);
    let first = plant.now;
    measured(&mut plant, 4.0, first, true);
    plant.pass(900);
    measured(&mut plant, 4.0, first, false);
    plant.pass(900);
    measured(&mut plant, 4.0, first, true);
    plant.pass(900);
    let second = plant.now;
    measured(&mut plant, 8.0, second, true);
    plant.pass(900);
    plant.settle();
    for (point, shown) in [
        ("m/samples", "~2 1/1"),
        ("m/total", "~12 1/1"),
        ("m/mean", "~6 1/1"),
        ("m/doubles", "~2 1/1"),
    ] {
        assert_eq!(plant.shown(point), shown, "{point}");
    }
}

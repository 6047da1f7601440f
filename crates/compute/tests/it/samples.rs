//! Samples: that each of them counts, however many come at once, and as of when computed values are.

use std::collections::BTreeMap;

use compute::{LeafId, StateTotals, Taken};
use proptest::collection::vec;
use proptest::prelude::*;
use twin::{Quality, Span, Timestamp, Value};

use crate::support::{Plant, START, written};

const KETTLE: &str = r#"
[types.kettle.properties]
temp = { kind = "measurement" }
power = { kind = "measurement" }
is_boiling = { kind = "computed", formula = "gte(temp, 100)" }
both = { kind = "computed", formula = "temp + power" }
boiling_count = { kind = "computed", formula = "sum(is_boiling)", window = "1h" }
load = { kind = "computed", formula = "avg(both)", window = "1h" }
most = { kind = "computed", formula = "max(both)", window = "1h" }
shown = { kind = "computed", formula = "TimeWeightedAvg(both)", window = "1h" }
samples = { kind = "computed", formula = "count(temp, power)", window = "1h" }
starts = { kind = "computed", formula = "entries(state, 'running')", window = "1h" }
running = { kind = "computed", formula = "duration_in(state, 'running')", window = "1h" }
twice = { kind = "computed", formula = "is_boiling * 2" }
[types.kettle.properties.state]
kind = "state"
states = [{ name = "running", when = "power > 5", counts_as = "running" }, { name = "stopped" }]
[types.kitchen]
inputs.temps = { through = "has_part", property = "temp" }
inputs.boilers = { through = "has_part", property = "is_boiling" }
[types.kitchen.properties]
hottest = { kind = "computed", formula = "max(temps)", coverage = 0.1 }
boiling = { kind = "computed", formula = "count_if(boilers > 0)" }
[assets.hall]
type = "kitchen"
[assets.k]
type = "kettle"
relations.part_of = "hall"
[assets.other]
type = "kettle"
relations.part_of = "hall"
"#;

fn leaf(plant: &Plant, name: &str) -> LeafId {
    plant.compute.leaf("k", name).unwrap()
}

fn good(value: f64, time: Timestamp) -> Taken {
    Taken {
        value: Some(Value::Number(value)),
        quality: Quality::Good,
        time,
        fresh: true,
        measured: true,
    }
}

fn at(secs: i64) -> Timestamp {
    START + Span::from_secs(secs)
}

/// The hour's values after `secs` seconds more.
fn hour(plant: &mut Plant) {
    plant.now = at(3601);
    plant.settle();
}

#[test]
fn each_reading_of_a_slice_counts_in_its_order() {
    for together in [true, false] {
        let mut plant = Plant::new(KETTLE);
        let power = leaf(&plant, "power");
        plant.put("k/temp", 90.0);
        plant.put("k/power", 0.0);
        plant.settle();
        // Ten readings: it ran three times, 100 seconds each; the last is what it has now.
        for n in 1..=10 {
            plant.now = if together { at(2_000) } else { at(n * 100) };
            let value = if n % 3 == 0 {
                9.0
            } else {
                f64::from(n as i32) / 10.0
            };
            let taken = good(value, at(n * 100));
            match together && n < 10 {
                true => plant.compute.take_before(power, taken),
                false => plant.compute.take(power, taken),
            }
            if !together {
                plant.settle();
            }
        }
        plant.settle();
        hour(&mut plant);
        for (point, shown) in [
            ("k/samples", "10 2/2"),
            ("k/starts", "3 1/1"),
            ("k/running", "300 1/1"),
            ("k/most", "99 2/2"),
        ] {
            assert_eq!(plant.shown(point), shown, "{point}, together: {together}");
        }
        let state = plant.compute.output("k", "state").unwrap();
        let totals = plant.compute.totals(state, plant.now).unwrap();
        assert_eq!((totals.starts, totals.entered), (3, Some(at(1000))));
        assert_eq!(totals.of("running").time, Span::from_secs(300));
    }
}

#[test]
fn a_reading_that_comes_after_a_newer_one_counts_in_its_window() {
    let mut plant = Plant::new(KETTLE);
    let temp = leaf(&plant, "temp");
    for (secs, value) in [(0, 10.0), (1200, 40.0)] {
        plant.now = at(secs);
        plant.put("k/temp", value);
        plant.put("k/power", 1.0);
        plant.settle();
    }
    plant.compute.take_before(temp, good(99.0, at(600)));
    plant.settle();
    assert_eq!(plant.shown("k/is_boiling"), "0 1/1", "what it has now is newer");
    hour(&mut plant);
    assert_eq!(plant.shown("k/samples"), "3 2/2");
    assert_eq!(plant.compute.left_out(), (0, 0));
    // For the hour that is over it comes too late, and that is counted.
    plant.compute.take_before(temp, good(99.0, at(700)));
    plant.settle();
    assert_eq!(plant.compute.left_out(), (1, 0));
    assert_eq!(plant.shown("k/samples"), "3 2/2");
}

/// User guide of AWS IoT SiteWise, "Counting data points that match a condition".
#[test]
fn a_value_that_stays_the_same_is_a_sample() {
    let mut plant = Plant::new(KETTLE);
    for minute in 0..60 {
        plant.now = at(minute * 60 + 1);
        plant.put("k/temp", if minute < 20 { 90.0 } else { 101.0 });
        if minute == 0 {
            plant.put("k/power", 1.0);
        }
        plant.settle();
        let is_told = plant.told.contains_key("k/is_boiling");
        assert!(is_told, "what counts is in history too: minute {minute}");
        let follows = plant.told.contains_key("k/twice");
        assert_eq!(follows, minute == 0 || minute == 20, "minute {minute}");
    }
    // The last word again is none.
    let again = Taken {
        measured: false,
        ..good(101.0, plant.now)
    };
    plant.compute.take(leaf(&plant, "temp"), again);
    plant.settle();
    assert!(plant.all.is_empty());
    hour(&mut plant);
    assert_eq!(plant.shown("k/boiling_count"), "40 1/1");
    let average = (20.0 * 91.0 + 40.0 * 102.0) / 60.0;
    assert_eq!(
        plant.shown("k/load"),
        format!("{} 2/2", formula::shortest(average))
    );
}

#[test]
fn a_computed_value_is_as_old_as_what_set_it_off() {
    let mut plant = Plant::new(KETTLE);
    let (temp, power) = (leaf(&plant, "temp"), leaf(&plant, "power"));
    let time_of = |plant: &Plant, point: &str| plant.told[point].time;
    plant.now = at(600);
    plant.compute.take(temp, good(90.0, at(420)));
    plant.settle();
    assert_eq!(
        time_of(&plant, "k/is_boiling"),
        at(420),
        "three minutes old on arrival"
    );
    assert_eq!(time_of(&plant, "hall/hottest"), at(420));
    plant.compute.take(power, good(1.0, at(590)));
    plant.settle();
    assert_eq!(time_of(&plant, "k/both"), at(590));
    assert!(!plant.told.contains_key("k/is_boiling"), "it is not set off");
    // A value is never older than the one before it, nor newer than now.
    plant.compute.take(temp, good(95.0, at(500)));
    plant.settle();
    assert_eq!(time_of(&plant, "k/both"), at(590));
    assert_eq!(time_of(&plant, "k/is_boiling"), at(500));
    plant.compute.take(power, good(2.0, at(604)));
    plant.settle();
    assert_eq!(time_of(&plant, "k/both"), at(600));
    // That it is lost is known now.
    plant.now = at(700);
    let lost = Taken {
        fresh: false,
        measured: false,
        ..good(95.0, at(500))
    };
    plant.compute.take(temp, lost);
    plant.settle();
    let told = &plant.told["k/is_boiling"];
    assert_eq!((told.time, &told.value), (at(700), &None));
}

#[test]
fn what_was_delayed_counts_when_it_was_measured() {
    let mut plant = Plant::new(KETTLE);
    let temp = leaf(&plant, "temp");
    plant.put("k/temp", 90.0);
    plant.put("k/power", 1.0);
    plant.settle();
    // Lost for a quarter of an hour; then all that was kept comes in three slices.
    plant.now = at(600);
    let lost = Taken {
        fresh: false,
        measured: false,
        ..good(90.0, START)
    };
    plant.compute.take(temp, lost);
    plant.settle();
    plant.now = at(1800);
    for slice in 0..3 {
        for n in 0..5 {
            let secs = slice * 500 + n * 100 + 300;
            plant.compute.take_before(temp, good(101.0, at(secs)));
        }
        let last = Taken {
            fresh: slice == 2,
            ..good(101.0, at(slice * 500 + 800))
        };
        plant.compute.take(temp, last);
        plant.settle();
        let there = if slice == 2 { "1 1/1" } else { "no output 0/1" };
        assert_eq!(plant.shown("k/is_boiling"), there, "slice {slice}");
    }
    hour(&mut plant);
    // Every hundred seconds from 300 to 1800; two of them came twice.
    assert_eq!(plant.shown("k/boiling_count"), "16 1/1");
    assert_eq!(plant.shown("k/samples"), "16 2/2");
}

/// What was told of each output, in order, and what states count.
type Told = (BTreeMap<String, Vec<(i64, String)>>, StateTotals);

fn note(plant: &Plant, told: &mut BTreeMap<String, Vec<(i64, String)>>) {
    let values = plant.all.iter().filter(|(_, computed)| !computed.only_coverage);
    // A roll-up is told once for all that come together.
    for (name, computed) in values.filter(|(name, _)| name.starts_with("k/")) {
        let line = (computed.time.micros(), written(computed.value.clone()));
        told.entry(name.clone()).or_default().push(line);
    }
}

fn live(readings: &[(usize, i8, i64)], slices: &[usize]) -> Told {
    let mut plant = Plant::new(KETTLE);
    plant.settle();
    let leaves = ["temp", "power"].map(|name| leaf(&plant, name));
    let mut told: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    let (mut rest, mut now) = (readings, START);
    let mut lengths = slices.iter().cycle();
    while !rest.is_empty() {
        let (slice, after) = rest.split_at((*lengths.next().unwrap()).min(rest.len()));
        rest = after;
        for (n, (which, value, gap)) in slice.iter().enumerate() {
            now = now + Span::from_secs(*gap);
            let taken = good(f64::from(*value), now);
            match slice[n + 1..].iter().any(|(later, ..)| later == which) {
                true => plant.compute.take_before(leaves[*which], taken),
                false => plant.compute.take(leaves[*which], taken),
            }
        }
        plant.now = now;
        plant.settle();
        note(&plant, &mut told);
    }
    plant.now = now + Span::from_secs(7_200);
    plant.settle();
    note(&plant, &mut told);
    // What nobody counts is told once for all that come together.
    told.remove("k/twice");
    let state = plant.compute.output("k", "state").unwrap();
    (told, plant.compute.totals(state, plant.now).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn it_makes_no_difference_how_many_come_at_once(
        readings in vec((0usize..2, prop_oneof![0i8..12, 98i8..103], 1i64..900), 1..60),
        slices in vec(1usize..9, 1..6),
    ) {
        prop_assert_eq!(live(&readings, &slices), live(&readings, &[1]));
    }
}

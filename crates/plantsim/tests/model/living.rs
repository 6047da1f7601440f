//! An hour of the plant's messages through the model: everything that can be computed is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use compute::{Compute, Taken, Why};
use formula::NoZones;
use plantsim::Plant;
use serde_json::Value as Json;
use twin::{Quality, Timestamp, Value};

use crate::common::read;
use crate::{START, bound, model};

fn value(heard: &Json) -> Value {
    match heard {
        Json::Bool(on) => Value::Bool(*on),
        Json::String(text) => Value::Text(text.as_str().into()),
        number => Value::Number(number.as_f64().expect("a number")),
    }
}

/// What has no value while nothing is wrong: pumps that stand by have no efficiency, and a tank that
/// fills does not run empty.
const MAY_BE_NONE: [&str; 3] = ["overall_efficiency", "specific_energy", "time_to_empty"];
/// An hour is too little of their day.
const OF_A_DAY: [&str; 4] = ["run_hours_day", "starts_day", "load_factor", "regenerations_day"];

#[test]
fn an_hour_of_messages_gives_every_computed_property_a_value() {
    let checked = model();
    let begin = Timestamp::from_micros(START);
    let (mut compute, problems) = Compute::new(&checked.model, &checked.resolved, begin, Arc::new(NoZones));
    assert!(problems.is_empty(), "{problems:?}");
    let leaves: BTreeMap<_, _> = bound(&checked)
        .into_iter()
        .filter_map(|(tag, (asset, property))| Some((tag, compute.leaf(&asset, &property)?)))
        .collect();
    let mut plant = Plant::new(3, START);
    let mut latest = BTreeMap::new();
    for step in 1..=720 {
        let now = START + step * 5_000_000;
        let time = Timestamp::from_micros(now);
        let mut heard = Vec::new();
        plant.step(now, &mut |publication| heard.extend(read(&publication)));
        for one in heard {
            if let Some(leaf) = leaves.get(&(one.topic, one.field)) {
                let taken = Taken {
                    value: Some(value(&one.value)),
                    quality: Quality::Good,
                    time,
                    fresh: true,
                    measured: true,
                };
                compute.take(*leaf, taken);
            }
        }
        for computed in compute.settle(time) {
            latest.insert(computed.output, computed.value);
        }
    }
    let mut missing = BTreeSet::new();
    for (output, asset, property) in compute.outputs() {
        let known = latest.get(&output).is_some_and(Option::is_some);
        if OF_A_DAY.contains(&property.rsplit('.').next().unwrap_or_default()) {
            assert_eq!(compute.why_not(output), Some(Why::NotSeen), "{asset}.{property}");
        } else if !known && !MAY_BE_NONE.contains(&&**property) {
            missing.insert(format!("{asset}.{property}: {:?}", compute.why_not(output)));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    let number = |asset: &str, property: &str| {
        let output = compute.output(asset, property).expect("an output");
        latest[&output]
            .as_ref()
            .and_then(Value::as_number)
            .expect("a number")
    };
    // Both sites are at work.
    for place in ["norvia", "lyon", "rotterdam", "lyon-line-1", "rotterdam-line-2"] {
        let oee = number(place, "oee");
        assert!((45.0..=100.0).contains(&oee), "{place}: {oee}");
    }
    let sites = number("lyon", "machines_running") + number("rotterdam", "machines_running");
    assert!((number("norvia", "machines_running") - sites).abs() < 1e-9);
}

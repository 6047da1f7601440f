//! A device that is said to be gone, or all of which has fallen silent, is offline with all its points.

#[path = "support/plant.rs"]
mod plant;

use plant::{Plant, leaf, message, number};
use twin::{Flags, Freshness, Message};

#[test]
fn a_last_will_takes_the_device_offline() {
    let mut plant = Plant::new();
    let fields = |plant: &Plant| {
        vec![
            leaf("temperature", number(20.0 + plant.now.millis() as f64 % 7.0)),
            leaf("battery", number(90.0)),
        ]
    };
    plant.send(message("zigbee2mqtt/kitchen", plant.now, fields(&plant)));
    plant.send(message("zigbee2mqtt/hall", plant.now, fields(&plant)));
    plant.available("zigbee2mqtt/kitchen/availability", true);
    plant.available("zigbee2mqtt/kitchen/availability", false);
    let temperature = plant.tag("zigbee2mqtt/kitchen", "temperature");
    plant.is(temperature, Freshness::Offline);
    plant.is(plant.tag("zigbee2mqtt/hall", "temperature"), Freshness::Live);
    let word = plant.tag("zigbee2mqtt/kitchen/availability", "");
    plant.is(word, Freshness::Live);
    assert_eq!(plant.twin.plant_summary().offline, 2);
    plant.available("zigbee2mqtt/kitchen/availability", true);
    plant.is(temperature, Freshness::Live);
}

#[test]
fn a_device_that_speaks_is_there_whatever_its_will_said() {
    let mut plant = Plant::new();
    let power = plant.say("shellies/plug/power", 5.0);
    plant.available("shellies/plug/online", false);
    plant.is(power, Freshness::Offline);
    plant.say("shellies/plug/power", 6.0);
    plant.is(power, Freshness::Live);
}

#[test]
fn a_retained_value_is_no_sign_of_life() {
    let mut plant = Plant::new();
    plant.available("tele/dev/LWT", false);
    let power = plant.retained("tele/dev/power", Some(0.0), 5.0);
    plant.is(power, Freshness::Offline);
    assert!(plant.twin.reading(power).expect("one").flags.has(Flags::OFFLINE));
    plant.available("tele/dev/LWT", true);
    plant.is(power, Freshness::Live);
}

#[test]
fn below_an_area_a_device_keeps_its_own_word() {
    let mut plant = Plant::new();
    let power = plant.say("site/area/dev/power", 5.0);
    plant.available("site/area/dev/online", false);
    plant.available("site/area/online", false);
    plant.available("site/area/online", true);
    plant.is(power, Freshness::Offline);
}

#[test]
fn a_topic_of_one_level_speaks_of_no_device() {
    let mut plant = Plant::new();
    let power = plant.say("site/power", 5.0);
    plant.send(Message {
        availability: Some(false),
        ..message("online", plant.now, Vec::new())
    });
    plant.is(power, Freshness::Live);
}

#[test]
fn when_all_of_a_device_is_silent_its_rare_values_are_offline_too() {
    let mut plant = Plant::new();
    let open = plant.say("acme/valve/open", 1.0);
    plant.speak(&["acme/valve/pressure", "acme/valve/flow"], 1.0, 20.0);
    plant.go(30.0);
    plant.is(plant.tag("acme/valve/flow", ""), Freshness::Late);
    plant.is(open, Freshness::Live);
    plant.go(60.0);
    plant.is(plant.tag("acme/valve/flow", ""), Freshness::Stale);
    plant.is(open, Freshness::Offline);
    plant.say("acme/valve/flow", 1.0);
    plant.is(open, Freshness::Live);
}

#[test]
fn a_device_whose_rare_value_came_last_is_not_silent() {
    let mut plant = Plant::new();
    plant.speak(&["acme/valve/pressure"], 1.0, 20.0);
    plant.go(40.0);
    let open = plant.say("acme/valve/open", 1.0);
    plant.go(80.0);
    plant.is(plant.tag("acme/valve/pressure", ""), Freshness::Stale);
    plant.is(open, Freshness::Live);
}

#[test]
fn a_rare_value_wakes_the_others() {
    let mut plant = Plant::new();
    let (open, locked) = (
        plant.say("acme/valve/open", 1.0),
        plant.say("acme/valve/locked", 1.0),
    );
    plant.speak(&["acme/valve/pressure"], 1.0, 20.0);
    plant.go(80.0);
    plant.is(locked, Freshness::Offline);
    plant.say("acme/valve/open", 0.0);
    plant.is(open, Freshness::Live);
    plant.is(locked, Freshness::Live);
}

//! Redelivered and late readings are counted, and never put an old value before people.

#[path = "support/plant.rs"]
mod plant;

use plant::{BROKER, Plant};
use twin::{Change, Flags, Input, Leaf, Quality, Value};

#[test]
fn the_same_again_is_stored_once() {
    let mut plant = Plant::new();
    let level = plant.say_at("acme/tank/level", 0.0, 1.0);
    let before = plant.twin.revision();
    plant.say_at("acme/tank/level", 0.0, 1.0);
    assert_eq!(plant.twin.revision(), before);
    assert_eq!(plant.stored.len(), 1);
    let counts = plant.twin.counts(level);
    assert_eq!(
        (counts.readings, counts.duplicates, counts.out_of_order),
        (1, 1, 0)
    );
}

#[test]
fn a_late_reading_goes_to_history_only() {
    let mut plant = Plant::new();
    plant.go(10.0);
    let level = plant.say_at("acme/tank/level", 9.0, 9.0);
    plant.say_at("acme/tank/level", 5.0, 5.0);
    assert_eq!(plant.value(level), plant::number(9.0));
    assert_eq!(plant.stored.len(), 2);
    let counts = plant.twin.counts(level);
    assert_eq!(
        (counts.readings, counts.duplicates, counts.out_of_order),
        (2, 0, 1)
    );
}

#[test]
fn the_same_value_with_a_newer_time_is_a_reading() {
    let mut plant = Plant::new();
    plant.say_at("acme/tank/level", 0.0, 1.0);
    plant.go(1.0);
    let message = plant::message(
        "acme/tank/level",
        plant.now,
        vec![Leaf {
            time: Some(plant::at(1.0)),
            ..plant::leaf("", plant::number(1.0))
        }],
    );
    let out = plant.send(message);
    assert_eq!(out.changes, [Change::Reading(plant.tag("acme/tank/level", ""))]);
    assert_eq!(out.stored.len(), 1);
}

#[test]
fn two_words_in_one_tick_of_a_coarse_clock_end_with_the_later() {
    let mut plant = Plant::new();
    let relay = plant.say_at("acme/relay/on", 0.0, 1.0);
    plant.say_at("acme/relay/on", 0.0, 0.0);
    assert_eq!(plant.value(relay), plant::number(0.0));
}

#[test]
fn what_a_simulator_says_is_marked() {
    let mut plant = Plant::new();
    plant.input(Input::SourceSimulated(BROKER));
    let level = plant.say("acme/tank/level", 1.0);
    assert!(
        plant
            .twin
            .reading(level)
            .expect("one")
            .flags
            .has(Flags::SIMULATED)
    );
    assert!(plant.stored[0].1.flags.has(Flags::SIMULATED));
}

#[test]
fn what_is_no_number_is_no_value() {
    let mut plant = Plant::new();
    for (value, expect) in [
        (plant::number(f64::NAN), (None, Quality::Bad)),
        (plant::number(f64::INFINITY), (None, Quality::Bad)),
        (None, (None, Quality::Good)),
        (plant::number(4.0), plant::good(4.0)),
        (
            Some(Value::Text("<b>4</b>".into())),
            (Some(Value::Text("<b>4</b>".into())), Quality::Good),
        ),
    ] {
        plant.now = plant.now + plant::secs(1);
        plant.send(plant::message(
            "acme/tank/level",
            plant.now,
            vec![plant::leaf("", value)],
        ));
        let reading = plant.twin.reading(plant.tag("acme/tank/level", "")).expect("one");
        assert_eq!((reading.value.clone(), reading.quality), expect);
        assert_eq!(
            plant.twin.plant_summary().bad,
            u32::from(expect.1 == Quality::Bad)
        );
    }
}

//! A retained replay is no new sample.

#[path = "support/plant.rs"]
mod plant;

use plant::{BROKER, Plant};
use twin::{Flags, Freshness, Input};

#[test]
fn without_a_time_its_age_is_unknown() {
    let mut plant = Plant::new();
    let limit = plant.retained("acme/pump/limit", None, 5.0);
    plant.is(limit, Freshness::AgeUnknown);
    let summary = plant.twin.plant_summary();
    assert_eq!((summary.live, summary.stale), (0, 1));
    assert_eq!(plant.twin.needs(3).1, 0);
    plant.say("acme/pump/limit", 5.0);
    plant.is(limit, Freshness::Live);
}

#[test]
fn with_a_time_it_has_its_age() {
    let mut plant = Plant::new();
    plant.go(1_000.0);
    let recent = plant.retained("acme/pump/recent", Some(999.0), 5.0);
    plant.is(recent, Freshness::Live);
    let old = plant.retained("acme/pump/old", Some(1.0), 5.0);
    plant.is(old, Freshness::Stale);
}

#[test]
fn the_known_is_not_stored_again() {
    let mut plant = Plant::new();
    let plain = plant.say("acme/pump/plain", 5.0);
    let stamped = plant.say_at("acme/pump/stamped", 0.0, 5.0);
    assert_eq!(plant.stored.len(), 2);
    plant.input(Input::SourceLost(BROKER));
    plant.go(100.0);
    plant.input(Input::SourceConnected {
        source: BROKER,
        is_continued: false,
    });
    plant.retained("acme/pump/plain", None, 5.0);
    plant.retained("acme/pump/stamped", Some(0.0), 5.0);
    plant.retained("acme/pump/stamped", Some(-50.0), 4.0);
    assert_eq!(plant.stored.len(), 2);
    assert_eq!(plant.twin.counts(plain).duplicates, 1);
    assert_eq!(plant.twin.counts(stamped).duplicates, 2);
    assert_eq!(plant.value(stamped), plant::number(5.0));
    assert!(
        !plant.twin.reading(plain).expect("one").flags.has(Flags::RETAINED),
        "it keeps the age it had"
    );
}

#[test]
fn what_changed_meanwhile_is_taken() {
    let mut plant = Plant::new();
    let plain = plant.say("acme/pump/plain", 5.0);
    let stamped = plant.say_at("acme/pump/stamped", 0.0, 5.0);
    plant.go(100.0);
    plant.retained("acme/pump/plain", None, 6.0);
    plant.retained("acme/pump/stamped", Some(50.0), 6.0);
    assert_eq!(plant.value(plain), plant::number(6.0));
    assert_eq!(plant.value(stamped), plant::number(6.0));
    assert_eq!(plant.stored.len(), 4);
    plant.is(plain, Freshness::AgeUnknown);
}

//! A replay with its original times is old from the first value on, whatever its pace.

#[path = "support/plant.rs"]
mod plant;

use plant::Plant;
use twin::{Cadence, Flags, Freshness};

#[test]
fn original_times_read_as_old() {
    let mut plant = Plant::new();
    plant.go(1_000_000.0);
    for step in 0..60 {
        plant.now = plant::at(1_000_000.0 + f64::from(step) / 10.0);
        let pressure = plant.say_at("skab/valve1/pressure", f64::from(step), 1.0);
        plant.is(pressure, Freshness::Stale);
    }
    let pressure = plant.tag("skab/valve1/pressure", "");
    assert_eq!(plant.twin.cadence(pressure), Cadence::Learned(plant::secs(1)));
    assert_eq!(
        (plant.twin.plant_summary().live, plant.twin.plant_summary().stale),
        (0, 1)
    );
    assert_eq!(plant.stored.len(), 60);
}

#[test]
fn the_same_stamped_now_is_live() {
    let mut plant = Plant::new();
    for step in 0..60 {
        plant.now = plant::at(f64::from(step));
        let pressure = plant.say_at("skab/valve1/pressure", f64::from(step) - 0.2, 1.0);
        plant.is(pressure, Freshness::Live);
    }
}

#[test]
fn a_clock_that_runs_ahead_is_not_believed() {
    let mut plant = Plant::new();
    let level = plant.say_at("acme/tank/level", 3.0, 1.0);
    assert!(
        !plant
            .twin
            .reading(level)
            .expect("one")
            .flags
            .has(Flags::CLOCK_AHEAD),
        "within the tolerance"
    );
    let level = plant.say_at("acme/tank/level", 86_400.0, 2.0);
    let reading = plant.twin.reading(level).expect("one");
    assert!(reading.flags.has(Flags::CLOCK_AHEAD));
    assert_eq!(reading.time(), plant.now);
    plant.is(level, Freshness::AgeUnknown);
    assert_eq!(plant.twin.plant_summary().live, 0, "nobody can say of when it is");
    // The clock is put right: its stamps are earlier than those before, and still the newest.
    plant.go(10.0);
    plant.say_at("acme/tank/level", 10.0, 3.0);
    assert_eq!(plant.value(level), plant::number(3.0));
    plant.is(level, Freshness::Live);
}

#[test]
fn how_far_a_clock_may_run_ahead_is_a_setting() {
    for (tolerance, expect) in [(5, Freshness::AgeUnknown), (60, Freshness::Live)] {
        let config = twin::TwinConfig {
            clock_tolerance: plant::secs(tolerance),
            ..twin::TwinConfig::default()
        };
        let mut plant = Plant::with(config);
        let level = plant.say_at("acme/tank/level", 30.0, 1.0);
        plant.is(level, expect);
    }
}

#[test]
fn a_device_whose_clock_runs_ahead_falls_silent_like_any_other() {
    let mut plant = Plant::new();
    for step in 0..20 {
        plant.go(f64::from(step));
        plant.say_at("acme/tank/level", f64::from(step) + 3_600.0, 1.0);
    }
    let level = plant.tag("acme/tank/level", "");
    plant.is(level, Freshness::AgeUnknown);
    plant.go(26.0);
    plant.is(level, Freshness::Late);
    plant.go(60.0);
    plant.is(level, Freshness::Stale);
}

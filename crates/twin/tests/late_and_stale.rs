//! A value that is expected and does not come goes late, then stale, by its own interval.

#[path = "support/plant.rs"]
mod plant;

use plant::{Plant, at, secs};
use twin::{Cadence, Change, Freshness, Input, PointSettings, Span};

#[test]
fn a_learned_interval_makes_silence_visible() {
    let mut plant = Plant::new();
    plant.speak(&["acme/pump/speed"], 10.0, 80.0);
    let speed = plant.tag("acme/pump/speed", "");
    assert_eq!(plant.twin.cadence(speed), Cadence::Learned(secs(10)));
    plant.is(speed, Freshness::Live);
    // Last word at 80: live to 100, late to 130, each told within a second.
    assert_eq!(plant.go(99.9), []);
    let changes = plant.go(101.1);
    assert!(
        changes.contains(&Change::Freshness(speed)) && changes.contains(&Change::PlantSummary),
        "{changes:?}"
    );
    plant.is(speed, Freshness::Late);
    plant.go(131.1);
    plant.is(speed, Freshness::Stale);
    assert_eq!(plant.twin.plant_summary().stale, 1);
    plant.say("acme/pump/speed", 1.0);
    plant.is(speed, Freshness::Live);
}

#[test]
fn before_the_interval_is_known_nothing_is_late() {
    let mut plant = Plant::new();
    plant.speak(&["acme/pump/speed"], 1.0, 7.0);
    let speed = plant.tag("acme/pump/speed", "");
    assert_eq!(plant.twin.cadence(speed), Cadence::Learning);
    plant.go(10_000.0);
    plant.is(speed, Freshness::Live);
}

#[test]
fn an_irregular_point_is_never_late_by_itself() {
    let mut plant = Plant::new();
    for (n, second) in [0, 1, 2, 100, 101, 102, 103, 400, 401, 900, 901, 902, 3_000]
        .into_iter()
        .enumerate()
    {
        plant.go(f64::from(second));
        plant.say("acme/door/open", n as f64);
    }
    let door = plant.tag("acme/door/open", "");
    assert_eq!(plant.twin.cadence(door), Cadence::OnChange);
    plant.go(100_000.0);
    plant.is(door, Freshness::Live);
}

#[test]
fn a_declared_interval_wins_and_can_be_taken_back() {
    let mut plant = Plant::new();
    plant.speak(&["acme/pump/speed"], 1.0, 20.0);
    let speed = plant.tag("acme/pump/speed", "");
    let settings = PointSettings {
        expected: Some(secs(60)),
        ..PointSettings::default()
    };
    let out = plant.input(Input::SetPoint {
        point: speed,
        settings,
    });
    assert!(out.changes.contains(&Change::Cadence(speed)));
    assert_eq!(plant.twin.cadence(speed), Cadence::Declared(secs(60)));
    plant.go(135.0);
    plant.is(speed, Freshness::Live);
    plant.go(142.0);
    plant.is(speed, Freshness::Late);
    plant.input(Input::SetPoint {
        point: speed,
        settings: PointSettings::default(),
    });
    assert_eq!(plant.twin.cadence(speed), Cadence::Learned(secs(1)));
    plant.is(speed, Freshness::Stale);
}

#[test]
fn a_shorter_interval_is_noticed_sooner() {
    let mut plant = Plant::new();
    let speed = plant.say("acme/pump/speed", 1.0);
    let declare = |expected: i64| PointSettings {
        expected: Some(secs(expected)),
        ..PointSettings::default()
    };
    plant.input(Input::SetPoint {
        point: speed,
        settings: declare(3_600),
    });
    plant.input(Input::SetPoint {
        point: speed,
        settings: declare(10),
    });
    plant.go(22.0);
    plant.is(speed, Freshness::Late);
}

#[test]
fn thousands_that_fall_silent_at_once_are_told_in_bounded_steps() {
    let mut plant = Plant::new();
    let topics: Vec<String> = (0..7_000).map(|n| format!("acme/line{}/tag{n}", n % 7)).collect();
    for second in 0..12 {
        plant.now = at(f64::from(second));
        let message =
            |topic: &String| plant::message(topic, plant.now, vec![plant::leaf("", plant::number(1.0))]);
        let messages = topics.iter().map(message).collect();
        plant.input(Input::Messages(messages));
    }
    assert_eq!(plant.twin.plant_summary().live, 7_000);
    plant.now = at(18.0);
    let first = plant.input(Input::Tick);
    assert_eq!(first.wake, Some(plant.now), "the rest follows at once");
    plant.go(18.0);
    assert_eq!(plant.twin.plant_summary().late, 7_000);
}

#[test]
fn a_clock_put_back_neither_freezes_nor_flatters() {
    let mut plant = Plant::new();
    plant.speak(&["acme/pump/speed", "acme/fan/speed"], 1.0, 30.0);
    let (pump, fan) = (plant.tag("acme/pump/speed", ""), plant.tag("acme/fan/speed", ""));
    let hour = Span::from_secs(3_600);
    plant.now = plant.now - hour;
    plant.input(Input::Tick);
    for _ in 0..40 {
        plant.now = plant.now + secs(1);
        plant.say("acme/pump/speed", 1.0);
    }
    plant.is(pump, Freshness::Live);
    plant.is(fan, Freshness::Stale);
}

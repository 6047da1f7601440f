//! States: by expressions, by their source, their times over restarts.

use std::sync::Arc;

use compute::InState;
use model::CountsAs;
use twin::Span;

use crate::support::Plant;

const MACHINE: &str = r#"
[types.machine.properties]
speed = { kind = "measurement" }
fault = { kind = "measurement", data = "boolean" }
busy = { kind = "computed", formula = "state == 'running'" }
[types.machine.properties.state]
kind = "state"
states = [
  { name = "failed", when = "fault", counts_as = "failed" },
  { name = "running", when = "speed > 10", counts_as = "running" },
  { name = "creeping", when = "speed > 0", counts_as = "running" },
  { name = "stopped", counts_as = "stopped" },
]
[types.machine.properties.mode]
kind = "state"
states = [
  { name = "auto", values = [1, "AUTO", true] },
  { name = "hand", values = [2, "HAND"] },
]
[types.machine.properties.phase]
kind = "state"
states = [
  { name = "filling", values = ["F"] },
  { name = "still", when = "speed == 0" },
  { name = "other" },
]
[assets.m]
type = "machine"
[types.line]
inputs.states = { through = "has_part", property = "state" }
properties.worst = { kind = "computed", formula = "worst(states, 'failed', 'stopped', 'creeping', 'running')" }
[assets.l]
type = "line"
[assets.n]
type = "machine"
relations.part_of = "l"
"#;

#[test]
fn the_first_state_that_holds_is_the_one() {
    let mut plant = Plant::new(MACHINE);
    plant.put("m/fault", false);
    for (speed, state) in [(20.0, "running"), (5.0, "creeping"), (0.0, "stopped")] {
        plant.put("m/speed", speed);
        plant.settle();
        assert_eq!(plant.shown("m/state"), format!("{state} 2/2"));
        assert_eq!(
            plant.shown("m/busy"),
            format!("{} 2/2", i32::from(state == "running"))
        );
    }
    plant.put("m/fault", true);
    plant.lose("m/speed");
    plant.settle();
    assert_eq!(plant.shown("m/state"), "failed 1/2", "the first one decides");
    plant.put("m/fault", false);
    plant.settle();
    assert_eq!(plant.shown("m/state"), "no output 1/2", "nobody can say");
}

#[test]
fn a_source_tells_states_by_its_values() {
    let mut plant = Plant::new(MACHINE);
    for (value, state) in [
        (twin::Value::Number(1.0), "auto"),
        (twin::Value::Text("HAND".into()), "hand"),
        (twin::Value::Bool(true), "auto"),
        (twin::Value::Text("hand".into()), "no output"),
        (twin::Value::Number(2.0), "hand"),
    ] {
        plant.take("m/mode", Some(value.clone()), twin::Quality::Good, true);
        plant.settle();
        let covered = if state == "no output" { 0 } else { 1 };
        assert_eq!(plant.shown("m/mode"), format!("{state} {covered}/1"), "{value:?}");
    }
    plant.lose("m/mode");
    plant.settle();
    assert_eq!(plant.shown("m/mode"), "no output 0/1");

    plant.put("m/speed", 3.0);
    plant.put("m/phase", "F");
    plant.settle();
    assert_eq!(plant.shown("m/phase"), "filling 2/2");
    plant.put("m/phase", "X");
    plant.settle();
    assert_eq!(plant.shown("m/phase"), "other 2/2");
    plant.put("m/speed", 0.0);
    plant.settle();
    assert_eq!(plant.shown("m/phase"), "still 2/2");
}

#[test]
fn the_worst_state_stands_for_all() {
    let mut plant = Plant::new(MACHINE);
    plant.put("n/fault", false);
    plant.put("n/speed", 5.0);
    plant.settle();
    assert_eq!(plant.shown("l/worst"), "creeping 2/2");
}

#[test]
fn times_and_entries_are_counted_over_restarts() {
    let mut plant = Plant::new(MACHINE);
    let state = plant.compute.output("m", "state").unwrap();
    plant.pass(5);
    plant.put("m/fault", false);
    for (speed, secs) in [(20.0, 10), (5.0, 20), (0.0, 30), (20.0, 40)] {
        plant.put("m/speed", speed);
        plant.settle();
        plant.pass(secs);
    }
    let totals = plant.compute.totals(state, plant.now).unwrap();
    let of = |name: &str| totals.of(name);
    let spent = |secs, entries| InState {
        time: Span::from_secs(secs),
        entries,
    };
    assert_eq!(of("running"), spent(50, 2));
    assert_eq!(of("creeping"), spent(20, 1));
    assert_eq!(of("stopped"), spent(30, 1));
    assert_eq!(totals.unknown, Span::from_secs(5));
    assert_eq!(
        totals.starts, 2,
        "from creeping on nothing starts: it ran already"
    );
    assert_eq!(totals.state.as_deref(), Some("running"));
    assert_eq!(totals.previous.as_deref(), Some("stopped"));
    assert_eq!(totals.entered, Some(plant.now - Span::from_secs(40)));
    let running = plant.compute.time_as(state, CountsAs::Running, plant.now);
    assert_eq!(running, Some(Span::from_secs(70)));

    // The server is away for 100 seconds, and the machine runs when it is back.
    let later = plant.now + Span::from_secs(100);
    let mut again = Plant::at(MACHINE, later);
    assert!(again.compute.restore_totals("m", "state", totals.clone()));
    assert!(!again.compute.restore_totals("m", "speed", totals.clone()));
    again.put("m/fault", false);
    again.put("m/speed", 20.0);
    again.settle();
    again.pass(7);
    let after = again.compute.totals(state, again.now).unwrap();
    assert_eq!(after.unknown, Span::from_secs(105), "what nobody saw is nobody's");
    assert_eq!(after.of("running"), spent(57, 2), "it was not entered again");
    assert_eq!((after.starts, after.entered), (2, totals.entered));
    assert_eq!(after.since, totals.since);

    // It stands when it is back: it was left, and nobody knows when.
    let mut other = Plant::at(MACHINE, later);
    other.put("m/fault", false);
    other.put("m/speed", 0.0);
    other.settle();
    assert!(other.compute.restore_totals("m", "state", totals));
    other.pass(3);
    let after = other.compute.totals(state, other.now).unwrap();
    assert_eq!(after.of("stopped"), spent(33, 2));
    assert_eq!(after.previous, Some(Arc::from("running")));
    assert_eq!(after.unknown, Span::from_secs(105));
}

#[test]
fn what_an_earlier_stretch_counted_stands_before_what_is_counted_since() {
    let lived = |start: twin::Timestamp, speeds: &[(f64, i64)]| {
        let mut plant = Plant::at(MACHINE, start);
        plant.put("m/fault", false);
        for (speed, secs) in speeds {
            plant.put("m/speed", *speed);
            plant.settle();
            plant.pass(*secs);
        }
        plant
    };
    let spent = |secs, entries| InState {
        time: Span::from_secs(secs),
        entries,
    };
    let past = lived(crate::support::START, &[(20.0, 100), (0.0, 50), (20.0, 10)]);
    let state = past.compute.output("m", "state").unwrap();
    let before = past.compute.totals(state, past.now).unwrap();
    let later = past.now + Span::from_secs(5);

    // It ran then and runs now: it began once.
    let mut live = lived(later, &[(20.0, 7)]);
    assert!(live.compute.precede_totals("m", "state", before.clone()));
    assert!(!live.compute.precede_totals("m", "state", before.clone()), "once");
    assert!(
        !live.compute.precede_totals("m", "speed", before.clone()),
        "no state"
    );
    let totals = live.compute.totals(state, live.now).unwrap();
    assert_eq!((totals.since, totals.unknown), (before.since, Span::from_secs(5)));
    assert_eq!(totals.of("running"), spent(117, 2));
    assert_eq!(totals.of("stopped"), spent(50, 1));
    assert_eq!((totals.starts, totals.entered), (2, before.entered));
    assert_eq!(totals.previous.as_deref(), Some("stopped"));

    // It ran then and stands now, and has begun again since.
    let mut live = lived(later, &[(0.0, 3), (20.0, 4)]);
    assert!(live.compute.precede_totals("m", "state", before.clone()));
    let totals = live.compute.totals(state, live.now).unwrap();
    assert_eq!(totals.of("running"), spent(114, 3));
    assert_eq!(totals.of("stopped"), spent(53, 2));
    assert_eq!(totals.starts, 3);
    assert_eq!(totals.entered, Some(later + Span::from_secs(3)));

    // Nothing is known since.
    let mut live = Plant::at(MACHINE, later);
    assert!(live.compute.precede_totals("m", "state", before));
    live.put("m/fault", false);
    live.put("m/speed", 20.0);
    live.settle();
    let totals = live.compute.totals(state, live.now).unwrap();
    assert_eq!((totals.starts, totals.of("running")), (2, spent(110, 2)));
    assert_eq!(totals.previous.as_deref(), Some("stopped"));
}

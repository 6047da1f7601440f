//! Values of transforms: attributes, parameters, components, relations, circles.

use twin::{Quality, Timestamp};

use crate::support::Plant;

const PUMPS: &str = r#"
[types.motor.properties]
power = { kind = "measurement", unit = "kW" }
rated = { kind = "attribute", unit = "kW", value = 10 }
load = { kind = "computed", formula = "power / rated" }

[types.pump]
parameters.rated_flow = { unit = "m3/h", default = 30 }
components.motor = { type = "motor" }
inputs.motor_power = "motor.power"
[types.pump.properties]
flow = { kind = "measurement", unit = "m3/h" }
size = { kind = "attribute" }
share = { kind = "computed", formula = "flow / rated_flow" }
energy = { kind = "computed", formula = "motor_power / flow" }
sized = { kind = "computed", formula = "flow / size" }

[types.station]
inputs.flows = { through = "has_part", property = "flow", of = "pump" }
inputs.loads = { through = "has_part", property = "motor.load" }
[types.station.properties]
flow = { kind = "computed", unit = "m3/h", formula = "sum(flows)" }
load = { kind = "computed", formula = "weighted_avg(loads, flows)" }

[assets.s]
type = "station"
[assets.p-1]
type = "pump"
relations.part_of = "s"
values = { "motor.rated" = 20, size = 4 }
[assets.p-2]
type = "pump"
parameters.rated_flow = 60
relations.part_of = "s"
"#;

#[test]
fn formulas_use_attributes_parameters_components_and_relations() {
    let mut plant = Plant::new(PUMPS);
    assert_eq!(plant.problems, []);
    for (point, number) in [
        ("p-1/flow", 30.0),
        ("p-1/motor.power", 10.0),
        ("p-2/flow", 15.0),
        ("p-2/motor.power", 8.0),
    ] {
        plant.put(point, number);
    }
    plant.settle();
    for (point, shown) in [
        ("p-1/share", "1 1/1"),
        ("p-2/share", "0.25 1/1"),
        ("p-1/energy", "0.3333333333333333 2/2"),
        ("p-1/motor.load", "0.5 1/1"),
        ("p-2/motor.load", "0.8 1/1"),
        ("p-1/sized", "7.5 1/1"),
        ("s/flow", "45 2/2"),
        ("s/load", "0.6 4/4"),
    ] {
        assert_eq!(plant.shown(point), shown, "{point}");
        assert!(plant.told.contains_key(point), "{point}");
    }
    // An attribute that nobody gave.
    assert_eq!(plant.shown("p-2/sized"), "no output 1/2");
    assert_eq!(plant.missing("p-2/sized"), ["p-2/size NotGiven"]);
    // A source may bring an attribute's value.
    plant.put("p-2/size", 5.0);
    plant.settle();
    assert_eq!(plant.shown("p-2/sized"), "3 2/2");
}

#[test]
fn only_what_changed_is_told_and_once() {
    let mut plant = Plant::new(PUMPS);
    for point in ["p-1/flow", "p-2/flow", "p-1/motor.power", "p-2/motor.power"] {
        plant.put(point, 10.0);
    }
    plant.settle();
    plant.put("p-1/flow", 11.0);
    plant.put("p-1/flow", 12.0);
    plant.settle();
    let told: Vec<&str> = plant.all.iter().map(|(name, _)| name.as_str()).collect();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        ["p-1/energy", "p-1/share", "p-1/sized", "s/flow", "s/load"]
    );
    plant.put("p-1/flow", 12.0);
    plant.settle();
    assert!(plant.all.is_empty(), "the same value changes nothing");
    plant.settle();
    assert!(plant.all.is_empty());
}

#[test]
fn only_good_and_fresh_values_are_consumed() {
    for (quality, fresh, why) in [
        (Quality::Good, false, "NotFresh"),
        (Quality::Uncertain, true, "NotGood"),
        (Quality::Bad, true, "NotGood"),
        (Quality::Bad, false, "NotFresh"),
    ] {
        let mut plant = Plant::new(PUMPS);
        plant.put("p-1/flow", 6.0);
        plant.settle();
        assert_eq!(plant.shown("p-1/share"), "0.2 1/1");
        let value = Some(twin::Value::Number(7.0));
        plant.take("p-1/flow", value, quality, fresh);
        plant.settle();
        assert_eq!(plant.shown("p-1/share"), "no output 0/1", "{quality:?} {fresh}");
        assert_eq!(plant.missing("p-1/share"), [format!("p-1/flow {why}")]);
        plant.put("p-1/flow", 6.0);
        plant.settle();
        assert_eq!(plant.shown("p-1/share"), "0.2 1/1");
    }
    let mut plant = Plant::new(PUMPS);
    plant.take("p-1/flow", None, Quality::Bad, false);
    plant.settle();
    assert_eq!(plant.missing("p-1/share"), ["p-1/flow NeverSeen"]);
    plant.take("p-1/flow", None, Quality::Good, true);
    plant.settle();
    assert_eq!(plant.missing("p-1/share"), ["p-1/flow NoValue"]);
}

#[test]
fn circles_across_assets_are_told_and_all_else_runs() {
    let mut plant = Plant::new(
        r#"
        [types.tank]
        inputs.before = { through = "fed_by", property = "level" }
        [types.tank.properties]
        inflow = { kind = "measurement" }
        level = { kind = "computed", formula = "inflow + sum(before)" }
        double = { kind = "computed", formula = "inflow * 2" }
        above = { kind = "computed", formula = "if_bad(level, -1)" }

        [assets.a]
        type = "tank"
        relations.feeds = "b"
        [assets.b]
        type = "tank"
        relations.feeds = "c"
        [assets.c]
        type = "tank"
        relations.feeds = ["a", "d"]
        [assets.d]
        type = "tank"
        "#,
    );
    let told: Vec<String> = plant.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "types/tank/properties/level/formula: `a/level` depends on itself: a/level → b/level → c/level → a/level; \
             let one of them use measured values only"
        ]
    );
    for asset in ["a", "b", "c", "d"] {
        plant.put(&format!("{asset}/inflow"), 2.0);
    }
    plant.settle();
    assert_eq!(plant.shown("a/double"), "4 1/1");
    assert_eq!(plant.shown("a/level"), "no output 0/1");
    assert_eq!(plant.shown("d/level"), "no output 1/2");
    assert_eq!(plant.missing("d/level"), ["c/level Circle"]);
    let explained = plant.compute.explain("a", "level").unwrap();
    assert_eq!(explained.why, Some(compute::Why::Circle));
    assert_eq!(explained.circle.len(), 4);
    assert_eq!(plant.shown("a/above"), "~-1 0/1");
}

#[test]
fn a_check_tells_circles_across_assets_with_their_place() {
    let text = "[types.tank]\ninputs.before = { through = \"fed_by\", property = \"level\" }\n\
                [types.tank.properties]\nlevel = { kind = \"computed\", formula = \"sum(before)\" }\n\
                [assets.a]\ntype = \"tank\"\nrelations.feeds = \"b\"\n\
                [assets.b]\ntype = \"tank\"\nrelations.feeds = \"a\"\n";
    let find = |model: &model::Model, resolved: &model::Resolved| {
        let problems = compute::Compute::check(model, resolved, &formula::NoZones);
        let parts = |problem: compute::Problem| (problem.element, problem.message, problem.help);
        problems.into_iter().map(parts).collect()
    };
    let file = model::File { path: "m.toml", text };
    let checked = model::check_files_and(&[file], &formula::NoZones, find);
    let told: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "m.toml:4:40: `a/level` depends on itself: a/level → b/level → a/level; \
          let one of them use measured values only"
        ]
    );
    assert!(!checked.is_ok());
}

#[test]
fn links_hold_for_their_time() {
    let day = |day: i64| Timestamp::from_millis(1_772_323_200_000 + (day - 1) * 86_400_000);
    let text = r#"
        [types.pump.properties]
        flow = { kind = "measurement" }
        [types.place]
        inputs.flows = { through = "location_of", property = "flow" }
        properties.flow = { kind = "computed", formula = "sum(flows)" }
        [assets.hall]
        type = "place"
        [assets.p-1]
        type = "pump"
        relations.located_in = { to = "hall", until = 2026-03-03T00:00:00Z }
        [assets.p-2]
        type = "pump"
        relations.located_in = { to = "hall", from = 2026-03-03T00:00:00Z, until = 2026-03-05T00:00:00Z }
    "#;
    for (at, used, change) in [
        (day(1), Some("p-1"), Some(day(3))),
        (day(3), Some("p-2"), Some(day(5))),
        (day(5), None, None),
    ] {
        let plant = Plant::at(text, at);
        for pump in ["p-1", "p-2"] {
            let leaf = plant.compute.leaf(pump, "flow");
            assert_eq!(leaf.is_some(), used == Some(pump), "{pump} at {at:?}");
        }
        assert_eq!(plant.compute.links_change(), change);
    }
    let mut plant = Plant::at(text, day(6));
    plant.settle();
    let explained = plant.compute.explain("hall", "flow").unwrap();
    assert_eq!(explained.why, Some(compute::Why::NoMembers));
}

#[test]
fn a_share_above_the_whole_is_uncertain_and_says_why() {
    let mut plant = Plant::new(
        r#"
        [types.line.properties]
        run = { kind = "measurement", unit = "s" }
        made = { kind = "measurement" }
        oee = { kind = "computed", unit = "%", formula = "to(unit(oee(1, effectiveness(unit(2, 's'), made, run), 1), '1'), '%')" }
        double = { kind = "computed", formula = "oee * 2" }
        [types.hall]
        inputs.oees = { through = "has_part", property = "oee" }
        properties.oee = { kind = "computed", formula = "avg(oees)", coverage = 0.5 }
        [assets.h]
        type = "hall"
        [assets.l]
        type = "line"
        relations.part_of = "h"
        "#,
    );
    plant.put("l/run", 1000.0);
    for (made, line, hall, double) in [
        (400.0, "80 2/2", "80 2/2", "160 2/2"),
        // Rounding is no reason to doubt.
        (501.0, "100.2 2/2", "100.2 2/2", "200.4 2/2"),
        (4000.0, "~800 2/2", "~800 2/2", "no output 2/2"),
    ] {
        plant.put("l/made", made);
        plant.settle();
        assert_eq!(plant.shown("l/oee"), line);
        assert_eq!(plant.shown("h/oee"), hall);
        assert_eq!(plant.shown("l/double"), double);
    }
    assert_eq!(plant.why("l/oee"), Some(compute::Why::Implausible));
    assert_eq!(plant.missing("l/double"), ["l/oee Implausible"]);
}

#[test]
fn formulas_that_tell_the_time_are_computed_as_it_passes() {
    let mut plant = Plant::new(
        r#"
        [types.meter.properties]
        count = { kind = "measurement" }
        held = { kind = "computed", formula = "hold_last(count, 10)" }
        [assets.m]
        type = "meter"
        "#,
    );
    plant.put("m/count", 5.0);
    plant.settle();
    assert_eq!(plant.shown("m/held"), "5 1/1");
    plant.lose("m/count");
    plant.settle();
    assert_eq!(
        plant.shown("m/held"),
        "~5 0/1",
        "the formula asks for the last good value"
    );
    plant.pass(11);
    assert!(plant.compute.due().is_some_and(|due| due <= plant.now));
    plant.settle();
    assert_eq!(plant.shown("m/held"), "no output 0/1");
}

#[test]
fn booleans_stay_booleans() {
    let mut plant = Plant::new(
        r#"
        [types.valve.properties]
        open = { kind = "measurement", data = "boolean" }
        shut = { kind = "computed", data = "boolean", formula = "not open" }
        [assets.v]
        type = "valve"
        "#,
    );
    plant.put("v/open", true);
    plant.settle();
    assert_eq!(plant.shown("v/shut"), "false 1/1");
}

/// A value that newer inputs leave as it is is as new as they are, through all levels; of windows and
/// constants nothing is confirmed.
#[test]
fn newer_inputs_confirm_what_they_leave_alone() {
    let mut plant = Plant::new(PUMPS);
    let put = |plant: &mut Plant, flow: f64| {
        for (point, number) in [("p-1/flow", flow), ("p-1/motor.power", 10.0), ("p-2/flow", 15.0)] {
            plant.put(point, number);
        }
        plant.settle();
    };
    let confirmed = |plant: &mut Plant| -> Vec<String> {
        let names: Vec<String> = plant
            .compute
            .outputs()
            .map(|(_, asset, path)| format!("{asset}/{path}"))
            .collect();
        let confirmed = plant.compute.confirmed(plant.now);
        assert!(confirmed.iter().all(|(_, time)| *time == plant.now));
        let mut found: Vec<String> = confirmed
            .iter()
            .map(|(output, _)| names[output.index()].clone())
            .collect();
        found.sort();
        found
    };
    put(&mut plant, 30.0);
    assert_eq!(confirmed(&mut plant), [""; 0], "just computed");
    plant.pass(4);
    put(&mut plant, 30.0);
    assert_eq!(confirmed(&mut plant), [""; 0], "not long ago");
    plant.pass(2);
    put(&mut plant, 30.0);
    let all = [
        "p-1/energy",
        "p-1/motor.load",
        "p-1/share",
        "p-1/sized",
        "p-2/share",
        "s/flow",
    ];
    assert_eq!(confirmed(&mut plant), all, "what has no value is not confirmed");
    assert_eq!(confirmed(&mut plant), [""; 0], "told once");
    // One pump falls silent: what stands on the other goes on.
    plant.pass(10);
    plant.put("p-2/flow", 15.0);
    plant.settle();
    assert_eq!(confirmed(&mut plant), ["p-2/share", "s/flow"]);
    plant.pass(10);
    assert_eq!(confirmed(&mut plant), [""; 0], "nothing came");
}

/// An input that changes sets the formula off; what comes out the same is told to nobody, and confirmed.
#[test]
fn newer_inputs_confirm_what_comes_out_the_same() {
    let mut plant = Plant::new(
        r#"
        [types.pump.properties]
        vibration = { kind = "measurement" }
        zone = { kind = "computed", formula = "if(vibration > 4, 2, 1)" }
        [assets.p]
        type = "pump"
        "#,
    );
    for (number, confirmed) in [(2.0, 0), (2.1, 0), (2.2, 0), (2.3, 1), (2.4, 0)] {
        plant.put("p/vibration", number);
        plant.settle();
        assert_eq!(plant.compute.confirmed(plant.now).len(), confirmed, "{number}");
        plant.pass(2);
    }
    plant.put("p/vibration", 5.0);
    plant.settle();
    assert_eq!(plant.compute.confirmed(plant.now).len(), 0, "just told");
}

/// The recipe of docs/model-files.md: three levels, fans at two depths.
#[test]
fn sums_and_means_go_down_any_number_of_levels() {
    const PAGE: &str = include_str!("../../../../docs/model-files.md");
    let (_, after) = PAGE.split_once("[types.fan.properties]").unwrap();
    let types = format!("[types.fan.properties]{}", after.split("```").next().unwrap());
    let assets = "[assets.site]\ntype = \"hall\"\n\
                  [assets.room]\ntype = \"hall\"\nrelations.part_of = \"site\"\n\
                  [assets.f-1]\ntype = \"fan\"\nrelations.part_of = \"site\"\n\
                  [assets.f-2]\ntype = \"fan\"\nrelations.part_of = \"room\"\n\
                  [assets.f-3]\ntype = \"fan\"\nrelations.part_of = \"room\"\n";
    let mut plant = Plant::new(&format!("{types}{assets}"));
    for (fan, power) in [("f-1", 6.0), ("f-2", 1.0), ("f-3", 2.0)] {
        plant.put(&format!("{fan}/power"), power);
    }
    plant.settle();
    for (point, shown) in [
        ("room/mean_power", "1.5 2/2"),
        ("site/power", "9 3/3"),
        ("site/mean_power", "3 3/3"),
    ] {
        assert_eq!(plant.shown(point), shown, "{point}");
    }
    plant.lose("f-3/power");
    plant.settle();
    assert_eq!(plant.shown("site/mean_power"), "no output 2/3");
    assert_eq!(plant.missing("site/mean_power"), ["f-3/power NotFresh"]);
}

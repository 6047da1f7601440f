//! What a plan says, and how far it reaches.

use model::{Action, Model, Section, export, plan};

use crate::figures::{model, read_files};

const PLANT: &str = r#"
[types.machine]
abstract = true
properties.power = { kind = "measurement", unit = "kW", topic = "acme/{asset}/power" }
[types.pump]
extends = ["machine"]
components.motor = { type = "motor" }
[types.motor]
properties.temp = { kind = "measurement", unit = "Cel", topic = "acme/{asset}/motor" }
[types.tank]
properties.level = { kind = "measurement", unit = "%", topic = "acme/{asset}/level" }
[types.area]
inputs.powers = { through = "has_part", property = "power" }
properties.power = { kind = "computed", unit = "kW", formula = "sum(powers)" }
properties.power_mw = { kind = "computed", unit = "MW", formula = "to(power, 'MW')" }
[assets.plant]
type = "area"
[assets.north]
type = "area"
relations.part_of = "plant"
[assets.south]
type = "area"
relations.part_of = "plant"
[assets.p-1]
type = "pump"
relations = { part_of = "north", feeds = "t-1" }
[assets.p-2]
type = "pump"
relations.part_of = "south"
[assets.t-1]
type = "tank"
relations.part_of = "south"
"#;

fn changed(from: &str, to: &str) -> (Model, Model) {
    assert!(PLANT.contains(from), "{from}");
    (model(PLANT), model(&PLANT.replace(from, to)))
}

fn reached(from: &str, to: &str) -> (Vec<String>, Vec<String>, [usize; 4]) {
    let (before, after) = changed(from, to);
    let radius = plan(&before, &after).radius;
    let roll_ups = radius.roll_ups.iter();
    let bindings = radius.bindings;
    (
        radius.assets.iter().map(ToString::to_string).collect(),
        roll_ups
            .map(|roll_up| format!("{}.{}", roll_up.asset, roll_up.property))
            .collect(),
        [bindings.added, bindings.changed, bindings.removed, bindings.kept],
    )
}

#[test]
fn a_change_of_a_component_reaches_every_asset_made_of_it() {
    let (assets, roll_ups, bindings) = reached("acme/{asset}/motor", "acme/{asset}/m");
    assert_eq!(assets, ["p-1", "p-2"]);
    assert_eq!(
        roll_ups,
        [
            "north.power",
            "north.power_mw",
            "plant.power",
            "plant.power_mw",
            "south.power",
            "south.power_mw"
        ]
    );
    assert_eq!(bindings, [0, 2, 0, 2]);
}

#[test]
fn one_asset_reaches_what_is_above_it_only() {
    let (assets, roll_ups, bindings) = reached(
        "relations = { part_of = \"north\", feeds = \"t-1\" }",
        "relations.part_of = \"north\"",
    );
    assert_eq!(assets, ["p-1"]);
    assert_eq!(
        roll_ups,
        ["north.power", "north.power_mw", "plant.power", "plant.power_mw"]
    );
    assert_eq!(bindings, [0, 0, 0, 2]);
}

#[test]
fn what_leaves_an_area_is_missed_there() {
    let (_, roll_ups, _) = reached(
        "relations = { part_of = \"north\",",
        "relations = { part_of = \"south\",",
    );
    assert!(roll_ups.contains(&"north.power".to_owned()) && roll_ups.contains(&"south.power".to_owned()));
}

#[test]
fn a_plan_reads_like_a_list() {
    let (before, mut after) = changed("unit = \"%\"", "unit = \"1\"");
    after.assets.remove("p-2");
    let text = plan(&before, &after).to_string();
    assert_eq!(
        text,
        "~ types/tank  (1 asset)\n    ~ properties.level.unit: \"%\" → \"1\"\n- assets/p-2\n\
         ! the type `tank` changes, and its version goes from 1 to 1: raise it to 2\n\
         0 to add, 1 to change, 1 to remove\n\
         reaches 2 assets, 4 roll-ups, 3 bindings (0 new, 0 changed, 2 removed)\n"
    );
    assert_eq!(plan(&before, &before).to_string(), "nothing changes\n");
}

#[test]
fn a_plan_is_made_of_parts() {
    let (before, after) = changed("abstract = true", "abstract = true\nowner = \"A\"");
    let plan = plan(&before, &after);
    let change = &plan.changes[0];
    assert_eq!(
        (change.action, change.section, &*change.name),
        (Action::Change, Section::Types, "machine")
    );
    assert_eq!(change.fields[0].path, ["owner"]);
    assert_eq!(change.fields[0].after.as_ref().unwrap().to_string(), "\"A\"");
    assert_eq!(change.assets, 2, "the pumps are machines");
}

#[test]
fn a_plan_is_refused_when_the_model_moved_on() {
    let (before, after) = changed("acme/{asset}/level", "acme/{asset}/l");
    let plan = plan(&before, &after);
    assert_eq!(plan.apply(&before).unwrap(), after);
    let stale = plan.apply(&after).unwrap_err();
    assert_eq!(
        stale.to_string(),
        "types/tank/properties/level/topic has changed since the plan was made; make a new plan"
    );
}

#[test]
fn sites_are_exported_one_by_one() {
    let files = export(&model(PLANT));
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "sites/plant.toml",
            "types/area.toml",
            "types/machine.toml",
            "types/motor.toml",
            "types/pump.toml",
            "types/tank.toml"
        ]
    );
    assert_eq!(read_files(&files).model, model(PLANT));
    assert_eq!(
        files["types/tank.toml"],
        "[types.tank]\nversion = 1\n\n[types.tank.properties]\nlevel = { kind = \"measurement\", topic = \"acme/{asset}/level\", unit = \"%\" }\n"
    );
}

#[test]
fn a_roll_up_over_several_levels_is_reached_from_each_of_them() {
    let far = |levels: &str| {
        let inputs = format!("inputs.powers = {{ through = \"has_part\", property = \"power\"{levels} }}");
        let plant = PLANT.replace(
            "inputs.powers = { through = \"has_part\", property = \"power\" }",
            &inputs,
        );
        // Nothing between the pump and the plant adds anything up.
        let plant = plant.replace(
            "[assets.north]\ntype = \"area\"",
            "[assets.north]\ntype = \"tank\"",
        );
        let (before, after) = (
            model(&plant),
            model(&plant.replace("[assets.p-1]", "[assets.p-1]\nname = \"One\"")),
        );
        let radius = plan(&before, &after).radius;
        let names = radius.roll_ups.iter();
        names
            .map(|roll_up| format!("{}.{}", roll_up.asset, roll_up.property))
            .collect::<Vec<_>>()
    };
    assert_eq!(far(""), [""; 0]);
    for levels in [", levels = 2", ", levels = \"all\"", ", levels = \"nearest\""] {
        assert_eq!(far(levels), ["plant.power", "plant.power_mw"], "{levels}");
    }
}

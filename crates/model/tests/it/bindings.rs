//! Mapping rules in model files: their form, their places, their plan.

use model::{Action, Section, plan};

use crate::figures::{model, problems, read, read_files};

/// Every key once, in its short form where there is one.
const ALL: &str = r#"
[bindings.line-1]
description = "the gateway of line 1"
source = "plant"
filter = "acme/+site/#tag"
split_at = "_"
foreach = "$.values[*]"
flatten = true
without = ["simulated", "id"]
let = { v = "@.v" }
parts = { text = "{@.id}", like = "+device.#name" }
when = "v > 0"
asset = "{site}-{device}"
property = "{name}.{path}"
value = ["@.v", "@.value"]
time = { path = "@.t", unit = "ms", zone = "+02:00", back = "v / 2" }
quality = { path = "@.q", map = { ok = "good" } }
unit = "bar"
units = { temperature = ["@.unit", "Cel"], other = { path = "@.u", map = { C = "Cel" } } }
null_if = [-999, "n/a", false]
scale = 0.1
offset = -5
ignore_retained = false
properties = { T1 = "temperature" }

[bindings.umh]
preset = "umh"
"#;

#[test]
fn every_key_is_read_and_written() {
    let whole = model(ALL);
    assert_eq!(whole.bindings.len(), 2);
    let rule = &whole.bindings["line-1"];
    assert_eq!(rule.foreach, ["$.values[*]".into()]);
    assert_eq!(rule.unit.as_ref().unwrap().path, ["bar".into()]);
    assert_eq!(rule.ignore_retained, Some(false));

    let files = model::export(&whole);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["bindings.toml"]);
    let again = read_files(&files);
    assert!(again.is_ok(), "{}", again.render());
    assert_eq!(again.model, whole);
    assert!(!whole.rules(&formula::NoZones).is_empty());
}

#[test]
fn presets_are_model_files() {
    for name in bind::presets().keys() {
        let text = bind::preset_file(name).unwrap();
        let whole = model(text);
        let rules: Vec<bind::Rule> = whole.bindings.into_values().collect();
        assert_eq!(rules, bind::presets()[name], "{name}");
    }
}

#[test]
fn mistakes_have_their_places() {
    let text = r#"[bindings.a]
filter = "acme/+site/+site"
asset = "{siet}"
property = "{path}"
value = ["$.v", "$.w["]
time = { path = "$.t", unit = "sec" }
flaten = true
[bindings.b]
preset = "kepwear"
[bindings.c]
preset = "kepware"
when = "cuont > 3"
assets = { "C1.D1" = "pump-1" }
[assets]
"#;
    assert_eq!(
        problems(&read(text)),
        [
            "2:22: the name `site` is there twice; see docs/bindings.md",
            "3:10: unknown name `siet`; did you mean `site`?",
            "5:20: this is no JSON path from here on; write for example `$.values[0].v` or `$['a b']` (RFC 9535)",
            "6:31: `sec` is not how a time is written; there are auto, s, ms, us, ns, rfc3339",
            "7:1: unknown key `flaten`; did you mean `flatten`?",
            "9:10: unknown preset `kepwear`; did you mean `kepware`?",
            "12:9: unknown name `cuont`; see docs/bindings.md",
            "13:22: warning: unknown asset `pump-1`; write it: `[assets.pump-1]`",
        ]
    );
}

#[test]
fn a_preset_that_lacks_a_name_says_so() {
    let text = "[bindings.t]\npreset = \"tasmota\"\nfilter = \"tele/#\"\n";
    let told = problems(&read(text));
    assert_eq!(
        told,
        [
            "1:1: unknown name `asset` in `asset` of the preset `tasmota`; capture it in `filter`, or say `asset` here",
            "1:1: unknown name `kind` in `when` of the preset `tasmota`; capture it in `filter`, or say `when` here",
        ]
    );
}

#[test]
fn a_plan_shows_them() {
    let before = model(ALL);
    let after = model(&ALL.replace("scale = 0.1", "scale = 0.2"));
    let plan = plan(&before, &after);
    let change = &plan.changes[0];
    assert_eq!(
        (change.section, change.action),
        (Section::Bindings, Action::Change)
    );
    assert!(
        plan.to_string()
            .starts_with("~ bindings/line-1\n    ~ scale: 0.1 → 0.2\n"),
        "{plan}"
    );
    assert_eq!(plan.apply(&before).unwrap(), after);
}

#[test]
fn a_tag_that_several_properties_have_is_no_mistake_unless_its_unit_is_two() {
    let text = r#"[types.pump]
properties.flow = { kind = "measurement", unit = "m3/h", topic = "can/{at}", field = "flow" }
parameters.at = { data = "text" }

[types.cell.properties]
feed = { kind = "measurement", UNIT topic = "can/l1", field = "flow" }
air = { kind = "measurement", topic = "can/l1", field = "air" }

[assets.p1]
type = "pump"
parameters = { at = "l1" }

[assets.cell]
type = "cell"
"#;
    for unit in ["", "unit = \"m3/h\","] {
        let found = read(&text.replace("UNIT", unit));
        assert_eq!(problems(&found), [""; 0], "{unit}");
    }
    let lines = problems(&read(&text.replace("UNIT", "unit = \"L/s\",")));
    let told = |line: &str, message: &str| {
        lines
            .iter()
            .any(|found| found.starts_with(line) && found.contains(message))
    };
    let (of_pump, of_cell) = (
        "`flow` of `p1` takes in `m3/h` what `feed` of `cell` takes in `L/s` from the same tag",
        "`feed` of `cell` takes in `L/s` what `flow` of `p1` takes in `m3/h` from the same tag",
    );
    assert!(told("9:", of_pump) && told("13:", of_cell), "{lines:#?}");
    assert_eq!(lines.len(), 2, "{lines:#?}");
}

#[test]
fn a_copied_asset_is_told_once() {
    let text = r#"[types.pump]
properties.flow = { kind = "measurement", topic = "can/{at}", field = "flow" }
properties.power = { kind = "measurement", topic = "can/{at}", field = "power" }
parameters.at = { data = "text" }

[types.mirror.properties]
flow = { kind = "measurement", topic = "can/l1", field = "flow" }
again = { kind = "measurement", topic = "can/l1", field = "flow" }

[assets.a]
type = "mirror"

[assets.p1]
type = "pump"
parameters = { at = "l1" }

[assets.p2]
type = "pump"
parameters = { at = "l1" }

[assets.p3]
type = "pump"
parameters = { at = "l1" }
properties.power.field = "power_2"
"#;
    let found = read(text);
    assert!(found.is_ok(), "they are warnings:\n{}", found.render());
    let lines = problems(&found);
    let copy = "17:1: warning: all 2 tags of `p2` are those of `p1`: it shows the same values";
    assert!(lines.len() == 1 && lines[0].starts_with(copy), "{lines:#?}");
}

//! What types come to with what they inherit, and who said what.

use model::{Resolved, Scalar};

use crate::figures::model;

fn said(resolved: &Resolved, ty: &str, property: &str, key: &str) -> Option<String> {
    let traced = resolved.types.get(ty)?.properties.get(property)?;
    traced.said_by(key).map(ToString::to_string)
}

#[test]
fn the_first_parent_wins_and_each_key_knows_who_said_it() {
    let model = model(
        r#"
        [types.base.properties.x]
        kind = "measurement"
        unit = "bar"
        expected = "60s"
        limits = { low = 1, high = 9 }
        [types.left]
        extends = ["base"]
        properties.x = { expected = "10s", limits = { high = 8 } }
        [types.right]
        extends = ["base"]
        owner = "right hand"
        properties.x = { expected = "5s", normal = [2, 3] }
        [types.both]
        extends = ["left", "right"]
        properties.x.description = "of both"
        "#,
    );
    let resolved = model.resolve();
    let both = &resolved.types["both"];
    let lineage: Vec<&str> = both.lineage.iter().map(|name| name.as_str()).collect();
    assert_eq!(lineage, ["both", "left", "right", "base"]);
    let x = &both.properties["x"];
    assert_eq!(x.value.expected.unwrap().secs(), 10);
    assert_eq!(x.value.limits.high.unwrap().at, 8.0);
    assert_eq!(x.value.limits.low.unwrap().at, 1.0);
    assert_eq!(x.value.normal, Some((2.0, 3.0)));
    assert_eq!(x.origin().unwrap().as_str(), "base");
    for (key, by) in [
        ("unit", Some("base")),
        ("expected", Some("left")),
        ("limits.high", Some("left")),
        ("limits.low", Some("base")),
        ("normal", Some("right")),
        ("description", Some("both")),
        ("owner", None),
    ] {
        assert_eq!(said(&resolved, "both", "x", key).as_deref(), by, "{key}");
    }
    assert_eq!(both.owner("x"), Some("right hand"));
    assert!(both.is_a("base") && !both.is_a("pump"));
}

#[test]
fn components_bring_their_properties_and_parameters() {
    let model = model(
        r#"
        [types.bearing]
        parameters.side = { data = "text", default = "drive" }
        properties.temp = { kind = "measurement", unit = "Cel", topic = "plant/{asset}/{side}/temp" }
        [types.motor.components]
        inner = { type = "bearing", parameters = { side = "{where}-inner" } }
        outer = { type = "bearing" }
        [types.motor.parameters]
        where = { data = "text", default = "north" }
        [types.pump]
        parameters.line = { data = "text" }
        components.motor = { type = "motor", parameters = { where = "{line}" } }
        [assets.p-1]
        type = "pump"
        parameters.line = "L7"
        [assets.p-1.properties."motor.outer.temp"]
        topic = "spare/{line}"
        field = "t"
        limits.high = 90
        "#,
    );
    let resolved = model.resolve();
    let (key, asset) = model.assets.iter().next().unwrap();
    let bindings: Vec<String> = resolved
        .bindings(key, asset)
        .into_iter()
        .map(|binding| format!("{} {} {:?}", binding.property, binding.topic, binding.field))
        .collect();
    assert_eq!(
        bindings,
        [
            "motor.inner.temp plant/p-1/L7-inner/temp None",
            "motor.outer.temp spare/L7 Some(\"t\")"
        ]
    );
    let outer = resolved.property(asset, "motor.outer.temp").unwrap();
    assert_eq!(outer.limits.high.unwrap().at, 90.0);
    assert_eq!(outer.unit.unwrap().code(), "Cel");
}

#[test]
fn a_topic_may_say_where_the_field_stands() {
    let model = model(
        r#"
        [types.motor]
        parameters = { topic = { data = "text" }, prefix = { data = "text", default = "" } }
        properties.current = { kind = "measurement", topic = "{topic}", field = "{prefix}current" }
        [types.pump]
        extends = ["motor"]
        components.motor = { type = "motor", parameters = { topic = "{topic}", prefix = "motor_" } }
        properties.plain = { kind = "measurement", topic = "{topic}" }
        [assets.message]
        type = "pump"
        parameters = { topic = "site/p-1", prefix = "P1." }
        [assets.values]
        type = "pump"
        parameters = { topic = "site/p-2/{field}" }
        "#,
    );
    let resolved = model.resolve();
    let bindings: Vec<String> = model
        .assets
        .iter()
        .flat_map(|(key, asset)| resolved.bindings(key, asset))
        .map(|binding| format!("{} {} {:?}", binding.property, binding.topic, binding.field))
        .collect();
    assert_eq!(
        bindings,
        [
            "current site/p-1 Some(\"P1.current\")",
            "motor.current site/p-1 Some(\"motor_current\")",
            "plain site/p-1 None",
            // One that has no field has no tag there.
            "current site/p-2/current None",
            "motor.current site/p-2/motor_current None",
        ]
    );
}

#[test]
fn values_of_an_asset_stand_before_those_of_its_type() {
    let model = model(
        r#"
        [types.pump.properties]
        power = { kind = "attribute", unit = "kW", value = 5.5 }
        maker = { kind = "attribute", data = "text" }
        [assets.a]
        type = "pump"
        [assets.b]
        type = "pump"
        values = { power = 7, maker = "KSB" }
        "#,
    );
    let resolved = model.resolve();
    let value =
        |asset: &str, property: &str| resolved.property(&model.assets[asset], property).unwrap().value;
    assert_eq!(value("a", "power"), Some(Scalar::Number(5.5)));
    assert_eq!(value("b", "power"), Some(Scalar::Number(7.0)));
    assert_eq!(value("b", "maker"), Some(Scalar::Text("KSB".into())));
    assert_eq!(value("a", "maker"), None);
}

#[test]
fn who_sat_here_in_march_is_known() {
    let model = model(
        r#"
        [types.x]
        [assets.slot]
        type = "x"
        [assets.old]
        type = "x"
        relations.located_in = { to = "slot", until = 2026-03-10T00:00:00Z }
        [assets.new]
        type = "x"
        relations.located_in = { to = "slot", from = 2026-03-10T00:00:00Z }
        [assets.later]
        type = "x"
        relations.located_in = { to = "slot", from = 2026-06-01T00:00:00Z, until = 2026-07-01T00:00:00Z }
        "#,
    );
    let day = |text: &str| {
        let days = match text {
            "03-01" => 20_513,
            "03-10" => 20_522,
            "04-01" => 20_544,
            _ => 20_605,
        };
        formula::Time::from_secs(days * 86_400)
    };
    let here = |from: &str, until: &str| -> Vec<&str> {
        let found = model.sources_within("slot", "located_in", day(from), day(until));
        found.map(|(key, _)| key.as_str()).collect()
    };
    assert_eq!(here("03-01", "04-01"), ["new", "old"]);
    assert_eq!(here("03-10", "04-01"), ["new"]);
    assert_eq!(here("03-01", "03-10"), ["old"]);
    let at: Vec<_> = model.targets_at("old", "located_in", day("03-10")).collect();
    assert!(at.is_empty());
}

//! From topics and payloads alone: assets, points, names, units, digits.

#[path = "support/plant.rs"]
mod plant;

use plant::{BROKER, Plant, leaf, message, number};
use twin::{Input, Leaf, Message, SourceId, UnitOrigin, Value};

#[test]
fn plain_values_make_a_hierarchy() {
    let mut plant = Plant::new();
    for topic in [
        "acme/lyon/pump10/speed_rpm",
        "acme/lyon/pump2/speed_rpm",
        "acme/Straßburg/pump1/running",
        "acme/lyon/pump2/bearing_temp_C",
    ] {
        plant.say(topic, 1.0);
    }
    let lyon = plant.twin.by_path("acme/lyon").expect("an asset");
    let names: Vec<&str> = plant
        .twin
        .children(lyon)
        .iter()
        .filter_map(|id| Some(&*plant.twin.asset(*id)?.name))
        .collect();
    assert_eq!(names, ["pump2", "pump10"]);
    assert!(plant.twin.by_path("acme/strassburg/pump1").is_some());
    assert_eq!(plant.twin.by_path("acme/nowhere"), None);
    let pump = plant.twin.by_path("acme/lyon/pump2").expect("an asset");
    let points: Vec<&str> = plant
        .twin
        .points_of(pump)
        .iter()
        .filter_map(|id| Some(&*plant.twin.point(*id)?.name))
        .collect();
    assert_eq!(points, ["Bearing temp", "Speed"]);
    assert_eq!(plant.twin.trail(pump).len(), 3);
    assert_eq!(plant.twin.summary(lyon).points, 3);
    assert_eq!(plant.twin.plant_summary().points, 4);
    let temp = plant
        .twin
        .point(plant.tag("acme/lyon/pump2/bearing_temp_C", ""))
        .expect("a point");
    let unit = temp.unit.as_ref().expect("a unit");
    assert_eq!((&*unit.symbol, unit.origin), ("°C", UnitOrigin::Guessed));
}

#[test]
fn objects_are_assets_and_their_paths_points() {
    let mut plant = Plant::new();
    let leaves = vec![
        leaf("ANALOG.CTEnergy.Power", number(2_068.0)),
        leaf("DHT11.Temperature", number(23.5)),
    ];
    plant.send(message("tele/dev1/SENSOR", plant.now, leaves));
    assert_eq!(plant.paths(), ["tele", "tele/dev1", "tele/dev1/sensor"]);
    let point = plant
        .twin
        .point(plant.tag("tele/dev1/SENSOR", "DHT11.Temperature"))
        .expect("a point");
    assert_eq!(
        (&*point.name, point.decimals, &*point.tag()),
        ("DHT11 temperature", 1, "DHT11.Temperature")
    );
}

#[test]
fn payloads_may_name_assets_units_and_qualities() {
    let mut plant = Plant::new();
    let tag = Leaf {
        asset: Some("Channel1/Device1".into()),
        unit: Some("bar".into()),
        ..leaf("Tag1", number(1.25))
    };
    plant.send(message("iot/gateway", plant.now, vec![tag.clone()]));
    plant.send(message("iot/gateway", plant.now, vec![tag]));
    assert_eq!(
        plant.paths(),
        [
            "iot",
            "iot/gateway",
            "iot/gateway/channel1",
            "iot/gateway/channel1/device1"
        ]
    );
    assert_eq!(plant.twin.point_count(), 1);
    let point = plant
        .twin
        .point(plant.tag("iot/gateway", "Tag1"))
        .expect("a point");
    let unit = point.unit.as_ref().expect("a unit");
    assert_eq!((&*unit.symbol, unit.origin), ("bar", UnitOrigin::Stated));
}

#[test]
fn umh_topics_split_at_the_contract() {
    let mut plant = Plant::new();
    plant.say("umh/v1/acme/lyon/line1/_historian/motor/current", 3.0);
    assert_eq!(
        plant.paths(),
        ["acme", "acme/lyon", "acme/lyon/line1", "acme/lyon/line1/motor"]
    );
}

#[test]
fn a_topic_of_one_level_stands_below_its_source() {
    let mut plant = Plant::new();
    plant.say("temperature", 3.0);
    assert_eq!(plant.paths(), ["broker"]);
}

#[test]
fn a_second_source_stands_below_its_name_and_the_first_stays() {
    let mut plant = Plant::new();
    plant.say("acme/pump/speed", 1.0);
    let other = SourceId::new(2);
    plant.input(Input::SourceAdded {
        source: other,
        name: "North plant".into(),
    });
    plant.send(Message {
        source: other,
        ..message("acme/pump/speed", plant.now, vec![leaf("", number(1.0))])
    });
    plant.send(Message {
        source: other,
        ..message("lone", plant.now, vec![leaf("", number(1.0))])
    });
    plant.say("acme/fan/speed", 1.0);
    let expect = [
        "acme",
        "acme/pump",
        "north-plant",
        "north-plant/acme",
        "north-plant/acme/pump",
        "acme/fan",
    ];
    assert_eq!(plant.paths(), expect);
    assert_eq!(
        plant.twin.point_count(),
        4,
        "the same topic of two sources is two points"
    );
    assert_eq!(
        plant
            .twin
            .source(other)
            .map(|source| (source.points, source.readings)),
        Some((2, 2))
    );
    assert_eq!(plant.twin.source(BROKER).map(|source| source.points), Some(2));
}

#[test]
fn levels_that_look_alike_get_addresses_of_their_own() {
    let mut plant = Plant::new();
    for topic in [
        "acme/Pump 1/a",
        "acme/pump-1/a",
        "acme/PUMP_1/a",
        "acme/pump-1-2/a",
    ] {
        plant.say(topic, 1.0);
    }
    assert_eq!(
        plant.paths(),
        [
            "acme",
            "acme/pump-1",
            "acme/pump-1-2",
            "acme/pump-1-3",
            "acme/pump-1-2-2"
        ]
    );
}

#[test]
fn the_telling_points_come_first() {
    let mut plant = Plant::new();
    let fields = vec![
        leaf("alpha", number(1.0)),
        leaf("beta_bar", number(1.0)),
        Leaf {
            unit: Some("m/s".into()),
            ..leaf("gamma", number(1.0))
        },
        leaf("serial", Some(Value::Text("x".into()))),
        leaf("run_state", Some(Value::Text("running".into()))),
        leaf("delta", number(1.0)),
    ];
    plant.send(message("acme/lyon/pump", plant.now, fields));
    let delta = plant.tag("acme/lyon/pump", "delta");
    let settings = twin::PointSettings {
        normal: Some((0.0, 2.0)),
        ..twin::PointSettings::default()
    };
    plant.input(Input::SetPoint {
        point: delta,
        settings,
    });
    // Found later, and before all others by its name: equals stand as they were found.
    plant.send(message(
        "acme/lyon/pump",
        plant.now,
        vec![leaf("a_bar", number(1.0))],
    ));
    let expect: Vec<_> = ["delta", "gamma", "beta_bar", "a_bar", "alpha"]
        .map(|field| plant.tag("acme/lyon/pump", field))
        .into();
    for path in ["acme", "acme/lyon/pump"] {
        let asset = plant.twin.by_path(path).expect("an asset");
        assert_eq!(plant.twin.indicators(asset, 6), expect, "{path}");
        assert_eq!(plant.twin.indicators(asset, 2), expect[..2], "{path}");
    }
    let pump = plant.twin.by_path("acme/lyon/pump").expect("an asset");
    assert_eq!(
        plant.twin.state_point(pump),
        Some(plant.tag("acme/lyon/pump", "run_state"))
    );
}

#[test]
fn everything_is_found_by_name_tag_and_topic() {
    let mut plant = Plant::new();
    let speed = plant.say("acme/Kühlanlage/pump2/speed_rpm", 1.0);
    let cooler = plant.twin.by_path("acme/kuhlanlage").expect("an asset");
    assert_eq!(plant.twin.search("kuhlanlage", 1), [twin::Hit::Asset(cooler)]);
    assert_eq!(plant.twin.search("speed", 5), [twin::Hit::Point(speed)]);
    assert_eq!(plant.twin.search("speed_rpm kühl", 5), [twin::Hit::Point(speed)]);
    plant.input(Input::SetPoint {
        point: speed,
        settings: twin::PointSettings {
            name: Some("Drehzahl".into()),
            ..twin::PointSettings::default()
        },
    });
    assert_eq!(plant.twin.search("drehz", 5), [twin::Hit::Point(speed)]);
    plant.input(Input::NameAsset {
        asset: cooler,
        name: Some("Chiller".into()),
    });
    assert_eq!(plant.twin.search("chill", 5), [twin::Hit::Asset(cooler)]);
    assert_eq!(
        plant.twin.by_path("acme/kuhlanlage"),
        Some(cooler),
        "its address stays"
    );
}

//! Messages that state another unit than their property: converted where they measure the same, doubted where not.

#[path = "support/plant.rs"]
mod plant;

use std::sync::Arc;

use plant::{Plant, leaf, message, number};
use twin::{
    Conversion, Input, Leaf, Limits, ModelAsset, ModelPart, ModelPoint, Origin, PointSettings, Quality,
    Target, TwinConfig,
};

const TAG: &str = "can/tank";

/// Bars from millibars; kilowatts are none.
fn convert(from: &str, to: &str) -> Conversion {
    match (from, to) {
        ("mbar", "bar") => Conversion::Linear(0.001, 0.0),
        ("bar (g)", "bar") => Conversion::Linear(1.0, 0.0),
        ("kW", "bar") => Conversion::None,
        _ => Conversion::Unknown,
    }
}

/// A tank whose pressure the model has in bar, with a limit at 10.
fn tank() -> Plant {
    let mut plant = Plant::with(TwinConfig {
        convert,
        ..TwinConfig::default()
    });
    let target = Target {
        asset: "tank".into(),
        property: "pressure".into(),
    };
    let settings = PointSettings {
        unit: Some("bar".into()),
        limits: Limits {
            high: Some(10.0),
            ..Limits::default()
        },
        ..PointSettings::default()
    };
    for part in [
        ModelPart::Begin,
        ModelPart::Assets(vec![ModelAsset {
            key: "tank".into(),
            parent: None,
            name: None,
            ty: "tank".into(),
            tags: Vec::new(),
        }]),
        ModelPart::Points(vec![ModelPoint {
            target,
            origin: Origin::Tag {
                topic: TAG.into(),
                field: "p".into(),
            },
            settings: Arc::new(settings),
        }]),
        ModelPart::End,
    ] {
        plant.input(Input::Model(part));
    }
    plant
}

#[test]
fn a_stated_unit_leads_to_the_models() {
    let mut plant = tank();
    for (value, unit, scaled, expect, quality, made_with) in [
        (
            1_013.0,
            Some("mbar"),
            None,
            1.013,
            Quality::Good,
            Some((0.001, 0.0)),
        ),
        (2.0, Some("bar (g)"), None, 2.0, Quality::Good, None),
        (3.0, Some("bar"), None, 3.0, Quality::Good, None),
        (4.0, None, None, 4.0, Quality::Good, None),
        (5.0, Some("kW"), None, 5.0, Quality::Uncertain, None),
        (6.0, Some("things"), None, 6.0, Quality::Good, None),
        // What a rule scaled is in the property's unit.
        (
            7.0,
            Some("mbar"),
            Some((0.001, 0.0)),
            7.0,
            Quality::Good,
            Some((0.001, 0.0)),
        ),
    ] {
        plant.go(1.0);
        let said = Leaf {
            unit: unit.map(Into::into),
            scaled,
            ..leaf("p", number(value))
        };
        plant.send(message(TAG, plant.now, vec![said]));
        let asset = plant.twin.modelled("tank").expect("the model has it");
        let point = plant.twin.property(asset, "pressure").expect("it has a point");
        let reading = plant.twin.reading(point).expect("it was heard");
        assert_eq!(
            (reading.value.clone(), reading.quality, plant.twin.scaled(point)),
            (number(expect), quality, made_with),
            "{value} {unit:?}"
        );
        let shown = plant.twin.point(point).and_then(|known| known.unit.clone());
        assert_eq!(shown.expect("it has a unit").symbol, "bar");
        // Far below the limit, in whatever unit it came.
        assert!(plant.twin.needs(8).0.is_empty(), "{value} {unit:?}");
    }
}

#[test]
fn another_quantity_is_told() {
    let mut plant = tank();
    let said = Leaf {
        unit: Some("kW".into()),
        ..leaf("p", number(5.0))
    };
    let sent = message(TAG, plant.now, vec![said]);
    let outputs = plant.twin.handle(plant.now, Input::Messages(vec![sent]));
    assert_eq!(outputs.foreign_units.len(), 1);
    assert_eq!(&*outputs.foreign_units[0].1, "kW");
}

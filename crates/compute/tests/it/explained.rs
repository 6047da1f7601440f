//! Where a number comes from.

use compute::{Means, Why};
use twin::Value;

use crate::support::Plant;

const PUMPS: &str = r#"
[types.machine]
version = 3
owner = "maintenance"
properties.power = { kind = "measurement", unit = "kW" }
properties.double = { kind = "computed", unit = "kW", formula = "power * factor" }
parameters.factor = { default = 2 }
[types.pump]
version = 5
extends = ["machine"]
properties.flow = { kind = "measurement", owner = "utilities" }
properties.energy = { kind = "computed", formula = "double / flow" }
[types.station]
inputs.powers = { through = "has_part", property = "power" }
properties.power = { kind = "computed", formula = "sum(powers)", coverage = 0.5 }
[assets.s]
type = "station"
[assets.p-1]
type = "pump"
relations.part_of = "s"
[assets.p-2]
type = "pump"
owner = "night shift"
relations.part_of = "s"
properties.energy.owner = "Ada"
"#;

#[test]
fn a_number_is_opened() {
    let mut plant = Plant::new(PUMPS);
    plant.put("p-1/power", 5.0);
    plant.settle();

    let double = plant.compute.explain("p-1", "double").unwrap();
    assert_eq!(double.means, Means::Transform);
    assert_eq!(double.formula.as_deref(), Some("power * factor"));
    assert_eq!((&*double.ty, double.version), ("pump", 5));
    assert_eq!((&*double.said_by.0, double.said_by.1), ("machine", 3));
    assert_eq!(double.owner.as_deref(), Some("maintenance"));
    assert_eq!(
        double.unit.map(|unit| unit.code().to_owned()).as_deref(),
        Some("kW")
    );
    assert_eq!((double.time, double.why), (Some(plant.now), None));
    let inputs: Vec<_> = double
        .inputs
        .iter()
        .map(|input| (&*input.name, &input.members[0]))
        .collect();
    let [("power", power), ("factor", factor)] = inputs[..] else {
        panic!("{inputs:?}")
    };
    assert_eq!(power.value, Some(Value::Number(5.0)));
    assert_eq!((power.time, power.why), (Some(plant.now), None));
    assert_eq!((&*factor.asset, &*factor.property), ("p-1", "factor"));
    assert_eq!(
        (factor.value.clone(), factor.time),
        (Some(Value::Number(2.0)), None)
    );

    let energy = plant.compute.explain("p-2", "energy").unwrap();
    assert_eq!(energy.owner.as_deref(), Some("Ada"));
    assert_eq!(energy.why, Some(Why::Missing));
    assert_eq!(energy.missing.len(), 2);

    let sum = plant.compute.explain("s", "power").unwrap();
    assert_eq!((sum.coverage.fresh, sum.coverage.all, sum.least), (1, 2, 0.5));
    assert_eq!(sum.inputs[0].count, 2);
    assert_eq!(sum.inputs[0].members[1].why, Some(Why::NeverSeen));
    assert_eq!(sum.why, None);

    let measured = plant.compute.explain("p-1", "flow").unwrap();
    assert_eq!((measured.means, measured.formula), (Means::Measurement, None));
    assert_eq!(measured.owner.as_deref(), Some("utilities"));
    assert_eq!(plant.compute.explain("p-1", "nothing"), None);
    assert_eq!(plant.compute.explain("nobody", "flow"), None);
}

#[test]
fn what_is_undefined_is_told_from_what_is_missing() {
    let mut plant = Plant::new(PUMPS);
    plant.put("p-1/power", 5.0);
    plant.put("p-1/flow", 0.0);
    plant.settle();
    let energy = plant.compute.explain("p-1", "energy").unwrap();
    assert_eq!((energy.why, energy.missing), (Some(Why::Undefined), Vec::new()));
    assert!(energy.coverage.is_whole());
}

//! Whether a value that a rule made is what the model says of its property.

use std::sync::Arc;

use ::bind::Bound;
use model::{Data, Kind, Property, Scalar};
use twin::Value;

/// What of a value does not fit; none when all does.
pub fn mismatch(property: &Property, leaf: &Bound) -> Option<String> {
    let name = &leaf.property;
    if let Some(value) = leaf.value.as_ref().map(scalar)
        && let Some(expected) = expected(property, &value)
    {
        return Some(format!("`{name}` is {expected}, and {} is not", written(&value)));
    }
    let (Some(own), Some(sent)) = (&property.unit, &leaf.unit) else {
        return None;
    };
    // What measures the same is converted.
    let agrees = learn::unit_from_symbol(sent).is_none_or(|sent| own.agrees(&sent));
    (!agrees).then(|| {
        let own = own.code();
        format!("`{name}` is in `{own}`, and this comes in `{sent}`, which measures something else: change the rule's unit, or the property's")
    })
}

/// What the property is, where the value is something else.
fn expected(property: &Property, value: &Scalar) -> Option<String> {
    if property.kind == Some(Kind::State) {
        let states = || property.states.iter().flat_map(|state| &state.values);
        let has_values = states().next().is_some();
        return (has_values && !states().any(|own| own == value)).then(|| {
            format!(
                "one of {}",
                states().take(12).map(written).collect::<Vec<_>>().join(", ")
            )
        });
    }
    let data = property.data.unwrap_or(Data::Number);
    if data.takes(value) {
        return None;
    }
    let unit = || {
        property
            .unit
            .as_ref()
            .map(|unit| format!(" in `{}`", unit.code()))
            .unwrap_or_default()
    };
    Some(match data {
        Data::Number => format!("a number{}", unit()),
        Data::Integer => format!("a whole number{}", unit()),
        Data::Boolean => "true or false".to_owned(),
        Data::Text => "a text".to_owned(),
    })
}

fn scalar(value: &Value) -> Scalar {
    match value {
        Value::Number(number) => Scalar::Number(*number),
        Value::Bool(on) => Scalar::Flag(*on),
        Value::Text(text) => Scalar::Text(Arc::clone(text)),
    }
}

fn written(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Number(number) => formula::shortest(*number),
        Scalar::Flag(on) => on.to_string(),
        Scalar::Text(text) => format!("\"{}\"", decode::sample(text.as_bytes(), 40)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [types.pump.properties]
        power = { kind = "measurement", unit = "kW" }
        starts = { kind = "measurement", data = "integer" }
        running = { kind = "measurement", data = "boolean" }
        product = { kind = "attribute", data = "text" }
        state = { kind = "state", states = [{ name = "running", values = ["RUN", 1] }, { name = "stopped", values = ["STOP"] }] }
        [assets.p]
        type = "pump"
    "#;

    #[track_caller]
    fn check(property: &str, value: Value, unit: Option<&str>, expect: Option<&str>) {
        let file = model::File {
            path: "m.toml",
            text: FILE,
        };
        let checked = model::check_files(&[file], &formula::NoZones);
        let asset = &checked.model.assets["p"];
        let own = checked.resolved.property(asset, property).unwrap();
        let leaf = Bound {
            asset: "p".into(),
            property: property.into(),
            value: Some(value),
            time: None,
            scaled: None,
            quality: twin::Quality::Good,
            unit: unit.map(Into::into),
            tag: (None, "x".into()),
            rule: "r".into(),
        };
        assert_eq!(mismatch(&own, &leaf).as_deref(), expect, "{property}");
    }

    #[test]
    fn values_are_held_against_the_data_type() {
        let text = |text: &str| Value::Text(text.into());
        check("power", Value::Number(7.5), None, None);
        check(
            "power",
            text("abc"),
            None,
            Some("`power` is a number in `kW`, and \"abc\" is not"),
        );
        check(
            "power",
            Value::Bool(true),
            None,
            Some("`power` is a number in `kW`, and true is not"),
        );
        check("starts", Value::Number(3.0), None, None);
        check(
            "starts",
            Value::Number(3.5),
            None,
            Some("`starts` is a whole number, and 3.5 is not"),
        );
        check(
            "running",
            Value::Number(1.0),
            None,
            Some("`running` is true or false, and 1 is not"),
        );
        check("product", text("Cola"), None, None);
        check("state", text("RUN"), None, None);
        check("state", Value::Number(1.0), None, None);
        check(
            "state",
            text("run"),
            None,
            Some("`state` is one of \"RUN\", 1, \"STOP\", and \"run\" is not"),
        );
    }

    #[test]
    fn units_are_held_against_the_unit() {
        check("power", Value::Number(7.5), Some("kW"), None);
        check("power", Value::Number(7.5), Some("no unit at all"), None);
        check("power", Value::Number(7.5), Some("W"), None);
        check(
            "power",
            Value::Number(7.5),
            Some("bar"),
            Some(
                "`power` is in `kW`, and this comes in `bar`, which measures something else: change the rule's unit, or the property's",
            ),
        );
    }
}

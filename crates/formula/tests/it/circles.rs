//! The formulas of an asset together.

use std::collections::BTreeMap;

use formula::sheet::{Definition, Sheet};
use formula::units::Unit;
use formula::{Declared, Kind, Type};

use super::support::World;

fn sheet(definitions: &[(&str, &str, Option<&str>)]) -> Result<Sheet, Vec<String>> {
    let number = |unit: &str| Declared {
        ty: Type::Number,
        unit: Unit::parse(unit).ok(),
        ..Declared::default()
    };
    let given = BTreeMap::from([
        ("inlet".to_owned(), number("bar")),
        ("outlet".to_owned(), number("bar")),
        ("flow".to_owned(), number("m3/h")),
    ]);
    let definitions = definitions
        .iter()
        .map(|(name, source, unit)| {
            let definition = Definition {
                source: (*source).to_owned(),
                kind: Kind::Transform,
                unit: unit.map(|unit| Unit::parse(unit).unwrap()),
            };
            ((*name).to_owned(), definition)
        })
        .collect();
    Sheet::check(&given, &definitions, &World).map_err(|found| {
        found
            .into_iter()
            .map(|found| {
                format!(
                    "{} at {}: {}",
                    found.property, found.problem.span.start, found.problem
                )
            })
            .collect()
    })
}

#[test]
fn formulas_are_ordered_and_know_each_other() {
    let sheet = sheet(&[
        ("a_power", "to(head * flow, 'kW')", Some("kW")),
        ("head", "outlet - inlet", None),
        ("warm", "a_power > 5", None),
    ])
    .unwrap();
    assert_eq!(sheet.order, ["head", "a_power", "warm"]);
    assert_eq!(sheet.formulas["head"].unit().unwrap().code(), "bar");
    assert!(sheet.warnings.is_empty());
}

#[test]
fn circles_are_told_where_they_close() {
    let errors = sheet(&[
        ("a", "inlet + b", None),
        ("b", "1 + c", None),
        ("c", "2 * a", None),
    ])
    .unwrap_err();
    assert_eq!(
        errors,
        ["c at 4: `a` depends on itself: a → b → c → a; break the circle here or at another of its steps"]
    );
    let errors = sheet(&[("a", "a + 1", None)]).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].contains("a → a"), "{errors:?}");
}

#[test]
fn mistakes_are_told_by_property() {
    let errors = sheet(&[
        ("a", "inlet + flow", None),
        ("b", "c", None),
        ("d", "inlet * 2", Some("K")),
    ])
    .unwrap_err();
    assert_eq!(
        errors,
        [
            "a at 0: `+` of `bar` and `m3/h`; they measure different things",
            "b at 0: unknown name `c`; did you mean `a`?"
                .replace("; did you mean `a`?", "")
                .as_str(),
            "d at 0: the result is in `bar`, the property in `K`; they measure different things",
        ]
    );
}

#[test]
fn a_chain_of_thousands_is_no_matter() {
    let definitions: BTreeMap<String, Definition> = (0..5_000)
        .map(|n| {
            let source = if n == 0 {
                "1".to_owned()
            } else {
                format!("p{:05} + 1", n - 1)
            };
            (
                format!("p{n:05}"),
                Definition {
                    source,
                    kind: Kind::Transform,
                    unit: None,
                },
            )
        })
        .rev()
        .collect();
    let sheet = Sheet::check(&BTreeMap::new(), &definitions, &World).unwrap();
    assert_eq!(sheet.order.len(), 5_000);
}

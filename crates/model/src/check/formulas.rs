//! The formulas of a type, together: types and units by `formula::sheet`, and circles that go
//! through states.

use std::collections::{BTreeMap, BTreeSet};

use formula::metric::MAX_SAMPLES;
use formula::sheet::{Definition, Found, Sheet};
use formula::units::Unit;
use formula::{Declared, Formula, Kind as Over, Role, Severity, Type, Zones};

use super::properties::element;
use crate::name::{InputName, ParameterName, PropertyPath, TypeName};
use crate::problem::{Finding, Part, Told, did_you_mean, listed};
use crate::property::{Data, Kind, Property, State};
use crate::resolve::{Effective, Resolved, Traced};

/// Between a property and the place of its state, in the names of a sheet.
const STATE: &str = "/states/";

pub(super) fn check(
    ty: &TypeName,
    effective: &Effective,
    resolved: &Resolved,
    zones: &dyn Zones,
    told: &mut Told,
) {
    let given = given(ty, effective, resolved, told);
    let definitions = definitions(effective);
    let (found, formulas) = match Sheet::check(&given, &definitions, zones) {
        Ok(sheet) => (sheet.warnings, sheet.formulas),
        Err(found) => (found, BTreeMap::new()),
    };
    for found in found {
        tell(ty, effective, found, told);
    }
    for (name, formula) in &formulas {
        tell_too_many(ty, effective, name, formula, told);
        tell_no_state(ty, effective, resolved, name, formula, told);
    }
    tell_circles(ty, effective, &formulas, told);
}

/// Windows with more samples of a property than are kept: they never have a value.
fn tell_too_many(ty: &TypeName, effective: &Effective, name: &str, formula: &Formula, told: &mut Told) {
    let Some(property) = effective.properties.get(name) else {
        return;
    };
    let length = property.value.window.as_deref().and_then(formula::duration);
    let Some(length) = length else { return };
    for input in formula.inputs() {
        let of = effective.properties.get(input.name.as_str());
        let Some(every) = of.and_then(|of| of.value.expected) else {
            continue;
        };
        let samples = length / 1_000_000 / i64::from(every.secs().max(1));
        if samples > MAX_SAMPLES as i64 {
            let message = format!(
                "`{}` is expected every {every}: {samples} samples in a window, and {MAX_SAMPLES} of them are kept; \
                 then there is no value",
                input.name
            );
            let help = "make the window shorter, or take values of shorter windows together";
            let element = element(ty, property, "properties", name, "window");
            told.tell(Finding::warning(element, message).help(help));
        }
    }
}

/// Texts that are none of the states they are compared with: the comparison never holds.
fn tell_no_state(
    ty: &TypeName,
    effective: &Effective,
    resolved: &Resolved,
    name: &str,
    formula: &Formula,
    told: &mut Told,
) {
    for (input, text, span) in formula.compared() {
        let Some(states) = states_of(effective, resolved, input) else {
            continue;
        };
        if states.iter().any(|state| *state.name == *text) {
            continue;
        }
        let Some(element) = place_of(ty, effective, name) else {
            continue;
        };
        let names = || states.iter().map(|state| &*state.name);
        let help =
            did_you_mean(text, names()).unwrap_or_else(|| format!("its states are {}", listed(names())));
        let finding = Finding::warning(element, format!("`{input}` is never '{text}'"));
        told.tell(Finding {
            part: Part::Inside(span),
            help: Some(help),
            ..finding
        });
    }
}

/// The states of what a formula calls by this name; none where it has none, or is of a number of assets.
fn states_of<'e>(effective: &'e Effective, resolved: &'e Resolved, name: &str) -> Option<&'e [State]> {
    let own = |effective: &'e Effective, path: &str| {
        let states = effective.properties.get(path)?.value.states.as_slice();
        (!states.is_empty()).then_some(states)
    };
    let Some(input) = effective.inputs.get(name) else {
        return own(effective, name);
    };
    let path = input.value.property.as_str();
    match (&input.value.through, &input.value.of) {
        (None, _) => own(effective, path),
        (Some(_), Some(of)) => own(resolved.types.get(of)?, path),
        (Some(_), None) => None,
    }
}

/// Where the formula of a property, or of one of its states, is written.
fn place_of(ty: &TypeName, effective: &Effective, definition: &str) -> Option<String> {
    let (name, state) = match definition.split_once(STATE) {
        Some((name, state)) => (name, Some(state)),
        None => (definition, None),
    };
    let property = effective.properties.get(name)?;
    Some(match state {
        Some(state) => format!(
            "{}/{state}/when",
            element(ty, property, "properties", name, "states")
        ),
        None => element(ty, property, "properties", name, "formula"),
    })
}

fn tell(ty: &TypeName, effective: &Effective, found: Found, told: &mut Told) {
    let Some(element) = place_of(ty, effective, &found.property) else {
        return;
    };
    let problem = found.problem;
    let finding = match problem.severity {
        Severity::Error => Finding::error(element, problem.message),
        Severity::Warning => Finding::warning(element, problem.message),
    };
    told.tell(Finding {
        part: Part::Inside(problem.span),
        help: problem.help.or_else(|| Some(way_out(ty, effective))),
        ..finding
    });
}

/// What a formula may say, where the mistake itself does not tell.
fn way_out(ty: &TypeName, effective: &Effective) -> String {
    let own = effective.properties.keys().filter(|path| !path.is_inside());
    let own = own.map(PropertyPath::as_str);
    let parameters = effective.parameters.keys().map(ParameterName::as_str);
    let names = own
        .chain(parameters)
        .chain(effective.inputs.keys().map(InputName::as_str));
    format!(
        "`{ty}` has {}; docs/formulas.md has what else there is",
        listed(names)
    )
}

/// What the formulas of a type may use and is no formula of the type itself.
fn given(
    ty: &TypeName,
    effective: &Effective,
    resolved: &Resolved,
    told: &mut Told,
) -> BTreeMap<String, Declared> {
    let mut given: BTreeMap<String, Declared> = BTreeMap::new();
    for (name, parameter) in &effective.parameters {
        let declared = Declared {
            ty: type_from_data(parameter.value.data),
            unit: parameter.value.unit.clone(),
            role: Role::Attribute,
            is_group: false,
        };
        given.insert(name.as_str().to_owned(), declared);
    }
    for (path, property) in &effective.properties {
        if path.is_inside() {
            continue;
        }
        let name = path.as_str().to_owned();
        if given.contains_key(&name) {
            tell_twice(ty, "properties", &name, property, "a parameter", told);
        }
        // Formulas declare themselves when they are checked.
        if property.value.kind != Some(Kind::Computed) {
            given.insert(name, declared(&property.value));
        }
    }
    for (name, input) in &effective.inputs {
        let place = |key: &str| element(ty, input, "inputs", name.as_str(), key);
        let name = name.as_str();
        if effective.properties.contains_key(name) {
            tell_twice(ty, "inputs", name, input, "a property", told);
        } else if effective.parameters.contains_key(name) {
            tell_twice(ty, "inputs", name, input, "a parameter", told);
        }
        let wanted = &input.value.property;
        let whose = match (&input.value.through, &input.value.of) {
            (None, _) => Some((effective, ty)),
            (Some(_), Some(of)) => resolved.types.get(of).map(|there| (&**there, of)),
            (Some(_), None) => None,
        };
        let mut found = Declared::default();
        if let Some((there, whose)) = whose {
            match there.properties.get(wanted) {
                Some(property) => found = declared(&property.value),
                None => {
                    let known = there.properties.keys().map(PropertyPath::as_str);
                    let help = told.nearest(wanted.as_str(), known).or_else(|| {
                        let known = there.properties.keys().map(PropertyPath::as_str);
                        Some(match there.properties.is_empty() {
                            true => format!("add it to the type `{whose}`"),
                            false => format!("it has {}", listed(known)),
                        })
                    });
                    let message = format!("`{whose}` has no property `{wanted}`");
                    let place = if input.value.through.is_none() {
                        place("property")
                    } else {
                        place("of")
                    };
                    told.tell(Finding::error(place, message).help_if(help));
                }
            }
        } else if input.value.of.is_none() {
            match common_unit(resolved, wanted) {
                Ok(unit) => found.unit = unit,
                Err((message, help)) => {
                    let finding = match message {
                        Some(message) => Finding::warning(place("property"), message),
                        None => {
                            Finding::error(place("property"), format!("no type has a property `{wanted}`"))
                        }
                    };
                    told.tell(finding.help(help));
                }
            }
        }
        found.is_group = input.value.through.is_some();
        given.insert(name.to_owned(), found);
    }
    given
}

/// The unit in which every type has a property; an error where none has it, and a warning where they
/// measure it differently and one formula would take the numbers together.
fn common_unit(
    resolved: &Resolved,
    property: &PropertyPath,
) -> Result<Option<Unit>, (Option<String>, &'static str)> {
    let mut having = resolved.types.iter().filter_map(|(name, ty)| {
        let property = ty.properties.get(property)?;
        Some((name, property.value.unit.clone()))
    });
    let Some((first, unit)) = having.next() else {
        return Err((None, "give a type this property, or name another"));
    };
    let is_same = |other: &Option<Unit>| match (&unit, other) {
        (Some(unit), Some(other)) => unit.same(other),
        (None, None) => true,
        _ => false,
    };
    let Some((other, other_unit)) = having.find(|(_, other)| !is_same(other)) else {
        return Ok(unit);
    };
    let code = |unit: &Option<Unit>| {
        unit.as_ref()
            .map_or("1".to_owned(), |unit| unit.code().to_owned())
    };
    let message = format!(
        "`{property}` is in `{}` for `{first}` and in `{}` for `{other}`: numbers of both would be taken together",
        code(&unit),
        code(&other_unit)
    );
    Err((
        Some(message),
        "say whose it is with `of`, or give both the same unit",
    ))
}

fn tell_twice<T>(ty: &TypeName, section: &str, name: &str, traced: &Traced<T>, other: &str, told: &mut Told) {
    let by = traced.origin().unwrap_or(ty);
    let message = format!("`{name}` is the name of {other} too");
    let finding = Finding::error(format!("types/{by}/{section}/{name}"), message);
    told.tell(
        finding
            .key()
            .help("formulas could not tell them apart; rename one"),
    );
}

fn declared(property: &Property) -> Declared {
    let windowed = property.window.is_some();
    Declared {
        ty: match property.kind {
            Some(Kind::State) => Type::Text,
            // What it puts out is only known once its formula is checked.
            Some(Kind::Computed) if property.data.is_none() => Type::Any,
            _ => type_from_data(property.data),
        },
        unit: property.unit.clone(),
        role: match property.kind {
            Some(Kind::Attribute) => Role::Attribute,
            Some(Kind::Computed) if windowed => Role::Metric,
            Some(Kind::Computed | Kind::State) => Role::Transform,
            Some(Kind::Measurement) | None => Role::Measurement,
        },
        is_group: false,
    }
}

fn type_from_data(data: Option<Data>) -> Type {
    match data.unwrap_or(Data::Number) {
        Data::Number | Data::Integer | Data::Boolean => Type::Number,
        Data::Text => Type::Text,
    }
}

impl Resolved {
    /// The formulas of a type, checked: by property, a state as one `case` over its expressions.
    /// None for a type nobody knows; a type with mistakes has none of its formulas.
    pub fn formulas(&self, ty: &TypeName, zones: &dyn Zones) -> Option<Result<Sheet, Vec<Found>>> {
        let effective = self.types.get(ty)?;
        let mut told = Told::default();
        let mut given = given(ty, effective, self, &mut told);
        let mut definitions: BTreeMap<String, Definition> = definitions(effective);
        definitions.retain(|name, _| !name.contains(STATE));
        for (path, property) in &effective.properties {
            if path.is_inside() || property.value.kind != Some(Kind::State) {
                continue;
            }
            if let Some(source) = case_of(path.as_str(), &property.value.states) {
                given.insert(source_name(path.as_str()), Declared::default());
                let definition = Definition {
                    source,
                    kind: Over::Transform,
                    unit: None,
                };
                definitions.insert(path.as_str().to_owned(), definition);
            }
        }
        Some(Sheet::check(&given, &definitions, zones))
    }
}

/// The name by which the formula of a state uses the state that its source tells.
#[must_use]
pub fn source_name(state: &str) -> String {
    format!("{state}__source")
}

/// `case(flow > 1, 'running', …, 'stopped')`; none where the source alone tells.
fn case_of(path: &str, states: &[State]) -> Option<String> {
    if states.iter().all(|state| state.when.is_none()) {
        return None;
    }
    let mut arguments = Vec::new();
    for state in states {
        let name = format!("'{}'", state.name.replace('\'', "''"));
        match &state.when {
            Some(when) => arguments.push(when.to_string()),
            None if !state.values.is_empty() => {
                arguments.push(format!("{} == {name}", source_name(path)));
            }
            None => {}
        }
        arguments.push(name);
    }
    Some(format!("case({})", arguments.join(", ")))
}

/// Every formula of a type and of its states.
fn definitions(effective: &Effective) -> BTreeMap<String, Definition> {
    let mut definitions = BTreeMap::new();
    for (path, property) in &effective.properties {
        if path.is_inside() {
            continue;
        }
        let property = &property.value;
        if let (Some(Kind::Computed), Some(source)) = (property.kind, &property.formula) {
            let kind = match property.window {
                Some(_) => Over::Metric,
                None => Over::Transform,
            };
            let definition = Definition {
                source: source.to_string(),
                kind,
                unit: property.unit.clone(),
            };
            definitions.insert(path.as_str().to_owned(), definition);
        }
        for (at, state) in property.states.iter().enumerate() {
            if let Some(when) = &state.when {
                let definition = Definition {
                    source: when.to_string(),
                    kind: Over::Transform,
                    unit: None,
                };
                definitions.insert(format!("{path}{STATE}{at}"), definition);
            }
        }
    }
    definitions
}

/// States that depend on themselves; circles of formulas alone are told by the sheet.
fn tell_circles(ty: &TypeName, effective: &Effective, formulas: &BTreeMap<String, Formula>, told: &mut Told) {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, formula) in formulas {
        let name = name.split_once(STATE).map_or(name.as_str(), |(name, _)| name);
        let names = formula.inputs().iter().map(|input| input.name.as_str());
        uses.entry(name).or_default().extend(names);
    }
    // Takes away what depends on nothing that is left, until only circles and their users remain.
    loop {
        let left: BTreeSet<&str> = uses.keys().copied().collect();
        let before = uses.len();
        uses.retain(|_, needs| needs.iter().any(|need| left.contains(need)));
        if uses.len() == before {
            break;
        }
    }
    for (name, needs) in &uses {
        let property = effective.properties.get(*name);
        let Some(property) = property.filter(|property| property.value.kind == Some(Kind::State)) else {
            continue;
        };
        let round = needs.iter().find(|need| uses.contains_key(**need));
        let message = match round {
            Some(need) if need != name => format!("the state `{name}` depends on itself, by `{need}`"),
            _ => format!("the state `{name}` depends on itself"),
        };
        let place = element(ty, property, "properties", name, "states");
        told.tell(Finding::error(place, message).help("let one of them use measured values only"));
    }
}

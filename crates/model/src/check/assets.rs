//! Assets against their types: parameters, values, what is different here.

use std::sync::Arc;

use super::properties::{out_of_order, tell_limits};
use super::types::{check_known, concrete};
use crate::form::{Scalar, table_of};
use crate::name::{ParameterName, PropertyPath};
use crate::plant::{Asset, Component, Model};
use crate::point::FIELD_NAME;
use crate::problem::{Finding, Told, listed};
use crate::property::{Data, Kind, Parameter, Property};
use crate::resolve::{Effective, Resolved, Traced, overridden};
use crate::template;

/// What an asset may say of a property that its type has.
const OVERRIDES: [&str; 13] = [
    "name",
    "description",
    "owner",
    "steward",
    "criticality",
    "normal",
    "range",
    "limits",
    "expected",
    "topic",
    "field",
    "zone",
    "offset",
];

pub(super) fn check(model: &Model, resolved: &Resolved, told: &mut Told) {
    for (key, asset) in &model.assets {
        let element = format!("assets/{key}");
        check_known(model, &asset.ty, &format!("{element}/type"), told);
        let Some(effective) = resolved.types.get(&asset.ty) else {
            continue;
        };
        if model.types.get(&asset.ty).is_some_and(|ty| ty.is_abstract) {
            let message = format!("`{}` is abstract: it is only there to be extended", asset.ty);
            let finding = Finding::error(format!("{element}/type"), message);
            told.tell(finding.help(concrete(model, &asset.ty)));
        }
        One {
            element: &element,
            asset,
            effective,
        }
        .check(told);
    }
    for (name, ty) in &model.types {
        for (component, part) in &ty.components {
            check_component(
                &format!("types/{name}/components/{component}"),
                part,
                resolved,
                told,
            );
        }
    }
}

fn check_component(element: &str, part: &Component, resolved: &Resolved, told: &mut Told) {
    let Some(effective) = resolved.types.get(&part.ty) else {
        return;
    };
    for (name, value) in &part.parameters {
        let place = format!("{element}/parameters/{name}");
        check_parameter(&place, name, value, effective, told);
    }
}

fn check_parameter(
    place: &str,
    name: &ParameterName,
    value: &Scalar,
    effective: &Effective,
    told: &mut Told,
) {
    let known: Option<&Traced<Parameter>> = effective.parameters.get(name);
    let Some(parameter) = known else {
        let names = || effective.parameters.keys().map(ParameterName::as_str);
        let help = told
            .nearest(name.as_str(), names())
            .or_else(|| match names().next() {
                Some(_) => Some(format!("there are {}", listed(names()))),
                None => Some("its type has no parameters".to_owned()),
            });
        told.tell(
            Finding::error(place, format!("unknown parameter `{name}`"))
                .key()
                .help_if(help),
        );
        return;
    };
    check_value(place, value, parameter.value.data, told);
}

fn check_value(place: &str, value: &Scalar, data: Option<Data>, told: &mut Told) {
    let data = data.unwrap_or(Data::Number);
    if !data.takes(value) {
        let finding = Finding::error(place, format!("`{value}` is no {}", data.word()));
        let help = match (data, value) {
            (Data::Number | Data::Integer, Scalar::Text(text)) if text.parse::<f64>().is_ok() => {
                Some(format!("write {text} without quotes"))
            }
            (Data::Text, _) => Some(format!("write \"{value}\" with quotes")),
            _ => Some(format!("write a {}, or change `data`", data.word())),
        };
        told.tell(finding.help_if(help));
    }
}

struct One<'a> {
    element: &'a str,
    asset: &'a Asset,
    effective: &'a Arc<Effective>,
}

impl One<'_> {
    fn check(&self, told: &mut Told) {
        let element = self.element;
        for (name, value) in &self.asset.parameters {
            let place = format!("{element}/parameters/{name}");
            check_parameter(&place, name, value, self.effective, told);
        }
        for (name, parameter) in &self.effective.parameters {
            if parameter.value.default.is_none() && !self.asset.parameters.contains_key(name) {
                let message = format!("the parameter `{name}` has no value");
                let help = format!(
                    "add `parameters = {{ {name} = … }}`, or give `{}` a default",
                    self.asset.ty
                );
                told.tell(Finding::error(format!("{element}/parameters"), message).help(help));
            }
        }
        for (path, value) in &self.asset.values {
            let place = format!("{element}/values/{path}");
            if let Some(property) = self.property(path, &place, told) {
                match property.kind {
                    Some(Kind::Attribute) | None => check_value(&place, value, property.data, told),
                    Some(kind) => {
                        let message = format!("`{path}` is a {}: it has no value here", kind.word());
                        told.tell(Finding::error(place, message).key().help("only attributes have"));
                    }
                }
            }
        }
        for (path, by) in &self.asset.properties {
            let place = format!("{element}/properties/{path}");
            if let Some(property) = self.property(path, &place, told) {
                self.check_override(&place, property, by, told);
            }
        }
    }

    fn property(&self, path: &PropertyPath, place: &str, told: &mut Told) -> Option<&Property> {
        let known = self.effective.properties.get(path).map(|traced| &traced.value);
        if known.is_none() {
            let names = self.effective.properties.keys().map(PropertyPath::as_str);
            let help = told
                .nearest(path.as_str(), names)
                .unwrap_or_else(|| format!("add it to the type `{}`", self.asset.ty));
            let message = format!("`{}` has no property `{path}`", self.asset.ty);
            told.tell(Finding::error(place, message).key().help(help));
        }
        known
    }

    fn check_override(&self, place: &str, property: &Property, by: &Property, told: &mut Told) {
        for key in table_of(by).keys() {
            if !OVERRIDES.contains(&&**key) && !key.starts_with("x-") {
                let message = format!("an asset cannot change the `{key}` of a property");
                let help = match &**key {
                    "value" => "write it under `values`".to_owned(),
                    _ => format!("change it in the type `{}`, or extend the type", self.asset.ty),
                };
                told.tell(Finding::error(format!("{place}/{key}"), message).key().help(help));
            }
        }
        let at = |key: &str| format!("{place}/{}", key.replace('.', "/"));
        tell_limits(&by.limits, &at, told);
        let whole = overridden(property, by);
        if let Some((at, message, help)) = out_of_order(&whole.limits, whole.normal) {
            told.tell(Finding::error(format!("{place}/{}", at.replace('.', "/")), message).help(help));
        }
        let bound = matches!(
            property.kind,
            Some(Kind::Attribute | Kind::Measurement | Kind::State) | None
        );
        for (key, text) in [("topic", &by.topic), ("field", &by.field)] {
            let Some(text) = text else {
                continue;
            };
            let place = format!("{place}/{key}");
            let known = |name: &str| {
                name == "asset"
                    || (key == "topic" && name == FIELD_NAME)
                    || self.effective.parameters.contains_key(name)
            };
            if !bound {
                let finding = Finding::error(place, format!("a computed property has no `{key}`"));
                told.tell(finding.key().help("remove it; its value comes from its formula"));
            } else if !template::faults(text, &known).is_empty() {
                let names = self.effective.parameters.keys().map(ParameterName::as_str);
                let help = format!("there are {}", listed(names.chain(["asset"])));
                let message = "a parameter here is unknown or not closed";
                told.tell(Finding::error(place, message).help(help));
            }
        }
    }
}

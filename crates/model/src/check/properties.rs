//! The properties of a type, each by itself: what its kind allows, data types, limits, windows,
//! states, bindings.

use std::collections::BTreeSet;

use formula::{Windows, Zone, Zones};

use crate::name::{PropertyPath, TypeName};
use crate::point::FIELD_NAME;
use crate::problem::{Finding, Told, listed};
use crate::property::{Data, Kind, Limits, Property};
use crate::resolve::{Effective, Traced};
use crate::template::{self, Fault};

/// The keys that only some kinds have.
const OF_KINDS: [(&str, &[Kind]); 16] = [
    ("key", &[Kind::Measurement, Kind::Computed]),
    ("formula", &[Kind::Computed]),
    ("window", &[Kind::Computed]),
    ("every", &[Kind::Computed]),
    ("offset", &[Kind::Computed]),
    ("zone", &[Kind::Computed]),
    ("coverage", &[Kind::Computed]),
    ("states", &[Kind::State]),
    ("value", &[Kind::Attribute]),
    ("topic", &[Kind::Attribute, Kind::Measurement, Kind::State]),
    ("field", &[Kind::Attribute, Kind::Measurement, Kind::State]),
    ("expected", &[Kind::Attribute, Kind::Measurement, Kind::State]),
    ("unit", &[Kind::Attribute, Kind::Measurement, Kind::Computed]),
    ("data", &[Kind::Attribute, Kind::Measurement, Kind::Computed]),
    ("normal", &[Kind::Attribute, Kind::Measurement, Kind::Computed]),
    ("range", &[Kind::Attribute, Kind::Measurement, Kind::Computed]),
];

pub(super) fn check(ty: &TypeName, effective: &Effective, zones: &dyn Zones, told: &mut Told) {
    for (name, parameter) in &effective.parameters {
        let data = parameter.value.data.unwrap_or(Data::Number);
        let at = |key: &str| element(ty, parameter, "parameters", name.as_str(), key);
        if let Some(default) = parameter
            .value
            .default
            .as_ref()
            .filter(|default| !data.takes(default))
        {
            let message = format!("`{default}` is no {}", data.word());
            told.tell(Finding::error(at("default"), message).help("change it or `data`"));
        }
        if parameter.value.unit.is_some() && !data.is_numeric() {
            told.tell(Finding::error(
                at("unit"),
                format!("a {} has no unit", data.word()),
            ));
        }
    }
    for (path, property) in &effective.properties {
        if !path.is_inside() {
            One { ty, path, property }.check(effective, zones, told);
        }
    }
}

/// Where a key of something inherited is written.
pub(super) fn element<T>(ty: &TypeName, traced: &Traced<T>, section: &str, name: &str, key: &str) -> String {
    let by = traced.said_by(key).or(traced.origin()).unwrap_or(ty);
    format!("types/{by}/{section}/{name}/{}", key.replace('.', "/"))
}

struct One<'a> {
    ty: &'a TypeName,
    path: &'a PropertyPath,
    property: &'a Traced<Property>,
}

impl One<'_> {
    fn at(&self, key: &str) -> String {
        element(self.ty, self.property, "properties", self.path.as_str(), key)
    }

    fn tell(&self, told: &mut Told, key: &str, message: impl Into<String>, help: &str) {
        // What `formula` says may have its way out in it.
        let message = message.into();
        let (message, help) = message.split_once("; ").unwrap_or((&message, help));
        told.tell(Finding::error(self.at(key), message).help(help));
    }

    fn check(&self, effective: &Effective, zones: &dyn Zones, told: &mut Told) {
        let property = &self.property.value;
        let Some(kind) = property.kind else {
            // One that could not be read is told already.
            let places = &told.places;
            let element = |by: &TypeName| format!("types/{by}/properties/{}/kind", self.path);
            if self
                .property
                .said
                .iter()
                .any(|said| places.key_of(&element(&said.ty)).is_some())
            {
                return;
            }
            let message = format!("the property `{}` has no `kind`", self.path);
            let words = listed(Kind::ALL.iter().map(|(word, _)| *word));
            let help = format!("add `kind = …`, one of {words}");
            told.tell(Finding::error(self.at("kind"), message).key().help(help));
            return;
        };
        for (key, kinds) in OF_KINDS {
            if self.property.said_by(key).is_some() && !kinds.contains(&kind) {
                let message = format!("a property of kind `{}` has no `{key}`", kind.word());
                let words = listed(kinds.iter().map(|kind| kind.word()));
                let help = format!("remove it, or make the property {words}");
                told.tell(Finding::error(self.at(key), message).key().help(help));
            }
        }
        if kind == Kind::Computed && property.formula.is_none() {
            let message = format!("the computed property `{}` has no `formula`", self.path);
            let help = "add `formula = \"…\"`, see docs/formulas.md";
            told.tell(Finding::error(self.at("kind"), message).help(help));
        }
        let data = property.data.unwrap_or(Data::Number);
        if let Some(value) = property.value.as_ref().filter(|value| !data.takes(value)) {
            self.tell(
                told,
                "value",
                format!("`{value}` is no {}", data.word()),
                "change it or `data`",
            );
        }
        if !data.is_numeric() && kind != Kind::State {
            let limits = property.limits.each().map(|(name, _)| format!("limits.{name}"));
            let keys = ["unit", "normal", "range"].map(str::to_owned);
            for key in keys.into_iter().chain(limits) {
                if self.property.said_by(&key).is_some() {
                    let message = format!("a {} has no `{key}`", data.word());
                    self.tell(told, &key, message, "remove it, or change `data`");
                }
            }
        }
        if kind == Kind::State {
            self.check_states(told);
        }
        if let Some((at, message, help)) = out_of_order(&property.limits, property.normal) {
            self.tell(told, at, message, help);
        }
        self.check_limits(told);
        if property
            .coverage
            .is_some_and(|share| !(0.0..=1.0).contains(&share))
        {
            let help = "write for example `coverage = 0.8`: four of five inputs are enough";
            self.tell(told, "coverage", "a share is from 0 to 1", help);
        }
        if self.property.value.key == Some(0) {
            let help = "write `key = 1` for what matters first";
            self.tell(told, "key", "places are counted from 1", help);
        }
        self.check_windows(zones, told);
        self.check_binding(effective, told);
    }

    fn check_limits(&self, told: &mut Told) {
        tell_limits(&self.property.value.limits, &|key| self.at(key), told);
    }

    fn check_states(&self, told: &mut Told) {
        let states = &self.property.value.states;
        if states.is_empty() {
            let message = format!("`{}` has no states", self.path);
            let help = format!(
                "add `[[types.{}.properties.{}.states]]` with a `name`",
                self.ty, self.path
            );
            told.tell(Finding::error(self.at("kind"), message).help(help));
        }
        let mut names = BTreeSet::new();
        let mut values: Vec<&crate::Scalar> = Vec::new();
        for (at, state) in states.iter().enumerate() {
            let place = |key: &str| format!("{}/{at}{key}", self.at("states"));
            if !names.insert(&*state.name) {
                let message = format!("the state `{}` is there twice", state.name);
                told.tell(Finding::error(place("/name"), message).help("give one of them another name"));
            }
            if state.when.is_some() && !state.values.is_empty() {
                let message = "a state is driven by an expression or by values, not by both";
                told.tell(Finding::error(place("/when"), message).help("remove `when` or `values`"));
            }
            let is_last = at + 1 == states.len();
            if state.when.is_none() && state.values.is_empty() && !is_last {
                let message = format!("nothing says when `{}` holds", state.name);
                let help = "add `when` or `values`; only the last state may hold otherwise";
                told.tell(Finding::error(place(""), message).help(help));
            }
            for (value_at, value) in state.values.iter().enumerate() {
                if values.contains(&value) {
                    let message = format!("`{value}` means another state already");
                    let finding = Finding::error(place(&format!("/values/{value_at}")), message);
                    told.tell(finding.help("remove it here or there"));
                }
                values.push(value);
            }
        }
    }

    fn check_windows(&self, zones: &dyn Zones, told: &mut Told) {
        let property = &self.property.value;
        let Some(length) = &property.window else {
            for key in ["every", "offset", "zone"] {
                if self.property.said_by(key).is_some() {
                    let message = format!("`{key}` is for windows, and there is no `window`");
                    self.tell(told, key, message, "add for example `window = \"1h\"`");
                }
            }
            return;
        };
        let mut windows = match Windows::tumbling(length) {
            Ok(windows) => windows,
            Err(message) => return self.tell(told, "window", message, "write for example `\"1h\"`"),
        };
        if let Some(every) = &property.every {
            match windows.clone().sliding(every) {
                Ok(sliding) => windows = sliding,
                Err(message) => self.tell(told, "every", message, "write for example `\"15m\"`"),
            }
        }
        if let Some(Err(message)) = property.offset.as_ref().map(|offset| windows.offset(offset)) {
            self.tell(told, "offset", message, "it says where windows are counted from");
        }
        let zone = property.zone.as_deref().map(|zone| (zone, Zone::parse(zone)));
        if let Some((name, zone)) = zone
            && !zone.is_some_and(|zone| zone.known(zones))
        {
            let message = format!("unknown time zone `{name}`");
            self.tell(told, "zone", message, "write for example `Europe/Paris` or `UTC`");
        }
    }

    fn check_binding(&self, effective: &Effective, told: &mut Told) {
        let property = &self.property.value;
        if property.field.is_some() && property.topic.is_none() {
            self.tell(told, "field", "a field of no topic", "add `topic = \"…\"`");
        }
        for (key, text) in [("topic", &property.topic), ("field", &property.field)] {
            let Some(text) = text else {
                continue;
            };
            if key == "topic" && text.contains(['+', '#']) {
                let help = "name one topic, with `{parameters}` where assets differ";
                self.tell(told, key, "a binding has no wildcards", help);
            }
            let known = || {
                effective
                    .parameters
                    .keys()
                    .map(|name| name.as_str())
                    .chain(["asset"])
                    .chain((key == "topic").then_some(FIELD_NAME))
            };
            for fault in template::faults(text, &|name| known().any(|known| known == name)) {
                let (message, help) = match fault {
                    Fault::Open => (
                        "a `{` without its `}`".to_owned(),
                        Some("close it, as in `{asset}`".to_owned()),
                    ),
                    Fault::Unknown(name) => (
                        format!("unknown parameter `{name}`"),
                        told.nearest(&name, known())
                            .or_else(|| Some(format!("there are {}", listed(known())))),
                    ),
                };
                told.tell(Finding::error(self.at(key), message).help_if(help));
            }
        }
    }
}

/// The key of the limit, or of the normal range, that is not where it belongs.
pub(super) fn out_of_order(
    limits: &Limits,
    normal: Option<(f64, f64)>,
) -> Option<(&'static str, String, &'static str)> {
    const KEYS: [(&str, &str); 4] = [
        ("low_low", "limits.low_low"),
        ("low", "limits.low"),
        ("high", "limits.high"),
        ("high_high", "limits.high_high"),
    ];
    let key_of = |name: &str| {
        KEYS.iter()
            .find(|(own, _)| *own == name)
            .map_or("limits", |(_, key)| *key)
    };
    let set: Vec<_> = limits.each().collect();
    for pair in set.windows(2) {
        if let [(below, lower), (above, upper)] = pair
            && lower.at >= upper.at
        {
            let message = format!(
                "`{above}` at {} is not above `{below}` at {}",
                formula::shortest(upper.at),
                formula::shortest(lower.at)
            );
            return Some((
                key_of(above),
                message,
                "limits rise from `low_low` over `low` and `high` to `high_high`",
            ));
        }
    }
    let (from, to) = normal?;
    let beyond = set.iter().find(|(name, limit)| {
        let is_low = name.starts_with("low");
        (is_low && limit.at > from) || (!is_low && limit.at < to)
    });
    let (name, limit) = beyond?;
    let message = format!(
        "`{name}` at {} is inside the normal range from {} to {}",
        formula::shortest(limit.at),
        formula::shortest(from),
        formula::shortest(to)
    );
    Some((
        key_of(name),
        message,
        "a healthy value would cross it; move the limit or the range",
    ))
}

/// What is wrong with limits, each by itself, and what of them nobody looks at yet.
pub(super) fn tell_limits(limits: &Limits, at: &dyn Fn(&str) -> String, told: &mut Told) {
    for (name, limit) in limits.each() {
        if limit
            .priority
            .is_some_and(|priority| !(1..=4).contains(&priority))
        {
            let help = "from 1, somebody must act now, to 4, a note";
            told.tell(
                Finding::error(at(&format!("limits.{name}.priority")), "priorities are 1 to 4").help(help),
            );
        }
        if limit.deadband.is_some_and(|deadband| deadband < 0.0) {
            let help = "write how far back it must come to be over, for example `deadband = 0.2`";
            told.tell(
                Finding::error(at(&format!("limits.{name}.deadband")), "a deadband is 0 or more").help(help),
            );
        }
        for (key, is_said, holds) in [
            ("delay", limit.delay.is_some(), "from the first value beyond it"),
            (
                "deadband",
                limit.deadband.is_some_and(|deadband| deadband >= 0.0),
                "to the first value within",
            ),
        ] {
            if is_said {
                let message = format!("`{key}` is kept and not evaluated yet: the limit is crossed {holds}");
                let help = "take it out, or leave it for the version that does";
                told.tell(Finding::warning(at(&format!("limits.{name}.{key}")), message).help(help));
            }
        }
    }
}

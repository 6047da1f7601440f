//! A mapping rule as it is written: nothing resolved, nothing checked.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Texts by a text.
pub type Words = BTreeMap<Box<str>, Box<str>>;

/// One binding: from messages to properties of assets. docs/bindings.md says what each key means.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// What it is for.
    pub description: Option<Box<str>>,
    /// The preset whose keys hold where this rule says nothing.
    pub preset: Option<Box<str>>,
    /// The name of the connection it is for; any without one.
    pub source: Option<Box<str>>,
    /// The topics it reads: `acme/+site/+area/+asset/#tag`.
    pub filter: Option<Box<str>>,
    /// What `#` took is split at the first level that begins so: `{before}`, `{split}`, `{after}`.
    pub split_at: Option<Box<str>>,
    /// Fan-out: JSON paths, each from what the one before it found.
    pub foreach: Vec<Box<str>>,
    /// Whether objects and lists are taken apart, each plain value below them by itself.
    pub flatten: Option<bool>,
    /// Names of members that are passed over, with all below them.
    pub without: Vec<Box<str>>,
    /// Names for formulas and templates, and the JSON paths they stand for.
    #[serde(rename = "let")]
    pub lets: Words,
    /// A text taken apart into names.
    pub parts: Option<Parts>,
    /// What must hold: JSON paths that find something (`!` before: nothing), or formulas.
    pub when: Vec<Box<str>>,
    /// The asset's key, a template.
    pub asset: Option<Box<str>>,
    /// The property's path, a template.
    pub property: Option<Box<str>>,
    /// The value: JSON paths, the first that finds something; or a formula.
    pub value: Vec<Box<str>>,
    /// When it was measured.
    pub time: Option<Time>,
    /// How far to trust it.
    pub quality: Option<Quality>,
    /// The unit of every number.
    pub unit: Option<Unit>,
    /// The units of some, by the member's name or the property.
    pub units: BTreeMap<Box<str>, Unit>,
    /// Values that mean that there is none.
    pub null_if: Vec<Scalar>,
    /// What numbers are multiplied with.
    pub scale: Option<f64>,
    /// What is added after.
    pub offset: Option<f64>,
    /// Whether what the broker replays from its store is passed over.
    pub ignore_retained: Option<bool>,
    /// Other keys for some assets, by what the template says.
    pub assets: Words,
    /// Other paths for some properties, by what the template says.
    pub properties: Words,
}

/// A text taken apart: `{ text = "{@.id}", like = "+channel.+device.#tag" }`.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parts {
    /// The text, a template.
    pub text: Box<str>,
    /// The pattern; `+name` reaches to the letter that follows it, `#name` to the end.
    pub like: Box<str>,
}

/// When a value was measured.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Time {
    /// JSON paths, the first that finds something; a template with a brace in it.
    pub path: Vec<Box<str>>,
    /// How it is written.
    pub unit: Option<TimeUnit>,
    /// Whose clocks it is where it does not say.
    pub zone: Option<Box<str>>,
    /// A formula: so many seconds before that time.
    pub back: Option<Box<str>>,
}

/// How a time is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Found out by its form and size.
    #[default]
    Auto,
    /// Seconds since 1970.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
    /// A text with date and time.
    Rfc3339,
}

/// How far to trust a value.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quality {
    /// JSON paths, the first that finds something.
    pub path: Vec<Box<str>>,
    /// What words and codes mean that nobody else uses.
    pub map: BTreeMap<Box<str>, Grade>,
}

/// OPC UA's three levels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Usable.
    Good,
    /// Usable with doubt.
    Uncertain,
    /// Not usable.
    Bad,
}

/// A unit.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Unit {
    /// JSON paths or units, the first that finds something.
    pub path: Vec<Box<str>>,
    /// What other words mean.
    pub map: Words,
}

/// A value that is compared with.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A switch.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Box<str>),
}

impl Rule {
    /// Whether a key that templates, paths and formulas stand in is said.
    pub(crate) fn says(&self, key: &str) -> bool {
        match key {
            "foreach" => !self.foreach.is_empty(),
            "let" => !self.lets.is_empty(),
            "parts" => self.parts.is_some(),
            "when" => !self.when.is_empty(),
            "asset" => self.asset.is_some(),
            "property" => self.property.is_some(),
            "value" => !self.value.is_empty(),
            "time" => self.time.is_some(),
            "quality" => self.quality.is_some(),
            "unit" => self.unit.is_some(),
            "units" => !self.units.is_empty(),
            _ => true,
        }
    }

    /// This rule with the keys of `preset` where it says nothing; tables are joined.
    #[must_use]
    pub(crate) fn over(&self, preset: &Self) -> Self {
        fn or<T: Clone>(own: &Option<T>, other: &Option<T>) -> Option<T> {
            own.clone().or_else(|| other.clone())
        }
        fn list<T: Clone>(own: &[T], other: &[T]) -> Vec<T> {
            if own.is_empty() { other } else { own }.to_vec()
        }
        fn table<V: Clone>(
            own: &BTreeMap<Box<str>, V>,
            other: &BTreeMap<Box<str>, V>,
        ) -> BTreeMap<Box<str>, V> {
            let both = other.iter().chain(own);
            both.map(|(key, value)| (key.clone(), value.clone())).collect()
        }
        Self {
            description: or(&self.description, &preset.description),
            preset: None,
            source: or(&self.source, &preset.source),
            filter: or(&self.filter, &preset.filter),
            split_at: or(&self.split_at, &preset.split_at),
            foreach: list(&self.foreach, &preset.foreach),
            flatten: or(&self.flatten, &preset.flatten),
            without: list(&self.without, &preset.without),
            lets: table(&self.lets, &preset.lets),
            parts: or(&self.parts, &preset.parts),
            when: list(&self.when, &preset.when),
            asset: or(&self.asset, &preset.asset),
            property: or(&self.property, &preset.property),
            value: list(&self.value, &preset.value),
            time: or(&self.time, &preset.time),
            quality: or(&self.quality, &preset.quality),
            unit: or(&self.unit, &preset.unit),
            units: table(&self.units, &preset.units),
            null_if: list(&self.null_if, &preset.null_if),
            scale: or(&self.scale, &preset.scale),
            offset: or(&self.offset, &preset.offset),
            ignore_retained: or(&self.ignore_retained, &preset.ignore_retained),
            assets: table(&self.assets, &preset.assets),
            properties: table(&self.properties, &preset.properties),
        }
    }
}

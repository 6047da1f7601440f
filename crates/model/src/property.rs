//! What a type says can be known of an asset.

use std::collections::BTreeMap;

use formula::units::Unit;

use crate::form::{
    Item, Leaf, Notes, Record, Scalar, Slot, Visit, Wrong, read_record, records, table_of, words,
};
use crate::name::{AssetKey, Language};
use crate::node::{Node, Value};
use crate::problem::Told;
use crate::time::Interval;

words!(
    /// What a property is.
    Kind, "a kind of property", {
        /// Set once and rarely changed: a rated power, a serial number.
        Attribute = "attribute",
        /// Measured.
        Measurement = "measurement",
        /// The result of a formula.
        Computed = "computed",
        /// One of a few states.
        State = "state",
    }
);

words!(
    /// What the values of a property are.
    Data, "a data type", {
        /// Numbers.
        Number = "number",
        /// Whole numbers: counters.
        Integer = "integer",
        /// Switches, 1 and 0 in formulas.
        Boolean = "boolean",
        /// Texts.
        Text = "text",
    }
);

words!(
    /// How much depends on it.
    Criticality, "a criticality", {
        /// Good to know.
        Low = "low",
        /// The usual.
        Medium = "medium",
        /// Production depends on it.
        High = "high",
        /// People, the environment or the product depend on it.
        Critical = "critical",
    }
);

words!(
    /// What a state counts as, for run hours and availability (ISO 22400-2, time model).
    CountsAs, "what a state counts as", {
        /// It does its work.
        Running = "running",
        /// It could.
        Standby = "standby",
        /// It is off, on purpose.
        Stopped = "stopped",
        /// It cannot.
        Failed = "failed",
        /// Somebody works on it.
        Maintenance = "maintenance",
    }
);

impl Data {
    /// Whether a value is one of these.
    #[must_use]
    pub fn takes(self, value: &Scalar) -> bool {
        match (self, value) {
            (Self::Number, Scalar::Number(_))
            | (Self::Boolean, Scalar::Flag(_))
            | (Self::Text, Scalar::Text(_)) => true,
            (Self::Integer, Scalar::Number(number)) => number.fract() == 0.0,
            _ => false,
        }
    }

    /// Whether a unit makes sense.
    #[must_use]
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Number | Self::Integer)
    }
}

/// What it is called and whose it is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct About {
    /// Display name.
    pub name: Option<Box<str>>,
    /// In a sentence or two.
    pub description: Option<Box<str>>,
    /// Who answers for it.
    pub owner: Option<Box<str>>,
    /// Who looks after its data.
    pub steward: Option<Box<str>>,
    /// How much depends on it.
    pub criticality: Option<Criticality>,
    /// What other systems said (`x-…`).
    pub notes: Notes,
}

impl About {
    pub(crate) fn visit(&mut self, visit: &mut dyn Visit) {
        visit.field("name", &mut self.name);
        visit.field("description", &mut self.description);
        visit.field("owner", &mut self.owner);
        visit.field("steward", &mut self.steward);
        visit.field("criticality", &mut self.criticality);
        visit.notes(&mut self.notes);
    }
}

/// A property: what one type says of it. What is left out is inherited.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Property {
    /// Its name and owner.
    pub about: About,
    /// What it is.
    pub kind: Option<Kind>,
    /// What its values are; numbers when nobody says.
    pub data: Option<Data>,
    /// Its unit.
    pub unit: Option<Unit>,
    /// Where a healthy value stays.
    pub normal: Option<(f64, f64)>,
    /// What an indicator spans.
    pub range: Option<(f64, f64)>,
    /// The four limits.
    pub limits: Limits,
    /// Its place among those that matter first: 1 the very first.
    pub key: Option<u32>,
    /// How often a value is expected.
    pub expected: Option<Interval>,
    /// The value of an attribute where an asset says nothing.
    pub value: Option<Scalar>,
    /// The formula of a computed property.
    pub formula: Option<Box<str>>,
    /// Length of the windows of a metric; without one it is a transform.
    pub window: Option<Box<str>>,
    /// How often a sliding window begins.
    pub every: Option<Box<str>>,
    /// Where windows are counted from.
    pub offset: Option<Box<str>>,
    /// The zone of their days.
    pub zone: Option<Box<str>>,
    /// Least share of its inputs that must be fresh for a value, 0 to 1; all of them when nobody
    /// says.
    pub coverage: Option<f64>,
    /// The states, the first that holds is the one.
    pub states: Vec<State>,
    /// The topic its values come on, with `{parameters}`.
    pub topic: Option<Box<str>>,
    /// The path in the payload, with `{parameters}`; none for a plain value.
    pub field: Option<Box<str>>,
}

impl Record for Property {
    const WHAT: &'static str = "a property";

    fn fields(&mut self, visit: &mut dyn Visit) {
        self.about.visit(visit);
        visit.field("kind", &mut self.kind);
        visit.field("data", &mut self.data);
        visit.field("unit", &mut self.unit);
        visit.field("normal", &mut self.normal);
        visit.field("range", &mut self.range);
        visit.field("limits", &mut self.limits);
        visit.field("key", &mut self.key);
        visit.field("expected", &mut self.expected);
        visit.field("value", &mut self.value);
        visit.field("formula", &mut self.formula);
        visit.field("window", &mut self.window);
        visit.field("every", &mut self.every);
        visit.field("offset", &mut self.offset);
        visit.field("zone", &mut self.zone);
        visit.field("coverage", &mut self.coverage);
        visit.field("states", &mut self.states);
        visit.field("topic", &mut self.topic);
        visit.field("field", &mut self.field);
    }
}

/// The four limits of a value; the outer ones are HH and LL.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Limits {
    /// LL.
    pub low_low: Option<Limit>,
    /// L.
    pub low: Option<Limit>,
    /// H.
    pub high: Option<Limit>,
    /// HH.
    pub high_high: Option<Limit>,
}

impl Limits {
    /// Those that are set, from the lowest.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, Limit)> {
        [
            ("low_low", self.low_low),
            ("low", self.low),
            ("high", self.high),
            ("high_high", self.high_high),
        ]
        .into_iter()
        .filter_map(|(name, limit)| Some((name, limit?)))
    }
}

impl Record for Limits {
    const WHAT: &'static str = "limits";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.field("low_low", &mut self.low_low);
        visit.field("low", &mut self.low);
        visit.field("high", &mut self.high);
        visit.field("high_high", &mut self.high_high);
    }
}

impl Slot for Limits {
    fn read(&mut self, node: &Node, told: &mut Told) {
        *self = read_record(node, told).unwrap_or_default();
    }

    fn write(&self) -> Option<Value> {
        let table = table_of(self);
        (!table.is_empty()).then_some(Value::Table(table))
    }
}

/// A limit: `9.5`, or `{ at = 9.5, priority = 2, delay = "10s", deadband = 0.2 }`.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Limit {
    /// Where.
    pub at: f64,
    /// From 1 (now) to 4 (a note).
    pub priority: Option<u32>,
    /// How long it must be crossed before it counts.
    pub delay: Option<Interval>,
    /// How far back it must come to be over.
    pub deadband: Option<f64>,
}

impl Limit {
    /// Its priority; for a kind that nobody gave one, 2 for the outer limits and 3 for the inner.
    #[must_use]
    pub fn priority_as(&self, kind: &str) -> u32 {
        let outer = matches!(kind, "low_low" | "high_high");
        self.priority.unwrap_or(if outer { 2 } else { 3 })
    }
}

impl Record for Limit {
    const WHAT: &'static str = "a limit";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.needed("at", &mut self.at);
        visit.field("priority", &mut self.priority);
        visit.field("delay", &mut self.delay);
        visit.field("deadband", &mut self.deadband);
    }
}

impl Item for Limit {
    fn read(node: &Node, told: &mut Told) -> Option<Self> {
        match node.value {
            Value::Number(at) => Some(Self {
                at,
                ..Self::default()
            }),
            _ => read_record(node, told),
        }
    }

    fn write(&self) -> Value {
        let table = table_of(self);
        if table.len() == 1 {
            Value::Number(self.at)
        } else {
            Value::Table(table)
        }
    }
}

/// A state: driven by an expression or by values of the source.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct State {
    /// Its name, the value formulas see.
    pub name: Box<str>,
    /// When it holds; the last state may do without.
    pub when: Option<Box<str>>,
    /// The values of the source that mean it.
    pub values: Vec<Scalar>,
    /// What it counts as.
    pub counts_as: Option<CountsAs>,
    /// Participles for people: "running", "läuft".
    pub words: BTreeMap<Language, Box<str>>,
}

impl Record for State {
    const WHAT: &'static str = "a state";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.needed("name", &mut self.name);
        visit.field("when", &mut self.when);
        visit.field("values", &mut self.values);
        visit.field("counts_as", &mut self.counts_as);
        visit.field("words", &mut self.words);
    }
}

/// A parameter: what topics, fields and formulas of a type leave open.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Parameter {
    /// What it is; numbers when nobody says.
    pub data: Option<Data>,
    /// Its unit.
    pub unit: Option<Unit>,
    /// Its value where an asset says nothing; without one every asset must.
    pub default: Option<Scalar>,
    /// What it is for.
    pub description: Option<Box<str>>,
}

impl Record for Parameter {
    const WHAT: &'static str = "a parameter";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.field("data", &mut self.data);
        visit.field("unit", &mut self.unit);
        visit.field("default", &mut self.default);
        visit.field("description", &mut self.description);
    }
}

/// A connection between assets, for a stretch of time: `"tank-1"`, or
/// `{ to = "tank-1", from = 2026-01-01T00:00:00Z }`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Link {
    /// The asset at the other end.
    pub to: AssetKey,
    /// Since when; for ever when nobody says.
    pub from: Option<formula::Time>,
    /// Until when, not included; still when nobody says.
    pub until: Option<formula::Time>,
}

impl Link {
    /// Whether it holds at an instant.
    #[must_use]
    pub fn holds_at(&self, time: formula::Time) -> bool {
        self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time < until)
    }

    /// Whether it holds at any instant of a stretch, its end not included.
    #[must_use]
    pub fn holds_within(&self, from: formula::Time, until: formula::Time) -> bool {
        self.from.is_none_or(|start| start < until) && self.until.is_none_or(|end| from < end)
    }
}

impl Record for Link {
    const WHAT: &'static str = "a relation to an asset";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.needed("to", &mut self.to);
        visit.field("from", &mut self.from);
        visit.field("until", &mut self.until);
    }
}

impl Item for Link {
    fn read(node: &Node, told: &mut Told) -> Option<Self> {
        if let Value::Text(_) = node.value {
            let to = <AssetKey as Item>::read(node, told)?;
            return Some(Self {
                to,
                ..Self::default()
            });
        }
        read_record(node, told)
    }

    fn write(&self) -> Value {
        let table = table_of(self);
        if table.len() == 1 {
            self.to.value()
        } else {
            Value::Table(table)
        }
    }
}

records!(Property, State, Parameter);

/// How many: `1`, `0..1`, `2..4`, `1..*`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Count {
    /// At least.
    pub least: u32,
    /// At most; none for any number.
    pub most: Option<u32>,
}

impl Count {
    /// Any number.
    pub const ANY: Self = Self { least: 0, most: None };
    /// None or one.
    pub const OPTIONAL: Self = Self {
        least: 0,
        most: Some(1),
    };

    /// Reads `0..1` and the like.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let count = match text.split_once("..") {
            None if text.trim() == "*" => Self::ANY,
            None => Self {
                least: number(text)?,
                most: Some(number(text)?),
            },
            Some((least, most)) => Self {
                least: number(least)?,
                most: match most.trim() {
                    "*" => None,
                    most => Some(number(most)?),
                },
            },
        };
        (count.most.is_none_or(|most| most >= count.least && most > 0)).then_some(count)
    }

    /// Whether so many are enough and not too many.
    #[must_use]
    pub fn takes(self, count: usize) -> bool {
        count >= self.least as usize && self.most.is_none_or(|most| count <= most as usize)
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.most {
            None if self.least == 0 => to.write_str("*"),
            None => write!(to, "{}..*", self.least),
            Some(most) if most == self.least => most.fmt(to),
            Some(most) => write!(to, "{}..{most}", self.least),
        }
    }
}

impl Leaf for Count {
    fn leaf(node: &Node) -> Result<Self, Wrong> {
        let text = match &node.value {
            Value::Text(text) => text.to_string(),
            Value::Number(number) => number.to_string(),
            other => return Err(Wrong::expected("a multiplicity", other)),
        };
        Self::parse(&text).ok_or_else(|| {
            Wrong::new(format!("`{text}` is no multiplicity"))
                .help("write for example \"1\", \"0..1\" or \"1..*\"")
        })
    }

    fn value(&self) -> Value {
        Value::Text(self.to_string().into())
    }
}

//! What the model says: of an asset, of how a number comes about, and of one type over all sites.

use serde::{Deserialize, Serialize};

use super::{AssetRef, PointView, RowsColumn};
use crate::message::Position;

/// A type by its id, name and version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TypeRef {
    pub id: String,
    pub name: String,
    pub version: u32,
}

/// What the model says of an asset.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AssetAbout {
    /// Its id in the model.
    pub key: String,
    pub ty: TypeRef,
    /// What its type is a kind of, the nearest first, by name.
    pub kinds: Vec<String>,
    /// The version of the whole model.
    pub model_version: u32,
    pub description: Option<String>,
    pub owner: Option<String>,
    pub steward: Option<String>,
    /// `low`, `medium`, `high` or `critical`.
    pub criticality: Option<String>,
    pub attributes: Vec<Attribute>,
    /// Its points in groups, those that matter first.
    pub groups: Vec<PointGroup>,
    /// Of what is computed: how much of its inputs was there, where it was not all.
    pub coverage: Vec<(u32, InputCoverage)>,
    /// Of what is computed and has no value: why.
    pub whys: Vec<(u32, Why)>,
    /// What the model expects of it, and of which nothing ever came.
    pub awaited: Vec<Awaited>,
    /// Its first states: point, name, and times as HTML: since when and what was before, run hours and starts,
    /// how long and how often in each state.
    pub states: Vec<(u32, String, String)>,
    pub relations: Vec<RelationRow>,
}

/// A value that is set once and rarely changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attribute {
    pub name: String,
    /// The component it is of.
    pub component: Option<String>,
    /// None where nobody gave one.
    pub value: Option<String>,
    pub unit: Option<String>,
    pub owner: Option<String>,
}

/// A property of which nothing ever came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Awaited {
    pub name: String,
    /// The property in its type.
    pub property: String,
    /// The component it is of.
    pub component: Option<String>,
    pub from: AwaitedFrom,
}

/// Where a value is to come from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwaitedFrom {
    /// A topic and the field in its payload; empty for a plain value.
    Tag(String, String),
    /// A mapping rule of the model.
    Rule,
    /// The model does not say.
    Nowhere,
}

/// Points that belong together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PointGroup {
    pub kind: GroupKind,
    /// The component they are of.
    pub component: Option<String>,
    pub points: Vec<u32>,
}

/// What holds a group together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Those that matter: with limits or a normal range, and the key figures.
    Key,
    State,
    Measurement,
    Computed,
    /// Tags that the model says nothing of.
    Unmapped,
}

/// How much of what a value comes from is there.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct InputCoverage {
    pub fresh: u32,
    pub all: u32,
}

/// A relation of an asset to another.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RelationRow {
    /// As it is read from this asset: `part_of`, `has_part`.
    pub relation: String,
    /// The other one leads here.
    pub is_inverse: bool,
    pub other: RelatedAsset,
    pub from_millis: Option<i64>,
    /// Until when, not included.
    pub until_millis: Option<i64>,
    /// It holds now.
    pub holds: bool,
}

/// The other end of a relation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RelatedAsset {
    /// Its id in the model.
    pub key: String,
    pub name: String,
    /// Where it is, when the twin has it.
    pub asset: Option<AssetRef>,
    pub ty: Option<String>,
}

/// `/tags/{id}/explain`: how a number comes about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ExplainPage {
    pub position: Position,
    pub point: PointView,
    pub crumbs: Vec<AssetRef>,
    pub means: Means,
    pub formula: Option<String>,
    /// Of a metric: its window and where it is counted from, as written.
    pub window: Option<String>,
    pub ty: Option<TypeRef>,
    /// The type that says the formula, or has the property.
    pub said_by: Option<TypeRef>,
    pub model_version: u32,
    /// The property in its type.
    pub property: Option<String>,
    pub description: Option<String>,
    pub owner: Option<String>,
    pub steward: Option<String>,
    pub inputs: Vec<ExplainInput>,
    pub coverage: Option<InputCoverage>,
    /// The least share of its inputs that it needs, 0 to 1.
    pub least: f64,
    pub missing: Vec<MissingInput>,
    /// Why it has no value, or one that cannot be.
    pub why: Option<Why>,
    /// Of a metric, the seconds of its last window that were seen, and of the whole window.
    pub seen: Option<(u32, u32)>,
    /// The way around, for what depends on itself.
    pub circle: Vec<String>,
    /// Where it is measured: source, topic and field.
    pub binding: Option<(String, String, String)>,
    /// Factor and offset that a mapping rule makes the value with of what comes.
    pub scaled: Option<(f64, f64)>,
    /// Of a state: its times, as HTML.
    pub times: Option<String>,
}

/// By what a number comes about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// A tag that the model says nothing of.
    Tag,
    Attribute,
    Measurement,
    /// A formula over current values.
    Transform,
    /// A formula over windows.
    Metric,
    State,
}

/// A name in a formula.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ExplainInput {
    pub name: String,
    /// It stands for many.
    pub is_group: bool,
    /// How many it stands for.
    pub count: u32,
    /// The first of them.
    pub members: Vec<ExplainMember>,
}

/// One value that a name stands for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ExplainMember {
    pub asset: RelatedAsset,
    pub property: String,
    /// The point, where it is one; its value is live.
    pub point: Option<PointView>,
    /// The value of what is no point, with its unit.
    pub value: Option<String>,
    /// Where it is expected from, while nothing ever came: topic and field.
    pub expected: Option<(String, String)>,
    pub coverage: Option<InputCoverage>,
    pub why: Option<Why>,
}

/// An input that is missing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MissingInput {
    pub asset: RelatedAsset,
    pub property: String,
    pub point: Option<u32>,
    pub why: Why,
    /// Where it is expected from, while nothing ever came: topic and field.
    pub expected: Option<(String, String)>,
}

/// Why a value is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    NeverSeen,
    NotFresh,
    NotGood,
    NoValue,
    NotGiven,
    NoProperty,
    Missing,
    TooFew,
    NoCalendar,
    Circle,
    Mistake,
    Waiting,
    NotSeen,
    Implausible,
    NoSample,
    NoMembers,
    Undefined,
    Unresolved,
}

/// `/compare`: assets of one type over all sites.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ComparePage {
    pub position: Option<Position>,
    /// Types that have assets, each with how many.
    pub types: Vec<(TypeRef, u32)>,
    /// What was asked for and is none of them.
    pub unknown: Option<String>,
    /// The chosen one.
    pub ty: Option<TypeRef>,
    /// What can be compared.
    pub properties: Vec<RowsColumn>,
    pub property: Option<RowsColumn>,
    /// The most first, or the least.
    pub rows: Vec<CompareRow>,
    /// How many there are.
    pub total: u32,
    pub descending: bool,
}

/// One asset among its like.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CompareRow {
    pub asset: AssetRef,
    pub site: Option<AssetRef>,
    pub state: Option<PointView>,
    pub value: Option<PointView>,
}

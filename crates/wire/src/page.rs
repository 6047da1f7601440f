//! What pages are first drawn from: the answer of each server function. It goes to pages by position, field after
//! field: no `tag`, `untagged`, `flatten` or `skip_serializing_if` here (docs/decisions/0009).
//!
//! A page that shows live values carries the position (epoch and revision) it was made at, so that
//! its subscriptions go on from there.

mod find;
mod learn;
mod level;
mod model;
mod share;
mod states;
mod units;

pub use find::{Facet, FacetChoice, FacetKind, FindPage, FindQuery, HITS, Hit};
pub use learn::{
    LEARN_ROWS, LearnAct, LearnAsset, LearnDecision, LearnDetail, LearnPage, LearnPlan, LearnProperty,
    LearnProposal, LearnQuery, LearnReason, LearnSaid, LearnStage, LearnTab, LearnTag, LearnTopic,
    LearnTopicTag, LearnType, PlanCount,
};
pub use level::{
    Bare, ChildRow, HierarchyRef, PlacePage, ROWS, RowsColumn, RowsOnly, RowsPage, RowsQuery, TREE_PART,
    TreeNode, TreePart, TreeQuery, TreeWay,
};
pub use model::{
    AssetAbout, Attribute, Awaited, AwaitedFrom, ComparePage, CompareRow, ExplainInput, ExplainMember,
    ExplainPage, GroupKind, InputCoverage, Means, MissingInput, PointGroup, RelatedAsset, RelationRow,
    TypeRef, Why,
};
pub use share::{ShareFrame, SharedPage, SharedPart};
pub use states::{Doing, StateWord, state_of};
pub use units::{Measured, Scale, Units, limits_by, settings_by};

use serde::{Deserialize, Serialize};

use crate::message::{Position, Summary};
use crate::reading::{Cadence, Reading};

/// The freshness bar, and what every page knows of the plant.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct PlantStatus {
    /// All points, over everything the viewer may see.
    pub summary: Summary,
    pub sources: Vec<SourceStatus>,
    /// Set while history cannot be written: since when (milliseconds).
    pub history_stopped_millis: Option<i64>,
    pub assets: u32,
}

/// One source in a word.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SourceStatus {
    pub source: u32,
    pub name: String,
    pub state: SourceState,
    /// Since when it is in this state.
    pub since_millis: i64,
}

/// Where a source's connection stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    #[default]
    Connecting,
    Connected,
    /// Was connected; is being tried again.
    Lost,
    /// The broker answered no (credentials, protocol); still tried, slowly.
    Refused,
    /// Somebody said not to use it; nothing is tried.
    Stopped,
}

/// Who decides whether a source is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceOrigin {
    /// The configuration.
    #[default]
    File,
    /// It is our own broker, used while there is no other.
    Embedded,
    /// Whoever added it on the sources page.
    Page,
}

/// What every page needs once: who looks, at what, when.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Shell {
    pub position: Position,
    pub server_millis: i64,
    pub build: String,
    /// The plant's name, from the root of the hierarchy or the configuration.
    pub plant_name: String,
    pub demo: Option<DemoStatus>,
    /// The server listens beyond this machine, without access control.
    pub open_to_network: bool,
    pub zone: Zone,
    pub plant: PlantStatus,
    /// The plant's first levels, for the site switcher: at most 50.
    pub sites: Vec<AssetRef>,
    /// Who reads.
    pub me: Me,
}

/// Who reads a page, and what they may do somewhere: what they may not is not offered. The server decides anew
/// at every request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Me {
    /// As shown; empty for nobody.
    pub name: String,
    /// The word of the highest role; empty for none.
    pub role: String,
    /// Has an account to sign out of.
    pub has_account: bool,
    /// A visitor of the demo, who chooses a role.
    pub may_choose: bool,
    pub may_see_sources: bool,
    pub may_see_status: bool,
    pub may_change_sources: bool,
    pub may_change_model: bool,
    pub may_change_points: bool,
    pub may_run_demo: bool,
    pub may_share: bool,
    pub may_see_work: bool,
    pub may_request_work: bool,
    pub may_plan_work: bool,
    pub may_administer: bool,
}

/// Wall-clock rules of a site over the time a page shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Zone {
    /// IANA name, for example `Europe/Paris`.
    pub name: String,
    /// From when (milliseconds) which offset from UTC (seconds) and which abbreviation hold; ascending.
    pub periods: Vec<ZonePeriod>,
}

/// One stretch of constant offset.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ZonePeriod {
    pub from_millis: i64,
    pub offset_secs: i32,
    pub abbreviation: String,
}

/// The demo plant, where it runs.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct DemoStatus {
    /// How many times faster than real the physics goes.
    pub speed: u32,
    pub faults: Vec<DemoFault>,
    /// The simulator does not answer.
    pub unreachable: bool,
    /// Per cent of the plant's past that are made; none when all of it is.
    pub past_percent: Option<u8>,
}

/// A fault that can be started.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DemoFault {
    /// Stable word, for example `bearing_wear`.
    pub kind: String,
    /// The asset it happens to, when known.
    pub asset: Option<AssetRef>,
    pub active: bool,
}

/// An asset named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AssetRef {
    pub asset: u32,
    pub name: String,
    /// Address path under `/h/`, for example `acme/lyon/utilities`.
    pub path: String,
}

/// An asset in a tree, a table or a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AssetNode {
    pub asset: AssetRef,
    pub children: u32,
    /// Points directly at it.
    pub points: u32,
    pub summary: Summary,
    /// Its operating state, where it has a point that tells.
    pub state: Option<PointView>,
}

/// What is known of a point beside its value. Readings are in the unit as measured, all else here in the
/// unit shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PointInfo {
    pub point: u32,
    pub asset: u32,
    pub name: String,
    pub unit: Option<Unit>,
    pub normal: Option<(f64, f64)>,
    pub limits: Limits,
    /// What an indicator's bar spans.
    pub range: Option<(f64, f64)>,
    /// Digits after the decimal sign worth showing.
    pub decimals: u8,
    pub is_simulated: bool,
    /// From readings to what is shown; none where they are shown as measured.
    pub measured: Option<Measured>,
    /// The states it tells, where the model says them; the first that fits is the one.
    pub states: Vec<StateWord>,
}

/// A unit and how it came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unit {
    /// As shown: `bar`, `°C`, `m³/h`.
    pub symbol: String,
    /// Read off the name of the tag, not stated by anybody.
    pub guessed: bool,
}

/// The four limits of a value; HH and LL are the outer ones.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Limits {
    pub low_low: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub high_high: Option<f64>,
    #[serde(default)]
    pub priorities: Priorities,
}

/// How urgent each limit is: from 1, somebody must act now, to 4, a note.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Priorities {
    pub low_low: u8,
    pub low: u8,
    pub high: u8,
    pub high_high: u8,
}

impl Default for Priorities {
    /// Where nobody says: 2 for the outer limits, 3 for the inner.
    fn default() -> Self {
        Self {
            low_low: 2,
            low: 3,
            high: 3,
            high_high: 2,
        }
    }
}

/// A point as a page shows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PointView {
    pub info: PointInfo,
    pub cadence: Cadence,
    pub reading: Option<Reading>,
    pub spark: Option<Spark>,
}

/// A small trend: evenly spaced buckets, each with its extremes; none where nothing was measured.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Spark {
    pub from_millis: i64,
    pub to_millis: i64,
    pub buckets: Vec<Option<(f64, f64)>>,
}

/// `/overview`: everything that asks for somebody, then every site and system in one table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OverviewPage {
    pub position: Position,
    pub needs: Vec<Need>,
    /// How many more there are than `needs` lists.
    pub more_needs: u32,
    pub rows: Vec<OverviewRow>,
    /// A model says what the assets are; without one they are as they were found.
    pub is_modelled: bool,
}

/// One row of the sites table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OverviewRow {
    pub node: AssetNode,
    /// 0 a site, 1 a system of the site above.
    pub depth: u8,
    /// Up to two telling values from within.
    pub indicators: Vec<PointView>,
}

/// Something that asks for somebody.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Need {
    pub kind: NeedKind,
    /// Since when, in milliseconds.
    pub since_millis: i64,
    /// It may have been longer: an earlier run of the server saw it already.
    pub is_longer: bool,
    /// Where: from the site down.
    pub trail: Vec<AssetRef>,
    pub point: Option<PointView>,
}

/// Why it asks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// A value beyond a limit.
    Limit { limit: LimitKind, at: f64 },
    /// A source without connection.
    SourceDown {
        source: u32,
        name: String,
        state: SourceState,
    },
    /// Points of one asset that no longer speak; where it is told of all below it, of how many.
    Silent {
        late: u32,
        stale: u32,
        offline: u32,
        among: Option<u32>,
    },
    /// Points of one asset with quality bad.
    Bad { points: u32 },
}

/// Which limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    LowLow,
    Low,
    High,
    HighHigh,
}

/// `/assets/{id}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AssetPage {
    pub position: Position,
    pub node: AssetNode,
    pub crumbs: Vec<AssetRef>,
    /// A page of its points: those with limits first, then by name.
    pub points: Vec<PointView>,
    pub points_total: u32,
    pub offset: u32,
    pub children: Vec<AssetNode>,
    pub needs: Vec<Need>,
    /// What the model says of it, where it knows it.
    pub about: Option<Box<AssetAbout>>,
}

/// `/tags/{id}`: where a point comes from, and what may be set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TagPage {
    pub position: Position,
    pub point: PointView,
    pub crumbs: Vec<AssetRef>,
    pub source: SourceStatus,
    pub topic: String,
    /// Path of the leaf in the payload; empty for a plain value.
    pub field: String,
    /// QoS as delivered.
    pub qos: u8,
    pub readings: u64,
    /// Seen earlier: the same source time again, or older than one already known.
    pub duplicates: u64,
    pub out_of_order: u64,
    pub settings: PointSettings,
    /// The type whose property it is, where the model knows it: its unit is the type's to say.
    pub modelled: Option<TypeRef>,
    /// Where it comes from, as HTML: its formula, who says so, its first inputs.
    pub brief: String,
    /// Of a state: its times, as HTML; else empty.
    pub times: String,
}

/// What a person may set for a point; none leaves what was found.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct PointSettings {
    pub name: Option<String>,
    pub unit: Option<String>,
    pub expected_millis: Option<u64>,
    pub normal: Option<(f64, f64)>,
    pub limits: Limits,
    pub range: Option<(f64, f64)>,
}

/// `/sources`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SourcesPage {
    pub position: Position,
    pub sources: Vec<SourceCard>,
    pub problems: Vec<ProblemRow>,
    /// Discovered points beyond the limit, which were not taken in.
    pub refused_points: u64,
    pub points_limit: u32,
    pub one_shots: Vec<OneShots>,
    /// The demo's own broker is in use: a newcomer may go on to theirs.
    pub is_demo: bool,
}

/// Topics below one level that spoke once and not again: request ids, most likely.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OneShots {
    /// The asset of the level.
    pub asset: u32,
    pub topic: String,
    pub count: u32,
    /// Turned away since.
    pub refused: u64,
    /// Ignored, or taken in all the same; until somebody decides new ones are turned away.
    pub decision: Option<bool>,
}

/// A source with its figures.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SourceCard {
    pub status: SourceStatus,
    /// `mqtt://host:1883`, without credentials.
    pub address: String,
    pub protocol: String,
    pub client_id: String,
    pub filters: Vec<FilterStatus>,
    pub messages: u64,
    pub messages_per_sec: f64,
    pub readings: u64,
    pub points: u32,
    pub problems: u64,
    pub last_message_millis: Option<i64>,
    /// In words, when it is not connected or something is amiss.
    pub detail: Option<String>,
    /// A gap was seen: messages were lost or the broker gave up its queue.
    pub gap_millis: Option<i64>,
    pub origin: SourceOrigin,
}

/// One subscription at the broker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FilterStatus {
    pub filter: String,
    /// QoS granted; none while unanswered.
    pub qos: Option<u8>,
    /// The broker's refusal in words.
    pub refused: Option<String>,
}

/// What could not be read, by source and reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProblemRow {
    pub source: u32,
    /// Stable word, for example `too_large`.
    pub reason: String,
    pub count: u64,
    /// Since when they are counted.
    pub since_millis: i64,
    pub last_millis: i64,
    pub topic: String,
    /// The start of one payload, made printable.
    pub sample: String,
}

/// A broker somebody wants to use.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct BrokerAddress {
    /// `mqtt://`, `mqtts://`, `ws://` or `wss://`, or just `host` or `host:port`.
    pub address: String,
    pub user: Option<String>,
    pub password: Option<String>,
    /// 3 or 5.
    pub version: u8,
}

/// What listening to it for a few seconds gave.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BrokerTest {
    pub connected: bool,
    /// The name of the source that uses this broker already.
    pub used_as: Option<String>,
    /// In words, when it could not connect.
    pub problem: Option<String>,
    pub messages: u64,
    pub topics: Vec<HeardTopic>,
    pub topics_total: u32,
    pub assets: u32,
    pub points: u32,
    pub listened_millis: u32,
}

/// A topic heard while testing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HeardTopic {
    pub topic: String,
    /// Printable start of a payload.
    pub sample: String,
    pub points: u32,
    pub problem: Option<String>,
}

/// The trend of some points, ready for plotly.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Trend {
    pub position: Position,
    pub from_millis: i64,
    pub to_millis: i64,
    /// One figure a point: traces and layout as plotly.js takes them.
    pub panels: Vec<TrendPanel>,
}

/// One point's trend.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TrendPanel {
    pub info: PointInfo,
    /// A longer silence breaks the line, in milliseconds.
    pub gap_millis: i64,
    /// Unless it is no longer than this: meanwhile a computed value held. Zero where none does.
    pub held_millis: i64,
    /// Readings in the range, before thinning.
    pub readings: u64,
    /// Points drawn.
    pub shown: u32,
    /// `{"data": […], "layout": {…}}`.
    pub figure: String,
    /// For the table and for readers without script: at most 200 (millis, value).
    pub table: Vec<(i64, Option<f64>)>,
}

/// `/status`: what runs, how far back history reaches, what passes through.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct StatusPage {
    /// `0.1.0`, and the build's hash where there is one.
    pub version: String,
    pub started_millis: i64,
    /// The oldest reading kept; none while there is none.
    pub history_from_millis: Option<i64>,
    pub history_bytes: u64,
    /// Kept at most; 0 for no limit.
    pub history_limit_bytes: u64,
    pub history_limit_days: u32,
    /// Times that were not written, newest first: at most 20.
    pub history_gaps: Vec<(i64, i64)>,
    /// Directories of damaged history, set aside at a start: what was in them is not shown.
    pub history_set_aside: Vec<String>,
    /// Live connections of browsers and programs.
    pub sockets: u32,
    pub messages_per_sec: f64,
    /// Resident memory of the server; none where it cannot be asked.
    pub memory_bytes: Option<u64>,
}

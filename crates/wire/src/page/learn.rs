//! `/sources/learn`: what was heard, what is proposed of it, what was decided.

use serde::{Deserialize, Serialize};

use super::{PointView, ProblemRow};
use crate::message::Position;

/// Assets, and unmapped tags, on one page.
pub const LEARN_ROWS: u32 = 100;

/// Which part of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum LearnTab {
    #[default]
    Assets,
    /// What was heard, by topic.
    Topics,
    Unmapped,
    Plan,
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LearnQuery {
    pub tab: LearnTab,
    /// The assets of this type only.
    pub ty: Option<u32>,
    /// The asset beside the table.
    pub asset: Option<u32>,
    pub offset: u32,
    /// The branch of the topics that is open, its levels joined by `/`.
    pub at: String,
    /// The topics with these words only.
    pub find: String,
}

/// What somebody did: a form with these fields.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LearnAct {
    /// What: `listen`, `stop`, `accept`, `rename_type` …
    pub act: String,
    /// The proposal it was meant for.
    pub stamp: u32,
    /// The assets or the type it is about.
    pub picks: Vec<u32>,
    /// The property it is about.
    pub key: String,
    /// What was entered or chosen.
    pub value: String,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum LearnStage {
    #[default]
    Idle,
    Listening {
        secs: u32,
        of_secs: u32,
        tags: u32,
        /// Those that spoke since listening began.
        spoke: u32,
    },
    /// What was heard is put together.
    Thinking,
    Ready,
}

/// What became of the last act.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum LearnSaid {
    /// It is about a proposal that is not there any more.
    Old,
    Unknown,
    NoName,
    NameTaken,
    Circle,
    NotYours,
    TooMany,
    /// What was entered as a unit is no UCUM code.
    NoUnit(String),
    /// Nothing is accepted yet.
    Nothing,
    /// Another version of the model was applied meanwhile.
    Moved,
    /// The model has mistakes: the first of them.
    Wrong(String),
    /// It holds.
    Applied {
        version: u32,
        assets: u32,
        types: u32,
    },
}

/// The page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LearnPage {
    pub position: Position,
    pub stage: LearnStage,
    /// Which proposal.
    pub stamp: u32,
    pub said: Option<LearnSaid>,
    /// Names of the sources that are connected, and of all.
    pub sources: Vec<String>,
    /// Tags known now.
    pub tags: u32,
    /// Version of the model that holds; 0 for none.
    pub version: u32,
    /// What could not be read since the server's start.
    pub problems: Vec<ProblemRow>,
    pub proposal: Option<LearnProposal>,
}

/// The proposal as far as it is shown.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct LearnProposal {
    pub heard_secs: u32,
    /// Tags heard, those an accepted or open asset has, and those of the model before.
    pub tags: u32,
    pub mapped: u32,
    pub mapped_before: u32,
    pub assets: u32,
    pub accepted: u32,
    pub rejected: u32,
    pub unmapped: u32,
    pub can_undo: u32,
    pub can_redo: u32,
    pub types: Vec<LearnType>,
    pub rows: Vec<LearnAsset>,
    /// Assets beyond those of `rows`, counted with them.
    pub rows_total: u32,
    pub offset: u32,
    /// The asset beside the table.
    pub detail: Option<LearnDetail>,
    pub topics: Vec<LearnTopic>,
    /// Levels of them that should be ignored, and are not yet.
    pub one_shots: Vec<super::OneShots>,
    pub unmapped_rows: Vec<LearnTag>,
    pub ignored: Vec<String>,
    pub plan: Option<LearnPlan>,
}

/// Why it is proposed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum LearnReason {
    Alike { assets: u32, percent: u8 },
    Known { ty: String, matched: u32, of: u32 },
    Named { word: String },
    Level { depth: u32 },
    Alone,
    Said,
}

/// A type in the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LearnType {
    pub index: u32,
    pub title: String,
    pub is_place: bool,
    /// The type that is there already.
    pub base: Option<String>,
    pub assets: u32,
    pub accepted: u32,
    pub properties: u32,
    pub percent: u8,
    pub reason: LearnReason,
}

/// What was decided of an asset.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum LearnDecision {
    #[default]
    Open,
    Accepted,
    Rejected,
}

/// An asset in the table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LearnAsset {
    pub index: u32,
    pub name: String,
    /// Its levels joined by `/`.
    pub path: String,
    pub ty: u32,
    pub type_title: String,
    pub reason: LearnReason,
    pub percent: u8,
    /// Tags it has, and properties its type has.
    pub tags: u32,
    pub of_tags: u32,
    pub decision: LearnDecision,
}

/// An asset with its properties.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LearnDetail {
    pub asset: LearnAsset,
    pub key: String,
    /// Assets below it.
    pub below: u32,
    /// What it is part of.
    pub parent: Option<u32>,
    /// The asset of the model it is part of, where that is there already.
    pub under: String,
    /// What it could be part of.
    pub places: Vec<(u32, String)>,
    pub properties: Vec<LearnProperty>,
}

/// A property of the asset's type, and its tag there.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LearnProperty {
    pub key: String,
    pub title: String,
    /// `measurement`, `counter`, `state`, `switch`, `text`, `attribute`.
    pub kind: String,
    /// Why, as a word: `codes`, `only_rises` …
    pub kind_reason: String,
    /// UCUM code.
    pub unit: String,
    /// Why, as a word: `stated`, `guessed`, `none`, `known`, `said`.
    pub unit_reason: String,
    pub percent: u8,
    pub expected_secs: Option<u32>,
    /// The states.
    pub states: Vec<String>,
    /// It belongs to a type that is there already.
    pub is_known: bool,
    /// Its value in this asset; none where it has no tag.
    pub point: Option<PointView>,
    pub topic: String,
}

/// A tag that no asset has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LearnTag {
    pub point: u32,
    pub topic: String,
    pub field: String,
    pub sample: String,
    pub unit: String,
    /// It never changed while listening.
    pub is_constant: bool,
}

/// A place in the tree of topics.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LearnTopic {
    /// From the root, levels joined by `/`; fields of a payload are levels too.
    pub path: String,
    pub name: String,
    pub depth: u32,
    /// Tags here and below, and those of them that no asset has.
    pub tags: u32,
    pub unmapped: u32,
    /// Whether what is below is shown; none where nothing is.
    pub is_open: Option<bool>,
    /// The tag that is here.
    pub tag: Option<LearnTopicTag>,
    /// So many more stand here that are not shown; nothing else is said then.
    pub more: u32,
}

/// A tag in the tree of topics.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LearnTopicTag {
    pub point: u32,
    pub sample: String,
    pub unit: String,
    /// The asset it goes to.
    pub asset: Option<(u32, String)>,
    pub is_ignored: bool,
}

/// How many of something come, change and go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PlanCount {
    pub added: u32,
    pub changed: u32,
    pub removed: u32,
}

/// What applying would do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LearnPlan {
    pub types: u32,
    pub assets: u32,
    pub tags: u32,
    pub of_types: PlanCount,
    pub of_assets: PlanCount,
    /// Relations between assets.
    pub of_relations: PlanCount,
    pub of_bindings: PlanCount,
    /// Assets and roll-ups that see a change.
    pub reaches: (u32, u32),
    /// Accepted tags that cannot be named in a model.
    pub left_out: u32,
    /// What is wrong with it.
    pub problems: Vec<String>,
    /// Path and text of each file; beyond the first ones their path alone.
    pub files: Vec<(String, String)>,
    pub files_total: u32,
}

//! A level of a hierarchy: its own page, the table of what is below it, and the tree beside both.

use serde::{Deserialize, Serialize};

use super::{AssetNode, AssetRef, PointView, Units};
use crate::message::{Position, Summary};

/// `/h/…`: one level of the hierarchy. Equipment without children has its asset page instead.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlacePage {
    pub position: Position,
    /// All roots together, where there are several: no asset, only a name and how many they are.
    pub is_plant: bool,
    pub node: AssetNode,
    pub crumbs: Vec<AssetRef>,
    /// At most six, each with the part it comes from where it is not the level's own.
    pub indicators: Vec<(Option<String>, PointView)>,
    /// Hierarchies the tree can be read by; none when there is only one.
    pub hierarchies: Vec<HierarchyRef>,
}

/// A hierarchy by its id and name: `location`, `Location`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HierarchyRef {
    pub id: String,
    pub name: String,
}

/// What is asked of the table of an asset's children: every part of it is in the page's address.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RowsQuery {
    /// The hierarchy; empty for that of the topics and of `part_of`.
    pub by: String,
    /// The first row.
    pub offset: u32,
    /// `name`, `state`, `beyond`, `tags`, or the key of a column after `p:`; empty for the order of names.
    pub sort: String,
    pub descending: bool,
    /// Words in the name.
    pub words: String,
    /// Only rows of this condition.
    pub only: RowsOnly,
    /// Only rows in this operating state.
    pub state: String,
    /// Only rows whose value in this column is from `min` to `max`.
    pub column: String,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// The units that `min` and `max` are in.
    pub units: Units,
    /// Keys of the columns to show; the most telling ones when none is said.
    pub columns: Vec<String>,
}

/// A condition of rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsOnly {
    #[default]
    All,
    /// Beyond a limit, not live, or bad.
    Abnormal,
    /// Beyond a limit.
    Beyond,
    /// Not everything is live.
    Silent,
}

impl RowsOnly {
    /// All, in the order of the filter.
    pub const ALL: [Self; 4] = [Self::All, Self::Abnormal, Self::Beyond, Self::Silent];

    /// As the address says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Abnormal => "abnormal",
            Self::Beyond => "beyond",
            Self::Silent => "silent",
        }
    }

    /// From the address; anything unknown is all.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|only| only.as_str() == word)
            .unwrap_or_default()
    }
}

/// A part of the table: sorted and sieved over all children at one moment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RowsPage {
    pub position: Position,
    /// When it was sorted.
    pub made_millis: i64,
    pub rows: Vec<ChildRow>,
    pub offset: u32,
    /// How many fit what was asked.
    pub matching: u32,
    /// How many children there are.
    pub total: u32,
    /// Said where there are none in this hierarchy.
    pub bare: Option<Bare>,
    /// The columns shown; empty when the children have nothing in common: then each row shows its own.
    pub shown: Vec<RowsColumn>,
    /// All columns to choose from, the shown ones too.
    pub columns: Vec<RowsColumn>,
    /// What was asked for as `min` and `max`, in the reader's units.
    pub bounds: (Option<f64>, Option<f64>),
    /// Operating states that occur: as they are asked for, and in words.
    pub states: Vec<(String, String)>,
}

/// An asset without anything below it in a hierarchy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bare {
    pub asset: AssetRef,
    /// The hierarchy that was asked for.
    pub by: HierarchyRef,
    /// It has a place in it.
    pub is_part: bool,
    /// Those in which it has something below it.
    pub elsewhere: Vec<HierarchyRef>,
}

/// A value that the children have in common.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowsColumn {
    /// Stable word for the address: the property, or the tag.
    pub key: String,
    pub name: String,
    pub unit: Option<String>,
}

/// One child in the table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChildRow {
    pub node: AssetNode,
    /// One for each shown column; without columns, its two most telling values.
    pub cells: Vec<Option<PointView>>,
    /// 0 directly below the level, 1 below that: a small level shows both.
    pub depth: u8,
    /// Its own rows follow.
    pub has_rows: bool,
}

/// A node of the tree.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TreeNode {
    pub asset: AssetRef,
    pub children: u32,
    pub summary: Summary,
}

/// Some of the children of an asset.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TreePart {
    /// None for the roots.
    pub parent: Option<u32>,
    /// How many there are.
    pub total: u32,
    /// The place of the first of `nodes` among them.
    pub offset: u32,
    pub nodes: Vec<TreeNode>,
}

/// The tree as far as it is open on the way to an asset.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct TreeWay {
    /// From the root down to the asset itself.
    pub trail: Vec<u32>,
    /// Of each step the part that holds the next one; last the first of its own children.
    pub parts: Vec<TreePart>,
}

/// What of the tree is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TreeQuery {
    /// The hierarchy; empty for that of the topics and of `part_of`.
    pub by: String,
    /// Only what is beyond a limit, not live or bad, or has such below it.
    pub abnormal: bool,
}

/// Nodes in one part.
pub const TREE_PART: u32 = 40;
/// Rows on one page of the table.
pub const ROWS: u32 = 40;

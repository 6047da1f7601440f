//! Search with facets: what was found, and by what it can be narrowed.

use serde::{Deserialize, Serialize};

use super::AssetRef;

/// What is searched for; every part of it is in the page's address.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FindQuery {
    pub words: String,
    /// `asset` or `tag`; empty for both.
    pub kind: String,
    /// Only within this asset.
    pub site: Option<u32>,
    /// Only assets of this type and their tags: its id.
    pub ty: String,
    /// Only what these answer for.
    pub owner: String,
    /// Only what is in this state of data: `live`, `late`, `stale`, `offline`, `bad`, `beyond`.
    pub data: String,
    /// The first hit shown.
    pub offset: u32,
}

/// What was found: a page of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct FindPage {
    pub hits: Vec<Hit>,
    pub offset: u32,
    /// How many fit.
    pub total: u32,
    /// There are more: the words fit so much that not all of it was looked at.
    pub is_cut: bool,
    pub facets: Vec<Facet>,
}

/// One way to narrow: each choice with how many of what was found it keeps, the others left as they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Facet {
    pub kind: FacetKind,
    pub choices: Vec<FacetChoice>,
}

/// By what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FacetKind {
    Kind,
    Site,
    Type,
    Owner,
    Data,
}

impl FacetKind {
    /// Its key in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Site => "site",
            Self::Type => "type",
            Self::Owner => "owner",
            Self::Data => "data",
        }
    }
}

/// A choice of a facet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FacetChoice {
    /// For the address.
    pub value: String,
    /// A name, where the plant gives one; stable words are named by the page.
    pub name: Option<String>,
    pub count: u32,
}

/// A search result.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hit {
    pub asset: AssetRef,
    /// The point, when it is one.
    pub point: Option<(u32, String)>,
    pub trail: String,
    /// The type of its asset, by name.
    pub ty: Option<String>,
    /// The state of its data, where it is not `live`.
    pub data: Option<String>,
    /// Its owner, where that is what the words found.
    pub owner: Option<String>,
    /// Its data steward, likewise.
    pub steward: Option<String>,
}

/// Hits on one page.
pub const HITS: u32 = 50;

//! What a share link shows: one asset, as far as whoever made the link said, and nothing around it.

use serde::{Deserialize, Serialize};

use super::{PointView, Trend};
use crate::message::Position;

/// What the page of a link starts from, beside what every page does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ShareFrame {
    /// The end of the link's address; it proves the holder.
    pub secret: String,
    /// Of the asset.
    pub name: String,
    /// When the link ends.
    pub ends_millis: i64,
    /// The word of the role of who made it; empty where nobody has one.
    pub by: String,
    /// Stands inside another site's page.
    pub is_embedded: bool,
    /// Whether its holder may report a problem.
    pub may_report: bool,
    /// Of a time that is over; for the head of the page only, as what follows.
    #[serde(skip)]
    pub is_past: bool,
    /// Where its picture for chats is.
    #[serde(skip)]
    pub card: String,
    /// Where other sites learn how to show it inside their pages; none where they may not.
    #[serde(skip)]
    pub oembed: Option<String>,
}

/// One asset below the one that is shared, with its telling values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SharedPart {
    /// Of the part, and of what is further down in it: `Line 1 · Filler`.
    pub name: String,
    pub points: Vec<PointView>,
}

/// `/s/{secret}`
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SharedPage {
    pub position: Position,
    pub name: String,
    pub state: Option<PointView>,
    /// The asset's values, those that matter first; none where values are not shown.
    pub points: Vec<PointView>,
    /// What is below it: each value with the asset that it is of.
    pub parts: Vec<SharedPart>,
    /// The first value's past, where that is shown.
    pub trend: Option<Trend>,
    /// Words of what whoever made the link left out: `values`, `history`, `alarms`, `children`.
    pub hidden: Vec<String>,
    /// Shown as it was then, milliseconds; none: live.
    pub as_of_millis: Option<i64>,
}

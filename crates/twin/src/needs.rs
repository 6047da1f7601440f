//! What asks for somebody: values beyond limits, sources gone, equipment silent or measuring badly.

use crate::id::{AssetId, PointId, SourceId};
use crate::point::LimitKind;
use crate::time::Timestamp;

/// Something that asks for somebody.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Need {
    /// Why.
    pub kind: NeedKind,
    /// Since when.
    pub since: Timestamp,
    /// Where; none for a source.
    pub asset: Option<AssetId>,
}

/// Why it asks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NeedKind {
    /// A value beyond a limit.
    Limit {
        /// Whose value.
        point: PointId,
        /// Which limit.
        limit: LimitKind,
        /// Where the limit is.
        at: f64,
    },
    /// A source without connection.
    SourceDown {
        /// Which.
        source: SourceId,
    },
    /// Points directly at one asset that no longer speak, while their source is connected.
    Silent {
        /// How many are overdue.
        late: u32,
        /// How many are old.
        stale: u32,
        /// How many have lost their device.
        offline: u32,
    },
    /// Points directly at one asset with quality bad.
    Bad {
        /// How many.
        points: u32,
    },
}

//! What asks for somebody: values beyond limits, sources gone, equipment silent or measuring badly.

use std::collections::BTreeSet;

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
    /// Points directly at one asset that no longer speak, while their source is connected: from the first
    /// that is old or offline on.
    Silent {
        /// How many more are overdue.
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

/// The kinds in the order people should see them, each with whom it is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Subject {
    Outer(PointId),
    Source(SourceId),
    Inner(PointId),
    Silent(AssetId),
    Bad(AssetId),
}

impl Subject {
    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::Outer(_) => 0,
            Self::Source(_) => 1,
            Self::Inner(_) => 2,
            Self::Silent(_) => 3,
            Self::Bad(_) => 4,
        }
    }
}

/// All needs in order, so that the first few cost nothing to find.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    /// Rank, then newest first, then whom.
    ordered: BTreeSet<(u8, i64, Subject)>,
}

impl Needs {
    const fn key(subject: Subject, since: Timestamp) -> (u8, i64, Subject) {
        (subject.rank(), since.micros().saturating_neg(), subject)
    }

    /// True when it was not there.
    pub(crate) fn insert(&mut self, subject: Subject, since: Timestamp) -> bool {
        self.ordered.insert(Self::key(subject, since))
    }

    /// True when it was there.
    pub(crate) fn remove(&mut self, subject: Subject, since: Timestamp) -> bool {
        self.ordered.remove(&Self::key(subject, since))
    }

    pub(crate) fn len(&self) -> usize {
        self.ordered.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Subject, Timestamp)> + '_ {
        self.ordered
            .iter()
            .map(|(_, since, subject)| (*subject, Timestamp::from_micros(since.saturating_neg())))
    }
}

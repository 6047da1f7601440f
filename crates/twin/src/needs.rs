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
    /// It may have been longer: an earlier run saw it already.
    pub is_longer: bool,
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
    /// Points that no longer speak, while their source is connected: from the first that is old or offline
    /// on. Directly at one asset; where nearly all below an asset are silent, told once, of the highest such.
    Silent {
        /// How many more are overdue.
        late: u32,
        /// How many are old.
        stale: u32,
        /// How many have lost their device.
        offline: u32,
        /// Of how many at it and below, when it is told of all that.
        among: Option<u32>,
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
    Group(AssetId),
    Inner(PointId),
    Silent(AssetId),
    Bad(AssetId),
}

impl Subject {
    /// The rank of [`Self::Silent`].
    pub(crate) const SILENT_RANK: u8 = 3;
    pub(crate) const LAST_RANK: u8 = 4;

    pub(crate) const fn rank(self) -> u8 {
        match self {
            Self::Outer(_) => 0,
            // All of a place silent is as if its source were gone.
            Self::Source(_) | Self::Group(_) => 1,
            Self::Inner(_) => 2,
            Self::Silent(_) => Self::SILENT_RANK,
            Self::Bad(_) => Self::LAST_RANK,
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

    /// Those of one rank, the newest first.
    pub(crate) fn of_rank(&self, rank: u8) -> impl Iterator<Item = (Subject, Timestamp)> + '_ {
        let first = (rank, i64::MIN, Subject::Outer(PointId::new(0)));
        let end = (rank + 1, i64::MIN, Subject::Outer(PointId::new(0)));
        self.ordered
            .range(first..end)
            .map(|(_, since, subject)| (*subject, Timestamp::from_micros(since.saturating_neg())))
    }
}

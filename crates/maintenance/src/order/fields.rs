//! What an order has one of: status, title, priority, dates, slot, assignee, job. Each remembers the event that
//! wrote it, so that somebody who had not seen that event is found out.

use std::collections::BTreeSet;

use twin::Timestamp;

use crate::id::{CrewId, Key, PersonId};
use crate::words::words;

use super::Revision;
use super::event::{Device, Event};

words! {
    /// What an order has one of.
    Field {
        /// Where it is in its life.
        Status = "status",
        /// What it is called.
        Title = "title",
        /// How soon it should be looked at.
        Priority = "priority",
        /// Its earliest and latest dates.
        Dates = "dates",
        /// When it is to be done.
        Slot = "slot",
        /// Who is to do it.
        Assignee = "assignee",
        /// How it is to be done.
        Job = "job",
    }
}

words! {
    /// How soon an order should be looked at.
    Priority {
        /// P1, now.
        Urgent = "urgent",
        /// P2, before all that is planned.
        High = "high",
        /// P3, in its turn.
        Medium = "medium",
        /// P4, when it fits.
        Low = "low",
    }
}

words! {
    /// Kinds of maintenance by EN 13306:2017, section 7.
    WorkKind {
        /// Preventive, by calendar or meter.
        Predetermined = "predetermined",
        /// Preventive, because of what was measured or predicted.
        ConditionBased = "condition_based",
        /// Corrective, delayed by the rules of the plant.
        CorrectiveDeferred = "corrective_deferred",
        /// Corrective, without delay.
        CorrectiveImmediate = "corrective_immediate",
        /// Makes it better than it was.
        Improvement = "improvement",
    }
}

impl WorkKind {
    /// Whether it happens before a failure.
    #[must_use]
    pub const fn is_preventive(self) -> bool {
        matches!(self, Self::Predetermined | Self::ConditionBased)
    }

    /// Whether it happens because of a failure.
    #[must_use]
    pub const fn is_corrective(self) -> bool {
        matches!(self, Self::CorrectiveDeferred | Self::CorrectiveImmediate)
    }
}

/// From when work is worthwhile and until when it is safe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    /// Before that it would be too early to be of use.
    pub earliest: Option<Timestamp>,
    /// After that it is overdue.
    pub latest: Option<Timestamp>,
}

/// Who is to do the work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignee {
    /// The crew.
    pub crew: Option<CrewId>,
    /// People by name.
    pub people: BTreeSet<PersonId>,
}

/// A value with the event that wrote it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Held<T> {
    pub(super) value: T,
    /// When it was written, where it was written.
    pub(super) since: Timestamp,
    /// The event.
    pub(super) key: Key,
    /// The length of the log once it was in.
    pub(super) revision: Revision,
    /// Tablets and pages that wrote it, or the same on their own.
    pub(super) devices: BTreeSet<Device>,
}

impl<T> Held<T> {
    pub(super) fn new(value: T, event: &Event, revision: Revision) -> Self {
        Self {
            value,
            since: event.when(),
            key: event.key,
            revision,
            devices: BTreeSet::from([event.device]),
        }
    }

    /// Whether it was written by others, and whoever wrote the event had not seen that.
    pub(super) fn is_unseen_by(&self, event: &Event) -> bool {
        self.revision > event.seen && !self.devices.contains(&event.device)
    }
}

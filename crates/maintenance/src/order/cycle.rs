//! The life cycle of a work order: one table says which status may follow which, who may, and whether a reason
//! is needed.

use crate::words::words;

words! {
    /// Where an order is in its life.
    Status {
        /// Somebody asked for it.
        Requested = "requested",
        /// It is to be done.
        Approved = "approved",
        /// It is known how: steps, crafts, hours, parts, permits.
        Planned = "planned",
        /// It is known when and by whom.
        Scheduled = "scheduled",
        /// Somebody is at it.
        InProgress = "in_progress",
        /// Somebody was at it and cannot go on.
        Blocked = "blocked",
        /// The work is finished.
        Done = "done",
        /// Somebody looked whether it helped.
        Verified = "verified",
        /// Nothing is open any more.
        Closed = "closed",
        /// It will not be done.
        Cancelled = "cancelled",
    }
}

words! {
    /// What lists show, in five words; *overdue* is derived from the latest date.
    Group {
        /// Not begun.
        Planned = "planned",
        /// Begun.
        InProgress = "in_progress",
        /// Begun and stuck.
        Blocked = "blocked",
        /// Finished, looked at or not.
        Done = "done",
        /// Not finished although its latest date is over.
        Overdue = "overdue",
    }
}

words! {
    /// What may be done with an order. Which role has which is the edge's to say.
    Right {
        /// Ask for work, comment, attach, watch.
        Request = "request_work",
        /// Say whether it is to be done.
        Approve = "approve_work",
        /// Say how: job, priority, dates, title.
        Plan = "plan_work",
        /// Say when and by whom.
        Schedule = "schedule_work",
        /// Do it: steps, time, parts, findings, permits and locks.
        Execute = "do_work",
        /// Begin what was not scheduled.
        BreakIn = "break_in",
        /// Say that it helped.
        Verify = "verify_work",
        /// Close it.
        Close = "close_work",
        /// Speak for the system that owns the order.
        Mirror = "mirror_work",
    }
}

/// A set of rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u16);

impl Rights {
    /// None.
    pub const NONE: Self = Self(0);
    /// All.
    pub const ALL: Self = Self(u16::MAX);

    /// These.
    #[must_use]
    pub fn of(rights: &[Right]) -> Self {
        Self(rights.iter().fold(0, |bits, right| bits | (1 << (*right as u16))))
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        self.0 & (1 << (right as u16)) != 0
    }
}

/// A status that may follow another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// From where.
    pub from: Status,
    /// To where.
    pub to: Status,
    /// Who may.
    pub right: Right,
    /// Whether it needs a reason in words.
    pub needs_reason: bool,
}

const fn plain(from: Status, to: Status, right: Right) -> Transition {
    Transition {
        from,
        to,
        right,
        needs_reason: false,
    }
}

const fn with_reason(from: Status, to: Status, right: Right) -> Transition {
    Transition {
        from,
        to,
        right,
        needs_reason: true,
    }
}

/// Every transition there is. What ended stays ended: what is to be done again is a new order.
pub const TRANSITIONS: [Transition; 27] = {
    use Right::{Approve, BreakIn, Close, Execute, Plan, Schedule, Verify};
    use Status::{
        Approved, Blocked, Cancelled, Closed, Done, InProgress, Planned, Requested, Scheduled, Verified,
    };
    [
        plain(Requested, Approved, Approve),
        with_reason(Requested, InProgress, BreakIn),
        with_reason(Requested, Cancelled, Approve),
        plain(Approved, Planned, Plan),
        with_reason(Approved, InProgress, BreakIn),
        with_reason(Approved, Cancelled, Approve),
        plain(Planned, Scheduled, Schedule),
        with_reason(Planned, Approved, Plan),
        with_reason(Planned, InProgress, BreakIn),
        with_reason(Planned, Cancelled, Approve),
        plain(Scheduled, InProgress, Execute),
        with_reason(Scheduled, Planned, Schedule),
        with_reason(Scheduled, Blocked, Execute),
        with_reason(Scheduled, Cancelled, Approve),
        plain(InProgress, Done, Execute),
        with_reason(InProgress, Blocked, Execute),
        with_reason(InProgress, Scheduled, Schedule),
        with_reason(InProgress, Cancelled, Approve),
        plain(Blocked, InProgress, Execute),
        plain(Blocked, Scheduled, Schedule),
        with_reason(Blocked, Planned, Plan),
        with_reason(Blocked, Cancelled, Approve),
        plain(Done, Verified, Verify),
        with_reason(Done, InProgress, Verify),
        plain(Verified, Closed, Close),
        with_reason(Verified, InProgress, Verify),
        // Sites that do not verify close what is done.
        with_reason(Done, Closed, Close),
    ]
};

impl Status {
    /// The transition from here to there, where there is one.
    #[must_use]
    pub fn to(self, to: Self) -> Option<&'static Transition> {
        TRANSITIONS.iter().find(|one| one.from == self && one.to == to)
    }

    /// Where it may go from here.
    pub fn next(self) -> impl Iterator<Item = &'static Transition> {
        TRANSITIONS.iter().filter(move |one| one.from == self)
    }

    /// Whether the work is still to be done or finished.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Verified | Self::Closed | Self::Cancelled)
    }

    /// Whether nothing follows.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }

    /// The group by status alone; none when it was cancelled.
    #[must_use]
    pub const fn group(self) -> Option<Group> {
        match self {
            Self::Requested | Self::Approved | Self::Planned | Self::Scheduled => Some(Group::Planned),
            Self::InProgress => Some(Group::InProgress),
            Self::Blocked => Some(Group::Blocked),
            Self::Done | Self::Verified | Self::Closed => Some(Group::Done),
            Self::Cancelled => None,
        }
    }
}

//! What becomes of an event, and what two tablets on one job do to each other.
//!
//! Every event ends in exactly one of these ways, and none is without a trace:
//!
//! - **Applied**: it holds.
//! - **Joined**: somebody else had already written the same; both are in the log, nothing is in doubt. Two
//!   people who both press *Start* are both at work.
//! - **Repeated**: it is in the log already, word for word. Sending again is harmless.
//! - **In conflict**: another device wrote the same field and this one had not seen it. The event is in the log
//!   and set aside, the field stays as it is, and the conflict is open until somebody says whose word holds.
//!   For facts nothing is set aside: they hold, and the conflict says what is odd about them.
//! - **Refused**: it cannot hold however one looks at it. It is not in the log; the device keeps it, with the
//!   reason.
//!
//! Facts (answers, time, parts, photos, comments, findings) never displace each other. Of two answers to one step
//! the later one counts, and where both are choices or one of them is *skipped*, that is told.

use crate::id::{Key, OrderId, StepId};
use crate::words::words;

use super::cycle::{Right, Status};
use super::fields::Field;
use super::job::BadJob;

/// What became of an event that is in the log, or was already.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It holds.
    Applied,
    /// The same was there already, by another event.
    Joined(Key),
    /// This very event was there already.
    Repeated,
    /// It is in the log, and waits for somebody's word.
    InConflict(ConflictKind),
}

impl Outcome {
    /// Whether it holds as it was sent.
    #[must_use]
    pub const fn is_applied(&self) -> bool {
        matches!(self, Self::Applied)
    }
}

/// Something that only a person can decide.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The event that came later: *mine*, for whoever sent it.
    pub mine: Key,
    /// The event that came first: *theirs*.
    pub theirs: Key,
    /// What it is about.
    pub kind: ConflictKind,
    /// What was decided, and by which event.
    pub settled: Option<(Key, Keep)>,
}

/// What a conflict is about.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictKind {
    /// Both wrote one field. Mine is set aside.
    Field(Field),
    /// Mine wants a status that does not follow any more, because theirs moved it. Mine is set aside.
    Moved {
        /// Where it is now.
        now: Status,
        /// Where mine wants it.
        wanted: Status,
    },
    /// Something that others did meanwhile stands in the way of mine: a step added, a permit handed back. Mine is
    /// set aside.
    Hindered(Box<Refusal>),
    /// Both answered a step, differently, and did not know of each other. Both are kept; the later counts until
    /// somebody decides.
    Answers(StepId),
    /// Theirs changed the job, and the step that mine answers is not in it any more. Mine is kept.
    StepGone(StepId),
    /// Theirs changed the job, and the permit or lock of mine is not in it any more. Mine is kept.
    NotInJob,
    /// The order had ended when this came. Mine is kept.
    AfterEnd(Status),
}

impl ConflictKind {
    /// What people mostly decide, to be offered first: who plans knows better when, who stands there what was done,
    /// and facts stand.
    #[must_use]
    pub const fn usual(&self) -> Keep {
        match self {
            Self::Field(_) => Keep::Theirs,
            Self::Moved { wanted, .. } => match wanted {
                Status::InProgress | Status::Blocked | Status::Done => Keep::Mine,
                _ => Keep::Theirs,
            },
            Self::Hindered(_) => Keep::Mine,
            Self::Answers(_) | Self::StepGone(_) | Self::NotInJob | Self::AfterEnd(_) => Keep::Both,
        }
    }
}

words! {
    /// Whose word holds.
    Keep {
        /// The event that came first.
        Theirs = "theirs",
        /// The event that came later.
        Mine = "mine",
        /// Both stand as they are, as facts.
        Both = "both",
    }
}

/// Why an event is not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// It is about another order.
    OtherOrder(OrderId),
    /// The log begins with a request, and has only one.
    NotFirst,
    /// The first event is no request.
    NoRequest,
    /// Another event has this key.
    KeyTaken,
    /// It says it has seen more of the log than there is.
    FromTheFuture,
    /// The author may not.
    NoRight(Right),
    /// This status does not follow that one.
    NoTransition {
        /// Where it is.
        from: Status,
        /// Where it should go.
        to: Status,
    },
    /// The order has ended; what is to be done again is a new order.
    Ended(Status),
    /// A reason is needed.
    NoReason,
    /// It is to be scheduled and nobody said when.
    NoSlot,
    /// Permits that are not given, by their places in the job.
    PermitsOpen(Vec<u16>),
    /// Locks that are not on, by their places in the job.
    LocksOpen(Vec<u16>),
    /// Locks that are still on, by their places in the job.
    LocksStand(Vec<u16>),
    /// Required steps without an answer.
    StepsOpen(Vec<StepId>),
    /// Conflicts that wait for somebody's word, by their events.
    ConflictsOpen(Vec<Key>),
    /// The job has no such step, permit or lock.
    NotInJob,
    /// The answer does not fit the step.
    WrongAnswer(StepId),
    /// Nothing is said: an empty title, comment or name.
    Empty,
    /// A number that is not finite, or below zero where it cannot be.
    BadNumber,
    /// The latest date is before the earliest.
    BadDates,
    /// The job cannot be worked by.
    BadJob(BadJob),
    /// There is no such event, or it cannot be withdrawn.
    NothingToWithdraw(Key),
    /// There is no such conflict, or it is settled.
    NothingToSettle(Key),
    /// That cannot be kept: a field has one value.
    CannotKeep(Keep),
}

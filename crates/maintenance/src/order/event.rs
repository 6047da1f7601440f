//! What can be written into the log of an order. Facts only add up; changes and moves write a field.

use twin::{PointId, Span, Timestamp};

use crate::id::{Key, LinkId, NeedId, OrderId, PartId, PersonId, StepId};
use crate::iso14224::{Activity, Cause, FailureMode, Mechanism};
use crate::need::Evidence;
use crate::span::Stretch;
use crate::words::words;

use super::Revision;
use super::conflict::Keep;
use super::cycle::Status;
use super::fields::{Assignee, Dates, Priority, WorkKind};
use super::job::Job;

/// Which tablet or page something was written on. Whoever uses it has seen all that was written on it.
pub type Device = Key;

/// Who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Author {
    /// Somebody.
    Person(PersonId),
    /// Gemba itself: a plan that came due, a planner's proposal that was committed.
    Gemba,
    /// Another system, by name.
    System(Box<str>),
    /// Whoever holds this share link.
    Link(LinkId),
}

impl Author {
    /// The person, where it is one.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(*person),
            Self::Gemba | Self::System(_) | Self::Link(_) => None,
        }
    }
}

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Makes sending it again harmless.
    pub key: Key,
    /// Of which order.
    pub order: OrderId,
    /// Who.
    pub author: Author,
    /// On which tablet or page.
    pub device: Device,
    /// When, by the clock of the device.
    pub at: Timestamp,
    /// When the server received it.
    pub received: Timestamp,
    /// How much of the order's log the device had seen from the server.
    pub seen: Revision,
    /// What.
    pub what: What,
}

impl Event {
    /// When it counts as done: by the device's clock, but never after it was received.
    #[must_use]
    pub fn when(&self) -> Timestamp {
        self.at.min(self.received)
    }

    /// Whether both are the same thing, sent twice. When it was received may differ.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let Self {
            key,
            order,
            author,
            device,
            at,
            received: _,
            seen,
            what,
        } = self;
        *key == other.key
            && *order == other.order
            && *author == other.author
            && *device == other.device
            && *at == other.at
            && *seen == other.seen
            && *what == other.what
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The order was asked for: the first event, and only that.
    Requested(Box<Request>),
    /// It goes to another status.
    Moved {
        /// Where to.
        to: Status,
        /// Why, where the life cycle asks for it.
        reason: Option<Box<str>>,
    },
    /// The system that owns the order says where it is; any status may follow.
    Mirrored {
        /// Where it is.
        to: Status,
    },
    /// A field is written.
    Changed(Change),
    /// A step of the job was done, or not.
    Answered {
        /// Which.
        step: StepId,
        /// What came out.
        answer: Answer,
    },
    /// Something was said.
    Commented {
        /// What.
        text: Box<str>,
        /// Who should know.
        mentions: Vec<PersonId>,
    },
    /// Somebody wants to hear of it, or no longer.
    Watched {
        /// Who.
        person: PersonId,
        /// Whether they want to.
        is_on: bool,
    },
    /// A file.
    Attached(Attachment),
    /// Time spent.
    Worked(Work),
    /// A part taken, or one brought back.
    Used {
        /// Which part.
        part: PartId,
        /// How many, in its unit; negative when brought back.
        quantity: f64,
    },
    /// A part is kept for this order, or no longer.
    Reserved {
        /// Which part.
        part: PartId,
        /// How many are kept from now on.
        quantity: f64,
        /// When they will be there; none when they are.
        arrives: Option<Timestamp>,
    },
    /// A permit of the job was given, or handed back.
    Permit {
        /// Its place in the job's list.
        permit: u16,
        /// Its number when given; none when handed back.
        number: Option<Box<str>>,
    },
    /// A lock of the job was put on or taken off.
    Lock {
        /// Its place in the job's list.
        point: u16,
        /// Whether it is on.
        is_on: bool,
    },
    /// The equipment stood still.
    Stopped(Downtime),
    /// What was found.
    Found(Finding),
    /// What it cost beside time and parts.
    Spent(Cost),
    /// Something said earlier does not hold. It stays in the log.
    Withdrawn {
        /// What.
        of: Key,
        /// Why.
        reason: Box<str>,
    },
    /// Somebody decided a conflict.
    Settled {
        /// The event that was in conflict.
        of: Key,
        /// What holds.
        keep: Keep,
    },
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Of which equipment.
    pub asset: twin::AssetId,
    /// What it is called.
    pub title: Box<str>,
    /// What kind of maintenance.
    pub kind: WorkKind,
    /// How it fails, where that is known.
    pub mode: FailureMode,
    /// How soon.
    pub priority: Priority,
    /// From when and until when.
    pub dates: Dates,
    /// The needs it answers.
    pub needs: Vec<NeedId>,
    /// Its id in the system that owns it.
    pub external: Option<External>,
}

/// Where an order comes from when another system owns it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct External {
    /// The system's name.
    pub system: Box<str>,
    /// The order's id there.
    pub id: Box<str>,
}

/// A field that is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// What it is called.
    Title(Box<str>),
    /// How soon it should be looked at.
    Priority(Priority),
    /// Earliest and latest.
    Dates(Dates),
    /// When it is to be done.
    Slot(Option<Stretch>),
    /// Who is to do it.
    Assignee(Assignee),
    /// How it is to be done.
    Job(Box<Job>),
}

/// What came out of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Done.
    Checked,
    /// A value was read, in the unit of the step.
    Read {
        /// The value.
        value: f64,
        /// What was said about it, beyond the normal range for example.
        note: Option<Box<str>>,
    },
    /// A photo was taken: the hash of its content.
    Photo([u8; 32]),
    /// A choice was made: its place in the list.
    Chosen(u16),
    /// It was signed: the hash of the signature's content.
    Signed([u8; 32]),
    /// It was left out, and why.
    Skipped(Box<str>),
}

/// A file, known by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of the content.
    pub hash: [u8; 32],
    /// What it is called.
    pub name: Box<str>,
    /// Its media type.
    pub media: Box<str>,
    /// Its size in bytes.
    pub bytes: u64,
}

words! {
    /// What time was spent on; only work at the equipment is wrench time (SMRP 5.6.1).
    TimeKind {
        /// Hands on the job.
        Wrench = "wrench",
        /// On the way.
        Travel = "travel",
        /// For parts and tools.
        Parts = "parts",
        /// For permits, isolation, others.
        Waiting = "waiting",
        /// Reading, writing, being told.
        Paperwork = "paperwork",
    }
}

/// Time spent.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// Who.
    pub person: PersonId,
    /// In which craft.
    pub craft: Box<str>,
    /// From when to when.
    pub time: Stretch,
    /// On what.
    pub kind: TimeKind,
}

/// The equipment stood still.
#[derive(Clone, Debug, PartialEq)]
pub struct Downtime {
    /// From when.
    pub from: Timestamp,
    /// Until when; none while it still stands.
    pub to: Option<Timestamp>,
    /// Whether a failure stopped it, or it was stopped for the work.
    pub is_failure: bool,
    /// Why, in words.
    pub reason: Box<str>,
    /// The tag that shows it, with what it said.
    pub evidence: Option<Evidence>,
}

/// What was found, and what was done about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How it failed.
    pub mode: FailureMode,
    /// By which process.
    pub mechanism: Option<Mechanism>,
    /// Why that began.
    pub cause: Option<Cause>,
    /// What was done.
    pub activity: Activity,
    /// In words.
    pub text: Box<str>,
}

/// An amount in hundredths of the site's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

words! {
    /// What money was spent on.
    CostKind {
        /// People of the plant.
        Labour = "labour",
        /// Parts and material.
        Material = "material",
        /// Others who came for it.
        Service = "service",
        /// Anything else.
        Other = "other",
    }
}

/// What it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// On what.
    pub kind: CostKind,
    /// How much.
    pub amount: Money,
    /// For what, in words.
    pub text: Box<str>,
}

/// A reading of a step that becomes a reading of the twin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReading {
    /// Of which point.
    pub point: PointId,
    /// When it was read.
    pub at: Timestamp,
    /// What it was, in the unit of the step.
    pub value: f64,
    /// The event that has it.
    pub key: Key,
    /// How far the device's clock was ahead of the server's when it arrived, at least.
    pub clock_ahead: Span,
}

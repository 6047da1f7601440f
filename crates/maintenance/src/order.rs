//! Work orders: a log of events that only grows, and what it comes to.
//!
//! An [`Event`] is one thing that somebody did, written down where it was done, maybe hours ago and without a
//! network. [`Order::apply`] takes it or says why not; [`Order::fold`] does so with a whole log, in the order in
//! which the server received it, and always comes to the same. Read [`cycle`] (the life cycle) first, then
//! [`event`], then [`conflict`] (what two tablets on one job do to each other).
//!
//! ```
//! use maintenance::id::{Key, OrderId, PersonId};
//! use maintenance::iso14224::FailureMode;
//! use maintenance::order::event::Author;
//! use maintenance::order::{
//!     Dates, Event, Order, Outcome, Priority, Refusal, Request, Right, Rights, Status, What, WorkKind,
//! };
//! use twin::{AssetId, Timestamp};
//!
//! let now = Timestamp::from_millis(1_772_431_200_000);
//! let event = |number: u128, seen, what| Event {
//!     key: Key::new(number),
//!     order: OrderId::new(1042),
//!     author: Author::Person(PersonId::new(5)),
//!     device: Key::new(99),
//!     at: now,
//!     received: now,
//!     seen,
//!     what,
//! };
//! let request = Request {
//!     asset: AssetId::new(14),
//!     title: "Replace bearing".into(),
//!     kind: WorkKind::ConditionBased,
//!     mode: FailureMode::Vibration,
//!     priority: Priority::High,
//!     dates: Dates::default(),
//!     needs: Vec::new(),
//!     external: None,
//! };
//! let mut order = Order::open(event(1, 0, What::Requested(Box::new(request)))).expect("a request");
//!
//! let approved = event(2, 1, What::Moved { to: Status::Approved, reason: None });
//! let technician = Rights::of(&[Right::Request, Right::Execute]);
//! assert_eq!(order.apply_as(approved.clone(), technician), Err(Refusal::NoRight(Right::Approve)));
//! assert_eq!(order.apply_as(approved.clone(), Rights::ALL), Ok(Outcome::Applied));
//! // Sent again, because the answer was lost.
//! assert_eq!(order.apply_as(approved, Rights::ALL), Ok(Outcome::Repeated));
//! assert_eq!(order.status(), Status::Approved);
//! ```

pub mod conflict;
pub mod cycle;
pub mod event;
mod facts;
pub mod fields;
pub mod job;
mod judge;
mod may;
mod take;

pub use conflict::{Conflict, ConflictKind, Keep, Outcome, Refusal};
pub use cycle::{Group, Right, Rights, Status, Transition};
pub use event::{Answer, Change, Event, Request, What};
pub use facts::Done;
pub use fields::{Assignee, Dates, Field, Priority, WorkKind};
pub use job::{Job, Step, StepKind};

use std::collections::{BTreeMap, BTreeSet};

use twin::Timestamp;

use crate::id::{Key, OrderId, PersonId};
use crate::span::Stretch;

use fields::Held;

/// How many events of an order somebody had seen: the length of its log.
pub type Revision = u32;

/// An event with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The event, as it was sent.
    pub event: Event,
    /// What became of it when it was received.
    pub outcome: Outcome,
    /// Its place among the facts: when it was done, but after all that its device had seen or written before, so
    /// that a clock that is wrong does not undo what was done first.
    pub place: Timestamp,
}

/// A work order: what its log comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    id: OrderId,
    request: Request,
    status: Held<Status>,
    title: Held<Box<str>>,
    priority: Held<Priority>,
    dates: Held<Dates>,
    slot: Held<Option<Stretch>>,
    assignee: Held<Assignee>,
    job: Held<Job>,
    log: Vec<Entry>,
    places: BTreeMap<Key, usize>,
    conflicts: Vec<Conflict>,
    /// What does not hold any more, by what says so.
    withdrawn: BTreeMap<Key, Key>,
}

impl Order {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> OrderId {
        self.id
    }

    /// What was asked for first, unchanged.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// Where it is in its life.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status.value
    }

    /// Since when it is there.
    #[must_use]
    pub const fn status_since(&self) -> Timestamp {
        self.status.since
    }

    /// What it is called.
    #[must_use]
    pub const fn title(&self) -> &str {
        &self.title.value
    }

    /// How soon it should be looked at.
    #[must_use]
    pub const fn priority(&self) -> Priority {
        self.priority.value
    }

    /// From when it is worthwhile and until when it is safe.
    #[must_use]
    pub const fn dates(&self) -> Dates {
        self.dates.value
    }

    /// When it is to be done, once scheduled.
    #[must_use]
    pub const fn slot(&self) -> Option<Stretch> {
        self.slot.value
    }

    /// Who is to do it.
    #[must_use]
    pub const fn assignee(&self) -> &Assignee {
        &self.assignee.value
    }

    /// How it is to be done.
    #[must_use]
    pub const fn job(&self) -> &Job {
        &self.job.value
    }

    /// All that was ever taken, in the order of arrival.
    #[must_use]
    pub fn log(&self) -> &[Entry] {
        &self.log
    }

    /// How many events it has: what a copy of it has seen.
    #[must_use]
    pub fn revision(&self) -> Revision {
        u32::try_from(self.log.len()).unwrap_or(u32::MAX)
    }

    /// The event with this key.
    #[must_use]
    pub fn entry(&self, key: Key) -> Option<&Entry> {
        self.places.get(&key).and_then(|place| self.log.get(*place))
    }

    /// Conflicts, settled ones too, in the order in which they came up.
    #[must_use]
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Conflicts that still wait for somebody's word.
    pub fn open_conflicts(&self) -> impl Iterator<Item = &Conflict> {
        self.conflicts
            .iter()
            .filter(|conflict| conflict.settled.is_none())
    }

    /// Whether its latest date is over and it is not done. Derived, never stored.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.status().is_open() && self.dates().latest.is_some_and(|latest| latest < now)
    }

    /// The group of `docs/maintenance.md` that lists show it in; none when it was cancelled.
    #[must_use]
    pub fn group(&self, now: Timestamp) -> Option<Group> {
        if self.is_overdue(now) {
            return Some(Group::Overdue);
        }
        self.status().group()
    }

    /// Whoever watches it: who asked for it, who was given it or named in a comment, and who said so, but not
    /// who said otherwise since.
    #[must_use]
    pub fn watchers(&self) -> BTreeSet<PersonId> {
        let mut watching = BTreeSet::new();
        for entry in &self.log {
            match &entry.event.what {
                What::Requested(_) => watching.extend(entry.event.author.person()),
                What::Commented { mentions, .. } => watching.extend(mentions),
                What::Changed(Change::Assignee(assignee)) if entry.outcome.is_applied() => {
                    watching.extend(&assignee.people);
                }
                What::Watched { person, is_on: true } => {
                    watching.insert(*person);
                }
                What::Watched { person, is_on: false } => {
                    watching.remove(person);
                }
                _ => {}
            }
        }
        watching
    }
}

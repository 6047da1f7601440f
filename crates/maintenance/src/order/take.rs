//! How an event gets into the log of an order.

use std::collections::{BTreeMap, BTreeSet};

use twin::{Span, Timestamp};

use crate::id::Key;

use super::conflict::{Conflict, ConflictKind, Keep, Outcome, Refusal};
use super::cycle::{Rights, Status};
use super::event::{Change, Event, Request, What};
use super::fields::{Field, Held};
use super::judge::{Verdict, said};
use super::{Entry, Order, Revision};

impl Order {
    /// A new order from its first event.
    ///
    /// # Errors
    /// When the event is no request, or its title or dates cannot be.
    pub fn open(event: Event) -> Result<Self, Refusal> {
        let What::Requested(request) = &event.what else {
            return Err(Refusal::NoRequest);
        };
        said(&request.title)?;
        request.dates.check()?;
        let request: Request = (**request).clone();
        let first: Revision = 1;
        Ok(Self {
            id: event.order,
            status: Held::new(Status::Requested, &event, first),
            title: Held::new(request.title.clone(), &event, first),
            priority: Held::new(request.priority, &event, first),
            dates: Held::new(request.dates, &event, first),
            slot: Held::new(None, &event, first),
            assignee: Held::new(super::Assignee::default(), &event, first),
            job: Held::new(super::Job::default(), &event, first),
            request,
            places: BTreeMap::from([(event.key, 0)]),
            log: vec![Entry {
                place: event.when(),
                event,
                outcome: Outcome::Applied,
            }],
            conflicts: Vec::new(),
            withdrawn: BTreeMap::new(),
        })
    }

    /// What a whole log comes to, in the order in which it was received.
    ///
    /// # Errors
    /// The first event that cannot be in the log, and why.
    pub fn fold(events: impl IntoIterator<Item = Event>) -> Result<Option<Self>, (Key, Refusal)> {
        let mut order: Option<Self> = None;
        for event in events {
            let key = event.key;
            match &mut order {
                None => order = Some(Self::open(event).map_err(|refusal| (key, refusal))?),
                Some(order) => {
                    order.apply(event).map_err(|refusal| (key, refusal))?;
                }
            }
        }
        Ok(order)
    }

    /// Takes an event of somebody with these rights.
    ///
    /// # Errors
    /// As [`Order::apply`], and when the author may not. What is in the log already is not asked again.
    pub fn apply_as(&mut self, event: Event, rights: Rights) -> Result<Outcome, Refusal> {
        if self.entry(event.key).is_none() {
            self.may(&event, rights)?;
        }
        self.apply(event)
    }

    /// Takes an event, as [`super::conflict`] says. Refused ones change nothing.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn apply(&mut self, event: Event) -> Result<Outcome, Refusal> {
        if event.order != self.id {
            return Err(Refusal::OtherOrder(event.order));
        }
        if let Some(there) = self.entry(event.key) {
            return if there.event.is_same(&event) {
                Ok(Outcome::Repeated)
            } else {
                Err(Refusal::KeyTaken)
            };
        }
        if event.seen > self.revision() {
            return Err(Refusal::FromTheFuture);
        }
        let verdict = self.judge(&event)?;
        Ok(self.write(event, verdict))
    }

    fn write(&mut self, event: Event, verdict: Verdict) -> Outcome {
        let revision = self.revision().saturating_add(1);
        let outcome = match verdict {
            Verdict::Holds => {
                self.hold(&event, revision);
                Outcome::Applied
            }
            Verdict::Joins(key, field) => {
                self.join(field, &event);
                Outcome::Joined(key)
            }
            Verdict::Conflicts { theirs, kind } => {
                self.conflicts.push(Conflict {
                    mine: event.key,
                    theirs,
                    kind: kind.clone(),
                    settled: None,
                });
                Outcome::InConflict(kind)
            }
        };
        self.places.insert(event.key, self.log.len());
        self.log.push(Entry {
            place: self.place(&event),
            event,
            outcome: outcome.clone(),
        });
        outcome
    }

    /// Where an event stands among the facts.
    fn place(&self, event: &Event) -> Timestamp {
        let seen = usize::try_from(event.seen).unwrap_or(usize::MAX);
        let known = self
            .log
            .iter()
            .enumerate()
            .filter(|(place, entry)| *place < seen || entry.event.device == event.device)
            .map(|(_, entry)| entry.place + Span::from_micros(1))
            .max();
        known.map_or(event.when(), |known| known.max(event.when()))
    }

    /// Writes what the event says.
    fn hold(&mut self, event: &Event, revision: Revision) {
        match &event.what {
            What::Withdrawn { of, .. } => {
                self.withdrawn.insert(*of, event.key);
            }
            What::Settled { of, keep } => self.settle(*of, *keep, event, revision),
            what => self.write_field(what, event, revision),
        }
    }

    fn write_field(&mut self, what: &What, event: &Event, revision: Revision) {
        match what {
            What::Moved { to, .. } | What::Mirrored { to } => {
                self.status = Held::new(*to, event, revision);
            }
            What::Changed(Change::Title(title)) => self.title = Held::new(title.clone(), event, revision),
            What::Changed(Change::Priority(priority)) => {
                self.priority = Held::new(*priority, event, revision);
            }
            What::Changed(Change::Dates(dates)) => self.dates = Held::new(*dates, event, revision),
            What::Changed(Change::Slot(slot)) => self.slot = Held::new(*slot, event, revision),
            What::Changed(Change::Assignee(assignee)) => {
                self.assignee = Held::new(assignee.clone(), event, revision);
            }
            What::Changed(Change::Job(job)) => self.job = Held::new((**job).clone(), event, revision),
            _ => {}
        }
    }

    fn join(&mut self, field: Option<Field>, event: &Event) {
        let devices: Option<&mut BTreeSet<_>> = field.map(|field| match field {
            Field::Status => &mut self.status.devices,
            Field::Title => &mut self.title.devices,
            Field::Priority => &mut self.priority.devices,
            Field::Dates => &mut self.dates.devices,
            Field::Slot => &mut self.slot.devices,
            Field::Assignee => &mut self.assignee.devices,
            Field::Job => &mut self.job.devices,
        });
        if let Some(devices) = devices {
            devices.insert(event.device);
        }
    }

    /// Whose word holds is written down, and what it means: a field that was set aside is written after all, a
    /// fact that lost counts as withdrawn.
    fn settle(&mut self, of: Key, keep: Keep, by: &Event, revision: Revision) {
        let Some(place) = self.open_conflict(of) else {
            return;
        };
        let Some(conflict) = self.conflicts.get_mut(place) else {
            return;
        };
        conflict.settled = Some((by.key, keep));
        let (theirs, kind) = (conflict.theirs, conflict.kind.clone());
        let Some(mine) = self.entry(of).map(|entry| entry.event.clone()) else {
            return;
        };
        if mine.what.field().is_some() {
            if keep == Keep::Mine {
                self.write_field(&mine.what, by, revision);
                self.join(mine.what.field(), &mine);
            }
            return;
        }
        match (keep, kind) {
            (Keep::Theirs, _) => {
                self.withdrawn.insert(of, by.key);
            }
            (Keep::Mine, ConflictKind::Answers(_)) => {
                self.withdrawn.insert(theirs, by.key);
            }
            (Keep::Mine | Keep::Both, _) => {}
        }
    }

    /// The place of a conflict that is not settled.
    pub(super) fn open_conflict(&self, of: Key) -> Option<usize> {
        self.conflicts
            .iter()
            .position(|conflict| conflict.mine == of && conflict.settled.is_none())
    }
}

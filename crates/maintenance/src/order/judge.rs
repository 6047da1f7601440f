//! Whether an event holds, joins what is there, is in conflict with it, or cannot be.

use crate::id::{Key, StepId};
use crate::need::Evidence;

use super::conflict::{ConflictKind, Keep, Refusal};
use super::cycle::Status;
use super::event::{Answer, Change, Downtime, Event, What};
use super::fields::{Dates, Field, Held};
use super::{Entry, Order};

/// What is to be done with an event.
pub(super) enum Verdict {
    Holds,
    /// The same is there, by this event; the field it is about.
    Joins(Key, Option<Field>),
    Conflicts {
        theirs: Key,
        kind: ConflictKind,
    },
}

/// Whether there is anything in a text.
pub(super) fn said(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(())
}

pub(super) fn is_fine(condition: bool, otherwise: Refusal) -> Result<(), Refusal> {
    if condition { Ok(()) } else { Err(otherwise) }
}

impl Dates {
    pub(super) fn check(self) -> Result<(), Refusal> {
        match (self.earliest, self.latest) {
            (Some(earliest), Some(latest)) if latest < earliest => Err(Refusal::BadDates),
            _ => Ok(()),
        }
    }
}

impl Change {
    /// Which field it writes.
    #[must_use]
    pub const fn field(&self) -> Field {
        match self {
            Self::Title(_) => Field::Title,
            Self::Priority(_) => Field::Priority,
            Self::Dates(_) => Field::Dates,
            Self::Slot(_) => Field::Slot,
            Self::Assignee(_) => Field::Assignee,
            Self::Job(_) => Field::Job,
        }
    }
}

impl What {
    /// Which field it writes; none for facts.
    #[must_use]
    pub const fn field(&self) -> Option<Field> {
        match self {
            Self::Moved { .. } | Self::Mirrored { .. } => Some(Field::Status),
            Self::Changed(change) => Some(change.field()),
            _ => None,
        }
    }

    /// Whether it is a fact that can be withdrawn.
    pub(super) const fn is_fact(&self) -> bool {
        !matches!(
            self,
            Self::Requested(_)
                | Self::Moved { .. }
                | Self::Mirrored { .. }
                | Self::Changed(_)
                | Self::Watched { .. }
                | Self::Withdrawn { .. }
                | Self::Settled { .. }
        )
    }

    /// Whether it may be said of an order that has ended, by somebody who knows.
    const fn is_afterword(&self) -> bool {
        matches!(
            self,
            Self::Commented { .. }
                | Self::Watched { .. }
                | Self::Attached(_)
                | Self::Spent(_)
                | Self::Withdrawn { .. }
                | Self::Settled { .. }
                | Self::Mirrored { .. }
        )
    }
}

impl Order {
    pub(super) fn judge(&self, event: &Event) -> Result<Verdict, Refusal> {
        self.check(event)?;
        match &event.what {
            What::Moved { to, reason } => return self.judge_move(event, *to, reason.as_deref()),
            What::Mirrored { to } => return Ok(self.judge_mirror(event, *to)),
            What::Withdrawn { of, .. } => {
                if let Some(by) = self.withdrawn.get(of) {
                    return Ok(Verdict::Joins(*by, None));
                }
            }
            What::Settled { of, keep } => return self.judge_settling(*of, *keep),
            _ => {}
        }
        let status = self.status();
        if status.is_ended() && !event.what.is_afterword() {
            return if self.status.is_unseen_by(event) {
                Ok(Verdict::Conflicts {
                    theirs: self.status.key,
                    kind: ConflictKind::AfterEnd(status),
                })
            } else {
                Err(Refusal::Ended(status))
            };
        }
        match &event.what {
            What::Changed(change) => Ok(self.judge_change(event, change)),
            What::Answered { step, answer } => self.judge_answer(event, *step, answer),
            What::Permit { permit, .. } => {
                self.in_job(event, usize::from(*permit) < self.job.value.permits.len())
            }
            What::Lock { point, .. } => self.in_job(event, usize::from(*point) < self.job.value.locks.len()),
            _ => Ok(Verdict::Holds),
        }
    }

    /// What can be said of an event by itself.
    fn check(&self, event: &Event) -> Result<(), Refusal> {
        match &event.what {
            What::Requested(_) => Err(Refusal::NotFirst),
            What::Changed(change) => check_change(change),
            What::Commented { text, .. } => said(text),
            What::Attached(file) => said(&file.name),
            What::Worked(work) => said(&work.craft),
            What::Used { quantity, .. } => {
                is_fine(quantity.is_finite() && *quantity != 0.0, Refusal::BadNumber)
            }
            What::Reserved { quantity, .. } => {
                is_fine(quantity.is_finite() && *quantity >= 0.0, Refusal::BadNumber)
            }
            What::Stopped(stop) => check_stop(stop),
            What::Answered {
                answer: Answer::Skipped(reason),
                ..
            } => is_fine(!reason.trim().is_empty(), Refusal::NoReason),
            What::Answered {
                answer: Answer::Read { value, .. },
                ..
            } => is_fine(value.is_finite(), Refusal::BadNumber),
            What::Withdrawn { of, reason } => {
                let known = self.entry(*of).is_some_and(|entry| entry.event.what.is_fact());
                is_fine(known, Refusal::NothingToWithdraw(*of))?;
                is_fine(!reason.trim().is_empty(), Refusal::NoReason)
            }
            _ => Ok(()),
        }
    }

    fn judge_move(&self, event: &Event, to: Status, reason: Option<&str>) -> Result<Verdict, Refusal> {
        let now = self.status();
        if to == now {
            return Ok(Verdict::Joins(self.status.key, Some(Field::Status)));
        }
        if self.status.is_unseen_by(event) {
            return Ok(match self.moved_alike(event, to) {
                Some(key) => Verdict::Joins(key, None),
                None => Verdict::Conflicts {
                    theirs: self.status.key,
                    kind: ConflictKind::Moved { now, wanted: to },
                },
            });
        }
        match self.check_move(to, reason) {
            Ok(()) => Ok(Verdict::Holds),
            Err(Refusal::NoReason) => Err(Refusal::NoReason),
            // What stands in its way may be what others did meanwhile.
            Err(refusal) => match self.unseen(event).next_back() {
                Some(other) => Ok(Verdict::Conflicts {
                    theirs: other.event.key,
                    kind: ConflictKind::Hindered(Box::new(refusal)),
                }),
                None => Err(refusal),
            },
        }
    }

    /// What others wrote that the device had not seen.
    fn unseen<'o>(&'o self, event: &Event) -> impl DoubleEndedIterator<Item = &'o Entry> + use<'o> {
        let (seen, device) = (usize::try_from(event.seen).unwrap_or(usize::MAX), event.device);
        let rest = self.log.get(seen..).unwrap_or_default();
        rest.iter().filter(move |entry| entry.event.device != device)
    }

    /// A move to the same status that the device had not seen: it said the same, only later.
    fn moved_alike(&self, event: &Event, to: Status) -> Option<Key> {
        self.unseen(event)
            .filter(|entry| entry.outcome.is_applied())
            .find(|entry| matches!(&entry.event.what, What::Moved { to: there, .. } if *there == to))
            .map(|entry| entry.event.key)
    }

    /// Whether the life cycle and what must be in place allow it from here.
    fn check_move(&self, to: Status, reason: Option<&str>) -> Result<(), Refusal> {
        let from = self.status();
        let Some(way) = from.to(to) else {
            return Err(if from.is_ended() {
                Refusal::Ended(from)
            } else {
                Refusal::NoTransition { from, to }
            });
        };
        if way.needs_reason && reason.is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Refusal::NoReason);
        }
        match to {
            Status::Scheduled => is_fine(self.slot().is_some(), Refusal::NoSlot),
            Status::InProgress => {
                let (permits, locks) = (self.permits_open(), self.locks_where(false));
                is_fine(permits.is_empty(), Refusal::PermitsOpen(permits))?;
                is_fine(locks.is_empty(), Refusal::LocksOpen(locks))
            }
            Status::Done => {
                let open = self.steps_open();
                is_fine(open.is_empty(), Refusal::StepsOpen(open))
            }
            Status::Closed => {
                let stand = self.locks_where(true);
                is_fine(stand.is_empty(), Refusal::LocksStand(stand))?;
                let open: Vec<Key> = self.open_conflicts().map(|conflict| conflict.mine).collect();
                is_fine(open.is_empty(), Refusal::ConflictsOpen(open))
            }
            Status::Requested
            | Status::Approved
            | Status::Planned
            | Status::Blocked
            | Status::Verified
            | Status::Cancelled => Ok(()),
        }
    }

    fn judge_mirror(&self, event: &Event, to: Status) -> Verdict {
        let now = self.status();
        if to == now {
            return Verdict::Joins(self.status.key, Some(Field::Status));
        }
        if self.status.is_unseen_by(event) {
            return Verdict::Conflicts {
                theirs: self.status.key,
                kind: ConflictKind::Moved { now, wanted: to },
            };
        }
        Verdict::Holds
    }

    fn judge_change(&self, event: &Event, change: &Change) -> Verdict {
        match change {
            Change::Title(title) => compare(&self.title, title, event, Field::Title),
            Change::Priority(priority) => compare(&self.priority, priority, event, Field::Priority),
            Change::Dates(dates) => compare(&self.dates, dates, event, Field::Dates),
            Change::Slot(slot) => compare(&self.slot, slot, event, Field::Slot),
            Change::Assignee(assignee) => compare(&self.assignee, assignee, event, Field::Assignee),
            Change::Job(job) => compare(&self.job, job, event, Field::Job),
        }
    }

    fn judge_answer(&self, event: &Event, step: StepId, answer: &Answer) -> Result<Verdict, Refusal> {
        let there = self.job.value.step(step);
        if there.is_none_or(|there| !there.takes(answer)) {
            if self.job.is_unseen_by(event) {
                return Ok(Verdict::Conflicts {
                    theirs: self.job.key,
                    kind: ConflictKind::StepGone(step),
                });
            }
            return Err(match there {
                Some(_) => Refusal::WrongAnswer(step),
                None => Refusal::NotInJob,
            });
        }
        let other = self.unseen(event).rfind(|entry| {
            !self.withdrawn.contains_key(&entry.event.key)
                && matches!(&entry.event.what, What::Answered { step: there, answer: said }
                    if *there == step && are_at_odds(said, answer))
        });
        Ok(other.map_or(Verdict::Holds, |entry| Verdict::Conflicts {
            theirs: entry.event.key,
            kind: ConflictKind::Answers(step),
        }))
    }

    /// A permit or a lock that is in the job.
    fn in_job(&self, event: &Event, is_there: bool) -> Result<Verdict, Refusal> {
        if is_there {
            return Ok(Verdict::Holds);
        }
        if self.job.is_unseen_by(event) {
            return Ok(Verdict::Conflicts {
                theirs: self.job.key,
                kind: ConflictKind::NotInJob,
            });
        }
        Err(Refusal::NotInJob)
    }

    fn judge_settling(&self, of: Key, keep: Keep) -> Result<Verdict, Refusal> {
        if self.open_conflict(of).is_none() {
            let settled = self.conflicts.iter().find(|conflict| conflict.mine == of);
            return match settled.and_then(|conflict| conflict.settled) {
                Some((by, kept)) if kept == keep => Ok(Verdict::Joins(by, None)),
                _ => Err(Refusal::NothingToSettle(of)),
            };
        }
        let Some(mine) = self.entry(of) else {
            return Err(Refusal::NothingToSettle(of));
        };
        match (&mine.event.what, keep) {
            (what, Keep::Both) if what.field().is_some() => Err(Refusal::CannotKeep(keep)),
            (What::Moved { to, reason }, Keep::Mine) if self.status() != *to => {
                // Whoever decides has a reason: the decision itself.
                self.check_move(*to, reason.as_deref().or(Some("settled")))?;
                Ok(Verdict::Holds)
            }
            (What::Changed(_), Keep::Mine) if self.status().is_ended() => Err(Refusal::Ended(self.status())),
            _ => Ok(Verdict::Holds),
        }
    }
}

fn check_change(change: &Change) -> Result<(), Refusal> {
    match change {
        Change::Title(title) => said(title),
        Change::Dates(dates) => dates.check(),
        Change::Job(job) => job.check().map_err(Refusal::BadJob),
        Change::Priority(_) | Change::Slot(_) | Change::Assignee(_) => Ok(()),
    }
}

fn check_stop(stop: &Downtime) -> Result<(), Refusal> {
    said(&stop.reason)?;
    if let Some(Evidence::Value { value, .. }) = &stop.evidence {
        is_fine(value.is_finite(), Refusal::BadNumber)?;
    }
    is_fine(stop.to.is_none_or(|to| to > stop.from), Refusal::BadDates)
}

fn compare<T: PartialEq>(held: &Held<T>, value: &T, event: &Event, field: Field) -> Verdict {
    if held.value == *value {
        return Verdict::Joins(held.key, Some(field));
    }
    if held.is_unseen_by(event) {
        return Verdict::Conflicts {
            theirs: held.key,
            kind: ConflictKind::Field(field),
        };
    }
    Verdict::Holds
}

/// Two readings, photos or signatures are two of them; a choice is one, and what was left out was not done.
fn are_at_odds(one: &Answer, other: &Answer) -> bool {
    match (one, other) {
        (Answer::Chosen(one), Answer::Chosen(other)) => one != other,
        (Answer::Skipped(_), Answer::Skipped(_)) => false,
        (Answer::Skipped(_), _) | (_, Answer::Skipped(_)) => true,
        _ => false,
    }
}

//! What was done on an order: facts from its log that nobody withdrew, in the order in which they were done.
//! The same facts come out whichever tablet was heard first.

use std::collections::BTreeMap;

use twin::{Span, Timestamp};

use crate::id::{Key, PartId, StepId};
use crate::span::{Stretch, hours};

use super::conflict::Keep;
use super::cycle::Status;
use super::event::{
    Answer, Author, Change, Cost, Downtime, Event, Finding, Money, StepReading, TimeKind, What, Work,
};
use super::job::StepKind;
use super::{Entry, Order};

/// The answer of a step that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done<'o> {
    /// What came out.
    pub answer: &'o Answer,
    /// Who said so.
    pub author: &'o Author,
    /// When.
    pub at: Timestamp,
    /// The event that has it.
    pub key: Key,
}

impl Order {
    /// All events that hold as facts, by when they were done.
    #[must_use]
    pub fn facts(&self) -> Vec<&Event> {
        let mut facts: Vec<&Entry> = self
            .log
            .iter()
            .filter(|entry| entry.event.what.is_fact() && !self.withdrawn.contains_key(&entry.event.key))
            .collect();
        facts.sort_by_key(|entry| (entry.place, entry.event.key));
        facts.into_iter().map(|entry| &entry.event).collect()
    }

    /// What does not hold any more, with the event that says so.
    pub fn withdrawn(&self) -> impl Iterator<Item = (Key, Key)> + '_ {
        self.withdrawn.iter().map(|(of, by)| (*of, *by))
    }

    /// The answer of each step that counts: the latest that nobody withdrew.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<StepId, Done<'_>> {
        let mut answers = BTreeMap::new();
        for event in self.facts() {
            if let What::Answered { step, answer } = &event.what
                && self.job().step(*step).is_some_and(|there| there.takes(answer))
            {
                let done = Done {
                    answer,
                    author: &event.author,
                    at: event.when(),
                    key: event.key,
                };
                answers.insert(*step, done);
            }
        }
        answers
    }

    /// Required steps without an answer.
    #[must_use]
    pub fn steps_open(&self) -> Vec<StepId> {
        let answers = self.answers();
        let required = self.job().steps.iter().filter(|step| step.is_required);
        required
            .map(|step| step.id)
            .filter(|id| !answers.contains_key(id))
            .collect()
    }

    /// Every value that was read for a point: each becomes a reading of the twin, entered by a person.
    #[must_use]
    pub fn readings(&self) -> Vec<StepReading> {
        let reading = |event: &Event| {
            let What::Answered {
                step,
                answer: Answer::Read { value, .. },
            } = &event.what
            else {
                return None;
            };
            match &self.job().step(*step)?.kind {
                StepKind::Reading {
                    point: Some(point), ..
                } => Some(StepReading {
                    point: *point,
                    at: event.when(),
                    value: *value,
                    key: event.key,
                    clock_ahead: event.at.since(event.received).max(Span::ZERO),
                }),
                _ => None,
            }
        };
        self.facts().into_iter().filter_map(reading).collect()
    }

    /// Places of permits that are not given.
    #[must_use]
    pub fn permits_open(&self) -> Vec<u16> {
        let mut given = BTreeMap::new();
        for event in self.facts() {
            if let What::Permit { permit, number } = &event.what {
                given.insert(*permit, number.is_some());
            }
        }
        places(self.job().permits.len())
            .filter(|place| given.get(place) != Some(&true))
            .collect()
    }

    /// Places of locks that are on, or that are off.
    #[must_use]
    pub fn locks_where(&self, is_on: bool) -> Vec<u16> {
        let mut state = BTreeMap::new();
        for event in self.facts() {
            if let What::Lock { point, is_on } = &event.what {
                state.insert(*point, *is_on);
            }
        }
        places(self.job().locks.len())
            .filter(|place| state.get(place).copied().unwrap_or(false) == is_on)
            .collect()
    }

    /// Time spent.
    #[must_use]
    pub fn work(&self) -> Vec<&Work> {
        let work = self.facts().into_iter().map(|event| &event.what);
        work.filter_map(|what| match what {
            What::Worked(work) => Some(work),
            _ => None,
        })
        .collect()
    }

    /// Hours of all people; only at the equipment, or all.
    #[must_use]
    pub fn hours(&self, only: Option<TimeKind>) -> f64 {
        let work = self.work().into_iter();
        work.filter(|work| only.is_none_or(|only| work.kind == only))
            .map(|work| hours(work.time.len()))
            .sum()
    }

    /// Parts taken, less those brought back.
    #[must_use]
    pub fn parts_used(&self) -> BTreeMap<PartId, f64> {
        let mut used = BTreeMap::new();
        for event in self.facts() {
            if let What::Used { part, quantity } = &event.what {
                *used.entry(*part).or_insert(0.0) += quantity;
            }
        }
        used
    }

    /// Parts kept for it, and when those arrive that are not there.
    #[must_use]
    pub fn reserved(&self) -> BTreeMap<PartId, (f64, Option<Timestamp>)> {
        let mut kept = BTreeMap::new();
        for event in self.facts() {
            if let What::Reserved {
                part,
                quantity,
                arrives,
            } = &event.what
            {
                kept.insert(*part, (*quantity, *arrives));
            }
        }
        kept.retain(|_, (quantity, _)| *quantity > 0.0);
        kept
    }

    /// When the equipment stood still.
    #[must_use]
    pub fn stops(&self) -> Vec<&Downtime> {
        let facts = self.facts().into_iter().map(|event| &event.what);
        facts
            .filter_map(|what| match what {
                What::Stopped(stop) => Some(stop),
                _ => None,
            })
            .collect()
    }

    /// What was found.
    #[must_use]
    pub fn findings(&self) -> Vec<&Finding> {
        let facts = self.facts().into_iter().map(|event| &event.what);
        facts
            .filter_map(|what| match what {
                What::Found(finding) => Some(finding),
                _ => None,
            })
            .collect()
    }

    /// What it cost, by entry.
    #[must_use]
    pub fn costs(&self) -> Vec<&Cost> {
        let facts = self.facts().into_iter().map(|event| &event.what);
        facts
            .filter_map(|what| match what {
                What::Spent(cost) => Some(cost),
                _ => None,
            })
            .collect()
    }

    /// What it cost together.
    #[must_use]
    pub fn cost(&self) -> Money {
        Money(
            self.costs()
                .iter()
                .fold(0, |sum, cost| cost.amount.0.saturating_add(sum)),
        )
    }

    /// What was written into fields, and when: also what was set aside and decided for later.
    fn written(&self) -> impl Iterator<Item = (&What, Timestamp)> {
        let applied = self.log.iter().filter(|entry| entry.outcome.is_applied());
        applied.filter_map(|entry| match &entry.event.what {
            What::Settled { of, keep: Keep::Mine } => {
                let mine = self.entry(*of)?;
                Some((&mine.event.what, entry.event.when()))
            }
            what => Some((what, entry.event.when())),
        })
    }

    /// When each status was entered, in the order of the log.
    #[must_use]
    pub fn moves(&self) -> Vec<(Status, Timestamp)> {
        let moves = self.written().filter_map(|(what, at)| match what {
            What::Requested(_) => Some((Status::Requested, at)),
            What::Moved { to, .. } | What::Mirrored { to } => Some((*to, at)),
            _ => None,
        });
        moves.collect()
    }

    /// Every slot it was given, and when, in the order of the log.
    #[must_use]
    pub fn slots(&self) -> Vec<(Option<Stretch>, Timestamp)> {
        let slots = self.written().filter_map(|(what, at)| match what {
            What::Changed(Change::Slot(slot)) => Some((*slot, at)),
            _ => None,
        });
        slots.collect()
    }

    /// When it was asked for.
    #[must_use]
    pub fn requested_at(&self) -> Option<Timestamp> {
        self.log.first().map(|entry| entry.event.when())
    }

    /// When work on it began first.
    #[must_use]
    pub fn started_at(&self) -> Option<Timestamp> {
        let moves = self.moves();
        moves
            .iter()
            .find(|(status, _)| *status == Status::InProgress)
            .map(|(_, at)| *at)
    }

    /// When it was finished; none while it is not, or when it was taken up again.
    #[must_use]
    pub fn done_at(&self) -> Option<Timestamp> {
        if self.status().is_open() || self.status() == Status::Cancelled {
            return None;
        }
        let moves = self.moves();
        let done = moves.iter().rev().find(|(status, _)| *status == Status::Done);
        // Another system may say closed without ever having said done.
        done.or(moves.last()).map(|(_, at)| *at)
    }

    /// Whether it was begun without having been scheduled.
    #[must_use]
    pub fn is_break_in(&self) -> bool {
        let moves = self.moves();
        let begun = moves.iter().position(|(status, _)| *status == Status::InProgress);
        begun.is_some_and(|begun| {
            !moves
                .iter()
                .take(begun)
                .any(|(status, _)| *status == Status::Scheduled)
        })
    }
}

fn places(count: usize) -> impl Iterator<Item = u16> {
    0..u16::try_from(count).unwrap_or(u16::MAX)
}

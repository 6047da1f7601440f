//! Recommended windows: stretches of time in which work would fit, best first, each with its reasons.
//!
//! A window is as long as the work. Candidates begin where something begins or ends that matters: free time of the
//! line, a shift, the arrival of parts, the earliest date. Each is scored out of 100 by [`Weights`]; the score only
//! orders them, the reasons are what people read.

use std::collections::BTreeSet;

use twin::{AssetId, Span, Timestamp};

use crate::calendar::Production;
use crate::id::{PartId, PersonId};
use crate::need::{Consequence, Criticality, Rates};
use crate::order::Dates;
use crate::order::event::Money;
use crate::span::{Stretch, Times, hours};

/// Most candidates that are looked at.
const MOST: usize = 2_000;

/// What the work needs.
#[derive(Clone, Debug)]
pub struct Wanted<'w> {
    /// How long it takes.
    pub length: Span,
    /// From when it is worthwhile and until when it is safe.
    pub dates: Dates,
    /// The plan of its line, where the equipment must stand still for it.
    pub stops: Option<&'w Production>,
    /// What standing still costs.
    pub rates: Option<(Criticality, Rates)>,
    /// Which people are needed of each craft.
    pub crafts: Vec<WantedCraft>,
    /// Parts that are not there yet; none in `arrives` when nobody knows when they will be.
    pub parts: Vec<Awaited>,
}

/// People of one craft.
#[derive(Clone, Debug)]
pub struct WantedCraft {
    /// The craft.
    pub craft: Box<str>,
    /// How many at once.
    pub people: usize,
    /// Who could, each with the time they are there and not planned for other work.
    pub free: Vec<(PersonId, Times)>,
}

/// A part that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Which.
    pub part: PartId,
    /// When it will be.
    pub arrives: Option<Timestamp>,
}

/// What each good thing about a window is worth; together 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Nothing is made meanwhile, or nothing must stand still.
    pub gap: f64,
    /// It is between the earliest and the latest date.
    pub dates: f64,
    /// The people are there.
    pub people: f64,
    /// The parts are there.
    pub parts: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            gap: 30.0,
            dates: 30.0,
            people: 25.0,
            parts: 15.0,
        }
    }
}

/// Why a window is good or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// Nothing is made on the line meanwhile.
    InGap {
        /// Of which line.
        line: AssetId,
        /// How long the gap is.
        gap: Span,
    },
    /// Nothing must stand still.
    NoStop,
    /// Production would be stopped.
    StopsProduction {
        /// Of which line.
        line: AssetId,
        /// For how long.
        productive: Span,
        /// What that costs, where it is known.
        cost: Option<Money>,
    },
    /// It is finished before it is no longer safe.
    InTime {
        /// How long before.
        margin: Span,
    },
    /// It is finished when it is no longer safe.
    TooLate {
        /// How long after.
        by: Span,
    },
    /// It begins before it is worthwhile.
    TooEarly {
        /// How long before.
        by: Span,
    },
    /// No latest date is known.
    NoLatest,
    /// Enough people of a craft are free throughout.
    PeopleFree {
        /// Which craft.
        craft: Box<str>,
        /// Who.
        people: Vec<PersonId>,
    },
    /// Too few people of a craft are free throughout.
    PeopleShort {
        /// Which craft.
        craft: Box<str>,
        /// How many are missing.
        missing: usize,
    },
    /// All parts are there by then.
    PartsThere,
    /// A part is not there by then.
    PartMissing(Awaited),
}

impl Reason {
    /// Whether it speaks for the window.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(
            self,
            Self::InGap { .. }
                | Self::NoStop
                | Self::InTime { .. }
                | Self::NoLatest
                | Self::PeopleFree { .. }
                | Self::PartsThere
        )
    }
}

/// A window with its score and reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// From when to when.
    pub time: Stretch,
    /// 0 to 100.
    pub score: f64,
    /// Why, the good and the bad.
    pub reasons: Vec<Reason>,
}

/// The best windows that begin within a stretch, best first, the earlier first of equals. They do not overlap.
#[must_use]
pub fn recommend(wanted: &Wanted<'_>, over: Stretch, weights: &Weights, most: usize) -> Vec<Window> {
    let mut found: Vec<Window> = starts(wanted, over)
        .into_iter()
        .take(MOST)
        .filter_map(|from| Stretch::new(from, from + wanted.length))
        .map(|time| judge(wanted, time, weights))
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.time.cmp(&b.time)));
    let mut best: Vec<Window> = Vec::new();
    for window in found {
        if best.len() == most {
            break;
        }
        if best.iter().all(|other| other.time.and(window.time).is_none()) {
            best.push(window);
        }
    }
    best
}

/// Where windows may begin.
fn starts(wanted: &Wanted<'_>, over: Stretch) -> BTreeSet<Timestamp> {
    let mut starts = BTreeSet::from([over.from()]);
    starts.extend(wanted.dates.earliest);
    // The last moment at which it is still safe.
    starts.extend(wanted.dates.latest.map(|latest| latest - wanted.length));
    starts.extend(wanted.parts.iter().filter_map(|part| part.arrives));
    if let Some(plan) = wanted.stops {
        starts.extend(plan.free(over, wanted.length).iter().map(|gap| gap.from()));
    }
    for (_, free) in wanted.crafts.iter().flat_map(|craft| &craft.free) {
        starts.extend(free.within(over).at_least(wanted.length).map(Stretch::from));
    }
    starts.retain(|start| over.has(*start));
    starts
}

/// What speaks for a window and against it.
#[must_use]
pub fn judge(wanted: &Wanted<'_>, time: Stretch, weights: &Weights) -> Window {
    let mut reasons = Vec::new();
    let mut score = weights.gap * of_stop(wanted, time, &mut reasons);
    score += weights.dates * of_dates(wanted, time, &mut reasons);
    score += weights.people * of_people(wanted, time, &mut reasons);
    score += weights.parts * of_parts(wanted, time, &mut reasons);
    Window { time, score, reasons }
}

/// 1 in a gap, less by the share in which something is made.
fn of_stop(wanted: &Wanted<'_>, time: Stretch, reasons: &mut Vec<Reason>) -> f64 {
    let Some(plan) = wanted.stops else {
        reasons.push(Reason::NoStop);
        return 1.0;
    };
    let busy = plan.busy();
    let productive = busy.within(time).total();
    if productive == Span::ZERO {
        // As far as it is known, a day to either side.
        let around = Span::from_secs(86_400);
        let near = Stretch::new(time.from() - around, time.to() + around);
        let free = near.map(|near| Times::of([near]).without(&busy));
        let gap = free
            .as_ref()
            .and_then(|free| free.stretches().iter().find(|gap| gap.covers(time)))
            .map_or(time.len(), |gap| gap.len());
        reasons.push(Reason::InGap { line: plan.line, gap });
        return 1.0;
    }
    let cost = wanted.rates.and_then(|(criticality, rates)| {
        Consequence::of_stop(criticality, &rates, Some(plan), time.from(), time.len())
    });
    reasons.push(Reason::StopsProduction {
        line: plan.line,
        productive,
        cost: cost.map(|cost| cost.cost),
    });
    1.0 - hours(productive) / hours(time.len())
}

/// 1 inside, a half without a latest date or too early, nothing too late.
fn of_dates(wanted: &Wanted<'_>, time: Stretch, reasons: &mut Vec<Reason>) -> f64 {
    if let Some(latest) = wanted.dates.latest {
        if time.to() > latest {
            let by = time.to().since(latest);
            reasons.push(Reason::TooLate { by });
            return 0.0;
        }
        let margin = latest.since(time.to());
        reasons.push(Reason::InTime { margin });
    } else {
        reasons.push(Reason::NoLatest);
    }
    match wanted.dates.earliest {
        Some(earliest) if time.from() < earliest => {
            let by = earliest.since(time.from());
            reasons.push(Reason::TooEarly { by });
            0.5
        }
        _ => 1.0,
    }
}

/// The share of people who are free throughout.
#[allow(clippy::cast_precision_loss, reason = "counts of people")]
fn of_people(wanted: &Wanted<'_>, time: Stretch, reasons: &mut Vec<Reason>) -> f64 {
    let (mut there, mut needed) = (0, 0);
    let mut taken: BTreeSet<PersonId> = BTreeSet::new();
    for craft in &wanted.crafts {
        // Nobody is in two places, whatever crafts they have.
        let free = craft
            .free
            .iter()
            .filter(|(person, free)| !taken.contains(person) && free.covers(time));
        let people: Vec<PersonId> = free.map(|(person, _)| *person).take(craft.people).collect();
        taken.extend(&people);
        needed += craft.people;
        there += people.len();
        let name = craft.craft.clone();
        reasons.push(if people.len() == craft.people {
            Reason::PeopleFree { craft: name, people }
        } else {
            Reason::PeopleShort {
                craft: name,
                missing: craft.people - people.len(),
            }
        });
    }
    if needed == 0 {
        1.0
    } else {
        there as f64 / needed as f64
    }
}

/// 1 when all are there, else nothing.
fn of_parts(wanted: &Wanted<'_>, time: Stretch, reasons: &mut Vec<Reason>) -> f64 {
    let missing = wanted
        .parts
        .iter()
        .filter(|part| part.arrives.is_none_or(|arrives| arrives > time.from()));
    let before = reasons.len();
    reasons.extend(missing.map(|part| Reason::PartMissing(*part)));
    if reasons.len() > before {
        return 0.0;
    }
    // Of what nobody asked for nothing is said.
    if !wanted.parts.is_empty() {
        reasons.push(Reason::PartsThere);
    }
    1.0
}

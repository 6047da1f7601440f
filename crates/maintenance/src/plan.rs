//! Preventive plans: work that comes due by calendar, by a meter, or by a condition.
//!
//! [`Plan::due`] says when, and why, from what is known; it never makes one up. What the plan asks for becomes a
//! need ([`crate::need`]) as soon as it is inside its lead time.

pub mod calendar;
pub mod meter;

use twin::{AssetId, Quality, Span, Timestamp};

use crate::id::{JobPlanId, PlanId};
use crate::iso14224::FailureMode;
use crate::order::Dates;

pub use calendar::{Anchor, Every, Unit};
pub use meter::{Meter, MeterRule};

/// A preventive plan of one equipment.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Which.
    pub id: PlanId,
    /// Of which equipment.
    pub asset: AssetId,
    /// What it is called.
    pub title: Box<str>,
    /// How it is done.
    pub job: Option<JobPlanId>,
    /// Which failure it prevents.
    pub mode: FailureMode,
    /// When it comes due.
    pub trigger: Trigger,
    /// How long before it is due the need is raised: time to plan it and to get parts.
    pub lead: Span,
    /// How long after it is due it is still in time, and as long before it is worthwhile.
    pub tolerance: Span,
    /// Whether it asks at all.
    pub is_on: bool,
}

/// When a plan comes due.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// By date.
    Calendar(Every),
    /// By what a meter counts.
    Meter(MeterRule),
    /// When something is true for so long without a break.
    Condition {
        /// For how long.
        held: Span,
    },
    /// By whichever of these comes first: every half year or 2,000 hours. One that cannot be told waits for those
    /// that can.
    First(Vec<Self>),
}

/// What is known of a plan when it is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'k> {
    /// When it was done last, and for which date it was done.
    pub last: Option<Last>,
    /// Its meter.
    pub meter: Option<&'k Meter>,
    /// What its condition says.
    pub truth: Option<Truth>,
}

/// When a plan was done last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Last {
    /// When it was finished.
    pub done: Timestamp,
    /// When it had been due.
    pub due: Timestamp,
    /// What its meter had counted.
    pub meter: Option<f64>,
}

/// What an expression says of the twin, evaluated elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// Whether it holds; none when its inputs do not say.
    pub holds: Option<bool>,
    /// How far to trust that.
    pub quality: Quality,
    /// Since when it is so.
    pub since: Timestamp,
}

/// When a plan is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Due {
    /// At a date, known or worked out from the meter's pace.
    At {
        /// When.
        at: Timestamp,
        /// Whether its need is to be raised by now.
        is_asked: bool,
        /// From when to when it is in time.
        dates: Dates,
        /// How many earlier dates passed without it.
        missed: u32,
        /// What is left on the meter, in its unit; negative when over.
        left: Option<f64>,
    },
    /// Not now, and nobody can say when.
    Later {
        /// What is left on the meter, in its unit.
        left: Option<f64>,
    },
    /// It cannot be told.
    Unknown(NotTold),
    /// It is switched off.
    Off,
}

/// Why it cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTold {
    /// The meter was never read.
    NoMeter,
    /// The condition was not evaluated.
    NoTruth,
    /// What the condition rests on is bad or missing.
    Bad,
    /// It holds, but what it rests on is doubtful.
    Uncertain,
    /// The next date is beyond the calendar.
    NoDate,
    /// It has nothing to come due by.
    NoTrigger,
}

impl Due {
    /// Dates first, the earliest of them foremost; then what cannot be told, so that it is seen.
    const fn rank(&self) -> (u8, i64) {
        match self {
            Self::At { at, .. } => (0, at.micros()),
            Self::Unknown(_) => (1, 0),
            Self::Later { .. } => (2, 0),
            Self::Off => (3, 0),
        }
    }
}

impl Plan {
    /// When it is due, seen from now.
    #[must_use]
    pub fn due(&self, now: Timestamp, known: Known<'_>) -> Due {
        if !self.is_on {
            return Due::Off;
        }
        self.by(&self.trigger, now, known)
    }

    fn by(&self, trigger: &Trigger, now: Timestamp, known: Known<'_>) -> Due {
        match trigger {
            Trigger::Calendar(every) => match every.next(now, known.last) {
                Some((at, missed)) => self.at(now, at, missed, None),
                None => Due::Unknown(NotTold::NoDate),
            },
            Trigger::Meter(rule) => self.by_meter(now, rule, known),
            Trigger::Condition { held } => self.by_truth(now, *held, known),
            Trigger::First(triggers) => {
                let all = triggers.iter().map(|trigger| self.by(trigger, now, known));
                all.min_by_key(Due::rank)
                    .unwrap_or(Due::Unknown(NotTold::NoTrigger))
            }
        }
    }

    fn at(&self, now: Timestamp, at: Timestamp, missed: u32, left: Option<f64>) -> Due {
        Due::At {
            at,
            is_asked: now >= at - self.lead,
            dates: Dates {
                earliest: Some(at - self.tolerance),
                latest: Some(at + self.tolerance),
            },
            missed,
            left,
        }
    }

    fn by_meter(&self, now: Timestamp, rule: &MeterRule, known: Known<'_>) -> Due {
        let Some((meter, last)) = known.meter.and_then(|meter| Some((meter, meter.last()?))) else {
            return Due::Unknown(NotTold::NoMeter);
        };
        let done = known.last.and_then(|last| last.meter).unwrap_or(rule.from);
        let left = rule.every - (meter.total() - done);
        if left <= 0.0 {
            // It came due when the count was reached; the meter knows no better than its last reading.
            let at = meter.reached(done + rule.every).unwrap_or(last).min(now);
            return self.at(now, at, 0, Some(left));
        }
        let pace = meter.pace(rule.window).filter(|pace| *pace > 0.0);
        let ahead = pace.and_then(|pace| crate::span::from_hours(left / pace));
        match ahead {
            Some(ahead) => self.at(now, (last + ahead).max(now), 0, Some(left)),
            None => Due::Later { left: Some(left) },
        }
    }

    fn by_truth(&self, now: Timestamp, held: Span, known: Known<'_>) -> Due {
        let Some(truth) = known.truth else {
            return Due::Unknown(NotTold::NoTruth);
        };
        match (truth.quality, truth.holds) {
            (Quality::Bad, _) | (_, None) => Due::Unknown(NotTold::Bad),
            (_, Some(false)) => Due::Later { left: None },
            (Quality::Uncertain, Some(true)) => Due::Unknown(NotTold::Uncertain),
            (Quality::Good, Some(true)) => {
                // What it was done for does not ask again until it was false in between.
                if known.last.is_some_and(|last| last.done >= truth.since) {
                    return Due::Later { left: None };
                }
                self.at(now, truth.since + held, 0, None)
            }
        }
    }
}

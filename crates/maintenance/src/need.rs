//! Needs: reasons to maintain a piece of equipment, from wherever they come, in one form.
//!
//! A need says of which equipment, how it fails or would fail, how urgent, from when it is worthwhile and until
//! when it is safe, what standing still would cost, and why, with evidence. Needs of one equipment and failure mode
//! merge ([`Needs::raise`]): the first stays, the later ones lead to it, and all evidence is kept.

mod book;
mod consequence;

pub use book::{Needs, NotPossible, Raised};
pub use consequence::{Consequence, Criticality, Rates};

use twin::{AssetId, LimitKind, PointId, Quality, Timestamp};

use crate::id::{Key, NeedId, OrderId, PersonId, PlanId};
use crate::iso14224::FailureMode;
use crate::order::Dates;
use crate::plan::{Due, Plan};
use crate::trend::Reaches;
use crate::words::words;

words! {
    /// How soon somebody must act; the later ones are worse.
    Urgency {
        /// When it fits.
        Routine = "routine",
        /// In the coming weeks.
        Soon = "soon",
        /// In the coming days.
        Pressing = "pressing",
        /// Now.
        Emergency = "emergency",
    }
}

/// Where a need comes from. Raising it again from the same source refreshes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A preventive plan came due.
    Plan(PlanId),
    /// A value beyond a limit of the twin.
    Limit {
        /// Whose value.
        point: PointId,
        /// Which limit.
        kind: LimitKind,
    },
    /// A degradation that reaches a limit.
    Trend {
        /// Whose value.
        point: PointId,
        /// Which limit it reaches.
        kind: LimitKind,
    },
    /// Somebody said so; without an account where the site allows it.
    Report {
        /// Who, where that is known.
        by: Option<PersonId>,
        /// The report, so that sending it twice is harmless.
        key: Key,
    },
    /// Somebody found it while doing other work.
    Inspection {
        /// On which order.
        order: OrderId,
        /// The event of the finding.
        key: Key,
    },
}

/// What a reason rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// A value.
    Value {
        /// Of which point.
        point: PointId,
        /// When.
        at: Timestamp,
        /// The value, in the point's unit.
        value: f64,
        /// How far to trust it.
        quality: Quality,
    },
    /// A value beyond a limit.
    Beyond {
        /// Of which point.
        point: PointId,
        /// Since when.
        since: Timestamp,
        /// Which limit.
        kind: LimitKind,
        /// Where the limit is, in the point's unit.
        limit: f64,
    },
    /// A line through readings.
    Trend {
        /// Of which point.
        point: PointId,
        /// Where the limit is, in the point's unit.
        limit: f64,
        /// When it is reached.
        reaches: Reaches,
    },
    /// A plan's count or date.
    Due {
        /// Which plan.
        plan: PlanId,
        /// When it is due.
        at: Timestamp,
    },
    /// Somebody's words.
    Words {
        /// When they were said.
        at: Timestamp,
        /// What was said.
        text: Box<str>,
    },
    /// A file: the hash of its content.
    File([u8; 32]),
}

/// What becomes of a need.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Nobody has decided.
    Open,
    /// It is told in another need of the same equipment and failure mode.
    MergedInto(NeedId),
    /// Work was ordered.
    Ordered(OrderId),
    /// Somebody said why nothing is to be done.
    Dismissed {
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: Box<str>,
    },
    /// What asked for it is over: the work was done, or the value is back.
    Met {
        /// When.
        at: Timestamp,
    },
}

/// What is known when a need is raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Of which equipment.
    pub asset: AssetId,
    /// How it fails, or would.
    pub mode: FailureMode,
    /// Where it comes from.
    pub source: Source,
    /// How soon somebody must act.
    pub urgency: Urgency,
    /// From when it is worthwhile and until when it is safe.
    pub dates: Dates,
    /// What standing still would cost.
    pub consequence: Option<Consequence>,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// When it was raised.
    pub at: Timestamp,
}

/// A need for maintenance.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// Which.
    pub id: NeedId,
    /// Of which equipment.
    pub asset: AssetId,
    /// How it fails, or would.
    pub mode: FailureMode,
    /// Where it came from.
    pub source: Source,
    /// How soon, by itself.
    pub urgency: Urgency,
    /// From when and until when, by itself.
    pub dates: Dates,
    /// What standing still would cost.
    pub consequence: Option<Consequence>,
    /// Why: what it was raised with first, and last.
    pub evidence: Vec<Evidence>,
    /// When it was raised first.
    pub first: Timestamp,
    /// When last.
    pub last: Timestamp,
    /// How often.
    pub count: u32,
    /// What becomes of it.
    pub state: State,
}

impl Draft {
    /// A need because a line through readings of a point reaches a limit: worthwhile from half the way to the
    /// earliest date on, safe until the earliest date. Half the way is a choice of ours, after the rule that leaves
    /// half of the P-F interval to act in (J. Moubray, *Reliability-centred Maintenance*, 1997).
    #[must_use]
    pub fn from_trend(
        asset: AssetId,
        mode: FailureMode,
        point: PointId,
        (kind, limit): (LimitKind, f64),
        reaches: Reaches,
        now: Timestamp,
    ) -> Self {
        let left = reaches.earliest.since(now);
        let half = twin::Span::from_micros(left.micros() / 2);
        Self {
            asset,
            mode,
            source: Source::Trend { point, kind },
            urgency: Urgency::of_time_left(left),
            dates: Dates {
                earliest: Some(now + half),
                latest: Some(reaches.earliest.max(now)),
            },
            consequence: None,
            evidence: vec![Evidence::Trend {
                point,
                limit,
                reaches,
            }],
            at: now,
        }
    }

    /// A need because a value is beyond a limit of the twin: now, and pressing when it is an outer limit.
    #[must_use]
    pub fn from_limit(
        asset: AssetId,
        mode: FailureMode,
        point: PointId,
        (kind, limit): (LimitKind, f64),
        since: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            asset,
            mode,
            source: Source::Limit { point, kind },
            urgency: match kind {
                LimitKind::HighHigh | LimitKind::LowLow => Urgency::Pressing,
                LimitKind::High | LimitKind::Low => Urgency::Soon,
            },
            dates: Dates {
                earliest: Some(since),
                latest: None,
            },
            consequence: None,
            evidence: vec![Evidence::Beyond {
                point,
                since,
                kind,
                limit,
            }],
            at: now,
        }
    }
}

impl Draft {
    /// A need because of what the twin says asks for somebody: a value beyond a limit. None for sources and points
    /// that are silent or bad: those are about what is known, not about the equipment.
    #[must_use]
    pub fn from_twin(need: &twin::Need, mode: FailureMode, now: Timestamp) -> Option<Self> {
        match need.kind {
            twin::NeedKind::Limit { point, limit, at } => Some(Self::from_limit(
                need.asset?,
                mode,
                point,
                (limit, at),
                need.since,
                now,
            )),
            twin::NeedKind::SourceDown { .. }
            | twin::NeedKind::Silent { .. }
            | twin::NeedKind::Bad { .. } => None,
        }
    }

    /// A need because a preventive plan is inside its lead time; none while it is not. Urgent by the time left until
    /// it is no longer in time.
    #[must_use]
    pub fn from_plan(plan: &Plan, due: &Due, now: Timestamp) -> Option<Self> {
        let Due::At {
            at,
            is_asked: true,
            dates,
            ..
        } = due
        else {
            return None;
        };
        let left = dates.latest.unwrap_or(*at).since(now);
        Some(Self {
            asset: plan.asset,
            mode: plan.mode,
            source: Source::Plan(plan.id),
            // What is late by a calendar is no emergency by that alone.
            urgency: Urgency::of_time_left(left).min(Urgency::Pressing),
            dates: *dates,
            consequence: None,
            evidence: vec![Evidence::Due {
                plan: plan.id,
                at: *at,
            }],
            at: now,
        })
    }
}

impl Urgency {
    /// By how long it is still safe: a day, a week, a month.
    #[must_use]
    pub fn of_time_left(left: twin::Span) -> Self {
        const DAY: i64 = 86_400;
        match left.secs() {
            secs if secs < DAY => Self::Emergency,
            secs if secs < 7 * DAY => Self::Pressing,
            secs if secs < 30 * DAY => Self::Soon,
            _ => Self::Routine,
        }
    }
}

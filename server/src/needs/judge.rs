//! From what is seen to what is told of needs: pure, so that it can be asked about any moment.
//!
//! A limit that flaps, a trend that moves a little and a plan that is late are told once, and again only when there
//! is something new: another time beyond the limit (at most hourly), other dates, another urgency.

use std::collections::BTreeMap;

use maintenance::id::{Key, NeedId, OrderId, PersonId};
use maintenance::iso14224::FailureMode;
use maintenance::need::{Consequence, Draft, Evidence, Need, Source, State, Urgency};
use maintenance::order::{Dates, Priority};
use maintenance::plan::Due;
use twin::{AssetId, LimitKind, PointId, Quality, Span, Timestamp};

use super::Entry;
use super::desk::Book;

/// A need is told again by the same source at most this often.
const AGAIN_AFTER: Span = Span::from_secs(3_600);
/// Dates that move by less are the same.
const MOVED: Span = Span::from_secs(86_400);
/// For so long after somebody said that nothing is to be done, the same limit is not told again.
const QUIET: Span = Span::from_secs(86_400);
/// A value must be back for so long before its need is over.
const BACK_FOR: Span = Span::from_secs(1_800);
/// A trend that was not seen for so long is over.
const TREND_LASTS: Span = Span::from_secs(2 * 86_400);

/// A value beyond a limit, as the twin has it now.
#[derive(Clone, Debug, PartialEq)]
pub struct Beyond {
    pub asset: AssetId,
    pub mode: FailureMode,
    pub point: PointId,
    pub kind: LimitKind,
    /// Where the limit is.
    pub limit: f64,
    pub since: Timestamp,
    /// The value and when it was measured.
    pub value: Option<(Timestamp, f64, Quality)>,
}

/// What standing still would cost.
pub type Costs<'c> = dyn Fn(AssetId) -> Option<Consequence> + 'c;

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is still to be done.
    Open,
    /// It was done then.
    Done(Timestamp),
    /// It will not be done.
    Cancelled,
}

/// An order that somebody asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub order: OrderId,
    /// Of its first event.
    pub key: Key,
    pub asset: AssetId,
    pub mode: FailureMode,
    pub priority: Priority,
    pub dates: Dates,
    /// Needs that it names.
    pub needs: Vec<NeedId>,
    /// Who reported it; none where a system did.
    pub by: Option<PersonId>,
    pub at: Timestamp,
    pub title: Box<str>,
}

/// What lasts beyond a limit and was not told yet.
#[must_use]
pub fn limits(book: &Book, beyond: &[Beyond], hold: Span, costs: &Costs<'_>, now: Timestamp) -> Vec<Entry> {
    let lasts = beyond.iter().filter(|one| now.since(one.since) >= hold);
    let mut entries = Vec::new();
    for one in lasts.filter(|one| is_news(book, one, hold, now)) {
        let limit = (one.kind, one.limit);
        let mut draft = Draft::from_limit(one.asset, one.mode, one.point, limit, one.since, now);
        draft
            .evidence
            .extend(one.value.map(|(at, value, quality)| Evidence::Value {
                point: one.point,
                at,
                value,
                quality,
            }));
        draft.consequence = costs(one.asset);
        entries.push(Entry::raised(&draft));
    }
    entries
}

fn is_news(book: &Book, one: &Beyond, hold: Span, now: Timestamp) -> bool {
    let source = Source::Limit {
        point: one.point,
        kind: one.kind,
    };
    let Some(known) = book.needs.latest((one.asset, one.mode), &source) else {
        return true;
    };
    if book.needs.head(known.id).is_some() {
        return told_since(known) != Some(one.since) && now.since(known.last) >= AGAIN_AFTER;
    }
    match ended(book, known) {
        Some(State::Dismissed { at, .. }) => one.since > *at && now.since(*at) >= QUIET,
        // The work was done and the value is still beyond: after a while that is news.
        Some(State::Met { at }) => now.since(*at) >= AGAIN_AFTER.max(hold),
        _ => true,
    }
}

/// What became of a need, or of the one that it is told in.
fn ended<'b>(book: &'b Book, need: &'b Need) -> Option<&'b State> {
    match &need.state {
        State::MergedInto(head) => book.needs.get(*head).map(|head| &head.state),
        state => Some(state),
    }
}

/// Since when a value was beyond, as it was told last.
fn told_since(need: &Need) -> Option<Timestamp> {
    need.evidence.iter().rev().find_map(|evidence| match evidence {
        Evidence::Beyond { since, .. } => Some(*since),
        _ => None,
    })
}

/// Whether a draft says something that was not told of a need of the same source.
fn differs(known: &Need, draft: &Draft, now: Timestamp) -> bool {
    let moved = |a: Option<Timestamp>, b: Option<Timestamp>| match (a, b) {
        (Some(a), Some(b)) => a.since(b).micros().abs() >= MOVED.micros(),
        (a, b) => a != b,
    };
    let dates =
        moved(known.dates.earliest, draft.dates.earliest) || moved(known.dates.latest, draft.dates.latest);
    known.urgency != draft.urgency || (dates && now.since(known.last) >= AGAIN_AFTER)
}

/// Trends that reach a limit and were not told so yet.
#[must_use]
pub fn trends(book: &Book, drafts: Vec<Draft>, costs: &Costs<'_>, now: Timestamp) -> Vec<Entry> {
    let mut entries = Vec::new();
    for mut draft in drafts {
        let known = book.needs.latest((draft.asset, draft.mode), &draft.source);
        let is_news = known.is_none_or(|known| match ended(book, known) {
            Some(State::Dismissed { at, .. } | State::Met { at }) => {
                now.since(*at) >= QUIET || draft.urgency > known.urgency
            }
            _ => differs(known, &draft, now) || now.since(known.last) >= QUIET,
        });
        if is_news {
            draft.consequence = costs(draft.asset);
            entries.push(Entry::raised(&draft));
        }
    }
    entries
}

/// Plans whose time to be planned has come.
#[must_use]
pub fn plans(book: &Book, costs: &Costs<'_>, now: Timestamp) -> Vec<Entry> {
    let mut entries = Vec::new();
    for state in book.plans.values() {
        let Some(mut draft) = Draft::from_plan(&state.plan, &state.due(now), now) else {
            continue;
        };
        let known = book.needs.latest((draft.asset, draft.mode), &draft.source);
        let live = known.filter(|known| book.needs.head(known.id).is_some());
        if live.is_none_or(|known| differs(known, &draft, now)) {
            draft.consequence = costs(draft.asset);
            entries.push(Entry::raised(&draft));
        }
    }
    entries
}

/// What is over: work was done or cancelled, values are back, plans ask no more.
///
/// `calm` says since when a value that was beyond a limit is back.
#[must_use]
pub fn over(
    book: &Book,
    calm: &BTreeMap<PointId, Timestamp>,
    fate: &dyn Fn(OrderId) -> Fate,
    now: Timestamp,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for head in book.heads() {
        match head.state {
            State::Ordered(order) => match fate(order) {
                Fate::Open => {}
                Fate::Done(at) => {
                    entries.push(Entry::met(head.id, at));
                    entries.extend(passed(book, head.id, at));
                }
                Fate::Cancelled => entries.push(Entry::Reopened { need: head.id.get() }),
            },
            _ => {
                let mut group = book.needs.group(head.id);
                if group.all(|need| is_over(book, need, calm, now)) {
                    entries.push(Entry::met(head.id, now));
                }
            }
        }
    }
    entries
}

/// Of the plans told in a need: that they were done, or are left out for once.
#[must_use]
pub fn passed(book: &Book, head: NeedId, done: Timestamp) -> Vec<Entry> {
    let of_plan = |need: &Need| match need.source {
        Source::Plan(plan) => {
            let due = need.evidence.iter().rev().find_map(|evidence| match evidence {
                Evidence::Due { at, .. } => Some(*at),
                _ => None,
            });
            Some(book.plans.get(&plan)?.passed(done, due.unwrap_or(done)))
        }
        _ => None,
    };
    book.needs.group(head).filter_map(of_plan).collect()
}

/// Whether what asked for a need is over by itself. What people reported is over when work is done.
fn is_over(book: &Book, need: &Need, calm: &BTreeMap<PointId, Timestamp>, now: Timestamp) -> bool {
    match need.source {
        Source::Limit { point, .. } => calm
            .get(&point)
            .is_some_and(|since| now.since(*since) >= BACK_FOR),
        Source::Trend { .. } => now.since(need.last) >= TREND_LASTS,
        Source::Plan(plan) => book.plans.get(&plan).is_some_and(|state| {
            let is_asked = matches!(state.due(now), Due::At { is_asked: true, .. } | Due::Unknown(_));
            !is_asked
        }),
        Source::Report { .. } | Source::Inspection { .. } => false,
    }
}

/// What an order that was asked for says of needs: those it names are ordered; what somebody reported is a need of
/// its own, or joins the one that is known.
#[must_use]
pub fn asked(book: &Book, asked: &Asked) -> Vec<Entry> {
    let ordered = |need: NeedId| Entry::Ordered {
        need: need.get(),
        order: asked.order.get(),
        by: asked.by.map(|by| by.get()),
    };
    let is_open = |need: NeedId| {
        let known = book.needs.get(need);
        known.is_some_and(|known| known.state == State::Open && known.asset == asked.asset)
    };
    if !asked.needs.is_empty() {
        let open = asked.needs.iter().copied().filter(|need| is_open(*need));
        return open.map(ordered).collect();
    }
    let place = (asked.asset, asked.mode);
    let source = Source::Report {
        by: asked.by,
        key: asked.key,
    };
    if asked.by.is_none() || book.needs.latest(place, &source).is_some() {
        return Vec::new();
    }
    let draft = Draft {
        asset: asked.asset,
        mode: asked.mode,
        source,
        urgency: match asked.priority {
            Priority::Urgent => Urgency::Emergency,
            Priority::High => Urgency::Pressing,
            Priority::Medium => Urgency::Soon,
            Priority::Low => Urgency::Routine,
        },
        dates: asked.dates,
        consequence: None,
        evidence: vec![Evidence::Words {
            at: asked.at,
            text: asked.title.clone(),
        }],
        at: asked.at,
    };
    let told = book.needs.told_at(place);
    let head = told.map_or(Some(book.needs.next_id()), |head| {
        (head.state == State::Open).then_some(head.id)
    });
    let raised = Entry::raised(&draft);
    [raised].into_iter().chain(head.map(ordered)).collect()
}

#[cfg(test)]
#[path = "judge/tests.rs"]
mod tests;

//! The 5 × 5 risk matrix over open needs and orders (IEC 31010).
//!
//! Likelihood is by how soon somebody must act, one step more where it is overdue; severity by what a stop costs,
//! and where that is not known by how critical the equipment is. What is not known stands nowhere, and is counted.

use app::i18n::Messages;
use app::still::Frame;
use app::still::work::{RiskLine, RiskMatrix, RiskPage, RiskSquare, WorkView, words as work_words};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leptos::prelude::*;
use maintenance::need::{Consequence, Criticality, Urgency};
use maintenance::order::Priority;
use maintenance::risk::{Bands, Class, Likelihood, Matrix, Risk, Severity};
use serde::Deserialize;
use twin::{AssetId, Timestamp};

use super::{Seen, all_assets};
use crate::http::doors::Doors;
use crate::http::people::messages;
use crate::http::who;
use crate::http::work::may_board;
use crate::needs::signs;
use crate::work::list::number;

/// Rows shown.
const MOST: usize = 200;
/// For how long a stop is thought to last where its cost is told.
const STOP_HOURS: i64 = 8;

/// Which square, `4-3` or `unknown`, at and below which asset.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    square: String,
    asset: Option<u32>,
}

/// Something that may fail: an open need, or an open order that answers none.
struct Thing {
    title: String,
    path: String,
    asset: AssetId,
    likelihood: Likelihood,
    severity: Option<Severity>,
    latest: Option<Timestamp>,
}

/// How likely it is to fail before the work is done.
fn likelihood(urgency: Urgency, latest: Option<Timestamp>, now: Timestamp) -> Likelihood {
    let step = match urgency {
        Urgency::Routine => 1,
        Urgency::Soon => 2,
        Urgency::Pressing => 3,
        Urgency::Emergency => 4,
    };
    let is_overdue = latest.is_some_and(|latest| latest < now);
    let place = (step + usize::from(is_overdue)).min(Likelihood::ALL.len() - 1);
    Likelihood::ALL
        .get(place)
        .copied()
        .unwrap_or(Likelihood::AlmostCertain)
}

/// How bad it would be; none where nobody knows.
fn severity(cost: Option<Consequence>, criticality: Option<Criticality>, bands: &Bands) -> Option<Severity> {
    if let Some(cost) = cost {
        let stop = maintenance::order::event::Money(cost.per_hour.0.saturating_mul(STOP_HOURS));
        return Some(bands.severity(stop));
    }
    criticality.map(|criticality| match criticality {
        Criticality::Low => Severity::Minor,
        Criticality::Medium => Severity::Moderate,
        Criticality::High => Severity::Major,
    })
}

const fn urgency_of(priority: Priority) -> Urgency {
    match priority {
        Priority::Urgent => Urgency::Emergency,
        Priority::High => Urgency::Pressing,
        Priority::Medium => Urgency::Soon,
        Priority::Low => Urgency::Routine,
    }
}

/// `GET /work/risk`
pub async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let viewer = who::viewer(&parts);
    let at = asked.asset.map(AssetId::new);
    let Some(seen) = Seen::of(&doors, &viewer, all_assets(&doors), at) else {
        return doors.missing(parts, true).await;
    };
    let now = doors.backend.clock.now();
    let things = things(&doors, messages(&parts), &seen, now);
    let page = RiskPage {
        views: WorkView::all("risk", may_board(&viewer)),
        ..drawn(&doors, things, &asked.square, seen, now)
    };
    let title = |m: Messages| m.still_risk().to_owned();
    let draw = move || view! { <RiskMatrix page/> };
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

/// Open needs, and open orders that answer none of them.
fn things(doors: &Doors, m: Messages, seen: &Seen, now: Timestamp) -> Vec<Thing> {
    let (backend, bands) = (&doors.backend, Bands::default());
    let model = backend.model.current();
    let line_hour = backend.needs_worth;
    let bad = |asset: AssetId| {
        let criticality = backend.read(|twin| signs::criticality(twin, &model, asset));
        severity(
            signs::consequence(criticality, line_hour, now),
            criticality,
            &bands,
        )
    };
    let mut things = Vec::new();
    let mut answered = std::collections::BTreeSet::new();
    backend.needs.read(|book| {
        for need in book.heads().filter(|need| seen.names.contains_key(&need.asset)) {
            if let maintenance::need::State::Ordered(order) = need.state {
                answered.insert(order);
            }
            let latest = book.needs.dates(need.id).latest;
            let urgency = book.needs.urgency(need.id).unwrap_or(need.urgency);
            things.push(Thing {
                title: format!(
                    "{} · {}",
                    m.still_need_number(&need.id.to_string()),
                    work_words::mode(m, need.mode.code())
                ),
                path: format!("/work/needs/{}", need.id),
                asset: need.asset,
                likelihood: likelihood(urgency, latest, now),
                severity: None,
                latest,
            });
        }
    });
    backend.work.each(|order| {
        let asset = order.request().asset;
        let counts = order.status().is_open() && !answered.contains(&order.id());
        if counts && seen.names.contains_key(&asset) {
            let latest = order.dates().latest;
            things.push(Thing {
                title: format!("{} · {}", number(order.id()), order.title()),
                path: format!("/work/{}", order.id()),
                asset,
                likelihood: likelihood(urgency_of(order.priority()), latest, now),
                severity: None,
                latest,
            });
        }
    });
    let known: std::collections::BTreeMap<AssetId, Option<Severity>> =
        seen.names.keys().map(|asset| (*asset, bad(*asset))).collect();
    for thing in &mut things {
        thing.severity = known.get(&thing.asset).copied().flatten();
    }
    things
}

fn risk(thing: &Thing) -> Option<Risk> {
    thing.severity.map(|severity| Risk {
        likelihood: thing.likelihood,
        severity,
    })
}

/// 1 to 5.
const fn step(place: usize) -> u8 {
    // At most five.
    #[allow(clippy::cast_possible_truncation, reason = "one of five")]
    let place = place as u8;
    place + 1
}

fn drawn(doors: &Doors, mut things: Vec<Thing>, square: &str, seen: Seen, now: Timestamp) -> RiskPage {
    let bands = Bands::default();
    let places = things.iter().enumerate();
    let matrix = Matrix::of(places.filter_map(|(place, thing)| Some((risk(thing)?, place))));
    let squares = Likelihood::ALL.iter().rev().map(|likelihood| {
        let one = |severity: &Severity| {
            let risk = Risk {
                likelihood: *likelihood,
                severity: *severity,
            };
            RiskSquare {
                likelihood: step(*likelihood as usize),
                severity: step(*severity as usize),
                class: bands.class(risk).word().to_owned(),
                count: matrix.at(risk).len(),
            }
        };
        Severity::ALL.iter().map(one).collect()
    });
    let squares = squares.collect();
    let unplaced = things.iter().filter(|thing| thing.severity.is_none()).count();
    let shown = square.split_once('-').and_then(|(likelihood, severity)| {
        let place = |text: &str| text.parse().ok().filter(|place: &u8| (1..=5).contains(place));
        Some((place(likelihood)?, place(severity)?))
    });
    let shows_unplaced = square == "unknown";
    things.retain(|thing| match (risk(thing), shown) {
        (Some(risk), Some(square)) => {
            (step(risk.likelihood as usize), step(risk.severity as usize)) == square
        }
        (Some(risk), None) => !shows_unplaced && bands.class(risk) >= Class::High,
        (None, _) => shows_unplaced,
    });
    let far = Timestamp::from_micros(i64::MAX);
    things.sort_by_key(|thing| {
        let score = risk(thing).map_or(0, Risk::score);
        (std::cmp::Reverse(score), thing.latest.unwrap_or(far))
    });
    let total = things.len();
    let dates: Vec<Timestamp> = things.iter().filter_map(|thing| thing.latest).collect();
    let (first, last) = (dates.iter().min(), dates.iter().max());
    let times = doors.times_between(first.copied().unwrap_or(now), last.copied().unwrap_or(now));
    let line = |thing: Thing| RiskLine {
        asset_name: seen.names.get(&thing.asset).cloned().unwrap_or_default(),
        class: risk(&thing).map(|risk| bands.class(risk).word().to_owned()),
        title: thing.title,
        path: thing.path,
        asset: thing.asset.get(),
        likelihood: step(thing.likelihood as usize),
        severity: thing.severity.map(|severity| step(severity as usize)),
        latest_millis: thing.latest.map(Timestamp::millis),
    };
    RiskPage {
        squares,
        unplaced,
        shown,
        shows_unplaced,
        lines: things.into_iter().take(MOST).map(line).collect(),
        total,
        asset: seen.asset,
        views: Vec::new(),
        times,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_is_one_step_likelier_and_what_is_not_known_stands_nowhere() {
        let now = Timestamp::from_millis(1_772_431_200_000);
        let late = Some(now - twin::Span::from_secs(1));
        assert_eq!(likelihood(Urgency::Routine, None, now), Likelihood::Unlikely);
        assert_eq!(likelihood(Urgency::Routine, late, now), Likelihood::Possible);
        assert_eq!(
            likelihood(Urgency::Emergency, late, now),
            Likelihood::AlmostCertain
        );
        let bands = Bands::default();
        assert_eq!(severity(None, None, &bands), None);
        assert_eq!(
            severity(None, Some(Criticality::High), &bands),
            Some(Severity::Major)
        );
        let cost = signs::consequence(Some(Criticality::High), 20_000, now);
        assert_eq!(
            severity(cost, Some(Criticality::High), &bands),
            Some(Severity::Major)
        );
        let cost = signs::consequence(Some(Criticality::High), 100, now);
        assert_eq!(
            severity(cost, Some(Criticality::High), &bands),
            Some(Severity::Negligible)
        );
    }
}

//! Key figures of maintenance over a period (EN 15341, SMRP), of what the reader sees.

use std::collections::{BTreeMap, BTreeSet};

use app::api::backend::Viewer;
use app::i18n::Messages;
use app::still::Frame;
use app::still::work::{FigureLine, FigureShown, Figures, FiguresPage, WorkView};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leptos::prelude::*;
use maintenance::id::{OrderId, PersonId};
use maintenance::kpi::{self, Figure, NoFigure, Operated, Unit};
use maintenance::order::Order;
use maintenance::span::Stretch;
use serde::Deserialize;
use twin::{AssetId, PointId, Span, Timestamp, Twin};

use super::{Seen, all_assets};
use crate::http::doors::Doors;
use crate::http::who;
use crate::http::work::may_board;
use crate::work::list::{number, sees_work};
use crate::zone;

/// Periods to choose from, in days back from now.
const PERIODS: [u32; 4] = [7, 28, 90, 365];
/// Orders listed under a figure.
const ROWS: usize = 500;
/// Counters of run hours that are looked up.
const COUNTERS: usize = 500;
/// What counters of run hours are called.
const RUN_HOURS: [&str; 3] = ["running_hours", "run_hours", "operating_hours"];

/// Over how many days, at and below which asset.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    days: u32,
    asset: Option<u32>,
}

/// `GET /work/figures`
pub async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let viewer = who::viewer(&parts);
    let at = asked.asset.map(AssetId::new);
    let Some(seen) = Seen::of(&doors, &viewer, all_assets(&doors), at) else {
        return doors.missing(parts, true).await;
    };
    let days = *PERIODS.iter().find(|days| **days == asked.days).unwrap_or(&28);
    let now = doors.backend.clock.now();
    let from = now - Span::from_secs(i64::from(days) * 86_400);
    let operated = operated(&doors, &viewer, at, (from, now)).await;
    let weekly = weekly(&doors, &viewer, &seen, now);
    let lines = Stretch::new(from, now).map(|period| lines(&doors, &seen, period, &operated, weekly));
    let (lines, orders) = lines.unwrap_or_default();
    let page = FiguresPage {
        lines,
        days,
        periods: PERIODS.into(),
        asset: seen.asset,
        orders,
        views: WorkView::all("figures", may_board(&viewer)),
    };
    let title = |m: Messages| m.still_figures().to_owned();
    let draw = move || view! { <Figures page/> };
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

/// How long equipment ran in the period, where a counter of it says so: all of it, also what never failed.
async fn operated(
    doors: &Doors,
    viewer: &Viewer,
    at: Option<AssetId>,
    (from, now): (Timestamp, Timestamp),
) -> BTreeMap<AssetId, Span> {
    let counters: Vec<(AssetId, PointId)> = doors.backend.read(|twin| {
        let counter = |asset: &AssetId| {
            let point = RUN_HOURS.iter().find_map(|name| twin.property(*asset, name));
            Some((*asset, point?))
        };
        let is_asked = |(asset, _): &(AssetId, PointId)| {
            at.is_none_or(|top| *asset == top || twin.trail(*asset).contains(&top))
                && sees_work(viewer, twin, *asset)
        };
        let all = twin.assets().map(|asset| asset.id);
        all.filter_map(|asset| counter(&asset))
            .filter(is_asked)
            .take(COUNTERS)
            .collect()
    });
    let history = doors.backend.history.clone();
    let read = move || {
        let shows = |point: PointId, at: Timestamp| {
            let reading = history.at(point, at).ok().flatten()?;
            reading.value.as_ref()?.as_number()
        };
        let ran = |(asset, point): (AssetId, PointId)| {
            // Where history begins later than the period, the counter's first word is asked for.
            let first = shows(point, from).or_else(|| {
                let first = history.series(point, from, now, 1).ok()?;
                first.first()?.value.as_ref()?.as_number()
            })?;
            let hours = shows(point, now)? - first;
            // One that shows less was reset: nobody knows how long it ran.
            let ran = maintenance::span::from_hours(hours).filter(|_| hours >= 0.0)?;
            Some((asset, ran))
        };
        counters.into_iter().filter_map(ran).collect()
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_default()
}

/// All figures, and over how many orders.
fn lines(
    doors: &Doors,
    seen: &Seen,
    period: Stretch,
    operated: &BTreeMap<AssetId, Span>,
    weekly: Span,
) -> (Vec<FigureLine>, usize) {
    doors.backend.work.look(|all| {
        let is_seen = |order: &&Order| seen.names.contains_key(&order.request().asset);
        let orders: Vec<&Order> = all.values().filter(is_seen).collect();
        let of = || orders.iter().copied();
        let assets: BTreeSet<AssetId> = seen.names.keys().copied().collect();
        let counted: BTreeSet<AssetId> = operated.keys().copied().collect();
        let ran = operated
            .values()
            .fold(0_i64, |sum, ran| sum.saturating_add(ran.micros()));
        let ran = Operated((!operated.is_empty()).then(|| Span::from_micros(ran)));
        let people: BTreeSet<PersonId> = of()
            .flat_map(|order| order.work())
            .filter(|work| work.time.and(period).is_some())
            .map(|work| work.person)
            .collect();
        // Never of one person, nor of two, who would know each other's: a crew's figure would be theirs.
        let wrench = match people.len() {
            1 | 2 => Err("one_person"),
            _ => kpi::wrench_time(of(), &people, period).map_err(why),
        };
        let lines = vec![
            line("schedule", kpi::schedule_compliance(of(), period).map_err(why)),
            line("pm", kpi::pm_compliance(of(), period).map_err(why)),
            line("backlog", kpi::backlog_weeks(of(), weekly).map_err(why)),
            line("reactive", kpi::reactive_share(of(), period).map_err(why)),
            line("mtbf", kpi::mtbf(of(), &counted, period, ran).map_err(why)),
            line("mttr", kpi::mttr(of(), &assets, period).map_err(why)),
            line("wrench", wrench),
        ];
        (lines, orders.len())
    })
}

/// What the crews work in the week from then on, of the sites that somebody sees and is asked for whole; nothing
/// where none is known.
fn weekly(doors: &Doors, viewer: &Viewer, seen: &Seen, from: Timestamp) -> Span {
    let book = doors.backend.roster.book();
    let Some(week) = Stretch::new(from, from + Span::from_secs(7 * 86_400)) else {
        return Span::ZERO;
    };
    let zone = zone::of_calendars(&doors.backend.zone);
    let of_site = |site: &AssetId| {
        let calendar = book.site(*site, &zone);
        let people = book.people_of(*site).into_iter();
        let works = people.map(|person| book.working(person, &calendar, week).total().micros());
        works.sum::<i64>()
    };
    let sites: BTreeSet<AssetId> = book.crews.values().map(|crew| crew.site).collect();
    let top = seen.asset.as_ref().map(|(id, _)| AssetId::new(*id));
    let is_asked = |twin: &Twin, site: &AssetId| {
        let is_below = top.is_none_or(|top| *site == top || twin.trail(*site).contains(&top));
        is_below && sees_work(viewer, twin, *site)
    };
    let sites: Vec<AssetId> = doors
        .backend
        .read(|twin| sites.into_iter().filter(|site| is_asked(twin, site)).collect());
    Span::from_micros(sites.iter().map(of_site).sum())
}

fn line(word: &'static str, figure: Result<Figure, &'static str>) -> FigureLine {
    let counted = |rows: Vec<OrderId>| {
        let one = |id: OrderId| (id.get(), number(id));
        rows.into_iter().take(ROWS).map(one).collect()
    };
    let shown = match figure {
        Err(why) => FigureShown::None(why),
        Ok(figure) => FigureShown::Number {
            value: figure.value,
            unit: match figure.unit {
                Unit::Share => "share",
                Unit::Hours => "hours",
                Unit::Weeks => "weeks",
            },
            numerator: figure.numerator,
            denominator: figure.denominator,
            rows: counted(figure.rows),
            of: counted(figure.of),
        },
    };
    FigureLine { word, shown }
}

/// The word of why there is no figure.
const fn why(why: NoFigure) -> &'static str {
    match why {
        NoFigure::NothingScheduled => "nothing_scheduled",
        NoFigure::NothingDue => "nothing_due",
        NoFigure::NoHours => "no_hours",
        NoFigure::NoCapacity => "no_capacity",
        NoFigure::NoEstimates => "no_estimates",
        NoFigure::NoFailures => "no_failures",
        NoFigure::NoOperatingTime => "no_operating_time",
        NoFigure::NothingRestored => "nothing_restored",
    }
}

//! Today's work: what is under way, what comes next, what can wait, and rounds.

use crew::day::OrderCard;
use leptos::prelude::*;
use maintenance::order::{Order, Status, StepKind};

use super::frame::link;
use super::icon::{self, icon};
use super::route::Route;
use super::state::Tablet;
use super::times::Times;
use super::words;

/// An order in the list.
#[derive(Clone, PartialEq)]
struct Row {
    id: u32,
    title: String,
    place: String,
    asset: (u32, String),
    /// When it is planned for: from and to.
    slot: Option<(i64, i64)>,
    latest: Option<i64>,
    hours: f64,
    permits: (usize, usize),
    steps: (usize, usize),
    status: Status,
    is_round: bool,
}

/// The page.
pub fn page(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let rows = Memo::new(move |_| rows(tablet));
    let clock = move || tablet.times().date(tablet.now());
    let bar = view! {
        <nav class="g-crew-abar">
            {link(tablet, Route::Scan, "g-crew-btn g-crew-btn--72", view! { {icon(icon::SCAN)}{m.crew_scan()} })}
            {link(tablet, Route::Report(None), "g-crew-btn g-crew-btn--72", view! { {icon(icon::FLAG)}{m.crew_report()} })}
        </nav>
    };
    view! {
        <main class="g-crew__main">
            <div class="g-crew-title"><h1>{m.crew_today()}</h1><p class="g-crew-day">{clock}</p></div>
            {move || lists(tablet, rows.get())}
            <p class="g-crew-sync">{icon(icon::TABLET)}<span>{move || synced(tablet)}</span></p>
        </main>
        {bar}
    }
    .into_any()
}

fn rows(tablet: Tablet) -> Vec<Row> {
    let cards = tablet
        .got
        .with(|got| got.as_ref().map(|got| got.day.orders.clone()).unwrap_or_default());
    cards
        .iter()
        .filter_map(|card| Some(row(tablet, card, &tablet.order(card.id)?.order)))
        .collect()
}

fn row(tablet: Tablet, card: &OrderCard, order: &Order) -> Row {
    let (name, place) = tablet.got.with(|got| {
        let assets = got
            .as_ref()
            .map(|got| got.day.assets.as_slice())
            .unwrap_or_default();
        let asset = assets.iter().find(|asset| asset.id == card.asset);
        asset
            .map(|asset| (asset.name.clone(), asset.place.join(", ")))
            .unwrap_or_default()
    });
    let job = order.job();
    let is_read = |kind: &StepKind| matches!(kind, StepKind::Check | StepKind::Reading { .. });
    Row {
        id: card.id,
        title: order.title().to_owned(),
        place,
        asset: (card.asset, name),
        slot: order
            .slot()
            .map(|slot| (slot.from().micros(), slot.to().micros())),
        latest: order.dates().latest.map(twin::Timestamp::micros),
        hours: job.labour.iter().map(|labour| labour.hours).fold(0.0, f64::max),
        permits: (
            job.permits.len().saturating_sub(order.permits_open().len()),
            job.permits.len(),
        ),
        steps: (order.answers().len(), job.steps.len()),
        status: order.status(),
        is_round: job.steps.len() > 1
            && job.locks.is_empty()
            && job.steps.iter().all(|step| is_read(&step.kind))
            && job
                .steps
                .iter()
                .any(|step| matches!(step.kind, StepKind::Reading { .. })),
    }
}

fn lists(tablet: Tablet, rows: Vec<Row>) -> AnyView {
    let (m, times, now) = (tablet.m, tablet.times(), tablet.now());
    if tablet.got.with(Option::is_none) {
        return view! { <p class="g-crew-card g-crew-card--say">{m.crew_no_day()}</p> }.into_any();
    }
    let (done, open): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| !row.status.is_open());
    let (rounds, mut jobs): (Vec<Row>, Vec<Row>) = open.into_iter().partition(|row| row.is_round);
    // What was begun stands first; the server has sorted the rest.
    jobs.sort_by_key(|row| row.status != Status::InProgress);
    let mut jobs = jobs.into_iter();
    let (first, next, later) = (jobs.next(), jobs.next(), jobs.collect::<Vec<_>>());
    let hours: f64 = later.iter().map(|row| row.hours).sum();
    let more = (!later.is_empty())
        .then(|| m.crew_jobs(later.len() as u64) + ", " + &times.length((hours * 3_600e6) as i64));
    let list = |title: &'static str, more: Option<String>, rows: Vec<Row>| {
        (!rows.is_empty()).then(|| {
            let rows = rows
                .into_iter()
                .map(|row| line(tablet, &row, &times, now))
                .collect_view();
            view! {
                <h2 class="g-crew-lab">{title}<span>{more}</span></h2>
                <div class="g-crew-jobs">{rows}</div>
            }
        })
    };
    view! {
        {first.map_or_else(
            || view! { <p class="g-crew-card g-crew-card--say">{m.crew_nothing()}</p> }.into_any(),
            |row| card(tablet, &row, &times, now),
        )}
        {list(m.crew_next(), None, next.into_iter().collect())}
        {list(m.crew_later(), more, later)}
        {list(m.crew_rounds(), None, rounds)}
        {list(m.crew_done(), None, done)}
    }
    .into_any()
}

/// What is under way, or comes first.
fn card(tablet: Tablet, row: &Row, times: &Times, now: i64) -> AnyView {
    let m = tablet.m;
    let planned = row.slot.map_or_else(
        || {
            row.latest.map_or_else(
                || "–".to_owned(),
                |latest| m.crew_until(&times.short(latest, now)),
            )
        },
        |(from, to)| format!("{}–{}", times.short(from, now), times.short(to, from)),
    );
    let (given, all) = row.permits;
    let fact = |term: &'static str, value: String| view! { <div><dt>{term}</dt><dd>{value}</dd></div> };
    let verb = if row.status == Status::InProgress {
        m.crew_go_on()
    } else {
        m.crew_open()
    };
    let asset = view! { {icon(icon::ASSET)}<span class="g-cut">{row.asset.1.clone()}</span> };
    view! {
        <section class="g-crew-card g-crew-card--now" aria-label=m.crew_now()>
            <div class="g-crew-card__top">
                <p class="g-crew-wo"><span class="g-crew-tag">{m.crew_now()}</span>{format!("WO-{}", row.id)}
                    <span class="g-crew-tag g-crew-tag--o">{words::status(m, row.status.word())}</span></p>
                <h2>{row.title.clone()}</h2>
                <p>{row.place.clone()}</p>
            </div>
            <dl class="g-crew-facts">
                {fact(m.crew_planned(), planned)}
                {(all > 0).then(|| fact(m.crew_permits(), m.crew_of(&given.to_string(), &all.to_string())))}
                {fact(m.crew_steps(), m.crew_of(&row.steps.0.to_string(), &row.steps.1.to_string()))}
            </dl>
            <div class="g-crew-card__do">
                {link(tablet, Route::Asset(row.asset.0), "g-crew-btn g-crew-btn--72", asset)}
                {link(tablet, Route::Job(row.id), "g-crew-btn g-crew-btn--72 g-crew-btn--go", view! { {icon(icon::GO)}{verb} })}
            </div>
        </section>
    }
    .into_any()
}

fn line(tablet: Tablet, row: &Row, times: &Times, now: i64) -> AnyView {
    let m = tablet.m;
    let when = row.slot.map_or_else(
        || m.crew_any_time().to_owned(),
        |(from, _)| times.short(from, now),
    );
    let more = match row.is_round {
        true => m.crew_of(&row.steps.0.to_string(), &row.steps.1.to_string()),
        false if row.hours > 0.0 => times.length((row.hours * 3_600e6) as i64),
        false => String::new(),
    };
    let width = format!("{}%", row.steps.0 * 100 / row.steps.1.max(1));
    let progress = row.is_round.then(|| {
        view! {
            <svg class="g-crew-prog" aria-hidden="true">
                <rect class="e" width="100%" height="16"></rect><rect class="f" width=width height="16"></rect>
            </svg>
        }
    });
    let inside = view! {
        <time>{when}</time>
        <span class="g-crew-row__what"><b>{row.title.clone()}</b><small>{format!("WO-{} · {} · {}", row.id, row.asset.1, words::status(m, row.status.word()))}</small>{progress}</span>
        <span class="g-crew-row__end">{more}</span>
        {icon(icon::ON)}
    };
    link(tablet, Route::Job(row.id), "g-crew-row", inside)
}

fn synced(tablet: Tablet) -> String {
    let now = tablet.now();
    let times = tablet.times();
    tablet.got.with(|got| {
        got.as_ref().map_or_else(
            || tablet.m.crew_never_synced().to_owned(),
            |got| {
                let jobs = u64::try_from(got.day.orders.len()).unwrap_or_default();
                tablet.m.crew_synced(jobs, &times.short(got.at, now))
            },
        )
    })
}

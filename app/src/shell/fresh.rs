//! The freshness bar: how far the page may be believed, in words. On every page.

use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wire::page::{SourceState, SourceStatus};

use super::{use_shell, use_zone};
use crate::fmt::{Fmt, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::live::{Link, use_live};
use crate::pages::use_wall_theme;
use crate::routes;

mod state;
use state::PlantState;

/// How long "back live" is said after a lost connection.
const BACK_MILLIS: i64 = 10_000;

/// The freshness bar. Without script it says when the page was made.
#[component]
pub fn FreshnessBar() -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let shell = use_shell();
    // Kept here, because what stands in the bar is made anew with each change of the connection.
    let back = back_since();
    let is_lost = Memo::new(move |_| matches!(live.link.get(), Link::Lost { .. }));
    let demo = move || shell.with(|shell| shell.demo.is_some());
    let (path, wall_theme) = (use_location().pathname, use_wall_theme());
    let theme = move || (path.get() == routes::wall()).then(|| wall_theme.get());
    let open = move || shell.with(|shell| shell.open_to_network);
    view! {
        <section class="g-fresh" aria-label=m.fresh_label() data-theme=theme>
            <div class="g-fresh__bar" class:g-fresh__bar--lost=is_lost>
                {move || if is_lost.get() { Either::Left(view! { <Lost/> }) } else { Either::Right(view! { <Fresh back/> }) }}
                <Show when=demo>
                    <span class="g-demo-badge">
                        <span class="g-wide">{m.demo_badge()}</span>
                        <span class="g-narrow">{m.demo_badge_short()}</span>
                    </span>
                </Show>
            </div>
            <Show when=open><p class="g-fresh__line">{m.fresh_open()}</p></Show>
        </section>
    }
}

/// The connection stands, or is under way.
#[component]
fn Fresh(
    /// For a while after a lost connection: how long the gap was.
    back: Memo<Option<i64>>,
) -> impl IntoView {
    let m = use_messages();
    let f = use_fmt();
    let live = use_live();
    let zone = use_zone();
    let is_live = Memo::new(move |_| live.link.get() == Link::Live);
    let clock = move || zone.with(|zone| f.clock(zone, live.now.get()));
    let made = use_shell().with_untracked(|shell| shell.server_millis);
    let plant = Memo::new(move |_| live.plant.with(PlantState::of));
    let state = move || {
        if is_live.get() {
            let plant = plant.get();
            let word = match plant {
                PlantState::Live if back.get().is_some() => m.fresh_back().to_owned(),
                PlantState::Live => m.fresh_live().to_owned(),
                PlantState::Partly => m.fresh_partly().to_owned(),
                PlantState::Nothing => m.fresh_nothing().to_owned(),
                PlantState::Lost(sources) => m.fresh_source_gone(sources),
                PlantState::Waiting => m.fresh_waiting().to_owned(),
            };
            let part = plant != PlantState::Live;
            Either::Left(
                view! { <span><i class="g-dot" class:g-dot--part=part></i><b>{word}</b></span><span>{clock}</span> },
            )
        } else {
            let as_of = m.fresh_page_time(&zone.with(|zone| f.clock(zone, made)));
            Either::Right(view! { <span><i class="g-dot g-dot--hollow"></i><b>{as_of}</b></span> })
        }
    };
    let gap = move || {
        back.get()
            .map(|gap| view! { <span>{m.fresh_gap(&f.age(gap))}</span> })
    };
    let counts = Memo::new(move |_| {
        live.plant
            .with(|plant| (plant.summary.live, plant.summary.points))
    });
    let tags = move || match counts.get() {
        (_, 0) => Either::Left(view! { <span>{m.fresh_tags_none()}</span> }),
        (live, all) => {
            let (live, all) = (f.integer(live), f.integer(all));
            Either::Right(view! {
                <span class="g-wide">{m.fresh_tags(&live, &all)}</span>
                <span class="g-narrow">{m.fresh_tags_short(&live, &all)}</span>
            })
        }
    };
    let date = move || zone.with(|zone| f.date(zone, live.now.get()));
    view! {
        {state}
        {gap}
        {tags}
        <SourcesDown/>
        <HistoryStopped/>
        <span class="g-fresh__end">{date}" · "{m.fresh_readonly()}</span>
    }
}

/// For ten seconds after a lost connection: how long the gap was.
fn back_since() -> Memo<Option<i64>> {
    let live = use_live();
    let gap = RwSignal::new(None::<(i64, i64)>);
    Effect::new(move |lost: Option<Option<i64>>| {
        let link = live.link.get();
        let lost = lost.flatten();
        match link {
            Link::Lost { since_millis, .. } => Some(since_millis),
            Link::Live => {
                if let Some(since) = lost {
                    let now = live.now.get_untracked();
                    gap.set(Some((now, now.saturating_sub(since))));
                }
                None
            }
            Link::Connecting => lost,
        }
    });
    Memo::new(move |_| {
        let (at, gap) = gap.get()?;
        (live.now.get().saturating_sub(at) < BACK_MILLIS).then_some(gap)
    })
}

/// A try this near is under way, to all who look.
const SOON_MILLIS: i64 = 2_500;

/// The connection to the server is lost: everything shown is last known.
#[component]
fn Lost() -> impl IntoView {
    let m = use_messages();
    let f = use_fmt();
    let live = use_live();
    let zone = use_zone();
    let since = move || match live.link.get() {
        Link::Lost { since_millis, .. } => m.fresh_lost(&zone.with(|zone| f.time(zone, since_millis))),
        Link::Connecting | Link::Live => String::new(),
    };
    let retry = move || match live.link.get() {
        // Rounded up. Tries that follow one another within a moment are one.
        Link::Lost {
            retry_at_millis: Some(at),
            ..
        } if at > live.now.get().saturating_add(SOON_MILLIS) => {
            m.fresh_retry_in(&f.age(at.saturating_sub(live.now.get()).saturating_add(999)))
        }
        Link::Lost { .. } | Link::Connecting | Link::Live => m.fresh_retrying().to_owned(),
    };
    view! {
        <span><b>{since}</b></span>
        <span>{m.fresh_last_known()}</span>
        <span class="g-wide">{retry}</span>
        <button class="g-btn g-btn--sm g-push" on:click=move |_| live.retry_now()>{m.fresh_retry_now()}</button>
    }
}

/// Sources without connection: one by its name, several counted.
#[component]
fn SourcesDown() -> impl IntoView {
    let m = use_messages();
    let f = use_fmt();
    let live = use_live();
    let zone = use_zone();
    let down = Memo::new(move |_| {
        live.plant.with(|plant| {
            plant
                .sources
                .iter()
                .filter(|status| !matches!(status.state, SourceState::Connected | SourceState::Stopped))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let words = move || {
        down.with(|down| match down.as_slice() {
            [] => None,
            [one] => Some(zone.with(|zone| source_words(m, one, &f.time(zone, one.since_millis)))),
            several => Some(m.fresh_sources_down(several.len() as u64)),
        })
    };
    move || {
        words().map(|words| {
            view! {
                <a class="g-fresh__source g-cut" href=routes::sources()>
                    <svg class="g-dataq" aria-hidden="true"><use href="#d-offline"/></svg>
                    <b>{words}</b>
                </a>
            }
        })
    }
}

fn source_words(m: Messages, status: &SourceStatus, since: &str) -> String {
    match status.state {
        SourceState::Connecting => m.fresh_source_connecting(&status.name),
        SourceState::Connected | SourceState::Stopped => status.name.clone(),
        SourceState::Lost => m.fresh_source_lost(&status.name, since),
        SourceState::Refused => m.fresh_source_refused(&status.name, since),
    }
}

/// History is not being written.
#[component]
fn HistoryStopped() -> impl IntoView {
    let m = use_messages();
    let f: Fmt = use_fmt();
    let live = use_live();
    let zone = use_zone();
    let since = Memo::new(move |_| live.plant.with(|plant| plant.history_stopped_millis));
    move || {
        since.get().map(|since| {
            let time = zone.with(|zone| f.time_short(zone, since));
            view! { <a class="g-fresh__source" href=routes::status()><b>{m.fresh_history(&time)}</b></a> }
        })
    }
}

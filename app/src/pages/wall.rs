//! `/overview/wall`: the overview for three metres away. No chrome, dark unless its address says another
//! theme, its clock in the bar; sites take turns every 30 s unless something needs somebody, and anybody may stop that.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::page::{OverviewPage, OverviewRow};

use super::frame::loaded;
use super::overview::headline::{Headline, use_standing};
use super::overview::needs_band::NeedsBand;
use super::overview::sites_table::SitesTable;
use super::overview::{use_overview, watch};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::prefs::Theme;
use crate::routes;

/// A site's turn.
const TURN: Duration = Duration::from_secs(30);
/// Frames a second that a wall asks for.
const MAX_HZ: u8 = 1;

/// Walls are dark, for rooms that are; `?theme=` says otherwise. A reader's own choice is not the room's.
#[must_use]
pub fn use_wall_theme() -> Memo<&'static str> {
    let query = use_query_map();
    Memo::new(move |_| {
        query
            .with(|query| query.get_str("theme").and_then(Theme::from_word))
            .unwrap_or(Theme::Dark)
            .as_str()
    })
}

/// The wall.
#[component]
pub fn Wall() -> impl IntoView {
    let page = use_overview();
    let theme = use_wall_theme();
    let turn = RwSignal::new(0_usize);
    let paused = RwSignal::new(false);
    view! {
        <main class="g-main g-wall g-over-page" id="main" tabindex="-1" data-theme=theme>
            {loaded(page, move |page| view! { <WallView page turn paused/> })}
        </main>
    }
}

#[component]
fn WallView(page: OverviewPage, turn: RwSignal<usize>, paused: RwSignal<bool>) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let live = use_live();
    watch(live, &page, Some(MAX_HZ));
    let total = u32::try_from(page.needs.len())
        .unwrap_or(u32::MAX)
        .saturating_add(page.more_needs);
    let standing = use_standing(total);
    let calm = Memo::new(move |_| standing.get().is_calm());
    let sites = sites(page.rows);
    let count = sites.len();
    take_turns(turn, paused, calm, count);
    let shown = Memo::new(move |_| (calm.get() && count > 0).then(|| turn.get() % count));
    let table = move || match shown.get() {
        Some(site) => sites.get(site).cloned().unwrap_or_default(),
        // Something needs somebody, or nobody knows: everything stays in view.
        None => sites.concat(),
    };
    let can_pause = move || calm.get() && count > 1;
    let label = move || {
        if paused.get() {
            m.wall_go_on()
        } else {
            m.wall_pause()
        }
    };
    view! {
        <leptos_meta::Title text=m.overview_wall()/>
        <header class="g-row g-over-head">
            <h1 class="g-display"><Headline standing total/></h1>
        </header>
        <NeedsBand needs=page.needs/>
        {move || {
            let rows = table();
            (!rows.is_empty()).then(|| view! { <SitesTable rows/> })
        }}
        <p class="g-row g-wall__foot">
            {move || {
                shown
                    .get()
                    .filter(|_| count > 1)
                    .map(|site| view! { <span>{m.wall_turn(&fmt.integer(site as u64 + 1), &fmt.integer(count as u64))}</span> })
            }}
            <Show when=can_pause>
                <button
                    class="g-btn g-btn--sm"
                    aria-pressed=move || paused.get().to_string()
                    on:click=move |_| paused.update(|paused| *paused = !*paused)
                >
                    {label}
                </button>
            </Show>
            <a class="g-btn g-btn--sm g-push" href=routes::overview()>
                {m.wall_leave()}
            </a>
        </p>
    }
}

/// Each site with its systems.
fn sites(rows: Vec<OverviewRow>) -> Vec<Vec<OverviewRow>> {
    let mut sites: Vec<Vec<OverviewRow>> = Vec::new();
    for row in rows {
        match sites.last_mut() {
            Some(site) if row.depth > 0 => site.push(row),
            _ => sites.push(vec![row]),
        }
    }
    sites
}

/// The next site, every 30 s, while nothing needs anybody and unless somebody stopped it.
fn take_turns(turn: RwSignal<usize>, paused: RwSignal<bool>, calm: Memo<bool>, count: usize) {
    Effect::new(move |_| {
        if count < 2 || paused.get() || !calm.get() {
            return;
        }
        let next = move || {
            turn.try_update(|turn| *turn = (*turn + 1) % count);
        };
        if let Ok(handle) = set_interval_with_handle(next, TURN) {
            on_cleanup(move || handle.clear());
        }
    });
}

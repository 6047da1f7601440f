//! `/overview`: does anything need me? Then every site and system in one table.

pub mod headline;
pub mod needs_band;
pub mod sites_table;

use leptos::prelude::*;
use wire::Selector;
use wire::page::{OverviewPage, OverviewRow, PointView};

use self::headline::{Headline, Standing, use_standing};
use self::needs_band::NeedsBand;
use self::sites_table::SitesTable;
use super::frame::loaded;
use super::provenance::Provenance;
use crate::api::Data;
use crate::api::overview::GetOverview;
use crate::components::empty_state::EmptyState;
use crate::i18n::use_messages;
use crate::live::{LiveStore, use_live};
use crate::routes;

/// The plant overview.
#[component]
pub fn Overview() -> impl IntoView {
    let page = use_overview();
    view! { <main class="g-main g-over-page" id="main" tabindex="-1">{loaded(page, |page| view! { <OverviewView page/> })} <Provenance/></main> }
}

/// What needs somebody and every site, asked again when either changes.
pub fn use_overview() -> Data<OverviewPage> {
    let changes = use_live().structure(&Selector::Plant);
    Data::new(move || (Some(GetOverview {}), changes.get()))
}

#[component]
fn OverviewView(
    /// What the page was made from.
    page: OverviewPage,
) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    watch(live, &page, None);
    let total = u32::try_from(page.needs.len())
        .unwrap_or(u32::MAX)
        .saturating_add(page.more_needs);
    let standing = use_standing(total);
    let more = page.more_needs;
    let sub = move || match standing.get() {
        _ if more > 0 => {
            view! { <a class="g-link" href=routes::needs() rel="external">{m.overview_more(more)}</a> }
                .into_any()
        }
        Standing::Calm(true) => m.overview_calm_more().into_any(),
        _ => ().into_any(),
    };
    let has_rows = !page.rows.is_empty();
    let table = if page.rows.is_empty() {
        view! {
            <section class="g-panel">
                <EmptyState what=m.overview_empty() why=m.overview_empty_why()>
                    <a class="g-btn g-btn--primary" href=routes::sources()>
                        {m.overview_to_sources()}
                    </a>
                </EmptyState>
            </section>
        }
        .into_any()
    } else {
        view! { <SitesTable rows=page.rows/> }.into_any()
    };
    // Found by themselves, and nobody said what they are.
    let learn = (!page.is_modelled && has_rows).then(|| {
        view! {
            <p class="g-message">
                <span>{m.learn_link_why()}</span>
                <a class="g-btn g-push" href=routes::learn()>
                    {m.learn_link()}
                </a>
            </p>
        }
    });
    view! {
        <leptos_meta::Title text=m.overview_title()/>
        <header class="g-row g-over-head">
            <h1 class="g-h1"><Headline standing total/></h1>
            <span class="g-over-sub">{sub}</span>
            <a class="g-link g-push g-wide" href=routes::wall()>
                {m.overview_wall()}
            </a>
        </header>
        <NeedsBand needs=page.needs/>
        {learn}
        {table}
    }
}

/// Keeps everything on the overview up to date.
pub fn watch(live: LiveStore, page: &OverviewPage, max_hz: Option<u8>) {
    let state = |row: &OverviewRow| row.node.state.clone();
    let states: Vec<PointView> = page.rows.iter().filter_map(state).collect();
    let indicators = page.rows.iter().flat_map(|row| row.indicators.iter());
    let needs = page.needs.iter().filter_map(|need| need.point.as_ref());
    let views: Vec<&PointView> = indicators.chain(needs).chain(&states).collect();
    live.seed(views.iter().copied());
    live.seed_summaries(
        page.rows
            .iter()
            .map(|row| (row.node.asset.asset, row.node.summary)),
    );
    let mut points: Vec<u32> = views.iter().map(|view| view.info.point).collect();
    points.sort_unstable();
    points.dedup();
    let since = Some(page.position);
    if !points.is_empty() {
        live.watch(Selector::Points { points }, max_hz, since);
    }
    let assets: Vec<u32> = page.rows.iter().map(|row| row.node.asset.asset).collect();
    if !assets.is_empty() {
        live.watch(Selector::Summaries { assets }, max_hz, since);
    }
}

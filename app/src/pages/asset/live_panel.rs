//! The live panel: a row for every point of the page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::page::{AssetPage, PointView};

use crate::components::analog_indicator::geometry::Scale;
use crate::components::feed::Feed;
use crate::components::live_row::LiveRow;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::pages::range::with_query;

/// From here on rows stand in columns and are drawn only when they come near.
pub const MANY: usize = 16;
/// Points on one page.
const PAGE: u32 = 500;

/// Name, bar, value and words of every point; those with a known range first.
#[component]
pub fn LivePanel(
    /// The page.
    page: AssetPage,
    /// Half the width, beside other panels.
    half: bool,
) -> impl IntoView {
    let m = use_messages();
    let (fmt, live) = (use_fmt(), use_live());
    let (total, offset) = (page.points_total, page.offset);
    let summary = live.summary(page.node.asset.asset);
    let aside = move || summary.with(|s| m.tags_live_short(&fmt.integer(s.live), &fmt.integer(s.points)));
    let (ranged, plain): (Vec<_>, Vec<_>) = page
        .points
        .into_iter()
        .partition(|view| Scale::of(&view.info).is_some());
    let class = if half { "g-panel g-6" } else { "g-panel" };
    let rows = move |views: Vec<PointView>| {
        let class = match views.len() {
            0 => return None,
            1..=MANY => "g-lives",
            _ => "g-lives g-lives--long",
        };
        let bars = views.first().is_some_and(|view| Scale::of(&view.info).is_some());
        let few = views.len() <= MANY;
        // Down one column, then the other.
        let half_of = format!("--half:{}", views.len().div_ceil(2));
        let class = match (bars || few, !half) {
            (true, true) => format!("{class} g-lives--two"),
            (false, true) => format!("{class} g-lives--many"),
            _ => class.to_owned(),
        };
        let row = |view: PointView| {
            let feed = Feed::live(live, view.info.point);
            view! { <LiveRow info=view.info feed/> }
        };
        Some(view! { <ul class=class style=half_of>{views.into_iter().map(row).collect_view()}</ul> })
    };
    view! {
        <section class=class aria-label=m.asset_live()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.asset_live()}</h2>
                <span class="g-caption">{aside}</span>
            </div>
            {rows(ranged)}
            {rows(plain)}
            {(total > PAGE).then(|| view! { <Pager offset total page=PAGE/> })}
        </section>
    }
}

/// Which part of a long list this is, and links to the others.
#[component]
pub fn Pager(
    /// The first one shown.
    offset: u32,
    /// Of how many.
    total: u32,
    /// How many on a page.
    page: u32,
) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let query = use_query_map();
    let link = move |to: u32, label: &'static str| {
        view! {
            <a class="g-btn g-btn--sm" href=move || query.with(|query| with_query(query, "offset", &to.to_string()))>
                {label}
            </a>
        }
    };
    let last = (offset + page).min(total);
    view! {
        <nav class="g-panel__foot" aria-label=m.pager_label()>
            <span class="g-caption">{m.pager_part(&fmt.integer(offset + 1), &fmt.integer(last), &fmt.integer(total))}</span>
            <span class="g-row g-push">
                {(offset > 0).then(|| link(offset.saturating_sub(page), m.pager_previous()))}
                {(last < total).then(|| link(last, m.pager_next()))}
            </span>
        </nav>
    }
}

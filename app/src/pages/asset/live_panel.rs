//! The live panel: a row for every point of the page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::page::{AssetPage, GroupKind, PointGroup, PointView};

use crate::components::analog_indicator::geometry::Scale;
use crate::components::feed::Feed;
use crate::components::live_row::LiveRow;
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::pages::range::with_query;
use crate::pages::tag::coverage_words;

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
    let parts = parts_of(&page, m);
    let about = page.about;
    let class = if half { "g-panel g-6" } else { "g-panel" };
    let rows = |views: Vec<PointView>| {
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
            let feed = Feed::live(live, &view.info);
            let covered = about.as_ref().and_then(|about| {
                let mut coverage = about.coverage.iter();
                let (_, coverage) = coverage.find(|(point, _)| *point == view.info.point)?;
                Some(coverage_words(*coverage, m, fmt))
            });
            view! { <LiveRow info=view.info feed covered=covered.unwrap_or_default()/> }
        };
        Some(view! { <ul class=class style=half_of>{views.into_iter().map(row).collect_view()}</ul> })
    };
    let parts = parts.into_iter().map(|(title, views)| {
        let title = title.map(|title| view! { <h3 class="g-caption g-lives__title">{title}</h3> });
        view! { {title} {rows(views)} }
    });
    let parts = parts.collect_view();
    view! {
        <section class=class aria-label=m.asset_live()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.asset_live()}</h2>
                <span class="g-caption">{aside}</span>
            </div>
            {parts}
            {(total > PAGE).then(|| view! { <Pager offset total page=PAGE/> })}
        </section>
    }
}

/// By what the model says, each under its heading; without a model those with a bar first.
fn parts_of(page: &AssetPage, m: Messages) -> Vec<(Option<String>, Vec<PointView>)> {
    let Some(about) = &page.about else {
        let (ranged, plain): (Vec<_>, Vec<_>) = page
            .points
            .iter()
            .cloned()
            .partition(|view| Scale::of(&view.info).is_some());
        return vec![(None, ranged), (None, plain)];
    };
    let part = |group: &PointGroup| {
        let word = match group.kind {
            GroupKind::Key => m.group_key(),
            GroupKind::State => m.group_state(),
            GroupKind::Measurement => m.group_measurement(),
            GroupKind::Computed => m.group_computed(),
            GroupKind::Unmapped => m.group_unmapped(),
        };
        let title = match &group.component {
            Some(component) => format!("{component} · {word}"),
            None => word.to_owned(),
        };
        let is_in = |view: &&PointView| group.points.contains(&view.info.point);
        let views: Vec<PointView> = page.points.iter().filter(is_in).cloned().collect();
        (!views.is_empty()).then_some((Some(title), views))
    };
    about.groups.iter().filter_map(part).collect()
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

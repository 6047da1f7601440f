//! The live panel: what matters first, half the page wide; and below the trend all other values.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::page::{AssetAbout, AssetPage, GroupKind, PointView};

use crate::components::analog_indicator::geometry::Scale;
use crate::components::feed::Feed;
use crate::components::live_row::LiveRow;
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::pages::range::with_query;
use crate::pages::tag::{coverage_words, why_word};

/// Rows that stand beside what needs somebody; the others follow below the trend.
const FIRST: usize = 10;
/// From here on rows without bars stand in compact columns, and all are drawn only when they come near.
const MANY: usize = 16;
/// Points on one page.
const PAGE: u32 = 500;

/// A page's points.
pub struct Parts {
    /// Those that matter first.
    pub first: Vec<PointView>,
    /// All others by what they are, each under its heading.
    pub more: Vec<(String, Vec<PointView>)>,
}

impl Parts {
    /// By what the model says; without a model those with a bar first.
    #[must_use]
    pub fn of(page: &AssetPage, m: Messages) -> Self {
        let mut parts = match &page.about {
            Some(about) => modelled(page, about, m),
            None => found(page),
        };
        // Nothing stands above the others: the first of them do.
        let fullest = parts.more.iter_mut().find(|(_, views)| !views.is_empty());
        if let Some((_, views)) = fullest.filter(|_| parts.first.is_empty()) {
            parts.first = views.drain(..views.len().min(FIRST)).collect();
        }
        parts.more.retain(|(_, views)| !views.is_empty());
        parts
    }
}

fn found(page: &AssetPage) -> Parts {
    let is_ranged = |view: &PointView| Scale::of(&view.info).is_some();
    let (mut all, plain): (Vec<_>, Vec<_>) = page.points.iter().cloned().partition(is_ranged);
    all.extend(plain);
    Parts {
        first: Vec::new(),
        more: vec![(String::new(), all)],
    }
}

fn modelled(page: &AssetPage, about: &AssetAbout, m: Messages) -> Parts {
    let of = |kinds: &[GroupKind], is_part: bool| -> Vec<PointView> {
        let groups = about.groups.iter();
        let groups =
            groups.filter(|group| kinds.contains(&group.kind) && group.component.is_some() == is_part);
        let ids = groups.flat_map(|group| group.points.iter());
        let view = |id: &u32| page.points.iter().find(|view| view.info.point == *id).cloned();
        ids.filter_map(view).collect()
    };
    let mut names: Vec<&str> = Vec::new();
    for name in about.groups.iter().filter_map(|group| group.component.as_deref()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let of_parts = [GroupKind::State, GroupKind::Measurement, GroupKind::Computed];
    Parts {
        first: of(&[GroupKind::Key], false),
        more: vec![
            (
                m.group_measurement().to_owned(),
                of(&[GroupKind::State, GroupKind::Measurement], false),
            ),
            (names.join(" · "), of(&of_parts, true)),
            (m.group_computed().to_owned(), of(&[GroupKind::Computed], false)),
            (m.group_unmapped().to_owned(), of(&[GroupKind::Unmapped], false)),
        ],
    }
}

/// Name, bar, value and words of the points that matter first.
#[component]
pub fn LivePanel(
    /// The page.
    page: AssetPage,
    /// The points.
    views: Vec<PointView>,
) -> impl IntoView {
    let m = use_messages();
    let (fmt, live) = (use_fmt(), use_live());
    let summary = live.summary(page.node.asset.asset);
    let aside = move || summary.with(|s| m.tags_live_short(&fmt.integer(s.live), &fmt.integer(s.points)));
    view! {
        <section class="g-panel g-6" aria-label=m.asset_live()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.asset_live()}</h2>
                <span class="g-caption">{aside}</span>
            </div>
            <Rows views about=page.about half=true/>
        </section>
    }
}

/// All other values, by what they are.
#[component]
pub fn MorePanel(
    /// The page.
    page: AssetPage,
    /// The points under their headings.
    parts: Vec<(String, Vec<PointView>)>,
) -> impl IntoView {
    let m = use_messages();
    let (total, offset) = (page.points_total, page.offset);
    let about = page.about;
    let parts = parts.into_iter().map(|(title, views)| {
        let title = (!title.is_empty()).then(|| view! { <h3 class="g-caption g-lives__title">{title}</h3> });
        view! { {title} <Rows views about=about.clone() half=false/> }
    });
    view! {
        <section class="g-panel" aria-label=m.asset_more()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.asset_more()}</h2>
            </div>
            {parts.collect_view()}
            {(total > PAGE).then(|| view! { <Pager offset total page=PAGE/> })}
        </section>
    }
}

/// Rows of points in fixed columns: in one half, or in two with the first of them on the left.
#[component]
fn Rows(views: Vec<PointView>, about: Option<Box<AssetAbout>>, half: bool) -> impl IntoView {
    let (m, fmt, live) = (use_messages(), use_fmt(), use_live());
    let is_long = views.len() > MANY;
    let is_plain = views.iter().all(|view| Scale::of(&view.info).is_none());
    let class = match (half, is_long && is_plain) {
        (true, _) => "g-lives",
        (false, true) => "g-lives g-lives--long g-lives--many",
        (false, false) if is_long => "g-lives g-lives--long g-lives--two",
        (false, false) => "g-lives g-lives--two",
    };
    let half_of = format!("--half:{}", views.len().div_ceil(2));
    let row = |view: PointView| {
        let feed = Feed::live(live, &view.info);
        let covered = about.as_ref().and_then(|about| {
            let mut coverage = about.coverage.iter();
            let (_, coverage) = coverage.find(|(point, _)| *point == view.info.point)?;
            Some(coverage_words(*coverage, m, fmt))
        });
        let why = about.as_ref().and_then(|about| {
            let mut whys = about.whys.iter();
            let (_, why) = whys.find(|(point, _)| *point == view.info.point)?;
            Some(why_word(*why, m).to_owned())
        });
        view! { <LiveRow info=view.info feed covered=covered.unwrap_or_default() why=why.unwrap_or_default()/> }
    };
    view! { <ul class=class style=half_of>{views.into_iter().map(row).collect_view()}</ul> }
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

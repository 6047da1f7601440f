//! `/s/{secret}`: an asset through a share link. Complete without script; with it, live over the same socket.

mod words;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use wire::Selector;
use wire::page::{PointView, ShareFrame, SharedPage, SharedPart, Trend};

use self::words::{Expiry, Hidden, ReportLink, SharedFoot, SharedHead, hidden_word};
use super::frame::loaded;
use crate::api::Data;
use crate::api::shared::GetShared;
use crate::chart::TrendSvg;
use crate::components::analog_indicator::AnalogIndicator;
use crate::components::feed::Feed;
use crate::components::live_row::RowWords;
use crate::components::live_value::{LiveValue, Size};
use crate::components::operating_state::OperatingState;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::shell::use_zone;

/// Values that stand at once; the rest opens.
const FIRST: usize = 4;
/// Height of the trend in pixels; inside another page where there is little room, and where there is enough.
const TREND: u32 = 120;
const TREND_LOW: u32 = 80;
const TREND_HIGH: u32 = 200;

/// What of the page another site's page shows: `?panel=values`, `?panel=trend`; anything else is all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Panel {
    #[default]
    All,
    Values,
    Trend,
}

impl Panel {
    fn from_word(word: &str) -> Self {
        match word {
            "values" => Self::Values,
            "trend" => Self::Trend,
            _ => Self::All,
        }
    }
}

/// The page of a share link.
#[component]
pub fn Shared() -> impl IntoView {
    let params = use_params_map();
    let page = Data::new(move || {
        let secret = params.with(|params| params.get("secret"));
        (secret.map(|secret| GetShared { secret }), 0)
    });
    let is_embedded = use_context::<ShareFrame>().is_some_and(|frame| frame.is_embedded);
    let asked = use_query_map();
    let panel =
        move || asked.with_untracked(|query| Panel::from_word(&query.get("panel").unwrap_or_default()));
    let panel = if is_embedded { panel() } else { Panel::All };
    view! {
        <main class="g-shared" id="main" tabindex="-1" class:g-shared--embed=is_embedded>
            {loaded(page, move |page| view! { <leptos_meta::Title text=page.name.clone()/> <SharedView page panel is_embedded/> })}
        </main>
    }
}

/// What a link shows, live, or as it was.
#[component]
pub(crate) fn SharedView(
    page: SharedPage,
    #[prop(default = Panel::All)] panel: Panel,
    #[prop(optional)] is_embedded: bool,
) -> impl IntoView {
    let m = use_messages();
    let as_of = page.as_of_millis;
    let feeds = watch(&page);
    let state = page.state.as_ref().map(|state| feed_of(state, as_of));
    let has_parts = !page.parts.is_empty();
    let parts = move |part: SharedPart| {
        view! {
            <section class="g-panel g-shared__beside" aria-label=part.name.clone()>
                <h2 class="g-h3 g-shared__part">{part.name.clone()}</h2>
                <ul>{rows(part.points, as_of)}</ul>
            </section>
        }
    };
    // Nobody is to take what is left out for what is not there: it has its place, and says so.
    let hidden = page.hidden;
    let gap = move |word: &str| {
        hidden
            .iter()
            .any(|hidden| hidden == word)
            .then(|| view! { <Hidden what=hidden_word(m, word)/> })
    };
    let (no_values, no_history) = (gap("values"), gap("history"));
    let (no_limits, no_parts) = (gap("alarms"), gap("children"));
    let own = (has_parts && !page.points.is_empty()).then(|| page.name.clone());
    let values = (panel != Panel::Trend).then(|| {
        view! { {no_values} <Values points=page.points own as_of/> {no_limits} }
    });
    let heights: &[u32] = if is_embedded {
        &[TREND_LOW, TREND_HIGH]
    } else {
        &[TREND]
    };
    let trend = (panel != Panel::Values).then(|| {
        view! { {page.trend.map(|trend| view! { <SharedTrend trend heights/> })} {no_history} }
    });
    let parts = (panel != Panel::Trend).then(|| {
        view! { {page.parts.into_iter().map(parts).collect_view()} {no_parts} }
    });
    view! {
        <SharedHead feeds as_of/>
        <header class="g-shared__head">
            <h1 class="g-h1">{page.name}</h1>
            {state.map(|feed| view! { <OperatingState feed/> })}
            <Expiry/>
        </header>
        <div class="g-shared__body" data-one=(panel != Panel::All).then_some("")>{values} {trend}</div>
        {parts}
        <ReportLink/>
        <SharedFoot/>
    }
}

/// Has every value of the page live, where it is of the present.
fn watch(page: &SharedPage) -> Vec<Feed> {
    let live = use_live();
    let of_parts = page.parts.iter().flat_map(|part| &part.points);
    let all: Vec<&PointView> = page.points.iter().chain(of_parts).collect();
    let watched = || all.iter().copied().chain(page.state.as_ref());
    live.seed(watched());
    let points: Vec<u32> = watched().map(|view| view.info.point).collect();
    if !points.is_empty() && page.as_of_millis.is_none() {
        live.watch(Selector::Points { points }, None, Some(page.position));
    }
    all.into_iter()
        .map(|view| feed_of(view, page.as_of_millis))
        .collect()
}

/// The asset's own values: the first at once, all of them behind a word. Below a name where others follow.
#[component]
fn Values(mut points: Vec<PointView>, own: Option<String>, as_of: Option<i64>) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    if points.is_empty() {
        return None;
    }
    let all = fmt.integer(points.len() as u64);
    let more = points.split_off(points.len().min(FIRST));
    let more = (!more.is_empty()).then(|| {
        view! {
            <details class="g-shared__more">
                <summary class="g-link">{m.shared_all(&all)}</summary>
                <ul>{rows(more, as_of)}</ul>
            </details>
        }
    });
    Some(view! {
        <section class="g-panel g-shared__values">
            {own.map(|name| view! { <h2 class="g-h3 g-shared__part">{name}</h2> })}
            <ul>{rows(points, as_of)}</ul>
            {more}
        </section>
    })
}

fn rows(views: Vec<PointView>, as_of: Option<i64>) -> impl IntoView + use<> {
    views.into_iter().map(|view| row(&view, as_of)).collect_view()
}

/// What is known of a point now, or what was known then.
fn feed_of(view: &PointView, as_of: Option<i64>) -> Feed {
    match as_of {
        Some(then) => Feed::fixed(view, then),
        None => Feed::live(use_live(), &view.info),
    }
}

/// One value: its name, itself, its bar, and in words what is not as it should be.
fn row(view: &PointView, as_of: Option<i64>) -> impl IntoView + use<> {
    let info = view.info.clone();
    let feed = feed_of(view, as_of);
    view! {
        <li class="g-shared__row">
            <span class="g-shared__name">{info.name.clone()}</span>
            <LiveValue info=info.clone() feed size=Size::Medium worded=true in_link=true/>
            <AnalogIndicator info=info.clone() feed/>
            <span class="g-shared__words"><RowWords info feed/></span>
        </li>
    }
}

/// The past of the first value, as the server drew it: in each height, of which the style sheet shows the one that
/// there is room for.
#[component]
fn SharedTrend(trend: Trend, heights: &'static [u32]) -> impl IntoView {
    let zone = use_zone();
    let to_millis = trend.to_millis;
    let panel = trend.panels.into_iter().next()?;
    let name = panel.info.name.clone();
    let drawn = move |height: &u32| {
        let (panel, height) = (panel.clone(), *height);
        view! { <div class="g-shared__plot"><TrendSvg panel zone=zone.get_untracked() to_millis height/></div> }
    };
    Some(view! {
        <section class="g-panel g-shared__trend" aria-label=name.clone()>
            <h2 class="g-h3">{name.clone()}</h2>
            {heights.iter().map(drawn).collect_view()}
        </section>
    })
}

//! `/s/{secret}`: an asset through a share link. Complete without script; with it, live over the same socket.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::Selector;
use wire::page::{PointView, ShareFrame, SharedPage, Trend};

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
use crate::i18n::{Messages, use_messages};
use crate::live::{Link, use_live};
use crate::shell::header::role_word;
use crate::shell::{use_shell, use_zone};

/// The page of a share link.
#[component]
pub fn Shared() -> impl IntoView {
    let params = use_params_map();
    let page = Data::new(move || {
        let secret = params.with(|params| params.get("secret"));
        (secret.map(|secret| GetShared { secret }), 0)
    });
    let is_embedded = use_context::<ShareFrame>().is_some_and(|frame| frame.is_embedded);
    view! {
        <main class="g-shared" id="main" tabindex="-1" class:g-shared--embed=is_embedded>
            {loaded(page, |page| view! { <leptos_meta::Title text=page.name.clone()/> <SharedView page/> })}
        </main>
    }
}

/// What a link shows, live, or as it was.
#[component]
pub(crate) fn SharedView(page: SharedPage) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let as_of = page.as_of_millis;
    let all = || {
        let parts = page.parts.iter().flat_map(|(_, views)| views);
        page.points.iter().chain(page.state.as_ref()).chain(parts)
    };
    live.seed(all());
    let points: Vec<u32> = all().map(|view| view.info.point).collect();
    if !points.is_empty() && as_of.is_none() {
        live.watch(Selector::Points { points }, None, Some(page.position));
    }
    let feeds: Vec<Feed> = page.points.iter().map(|view| feed_of(view, as_of)).collect();
    let state = page.state.as_ref().map(|state| feed_of(state, as_of));
    let rows = move |views: Vec<PointView>| views.into_iter().map(|view| row(&view, as_of)).collect_view();
    let parts = page.parts.into_iter().map(move |(name, views)| {
        view! {
            <section class="g-panel" aria-label=name.clone()>
                <h2 class="g-h3 g-shared__part">{name.clone()}</h2>
                <ul>{rows(views)}</ul>
            </section>
        }
    });
    let parts = parts.collect_view();
    let has_points = !page.points.is_empty();
    let hidden = hidden_words(m, &page.hidden);
    view! {
        <SharedHead feeds as_of/>
        <header class="g-shared__head">
            <h1 class="g-h1">{page.name}</h1>
            {state.map(|feed| view! { <OperatingState feed/> })}
        </header>
        {has_points.then(|| view! { <ul class="g-panel g-shared__values">{rows(page.points)}</ul> })}
        {page.trend.map(|trend| view! { <SharedTrend trend/> })}
        {parts}
        <SharedFoot hidden/>
    }
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

/// What the page is of: the present, as far as it is known, or a time that is over; and whether of a real plant.
#[component]
fn SharedHead(feeds: Vec<Feed>, as_of: Option<i64>) -> impl IntoView {
    let (m, fmt, zone) = (use_messages(), use_fmt(), use_zone());
    let is_demo = use_shell().with_untracked(|shell| shell.demo.is_some());
    let demo = is_demo.then(|| view! { <span class="g-demo-badge">{m.demo_badge()}</span> });
    let then = as_of.map(|then| {
        let at =
            zone.with_untracked(|zone| format!("{} {}", fmt.date_year(zone, then), fmt.clock(zone, then)));
        view! { <p class="g-shared__fresh"><b>{m.shared_as_of(&at)}</b></p> }
    });
    let fresh = (as_of.is_none() && !feeds.is_empty()).then(|| view! { <SharedFresh feeds/> });
    view! { <div class="g-shared__top">{then} {fresh} {demo}</div> }
}

/// How far the page may be believed, in words: of these values, since that is all there is.
#[component]
fn SharedFresh(feeds: Vec<Feed>) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let all = feeds.len();
    let current = Memo::new(move |_| feeds.iter().filter(|feed| feed.trust.get().is_current()).count());
    let words = move || match live.link.get() {
        Link::Lost { since_millis, .. } => m.fresh_lost(&zone.with(|zone| fmt.time(zone, since_millis))),
        Link::Connecting | Link::Live => {
            let count = |count: usize| fmt.integer(count as u64);
            m.shared_fresh(&count(current.get()), &count(all))
        }
    };
    let clock = move || zone.with(|zone| fmt.time(zone, live.now.get()));
    view! {
        <p class="g-shared__fresh" role="status" data-lost=move || live.link.get().is_lost().then_some("")>
            <b>{words}</b> <span>{clock}</span>
        </p>
    }
}

/// The past of the first value, as the server drew it.
#[component]
fn SharedTrend(trend: Trend) -> impl IntoView {
    let zone = use_zone();
    let to_millis = trend.to_millis;
    let panel = trend.panels.into_iter().next()?;
    let name = panel.info.name.clone();
    Some(view! {
        <section class="g-panel g-shared__trend" aria-label=name.clone()>
            <h2 class="g-h3">{name.clone()}</h2>
            <TrendSvg panel zone=zone.get_untracked() to_millis height=120/>
        </section>
    })
}

/// When the link ends, who made it, and what they left out.
#[component]
fn SharedFoot(hidden: String) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let frame = use_context::<ShareFrame>();
    let ends = frame.as_ref().map(|frame| {
        let at = zone.with_untracked(|zone| fmt.moment(zone, frame.ends_millis, live.now.get_untracked()));
        m.shared_ends(&at)
    });
    let by = frame
        .filter(|frame| !frame.by.is_empty())
        .map(|frame| m.shared_by(role_word(m, &frame.by)));
    view! {
        <footer class="g-shared__foot">
            <p><b>{ends}</b> " " {by}</p>
            <p>{hidden} " " {m.shared_read_only()}</p>
        </footer>
    }
}

/// What is left out, in words: nobody is to take it for what is not there.
fn hidden_words(m: Messages, hidden: &[String]) -> String {
    let word = |word: &String| match word.as_str() {
        "values" => m.shared_values(),
        "history" => m.shared_history(),
        "alarms" => m.shared_limits(),
        _ => m.shared_parts(),
    };
    if hidden.is_empty() {
        return String::new();
    }
    let words: Vec<&str> = hidden.iter().map(word).collect();
    m.shared_hidden(&words.join(", "))
}

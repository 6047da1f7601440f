//! NeedRow: one thing that needs somebody: what, since when, where, how far, and where to go.

use leptos::prelude::*;
use wire::page::{LimitKind, Need, NeedKind, SourceState};

use super::feed::Feed;
use super::judgement::{Level, level_of};
use super::live_value::shown::Trust;
use super::live_value::{Glyph, LiveValue};
use super::sparkline::Sparkline;
use super::status_shape::{StatusShape, word};
use crate::fmt::{Fmt, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// A row of the NEEDS YOU band; the whole row is a link.
#[component]
pub fn NeedRow(
    /// What needs somebody.
    need: Need,
    /// Its value, where it is about one.
    feed: Option<Feed>,
    /// The server's time, for "since".
    now: Signal<i64>,
    /// On the asset's own page: says nothing of where.
    #[prop(optional)]
    here: bool,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let said = say(&need, m, fmt);
    let asset = need.trail.last().cloned();
    let href = match (&need.kind, &need.point, &asset) {
        (NeedKind::SourceDown { .. }, ..) => routes::sources(),
        // What is below is told on the place's own page.
        (NeedKind::Silent { among: Some(_), .. }, _, Some(asset)) => routes::place_silent(&asset.path),
        (_, Some(point), _) if here => routes::tag(point.info.point),
        (_, _, Some(asset)) => routes::asset(asset.asset),
        (_, _, None) => routes::overview(),
    };
    let place: Vec<String> = need
        .trail
        .iter()
        .rev()
        .skip(1)
        .rev()
        .map(|step| step.name.clone())
        .collect();
    let title = match asset {
        Some(asset) if !here => format!("{} · {}", asset.name, said.title),
        _ => said.title,
    };
    let (since, is_longer) = (need.since_millis, need.is_longer);
    let age = move || match fmt.age(now.get() - since) {
        age if is_longer => m.need_longer(&age),
        age => age,
    };
    let shape = shape(&need);
    let (value, spark) = match need.point.zip(feed) {
        Some((point, feed)) => (
            Some(view! { <LiveValue info=point.info.clone() feed in_link=true/> }),
            Some(view! { <Sparkline info=point.info spark=point.spark cadence=point.cadence feed=feed/> }),
        ),
        None => (None, None),
    };
    view! {
        <a class="g-need" href=href>
            <span class="g-need__h">{shape}</span>
            <span class="g-need__two">
                <b>{said.word}</b>
                <small>{age}</small>
            </span>
            <span class="g-need__two">
                <b>{title}</b>
                <small>{(!here).then(|| place.join(" › "))}</small>
            </span>
            <span class="g-need__two g-n">{value} <small>{said.limit}</small></span>
            <span class="g-need__spark">{spark}</span>
            <span class="g-need__two">
                <span>{said.more}</span>
            </span>
            <svg class="g-icon g-icon--sm" viewBox="0 0 20 20" aria-hidden="true">
                <path d="m8 6 4 4-4 4"></path>
            </svg>
        </a>
    }
}

/// A row of the band that nothing fills: the place stays.
#[component]
pub fn CalmRow(
    /// The state of data it is about; live for what is well.
    glyph: Trust,
    /// What is so.
    #[prop(into)]
    word: Signal<String>,
    /// More of it.
    #[prop(into)]
    more: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="g-need g-need--calm">
            <span class="g-need__h">
                {if glyph == Trust::Live {
                    view! {
                        <svg class="g-icon" viewBox="0 0 20 20" aria-hidden="true">
                            <path d="m4 10.5 4 4 8-9"></path>
                        </svg>
                    }
                        .into_any()
                } else {
                    view! { <Glyph trust=glyph/> }.into_any()
                }}
            </span>
            <b class="g-need__calm">{word}</b>
            <span class="g-need__calm">{more}</span>
        </div>
    }
}

struct Said {
    word: &'static str,
    title: String,
    limit: String,
    more: String,
}

fn say(need: &Need, m: Messages, fmt: Fmt) -> Said {
    let said = |word, title: String, more: String| Said {
        word,
        title,
        limit: String::new(),
        more,
    };
    match &need.kind {
        NeedKind::Limit { limit, at } => {
            let info = need.point.as_ref().map(|point| &point.info);
            let name = info.map_or("", |info| &info.name);
            let decimals = info.map_or(1, |info| info.decimals);
            let normal = info.and_then(|info| info.normal);
            let above = matches!(limit, LimitKind::High | LimitKind::HighHigh);
            Said {
                word: word(m, level(need, *limit)),
                title: if above {
                    m.need_above(name)
                } else {
                    m.need_below(name)
                },
                limit: m.need_limit(&fmt.number(*at, decimals)),
                more: normal.map_or_else(String::new, |(low, high)| {
                    m.need_normal(&fmt.range(low, high, decimals))
                }),
            }
        }
        NeedKind::SourceDown { name, state, .. } => {
            let title = match state {
                SourceState::Refused => m.need_source_refused(name),
                SourceState::Connecting => m.need_source_connecting(name),
                SourceState::Lost | SourceState::Connected | SourceState::Stopped => m.need_source_lost(name),
            };
            said(m.need_source(), title, m.need_source_more().to_owned())
        }
        NeedKind::Silent {
            late,
            stale,
            offline,
            among,
        } => {
            let part = |n: u32, words: &dyn Fn(&str) -> String| (n > 0).then(|| words(&fmt.integer(n)));
            let parts = [
                part(*offline, &|n| m.tags_offline(n)),
                part(*stale, &|n| m.tags_stale(n)),
                part(*late, &|n| m.tags_late(n)),
            ];
            let more = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
            said(
                trust_word(m, silent(*stale, *offline)),
                match among {
                    Some(all) => m.need_silent_of(&fmt.integer(stale + offline), &fmt.integer(*all)),
                    None => m.need_silent(late + stale + offline),
                },
                more,
            )
        }
        NeedKind::Bad { points } => said(m.data_bad(), m.need_bad(*points), String::new()),
    }
}

/// How urgent a crossed limit of a need's point is.
fn level(need: &Need, limit: LimitKind) -> Level {
    let limits = need.point.as_ref().map(|point| point.info.limits);
    level_of(limit, &limits.unwrap_or_default())
}

fn shape(need: &Need) -> AnyView {
    match &need.kind {
        NeedKind::Limit { limit, .. } => {
            view! { <StatusShape level=level(need, *limit) worded=true/> }.into_any()
        }
        NeedKind::SourceDown { .. } => view! { <Glyph trust=Trust::Offline/> }.into_any(),
        NeedKind::Silent { stale, offline, .. } => {
            view! { <Glyph trust=silent(*stale, *offline)/> }.into_any()
        }
        NeedKind::Bad { .. } => view! { <Glyph trust=Trust::Bad/> }.into_any(),
    }
}

const fn silent(stale: u32, offline: u32) -> Trust {
    match (stale, offline) {
        (_, 1..) => Trust::Offline,
        (1.., 0) => Trust::Stale,
        (0, 0) => Trust::Late,
    }
}

fn trust_word(m: Messages, trust: Trust) -> &'static str {
    match trust {
        Trust::Offline => m.data_offline(),
        Trust::Stale => m.data_stale(),
        _ => m.data_late(),
    }
}

//! NEEDS YOU: three rows that never move; what nothing fills says what is well.

use leptos::prelude::*;
use wire::page::{Need, PlantStatus, SourceState};

use crate::components::data_badge::{judged, missing, within, worst};
use crate::components::feed::Feed;
use crate::components::live_value::shown::Trust;
use crate::components::need_row::{CalmRow, NeedRow};
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;

/// Rows in the band.
const ROWS: usize = 3;

/// What is well, said in the rows that nothing fills.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Calm {
    Limits,
    Sources,
    Tags,
    /// Some tags are not live: said with their state, not as calm.
    NotLive,
}

/// The band.
#[component]
pub fn NeedsBand(
    /// The worst, at most three.
    needs: Vec<Need>,
) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let free = ROWS.saturating_sub(needs.len());
    let rows = needs.into_iter().take(ROWS).map(|need| {
        let feed = need.point.as_ref().map(|point| Feed::live(live, &point.info));
        view! { <NeedRow need feed now=live.now.into()/> }
    });
    let rows = rows.collect_view();
    let calm = (0..free).map(|place| view! { <Free place/> }).collect_view();
    view! { <section class="g-panel g-needs" aria-label=m.needs_title()>{rows} {calm}</section> }
}

/// The `place`-th row that nothing fills.
#[component]
fn Free(
    /// Counted from the first free one.
    place: usize,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (plant, link) = (use_live().plant, use_live().link);
    // Of a plant whose server is out of reach nothing is known: the head says what was.
    let calm = Memo::new(move |_| {
        plant
            .with(|plant| calm(plant).get(place).copied())
            .filter(|_| !link.get().is_lost())
    });
    let word = move || match calm.get() {
        Some(Calm::Limits) => plant.with(|plant| kept(plant, m).0).to_owned(),
        Some(Calm::Sources) => m.calm_sources(plant.with(|plant| plant.sources.len() as u64)),
        Some(Calm::Tags) => m.calm_tags().to_owned(),
        Some(Calm::NotLive) => {
            plant.with(|plant| m.tags_live(&fmt.integer(plant.summary.live), plant.summary.points))
        }
        None => String::new(),
    };
    let more = move || {
        plant.with(|plant| match calm.get() {
            Some(Calm::Limits) => kept(plant, m).1,
            Some(Calm::Sources) => plant
                .sources
                .iter()
                .map(|source| source.name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            Some(Calm::Tags) => {
                m.calm_tags_more(&fmt.integer(plant.summary.points), &fmt.integer(plant.assets))
            }
            Some(Calm::NotLive) => missing(&plant.summary, m, fmt),
            None => String::new(),
        })
    };
    let trust = Memo::new(move |_| plant.with(|plant| worst(&plant.summary)));
    move || {
        if let Some(calm) = calm.get() {
            let glyph = if calm == Calm::NotLive {
                trust.get()
            } else {
                Trust::Live
            };
            view! { <CalmRow glyph word=Signal::derive(word) more=Signal::derive(more)/> }.into_any()
        } else {
            view! { <div class="g-need g-need--calm" aria-hidden="true"></div> }.into_any()
        }
    }
}

/// How far limits are kept, in words.
fn kept(plant: &PlantStatus, m: Messages) -> (&'static str, String) {
    within(&plant.summary, m).unwrap_or_default()
}

/// What is true, in fixed order.
fn calm(plant: &PlantStatus) -> Vec<Calm> {
    let summary = &plant.summary;
    let used = |source: &&wire::page::SourceStatus| source.state != SourceState::Stopped;
    let connected = |source: &wire::page::SourceStatus| source.state == SourceState::Connected;
    [
        (
            Calm::Limits,
            judged(summary) > 0 && summary.high == 0 && summary.medium == 0,
        ),
        (
            Calm::Sources,
            plant.sources.iter().any(connected) && plant.sources.iter().filter(used).all(connected),
        ),
        (Calm::Tags, summary.points > 0 && summary.live == summary.points),
        (Calm::NotLive, summary.live < summary.points),
    ]
    .into_iter()
    .filter_map(|(calm, holds)| holds.then_some(calm))
    .collect()
}

//! What needs somebody at this asset. It stands there when nothing does and says so: nothing below it
//! moves when something comes up.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::Selector;
use wire::message::Summary;
use wire::page::{AssetPage, Need};

use crate::api::asset::get_asset;
use crate::components::data_badge::{judged, missing, within, worst};
use crate::components::feed::Feed;
use crate::components::live_value::shown::Trust;
use crate::components::need_row::{CalmRow, NeedRow};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::{Link, use_live};
use crate::shell::use_zone;

/// Values beyond limits and points that no longer speak, the worst first; what is well where nothing is.
#[component]
pub fn NeedsPanel(
    /// The page; needs that come up later are asked for.
    page: AssetPage,
    /// Counts over the asset.
    summary: Signal<Summary>,
) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let needs = RwSignal::new(needs_of(&page));
    keep_fresh(page.node.asset.asset, needs);
    let is_calm = Memo::new(move |_| needs.with(Vec::is_empty));
    let row = move |need: Need| {
        let feed = need.point.as_ref().map(|point| Feed::live(live, &point.info));
        view! { <NeedRow need feed now=live.now.into() here=true/> }
    };
    let rows = move || needs.get().into_iter().map(row).collect_view();
    view! {
        <section class="g-panel g-needs g-needs--asset" aria-label=m.needs_title()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.needs_title()}</h2>
            </div>
            {rows}
            {move || is_calm.get().then(|| view! { <Calm summary/> })}
        </section>
    }
}

/// The needs of a page. Its points bring their small trends; the needs come without.
fn needs_of(page: &AssetPage) -> Vec<Need> {
    let mut needs = page.needs.clone();
    for point in needs.iter_mut().filter_map(|need| need.point.as_mut()) {
        let same = page
            .points
            .iter()
            .find(|view| view.info.point == point.info.point);
        point.spark = point
            .spark
            .take()
            .or_else(|| same.and_then(|view| view.spark.clone()));
    }
    needs
}

/// Asks again whenever something in the plant begins or ends to need somebody. Only the rows change: the
/// page around them, and its charts, stay.
fn keep_fresh(asset: u32, needs: RwSignal<Vec<Need>>) {
    let changes = use_live().structure(&Selector::Plant);
    Effect::new(move |before: Option<u64>| {
        let now = changes.get();
        if before.is_some_and(|before| before != now) {
            spawn_local(async move {
                let fresh = get_asset(asset, 0, String::new())
                    .await
                    .map(|page| needs_of(&page));
                if let Ok(fresh) = fresh
                    && needs.try_with_untracked(|needs| *needs != fresh) == Some(true)
                {
                    needs.try_set(fresh);
                }
            });
        }
        now
    });
}

/// Two rows: no limit is crossed, as far as that is known; how much is live.
#[component]
fn Calm(
    /// Counts over the asset.
    summary: Signal<Summary>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (link, zone) = (use_live().link, use_zone());
    let first = move || {
        let counts = summary.get();
        let (glyph, word, more) = match link.get() {
            Link::Lost { since_millis, .. } => {
                let time = zone.with(|zone| fmt.time_short(zone, since_millis));
                (Trust::Offline, m.overview_last(0_u32, &time), String::new())
            }
            _ if counts.points > 0 && judged(&counts) == 0 => (
                worst(&counts),
                m.calm_unknown().to_owned(),
                m.calm_unknown_more().to_owned(),
            ),
            // The counts are a moment ahead of the rows above: nothing is called well that is not.
            _ => within(&counts, m).map(|(word, more)| (Trust::Live, word.to_owned(), more))?,
        };
        Some(view! { <CalmRow glyph word=Signal::stored(word) more=Signal::stored(more)/> })
    };
    let tags = move || summary.with(|summary| m.tags_live(&fmt.integer(summary.live), summary.points));
    let dead = move || summary.with(|summary| missing(summary, m, fmt));
    let trust = Memo::new(move |_| summary.with(worst));
    view! {
        {first}
        {move || view! { <CalmRow glyph=trust.get() word=Signal::derive(tags) more=Signal::derive(dead)/> }}
    }
}

//! What needs somebody at this asset. It stands there when nothing does and says so: nothing below it
//! moves when something comes up.

use leptos::prelude::*;
use wire::message::Summary;
use wire::page::Need;

use crate::components::data_badge::{missing, worst};
use crate::components::feed::Feed;
use crate::components::live_value::shown::Trust;
use crate::components::need_row::{CalmRow, NeedRow};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;

/// Values beyond limits and points that no longer speak, the worst first; what is well where nothing is.
#[component]
pub fn NeedsPanel(
    /// The needs, as the page was made with.
    needs: Vec<Need>,
    /// Counts over the asset.
    summary: Signal<Summary>,
) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let is_calm = needs.is_empty();
    let rows = needs.into_iter().map(|need| {
        let feed = need
            .point
            .as_ref()
            .map(|point| Feed::live(live, point.info.point));
        view! { <NeedRow need feed now=live.now.into() here=true/> }
    });
    let rows = rows.collect_view();
    view! {
        <section class="g-panel g-needs g-needs--asset" aria-label=m.needs_title()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.needs_title()}</h2>
            </div>
            {rows}
            {is_calm.then(|| view! { <Calm summary/> })}
        </section>
    }
}

/// Two rows: no limit is crossed; how much is live.
#[component]
fn Calm(
    /// Counts over the asset.
    summary: Signal<Summary>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let limits = Signal::stored(m.calm_limits().to_owned());
    let kept = Signal::stored(m.calm_limits_more().to_owned());
    let tags = move || summary.with(|summary| m.tags_live(&fmt.integer(summary.live), summary.points));
    let dead = move || summary.with(|summary| missing(summary, m, fmt));
    let trust = Memo::new(move |_| summary.with(worst));
    view! {
        <CalmRow glyph=Trust::Live word=limits more=kept/>
        {move || view! { <CalmRow glyph=trust.get() word=Signal::derive(tags) more=Signal::derive(dead)/> }}
    }
}

//! What needs somebody at this asset.

use leptos::prelude::*;
use wire::page::Need;

use crate::components::feed::Feed;
use crate::components::need_row::NeedRow;
use crate::i18n::use_messages;
use crate::live::use_live;

/// Values beyond limits and points that no longer speak, the worst first.
#[component]
pub fn NeedsPanel(
    /// The needs, as the page was made with.
    needs: Vec<Need>,
) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let rows = needs.into_iter().map(|need| {
        let feed = need
            .point
            .as_ref()
            .map(|point| Feed::live(live, point.info.point));
        view! { <NeedRow need feed now=live.now.into() here=true/> }
    });
    let rows = rows.collect_view();
    view! {
        <section class="g-panel g-needs" aria-label=m.needs_title()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.needs_title()}</h2>
            </div>
            {rows}
        </section>
    }
}

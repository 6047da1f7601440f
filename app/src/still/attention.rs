//! `/overview/needs`: everything that needs somebody, in one list, as it was when the page was asked for.

use leptos::prelude::*;
use wire::page::Need;

use super::parts::{Moment, PageHead, Times};
use crate::components::feed::Feed;
use crate::components::need_row::NeedRow;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct AttentionPage {
    /// The most urgent first.
    pub needs: Vec<Need>,
    /// How many there are, with those that are left out.
    pub total: usize,
    pub times: Times,
}

/// The list.
#[component]
pub fn Attention(page: AttentionPage) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let AttentionPage { needs, total, times } = page;
    let now = times.now_millis;
    let count = match (needs.len(), total) {
        (_, 0) => m.still_attention_none().to_owned(),
        (shown, total) if shown < total => {
            m.still_attention_first(&fmt.integer(shown as u64), &fmt.integer(total as u64))
        }
        (_, total) => m.still_attention_count(total as u64),
    };
    let row = |need: Need| {
        let feed = need.point.as_ref().map(|point| Feed::fixed(point, now));
        view! { <NeedRow need feed now=Signal::stored(now)/> }
    };
    let rows = needs.into_iter().map(row).collect_view();
    let list = (total > 0)
        .then(|| view! { <section class="g-panel g-needs" aria-label=m.needs_title()>{rows}</section> });
    view! {
        <PageHead title=m.still_attention()/>
        <p class="g-row">
            <span>{count} " " {m.still_attention_as_of()} " " <Moment at=Some(now) times/></span>
            <a class="g-btn g-push" href=routes::needs()>{m.still_attention_again()}</a>
        </p>
        {list}
    }
}

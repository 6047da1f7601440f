//! `/sources`: brokers, what they say, what cannot be read, and the way to one's own broker.

mod connect_panel;
mod one_shots;
mod problems_panel;
mod source_card;
mod source_use;
mod test_result;
mod tested_panel;

use std::time::Duration;

use leptos::prelude::*;
use wire::Selector;
use wire::page::{SourceState, SourcesPage};

use self::connect_panel::ConnectPanel;
use self::one_shots::OneShotTopics;
use self::problems_panel::ProblemsPanel;
pub use self::problems_panel::reason_words;
use self::source_card::SourceCardView;
pub use self::source_card::state_word;
use self::tested_panel::TestedPanel;
use super::frame::{PageHead, loaded};
use crate::api::Data;
use crate::api::source::{GetSources, get_sources};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;

/// Rates and counts are asked for this often while somebody looks.
const REFRESH: Duration = Duration::from_secs(4);

/// The sources page.
#[component]
pub fn Sources() -> impl IntoView {
    let changes = use_live().structure(&Selector::Plant);
    let page = Data::new(move || (Some(GetSources {}), changes.get()));
    view! {
        <main class="g-main g-asset" id="main" tabindex="-1">
            {loaded(page, |page| view! { <SourcesView page/> })}
        </main>
    }
}

#[component]
fn SourcesView(
    /// What the page was made from; refreshed while it is looked at.
    page: SourcesPage,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let is_demo = page.is_demo;
    let data = RwSignal::new(page);
    keep_fresh(data);
    let summary = move || {
        data.with(|page| {
            let connected = page
                .sources
                .iter()
                .filter(|card| card.status.state == SourceState::Connected)
                .count();
            let used = page
                .sources
                .iter()
                .filter(|card| card.status.state != SourceState::Stopped);
            m.sources_connected(&fmt.integer(connected as u64), used.count() as u64)
        })
    };
    let badges = move || view! { <span class="g-badge">{summary}</span> };
    let ids = Memo::new(move |_| {
        data.with(|page| {
            page.sources
                .iter()
                .map(|card| card.status.source)
                .collect::<Vec<_>>()
        })
    });
    let refused = move || {
        data.with(|page| {
            (page.refused_points > 0).then(|| {
                let limit = fmt.integer(page.points_limit);
                view! { <p class="g-message">{m.sources_refused(&fmt.integer(page.refused_points), &limit)}</p> }
            })
        })
    };
    let actions = move || view! { <a class="g-btn" href=routes::learn()>{m.learn_link()}</a> };
    view! {
        <PageHead title=m.sources_title() badges actions/>
        <div class="g-grid g-asset__grid">
            {refused} <OneShotTopics data/> <For each=move || ids.get() key=|id| *id let:id>
                <SourceCardView source=id data/>
            </For> <TestedPanel/> <ConnectPanel is_demo/> <ProblemsPanel data/>
        </div>
    }
}

/// Asks again every few seconds while the page is seen.
fn keep_fresh(data: RwSignal<SourcesPage>) {
    Effect::new(move |_| {
        let ask = move || {
            if document().hidden() {
                return;
            }
            leptos::task::spawn_local(async move {
                if let Ok(page) = get_sources().await {
                    data.try_set(page);
                }
            });
        };
        if let Ok(handle) = set_interval_with_handle(ask, REFRESH) {
            on_cleanup(move || handle.clear());
        }
    });
}

//! `/tags/{id}`: one point: its value, where it comes from, what may be set for it, its trend.

mod explain;
mod now_panel;
mod received;
mod settings_fields;
mod settings_panel;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::Selector;
use wire::page::TagPage;

pub use self::explain::{Explain, coverage_words, tag_words, why_word};
use self::now_panel::NowPanel;
use self::settings_panel::SettingsPanel;
use super::asset::{Charts, is_numeric};
use super::frame::{PageHead, PanelError, loaded};
use super::provenance::Provenance;
use super::range::{RangePicker, use_range};
use crate::api::Data;
use crate::api::settings::{PointForm, SavePoint};
use crate::api::tag::GetTag;
use crate::api::trend::GetTrend;
use crate::components::empty_state::EmptyState;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;

/// What the first drawing is thinned to; the interactive one asks for its own width.
const FIRST_WIDTH: u32 = 400;

/// What outlives a new drawing of the page: the saving, and what was there before it.
#[derive(Clone, Copy)]
pub struct Saving {
    pub action: ServerAction<SavePoint>,
    /// What *Undo* goes back to.
    pub before: RwSignal<Option<PointForm>>,
}

/// The tag page.
#[component]
pub fn Tag() -> impl IntoView {
    let params = use_params_map();
    let point =
        Memo::new(move |_| params.with(|params| params.get_str("id").and_then(|id| id.parse::<u32>().ok())));
    let saving = Saving {
        action: ServerAction::new(),
        before: RwSignal::new(None),
    };
    let page = Data::new(move || {
        let asked = point.get().map(|point| GetTag { point });
        (asked, saving.action.version().get() as u64)
    });
    view! {
        <main class="g-main g-asset" id="main" tabindex="-1">
            {loaded(page, move |page| view! { <TagView page saving/> })} <Provenance/>
        </main>
    }
}

#[component]
fn TagView(page: TagPage, saving: Saving) -> impl IntoView {
    let (m, live) = (use_messages(), use_live());
    let point = page.point.info.point;
    live.seed([&page.point]);
    live.watch(
        Selector::Points { points: vec![point] },
        None,
        Some(page.position),
    );
    let name = page.point.info.name.clone();
    let is_numeric = is_numeric(&page.point);
    let trend = if is_numeric {
        view! { <TrendOf point/> }.into_any()
    } else {
        view! {
            <section class="g-panel" aria-label=m.asset_tab_trend()>
                <EmptyState what=m.trend_none() why=m.trend_none_why()/>
            </section>
        }
        .into_any()
    };
    view! {
        <PageHead
            trail=page.crumbs.clone()
            title=name
            actions=move || {
                view! {
                    <a class="g-btn" href=routes::explain(point)>
                        {m.explain_open()}
                    </a>
                    <RangePicker/>
                }
            }
        />
        <div class="g-grid g-asset__grid">
            <NowPanel page=page.clone()/>
            <SettingsPanel info=page.point.info settings=page.settings modelled=page.modelled is_numeric saving/>
            {trend}
        </div>
    }
}

#[component]
fn TrendOf(point: u32) -> impl IntoView {
    let m = use_messages();
    let (range, live) = (use_range(), use_live());
    let trend = Data::new(move || {
        let to_millis = live.now.get_untracked();
        let asked = GetTrend {
            points: vec![point],
            from_millis: to_millis - range.get().millis(),
            to_millis,
            width_px: FIRST_WIDTH,
        };
        (Some(asked), 0)
    });
    view! {
        <section class="g-panel" aria-label=m.asset_tab_trend()>
            <div class="g-tabpanel">
                <Transition fallback=|| view! { <div class="g-trend__empty"></div> }>
                    {move || {
                        trend.get().map(|trend| untrack(|| match trend {
                            Ok(trend) => view! { <Charts trend height=220/> }.into_any(),
                            Err(error) => view! { <PanelError error/> }.into_any(),
                        }))
                    }}
                </Transition>
            </div>
        </section>
    }
}

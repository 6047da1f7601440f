//! The tree beside a level: loads what is opened, follows the page, filters, and searches the whole plant.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use wire::Selector;
use wire::message::Summary;
use wire::page::{AssetNode, Hit};

use crate::api::ApiError;
use crate::api::place::{PlaceAnswer, get_children};
use crate::api::search::search;
use crate::components::asset_tree::AssetTree;
use crate::components::asset_tree::state::TreeState;
use crate::components::data_badge::worst;
use crate::components::live_value::shown::Trust;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;

/// Nodes watched at once; more are not on any screen.
const WATCHED: usize = 400;

/// Children by parent, as a list: JSON has no keys but texts.
type Loaded = Vec<(Option<u32>, Vec<AssetNode>)>;

type Page = Resource<Result<PlaceAnswer, ApiError>>;

/// The pane.
#[component]
pub fn TreePane(
    /// The page beside it.
    page: Page,
) -> impl IntoView {
    let m = use_messages();
    let state = TreeState::new();
    // The first time on the server, with the page; later only what is missing is asked for.
    let first = Resource::new(
        || (),
        move |()| async move {
            match page.await {
                Ok(PlaceAnswer::Page(page)) => {
                    let trail: Vec<u32> = page.crumbs.iter().map(|step| step.asset).collect();
                    let current = page.node.asset.asset;
                    Some((load(way(&trail, current)).await, trail, current))
                }
                _ => None,
            }
        },
    );
    Effect::new(move |before: Option<()>| {
        let Some(Ok(PlaceAnswer::Page(page))) = page.get() else {
            return;
        };
        if before.is_none() {
            return;
        }
        let trail: Vec<u32> = page.crumbs.iter().map(|step| step.asset).collect();
        let current = page.node.asset.asset;
        // Something may have joined below the page's own asset since it was loaded.
        let missing = way(&trail, current)
            .into_iter()
            .filter(|parent| *parent == Some(current) || !state.has(*parent));
        let missing = missing.collect();
        spawn_local(async move {
            let loaded = load(missing).await;
            state.take(loaded, &trail, current);
        });
    });
    view! {
        <nav class="g-tree" aria-label=m.tree_label()>
            <Transition>
                {move || {
                    first.get().map(|first| untrack(|| {
                        if let Some((children, trail, current)) = first {
                            state.take(children, &trail, current);
                        }
                        view! { <Tree state/> }
                    }))
                }}
            </Transition>
            // Outside: what is only ever asked in the browser would keep the server from drawing the tree.
            <Elsewhere state/>
        </nav>
    }
}

/// The roots' parent, which is none, and each step down to the current asset.
fn way(trail: &[u32], current: u32) -> Vec<Option<u32>> {
    let steps = trail.iter().copied().chain([current]).map(Some);
    [None].into_iter().chain(steps).collect()
}

/// The children of each.
async fn load(parents: Vec<Option<u32>>) -> Loaded {
    let mut children = Loaded::new();
    for parent in parents {
        // What does not load is not shown; opening it tries again.
        if let Ok(nodes) = get_children(parent, 0).await {
            children.push((parent, nodes));
        }
    }
    children
}

#[component]
fn Tree(state: TreeState) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let navigate = use_navigate();
    let is_abnormal = move |node: &AssetNode| {
        let summary = live.summary(node.asset.asset).get();
        let summary = if summary.points == 0 {
            node.summary
        } else {
            summary
        };
        summary.high + summary.medium > 0 || worst(&summary) != Trust::Live
    };
    let rows = Memo::new(move |_| state.rows(is_abnormal));
    Effect::new(move |_| {
        let assets = rows.with(|rows| {
            rows.iter()
                .take(WATCHED)
                .map(|row| row.node.asset.asset)
                .collect()
        });
        live.watch(Selector::Summaries { assets }, Some(2), None);
    });
    let on_load = move |asset: u32| {
        spawn_local(async move {
            if let Ok(nodes) = get_children(Some(asset), 0).await {
                state
                    .children
                    .update(|children| drop(children.insert(Some(asset), nodes)));
            }
        });
    };
    let on_open = move |href: String| navigate(&href, leptos_router::NavigateOptions::default());
    let toggle = move |_| state.only_abnormal.update(|on| *on = !*on);
    view! {
        <div class="g-tree__tools">
            <input
                class="g-input"
                type="search"
                placeholder=m.filter_placeholder()
                aria-label=m.tree_filter()
                on:input=move |event| state.filter.set(event_target_value(&event))
            />
            <button
                class="g-toggle"
                role="switch"
                aria-checked=move || state.only_abnormal.get().to_string()
                on:click=toggle
            >
                {m.tree_only_abnormal()}
            </button>
        </div>
        <AssetTree state rows summary_of on_load=Callback::new(on_load) on_open=Callback::new(on_open)/>
    }
}

/// What the filter finds in the whole plant, loaded or not.
#[component]
fn Elsewhere(state: TreeState) -> impl IntoView {
    let m = use_messages();
    let hits = LocalResource::new(move || {
        let words = state.filter.get();
        async move {
            if words.trim().len() < 2 {
                Vec::new()
            } else {
                search(words).await.unwrap_or_default()
            }
        }
    });
    let link = |hit: Hit| {
        view! {
            <a href=routes::place(&hit.asset.path)>
                <span class="g-cut">{hit.asset.name}</span>
                <small class="g-caption g-cut">{hit.trail}</small>
            </a>
        }
    };
    move || {
        let hits = hits.get().filter(|hits| !hits.is_empty())?;
        let assets = hits
            .into_iter()
            .filter(|hit| hit.point.is_none())
            .take(12)
            .map(link)
            .collect_view();
        Some(view! {
            <div class="g-tree__hits">
                <p class="g-caption">{m.tree_elsewhere()}</p>
                {assets}
            </div>
        })
    }
}

/// Counts of an asset: those it was loaded with, then live.
fn summary_of(asset: u32, loaded: Summary) -> Signal<Summary> {
    let live = use_live();
    live.seed_summaries([(asset, loaded)]);
    live.summary(asset)
}

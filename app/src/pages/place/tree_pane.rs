//! The tree beside a level: loads what comes into its window, follows the page, filters, and searches the
//! whole plant.

use std::collections::BTreeSet;

use leptos::html::Nav;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_navigate, use_query_map};
use wire::Selector;
use wire::message::Summary;
use wire::page::{HierarchyRef, Hit, TREE_PART};

use super::counts::{counts_of, follow_counts, seed_counts};
use super::switch::Switch;

use crate::api::Data;
use crate::api::place::{GetTree, get_branch, get_tree};
use crate::api::search::search;
use crate::components::asset_tree::state::{TreeRow, TreeState};
use crate::components::asset_tree::{AssetTree, shown_of};
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;

/// Nodes watched at once; more are not on any screen.
const WATCHED: usize = 400;
/// Parts asked for at once; the next ones when these are there.
const AT_ONCE: usize = 6;

/// The pane.
#[component]
pub fn TreePane(
    /// The address of the page beside it.
    path: Memo<String>,
    /// Goes up when something joined or left there.
    changes: Memo<u64>,
    /// What the tree can be read by.
    hierarchies: RwSignal<Vec<HierarchyRef>>,
) -> impl IntoView {
    let m = use_messages();
    let state = TreeState::new();
    let by = use_by();
    // The first time on the server, with the page; later it is added to what is there.
    let first = Data::new(move || {
        let asked = GetTree {
            path: path.get_untracked(),
            query: state.query(by.get_untracked()),
        };
        (Some(asked), 0)
    });
    Effect::new(move |before: Option<(String, String, bool)>| {
        let now = (path.get(), by.get(), state.only_abnormal.get());
        changes.track();
        if let Some(before) = before {
            let is_other = before.1 != now.1 || before.2 != now.2;
            let (path, query) = (now.0.clone(), state.query(now.1.clone()));
            spawn_local(async move {
                if let Ok(way) = get_tree(path, query).await {
                    if is_other {
                        state.families.set(Default::default());
                    }
                    state.take(way);
                }
            });
        }
        now
    });
    let scroller = NodeRef::<Nav>::new();
    view! {
        <nav class="g-tree" aria-label=m.tree_label() node_ref=scroller on:scroll=move |_| state.scrolled.notify()>
            <Transition>
                {move || {
                    first.get().map(|first| untrack(|| {
                        if let Ok(way) = first {
                            state.take(way);
                        }
                        view! { <Tree state scroller by hierarchies/> }
                    }))
                }}
            </Transition>
            // Outside: what is only ever asked in the browser would keep the server from drawing the tree.
            <Elsewhere state/>
        </nav>
    }
}

/// The hierarchy that the address asks for; empty for the first one.
#[must_use]
pub fn use_by() -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("by").unwrap_or_default()))
}

#[component]
fn Tree(
    state: TreeState,
    scroller: NodeRef<Nav>,
    by: Memo<String>,
    hierarchies: RwSignal<Vec<HierarchyRef>>,
) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let navigate = use_navigate();
    let rows = Memo::new(move |_| state.rows());
    let shown = shown_of(state, rows);
    let watched = move || -> Vec<u32> {
        shown.with(|shown| {
            let assets = shown.iter().filter_map(|(_, row)| row.asset);
            assets.take(WATCHED).collect()
        })
    };
    follow_counts(watched);
    Effect::new(move |_| {
        let assets = watched();
        if !assets.is_empty() {
            live.watch(Selector::Summaries { assets }, Some(2), None);
        }
    });
    load_what_is_shown(state, shown, by);
    let on_open = move |href: String| navigate(&href, leptos_router::NavigateOptions::default());
    let toggle = move |_| state.only_abnormal.update(|on| *on = !*on);
    let query = Signal::derive(move || match by.get() {
        by if by.is_empty() => String::new(),
        by => format!("?by={by}"),
    });
    view! {
        <div class="g-tree__tools">
            <input
                class="g-input"
                type="search"
                placeholder=m.filter_placeholder()
                aria-label=m.tree_filter()
                on:input=move |event| state.filter.set(event_target_value(&event))
            />
            <Switch by hierarchies/>
            <button
                class="g-toggle"
                role="switch"
                aria-checked=move || state.only_abnormal.get().to_string()
                on:click=toggle
            >
                {m.tree_only_abnormal()}
            </button>
        </div>
        <AssetTree state rows shown scroller summary_of on_open=Callback::new(on_open) query/>
    }
}

/// Asks for the parts of rows that came into the window, and for the children of what was opened.
fn load_what_is_shown(state: TreeState, shown: Memo<Vec<(usize, TreeRow)>>, by: Memo<String>) {
    let asked = StoredValue::new(BTreeSet::<(Option<u32>, u32)>::new());
    Effect::new(move |_| {
        if state.window.with(Option::is_none) {
            return;
        }
        let missing = shown.with(|shown| {
            state.families.with(|families| {
                state.expanded.with(|expanded| {
                    let part_of = |row: &TreeRow| match row.asset {
                        None => Some((row.parent, row.index - row.index % TREE_PART)),
                        Some(asset) => (row.has_children
                            && expanded.contains(&asset)
                            && !families.contains_key(&Some(asset)))
                        .then_some((Some(asset), 0)),
                    };
                    let missing = shown.iter().filter_map(|(_, row)| part_of(row));
                    missing.collect::<BTreeSet<_>>()
                })
            })
        });
        for (parent, offset) in missing.into_iter().take(AT_ONCE) {
            if asked
                .try_update_value(|asked| asked.insert((parent, offset)))
                .unwrap_or(false)
            {
                let query = state.query(by.get_untracked());
                spawn_local(async move {
                    let part = get_branch(parent, offset, query.clone()).await;
                    asked.try_update_value(|asked| asked.remove(&(parent, offset)));
                    let is_asked_still = by.try_get_untracked().is_some_and(|by| state.query(by) == query);
                    // What does not load is not shown; scrolling on tries again.
                    if let Ok(part) = part
                        && is_asked_still
                    {
                        state.take_part(part);
                    }
                });
            }
        }
    });
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
    seed_counts([(asset, loaded)]);
    counts_of(asset)
}

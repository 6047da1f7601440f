//! One row of the tree.

use leptos::prelude::*;
use wire::message::Summary;

use super::SummaryOf;
use super::state::{TreeRow, TreeState};
use crate::components::data_badge::{missing, worst};
use crate::components::judgement::Level;
use crate::components::live_value::Glyph;
use crate::components::live_value::shown::Trust;
use crate::components::status_shape::StatusShape;
use crate::fmt::{Fmt, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// The row: name, and what is abnormal below it. One that is not loaded yet is room for it.
#[component]
pub fn TreeItem(
    /// The asset and its place.
    row: TreeRow,
    /// The tree's state.
    state: TreeState,
    /// Counts of an asset.
    summary_of: SummaryOf,
    /// Added to the address.
    query: Signal<String>,
) -> impl IntoView {
    let Some(node) = state.node(row) else {
        return view! { <div class="g-node g-node--wait" aria-hidden="true" data-level=row.level.min(8)></div> }
            .into_any();
    };
    let (m, fmt) = (use_messages(), use_fmt());
    let asset = node.asset.asset;
    let summary = summary_of(asset, node.summary);
    let has_children = row.has_children;
    let expanded =
        Memo::new(move |_| has_children && state.expanded.with(|expanded| expanded.contains(&asset)));
    let is_current = move || state.current.get() == Some(asset);
    let name = node.asset.name;
    let spoken = {
        let name = name.clone();
        move || summary.with(|summary| describe(&name, summary, m, fmt))
    };
    // An open parent leaves the shapes to its children.
    let level = Memo::new(move |_| (!expanded.get()).then(|| summary.with(level_of)).flatten());
    let data = Memo::new(move |_| {
        if expanded.get() {
            Trust::Live
        } else {
            summary.with(worst)
        }
    });
    let twist = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        if expanded.get_untracked() {
            state.close(asset);
        } else {
            state.open(asset);
        }
    };
    let href = routes::place(&node.asset.path);
    view! {
        <a
            class="g-node"
            role="treeitem"
            id=format!("tree-{asset}")
            href=move || format!("{href}{}", query.get())
            tabindex=move || if state.focused.get() == Some(asset) { "0" } else { "-1" }
            attr:aria-level=row.level
            attr:aria-posinset=row.index + 1
            attr:aria-setsize=row.siblings
            aria-expanded=move || has_children.then(|| expanded.get().to_string())
            aria-current=move || is_current().then_some("page")
            aria-label=spoken
            data-level=row.level.min(8)
            on:focus=move |_| state.focused.set(Some(asset))
        >
            {if has_children {
                view! {
                    <svg class="g-twist" viewBox="0 0 16 16" aria-hidden="true" on:click=twist>
                        <path d="m6 4 4 4-4 4"></path>
                    </svg>
                }
                    .into_any()
            } else {
                view! { <span></span> }.into_any()
            }}
            <span class="g-cut">{name}</span>
            <span class="g-node__s">{move || level.get().map(|level| view! { <StatusShape level worded=true/> })}</span>
            <span class="g-node__s">{move || view! { <Glyph trust=data.get()/> }}</span>
        </a>
    }
    .into_any()
}

fn level_of(summary: &Summary) -> Option<Level> {
    match summary {
        Summary { high: 1.., .. } => Some(Level::High),
        Summary { medium: 1.., .. } => Some(Level::Medium),
        _ => None,
    }
}

/// Name and everything abnormal below it.
fn describe(name: &str, summary: &Summary, m: Messages, fmt: Fmt) -> String {
    let part = |n: u32, words: &dyn Fn(&str) -> String| (n > 0).then(|| words(&fmt.integer(n)));
    let data = missing(summary, m, fmt);
    [
        Some(name.to_owned()),
        part(summary.high, &|n| m.beyond_high_count(n)),
        part(summary.medium, &|n| m.beyond_medium_count(n)),
        (!data.is_empty()).then_some(data),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

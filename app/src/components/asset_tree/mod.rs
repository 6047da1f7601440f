//! AssetTree: the hierarchy as an ARIA tree. Without script it is the list of links it was drawn with.

pub mod keys;
pub mod state;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wire::message::Summary;

use self::keys::{Move, Row, press, type_ahead};
use self::state::{TreeRow, TreeState};
use super::data_badge::worst;
use super::judgement::Level;
use super::live_value::Glyph;
use super::live_value::shown::Trust;
use super::status_shape::StatusShape;
use crate::fmt::{Fmt, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// The counts of an asset, now and from now on; first those it was loaded with.
pub type SummaryOf = fn(u32, Summary) -> Signal<Summary>;

/// The tree.
#[component]
pub fn AssetTree(
    /// What is loaded and open.
    state: TreeState,
    /// The visible rows.
    rows: Memo<Vec<TreeRow>>,
    /// Counts of an asset.
    summary_of: SummaryOf,
    /// Loads the children of an asset, when it is opened for the first time.
    #[prop(into)]
    on_load: Callback<u32>,
    /// Follows a link as a click would.
    #[prop(into)]
    on_open: Callback<String>,
) -> impl IntoView {
    let m = use_messages();
    let typed = StoredValue::new((String::new(), 0.0_f64));
    let at = move || {
        let focused = state.focused.get_untracked();
        rows.with_untracked(|rows| rows.iter().position(|row| Some(row.node.asset.asset) == focused))
            .unwrap_or(0)
    };
    let focus = move |index: usize| {
        if let Some(asset) = rows.with_untracked(|rows| rows.get(index).map(|row| row.node.asset.asset)) {
            state.focused.set(Some(asset));
            focus_row(asset);
        }
    };
    let open = move |asset: u32| {
        if !state.has(asset) {
            on_load.run(asset);
        }
        state.open(asset);
    };
    let asset_at =
        move |index: usize| rows.with_untracked(|rows| rows.get(index).map(|row| row.node.asset.asset));
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let plain = rows.with_untracked(|rows| plain_rows(rows, state));
        let key = event.key();
        let step = press(&plain, at(), &key).or_else(|| {
            let is_letter = key.chars().count() == 1 && key != " ";
            let typed = is_letter.then(|| typed_so_far(typed, &key, event.time_stamp()))?;
            type_ahead(&plain, at(), &typed).map(Move::Focus)
        });
        let Some(step) = step else { return };
        event.prevent_default();
        match step {
            Move::Focus(index) => focus(index),
            Move::Expand(index) => asset_at(index).into_iter().for_each(open),
            Move::Collapse(index) => {
                if let Some(asset) = asset_at(index) {
                    state.close(asset);
                }
            }
            Move::ExpandSiblings(index) => siblings(rows, index).into_iter().for_each(open),
            Move::Open(index) => {
                let href = rows
                    .with_untracked(|rows| rows.get(index).map(|row| routes::place(&row.node.asset.path)));
                href.into_iter().for_each(|href| on_open.run(href));
            }
        }
    };
    view! {
        <div class="g-tree__rows" role="tree" aria-label=m.tree_label() on:keydown=on_key>
            <For each=move || rows.get() key=|row| (row.node.asset.asset, row.level) let:row>
                <TreeItem row state summary_of on_twist=Callback::new(open)/>
            </For>
        </div>
    }
}

#[component]
fn TreeItem(row: TreeRow, state: TreeState, summary_of: SummaryOf, on_twist: Callback<u32>) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let asset = row.node.asset.asset;
    let summary = summary_of(asset, row.node.summary);
    let has_children = row.node.children > 0;
    let expanded =
        Memo::new(move |_| has_children && state.expanded.with(|expanded| expanded.contains(&asset)));
    let is_current = move || state.current.get() == Some(asset);
    let name = row.node.asset.name;
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
            on_twist.run(asset);
        }
    };
    view! {
        <a
            class="g-node"
            role="treeitem"
            id=format!("tree-{asset}")
            href=routes::place(&row.node.asset.path)
            tabindex=move || if state.focused.get() == Some(asset) { "0" } else { "-1" }
            attr:aria-level=row.level
            attr:aria-posinset=row.position
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
    [
        Some(name.to_owned()),
        part(summary.high, &|n| m.beyond_high_count(n)),
        part(summary.medium, &|n| m.beyond_medium_count(n)),
        part(summary.offline, &|n| m.tags_offline(n)),
        part(summary.stale, &|n| m.tags_stale(n)),
        part(summary.late, &|n| m.tags_late(n)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

fn plain_rows(rows: &[TreeRow], state: TreeState) -> Vec<Row> {
    state.expanded.with_untracked(|expanded| {
        let plain = |row: &TreeRow| Row {
            level: row.level,
            expanded: (row.node.children > 0).then(|| expanded.contains(&row.node.asset.asset)),
            name: row.node.asset.name.clone(),
        };
        rows.iter().map(plain).collect()
    })
}

/// The assets on the same level under the same parent as a row.
fn siblings(rows: Memo<Vec<TreeRow>>, index: usize) -> Vec<u32> {
    rows.with_untracked(|rows| {
        let Some(row) = rows.get(index) else {
            return Vec::new();
        };
        let inside = |other: &&TreeRow| other.level >= row.level;
        let before = rows.iter().take(index).rev().take_while(inside);
        let after = rows.iter().skip(index).take_while(inside);
        let level = |other: &&TreeRow| other.level == row.level && other.node.children > 0;
        before
            .chain(after)
            .filter(level)
            .map(|other| other.node.asset.asset)
            .collect()
    })
}

/// Letters typed within half a second of one another belong together.
fn typed_so_far(typed: StoredValue<(String, f64)>, key: &str, now: f64) -> String {
    typed.update_value(|(text, last)| {
        if now - *last > 500.0 {
            text.clear();
        }
        text.push_str(key);
        *last = now;
    });
    typed.with_value(|(text, _)| text.clone())
}

fn focus_row(asset: u32) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let element = document().get_element_by_id(&format!("tree-{asset}"));
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A row that cannot take the focus is gone already.
            drop(element.focus());
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = asset;
}

//! AssetTree: the hierarchy as an ARIA tree. Without script it is the list of links it was drawn with.
//!
//! Of a long tree only the rows in the window are in the document; the others are room above and below.

mod item;
pub mod keys;
mod scroll;
pub mod state;

use leptos::ev::KeyboardEvent;
use leptos::html::{Div, Nav};
use leptos::prelude::*;
use wire::message::Summary;

use self::item::TreeItem;
use self::keys::{Move, Row, press, type_ahead};
use self::scroll::Scroll;
use self::state::{TreeRow, TreeState};
use crate::i18n::use_messages;
use crate::prefs::{Density, use_prefs};
use crate::routes;

/// The counts of an asset, now and from now on; first those it was loaded with.
pub type SummaryOf = fn(u32, Summary) -> Signal<Summary>;

/// Up to so many rows all of them are in the document.
const WHOLE: usize = 150;

/// The tree.
#[component]
pub fn AssetTree(
    /// What is loaded and open.
    state: TreeState,
    /// The visible rows.
    rows: Memo<Vec<TreeRow>>,
    /// Those in the document, each with its place among all.
    shown: Memo<Vec<(usize, TreeRow)>>,
    /// What scrolls.
    scroller: NodeRef<Nav>,
    /// Counts of an asset.
    summary_of: SummaryOf,
    /// Follows a link as a click would.
    #[prop(into)]
    on_open: Callback<String>,
    /// Added to the address of every row.
    #[prop(into)]
    query: Signal<String>,
) -> impl IntoView {
    let m = use_messages();
    let list = NodeRef::<Div>::new();
    let scroll = Scroll::new(state, rows, scroller, list, row_height());
    let typed = StoredValue::new((String::new(), 0.0_f64));
    let at = move || {
        let focused = state.focused.get_untracked();
        rows.with_untracked(|rows| rows.iter().position(|row| row.asset == focused))
            .unwrap_or(0)
    };
    let row_at = move |index: usize| rows.with_untracked(|rows| rows.get(index).copied());
    let asset_at = move |index: usize| row_at(index).and_then(|row| row.asset);
    let href_at = move |index: usize| {
        let node = row_at(index).and_then(|row| state.node(row))?;
        Some(routes::place(&node.asset.path) + &query.get_untracked())
    };
    let name_at = move |index: usize| {
        let node = row_at(index).and_then(|row| state.node(row));
        node.map(|node| node.asset.name)
    };
    let focus = move |index: usize| {
        scroll.show(index);
        if let Some(asset) = asset_at(index) {
            state.focused.set(Some(asset));
            request_animation_frame(move || scroll::focus_row(asset));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let plain = rows.with_untracked(|rows| plain_rows(rows, state));
        let key = event.key();
        let step = press(&plain, at(), &key).or_else(|| {
            let is_letter = key.chars().count() == 1 && key != " ";
            let typed = is_letter.then(|| typed_so_far(typed, &key, event.time_stamp()))?;
            type_ahead(plain.len(), at(), &typed, name_at).map(Move::Focus)
        });
        let Some(step) = step else { return };
        event.prevent_default();
        match step {
            Move::Focus(index) => focus(index),
            Move::Expand(index) => asset_at(index).into_iter().for_each(|asset| state.open(asset)),
            Move::Collapse(index) => asset_at(index).into_iter().for_each(|asset| state.close(asset)),
            Move::ExpandSiblings(index) => siblings(rows, index)
                .into_iter()
                .for_each(|asset| state.open(asset)),
            Move::Open(index) => href_at(index).into_iter().for_each(|href| on_open.run(href)),
        }
    };
    // Rows that come or go may move the focused one in the document, and with that take its focus away.
    let has_focus = StoredValue::new(false);
    Effect::new(move |_| {
        shown.track();
        let asset = state.focused.get_untracked().filter(|_| has_focus.get_value());
        if let Some(asset) = asset {
            request_animation_frame(move || scroll::focus_row(asset));
        }
    });
    let room = move || {
        let total = rows.with(Vec::len);
        shown.with(|shown| {
            let (first, last) = (shown.first()?.0, shown.last()?.0);
            let above = first as f64 * scroll.row_px;
            let below = (total - 1 - last.min(total - 1)) as f64 * scroll.row_px;
            (above + below > 0.0).then(|| format!("padding-block:{above}px {below}px"))
        })
    };
    view! {
        <div
            class="g-tree__rows"
            role="tree"
            node_ref=list
            aria-label=m.tree_label()
            style=room
            on:keydown=on_key
            on:focusin=move |_| has_focus.set_value(true)
            on:focusout=move |event| has_focus.set_value(event.related_target().is_none() && is_removed(&event))
        >
            <For
                each=move || shown.get()
                key=|(_, row)| (row.asset, row.parent, row.index, row.level, row.has_children)
                let:((_, row))
            >
                <TreeItem row state summary_of query/>
            </For>
        </div>
    }
}

/// The rows in the document: all of a short tree, else those in the window.
#[must_use]
pub fn shown_of(state: TreeState, rows: Memo<Vec<TreeRow>>) -> Memo<Vec<(usize, TreeRow)>> {
    Memo::new(move |_| {
        let window = state.window.get();
        rows.with(|rows| {
            let (first, last) = match window {
                Some(window) if rows.len() > WHOLE => window,
                _ => (0, rows.len()),
            };
            let first = first.min(rows.len());
            let count = last.saturating_sub(first);
            rows.iter().copied().enumerate().skip(first).take(count).collect()
        })
    })
}

/// As the style sheet has it.
fn row_height() -> f64 {
    if use_prefs().density == Density::Touch {
        56.0
    } else {
        28.0
    }
}

fn plain_rows(rows: &[TreeRow], state: TreeState) -> Vec<Row> {
    state.expanded.with_untracked(|expanded| {
        let is_open = |row: &TreeRow| row.asset.is_some_and(|asset| expanded.contains(&asset));
        let plain = |row: &TreeRow| Row {
            level: row.level,
            expanded: row.has_children.then(|| is_open(row)),
        };
        rows.iter().map(plain).collect()
    })
}

/// The assets on the same level under the same parent as a row: the nearest ones.
fn siblings(rows: Memo<Vec<TreeRow>>, index: usize) -> Vec<u32> {
    const MOST: u32 = 20;
    rows.with_untracked(|rows| {
        let Some(row) = rows.get(index) else {
            return Vec::new();
        };
        let near = |other: &&TreeRow| {
            other.parent == row.parent && other.has_children && other.index.abs_diff(row.index) <= MOST
        };
        rows.iter().filter(near).filter_map(|other| other.asset).collect()
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

/// Whether what lost the focus lost it because it was moved or taken out, not because a person left it.
fn is_removed(event: &leptos::ev::FocusEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    let row = event
        .target()
        .and_then(|target| target.dyn_into::<leptos::web_sys::Node>().ok());
    row.is_some_and(|row| !row.is_connected())
}

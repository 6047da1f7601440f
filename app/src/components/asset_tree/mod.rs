//! AssetTree: the hierarchy as an ARIA tree. Without script it is the list of links it was drawn with.

mod item;
pub mod keys;
pub mod state;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wire::message::Summary;

use self::item::TreeItem;
use self::keys::{Move, Row, press, type_ahead};
use self::state::{TreeRow, TreeState};
use crate::i18n::use_messages;
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
        if !state.has(Some(asset)) {
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
    // Rows that come or go may move the focused one in the document, and with that take its focus away.
    let has_focus = StoredValue::new(false);
    Effect::new(move |_| {
        rows.track();
        let asset = state.focused.get_untracked().filter(|_| has_focus.get_value());
        if let Some(asset) = asset {
            request_animation_frame(move || focus_row(asset));
        }
    });
    view! {
        <div
            class="g-tree__rows"
            role="tree"
            aria-label=m.tree_label()
            on:keydown=on_key
            on:focusin=move |_| has_focus.set_value(true)
            on:focusout=move |event| has_focus.set_value(event.related_target().is_none() && is_removed(&event))
        >
            <For each=move || rows.get() key=|row| (row.node.asset.asset, row.level) let:row>
                <TreeItem row state summary_of on_twist=Callback::new(open)/>
            </For>
        </div>
    }
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

/// Whether what lost the focus lost it because it was moved or taken out, not because a person left it.
fn is_removed(event: &leptos::ev::FocusEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    let row = event
        .target()
        .and_then(|target| target.dyn_into::<leptos::web_sys::Node>().ok());
    row.is_some_and(|row| !row.is_connected())
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

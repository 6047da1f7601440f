//! Keys: Ctrl K and `/` search, `g` then a letter goes somewhere, `?` tells them all.
//!
//! Single keys can be switched off on the sheet (WCAG 2.1.4) and never act while something is typed.

use std::time::Duration;

use leptos::ev::{self, KeyboardEvent};
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use leptos_router::hooks::use_navigate;

use super::storage;
use crate::i18n::use_messages;
use crate::routes;

/// How long after `g` its letter may come.
const CHORD: Duration = Duration::from_millis(1_500);
/// Kept in the browser: `off` when single keys are off.
const KEPT: &str = "gemba-keys";

/// The sheet of keys, and the listener for all of them. `open_palette` opens the search.
#[component]
pub fn Keys(
    /// Opens the search.
    #[prop(into)]
    open_palette: Callback<()>,
) -> impl IntoView {
    let m = use_messages();
    let sheet = NodeRef::<Dialog>::new();
    let enabled = RwSignal::new(true);
    Effect::new(move |_| enabled.set(storage::get(KEPT).as_deref() != Some("off")));
    listen(open_palette, sheet, enabled);
    let switch = move |_| {
        let on = !enabled.get_untracked();
        enabled.set(on);
        storage::set(KEPT, if on { "on" } else { "off" });
    };
    let row = |keys: &'static [&'static str], joined: &'static str, text: &'static str| {
        let keys = keys.iter().enumerate().map(move |(index, key)| {
            let joint = (index > 0).then(|| view! { <small>{joined}</small> });
            view! { {joint}<kbd class="g-kbd">{*key}</kbd> }
        });
        view! { <dt>{keys.collect_view()}</dt><dd>{text}</dd> }
    };
    view! {
        <dialog class="g-sheet" node_ref=sheet aria-labelledby="g-keys">
            <div class="g-row">
                <h2 class="g-h2" id="g-keys">{m.keys_title()}</h2>
                <form method="dialog" class="g-push"><button class="g-btn g-btn--sm">{m.nav_close()}</button></form>
            </div>
            <dl class="g-keys">
                {row(&["Ctrl K", "/"], "·", m.keys_search())}
                {row(&["g", "o"], m.keys_then(), m.keys_go_overview())}
                {row(&["g", "a"], m.keys_then(), m.keys_go_assets())}
                {row(&["g", "s"], m.keys_then(), m.keys_go_sources())}
                {row(&["?"], "", m.keys_help())}
                {row(&["Esc"], "", m.keys_close())}
            </dl>
            <button class="g-toggle" role="switch" aria-checked=move || enabled.get().to_string() on:click=switch>{m.keys_single()}</button>
        </dialog>
    }
}

fn listen(open_palette: Callback<()>, sheet: NodeRef<Dialog>, enabled: RwSignal<bool>) {
    let navigate = use_navigate();
    let going = StoredValue::new(false);
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            let key = event.key();
            if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
                event.prevent_default();
                open_palette.run(());
                return;
            }
            if event.ctrl_key()
                || event.meta_key()
                || event.alt_key()
                || !enabled.get_untracked()
                || is_typing(&event)
            {
                return;
            }
            if going.get_value() {
                going.set_value(false);
                if let Some(path) = goes_to(&key) {
                    event.prevent_default();
                    navigate(&path, Default::default());
                }
                return;
            }
            match key.as_str() {
                "/" => {
                    event.prevent_default();
                    open_palette.run(());
                }
                "?" => {
                    if let Some(sheet) = sheet.get_untracked().filter(|sheet| !sheet.open()) {
                        // Fails only for a dialog out of the page.
                        sheet.show_modal().unwrap_or_default();
                    }
                }
                "g" => {
                    going.set_value(true);
                    set_timeout(
                        move || {
                            going.try_update_value(|going| *going = false);
                        },
                        CHORD,
                    );
                }
                _ => {}
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Where `g` and this letter lead.
fn goes_to(key: &str) -> Option<String> {
    match key {
        "o" => Some(routes::overview()),
        "a" => Some(routes::place("")),
        "s" => Some(routes::sources()),
        _ => None,
    }
}

/// Whether the key belongs to a field or an open dialog.
fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return false;
    };
    let editable = target
        .dyn_ref::<HtmlElement>()
        .is_some_and(HtmlElement::is_content_editable);
    editable || matches!(target.closest("input, textarea, select, dialog"), Ok(Some(_)))
}

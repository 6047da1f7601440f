//! Search everything and go there: Ctrl K. Without script the same is the page `/search`.

mod entry;
mod page;

pub use page::SearchPage;

use std::time::Duration;

use leptos::ev::KeyboardEvent;
use leptos::html::{Dialog, Input};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use self::entry::{Entry, matching_pages, recent, remember};
use crate::api::search::search;
use crate::i18n::use_messages;
use crate::routes;

/// Typing pauses this long before the server is asked.
const PAUSE: Duration = Duration::from_millis(120);

/// The palette. `open` is set to open it; it clears itself.
#[component]
pub fn CommandPalette(
    /// Set to open; cleared when closed.
    open: RwSignal<bool>,
) -> impl IntoView {
    let m = use_messages();
    let dialog = NodeRef::<Dialog>::new();
    let input = NodeRef::<Input>::new();
    let query = RwSignal::new(String::new());
    let entries = RwSignal::new(Vec::<Entry>::new());
    let chosen = RwSignal::new(0_usize);
    let answered = RwSignal::new(String::new());
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            query.set(String::new());
            answered.set(String::new());
            chosen.set(0);
            entries.set(start(m));
            // Fails only for a dialog out of the page.
            dialog.show_modal().unwrap_or_default();
            if let Some(input) = input.get_untracked() {
                input.set_value("");
            }
        }
    });
    let asked = move |event| {
        query.set(event_target_value(&event));
        ask(query, answered, entries, chosen);
    };
    let go = go_to(dialog);
    let key = {
        let go = go.clone();
        move |event: KeyboardEvent| {
            let last = entries.with_untracked(Vec::len).saturating_sub(1);
            match event.key().as_str() {
                "ArrowDown" => chosen.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
                "ArrowUp" => chosen.update(|at| *at = at.checked_sub(1).unwrap_or(last)),
                "Enter" => {
                    if let Some(entry) =
                        entries.with_untracked(|entries| entries.get(chosen.get_untracked()).cloned())
                    {
                        go(entry);
                    }
                }
                _ => return,
            }
            event.prevent_default();
        }
    };
    let nothing = move || {
        let asked = answered.get();
        let is_empty = !asked.is_empty() && entries.with(Vec::is_empty);
        is_empty.then(|| view! { <p class="g-palette__none">{m.palette_none(&asked)}</p> })
    };
    view! {
        <dialog class="g-palette" node_ref=dialog aria-label=m.nav_search() on:close=move |_| open.set(false)
            on:click=move |event| close_outside(dialog, &event)>
            <form method="get" action=routes::search() on:submit=|event| event.prevent_default()>
                <input node_ref=input class="g-palette__input" type="search" name="q" autocomplete="off" spellcheck="false"
                    role="combobox" aria-expanded="true" aria-controls="g-palette-list" aria-autocomplete="list"
                    aria-activedescendant=move || format!("g-hit-{}", chosen.get())
                    aria-label=m.palette_label() placeholder=m.palette_label() on:input=asked on:keydown=key/>
            </form>
            <ul class="g-palette__list" id="g-palette-list" role="listbox" aria-label=m.palette_label()>
                {move || rows(entries, chosen, go.clone())}
            </ul>
            {nothing}
            <p class="g-palette__hint">{m.palette_hint()}</p>
        </dialog>
    }
}

/// What stands there before anything is typed: recents, then pages.
fn start(m: crate::i18n::Messages) -> Vec<Entry> {
    let mut entries = recent();
    entries.extend(matching_pages(m, ""));
    entries
}

fn ask(
    query: RwSignal<String>,
    answered: RwSignal<String>,
    entries: RwSignal<Vec<Entry>>,
    chosen: RwSignal<usize>,
) {
    let m = use_messages();
    let now = query.get_untracked();
    if now.trim().is_empty() {
        answered.set(String::new());
        entries.set(start(m));
        chosen.set(0);
        return;
    }
    set_timeout(
        move || {
            // Typed on meanwhile, or closed: somebody else asks.
            if query.try_get_untracked().as_ref() != Some(&now) {
                return;
            }
            leptos::task::spawn_local(async move {
                let hits = search(now.clone()).await.unwrap_or_default();
                if query.try_get_untracked().as_ref() != Some(&now) {
                    return;
                }
                let mut found = matching_pages(m, &now);
                found.extend(hits.iter().map(|hit| Entry::of(m, hit)));
                if !hits.is_empty() {
                    found.push(Entry::all(m, &now));
                }
                entries.set(found);
                chosen.set(0);
                answered.set(now);
            });
        },
        PAUSE,
    );
}

fn go_to(dialog: NodeRef<Dialog>) -> impl Fn(Entry) + Clone + 'static {
    let navigate = use_navigate();
    move |entry: Entry| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        remember(&entry);
        navigate(&entry.href, Default::default());
    }
}

fn rows(
    entries: RwSignal<Vec<Entry>>,
    chosen: RwSignal<usize>,
    go: impl Fn(Entry) + Clone + 'static,
) -> impl IntoView {
    let row = move |(index, entry): (usize, Entry)| {
        let go = go.clone();
        let selected = move || (chosen.get() == index).to_string();
        let open = {
            let entry = entry.clone();
            move |event: leptos::ev::MouseEvent| {
                // With a modifier the link opens as links do.
                if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                    event.prevent_default();
                    event.stop_propagation();
                    go(entry.clone());
                }
            }
        };
        view! {
            <li id=format!("g-hit-{index}") role="option" aria-selected=selected on:mousemove=move |_| chosen.set(index)>
                <a href=entry.href tabindex="-1" on:click=open>
                    <b class="g-cut">{entry.label}</b><small class="g-cut">{entry.detail}</small>
                </a>
            </li>
        }
    };
    entries.get().into_iter().enumerate().map(row).collect_view()
}

/// A click on the backdrop closes: it hits the dialog itself, nothing within.
fn close_outside(dialog: NodeRef<Dialog>, event: &leptos::ev::MouseEvent) {
    use leptos::wasm_bindgen::JsCast;
    let Some(dialog) = dialog.get_untracked() else {
        return;
    };
    let on_itself = event
        .target()
        .and_then(|target| target.dyn_into::<leptos::web_sys::HtmlDialogElement>().ok())
        .is_some();
    if on_itself {
        dialog.close();
    }
}

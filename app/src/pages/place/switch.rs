//! By which hierarchy the tree is read.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use wire::page::HierarchyRef;

use crate::i18n::{Messages, use_messages};
use crate::pages::range::with_query;

/// By which hierarchy the tree is read; nothing where there is only one.
#[component]
pub fn Switch(
    /// The one the address asks for.
    by: Memo<String>,
    /// All of them.
    hierarchies: RwSignal<Vec<HierarchyRef>>,
) -> impl IntoView {
    let m = use_messages();
    let address = use_query_map();
    let navigate = use_navigate();
    let pick = move |event| {
        let to = address.with_untracked(|address| with_query(address, "by", &event_target_value(&event)));
        navigate(&to, leptos_router::NavigateOptions::default());
    };
    let options = move || {
        let option = |hierarchy: &HierarchyRef| {
            let selected = by.with(|by| *by == hierarchy.id);
            view! { <option value=hierarchy.id.clone() selected=selected>{name_of(hierarchy, m)}</option> }
        };
        hierarchies.with(|all| all.iter().map(option).collect_view())
    };
    view! {
        <select class="g-input" aria-label=m.hierarchy_label() hidden=move || hierarchies.with(Vec::is_empty) on:change=pick>
            {options}
        </select>
    }
}

/// The name of a hierarchy: ours in the reader's language, others as the model says.
#[must_use]
pub fn name_of(hierarchy: &HierarchyRef, m: Messages) -> String {
    match hierarchy.id.as_str() {
        "" => m.hierarchy_process().to_owned(),
        "location" => m.hierarchy_location().to_owned(),
        "ownership" => m.hierarchy_ownership().to_owned(),
        _ => hierarchy.name.clone(),
    }
}

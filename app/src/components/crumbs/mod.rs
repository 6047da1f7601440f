//! Crumbs: the way from the plant down to here.

use leptos::prelude::*;
use wire::page::AssetRef;

use crate::i18n::use_messages;

/// The trail; the last entry is this page.
#[component]
pub fn Crumbs(
    /// From the top down to the parent.
    trail: Vec<AssetRef>,
    /// This page's own name.
    #[prop(into)]
    here: String,
) -> impl IntoView {
    let m = use_messages();
    let mut trail = trail;
    // The server's trail may end with the page itself.
    if trail.last().is_some_and(|last| last.name == here) {
        trail.pop();
    }
    let depth = trail.len();
    view! {
        <nav class="g-crumbnav" aria-label=m.crumbs_label()>
            <ol class="g-crumbs">
                {trail
                    .into_iter()
                    .enumerate()
                    .map(|(index, step)| {
                        // On a phone only the nearest levels have room.
                        let class = if index + 3 < depth { "g-wide" } else { "" };
                        view! {
                            <li class=class>
                                <a href=crate::routes::place(&step.path)>{step.name}</a>
                            </li>
                        }
                    })
                    .collect_view()} <li aria-current="page">{here}</li>
            </ol>
        </nav>
    }
}

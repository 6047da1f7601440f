//! Crumbs: the way from the plant down to here.

use leptos::prelude::*;
use wire::page::AssetRef;

use crate::i18n::use_messages;
use crate::shell::{use_shell, use_site};

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
    tell_site(&trail);
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

/// Lets the site switcher say where one is.
fn tell_site(trail: &[AssetRef]) {
    let (shell, told) = (use_shell(), use_site());
    let site = shell.with_untracked(|shell| {
        let is_site = |step: &&AssetRef| shell.sites.iter().any(|site| site.asset == step.asset);
        trail.iter().find(is_site).map(|step| step.name.clone())
    });
    Effect::new(move |_| told.set(site.clone()));
    on_cleanup(move || {
        told.try_set(None);
    });
}

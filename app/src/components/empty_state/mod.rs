//! EmptyState: one sentence, and what to do about it.

use leptos::prelude::*;

/// Nothing to show, and why.
#[component]
pub fn EmptyState(
    /// What is not there, in a few words.
    #[prop(into)]
    what: String,
    /// Why, or what to do.
    #[prop(optional, into)]
    why: String,
    /// One action, when there is one.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="g-empty">
            <span>
                <b class="g-ink2">{what}</b>
                " "
                {why}
            </span>
            {children.map(|children| children())}
        </div>
    }
}

//! KeyValue: terms and what they are, in two columns.

use leptos::prelude::*;

/// A list of terms; fill it with [`Pair`].
#[component]
pub fn KeyValue(children: Children) -> impl IntoView {
    view! { <dl class="g-kv">{children()}</dl> }
}

/// One term and what it is.
#[component]
pub fn Pair(
    /// The term.
    #[prop(into)]
    term: String,
    children: Children,
) -> impl IntoView {
    view! {
        <dt>{term}</dt>
        <dd>{children()}</dd>
    }
}

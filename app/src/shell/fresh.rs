//! The freshness bar: how far the page may be believed. On every page.

use leptos::prelude::*;

/// The freshness bar.
#[component]
pub fn FreshnessBar() -> impl IntoView {
    view! { <div class="g-fresh" role="status"></div> }
}

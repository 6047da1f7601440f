//! Not written yet.

use leptos::prelude::*;

/// Not written yet.
#[component]
pub fn Tag() -> impl IntoView {
    view! { <main class="g-main" id="main"></main> }
}

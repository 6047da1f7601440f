//! Not written yet.

use leptos::prelude::*;

/// Not written yet.
#[component]
pub fn Status() -> impl IntoView {
    view! { <main class="g-main" id="main"></main> }
}

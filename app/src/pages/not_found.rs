//! Where nothing is.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::shell::PageError;

/// An address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <main class="g-main" id="main" tabindex="-1">
            <PageError error=ApiError::NotFound/>
        </main>
    }
}

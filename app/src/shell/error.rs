//! What went wrong with a page, in words, with the HTTP status that says the same.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// A page that could not be made: what failed and what to do.
#[component]
pub fn PageError(
    /// What went wrong.
    error: ApiError,
) -> impl IntoView {
    set_status(error.status());
    let m = use_messages();
    let (title, text) = words(m, &error);
    // What is not here may be somewhere else.
    let search = (error == ApiError::NotFound).then(|| {
        view! {
            <form class="g-row" method="get" action=routes::search() role="search">
                <input class="g-input" type="search" name="q" aria-label=m.palette_label() placeholder=m.palette_label()/>
                <button class="g-btn g-btn--primary">{m.palette_submit()}</button>
            </form>
        }
    });
    view! {
        <leptos_meta::Title text=title/>
        <div class="g-empty g-page-error" role="alert">
            <h1 class="g-h2">{title}</h1>
            <p>{text}</p>
            {search}
            <a class="g-btn" href=routes::overview()>{m.error_to_overview()}</a>
        </div>
    }
}

/// An error's title and what to do about it.
#[must_use]
pub fn words(m: Messages, error: &ApiError) -> (&'static str, String) {
    match error {
        ApiError::NotFound => (m.error_not_found(), m.error_not_found_more().to_owned()),
        ApiError::NotAllowed => (m.error_not_allowed(), m.error_not_allowed_more().to_owned()),
        ApiError::BadRequest(detail) => (m.error_bad_request(), detail.clone()),
        ApiError::Unavailable(part) => (m.error_unavailable(), m.error_unavailable_more(part)),
        ApiError::Internal(number) => (m.error_internal(), m.error_internal_more(number)),
        ApiError::Network(_) => (m.error_network(), m.error_network_more().to_owned()),
    }
}

/// Sets the answer's status where there is one to set.
pub fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = axum::http::StatusCode::from_u16(status)
    {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

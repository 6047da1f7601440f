//! What a browser has to tell the server's log.

use leptos::prelude::*;
use leptos::server_fn::codec::PostUrl;

use super::ApiError;
use super::ask::Ask;

/// A panic in a browser. Texts are cut, so that a broken page cannot fill the log.
#[server(prefix = "/api/fn", endpoint = "report_panic", protocol = Ask<PostUrl>)]
pub async fn report_panic(page: String, message: String) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    let cut = |text: String, most: usize| text.chars().take(most).collect::<String>();
    backend
        .report_panic(&viewer, &cut(page, 500), &cut(message, 4_000))
        .await
}

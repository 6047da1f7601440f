//! The HTTP status of a server function's error. The framework answers 500 to all of them; monitors and
//! programs are to tell a wrong request from a broken server.

use app::api::ApiError;
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

/// Longest error that is looked at; it is a word and a sentence.
const MOST_BYTES: usize = 64 * 1024;

/// The answer with the status that its error stands for.
pub(super) async fn told(response: Response) -> Response {
    let is_error = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_error {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A body that cannot be read stays the failure it is.
    let body = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let status = serde_json::from_slice::<ApiError>(&body).map(|error| error.status());
    if let Some(status) = status.ok().and_then(|status| StatusCode::from_u16(status).ok()) {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(body))
}

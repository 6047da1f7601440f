//! The HTTP status of a server function's error. The framework answers 500 to all of them; monitors and
//! programs are to tell a wrong request from a broken server.

use app::api::ask::BY_POSITION;
use app::api::error::ErrorJson;
use app::api::{ApiError, plain};
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
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
    let by_position = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == BY_POSITION);
    let (mut parts, body) = response.into_parts();
    // A body that cannot be read stays the failure it is.
    let body = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let error = match by_position {
        true => plain::from_bytes::<Result<(), ApiError>>(&body).and_then(Result::err),
        false => ErrorJson::read(&body),
    };
    let status = error.and_then(|error| StatusCode::from_u16(error.status()).ok());
    if let Some(status) = status {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(body))
}

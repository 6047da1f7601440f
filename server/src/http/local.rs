//! What commands on this machine ask of the running server, proved by the token in its data directory.

use std::path::PathBuf;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use store::backup::Contents;

use super::{Shared, body};
use crate::accounts;
use crate::model::desk;

/// Where to write a backup.
#[derive(Debug, Deserialize)]
pub struct BackupRequest {
    file: PathBuf,
}

/// Writes a backup while everything runs.
pub async fn backup(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(request): Json<BackupRequest>,
) -> (StatusCode, String) {
    if !is_ours(&headers, &shared.token) {
        return not_ours();
    }
    let backend = &shared.backend;
    let contents = Contents {
        history: backend.history.clone(),
        records: backend.records.clone(),
        is_demo: backend.is_demo_data,
    };
    match store::backup::backup(contents, &request.file).await {
        Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
    }
}

/// Answers what `gemba user` and `gemba audit` ask.
pub async fn accounts(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(request): Json<accounts::desk::Request>,
) -> (StatusCode, String) {
    if !is_ours(&headers, &shared.token) {
        return not_ours();
    }
    let answer = accounts::desk::answer(&shared.backend.accounts, request).await;
    match answer.and_then(|answer| Ok(serde_json::to_string(&answer)?)) {
        Ok(answer) => (StatusCode::OK, answer),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")),
    }
}

/// Answers what `gemba model` asks. A whole model may come in: nothing is read before the token is.
pub async fn model(State(shared): State<Shared>, headers: HeaderMap, sent: Body) -> (StatusCode, String) {
    if !is_ours(&headers, &shared.token) {
        return not_ours();
    }
    let read = axum::body::to_bytes(sent, desk::MOST_BYTES);
    let body = match tokio::time::timeout(body::WITHIN, read).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            return (
                StatusCode::PAYLOAD_TOO_LARGE,
                "the model is too large\n".to_owned(),
            );
        }
        Err(_) => {
            return (
                StatusCode::REQUEST_TIMEOUT,
                "the model did not come in time\n".to_owned(),
            );
        }
    };
    let request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return (StatusCode::BAD_REQUEST, format!("{error}\n")),
    };
    drop(body);
    let backend = &shared.backend;
    let answer = desk::answer(
        &backend.model,
        Some(&backend.twin),
        &backend.accounts.audit,
        request,
    )
    .await;
    match answer.and_then(|answer| Ok(serde_json::to_string(&answer)?)) {
        Ok(answer) => (StatusCode::OK, answer),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")),
    }
}

fn not_ours() -> (StatusCode, String) {
    (
        StatusCode::FORBIDDEN,
        "the token does not fit this server\n".to_owned(),
    )
}

/// Compares without telling by its time how far two tokens agree.
fn is_ours(headers: &HeaderMap, token: &str) -> bool {
    let given = headers
        .get("x-gemba-token")
        .map_or(&[][..], |value| value.as_bytes());
    let differs = given
        .iter()
        .zip(token.as_bytes())
        .fold(0, |differs, (a, b)| differs | (a ^ b));
    given.len() == token.len() && differs == 0
}

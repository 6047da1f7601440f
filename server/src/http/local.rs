//! What commands on this machine ask of the running server, proved by the token in its data directory.

use std::path::PathBuf;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use store::backup::Contents;

use super::{Shared, body};
use crate::accounts;
use crate::accounts::audit::Doer;
use crate::model::desk;

/// Where to write a backup.
#[derive(Debug, Deserialize)]
pub struct BackupRequest {
    file: PathBuf,
}

/// Writes a backup while everything runs.
pub async fn backup(
    State(shared): State<Shared>,
    Json(request): Json<BackupRequest>,
) -> (StatusCode, String) {
    let backend = &shared.backend;
    let contents = Contents {
        history: backend.history.clone(),
        records: backend.records.clone(),
        files: backend.files.folder().to_owned(),
        is_demo: backend.is_demo_data,
    };
    match store::backup::backup(contents, &request.file).await {
        Ok(()) => {
            let audit = &backend.accounts.audit;
            let noted = audit.note(Doer::command(), "backup", "records and history", json!({}));
            match noted.await {
                Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
                Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
            }
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
    }
}

/// Answers what `gemba user` and `gemba audit` ask.
pub async fn accounts(
    State(shared): State<Shared>,
    Json(request): Json<accounts::desk::Request>,
) -> (StatusCode, String) {
    let answer = accounts::desk::answer(&shared.backend.accounts, request).await;
    match answer.and_then(|answer| Ok(serde_json::to_string(&answer)?)) {
        Ok(answer) => (StatusCode::OK, answer),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}\n")),
    }
}

/// Answers what `gemba model` asks. A whole model may come in.
pub async fn model(State(shared): State<Shared>, sent: Body) -> (StatusCode, String) {
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

//! What commands on this machine ask of the running server, proved by the token in its data directory.

use std::path::PathBuf;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use store::backup::Contents;

use super::Shared;

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
        return (
            StatusCode::FORBIDDEN,
            "the token does not fit this server\n".to_owned(),
        );
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

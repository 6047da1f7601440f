//! `PUT /api/crew/files/{hash}`: photos, after the texts that name them.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use crew::send::MOST_PHOTO_BYTES;
use maintenance::order::Right;
use serde_json::json;

use super::Sitting;
use crate::http::doors::{Doors, broken};
use crate::work::files::{FileError, Hash, hash_from, media_of};
use crate::work::list::rights;

/// `PUT /api/crew/files/{hash}`
pub(super) async fn put(
    State(doors): State<Doors>,
    Path(name): Path<String>,
    parts: Parts,
    body: Bytes,
) -> Response {
    let sitting = match doors.seated(&parts).await {
        Ok(sitting) => sitting,
        Err(answer) => return *answer,
    };
    let named = hash_from(&name).filter(|hash| doors.is_awaited(&sitting, hash));
    let Some(hash) = named else {
        return (StatusCode::NOT_FOUND, "No order of yours names this photo.\n").into_response();
    };
    if body.len() > MOST_PHOTO_BYTES {
        return (StatusCode::PAYLOAD_TOO_LARGE, "The photo is too large.\n").into_response();
    }
    if !media_of(&body).is_some_and(|media| media.starts_with("image/")) {
        let words = "Photos are JPEG, PNG or WebP.\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, words).into_response();
    }
    if doors.backend.files.has(&hash) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let bytes = body.len();
    let kept = async {
        doors.backend.files.put(hash, body).await?;
        Ok::<_, FileError>(())
    };
    match kept.await {
        Ok(()) => {}
        Err(FileError::OtherContent | FileError::OtherKind) => {
            let words = "The photo is another than its name says.\n";
            return (StatusCode::UNPROCESSABLE_ENTITY, words).into_response();
        }
        Err(FileError::Full) => {
            tracing::warn!("a photo was refused: work.files_bytes is reached");
            let words = "There is no room for more photos; ask an administrator.\n";
            return (StatusCode::INSUFFICIENT_STORAGE, words).into_response();
        }
        Err(error) => return broken(&error),
    }
    let details = json!({"bytes": bytes});
    let audit = &doors.accounts.audit;
    match audit
        .note(sitting.doer(), "work.file", format!("file {name}"), details)
        .await
    {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => broken(&error),
    }
}

impl Doors {
    /// Whether an order that they may work on names it.
    fn is_awaited(&self, sitting: &Sitting, hash: &Hash) -> bool {
        let desk = &self.backend.work;
        let orders = desk.orders_of_file(hash).into_iter();
        let assets: Vec<twin::AssetId> = orders
            .filter_map(|order| desk.order(order, |order| order.request().asset))
            .collect();
        self.backend.read(|twin| {
            let may = |asset: &twin::AssetId| rights(&sitting.viewer, twin, *asset).has(Right::Request);
            assets.iter().any(may)
        })
    }
}

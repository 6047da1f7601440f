//! `/s/{secret}/card.png`: the picture that chats show of a link. They keep it for ever: it has no value in it.

mod draw;

use app::i18n::Messages;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use twin::AssetId;

use super::Doors;
use super::opened::guarded;
use crate::http::people::messages;

/// Looking at it is not opening the link. Of what is ended, locked or never was there is no picture.
pub(super) async fn card(State(doors): State<Doors>, Path(secret): Path<String>, parts: Parts) -> Response {
    let held = doors
        .accounts
        .by_link(&secret, None)
        .filter(|held| !held.is_locked);
    let name = held.and_then(|held| {
        let asset = AssetId::new(held.link.asset);
        doors
            .backend
            .read(|twin| twin.asset(asset).map(|asset| asset.name.to_string()))
    });
    let m: Messages = messages(&parts);
    let drawn = name.and_then(|name| draw::card(&name, m.still_share_preview()));
    let Some(bytes) = drawn else {
        return guarded((StatusCode::NOT_FOUND, "There is nothing here.\n").into_response());
    };
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        // It is made to be shown by others.
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    guarded((headers, bytes).into_response())
}

//! `/overview/needs`: everything that needs whoever asks, drawn once. Nobody is told of what they do not see.

use app::i18n::Messages;
use app::still::Frame;
use app::still::attention::{Attention, AttentionPage};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;

use super::doors::Doors;
use super::who;

/// Rows of the page: who has more begins with the worst.
const MOST: usize = 200;

/// Its route.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/overview/needs", get(page))
        .with_state(doors)
}

async fn page(State(doors): State<Doors>, parts: Parts) -> Response {
    let viewer = who::viewer(&parts);
    let (needs, total) = doors.backend.needs_of(&viewer, MOST).await;
    let page = AttentionPage {
        needs,
        total,
        times: super::lines::times(&doors.backend, None),
    };
    let title = |m: Messages| m.still_attention().to_owned();
    let draw = move || view! { <Attention page/> };
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

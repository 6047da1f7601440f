//! A link outside its own page: in pages of others by oEmbed, on paper as a QR code.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use super::Doors;

/// Which link.
#[derive(Deserialize)]
pub(super) struct Embedded {
    secret: String,
}

/// oEmbed (oembed.com, 2.3): how another site shows a link that was made for it.
pub(super) async fn oembed(State(doors): State<Doors>, Query(asked): Query<Embedded>) -> Response {
    let held = doors.accounts.by_link(&asked.secret, None);
    if held.is_none_or(|held| !held.link.embed || held.is_locked) {
        return (StatusCode::NOT_FOUND, "There is nothing to embed.\n").into_response();
    }
    let url = format!("{}/s/{}", doors.base_url, asked.secret);
    Json(json!({"version": "1.0", "type": "rich", "provider_name": "Gemba", "width": 480, "height": 480, "html": frame_code(&url)}))
        .into_response()
}

pub(super) fn frame_code(url: &str) -> String {
    format!(
        "<iframe src=\"{url}/embed\" width=\"480\" height=\"480\" style=\"border:0\" loading=\"lazy\" sandbox=\"allow-scripts allow-same-origin\"></iframe>"
    )
}

/// The QR code of an address, with its quiet zone of four modules.
pub(in crate::http) fn qr(url: &str) -> String {
    let code = qrcode::QrCode::with_error_correction_level(url, qrcode::EcLevel::Q);
    code.map_or_else(
        |_| String::new(),
        |code| {
            let mut drawn = code.render::<qrcode::render::svg::Color<'_>>();
            drawn.min_dimensions(200, 200).quiet_zone(true).build()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_as_svg() {
        assert!(qr("https://gemba.example.org/s/abcdefghijklmnopqrstuvwxyz012345").contains("<svg"));
    }
}

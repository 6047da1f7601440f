//! A link outside its own page: in pages of others by oEmbed, on paper as a QR code.

use app::routes;
use app::shell::CARD_SIZE;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::Doors;

/// Width and height of a frame nobody gave a size, in pixels: 16:9, and wide enough for values and trend.
const FRAME_SIZE: (u32, u32) = (640, 360);

/// What another site asks (oembed.com, 2.2).
#[derive(Deserialize)]
pub(super) struct Asked {
    url: String,
    #[serde(default)]
    format: String,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
}

/// oEmbed (oembed.com, 2.3): how another site shows a link that was made for it. A link that is not there, has ended,
/// is locked or is of another place answers alike.
pub(super) async fn oembed(State(doors): State<Doors>, Query(asked): Query<Asked>) -> Response {
    if !matches!(asked.format.as_str(), "" | "json") {
        return (StatusCode::NOT_IMPLEMENTED, "Only format=json is there.\n").into_response();
    }
    let within =
        |size: u32, most: Option<u32>| most.filter(|most| *most > 0).map_or(size, |most| size.min(most));
    let (width, height) = (
        within(FRAME_SIZE.0, asked.maxwidth),
        within(FRAME_SIZE.1, asked.maxheight),
    );
    let found = secret_within(&doors.base_url, &asked.url).and_then(|(secret, panel)| {
        let held = doors.accounts.by_link(&secret, None);
        let held = held.filter(|held| held.link.embed && !held.is_locked)?;
        Some((doors.frame(&secret, &held, true), secret, panel))
    });
    let Some((frame, secret, panel)) = found else {
        return (StatusCode::NOT_FOUND, "There is nothing to embed.\n").into_response();
    };
    let url = format!("{}/s/{secret}", doors.base_url);
    Json(json!({
        "version": "1.0", "type": "rich", "provider_name": "Gemba", "title": frame.name,
        "width": width, "height": height, "html": frame_code(&url, panel, (width, height)),
        "thumbnail_url": frame.card, "thumbnail_width": CARD_SIZE.0, "thumbnail_height": CARD_SIZE.1,
    }))
    .into_response()
}

/// The secret in the address of a link of ours, and which part of its page alone is to be shown.
fn secret_within(base: &str, asked: &str) -> Option<(String, &'static str)> {
    let (base, asked) = (Url::parse(base).ok()?, Url::parse(asked).ok()?);
    if base.origin() != asked.origin() {
        return None;
    }
    let path = asked.path().strip_prefix(base.path().trim_end_matches('/'))?;
    let secret = secret_in(path)?.to_owned();
    let asked_for = asked.query_pairs().find(|(name, _)| name == "panel");
    let panel = match asked_for.as_ref().map(|(_, panel)| panel.as_ref()) {
        Some("values") => "?panel=values",
        Some("trend") => "?panel=trend",
        _ => "",
    };
    Some((secret, panel))
}

/// `/s/{secret}` and `/s/{secret}/embed`.
fn secret_in(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/s/")?;
    let secret = rest.strip_suffix("/embed").unwrap_or(rest);
    let is_secret = !secret.is_empty()
        && secret
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    is_secret.then_some(secret)
}

/// The secret that an address names, wherever it leads: what is asked of one link counts together.
pub(in crate::http) fn secret_of_url(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let path = url.path().strip_prefix(routes::base())?;
    secret_in(path).map(str::to_owned)
}

/// Where other sites ask how to show a link.
pub(super) fn oembed_url(base: &str, secret: &str) -> String {
    let page: String = form_urlencoded::byte_serialize(format!("{base}/s/{secret}").as_bytes()).collect();
    format!("{base}/oembed?url={page}&format=json")
}

/// The frame for pages of others. It keeps its own origin (`allow-same-origin`), which is never theirs: without it the
/// live socket would have to take `Origin: null`, which any sandboxed page and any `data:` address has, too. Who leaves
/// it out gets the values as the server drew them, bare. See `docs/security.md`.
pub(super) fn frame_code(url: &str, panel: &str, size: (u32, u32)) -> String {
    let (width, height) = size;
    format!(
        "<iframe src=\"{url}/embed{panel}\" width=\"{width}\" height=\"{height}\" style=\"border:0\" loading=\"lazy\" sandbox=\"allow-scripts allow-same-origin\"></iframe>"
    )
}

/// The same in the size it has when nobody asks for another.
pub(super) fn first_frame_code(url: &str) -> String {
    frame_code(url, "", FRAME_SIZE)
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

    #[test]
    fn only_an_address_of_ours_names_a_link() {
        let base = "https://apps.example/gemba";
        for (asked, expect) in [
            ("https://apps.example/gemba/s/abc", Some(("abc", ""))),
            ("https://APPS.example:443/gemba/s/abc/embed", Some(("abc", ""))),
            (
                "https://apps.example/gemba/s/abc?panel=trend",
                Some(("abc", "?panel=trend")),
            ),
            ("https://apps.example/gemba/s/abc?panel=%22%3E", Some(("abc", ""))),
            ("https://apps.example/gemba/s/abc#x", Some(("abc", ""))),
            ("http://apps.example/gemba/s/abc", None),
            ("https://apps.example.evil.example/gemba/s/abc", None),
            ("https://apps.example@evil.example/gemba/s/abc", None),
            ("https://apps.example/s/abc", None),
            ("https://apps.example/gemba/s/", None),
            ("https://apps.example/gemba/s/abc/card.png", None),
            ("https://apps.example/gemba/s/a%22b", None),
            ("/gemba/s/abc", None),
            ("abc", None),
        ] {
            let found = secret_within(base, asked);
            let found = found.as_ref().map(|(secret, panel)| (secret.as_str(), *panel));
            assert_eq!(found, expect, "{asked}");
        }
    }
}

//! `/crew`, `/sw.js` and what stands around them: the tablet's shell, the same for everybody in a language. It knows
//! nobody, so a tablet may keep it.

mod icon;

use app::prefs::Prefs;
use app::routes;
use app::shell::{BuiltFiles, tablet};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::http::doors::Doors;

const BOOT: &str = include_str!("boot.js");
const WORKER: &str = include_str!("worker.js");
/// What the worker may do: ask us.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'";
/// Behind an address that carries the build.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// `GET /crew` and everything below that is no file: which page it is, the program reads off the address.
pub(super) async fn shell(State(doors): State<Doors>, parts: Parts) -> Response {
    let html = tablet::document(prefs_of(&parts), &doors.built, &doors.backend.build);
    page(html)
}

/// `GET /crew/offline`
pub(super) async fn offline(State(doors): State<Doors>, parts: Parts) -> Response {
    page(tablet::offline(
        prefs_of(&parts),
        &doors.built,
        &doors.backend.build,
    ))
}

fn prefs_of(parts: &Parts) -> Prefs {
    let text = |headers: &HeaderMap, name: HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let cookies = text(&parts.headers, header::COOKIE);
    let languages = text(&parts.headers, header::ACCEPT_LANGUAGE);
    Prefs::from_request(parts.uri.query().unwrap_or_default(), &cookies, &languages)
}

fn page(html: String) -> Response {
    let mut answer = file("text/html; charset=utf-8", ASK_AGAIN, html.into());
    let head = answer.headers_mut();
    head.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(tablet::POLICY),
    );
    // Labels are read by the camera.
    head.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    head.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    answer
}

fn file(media: &'static str, caching: &'static str, bytes: Vec<u8>) -> Response {
    let head = [(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, caching)];
    (head, bytes).into_response()
}

/// `GET /sw.js`
pub(super) async fn worker(State(doors): State<Doors>) -> Response {
    let mut answer = file(
        "text/javascript; charset=utf-8",
        ASK_AGAIN,
        script(&doors.built, &doors.backend.build).into(),
    );
    answer.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(WORKER_POLICY),
    );
    answer
}

/// The worker with what it keeps: texts of JSON are texts of JavaScript.
fn script(built: &BuiltFiles, build: &str) -> String {
    let (build_text, base) = (json!(build), json!(routes::base()));
    let files = json!(tablet::kept(built, build));
    format!("const BUILD = {build_text};\nconst BASE = {base};\nconst FILES = {files};\n{WORKER}")
}

/// `GET /crew/{file}` of those that the server makes; the shell for any other name.
pub(super) async fn own(State(doors): State<Doors>, Path(name): Path<String>, parts: Parts) -> Response {
    let caching = if parts.uri.query().is_some_and(|query| query.starts_with("v=")) {
        FOR_EVER
    } else {
        ASK_AGAIN
    };
    match name.as_str() {
        "boot.js" => file("text/javascript; charset=utf-8", caching, BOOT.into()),
        "font.css" => file(
            "text/css; charset=utf-8",
            caching,
            tablet::font_face(&doors.built).into(),
        ),
        "manifest.webmanifest" => {
            let text = manifest(&doors.built).to_string();
            file("application/manifest+json", caching, text.into())
        }
        "icon-192.png" | "icon-512.png" => {
            let size = if name == "icon-512.png" { 512 } else { 192 };
            match icon::png(size) {
                Some(bytes) => file("image/png", caching, bytes),
                None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
        _ => shell(State(doors), parts).await,
    }
}

fn manifest(built: &BuiltFiles) -> serde_json::Value {
    let icon = |size: u32| {
        let sizes = format!("{size}x{size}");
        let src = routes::url(&format!("/crew/icon-{size}.png"));
        json!({"src": src, "sizes": sizes, "type": "image/png", "purpose": "any"})
    };
    let drawn = json!({"src": built.public("icon.svg"), "sizes": "any", "type": "image/svg+xml"});
    let start = routes::url("/crew");
    json!({
        "id": start,
        "name": "Gemba",
        "short_name": "Gemba",
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": icon::PAPER,
        "theme_color": icon::INK,
        "icons": [icon(192), icon(512), drawn],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_keeps_the_program_of_its_build_and_nothing_that_the_server_says() {
        let built = BuiltFiles {
            crew: vec![
                "crew-0a1b/crew.js".to_owned(),
                "crew-0a1b/crew_bg.wasm".to_owned(),
            ],
            css: Some("gemba-12.css".to_owned()),
            ..BuiltFiles::default()
        };
        let text = script(&built, "1.0.0-\"x\"");
        assert!(text.starts_with("const BUILD = \"1.0.0-\\\"x\\\"\";\n"), "{text}");
        for file in [
            "/pkg/crew-0a1b/crew.js",
            "/pkg/crew-0a1b/crew_bg.wasm",
            "/pkg/gemba-12.css",
        ] {
            assert!(text.contains(&format!("\"{file}\"")), "{file}");
        }
        let files = text.lines().nth(2).unwrap();
        assert!(!files.contains("/api/") && !files.contains("/s/"), "{files}");
    }
}

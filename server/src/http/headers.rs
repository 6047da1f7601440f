//! Security headers on every answer. A page brings its own content security policy, since only its
//! document knows the nonce of its inline script; everything else may run nothing at all.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// For what is no page.
const NOTHING_RUNS: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/// Adds the headers; where an answer has one of them already, it knows better.
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    // A link that may stand in pages of others says so in its policy, and no old header says otherwise.
    let policy = response.headers().get(header::CONTENT_SECURITY_POLICY);
    let may_be_framed = policy.is_some_and(|policy| policy.as_bytes().ends_with(b"frame-ancestors *"));
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if may_be_framed {
        headers.remove(header::X_FRAME_OPTIONS);
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NOTHING_RUNS));
    response
}

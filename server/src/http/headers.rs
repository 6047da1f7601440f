//! Security headers on every answer. A page brings its own content security policy, since only its
//! document knows the nonce of its inline script; everything else may run nothing at all.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::client::Client;
use super::origin::host_name;

const HEADERS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("origin-agent-cluster"), "?1"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), \
         gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), \
         usb=(), xr-spatial-tracking=()",
    ),
];

/// A year. Only where HTTPS has its own port: browsers take it for every port of the host, and a plant's server
/// often has other things on others.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// For what is no page.
const NOTHING_RUNS: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/// Adds the headers; where an answer has one of them already, it knows better.
pub async fn secure(request: Request, next: Next) -> Response {
    let only_https = request.extensions().get::<Client>().is_some_and(is_https_host);
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
    // Files say for how long they hold; nothing else is to be found on a shared tablet later.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if only_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    response
}

fn is_https_host(client: &Client) -> bool {
    let is_own_port = |host: &str| host_name(host) == host || host.ends_with(":443");
    client.secure && client.host.as_deref().is_some_and(is_own_port)
}

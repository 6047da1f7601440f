//! Plain HTTP where HTTPS is served: led to the same page there. The authority's certificate is handed out, since
//! a device that does not trust it yet can hardly fetch it otherwise; what it is worth says its fingerprint.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, middleware};

use super::headers;
use super::origin::host_name;
use super::trust::{self, Trust};

/// Where HTTPS is.
#[derive(Clone, Debug)]
pub struct Target {
    /// Scheme, host and port, where the configuration says so.
    pub origin: Option<String>,
    /// Otherwise: this port of the host that was asked.
    pub port: u16,
}

/// Answers everything.
pub fn router(target: Target, trust: Arc<Trust>) -> Router {
    Router::new()
        .route(trust::CERTIFICATE, get(trust::certificate))
        .with_state(trust)
        .fallback_service(Router::new().fallback(lead).with_state(Arc::new(target)))
        .layer(middleware::from_fn(headers::secure))
}

async fn lead(State(target): State<Arc<Target>>, request: Request) -> Response {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let Some(origin) = target.origin_for(host.unwrap_or_default()) else {
        return (StatusCode::BAD_REQUEST, "This server speaks HTTPS.\n").into_response();
    };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let there = format!("{origin}{path}");
    match *request.method() {
        Method::GET | Method::HEAD => {
            let body = format!("This server speaks HTTPS: {origin}\n");
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, there)], body).into_response()
        }
        // What was sent was sent in the open: it is not to be sent again as if nothing had happened.
        _ => (
            StatusCode::BAD_REQUEST,
            format!("This server speaks HTTPS: {origin}\n"),
        )
            .into_response(),
    }
}

impl Target {
    fn origin_for(&self, host: &str) -> Option<String> {
        if let Some(origin) = &self.origin {
            return Some(origin.clone());
        }
        let name = host_name(host);
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        if name.is_empty() || !name.chars().all(is_name) {
            return None;
        }
        Some(match self.port {
            443 => format!("https://{name}"),
            port => format!("https://{name}:{port}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_requests_are_led_to_where_https_is_and_nowhere_else() {
        let by_host = |port| Target { origin: None, port };
        let named = Target {
            origin: Some("https://gemba.example.org".to_owned()),
            port: 8443,
        };
        for (target, host, expect) in [
            (by_host(8443), "plant:8080", Some("https://plant:8443")),
            (by_host(8443), "10.1.2.3", Some("https://10.1.2.3:8443")),
            (by_host(443), "[fd00::1]:80", Some("https://[fd00::1]")),
            (by_host(443), "[fd00::1]", Some("https://[fd00::1]")),
            (by_host(443), "", None),
            (by_host(443), "evil.example/\u{e9}", None),
            (by_host(443), "user@evil.example", None),
            (named, "evil.example", Some("https://gemba.example.org")),
        ] {
            assert_eq!(target.origin_for(host).as_deref(), expect, "{host}");
        }
    }
}

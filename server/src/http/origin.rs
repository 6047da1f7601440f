//! Which pages may write and open sockets: ours. The configured public address, or this machine's names.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};

/// Origins that are ours.
#[derive(Clone, Debug)]
pub struct Origins {
    allowed: Vec<String>,
}

impl Origins {
    /// Of the public address where one is configured, else of the bound address.
    #[must_use]
    pub fn new(public_url: Option<&str>, address: SocketAddr) -> Self {
        let mut allowed: Vec<String> = public_url.and_then(origin).into_iter().collect();
        if address.ip().is_loopback() {
            let port = address.port();
            allowed.extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("http://{host}:{port}")));
        } else {
            allowed.push(format!("http://{address}"));
        }
        Self { allowed }
    }

    /// Whether a request with these headers is ours. Programs that are no browsers send no origin.
    #[must_use]
    pub fn allows(&self, headers: &HeaderMap) -> bool {
        match headers.get(header::ORIGIN) {
            None => true,
            Some(origin) => origin.to_str().is_ok_and(|origin| self.is_ours(origin)),
        }
    }

    /// Whether an origin is ours. On an open address, the host the browser used is not known before.
    #[must_use]
    pub fn is_ours(&self, origin: &str) -> bool {
        self.allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split('/').next()?;
    Some(format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_our_own_pages_may_write() {
        let origins = Origins::new(Some("https://gemba.example.org/app"), "127.0.0.1:8080".parse().unwrap());
        for (origin, ours) in [
            ("https://gemba.example.org", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("http://localhost:9090", false),
            ("https://evil.example.org", false),
            ("null", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            assert_eq!(origins.allows(&headers), ours, "{origin}");
        }
        assert!(origins.allows(&HeaderMap::new()));
    }
}

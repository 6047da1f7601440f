//! Which pages may write and open sockets: ours. The configured public address, or this machine's names.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};

/// Origins that are ours.
#[derive(Clone, Debug)]
pub struct Origins {
    allowed: Vec<String>,
    /// Served on an address whose names nobody told us: a page is ours when it came from the host it asks.
    by_host: bool,
}

impl Origins {
    /// Of the public address where one is configured, else of the bound address.
    #[must_use]
    pub fn new(public_url: Option<&str>, address: SocketAddr) -> Self {
        let mut allowed: Vec<String> = public_url.and_then(origin).into_iter().collect();
        if address.ip().is_loopback() {
            let port = address.port();
            allowed.extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("http://{host}:{port}")));
        }
        let by_host = public_url.is_none() && !address.ip().is_loopback();
        Self { allowed, by_host }
    }

    /// Whether a request with these headers is ours. Programs that are no browsers send no origin.
    #[must_use]
    pub fn allows(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        let Ok(origin) = origin.to_str() else { return false };
        let is_host = || {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(header::HOST)
        };
        self.allowed
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(origin))
            || (self.by_host && is_host())
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
        let origins = Origins::new(
            Some("https://gemba.example.org/app"),
            "127.0.0.1:8080".parse().unwrap(),
        );
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

    #[test]
    fn on_an_open_address_a_page_is_ours_when_it_came_from_the_host_it_asks() {
        let origins = Origins::new(None, "0.0.0.0:8080".parse().unwrap());
        let headers = |origin, host| {
            HeaderMap::from_iter([
                (header::ORIGIN, HeaderValue::from_static(origin)),
                (header::HOST, HeaderValue::from_static(host)),
            ])
        };
        assert!(origins.allows(&headers("http://10.1.2.3:8080", "10.1.2.3:8080")));
        assert!(!origins.allows(&headers("http://evil.example.org", "10.1.2.3:8080")));
    }
}

//! Which pages may write and open sockets, and by which names we are asked: ours. The configured public address,
//! or this machine's names.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue, header};

use super::client::Client;

/// Origins that are ours.
#[derive(Clone, Debug)]
pub struct Origins {
    allowed: Vec<String>,
    /// The host of the public address.
    public_host: Option<String>,
    /// Served on an address whose names nobody told us: a page is ours when it came from the host it asks.
    by_host: bool,
}

impl Origins {
    /// Of the public address where one is configured, else of the bound address.
    #[must_use]
    pub fn new(public_url: Option<&str>, address: SocketAddr, tls: bool) -> Self {
        let public = public_url.and_then(origin);
        let public_host = public
            .as_deref()
            .and_then(|origin| Some(origin.split_once("://")?.1.to_owned()));
        let mut allowed: Vec<String> = public.into_iter().collect();
        if address.ip().is_loopback() {
            let (scheme, port) = (if tls { "https" } else { "http" }, address.port());
            allowed
                .extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{scheme}://{host}:{port}")));
        }
        let by_host = public_url.is_none() && !address.ip().is_loopback();
        Self {
            allowed,
            public_host,
            by_host,
        }
    }

    /// Whether a request with these headers is ours. Programs that are no browsers send no origin.
    #[must_use]
    pub fn allows(&self, headers: &HeaderMap, client: &Client) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            // A browser that keeps its origin to itself still says where the page stands.
            let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
            return !matches!(site, Some(b"cross-site" | b"same-site"));
        };
        let Some((scheme, host)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
            return false;
        };
        // A page that came in the open may not write over TLS.
        let is_host = || client.host.as_deref() == Some(host) && (!client.secure || scheme == "https");
        let origin = origin.as_bytes();
        let mut allowed = self.allowed.iter();
        allowed.any(|allowed| allowed.as_bytes().eq_ignore_ascii_case(origin)) || (self.by_host && is_host())
    }

    /// Whether we are asked by a name of ours. A site whose name is made to lead to this machine (DNS rebinding)
    /// has its pages ask by that name; an address is nobody's name.
    #[must_use]
    pub fn knows(&self, client: &Client) -> bool {
        let Some(host) = &client.host else { return true };
        let name = host_name(host);
        let is_public = |public: &String| host_name(public).eq_ignore_ascii_case(name);
        self.by_host
            || name.eq_ignore_ascii_case("localhost")
            || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
            || self.public_host.as_ref().is_some_and(is_public)
    }
}

/// Scheme, host and port of a URL.
#[must_use]
pub fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split('/').next()?;
    Some(format!("{scheme}://{authority}"))
}

/// The path of a URL, without a slash at its end: what everything is served under.
#[must_use]
pub fn base(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default();
    path.trim_end_matches('/')
}

/// Without the port.
#[must_use]
pub fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str, secure: bool) -> Client {
        Client {
            address: IpAddr::from([10, 1, 2, 9]),
            secure,
            host: Some(host.to_owned()),
        }
    }

    fn from(origin: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(origin))])
    }

    #[test]
    fn only_our_own_pages_may_write() {
        let public = Some("https://gemba.example.org/app");
        let origins = Origins::new(public, "127.0.0.1:8080".parse().unwrap(), false);
        for (origin, ours) in [
            ("https://gemba.example.org", true),
            ("http://gemba.example.org", false),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("https://127.0.0.1:8080", false),
            ("http://localhost:9090", false),
            ("https://evil.example.org", false),
            ("null", false),
        ] {
            let ours_is = origins.allows(&from(origin), &asked("evil.example.org", false));
            assert_eq!(ours_is, ours, "{origin}");
        }
        assert!(origins.allows(&HeaderMap::new(), &asked("localhost", false)));
        for (site, ours) in [
            ("cross-site", false),
            ("same-site", false),
            ("same-origin", true),
            ("none", true),
        ] {
            let headers =
                HeaderMap::from_iter([("sec-fetch-site".parse().unwrap(), HeaderValue::from_static(site))]);
            assert_eq!(
                origins.allows(&headers, &asked("localhost", false)),
                ours,
                "{site}"
            );
        }
    }

    #[test]
    fn on_an_open_address_a_page_is_ours_when_it_came_from_the_host_it_asks() {
        let origins = Origins::new(None, "0.0.0.0:8080".parse().unwrap(), false);
        for (origin, secure, ours) in [
            ("http://10.1.2.3:8080", false, true),
            ("https://10.1.2.3:8080", true, true),
            ("http://10.1.2.3:8080", true, false),
            ("http://evil.example.org", false, false),
        ] {
            let client = asked("10.1.2.3:8080", secure);
            assert_eq!(origins.allows(&from(origin), &client), ours, "{origin} {secure}");
        }
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let local = "127.0.0.1:8080".parse().unwrap();
        let open = "0.0.0.0:8080".parse().unwrap();
        let public = Some("https://gemba.example.org/app");
        for (public, address, host, known) in [
            (None, local, "localhost:9000", true),
            (None, local, "127.0.0.1:8080", true),
            (None, local, "[::1]:8080", true),
            (None, local, "rebound.example:8080", false),
            (public, local, "gemba.example.org", true),
            (public, local, "GEMBA.example.org:443", true),
            (public, open, "rebound.example", false),
            (public, open, "10.1.2.3", true),
            (None, open, "plant-server", true),
        ] {
            let origins = Origins::new(public, address, false);
            assert_eq!(origins.knows(&asked(host, false)), known, "{host} at {address}");
        }
    }

    #[test]
    fn the_path_of_the_public_address_is_the_base() {
        for (url, expect) in [
            ("https://x", ""),
            ("https://x/", ""),
            ("https://x:8443/gemba/", "/gemba"),
            ("https://x/a/b", "/a/b"),
            ("nothing", ""),
        ] {
            assert_eq!(base(url), expect, "{url}");
        }
    }
}

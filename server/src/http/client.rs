//! Who asks: the address, scheme and host of a request as its sender knows them.
//!
//! A proxy in front says so in headers, and anybody can write headers: they are believed only from proxies that
//! the configuration names, and only as far as an unbroken row of such proxies reaches.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Once};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use ipnet::IpNet;

/// What the connection itself says, before any header is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub peer: SocketAddr,
    /// Over TLS.
    pub secure: bool,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
    /// Nobody on the way could read or change it.
    pub secure: bool,
    /// Host, with its port unless it is the scheme's own.
    pub host: Option<String>,
}

/// In which headers proxies say for whom they ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// `X-Forwarded-For`, `-Proto` and `-Host`: what proxies send unless told otherwise.
    #[default]
    XForwarded,
    /// RFC 7239.
    Forwarded,
}

/// The proxies in front. One spelling is read, never both: a proxy that writes one passes the other on as its
/// client sent it.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    pub nets: Vec<IpNet>,
    pub spelling: Spelling,
}

/// What one proxy says of who asked it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hop {
    from: Option<IpAddr>,
    proto: Option<String>,
    host: Option<String>,
}

impl Proxies {
    /// Who asks.
    #[must_use]
    pub fn client_of(&self, line: Line, headers: &HeaderMap) -> Client {
        let mut client = Client {
            address: line.peer.ip().to_canonical(),
            secure: line.secure,
            host: single(headers, header::HOST.as_str()),
        };
        if !self.trusts(client.address) {
            return client;
        }
        let hops = match self.spelling {
            Spelling::XForwarded => x_forwarded(headers),
            Spelling::Forwarded => forwarded(headers),
        };
        for hop in hops.into_iter().rev() {
            if let Some(proto) = hop.proto {
                client.secure = proto.eq_ignore_ascii_case("https");
            }
            client.host = hop.host.or(client.host);
            // Somebody who is hidden is where we saw them last.
            let Some(from) = hop.from else { break };
            client.address = from;
            if !self.trusts(from) {
                break;
            }
        }
        client
    }

    /// Whether an address is one of them.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(&address))
    }
}

/// One entry for each address; scheme and host count from the right too, and often stand there only once.
fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let list = |name: &str| -> Vec<String> { listed(headers, name) };
    let (from, proto, host) = (
        list("x-forwarded-for"),
        list("x-forwarded-proto"),
        list("x-forwarded-host"),
    );
    let length = from.len().max(proto.len()).max(host.len());
    // From the right: the proxy next to us wrote the last of each.
    let at = |list: &[String], back: usize| list.iter().rev().nth(back).cloned();
    let hop = |back: usize| Hop {
        from: at(&from, back).and_then(|text| address(&text)),
        proto: at(&proto, back),
        host: at(&host, back).filter(|host| is_host(host)),
    };
    (0..length).rev().map(hop).collect()
}

fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    listed(headers, "forwarded")
        .iter()
        .map(|entry| hop(entry))
        .collect()
}

/// `for=192.0.2.60;proto=https;host="x.example:8443"`
fn hop(entry: &str) -> Hop {
    let mut hop = Hop::default();
    for pair in entry.split(';') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.from = address(value),
            "proto" => hop.proto = Some(value.to_owned()),
            "host" => hop.host = Some(value.to_owned()).filter(|host| is_host(host)),
            _ => {}
        }
    }
    hop
}

/// An address as proxies write it: with or without brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    Some(address.or_else(with_port)?.to_canonical())
}

/// Entries of a header that may come several times, each with several.
fn listed(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).into_iter();
    let texts = values.map(|value| value.to_str().unwrap_or_default());
    texts
        .flat_map(|text| text.split(','))
        .map(|entry| entry.trim().to_owned())
        .collect()
}

fn single(headers: &HeaderMap, name: &str) -> Option<String> {
    let host = headers.get(name)?.to_str().ok()?;
    is_host(host).then(|| host.to_owned())
}

/// What may stand in an address between scheme and path.
fn is_host(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    (1..=255).contains(&text.len()) && text.bytes().all(fits)
}

fn says_for_whom(headers: &HeaderMap) -> bool {
    headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED)
}

/// Finds out once, for everybody who works on the request.
pub async fn known(State(proxies): State<Arc<Proxies>>, mut request: Request, next: Next) -> Response {
    let line = line_of(request.extensions());
    let mut client = proxies.client_of(line, request.headers());
    match host_of(&request) {
        Ok(Some(asked)) if !proxies.trusts(line.peer.ip().to_canonical()) => client.host = Some(asked),
        Ok(_) => {}
        Err(words) => return (StatusCode::BAD_REQUEST, words).into_response(),
    }
    let peer = line.peer.ip();
    if peer.is_loopback() && !proxies.trusts(peer) && says_for_whom(request.headers()) {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            tracing::warn!("a proxy on this machine is not in server.proxies: all behind it count as one");
        });
    }
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// The host that the line of a request asks, which counts more than what its header says (RFC 9112, 3.2.2).
///
/// # Errors
/// Where there are two, or one that is none.
fn host_of(request: &Request) -> Result<Option<String>, &'static str> {
    let hosts = request.headers().get_all(header::HOST);
    let sound = |host: &HeaderValue| host.to_str().is_ok_and(is_host);
    if hosts.iter().count() > 1 || !hosts.iter().all(sound) {
        return Err("Which host is asked?\n");
    }
    Ok(request.uri().authority().map(|asked| asked.as_str().to_owned()))
}

/// Who asks, as [`known`] found out.
#[must_use]
pub fn client_of(parts: &Parts) -> Client {
    let found = parts.extensions.get::<Client>().cloned();
    found.unwrap_or_else(|| Proxies::default().client_of(line_of(&parts.extensions), &parts.headers))
}

/// For handlers that ask for it.
impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(client_of(parts))
    }
}

fn line_of(extensions: &axum::http::Extensions) -> Line {
    let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let peer = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(nowhere, |peer| peer.0);
    let line = extensions.get::<Line>().copied();
    line.unwrap_or(Line { peer, secure: false })
}

#[cfg(test)]
mod tests;

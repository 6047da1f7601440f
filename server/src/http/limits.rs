//! How often one address may ask: generous for reading, tight for what changes or costs something.
//!
//! Programs on this machine are not counted. [`bucket`] does the counting, for addresses here, for accounts and
//! links where those are known.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use app::api::{ApiError, ask::BY_POSITION, plain};
use app::i18n::Messages;
use app::prefs::Prefs;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use twin::{Span, Timestamp};

use super::client::client_of;
use crate::clock::{Clock as _, SystemClock};
use crate::metrics::Metrics;

pub mod bucket;

use bucket::{Buckets, Budget};

/// Requests a minute of one address, by what they do; all of a minute's may come at once.
#[derive(Clone, Copy, Debug)]
pub struct PerMinute {
    pub reads: u32,
    pub writes: u32,
    pub sockets: u32,
    pub exports: u32,
    /// Not a minute but at once.
    pub connections: u32,
    /// Addresses remembered; beyond, who asked longest ago is forgotten.
    pub addresses: usize,
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Read,
    Write,
    Socket,
    Export,
}

impl Class {
    /// Of a request to a path; the application may live under a base path.
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Self {
        if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            Self::Write
        } else if path.ends_with("/api/ws") {
            Self::Socket
        } else if path.contains("/api/export") {
            Self::Export
        } else {
            Self::Read
        }
    }
}

/// The buckets of all addresses.
pub struct Limits {
    reads: Mutex<Buckets<IpAddr>>,
    writes: Mutex<Buckets<IpAddr>>,
    sockets: Mutex<Buckets<IpAddr>>,
    exports: Mutex<Buckets<IpAddr>>,
    metrics: Arc<Metrics>,
}

impl Limits {
    /// Full ones.
    #[must_use]
    pub fn new(budgets: PerMinute, metrics: Arc<Metrics>) -> Self {
        let buckets = |count| Mutex::new(Buckets::new(Budget::per_minute(count), budgets.addresses));
        Self {
            reads: buckets(budgets.reads),
            writes: buckets(budgets.writes),
            sockets: buckets(budgets.sockets),
            exports: buckets(budgets.exports),
            metrics,
        }
    }

    fn take(&self, class: Class, address: IpAddr, now: Timestamp) -> Result<(), Span> {
        if address.is_loopback() {
            return Ok(());
        }
        let buckets = match class {
            Class::Read => &self.reads,
            Class::Write => &self.writes,
            Class::Socket => &self.sockets,
            Class::Export => &self.exports,
        };
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.take(whose(address), now)
    }
}

/// Somebody with one IPv6 address has the 2^64 of its net.
#[must_use]
pub fn whose(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// Lets a request in, or says when to come again.
pub async fn within(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let class = Class::of(&parts.method, parts.uri.path());
    let address = client_of(&parts).address;
    match limits.take(class, address, SystemClock.now()) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(wait) => {
            limits.metrics.too_many_requests.add(1);
            tracing::debug!(%address, ?class, "too many requests");
            refusal(&parts, wait)
        }
    }
}

fn refusal(parts: &Parts, wait: Span) -> Response {
    let text = |name| {
        let value = parts.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let seconds = wait.micros().div_euclid(1_000_000).saturating_add(1).to_string();
    let query = parts.uri.query().unwrap_or_default();
    let prefs = Prefs::from_request(query, text(header::COOKIE), text(header::ACCEPT_LANGUAGE));
    let words = Messages::of(prefs.locale).server_too_many(&seconds);
    let head = [(header::RETRY_AFTER, seconds)];
    if text(header::ACCEPT) == BY_POSITION {
        let error = plain::bytes_of(&Err::<(), _>(ApiError::BadRequest(words)));
        let kind = [(header::CONTENT_TYPE, BY_POSITION)];
        return (StatusCode::TOO_MANY_REQUESTS, head, kind, error).into_response();
    }
    (StatusCode::TOO_MANY_REQUESTS, head, format!("{words}\n")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_of_the_class_of_what_it_does() {
        for (method, path, expect) in [
            (Method::GET, "/overview", Class::Read),
            (Method::HEAD, "/gemba/pkg/client.js", Class::Read),
            (Method::GET, "/api/fn/overview", Class::Read),
            (Method::GET, "/api/ws", Class::Socket),
            (Method::GET, "/gemba/api/ws", Class::Socket),
            (Method::GET, "/gemba/api/export.csv", Class::Export),
            (Method::POST, "/api/fn/set_point", Class::Write),
            (Method::DELETE, "/overview", Class::Write),
        ] {
            assert_eq!(Class::of(&method, path), expect, "{method} {path}");
        }
    }

    #[test]
    fn each_address_has_its_own_budget_and_a_net_of_ipv6_has_one() {
        let budgets = PerMinute {
            reads: 2,
            writes: 1,
            sockets: 1,
            exports: 1,
            connections: 1,
            addresses: 100,
        };
        let limits = Limits::new(budgets, Arc::new(Metrics::default()));
        let now = Timestamp::from_millis(0);
        let asks = |class, address: &str| limits.take(class, address.parse().unwrap(), now).is_ok();
        for (class, address, expect) in [
            (Class::Read, "10.0.0.1", true),
            (Class::Read, "10.0.0.1", true),
            (Class::Read, "10.0.0.1", false),
            (Class::Write, "10.0.0.1", true),
            (Class::Write, "10.0.0.1", false),
            (Class::Read, "10.0.0.2", true),
            (Class::Write, "2001:db8::1", true),
            (Class::Write, "2001:db8::2", false),
            (Class::Write, "2001:db8:0:1::2", true),
        ] {
            assert_eq!(asks(class, address), expect, "{class:?} {address}");
        }
        assert!((0..100).all(|_| asks(Class::Write, "127.0.0.1")));
    }
}

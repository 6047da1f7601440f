//! How often one address, account or share link may ask, and how many live sockets it may hold: generous for
//! reading, tight for what changes or costs something.
//!
//! By its address a request is counted before anything of it is read, by account and link once those are known.
//! Addresses of programs on this machine are not counted. [`bucket`] does the counting.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use access::{AccountId, Kind, Who};
use app::api::{ApiError, ask::BY_POSITION, plain};
use app::i18n::Messages;
use app::prefs::Prefs;
use app::routes;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use twin::{Span, Timestamp};

use super::Shared;
use super::client::client_of;
use super::share::secret_of_url;
use super::who::Asker;
use crate::clock::{Clock as _, SystemClock};
use crate::metrics::Metrics;

pub mod bucket;
pub mod seats;

use bucket::{Buckets, Budget};
use seats::{Seat, Seats};

/// Requests a minute of one address, account or link, by what they do; all of a minute's may come at once.
#[derive(Clone, Copy, Debug)]
pub struct PerMinute {
    pub reads: u32,
    pub writes: u32,
    pub sockets: u32,
    pub exports: u32,
    /// Not a minute but at once, of one address.
    pub connections: u32,
    /// Live sockets at once of one address.
    pub sockets_of_address: u32,
    /// Live sockets at once of one account or link.
    pub sockets_of_account: u32,
    /// Addresses, accounts and links remembered; beyond, who asked longest ago is forgotten.
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

/// By what requests and sockets are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// A net of IPv6, or an address of IPv4.
    Address(IpAddr),
    Account(AccountId),
    /// A share link's number.
    Link(u32),
}

impl By {
    /// An address that is counted.
    #[must_use]
    pub fn address(address: IpAddr) -> Option<Self> {
        (!address.is_loopback()).then(|| Self::Address(whose(address)))
    }

    /// The account or link that somebody is known by.
    #[must_use]
    pub fn who(who: &Who) -> Option<Self> {
        match who.kind {
            Kind::Account(account) | Kind::Display(account) | Kind::Token(_, account) => {
                Some(Self::Account(account))
            }
            Kind::Link(link) => Some(Self::Link(link.get())),
            Kind::Nobody | Kind::Visitor => None,
        }
    }
}

/// The buckets and live sockets of all addresses, accounts and links.
pub struct Limits {
    budgets: PerMinute,
    reads: Mutex<Buckets<By>>,
    writes: Mutex<Buckets<By>>,
    sockets: Mutex<Buckets<By>>,
    exports: Mutex<Buckets<By>>,
    open: Seats<By>,
    metrics: Arc<Metrics>,
}

impl Limits {
    /// Full ones.
    #[must_use]
    pub fn new(budgets: PerMinute, metrics: Arc<Metrics>) -> Self {
        let buckets = |count| Mutex::new(Buckets::new(Budget::per_minute(count), budgets.addresses));
        Self {
            budgets,
            open: Seats::default(),
            reads: buckets(budgets.reads),
            writes: buckets(budgets.writes),
            sockets: buckets(budgets.sockets),
            exports: buckets(budgets.exports),
            metrics,
        }
    }

    /// Takes one from a budget.
    ///
    /// # Errors
    /// How long until there is one.
    pub fn take(&self, class: Class, by: By, now: Timestamp) -> Result<(), Span> {
        let buckets = match class {
            Class::Read => &self.reads,
            Class::Write => &self.writes,
            Class::Socket => &self.sockets,
            Class::Export => &self.exports,
        };
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = buckets.take(by, now);
        if taken.is_err() {
            self.metrics.too_many_requests.add(1);
        }
        taken
    }

    /// A place for a live socket; none where whoever it is has as many as they may.
    #[must_use]
    pub fn seat(&self, by: By) -> Option<Seat<By>> {
        let most = match by {
            By::Address(_) => self.budgets.sockets_of_address,
            By::Account(_) | By::Link(_) => self.budgets.sockets_of_account,
        };
        self.open.take(by, most)
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
    let by = By::address(client_of(&parts).address);
    match by.map_or(Ok(()), |by| limits.take(class, by, SystemClock.now())) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(wait) => refusal(&parts, class, wait),
    }
}

/// The same for who asks, wherever from: an account by session or token, a link by its secret.
pub async fn within_own(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let class = Class::of(&parts.method, parts.uri.path());
    let link = link_in(&parts).and_then(|secret| shared.gate.accounts.number_of_link(&secret));
    let who = parts
        .extensions
        .get::<Asker>()
        .and_then(|asker| By::who(&asker.who));
    let now = SystemClock.now();
    let mut all = link.map(By::Link).into_iter().chain(who);
    match all.try_for_each(|by| shared.limits.take(class, by, now)) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(wait) => refusal(&parts, class, wait),
    }
}

/// The secret of a link in an address: in its path, or in the query of what answers for it.
fn link_in(parts: &Parts) -> Option<String> {
    let path = parts.uri.path();
    let path = path.strip_prefix(routes::base()).unwrap_or(path);
    if let Some(rest) = path.strip_prefix("/s/") {
        return rest.split('/').next().map(str::to_owned);
    }
    let asked = match path {
        "/api/fn/shared" => "secret",
        "/oembed" => "url",
        _ => return None,
    };
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let mut pairs = form_urlencoded::parse(query);
    let (_, value) = pairs.find(|(name, _)| name == asked)?;
    match asked {
        "url" => secret_of_url(&value),
        _ => Some(value.into_owned()),
    }
}

fn refusal(parts: &Parts, class: Class, wait: Span) -> Response {
    tracing::debug!(address = %client_of(parts).address, ?class, "too many requests");
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
            sockets_of_address: 1,
            sockets_of_account: 2,
            addresses: 100,
        };
        let limits = Limits::new(budgets, Arc::new(Metrics::default()));
        let now = Timestamp::from_millis(0);
        let asks = |class, address: &str| {
            let by = By::address(address.parse().unwrap());
            by.is_none_or(|by| limits.take(class, by, now).is_ok())
        };
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
        // Of an account and a link as of an address, and each by itself.
        let one = AccountId::new(1);
        for (by, expect) in [
            (By::Account(one), true),
            (By::Account(one), false),
            (By::Link(1), true),
            (By::Account(AccountId::new(2)), true),
        ] {
            assert_eq!(limits.take(Class::Write, by, now).is_ok(), expect, "{by:?}");
        }
        let held = [(); 3].map(|()| limits.seat(By::Account(one)));
        assert_eq!(held.iter().flatten().count(), 2);
    }
}

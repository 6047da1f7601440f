//! Who sends a request: told by a session's cookie, a token, or let in without.

use std::net::IpAddr;
use std::sync::Arc;

use access::{Role, Who};
use app::api::backend::Viewer;
use app::prefs::Prefs;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;

use super::client::{Client, client_of};
use crate::accounts::{Accounts, Origin};
use crate::config::AccessConfig;

/// Holds the secret of a session.
pub const SESSION: &str = "gemba_session";
/// Holds the role that a visitor of the demo looks as.
pub const ROLE: &str = "gemba_role";
/// Holds what proves that this browser gave a link's PIN.
pub const UNLOCKED: &str = "gemba_link";
/// A request with one of these came through somebody else.
const FORWARDED: [HeaderName; 3] = [
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
];

/// Who sends a request, and from where.
#[derive(Clone, Debug)]
pub struct Asker {
    pub who: Who,
    /// The session or token that proved it.
    pub credential: Option<u32>,
    /// Visits the demo.
    pub is_demo: bool,
    /// What proves that this browser gave a link's PIN.
    pub unlocked: Option<String>,
    pub origin: Origin,
}

impl Asker {
    /// Nobody, from nowhere.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            who: Who::nobody(),
            credential: None,
            is_demo: false,
            unlocked: None,
            origin: Origin::default(),
        }
    }
}

/// Tells who asks.
#[derive(Clone)]
pub struct Gate {
    pub accounts: Arc<Accounts>,
    pub config: AccessConfig,
    pub is_demo: bool,
}

impl Gate {
    /// Who sends these headers from there.
    pub async fn ask(&self, headers: &HeaderMap, client: &Client) -> Asker {
        let origin = Origin {
            address: client.address.to_string(),
            agent: text(headers, &header::USER_AGENT).to_owned(),
        };
        let (found, is_demo) = match self.proved(headers).await {
            Some((who, credential)) => ((who, Some(credential)), false),
            None => match self.visitor(headers, client.address) {
                Some((who, is_demo)) => ((who, None), is_demo),
                None => ((Who::nobody(), None), false),
            },
        };
        Asker {
            who: found.0,
            credential: found.1,
            is_demo,
            unlocked: cookie(headers, UNLOCKED).map(str::to_owned),
            origin,
        }
    }

    async fn proved(&self, headers: &HeaderMap) -> Option<(Who, u32)> {
        // Whoever shows a token is who the token says, or nobody.
        if let Some(shown) = text(headers, &header::AUTHORIZATION).strip_prefix("Bearer ") {
            return self.accounts.by_token(shown.trim()).await;
        }
        self.accounts.by_session(cookie(headers, SESSION)?).await
    }

    /// Somebody without an account, and whether they visit the demo.
    fn visitor(&self, headers: &HeaderMap, address: IpAddr) -> Option<(Who, bool)> {
        if headers.contains_key(header::AUTHORIZATION) {
            return None;
        }
        let is_here = address.is_loopback() && !FORWARDED.iter().any(|name| headers.contains_key(name));
        if self.is_demo && (is_here || self.config.demo_everywhere) {
            let chosen = cookie(headers, ROLE)
                .and_then(Role::from_word)
                .unwrap_or(Role::Owner);
            return Some((Who::visitor("", chosen), true));
        }
        let role = self.config.anonymous?;
        Some((Who::visitor("", role), false))
    }
}

/// Notes who asks, for everything behind.
pub async fn ask(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let client = client_of(&parts);
    let asker = gate.ask(&parts.headers, &client).await;
    parts.extensions.insert(asker);
    next.run(Request::from_parts(parts, body)).await
}

/// Who asks, in which units and language. What a page asks for later is in the page's own language.
#[must_use]
pub fn viewer(parts: &Parts) -> Viewer {
    let header = |name| text(&parts.headers, &name);
    let query = match parts.uri.path().contains("/api/fn/") {
        true => header(header::REFERER)
            .split_once('?')
            .map_or("", |(_, query)| query),
        false => parts.uri.query().unwrap_or_default(),
    };
    let prefs = Prefs::from_request(query, header(header::COOKIE), header(header::ACCEPT_LANGUAGE));
    let asker = parts.extensions.get::<Asker>();
    Viewer {
        who: asker.map_or_else(Who::nobody, |asker| asker.who.clone()),
        credential: asker.and_then(|asker| asker.credential),
        is_demo: asker.is_some_and(|asker| asker.is_demo),
        unlocked: asker.and_then(|asker| asker.unlocked.clone()),
        address: asker.map(|asker| asker.origin.address.clone()),
        units: prefs.units,
        locale: prefs.locale,
    }
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter();
    let pairs = all
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('='));
    found.find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

//! Signing in through the OpenID provider, and out of it again.

use app::i18n::Messages;
use app::still::{Frame, Leave, SignInTrouble};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use twin::Span;

use super::doors::{Doors, asker, broken, own_path};
use super::who::cookie;
use crate::accounts::audit::{Doer, Subject};
use crate::accounts::{Entered, External};
use crate::openid::{Flow, OpenId, OpenIdError, Person, groups};

/// Carries a sign-in through the provider and back.
pub const FLOW: &str = "gemba_openid";
/// How long somebody may take at the provider.
const TAKES: Span = Span::from_secs(600);
/// A code and a state are no longer.
const LONGEST: usize = 4_000;

/// Their routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/sign-in/openid", get(begin))
        .route("/sign-in/openid/done", get(done))
        .with_state(doors)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Begin {
    next: String,
}

/// What the provider sends back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Back {
    code: String,
    state: String,
    error: String,
}

/// `GET /sign-in/openid`: on to the provider.
async fn begin(State(doors): State<Doors>, Query(asked): Query<Begin>, parts: Parts) -> Response {
    let Some(openid) = doors.openid.clone() else {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    };
    let flow = Flow::new(own_path(&asked.next));
    match openid.begin(&flow).await {
        Ok(place) => {
            let kept = doors.cookie(&parts, FLOW, &flow.cookie(), Some(TAKES));
            ([(header::SET_COOKIE, kept)], Redirect::to(&place)).into_response()
        }
        Err(error) => doors.not_in(parts, flow.next, &error).await,
    }
}

/// `GET /sign-in/openid/done`: somebody comes back.
async fn done(State(doors): State<Doors>, Query(back): Query<Back>, parts: Parts) -> Response {
    let mut answer = doors.come_back(back, parts.clone()).await;
    // Once: whoever comes with the same address finds nothing of it.
    let gone = doors.cookie(&parts, FLOW, "", Some(Span::from_secs(0)));
    if let Ok(gone) = HeaderValue::try_from(gone) {
        answer.headers_mut().append(header::SET_COOKIE, gone);
    }
    answer
}

impl Doors {
    async fn come_back(&self, back: Back, parts: Parts) -> Response {
        let Some(openid) = self.openid.clone() else {
            return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
        };
        let flow = cookie(&parts.headers, FLOW).and_then(Flow::from_cookie);
        let is_ours = |flow: &Flow| back.state.len() <= LONGEST && flow.is_back(&back.state);
        let Some(flow) = flow.filter(is_ours) else {
            return self.told(parts, String::new(), SignInTrouble::Elsewhere).await;
        };
        let next = own_path(&flow.next);
        if back.code.is_empty() || back.code.len() > LONGEST {
            let refused: String = back
                .error
                .chars()
                .filter(|letter| letter.is_ascii_graphic())
                .take(60)
                .collect();
            tracing::info!(error = refused, "the OpenID provider signed nobody in");
            return self.told(parts, next, SignInTrouble::Cancelled).await;
        }
        let _one = openid.entering.lock().await;
        match openid.finish(&flow, back.code).await {
            Ok(person) => self.enter_person(&parts, &openid, person, &next).await,
            Err(error) => self.not_in(parts, next, &error).await,
        }
    }

    async fn enter_person(&self, parts: &Parts, openid: &OpenId, person: Person, next: &str) -> Response {
        let Person {
            key,
            name,
            display,
            email,
            groups,
        } = person;
        let grants = (!openid.rules().is_empty()).then(|| {
            let found = self
                .backend
                .read(|twin| groups::grants(openid.rules(), &groups, twin));
            for path in found.1 {
                tracing::warn!(
                    path,
                    "openid.roles names a place that is not there; it gives nothing"
                );
            }
            found.0
        });
        let external = External {
            key,
            name,
            display,
            email,
            grants,
        };
        let origin = asker(parts).origin;
        let account = match self.accounts.enter(external, origin.clone()).await {
            Ok(Entered::In {
                session,
                is_new,
                roles_changed,
            }) => {
                let details = json!({"openid": openid.name(), "new": is_new, "roles_changed": roles_changed});
                return self.enter_with(parts, session, "sign_in", details, next).await;
            }
            Ok(Entered::NoRole(account)) => account,
            Ok(Entered::Paused(account)) => Some(account),
            Err(error) => return broken(&error),
        };
        let id = account.map(|account| account.id);
        let doer = Doer {
            account: id,
            address: origin.address,
            ..Doer::default()
        };
        let subject = id.map_or_else(|| Subject::from("nobody"), Subject::from);
        let why = json!({"openid": openid.name()});
        let audit = &self.accounts.audit;
        if let Err(error) = audit.note(doer, "sign_in.refused", subject, why).await {
            return broken(&error);
        }
        self.told(parts.clone(), next.to_owned(), SignInTrouble::NoRole)
            .await
    }

    /// Why the provider brought nobody, on the page where one signs in; more of it in the log.
    async fn not_in(&self, parts: Parts, next: String, error: &OpenIdError) -> Response {
        tracing::warn!(%error, "signing in by OpenID");
        let trouble = match error {
            OpenIdError::Unreachable(_) => SignInTrouble::Unreachable,
            OpenIdError::Unproved(_) => SignInTrouble::Unproved,
        };
        self.told(parts, next, trouble).await
    }

    async fn told(&self, parts: Parts, next: String, trouble: SignInTrouble) -> Response {
        let status = match trouble {
            SignInTrouble::Unreachable => StatusCode::BAD_GATEWAY,
            SignInTrouble::NoRole => StatusCode::FORBIDDEN,
            SignInTrouble::Elsewhere | SignInTrouble::Cancelled => StatusCode::BAD_REQUEST,
            SignInTrouble::Unproved | SignInTrouble::Wrong | SignInTrouble::Wait(_) => {
                StatusCode::UNAUTHORIZED
            }
        };
        self.sign_in_again(parts, status, String::new(), next, trouble)
            .await
    }

    /// Signed out here; who came by the provider is led on to sign out there too.
    pub(super) async fn leave(&self, parts: Parts) -> Option<Response> {
        let openid = self.openid.clone()?;
        let place = openid.leave().await?;
        let refresh = HeaderValue::try_from(format!("0; url={place}")).ok()?;
        let name = openid.name().to_owned();
        let title = |m: Messages| m.still_signed_out().to_owned();
        let draw = move || view! { <Leave name place/> };
        let mut answer = self
            .page_of(parts, StatusCode::OK, Frame::Bare, title, draw)
            .await;
        answer.headers_mut().insert(header::REFRESH, refresh);
        Some(answer)
    }
}

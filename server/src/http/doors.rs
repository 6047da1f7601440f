//! The doors: signing in and out, one-time links, and the role a visitor of the demo looks as.
//!
//! Pages here are drawn by the server alone and their forms work without script.

use std::sync::Arc;

use access::Role;
use app::i18n::Messages;
use app::routes;
use app::shell::{BuiltFiles, Start, content_security_policy};
use app::still::{self, Denied, Ended, Frame, SignIn, SignInTrouble, Welcome, WelcomeTo};
use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use twin::Span;

use super::client::client_of;
use super::who::{self, Asker, ROLE, SESSION};
use crate::accounts::audit::{Doer, Subject};
use crate::accounts::{AccountError, Accounts, NewSession, Purpose, SHORTEST_PASSWORD, SignInError};
use crate::backend::Gemba;
use crate::mail::Mailer;
use crate::openid::OpenId;

/// What the doors need.
#[derive(Clone)]
pub struct Doors {
    pub backend: Arc<Gemba>,
    pub accounts: Arc<Accounts>,
    pub built: Arc<BuiltFiles>,
    /// Where links that are passed on lead: the public address, without its last slash.
    pub base_url: Arc<str>,
    /// Proves a command on this machine.
    pub token: Arc<str>,
    /// Where people may sign in instead.
    pub openid: Option<Arc<OpenId>>,
    /// Sends mail, where a server for it is configured.
    pub mail: Option<Arc<Mailer>>,
}

/// Their routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/sign-in", get(sign_in_page).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/welcome/{secret}", get(welcome_page).post(welcome))
        .route("/visit", post(visit))
        .with_state(doors)
}

/// What the sign-in page is asked with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    next: String,
    out: Option<String>,
}

/// What is typed on it.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`
pub async fn sign_in_page(
    State(doors): State<Doors>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let is_first = !doors.accounts.has_owner();
    let next = own_path(&asked.next);
    let provider = doors.provider();
    let draw = move || {
        view! {
            <SignIn name=String::new() next trouble=None is_first signed_out=asked.out.is_some() provider/>
        }
    };
    doors
        .page(request, StatusCode::OK, Frame::Bare, sign_in_title, draw)
        .await
}

/// `POST /sign-in`
pub async fn sign_in(State(doors): State<Doors>, parts: Parts, Form(typed): Form<Typed>) -> Response {
    let Typed { name, password, next } = typed;
    let next = own_path(&next);
    let origin = asker(&parts).origin;
    let trouble = match doors.accounts.sign_in(&name, password, origin.clone()).await {
        Ok(session) => {
            return doors.enter(&parts, session, "sign_in", &next).await;
        }
        Err(SignInError::Wrong) => SignInTrouble::Wrong,
        Err(SignInError::Wait(wait)) => SignInTrouble::Wait(wait.micros() / 1_000_000 + 1),
        Err(SignInError::Failed(error)) => return broken(&error),
    };
    let account = doors.accounts.by_name(&name).map(|account| account.id);
    let doer = Doer {
        account,
        address: origin.address,
        ..Doer::default()
    };
    let subject = account.map_or_else(|| Subject::from("nobody"), Subject::from);
    let audit = &doors.accounts.audit;
    // Who has to wait was told so, and tried nothing: that is not to fill the log.
    if matches!(trouble, SignInTrouble::Wrong)
        && let Err(error) = audit.note(doer, "sign_in.refused", subject, json!({})).await
    {
        return broken(&error);
    }
    let status = match trouble {
        SignInTrouble::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNAUTHORIZED,
    };
    let mut answer = doors.sign_in_again(parts, status, name, next, trouble).await;
    if let SignInTrouble::Wait(seconds) = trouble {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// `POST /sign-out`
pub async fn sign_out(State(doors): State<Doors>, parts: Parts) -> Response {
    let asker = asker(&parts);
    if let Some(session) = asker.credential {
        let done = async {
            doors.accounts.end(&[session]).await?;
            let (audit, subject) = (&doors.accounts.audit, format!("session {session}"));
            audit.note(&parts, "sign_out", subject, json!({})).await?;
            Ok::<_, AccountError>(())
        };
        if let Err(error) = done.await {
            return broken(&error);
        }
    }
    let gone = doors.cookie(&parts, SESSION, "", Some(Span::from_secs(0)));
    let account = asker.who.account().and_then(|id| doors.accounts.account(id));
    let left = match account.is_some_and(|account| account.external.is_some()) {
        true => doors.leave(parts).await,
        false => None,
    };
    let out = || Redirect::to(&format!("{}?out=1", routes::sign_in())).into_response();
    let mut answer = left.unwrap_or_else(out);
    if let Ok(gone) = HeaderValue::try_from(gone) {
        answer.headers_mut().append(header::SET_COOKIE, gone);
    }
    answer
}

/// `GET /welcome/{secret}`: looking does not use the link up.
pub async fn welcome_page(
    State(doors): State<Doors>,
    Path(secret): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    doors.welcome(parts, &secret, String::new(), None).await
}

/// `POST /welcome/{secret}`
pub async fn welcome(
    State(doors): State<Doors>,
    Path(secret): Path<String>,
    parts: Parts,
    Form(typed): Form<Typed>,
) -> Response {
    let origin = asker(&parts).origin;
    match doors
        .accounts
        .use_pass(&secret, &typed.name, typed.password, origin)
        .await
    {
        Ok(session) => doors.enter(&parts, session, "welcome", &routes::url("/")).await,
        Err(AccountError::Bad { field, reason }) => {
            doors
                .welcome(parts, &secret, typed.name, Some((field, reason)))
                .await
        }
        Err(AccountError::None) => doors.welcome(parts, "", typed.name, None).await,
        Err(error) => broken(&error),
    }
}

/// A role to look as.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    role: String,
}

/// `POST /visit`: a visitor of the demo looks as somebody else.
pub async fn visit(State(doors): State<Doors>, parts: Parts, Form(chosen): Form<Chosen>) -> Response {
    let Some(role) = Role::from_word(&chosen.role).filter(|_| asker(&parts).is_demo) else {
        return (StatusCode::FORBIDDEN, "Roles are chosen in the demo only.\n").into_response();
    };
    let cookie = doors.cookie(&parts, ROLE, role.word(), None);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&routes::overview())).into_response()
}

impl Doors {
    /// What the other place to sign in is called.
    pub(super) fn provider(&self) -> Option<String> {
        self.openid.as_ref().map(|openid| openid.name().to_owned())
    }

    /// The page where one signs in, with why that failed.
    pub(super) async fn sign_in_again(
        &self,
        parts: Parts,
        status: StatusCode,
        name: String,
        next: String,
        trouble: SignInTrouble,
    ) -> Response {
        let provider = self.provider();
        let draw = move || {
            view! {
                <SignIn name next trouble=Some(trouble) is_first=false signed_out=false provider/>
            }
        };
        self.page_of(parts, status, Frame::Bare, sign_in_title, draw)
            .await
    }

    async fn enter(&self, parts: &Parts, session: NewSession, action: &str, next: &str) -> Response {
        self.enter_with(parts, session, action, json!({}), next).await
    }

    /// Somebody is signed in: the cookie, the log, and on to where they wanted.
    pub(super) async fn enter_with(
        &self,
        parts: &Parts,
        session: NewSession,
        action: &str,
        details: serde_json::Value,
        next: &str,
    ) -> Response {
        let doer = Doer {
            account: Some(session.account),
            name: session.who.name.to_string(),
            address: asker(parts).origin.address,
            by: format!("session {}", session.id),
        };
        let audit = &self.accounts.audit;
        if let Err(error) = audit.note(doer, action, session.account, details).await {
            return broken(&error);
        }
        let cookie = self.cookie(
            parts,
            SESSION,
            &session.secret,
            session.keeps.or(Some(Span::from_secs(400 * 86_400))),
        );
        ([(header::SET_COOKIE, cookie)], Redirect::to(next)).into_response()
    }

    async fn welcome(
        &self,
        parts: Parts,
        secret: &str,
        name: String,
        bad: Option<(&'static str, &'static str)>,
    ) -> Response {
        let to = self.accounts.look_at_pass(secret).and_then(|(purpose, account)| {
            Some(match (purpose, account) {
                (Purpose::FirstOwner, _) => WelcomeTo::Owner,
                (Purpose::Choose, account) => {
                    let account = account?;
                    WelcomeTo::Person(account.display, account.name)
                }
                (Purpose::Screen, account) => WelcomeTo::Screen(account?.display),
            })
        });
        let Some(to) = to else {
            let title = |m: Messages| m.still_ended_title().to_owned();
            return self
                .page_of(
                    parts,
                    StatusCode::NOT_FOUND,
                    Frame::Bare,
                    title,
                    || view! { <Ended/> },
                )
                .await;
        };
        let action = routes::url(&format!("/welcome/{secret}"));
        let status = if bad.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let draw = move || view! { <Welcome to action name bad shortest=SHORTEST_PASSWORD/> };
        let mut answer = self
            .page_of(parts, status, Frame::Bare, sign_in_title, draw)
            .await;
        let headers = answer.headers_mut();
        headers.insert(
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        );
        answer
    }

    /// What somebody known is told who may not.
    pub async fn denied(&self, request: Request) -> Response {
        let name = request
            .extensions()
            .get::<Asker>()
            .map(|asker| asker.who.name.to_string());
        let title = |m: Messages| m.still_denied_title().to_owned();
        let draw = move || view! { <Denied name=name.unwrap_or_default()/> };
        self.page(request, StatusCode::FORBIDDEN, Frame::Header, title, draw)
            .await
    }

    async fn page<V: IntoView>(
        &self,
        request: Request,
        status: StatusCode,
        frame: Frame,
        title: impl FnOnce(Messages) -> String,
        draw: impl FnOnce() -> V,
    ) -> Response {
        let (parts, _) = request.into_parts();
        self.page_of(parts, status, frame, title, draw).await
    }

    /// A page that the server alone draws.
    pub async fn page_of<V: IntoView>(
        &self,
        parts: Parts,
        status: StatusCode,
        frame: Frame,
        title: impl FnOnce(Messages) -> String,
        draw: impl FnOnce() -> V,
    ) -> Response {
        let start = Start::load(&*self.backend, &who::viewer(&parts), &parts, routes::base()).await;
        let nonce = crate::accounts::secret::new();
        let html = still::document(&start, &self.built, &nonce, frame, parts.uri.path(), title, draw);
        let policy = HeaderValue::try_from(content_security_policy(&nonce, false));
        let mut answer = (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response();
        if let Ok(policy) = policy {
            answer
                .headers_mut()
                .insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        answer
    }

    /// A cookie that no script reads and no other site sends.
    pub(super) fn cookie(&self, parts: &Parts, name: &str, value: &str, keeps: Option<Span>) -> String {
        let path = routes::cookie_path();
        let age = keeps.map_or_else(String::new, |keeps| {
            format!("; Max-Age={}", keeps.micros() / 1_000_000)
        });
        let secure = if client_of(parts).secure { "; Secure" } else { "" };
        format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{age}{secure}")
    }
}

fn sign_in_title(m: Messages) -> String {
    m.still_sign_in_title().to_owned()
}

/// Who asks; nobody where that was not found out.
pub(super) fn asker(parts: &Parts) -> Asker {
    parts
        .extensions
        .get::<Asker>()
        .cloned()
        .unwrap_or_else(Asker::nobody)
}

/// A path of ours to go on to: never another site, never another scheme.
pub(super) fn own_path(path: &str) -> String {
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\t'])
        && path.len() <= 2_000;
    if is_own { path.to_owned() } else { routes::url("/") }
}

/// The server's own trouble.
pub fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "accounts");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "This cannot be done now; the server's log says why.\n",
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_to_a_page_of_ours_only() {
        for (path, expect) in [
            ("/overview?x=1", "/overview?x=1"),
            ("//evil.example.org", "/"),
            ("https://evil.example.org", "/"),
            ("/\\evil.example.org", "/"),
            ("javascript:alert(1)", "/"),
            ("/a\r\nSet-Cookie: x=1", "/"),
            ("", "/"),
        ] {
            assert_eq!(own_path(path), expect, "{path:?}");
        }
    }
}

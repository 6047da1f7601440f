//! What opens a link that is protected: its PIN, or a code that its address was sent.

use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::share::{CodeStep, ShareCode, SharePin};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::prelude::*;
use serde::Deserialize;
use twin::{AssetId, Span};

use super::Doors;
use super::opened::guarded;
use crate::accounts::{Held, plain_email};
use crate::http::doors::asker;
use crate::http::people::messages;
use crate::http::who::UNLOCKED;
use crate::mail::{self, words};

/// A PIN.
#[derive(Deserialize)]
pub(super) struct Pin {
    pin: String,
}

/// `POST /s/{secret}/pin`
pub(super) async fn pin(
    State(doors): State<Doors>,
    Path(secret): Path<String>,
    parts: Parts,
    Form(given): Form<Pin>,
) -> Response {
    let held = doors.accounts.by_link(&secret, None);
    let Some(held) = held.filter(|held| held.link.pin.is_some()) else {
        return doors.ended(parts).await;
    };
    let origin = asker(&parts).origin;
    match doors.accounts.unlock(&held, given.pin, &origin).await {
        Ok(proof) => doors.let_in(&parts, &secret, &proof),
        Err(wait) => doors.ask_pin(parts, &secret, Some(seconds(wait))).await,
    }
}

/// An address, and once it has one, its code.
#[derive(Deserialize)]
pub(super) struct Code {
    email: String,
    #[serde(default)]
    code: String,
}

/// `POST /s/{secret}/code`: sends a code, or takes it.
pub(super) async fn code(
    State(doors): State<Doors>,
    Path(secret): Path<String>,
    parts: Parts,
    Form(given): Form<Code>,
) -> Response {
    let held = doors.accounts.by_link(&secret, None);
    let Some(held) = held.filter(|held| !held.link.emails.is_empty()) else {
        return doors.ended(parts).await;
    };
    let email = given.email.trim().to_owned();
    if given.code.is_empty() {
        let step = doors.send_code(&parts, &held, email);
        return doors.ask_code(parts, &secret, step).await;
    }
    let origin = asker(&parts).origin;
    match doors.accounts.give_code(&held, &email, &given.code, &origin) {
        Ok(proof) => doors.let_in(&parts, &secret, &proof),
        Err(wait) => {
            let step = CodeStep::Wrong(email, seconds(wait));
            doors.ask_code(parts, &secret, step).await
        }
    }
}

/// How long somebody waits, rounded up; 0: not at all.
fn seconds(wait: Option<Span>) -> i64 {
    wait.map_or(0, |wait| wait.micros() / 1_000_000 + 1)
}

impl Doors {
    /// Sends a code where it is invited. What is answered, and how soon, is the same where it is not.
    fn send_code(&self, parts: &Parts, held: &Held, email: String) -> CodeStep {
        // To the address as it was invited: in another case it may be somebody else's.
        let Some(to) = mail::address(&plain_email(&email)) else {
            return CodeStep::BadAddress(email.chars().take(254).collect());
        };
        let code = match self.accounts.ask_code(held, &email, &asker(parts).origin) {
            Ok(code) => code,
            Err(wait) => return CodeStep::Wait(email, seconds(Some(wait))),
        };
        if let Some(mailer) = &self.mail {
            if held.invites(&email) {
                let asset = AssetId::new(held.link.asset);
                let name = self
                    .backend
                    .read(|twin| twin.asset(asset).map(|asset| asset.name.to_string()));
                let mail = words::code(messages(parts), to, &code, &name.unwrap_or_default());
                // Nobody waits for it: how long it takes would tell that it is sent.
                drop(mailer.send(mail));
            } else {
                mailer.greet();
            }
        }
        CodeStep::Code(email)
    }

    fn let_in(&self, parts: &Parts, secret: &str, proof: &str) -> Response {
        let cookie = self.cookie(parts, UNLOCKED, proof, None);
        let to = routes::url(&format!("/s/{secret}"));
        ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
    }

    /// The page that stands before a protected link.
    pub(super) async fn locked(&self, parts: Parts, secret: &str, held: &Held) -> Response {
        if held.link.emails.is_empty() {
            self.ask_pin(parts, secret, None).await
        } else {
            self.ask_code(parts, secret, CodeStep::Address).await
        }
    }

    async fn ask_pin(&self, parts: Parts, secret: &str, wrong: Option<i64>) -> Response {
        let status = match wrong {
            None => StatusCode::OK,
            Some(0) => StatusCode::UNAUTHORIZED,
            Some(_) => StatusCode::TOO_MANY_REQUESTS,
        };
        let action = routes::url(&format!("/s/{secret}/pin"));
        let title = |m: Messages| m.still_share_pin_title().to_owned();
        let draw = move || view! { <SharePin action wrong/> };
        with_form(self.page_of(parts, status, Frame::Bare, title, draw).await)
    }

    async fn ask_code(&self, parts: Parts, secret: &str, step: CodeStep) -> Response {
        let status = match step {
            CodeStep::Address | CodeStep::Code(_) => StatusCode::OK,
            CodeStep::BadAddress(_) => StatusCode::UNPROCESSABLE_ENTITY,
            CodeStep::Wrong(_, 0) => StatusCode::UNAUTHORIZED,
            CodeStep::Wrong(..) | CodeStep::Wait(..) => StatusCode::TOO_MANY_REQUESTS,
        };
        let link = routes::url(&format!("/s/{secret}"));
        let is_failing = self.mail.as_ref().is_none_or(|mail| mail.is_failing());
        let title = |m: Messages| m.still_share_code_title().to_owned();
        let draw = move || view! { <ShareCode link step is_failing/> };
        with_form(self.page_of(parts, status, Frame::Bare, title, draw).await)
    }
}

/// A page with a form: without any referrer a browser says no origin either.
pub(super) fn with_form(mut answer: Response) -> Response {
    let policy = HeaderValue::from_static("same-origin");
    answer.headers_mut().insert(header::REFERRER_POLICY, policy);
    guarded(answer)
}

//! `/admin/sessions`, `/admin/tokens`: what proves somebody, and its end.

use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::credentials::{Sessions, Tokens};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use store::records::access::CredentialKind;

use super::Doors;
use crate::accounts::AccountError;
use crate::http::doors::broken;
use crate::http::{lines, who};

/// Which session or token.
#[derive(Deserialize)]
pub(super) struct Which {
    id: u32,
}

pub(super) async fn end_of_person(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    Form(which): Form<Which>,
) -> Response {
    let back = routes::url(&format!("/admin/people/{id}"));
    doors.end(&parts, CredentialKind::Session, which.id, &back).await
}

pub(super) async fn sessions(State(doors): State<Doors>, parts: Parts) -> Response {
    let this = who::viewer(&parts).credential;
    let sessions = lines::sessions(&doors.accounts, this, |_| true);
    let tablets = lines::tablets(&doors.accounts, |_| true);
    let oldest = sessions.iter().map(|session| session.created_millis);
    let oldest = oldest
        .chain(tablets.iter().map(|tablet| tablet.created_millis))
        .min();
    let times = lines::times(&doors.backend, oldest);
    let draw = move || view! { <Sessions sessions tablets times/> };
    let title = |m: Messages| m.still_sessions().to_owned();
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

pub(super) async fn end_session(
    State(doors): State<Doors>,
    parts: Parts,
    Form(which): Form<Which>,
) -> Response {
    let back = routes::url("/admin/sessions");
    doors.end(&parts, CredentialKind::Session, which.id, &back).await
}

pub(super) async fn tokens(State(doors): State<Doors>, parts: Parts) -> Response {
    let tokens = lines::tokens(&doors.accounts, |_| true);
    let oldest = tokens.iter().map(|token| token.created_millis).min();
    let times = lines::times(&doors.backend, oldest);
    let draw = move || view! { <Tokens tokens times/> };
    let title = |m: Messages| m.still_tokens().to_owned();
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

pub(super) async fn end_token(
    State(doors): State<Doors>,
    parts: Parts,
    Form(which): Form<Which>,
) -> Response {
    let back = routes::url("/admin/tokens");
    doors.end(&parts, CredentialKind::Token, which.id, &back).await
}

impl Doors {
    /// Ends a session or token, whosever it is.
    async fn end(&self, parts: &Parts, kind: CredentialKind, id: u32, back: &str) -> Response {
        let known = self.accounts.credential(id);
        let Some(known) = known.filter(|known| known.what.kind() == kind) else {
            // It ended meanwhile, which is what was wanted.
            return Redirect::to(back).into_response();
        };
        if let Err(answer) = self.changeable(parts, known.account.get()) {
            return *answer;
        }
        let done = async {
            self.accounts.end(&[id]).await?;
            let action = format!("{}.end", kind.word());
            let details = json!({ "id": id });
            self.accounts
                .audit
                .note(parts, &action, known.account, details)
                .await?;
            Ok::<_, AccountError>(())
        };
        match done.await {
            Ok(()) => Redirect::to(back).into_response(),
            Err(error) => broken(&error),
        }
    }
}

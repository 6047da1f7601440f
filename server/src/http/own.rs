//! `/account`: one's own sessions, password and tokens.

use access::{AccountId, Capability, Kind, Who};
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::account::{Account as AccountView, AccountPage};
use axum::extract::{RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use twin::Span;

use super::doors::{Doors, broken};
use super::{lines, who};
use crate::accounts::{AccountError, SHORTEST_PASSWORD};

/// Longest life of a token.
const MOST_DAYS: i64 = 365;

/// Its routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/account", get(page))
        .route("/account/password", post(password))
        .route("/account/sessions", post(end_session))
        .route("/account/tokens", post(make_token))
        .route("/account/tokens/end", post(end_token))
        .with_state(doors)
}

/// What stands on the page beside what is always there.
#[derive(Default)]
struct Said {
    made: Option<(String, String)>,
    bad: Option<(&'static str, &'static str)>,
    is_changed: bool,
}

async fn page(State(doors): State<Doors>, parts: Parts) -> Response {
    doors.own(parts, Said::default()).await
}

/// The old password and the new.
#[derive(Deserialize)]
struct Passwords {
    old: String,
    new: String,
}

async fn password(State(doors): State<Doors>, parts: Parts, Form(form): Form<Passwords>) -> Response {
    let viewer = who::viewer(&parts);
    let Some(id) = viewer.who.account() else {
        return StatusCode::FORBIDDEN.into_response();
    };
    // A session that was left open is not to be a way to try passwords.
    let address = viewer.address.clone().unwrap_or_default();
    let key = format!("password of {}", id.get());
    if doors.accounts.begin_guess(&key, &address).is_err() {
        let bad = Some(("old", "wrong"));
        return doors
            .own(
                parts,
                Said {
                    bad,
                    ..Said::default()
                },
            )
            .await;
    }
    let done = doors
        .accounts
        .change_password(id, form.old, form.new, viewer.credential)
        .await;
    match &done {
        Err(AccountError::Bad { field: "old", .. }) => {}
        Err(AccountError::Busy) => doors.accounts.drop_guess(&key, &address),
        Ok(()) | Err(_) => doors.accounts.guessed_right(&key, &address),
    }
    match done {
        Ok(()) => match doors
            .accounts
            .audit
            .note(&parts, "account.password", id, json!({}))
            .await
        {
            Ok(()) => {
                let is_changed = true;
                doors
                    .own(
                        parts,
                        Said {
                            is_changed,
                            ..Said::default()
                        },
                    )
                    .await
            }
            Err(error) => broken(&error),
        },
        Err(AccountError::Bad { field, reason }) => {
            let bad = Some((field, reason));
            doors
                .own(
                    parts,
                    Said {
                        bad,
                        ..Said::default()
                    },
                )
                .await
        }
        Err(error) => broken(&error),
    }
}

/// Which session or token.
#[derive(Deserialize)]
struct Which {
    id: u32,
}

async fn end_session(State(doors): State<Doors>, parts: Parts, Form(which): Form<Which>) -> Response {
    doors.end_own(&parts, "session.end", which.id).await
}

async fn end_token(State(doors): State<Doors>, parts: Parts, Form(which): Form<Which>) -> Response {
    doors.end_own(&parts, "token.end", which.id).await
}

/// A token for what was ticked: the same name comes several times, which no struct takes.
async fn make_token(State(doors): State<Doors>, parts: Parts, RawForm(form): RawForm) -> Response {
    let viewer = who::viewer(&parts);
    let Some(id) = viewer.who.account() else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let fields: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
    let field = |name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let name = field("name").unwrap_or_default();
    let days = field("days")
        .and_then(|days| days.parse::<i64>().ok())
        .unwrap_or(30);
    let ticked = |capability: &Capability| {
        let is_it = |(name, word): &(String, String)| name == "may" && word == capability.word();
        fields.iter().any(is_it)
    };
    let capabilities: Vec<Capability> = offered(&viewer.who).into_iter().filter(ticked).collect();
    let expires = doors.backend.clock.now() + Span::from_secs(days.clamp(1, MOST_DAYS) * 86_400);
    let words: Vec<&str> = capabilities.iter().map(|capability| capability.word()).collect();
    let details = json!({"after": {"may": words, "days": days}});
    match doors
        .accounts
        .make_token(id, &name, capabilities, Some(expires))
        .await
    {
        Ok((secret, token)) => match doors.accounts.audit.note(&parts, "token.make", id, details).await {
            Ok(()) => {
                tracing::info!(token, "a token was made");
                let made = Some((name, secret));
                doors
                    .own(
                        parts,
                        Said {
                            made,
                            ..Said::default()
                        },
                    )
                    .await
            }
            Err(error) => broken(&error),
        },
        Err(AccountError::Bad { field, reason }) => {
            let bad = Some((field, reason));
            doors
                .own(
                    parts,
                    Said {
                        bad,
                        ..Said::default()
                    },
                )
                .await
        }
        Err(error) => broken(&error),
    }
}

/// What a token of somebody may be given: what they may somewhere, but the power over others.
fn offered(who: &Who) -> Vec<Capability> {
    use Capability as C;
    if matches!(who.kind, Kind::Display(_)) {
        return Vec::new();
    }
    let is_offered = |capability: &C| {
        let is_power = matches!(
            capability,
            C::ManageAccounts | C::ManageOwners | C::ManageLinks | C::Share | C::RunDemo
        );
        !is_power && who.may_somewhere(*capability)
    };
    C::ALL.into_iter().filter(is_offered).collect()
}

impl Doors {
    async fn own(&self, parts: Parts, said: Said) -> Response {
        let viewer = who::viewer(&parts);
        let account = viewer.who.account().and_then(|id| self.accounts.account(id));
        let Some(account) = account else {
            return Redirect::to(&routes::sign_in()).into_response();
        };
        let of_it = |id: AccountId| move |known: &crate::accounts::Credential| known.account == id;
        let sessions = lines::sessions(&self.accounts, viewer.credential, of_it(account.id));
        let tokens = lines::tokens(&self.accounts, of_it(account.id));
        let tablets = lines::tablets(&self.accounts, of_it(account.id));
        let oldest = sessions
            .iter()
            .map(|session| session.created_millis)
            .chain(tablets.iter().map(|tablet| tablet.created_millis))
            .min();
        let status = if said.bad.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let page = AccountPage {
            grants: self.backend.read(|twin| lines::grants(twin, &account.grants)),
            display: account.display,
            name: account.name,
            email: account.email,
            has_password: account.password.is_some(),
            sessions,
            tablets,
            tokens,
            capabilities: offered(&viewer.who)
                .iter()
                .map(|capability| capability.word().to_owned())
                .collect(),
            made: said.made,
            bad: said.bad,
            is_changed: said.is_changed,
            shortest: SHORTEST_PASSWORD,
            times: lines::times(&self.backend, oldest),
        };
        let title = |m: Messages| m.me_account().to_owned();
        self.page_of(
            parts,
            status,
            Frame::Header,
            title,
            move || view! { <AccountView page/> },
        )
        .await
    }

    /// Ends what is one's own; of somebody else's nothing happens and nothing is told.
    async fn end_own(&self, parts: &Parts, action: &str, id: u32) -> Response {
        let viewer = who::viewer(parts);
        let back = Redirect::to(&routes::account()).into_response();
        let Some(account) = viewer.who.account() else {
            return StatusCode::FORBIDDEN.into_response();
        };
        if self.accounts.owner_of(id) != Some(account) {
            return back;
        }
        let done = async {
            self.accounts.end(&[id]).await?;
            let details = json!({ "id": id });
            self.accounts.audit.note(parts, action, account, details).await?;
            Ok::<_, AccountError>(())
        };
        match done.await {
            Ok(()) => back,
            Err(error) => broken(&error),
        }
    }
}

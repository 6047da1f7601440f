//! `/admin/people`, `/admin/sessions`, `/admin/tokens`: who has an account, and what becomes of it.

mod contact;
mod credentials;
mod roles;

use access::{AccountId, Capability, Grant, Role};
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::admin::{People, PeoplePage, Person, PersonPage};
use app::still::parts::MadeLink;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;

use self::contact::Contact;
use super::doors::{Doors, broken};
use super::{lines, who};
use crate::accounts::{Account, AccountError, NewAccount};
use crate::mail::words::Invites;

/// Their routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/admin/people", get(people))
        .route("/admin", get(roles::first))
        .route("/admin/roles", get(roles::roles))
        .route("/admin/people/invite", post(invite))
        .route("/admin/people/{id}", get(person))
        .route("/admin/people/{id}/grant", post(grant))
        .route("/admin/people/{id}/ungrant", post(ungrant))
        .route("/admin/people/{id}/reset", post(reset))
        .route("/admin/people/{id}/contact", post(contact::change))
        .route("/admin/people/{id}/active", post(active))
        .route("/admin/people/{id}/remove", post(remove))
        .route("/admin/people/{id}/sessions", post(credentials::end_of_person))
        .route(
            "/admin/sessions",
            get(credentials::sessions).post(credentials::end_session),
        )
        .route(
            "/admin/tokens",
            get(credentials::tokens).post(credentials::end_token),
        )
        .with_state(doors)
}

async fn people(State(doors): State<Doors>, parts: Parts) -> Response {
    doors.people(parts, None, None).await
}

/// What the form of an invitation says.
#[derive(Deserialize)]
struct Invitation {
    name: String,
    display: String,
    role: String,
    /// Paths; empty: everywhere.
    below: String,
    screen: Option<String>,
    #[serde(flatten)]
    contact: Contact,
    send: Option<String>,
}

async fn invite(State(doors): State<Doors>, parts: Parts, Form(form): Form<Invitation>) -> Response {
    let m = messages(&parts);
    let grant = doors
        .backend
        .read(|twin| lines::grant_of(twin, &form.role, &form.below));
    let grant = match grant {
        Ok(grant) => grant,
        Err(path) => return doors.people(parts, None, Some(m.still_bad_scope(&path))).await,
    };
    if let Err(words) = doors.may_give(&parts, &grant) {
        return doors.people(parts, None, Some(words)).await;
    }
    let (email, locale) = match form.contact.read(m, form.send.is_some()) {
        Ok(contact) => contact,
        Err(words) => return doors.people(parts, None, Some(words)).await,
    };
    let roles = doors
        .backend
        .read(|twin| lines::said(twin, std::slice::from_ref(&grant)));
    let details = json!({"after": {"roles": roles, "screen": form.screen.is_some()}});
    let new = NewAccount {
        name: form.name,
        display: form.display.clone(),
        email,
        locale,
        is_display: form.screen.is_some(),
        grants: vec![grant],
    };
    let invited = match doors.accounts.invite(new).await {
        Ok(invited) => invited,
        Err(error) => match words_of(m, &error) {
            Some(words) => return doors.people(parts, None, Some(words)).await,
            None => return broken(&error),
        },
    };
    let id = invited.account.unwrap_or(AccountId::new(0));
    if let Err(error) = doors
        .accounts
        .audit
        .note(&parts, "account.invite", id, details)
        .await
    {
        return broken(&error);
    }
    let made = doors.made(form.display, &invited.secret);
    let made = match form.send {
        Some(_) => doors.sent(made, id, Invites::New).await,
        None => made,
    };
    doors.people(parts, Some(made), None).await
}

async fn person(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    doors.person(parts, id, None, None).await
}

/// A role and where.
#[derive(Deserialize)]
struct Given {
    role: String,
    /// Paths; empty: everywhere.
    below: String,
}

async fn grant(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    Form(given): Form<Given>,
) -> Response {
    let m = messages(&parts);
    let grant = doors
        .backend
        .read(|twin| lines::grant_of(twin, &given.role, &given.below));
    let grant = match grant {
        Ok(grant) => grant,
        Err(path) => {
            return doors
                .person(parts, id, None, Some(m.still_bad_scope(&path)))
                .await;
        }
    };
    if let Err(words) = doors.may_give(&parts, &grant) {
        return doors.person(parts, id, None, Some(words)).await;
    }
    doors
        .regrant(parts, id, |grants| {
            if !grants.contains(&grant) {
                grants.push(grant);
            }
        })
        .await
}

/// Which of the roles, as it was shown.
#[derive(Deserialize)]
struct Taken {
    role: String,
    /// Numbers of assets between commas; empty: everywhere.
    tops: String,
}

async fn ungrant(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    Form(taken): Form<Taken>,
) -> Response {
    doors
        .regrant(parts, id, |grants| {
            grants.retain(|grant| grant.role.word() != taken.role || lines::tops(grant) != taken.tops);
        })
        .await
}

/// How a new link reaches whom it is for.
#[derive(Deserialize)]
struct Reset {
    send: Option<String>,
}

async fn reset(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    Form(how): Form<Reset>,
) -> Response {
    let account = match doors.changeable(&parts, id) {
        Ok(account) => account,
        Err(answer) => return *answer,
    };
    let invited = match doors.accounts.reset(account.id).await {
        Ok(invited) => invited,
        Err(error) => return broken(&error),
    };
    if let Err(error) = doors
        .accounts
        .audit
        .note(&parts, "account.reset", account.id, json!({}))
        .await
    {
        return broken(&error);
    }
    let made = doors.made(account.display, &invited.secret);
    let made = match how.send {
        Some(_) => doors.sent(made, account.id, Invites::Reset).await,
        None => made,
    };
    doors.person(parts, id, Some(made), None).await
}

/// Whether it may be used.
#[derive(Deserialize)]
struct Use {
    active: bool,
}

async fn active(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    Form(wanted): Form<Use>,
) -> Response {
    let account = match doors.changeable(&parts, id) {
        Ok(account) => account,
        Err(answer) => return *answer,
    };
    let done = doors.accounts.set_active(account.id, wanted.active).await;
    let action = if wanted.active {
        "account.resume"
    } else {
        "account.pause"
    };
    doors.after(parts, id, action, done).await
}

/// How far it goes.
#[derive(Deserialize)]
struct Removed {
    forget: Option<String>,
}

async fn remove(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    Form(how): Form<Removed>,
) -> Response {
    let account = match doors.changeable(&parts, id) {
        Ok(account) => account,
        Err(answer) => return *answer,
    };
    if let Err(error) = doors.accounts.remove(account.id, how.forget.is_some()).await {
        return match words_of(messages(&parts), &error) {
            Some(words) => doors.person(parts, id, None, Some(words)).await,
            None => broken(&error),
        };
    }
    let details = json!({"forgotten": how.forget.is_some()});
    match doors
        .accounts
        .audit
        .note(&parts, "account.remove", account.id, details)
        .await
    {
        Ok(()) => Redirect::to(&routes::admin_people()).into_response(),
        Err(error) => broken(&error),
    }
}

impl Doors {
    async fn people(&self, parts: Parts, made: Option<MadeLink>, bad: Option<String>) -> Response {
        let status = status_of(bad.is_some());
        let accounts = self.accounts.all();
        let people: Vec<_> = accounts
            .iter()
            .map(|account| lines::person(&self.backend, account))
            .collect();
        let oldest = people.iter().filter_map(|person| person.seen_millis).min();
        let page = PeoplePage {
            people,
            made,
            bad,
            paths: self.backend.read(lines::paths),
            may_own: who::viewer(&parts).who.may_everywhere(Capability::ManageOwners),
            has_mail: self.mail.is_some(),
            times: lines::times(&self.backend, oldest),
        };
        let title = |m: Messages| m.still_people().to_owned();
        self.page_of(
            parts,
            status,
            Frame::Header,
            title,
            move || view! { <People page/> },
        )
        .await
    }

    async fn person(&self, parts: Parts, id: u32, made: Option<MadeLink>, bad: Option<String>) -> Response {
        let Some(account) = self.accounts.account(AccountId::new(id)) else {
            return (StatusCode::NOT_FOUND, "There is no such account.\n").into_response();
        };
        let viewer = who::viewer(&parts);
        let sessions = lines::sessions(&self.accounts, viewer.credential, |session| {
            session.account == account.id
        });
        let oldest = sessions.iter().map(|session| session.created_millis).min();
        let page = PersonPage {
            person: lines::person(&self.backend, &account),
            through: account.external.as_ref().and_then(|_| self.provider()),
            sessions,
            tokens: lines::tokens(&self.accounts, |token| token.account == account.id),
            made,
            paths: self.backend.read(lines::paths),
            may_own: viewer.who.may_everywhere(Capability::ManageOwners),
            has_mail: self.mail.is_some(),
            is_self: viewer.who.account() == Some(account.id),
            times: lines::times(&self.backend, oldest),
            bad: bad.clone(),
        };
        let title = move |_: Messages| account.display.clone();
        let status = status_of(bad.is_some());
        self.page_of(
            parts,
            status,
            Frame::Header,
            title,
            move || view! { <Person page/> },
        )
        .await
    }

    /// Whether somebody may give this role away.
    fn may_give(&self, parts: &Parts, grant: &Grant) -> Result<(), String> {
        let viewer = who::viewer(parts);
        if grant.role == Role::Owner && !viewer.who.may_everywhere(Capability::ManageOwners) {
            return Err(messages(parts).still_bad_role().to_owned());
        }
        Ok(())
    }

    /// An account that whoever asks may change: owners are changed by owners.
    fn changeable(&self, parts: &Parts, id: u32) -> Result<Account, Box<Response>> {
        let account = self.accounts.account(AccountId::new(id));
        let Some(account) = account else {
            return Err(Box::new(
                (StatusCode::NOT_FOUND, "There is no such account.\n").into_response(),
            ));
        };
        let is_owner = account.grants.iter().any(|grant| grant.role == Role::Owner);
        if is_owner && !who::viewer(parts).who.may_everywhere(Capability::ManageOwners) {
            let words = format!("{}\n", messages(parts).still_bad_role());
            return Err(Box::new((StatusCode::FORBIDDEN, words).into_response()));
        }
        Ok(account)
    }

    async fn regrant(&self, parts: Parts, id: u32, change: impl FnOnce(&mut Vec<Grant>)) -> Response {
        let account = match self.changeable(&parts, id) {
            Ok(account) => account.id,
            Err(answer) => return *answer,
        };
        // Asked again of the account as it is when it is changed: it may have become an owner's meanwhile.
        let may_own = who::viewer(&parts).who.may_everywhere(Capability::ManageOwners);
        let decide = |account: &Account| {
            let is_owner = account.grants.iter().any(|grant| grant.role == Role::Owner);
            let mut grants = account.grants.clone();
            change(&mut grants);
            (may_own || !is_owner).then_some(grants)
        };
        let changed = match self.accounts.change_grants(account, decide).await {
            Ok(changed) => changed,
            Err(error) => {
                return match words_of(messages(&parts), &error) {
                    Some(words) => self.person(parts, id, None, Some(words)).await,
                    None => broken(&error),
                };
            }
        };
        let Some((before, after)) = changed else {
            let words = format!("{}\n", messages(&parts).still_bad_role());
            return (StatusCode::FORBIDDEN, words).into_response();
        };
        let said = |grants: &[Grant]| self.backend.read(|twin| lines::said(twin, grants));
        let details = json!({"before": said(&before), "after": said(&after)});
        self.after_with(parts, id, "account.roles", details, Ok(())).await
    }

    async fn after(&self, parts: Parts, id: u32, action: &str, done: Result<(), AccountError>) -> Response {
        self.after_with(parts, id, action, json!({}), done).await
    }

    async fn after_with(
        &self,
        parts: Parts,
        id: u32,
        action: &str,
        details: serde_json::Value,
        done: Result<(), AccountError>,
    ) -> Response {
        if let Err(error) = done {
            return match words_of(messages(&parts), &error) {
                Some(words) => self.person(parts, id, None, Some(words)).await,
                None => broken(&error),
            };
        }
        match self
            .accounts
            .audit
            .note(&parts, action, AccountId::new(id), details)
            .await
        {
            Ok(()) => Redirect::to(&routes::url(&format!("/admin/people/{id}"))).into_response(),
            Err(error) => broken(&error),
        }
    }

    fn made(&self, name: String, secret: &str) -> MadeLink {
        MadeLink {
            name,
            url: format!("{}/welcome/{secret}", self.base_url),
            sent: None,
        }
    }
}

/// In the language of who asks.
pub(super) fn messages(parts: &Parts) -> Messages {
    Messages::of(who::viewer(parts).locale)
}

fn status_of(is_bad: bool) -> StatusCode {
    if is_bad {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    }
}

/// What somebody can do something about; none for the server's own trouble.
pub(super) fn words_of(m: Messages, error: &AccountError) -> Option<String> {
    match error {
        AccountError::Bad { reason, .. } => Some(app::still::bad_words(
            m,
            reason,
            crate::accounts::SHORTEST_PASSWORD,
        )),
        AccountError::LastOwner => Some(m.still_bad_last_owner().to_owned()),
        AccountError::Full => Some(m.still_bad_full().to_owned()),
        AccountError::None => Some(m.still_ended_title().to_owned()),
        AccountError::Records(_) | AccountError::Busy => None,
    }
}

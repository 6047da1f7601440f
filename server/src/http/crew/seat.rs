//! Seats of tablets: made of a session, left by who sits there, ended with all that the tablet keeps.

use access::{Kind, Role};
use app::routes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Form, Json};
use crew::day::{Seat, SeatWish};
use serde::Deserialize;
use serde_json::json;
use store::records::access::CredentialKind;

use crate::accounts::{AccountError, NewSeat, What};
use crate::http::doors::{Doors, asker, broken};
use crate::http::who;

/// `POST /api/crew/seat`: whoever signed in sits down at a tablet.
pub(super) async fn make(State(doors): State<Doors>, parts: Parts, Json(wish): Json<SeatWish>) -> Response {
    let viewer = who::viewer(&parts);
    let visits: Option<Role> = match viewer.who.kind {
        Kind::Account(_) => None,
        Kind::Visitor if asker(&parts).is_demo => viewer.who.grants().first().map(|grant| grant.role),
        // Neither a program nor a wall screen works with its hands.
        _ => return (StatusCode::FORBIDDEN, "Only people sit at a tablet.\n").into_response(),
    };
    let new = NewSeat {
        account: viewer.who.account(),
        visitor: visits,
        device: wish.device,
        name: wish.name,
    };
    let details = json!({"after": {"name": new.name, "device": new.device}});
    let (secret, id, ends) = match doors.accounts.make_seat(new).await {
        Ok(made) => made,
        Err(AccountError::Bad { field, reason }) => {
            let words = json!({"field": field, "reason": reason});
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(words)).into_response();
        }
        Err(AccountError::Full) => {
            let words = json!({"field": "device", "reason": "full"});
            return (StatusCode::CONFLICT, Json(words)).into_response();
        }
        Err(error) => return broken(&error),
    };
    let audit = &doors.accounts.audit;
    if let Err(error) = audit
        .note(&parts, "seat.make", format!("seat {id}"), details)
        .await
    {
        return broken(&error);
    }
    let seat = Seat {
        secret,
        me: doors.me(&viewer),
        ends: ends.micros(),
    };
    (
        StatusCode::CREATED,
        [(header::CACHE_CONTROL, "no-store")],
        Json(seat),
    )
        .into_response()
}

/// `DELETE /api/crew/seat`: whoever sits there leaves.
pub(super) async fn leave(State(doors): State<Doors>, parts: Parts) -> Response {
    let sitting = match doors.seated(&parts).await {
        Ok(sitting) => sitting,
        Err(answer) => return *answer,
    };
    let (id, doer) = (sitting.seat.id, sitting.doer());
    let done = async {
        doors.accounts.end(&[id]).await?;
        let audit = &doors.accounts.audit;
        audit
            .note(doer, "seat.end", format!("seat {id}"), json!({}))
            .await?;
        Ok::<_, AccountError>(())
    };
    match done.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => broken(&error),
    }
}

/// Which seat.
#[derive(Deserialize)]
pub(super) struct Which {
    id: u32,
}

/// `POST /account/tablets`: one's own tablet is lost.
pub(super) async fn erase_own(
    State(doors): State<Doors>,
    parts: Parts,
    Form(which): Form<Which>,
) -> Response {
    let back = routes::account();
    let account = who::viewer(&parts).who.account();
    if account.is_none() || doors.accounts.owner_of(which.id) != account {
        return Redirect::to(&back).into_response();
    }
    doors.erase_seat(&parts, which.id, &back).await
}

/// `POST /admin/tablets`: somebody's tablet is lost.
pub(super) async fn erase(State(doors): State<Doors>, parts: Parts, Form(which): Form<Which>) -> Response {
    doors
        .erase_seat(&parts, which.id, &routes::url("/admin/sessions"))
        .await
}

impl Doors {
    /// From now on the tablet erases what it keeps as soon as it asks for anything with this seat.
    async fn erase_seat(&self, parts: &Parts, id: u32, back: &str) -> Response {
        let known = self.accounts.credential(id);
        let known = known.filter(|known| known.what.kind() == CredentialKind::Seat);
        let Some(known) = known else {
            // It ended meanwhile.
            return Redirect::to(back).into_response();
        };
        let name = match &known.what {
            What::Seat(seat) => seat.name.clone(),
            _ => String::new(),
        };
        let done = async {
            self.accounts.erase_seat(id).await?;
            let details = json!({"id": id, "name": name});
            let audit = &self.accounts.audit;
            audit.note(parts, "seat.erase", known.account, details).await?;
            Ok::<_, AccountError>(())
        };
        match done.await {
            Ok(()) => Redirect::to(back).into_response(),
            Err(error) => broken(&error),
        }
    }
}

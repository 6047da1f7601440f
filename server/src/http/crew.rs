//! `/api/crew`: what tablets of crews ask. A seat proves each request by itself (`Authorization: Bearer`), so none
//! of these routes knows a session, but for the one that makes a seat of it.

pub mod batch;
mod day;
mod files;
mod orders;
mod seat;
mod send;
mod shell;
mod values;

use app::api::backend::Viewer;
use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use crew::day::Me;
use serde_json::json;

use super::doors::{Doors, asker};
use super::who;
use crate::accounts::audit::Doer;
use crate::accounts::{SeatError, Seated};

/// Their routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/api/crew/seat", post(seat::make).delete(seat::leave))
        .route("/api/crew/day", get(day::day))
        .route("/api/crew/send", post(send::send))
        .route("/api/crew/files/{hash}", put(files::put))
        .route("/crew", get(shell::shell))
        .route("/crew/offline", get(shell::offline))
        .route("/crew/{*rest}", get(shell::own))
        .route("/sw.js", get(shell::worker))
        .route("/account/tablets", post(seat::erase_own))
        .route("/admin/tablets", post(seat::erase))
        .with_state(doors)
}

/// Somebody on a tablet.
struct Sitting {
    seat: Seated,
    /// What pages know of who asks: with the seat's rights and the tablet's language.
    viewer: Viewer,
}

impl Sitting {
    /// As the audit log names them.
    fn doer(&self) -> Doer {
        Doer {
            account: self.viewer.who.account(),
            name: self.viewer.who.name.to_string(),
            address: self.viewer.address.clone().unwrap_or_default(),
            by: format!("seat {}", self.seat.id),
        }
    }
}

impl Doors {
    /// Who sits there, or what their tablet is told.
    async fn seated(&self, parts: &Parts) -> Result<Sitting, Box<Response>> {
        let shown = parts.headers.get(header::AUTHORIZATION);
        let shown = shown.and_then(|shown| shown.to_str().ok()?.strip_prefix("Bearer "));
        let address = asker(parts).origin.address;
        let is_demo = self.backend.demo.is_some();
        let secret = shown.unwrap_or_default().trim();
        match self.accounts.by_seat(secret, &address, is_demo).await {
            Ok(seat) => {
                let viewer = Viewer {
                    who: seat.who.clone(),
                    credential: Some(seat.id),
                    is_demo: false,
                    unlocked: None,
                    ..who::viewer(parts)
                };
                Ok(Sitting { seat, viewer })
            }
            Err(why) => Err(Box::new(turned_away(why))),
        }
    }

    /// Who somebody is on a tablet.
    fn me(&self, viewer: &Viewer) -> Me {
        let person = viewer.who.account().map_or(0, access::AccountId::get);
        let m = app::i18n::Messages::of(viewer.locale);
        let role = viewer.who.grants().first().map_or("", |grant| grant.role.word());
        let name = match viewer.who.name.as_ref() {
            "" => app::shell::header::role_word(m, role).to_owned(),
            name => name.to_owned(),
        };
        let mut crafts: Vec<String> = Vec::new();
        for known in self.backend.roster.book().people.values() {
            if person != 0 && known.account == Some(person) && !known.is_gone {
                crafts.extend(known.crafts.iter().cloned());
            }
        }
        crafts.sort();
        crafts.dedup();
        Me { person, name, crafts }
    }
}

/// What a tablet is told that has no seat.
fn turned_away(why: SeatError) -> Response {
    let none = [(header::CACHE_CONTROL, "no-store")];
    match why {
        SeatError::Over => {
            let how = [(header::WWW_AUTHENTICATE, "Bearer")];
            (StatusCode::UNAUTHORIZED, none, how, "This seat is over.\n").into_response()
        }
        SeatError::Erase => (StatusCode::GONE, none, axum::Json(json!({"erase": true}))).into_response(),
        SeatError::Wait(wait) => {
            let mut answer = (StatusCode::TOO_MANY_REQUESTS, none, "Too many tries.\n").into_response();
            let seconds = HeaderValue::from(wait.micros() / 1_000_000 + 1);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds);
            answer
        }
    }
}

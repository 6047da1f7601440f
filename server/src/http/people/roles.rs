//! `/admin/roles`, and `/admin` itself, which leads to the first page that whoever asks may see.

use access::{Capability, Role};
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::roles::{Roles, RolesPage};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::prelude::*;

use crate::http::doors::Doors;
use crate::http::who;

/// The pages of the administration, by what each needs.
const PAGES: [(Capability, &str); 4] = [
    (Capability::ManageAccounts, "/admin/people"),
    (Capability::ManageLinks, "/admin/links"),
    (Capability::SeeAudit, "/admin/audit"),
    (Capability::SeeStatus, "/status"),
];

/// `GET /admin`
pub(super) async fn first(parts: Parts) -> Response {
    let who = who::viewer(&parts).who;
    let page = PAGES
        .iter()
        .find(|(capability, _)| who.may_everywhere(*capability));
    let path = page.map_or("/", |(_, path)| path);
    Redirect::to(&routes::url(path)).into_response()
}

/// `GET /admin/roles`
pub(super) async fn roles(State(doors): State<Doors>, parts: Parts) -> Response {
    let accounts = doors.accounts.all();
    let count = |role: Role| {
        let has = |account: &&crate::accounts::Account| account.grants.iter().any(|grant| grant.role == role);
        accounts.iter().filter(has).count()
    };
    let page = RolesPage {
        roles: Role::ALL.map(|role| (role.word(), count(role))).to_vec(),
        may: Capability::ALL.map(of_roles).to_vec(),
    };
    let title = |m: Messages| m.still_roles().to_owned();
    let draw = move || view! { <Roles page/> };
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

/// A capability, and which roles have it.
fn of_roles(capability: Capability) -> (&'static str, Vec<bool>) {
    let may = Role::ALL.map(|role| role.may(capability));
    (capability.word(), may.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_has_words() {
        for capability in Capability::ALL {
            for locale in app::i18n::Locale::OFFERED {
                let words = app::still::credentials::may_word(Messages::of(locale), capability.word());
                assert_ne!(words, capability.word().replace('_', " "), "in {locale:?}");
            }
        }
    }
}

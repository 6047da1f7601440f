//! Share links: made and looked after by who may share, opened by anybody who holds one.
//!
//! `/s/{secret}` is a page of the application; what stands before it (ended, PIN) is drawn here.

mod card;
mod dialog;
mod embed;
mod lock;
mod opened;
mod report;
mod wish;

use access::{AccountId, Capability, LinkId};
use app::api::backend::Viewer;
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::share::{LinkLine, LinkView, LinkViews, Links, ShareEnded};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use leptos::prelude::*;
use serde_json::json;
use store::records::access::CredentialKind;
use twin::{AssetId, Timestamp, Twin};
use wire::page::ShareFrame;

use self::embed::oembed;
pub(super) use self::embed::{qr, secret_of_url};
pub use self::opened::{before, start_of};
use super::doors::{Doors, broken};
use super::people::messages;
use super::{lines, who};
use crate::access::sees;
use crate::accounts::{AccountError, Credential, Held, What};
use crate::share::Link;

/// Their routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/share", get(dialog::show).post(dialog::make))
        .route("/share/preview", get(dialog::first_preview).post(dialog::preview))
        .route("/links", get(own))
        .route("/links/{id}", get(views))
        .route("/links/{id}/pause", post(pause))
        .route("/links/{id}/resume", post(resume))
        .route("/links/{id}/revoke", post(revoke))
        .route("/admin/links", get(all))
        .route("/s/{secret}/pin", post(lock::pin))
        .route("/s/{secret}/code", post(lock::code))
        .route("/s/{secret}/report", get(report::form).post(report::send))
        .route("/s/{secret}/card.png", get(card::card))
        .route("/oembed", get(oembed))
        .with_state(doors)
}

async fn own(State(doors): State<Doors>, parts: Parts) -> Response {
    let account = who::viewer(&parts).who.account().unwrap_or(AccountId::new(0));
    doors.links(parts, false, |link| link.account == account).await
}

async fn all(State(doors): State<Doors>, parts: Parts) -> Response {
    doors.links(parts, true, |_| true).await
}

async fn views(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    let Some((credential, link)) = doors.theirs(&parts, id) else {
        return (StatusCode::NOT_FOUND, "There is no such link.\n").into_response();
    };
    let views = match doors.accounts.link_views(id).await {
        Ok(views) => views,
        Err(error) => return broken(&error),
    };
    // Who invited the addresses knows them; of others only who looks after people does.
    let viewer = who::viewer(&parts);
    let own = viewer.who.account().unwrap_or(AccountId::new(0));
    let is_whole = credential.account == own || viewer.who.may_everywhere(Capability::ManageAccounts);
    let line = |view: &store::records::access::LinkViewRecord| {
        let said: serde_json::Value = serde_json::from_str(&view.document).unwrap_or_default();
        let word = |name: &str| {
            said.get(name)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        LinkView {
            at_millis: view.at.millis(),
            address: word("address"),
            agent: word("agent"),
            email: if is_whole {
                word("email")
            } else {
                masked(&word("email"))
            },
        }
    };
    let rows: Vec<_> = views.iter().map(line).collect();
    let times = lines::times(&doors.backend, Some(credential.created.millis()));
    let title = |m: Messages| m.still_links().to_owned();
    let draw = move || view! { <LinkViews name=link.purpose views=rows times/> };
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

async fn pause(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    doors.change_link(&parts, id, "share.pause").await
}

async fn resume(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    doors.change_link(&parts, id, "share.resume").await
}

async fn revoke(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    doors.change_link(&parts, id, "share.revoke").await
}

impl Doors {
    async fn links(&self, parts: Parts, is_all: bool, which: impl Fn(&Credential) -> bool) -> Response {
        let found = self.accounts.credentials(CredentialKind::Link);
        let viewer = who::viewer(&parts);
        let line = |credential: &Credential| {
            let What::Link(link) = &credential.what else {
                return None;
            };
            let asset = AssetId::new(link.asset);
            let (name, place) = self.backend.read(|twin| named(twin, &viewer, asset));
            Some(LinkLine {
                id: credential.id,
                asset: link.asset,
                name,
                place,
                purpose: link.purpose.clone(),
                owner: self
                    .accounts
                    .account(credential.account)
                    .map(|owner| owner.display)
                    .unwrap_or_default(),
                is_paused: link.is_paused,
                has_pin: link.pin.is_some(),
                has_code: !link.emails.is_empty(),
                opened: link.opened,
                seen_millis: credential.seen.map(Timestamp::millis),
                expires_millis: credential.expires.map(Timestamp::millis),
            })
        };
        let links: Vec<LinkLine> = found.iter().filter(|link| which(link)).filter_map(line).collect();
        let oldest = links.iter().filter_map(|link| link.seen_millis).min();
        let times = lines::times(&self.backend, oldest);
        let title = |m: Messages| m.still_links().to_owned();
        let draw = move || view! { <Links links is_all times/> };
        self.page_of(parts, StatusCode::OK, Frame::Header, title, draw)
            .await
    }

    /// A link that whoever asks may look after: their own, or any for who manages links.
    fn theirs(&self, parts: &Parts, id: u32) -> Option<(Credential, Link)> {
        let viewer = who::viewer(parts);
        let credential = self.accounts.credential(id)?;
        let own = viewer.who.account().unwrap_or(AccountId::new(0));
        let may = credential.account == own || viewer.who.may_everywhere(Capability::ManageLinks);
        let What::Link(link) = credential.what.clone() else {
            return None;
        };
        may.then_some((credential, *link))
    }

    async fn change_link(&self, parts: &Parts, id: u32, action: &str) -> Response {
        let viewer = who::viewer(parts);
        let Some((credential, link)) = self.theirs(parts, id) else {
            return (StatusCode::NOT_FOUND, "There is no such link.\n").into_response();
        };
        let looks_after = viewer.who.may_everywhere(Capability::ManageLinks);
        if action == "share.resume"
            && let Err(words) = self.may_go_on(messages(parts), &credential, &link, looks_after)
        {
            return (StatusCode::FORBIDDEN, format!("{words}\n")).into_response();
        }
        let is_theirs = Some(credential.account) == viewer.who.account();
        let done = async {
            match action {
                "share.revoke" => self.accounts.end(&[id]).await?,
                "share.resume" => self.accounts.resume_link(id).await?,
                _ => self.accounts.pause_link(id, !is_theirs && looks_after).await?,
            }
            let details = json!({"before": {"asset": link.asset, "paused": link.is_paused}});
            self.accounts
                .audit
                .note(parts, action, LinkId::new(id), details)
                .await?;
            Ok::<_, AccountError>(())
        };
        if let Err(error) = done.await {
            return broken(&error);
        }
        let is_own = Some(credential.account) == viewer.who.account() || viewer.who.account().is_none();
        let back = if is_own { "/links" } else { "/admin/links" };
        Redirect::to(&routes::url(back)).into_response()
    }

    /// Whether a paused link may go on: whoever made it may still share what it shows, and nobody holds it.
    fn may_go_on(
        &self,
        m: Messages,
        credential: &Credential,
        link: &Link,
        looks_after: bool,
    ) -> Result<(), &'static str> {
        if link.is_held && !looks_after {
            return Err(m.still_share_held());
        }
        // Of no account where nobody has one, in the demo.
        if credential.account.get() == 0 {
            return Ok(());
        }
        let owner = self.accounts.who_owns(credential.account);
        let asset = AssetId::new(link.asset);
        let may_share = self
            .backend
            .read(|twin| twin.asset(asset).is_some() && owner.may(Capability::Share, &twin.trail(asset)));
        if may_share {
            Ok(())
        } else {
            Err(m.still_share_may_not())
        }
    }

    fn frame(&self, secret: &str, held: &Held, is_embedded: bool) -> ShareFrame {
        let owner = self.accounts.link_owner(held.id);
        let role = owner.and_then(|owner| owner.grants.iter().map(|grant| grant.role).max());
        let asset = AssetId::new(held.link.asset);
        ShareFrame {
            secret: secret.to_owned(),
            name: self
                .backend
                .read(|twin| twin.asset(asset).map(|asset| asset.name.to_string()))
                .unwrap_or_default(),
            ends_millis: held.expires.map_or(0, Timestamp::millis),
            by: role.map(|role| role.word().to_owned()).unwrap_or_default(),
            is_embedded,
            // Another site's page is no place for a form of ours.
            may_report: !is_embedded && self.may_report_by(held),
            is_past: held.link.range.is_some(),
            card: format!("{}/s/{secret}/card.png", self.base_url),
            oembed: held.link.embed.then(|| embed::oembed_url(&self.base_url, secret)),
        }
    }

    /// The same for every link that leads nowhere.
    async fn ended(&self, parts: Parts) -> Response {
        let title = |m: Messages| m.still_share_ended().to_owned();
        self.page_of(
            parts,
            StatusCode::NOT_FOUND,
            Frame::Bare,
            title,
            || view! { <ShareEnded/> },
        )
        .await
    }
}

/// The name of an asset, and of those above it that somebody sees.
fn named(twin: &Twin, viewer: &Viewer, asset: AssetId) -> (String, String) {
    let name = |asset: AssetId| twin.asset(asset).map(|asset| asset.name.to_string());
    let above = twin
        .trail(asset)
        .into_iter()
        .filter(|one| *one != asset && sees(viewer, twin, *one));
    let above: Vec<String> = above.filter_map(name).collect();
    (name(asset).unwrap_or_default(), above.join(" / "))
}

/// An address for who may know that there is one: `a…@example.org`.
fn masked(email: &str) -> String {
    let first = |name: &str| {
        name.chars()
            .next()
            .map_or_else(String::new, |first| format!("{first}…"))
    };
    match email.rsplit_once('@') {
        Some((name, host)) => format!("{}@{host}", first(name)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_to_its_first_letter() {
        for (email, expect) in [
            ("ada@example.org", "a…@example.org"),
            ("@example.org", "@example.org"),
            ("", ""),
        ] {
            assert_eq!(masked(email), expect, "{email}");
        }
    }
}

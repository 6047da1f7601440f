//! Share links: made and looked after by who may share, opened by anybody who holds one.
//!
//! `/s/{secret}` is a page of the application; what stands before it (ended, PIN) is drawn here.

mod embed;
mod opened;

use access::{AccountId, Capability};
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::share::{LinkLine, LinkViews, Links, MadeShare, Share, ShareDialog, ShareEnded, SharePin};
use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use store::records::access::CredentialKind;
use twin::{AssetId, Span, Timestamp};
use wire::page::ShareFrame;

use self::embed::{frame_code, oembed, qr};
use self::opened::guarded;
pub use self::opened::{before, start_of};
use super::doors::{Doors, asker, broken};
use super::people::messages;
use super::who::UNLOCKED;
use super::{lines, who};
use crate::access::{may, sees};
use crate::accounts::audit::Doer;
use crate::accounts::{AccountError, Credential, Held, What};
use crate::share::Link;

/// Longest text of a purpose.
const PURPOSE: usize = 120;

/// Their routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/share", get(dialog).post(make))
        .route("/links", get(own))
        .route("/links/{id}", get(views))
        .route("/links/{id}/pause", post(pause))
        .route("/links/{id}/resume", post(resume))
        .route("/links/{id}/revoke", post(revoke))
        .route("/admin/links", get(all))
        .route("/s/{secret}/pin", post(unlock))
        .route("/oembed", get(oembed))
        .with_state(doors)
}

/// Which asset, and which stretch of the past.
#[derive(Deserialize)]
struct Asked {
    asset: u32,
    from: Option<i64>,
    to: Option<i64>,
}

async fn dialog(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let range = asked.from.zip(asked.to).filter(|(from, to)| from < to);
    doors.dialog(parts, asked.asset, range, None, None).await
}

/// What the dialog's form says.
#[derive(Deserialize)]
struct Wanted {
    asset: u32,
    from: Option<i64>,
    to: Option<i64>,
    #[serde(default)]
    purpose: String,
    values: Option<String>,
    history: Option<String>,
    alarms: Option<String>,
    children: Option<String>,
    embed: Option<String>,
    until: String,
    #[serde(default)]
    pin: String,
}

async fn make(State(doors): State<Doors>, parts: Parts, Form(wanted): Form<Wanted>) -> Response {
    let m = messages(&parts);
    let range = wanted.from.zip(wanted.to).filter(|(from, to)| from < to);
    let viewer = who::viewer(&parts);
    let asset = AssetId::new(wanted.asset);
    if !doors
        .backend
        .read(|twin| may(&viewer, twin, Capability::Share, asset))
    {
        return (StatusCode::NOT_FOUND, "There is no such asset.\n").into_response();
    }
    let lasts = match wanted.until.as_str() {
        "shift" => 8 * 3_600,
        "day" => 86_400,
        "week" => 7 * 86_400,
        "month" => 30 * 86_400,
        _ => {
            return doors
                .dialog(
                    parts,
                    wanted.asset,
                    range,
                    None,
                    Some(m.still_share_bad_until().to_owned()),
                )
                .await;
        }
    };
    let ends = doors.backend.clock.now() + Span::from_secs(lasts);
    let link = Link {
        purpose: wanted.purpose.chars().take(PURPOSE).collect(),
        asset: wanted.asset,
        children: wanted.children.is_some(),
        values: wanted.values.is_some(),
        history: wanted.history.is_some(),
        alarms: wanted.alarms.is_some(),
        tags: false,
        range,
        pin: None,
        embed: wanted.embed.is_some(),
        is_paused: false,
        opened: 0,
    };
    let pin = Some(wanted.pin.trim().to_owned()).filter(|pin| !pin.is_empty());
    let details = json!({"after": {"asset": link.asset, "values": link.values, "history": link.history,
        "children": link.children, "alarms": link.alarms, "embed": link.embed, "pin": pin.is_some(), "ends": ends.millis()}});
    let embed = link.embed;
    let (secret, id) = match doors
        .accounts
        .make_link(viewer.who.account(), link, pin, ends)
        .await
    {
        Ok(made) => made,
        Err(AccountError::Bad { field: "pin", .. }) => {
            return doors
                .dialog(
                    parts,
                    wanted.asset,
                    range,
                    None,
                    Some(m.still_share_bad_pin().to_owned()),
                )
                .await;
        }
        Err(AccountError::Full) => {
            return doors
                .dialog(
                    parts,
                    wanted.asset,
                    range,
                    None,
                    Some(m.still_bad_full().to_owned()),
                )
                .await;
        }
        Err(error) => return broken(&error),
    };
    if let Err(error) = doors.note_link(&parts, "share.make", id, details).await {
        return broken(&error);
    }
    let url = format!("{}/s/{secret}", doors.base_url);
    let made = MadeShare {
        qr: qr(&url),
        embed: embed.then(|| frame_code(&url)),
        url,
        ends_millis: ends.millis(),
        times: lines::times(&doors.backend, doors.backend.clock.now()),
    };
    doors.dialog(parts, wanted.asset, range, Some(made), None).await
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
    let line = |view: &store::records::access::LinkViewRecord| {
        let said: serde_json::Value = serde_json::from_str(&view.document).unwrap_or_default();
        let word = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        (view.at.millis(), word("address"), word("agent"))
    };
    let rows: Vec<_> = views.iter().map(line).collect();
    let times = lines::times(&doors.backend, credential.created);
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

/// A PIN.
#[derive(Deserialize)]
struct Pin {
    pin: String,
}

async fn unlock(
    State(doors): State<Doors>,
    Path(secret): Path<String>,
    parts: Parts,
    Form(given): Form<Pin>,
) -> Response {
    let Some(held) = doors.accounts.by_link(&secret, None) else {
        return doors.ended(parts).await;
    };
    match doors
        .accounts
        .unlock(&held, given.pin, &asker(&parts).origin)
        .await
    {
        Ok(proof) => {
            let cookie = doors.cookie(&parts, UNLOCKED, &proof, None);
            let to = routes::url(&format!("/s/{secret}"));
            ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
        }
        Err(wait) => {
            let seconds = wait.map_or(0, |wait| wait.micros() / 1_000_000 + 1);
            doors.pin(parts, &secret, Some(seconds)).await
        }
    }
}

impl Doors {
    async fn dialog(
        &self,
        parts: Parts,
        asset: u32,
        range: Option<(i64, i64)>,
        made: Option<MadeShare>,
        bad: Option<String>,
    ) -> Response {
        let viewer = who::viewer(&parts);
        let id = AssetId::new(asset);
        let known = self.backend.read(|twin| {
            let may_share = may(&viewer, twin, Capability::Share, id) && sees(&viewer, twin, id);
            let known = twin.asset(id).filter(|_| may_share)?;
            Some((known.name.to_string(), !twin.children(id).is_empty()))
        });
        let Some((name, has_children)) = known else {
            return (StatusCode::NOT_FOUND, "There is no such asset.\n").into_response();
        };
        let status = if bad.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let page = ShareDialog {
            asset,
            name: name.clone(),
            has_children,
            range,
            bad,
            made,
        };
        let title = move |m: Messages| m.still_share(&name);
        self.page_of(
            parts,
            status,
            Frame::Header,
            title,
            move || view! { <Share page/> },
        )
        .await
    }

    async fn links(&self, parts: Parts, is_all: bool, which: impl Fn(&Credential) -> bool) -> Response {
        let found = self.accounts.credentials(CredentialKind::Link);
        let line = |credential: &Credential| {
            let What::Link(link) = &credential.what else {
                return None;
            };
            let asset = AssetId::new(link.asset);
            Some(LinkLine {
                id: credential.id,
                asset: link.asset,
                name: self
                    .backend
                    .read(|twin| twin.asset(asset).map(|asset| asset.name.to_string()))
                    .unwrap_or_default(),
                purpose: link.purpose.clone(),
                owner: self
                    .accounts
                    .account(credential.account)
                    .map(|owner| owner.display)
                    .unwrap_or_default(),
                is_paused: link.is_paused,
                has_pin: link.pin.is_some(),
                opened: link.opened,
                seen_millis: credential.seen.map(Timestamp::millis),
                expires_millis: credential.expires.map(Timestamp::millis),
            })
        };
        let links: Vec<LinkLine> = found.iter().filter(|link| which(link)).filter_map(line).collect();
        let oldest = links.iter().filter_map(|link| link.seen_millis).min();
        let times = lines::times(
            &self.backend,
            Timestamp::from_millis(oldest.unwrap_or(i64::MAX / 1_000)),
        );
        let title = |m: Messages| m.still_links().to_owned();
        let draw = move || view! { <Links links is_all times/> };
        self.page_of(parts, StatusCode::OK, Frame::Header, title, draw)
            .await
    }

    /// A link that whoever asks may look after: their own, or any for who manages links.
    fn theirs(&self, parts: &Parts, id: u32) -> Option<(Credential, Link)> {
        let viewer = who::viewer(parts);
        let credential = self
            .accounts
            .credentials(CredentialKind::Link)
            .into_iter()
            .find(|known| known.id == id)?;
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
        let done = async {
            match action {
                "share.revoke" => self.accounts.end(&[id]).await?,
                "share.resume" => self.accounts.pause_link(id, false).await?,
                _ => self.accounts.pause_link(id, true).await?,
            }
            self.note_link(
                parts,
                action,
                id,
                json!({"before": {"asset": link.asset, "paused": link.is_paused}}),
            )
            .await
        };
        if let Err(error) = done.await {
            return broken(&error);
        }
        let is_own = Some(credential.account) == viewer.who.account() || viewer.who.account().is_none();
        let back = if is_own { "/links" } else { "/admin/links" };
        Redirect::to(&routes::url(back)).into_response()
    }

    async fn note_link(
        &self,
        parts: &Parts,
        action: &str,
        id: u32,
        details: serde_json::Value,
    ) -> Result<(), AccountError> {
        let doer = Doer::of(&who::viewer(parts));
        Ok(self
            .accounts
            .audit
            .write(&doer, action, &format!("link {id}"), details)
            .await?)
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

    async fn pin(&self, parts: Parts, secret: &str, wrong: Option<i64>) -> Response {
        let status = match wrong {
            None => StatusCode::OK,
            Some(0) => StatusCode::UNAUTHORIZED,
            Some(_) => StatusCode::TOO_MANY_REQUESTS,
        };
        let action = routes::url(&format!("/s/{secret}/pin"));
        let title = |m: Messages| m.still_share_pin_title().to_owned();
        let mut answer = self
            .page_of(
                parts,
                status,
                Frame::Bare,
                title,
                move || view! { <SharePin action wrong/> },
            )
            .await;
        // A form: without any referrer a browser says no origin either.
        let policy = HeaderValue::from_static("same-origin");
        answer.headers_mut().insert(header::REFERRER_POLICY, policy);
        guarded(answer)
    }
}

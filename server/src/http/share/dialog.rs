//! `/share`: the dialog that makes a link, and what its holder would see.

use access::{Capability, LinkId, Who};
use app::api::backend::Viewer;
use app::i18n::Messages;
use app::routes;
use app::shell::Start;
use app::still::Frame;
use app::still::share::{MadeShare, Share, ShareDialog, ShareForm, SharePreview};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use leptos::prelude::*;
use maintenance::order::Right;
use serde::Deserialize;
use serde_json::json;
use twin::{AssetId, Timestamp};
use wire::page::ShareFrame;

use super::Doors;
use super::embed::{first_frame_code, qr};
use super::wish::{self, Wish};
use crate::access::{may, sees};
use crate::accounts::AccountError;
use crate::http::doors::broken;
use crate::http::people::messages;
use crate::http::{lines, who};
use crate::share::Link;
use crate::work::list::rights;

/// Which asset, and which stretch of the past: two moments, or as the asset's page names it.
#[derive(Deserialize)]
pub(super) struct Asked {
    asset: u32,
    from: Option<i64>,
    to: Option<i64>,
    #[serde(default)]
    range: String,
}

/// `GET /share`
pub(super) async fn show(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let form = doors.first_form(&asked);
    doors.dialog(parts, form, None, None).await
}

/// `POST /share`
pub(super) async fn make(State(doors): State<Doors>, parts: Parts, Form(form): Form<ShareForm>) -> Response {
    let m = messages(&parts);
    let viewer = who::viewer(&parts);
    if !doors.may_share(&viewer, form.asset) {
        return none();
    }
    let wish = doors.wish(&viewer, m, &form);
    let Wish { link, pin, ends } = match wish.and_then(|wish| wish.with_purpose(m)) {
        Ok(wish) => wish,
        Err(words) => return doors.dialog(parts, form, None, Some(words)).await,
    };
    let details = json!({"after": {"asset": link.asset, "values": link.values, "history": link.history,
        "children": link.children, "alarms": link.alarms, "embed": link.embed, "report": link.report, "pin": pin.is_some(),
        "invited": link.emails.len(), "range": link.range, "ends": ends.millis()}});
    let embed = link.embed;
    let made = doors
        .accounts
        .make_link(viewer.who.account(), link, pin, ends)
        .await;
    let (secret, id) = match made {
        Ok(made) => made,
        Err(AccountError::Bad { field, .. }) => {
            let words = match field {
                "pin" => m.still_share_bad_pin(),
                _ => m.still_share_bad_until(),
            };
            return doors.dialog(parts, form, None, Some(words.to_owned())).await;
        }
        Err(AccountError::Full) => {
            let words = m.still_bad_full().to_owned();
            return doors.dialog(parts, form, None, Some(words)).await;
        }
        Err(error) => return broken(&error),
    };
    let noted = doors
        .accounts
        .audit
        .note(&parts, "share.make", LinkId::new(id), details);
    if let Err(error) = noted.await {
        return broken(&error);
    }
    let url = format!("{}/s/{secret}", doors.base_url);
    let made = MadeShare {
        qr: qr(&url),
        embed: embed.then(|| first_frame_code(&url)),
        url,
        secret,
        ends_millis: ends.millis(),
        times: lines::times(&doors.backend, None),
    };
    doors.dialog(parts, form, Some(made), None).await
}

/// `GET /share/preview`: as the dialog is at first.
pub(super) async fn first_preview(
    State(doors): State<Doors>,
    Query(asked): Query<Asked>,
    parts: Parts,
) -> Response {
    let form = doors.first_form(&asked);
    doors.preview(parts, form).await
}

/// `POST /share/preview`: as it is filled in. A form, so that nothing of it stands in an address.
pub(super) async fn preview(
    State(doors): State<Doors>,
    parts: Parts,
    Form(form): Form<ShareForm>,
) -> Response {
    doors.preview(parts, form).await
}

/// Not there and not allowed answer alike.
fn none() -> Response {
    (StatusCode::NOT_FOUND, "There is no such asset.\n").into_response()
}

impl Doors {
    fn may_share(&self, viewer: &Viewer, asset: u32) -> bool {
        let asset = AssetId::new(asset);
        self.backend
            .read(|twin| may(viewer, twin, Capability::Share, asset) && sees(viewer, twin, asset))
    }

    fn may_report(&self, viewer: &Viewer, asset: AssetId) -> bool {
        let may_request = |twin: &twin::Twin| rights(viewer, twin, asset).has(Right::Request);
        self.backend.read(may_request)
    }

    fn first_form(&self, asked: &Asked) -> ShareForm {
        let range = asked.from.zip(asked.to).filter(|(from, to)| from < to);
        wish::first(
            asked.asset,
            range,
            &asked.range,
            self.backend.clock.now(),
            &self.backend.zone,
        )
    }

    fn wish(&self, viewer: &Viewer, m: Messages, form: &ShareForm) -> Result<Wish, String> {
        let asset = AssetId::new(form.asset);
        let may_history = self
            .backend
            .read(|twin| may(viewer, twin, Capability::SeeHistory, asset));
        let now = self.backend.clock.now();
        let mut wish =
            wish::read(form, now, &self.backend.zone).map_err(|bad| wish::words(m, bad).to_owned())?;
        // Nobody shares what they do not see.
        wish.link.history &= may_history;
        // Nor lets others do what they may not.
        wish.link.report &= self.may_report(viewer, asset);
        if wish.link.range.is_some() && !may_history {
            return Err(m.still_share_bad_moment().to_owned());
        }
        if self.mail.is_none() && !wish.link.emails.is_empty() {
            return Err(m.still_mail_unreachable().to_owned());
        }
        Ok(wish)
    }

    async fn dialog(
        &self,
        parts: Parts,
        form: ShareForm,
        made: Option<MadeShare>,
        bad: Option<String>,
    ) -> Response {
        let viewer = who::viewer(&parts);
        if !self.may_share(&viewer, form.asset) {
            return none();
        }
        let id = AssetId::new(form.asset);
        let known = self.backend.read(|twin| {
            let known = twin.asset(id)?;
            Some((known.name.to_string(), !twin.children(id).is_empty()))
        });
        let Some((name, has_children)) = known else {
            return none();
        };
        let status = match bad {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        let page = ShareDialog {
            name: name.clone(),
            has_children,
            may_report: self.may_report(&viewer, id),
            has_mail: self.mail.is_some(),
            days: wish::days(self.backend.clock.now(), &self.backend.zone),
            form: ShareForm {
                pin: String::new(),
                ..form
            },
            bad,
            made,
        };
        let title = move |m: Messages| m.still_share(&name);
        let draw = move || view! { <Share page/> };
        self.page_of(parts, status, Frame::Header, title, draw).await
    }

    /// The same page from the same data as the link would open, for whoever makes it.
    async fn preview(&self, parts: Parts, form: ShareForm) -> Response {
        let viewer = who::viewer(&parts);
        if !self.may_share(&viewer, form.asset) {
            return none();
        }
        let m = messages(&parts);
        // A PIN or address that is not typed yet changes nothing of what is seen.
        let open = ShareForm {
            protection: "none".to_owned(),
            ..form
        };
        let Wish { link, ends, .. } = match self.wish(&viewer, m, &open) {
            Ok(wish) => wish,
            Err(words) => {
                return framed(
                    self.page_of(
                        parts,
                        StatusCode::OK,
                        Frame::Nothing,
                        |m| m.still_share_phone().to_owned(),
                        move || view! { <p class="g-message">{words}</p> },
                    )
                    .await,
                );
            }
        };
        let holder = Viewer {
            who: Who::link(LinkId::new(0), "preview", AssetId::new(link.asset), link.terms()),
            credential: None,
            ..viewer.clone()
        };
        let page = match self.backend.project(&holder, &link).await {
            Ok(page) => page,
            Err(_) => return none(),
        };
        let frame = self.preview_frame(&viewer, &link, &page.name, ends);
        let start = Start::load(&*self.backend, &holder, &parts, routes::base()).await;
        let draw = move || view! { <SharePreview page frame shell=start.shell/> };
        let title = |m: Messages| m.still_share_phone().to_owned();
        framed(
            self.page_of(parts, StatusCode::OK, Frame::Nothing, title, draw)
                .await,
        )
    }

    fn preview_frame(&self, viewer: &Viewer, link: &Link, name: &str, ends: Timestamp) -> ShareFrame {
        let role = viewer.who.grants().iter().map(|grant| grant.role).max();
        let is_account = viewer.who.account().is_some();
        ShareFrame {
            secret: String::new(),
            name: name.to_owned(),
            ends_millis: ends.millis(),
            by: role
                .filter(|_| is_account)
                .map(|role| role.word().to_owned())
                .unwrap_or_default(),
            is_embedded: link.embed,
            is_past: link.range.is_some(),
            card: String::new(),
            oembed: None,
            may_report: link.report,
        }
    }
}

/// Our own pages may show it within them.
fn framed(mut answer: Response) -> Response {
    use axum::http::{HeaderValue, header};
    let headers = answer.headers_mut();
    let policy = headers.get(header::CONTENT_SECURITY_POLICY);
    let policy = policy.and_then(|policy| policy.to_str().ok());
    let own = policy.map(|policy| policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"));
    if let Some(own) = own.and_then(|own| HeaderValue::try_from(own).ok()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, own);
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    answer
}

//! `/s/{secret}/report`: whoever holds a link that lets them says what is wrong; it becomes a requested order.

use access::Capability;
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::share::{ShareReport, ShareReported};
use axum::extract::{Path, RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leptos::prelude::*;
use maintenance::id::LinkId;
use maintenance::iso14224::FailureMode;
use maintenance::order::event::{Author, Request};
use maintenance::order::{Dates, Priority, Right, Rights, Status, What, WorkKind};
use serde_json::json;
use twin::AssetId;

use super::Doors;
use super::lock::with_form;
use crate::accounts::Held;
use crate::http::doors::{asker, broken};
use crate::http::people::messages;
use crate::http::work::form::{Fields, TITLE, new_key};
use crate::work::desk::key_of;
use crate::work::list::number;
use crate::work::{Act, WorkError};

/// Reports of one link that nobody has looked at yet; a link that many hold cannot fill the list.
const MOST_OPEN: usize = 20;
/// Longest of what more is said, and of who says it, in characters; together they fit into one comment.
const TEXT: usize = 3_000;
const BY: usize = 120;

/// `GET /s/{secret}/report`
pub(super) async fn form(State(doors): State<Doors>, Path(secret): Path<String>, parts: Parts) -> Response {
    match doors.reporter(&parts, &secret) {
        Ok(held) => {
            doors
                .report(parts, &secret, &held, &Fields::default(), None)
                .await
        }
        Err(held) => doors.no_report(parts, &secret, held).await,
    }
}

/// `POST /s/{secret}/report`. Sent twice it is one report.
pub(super) async fn send(
    State(doors): State<Doors>,
    Path(secret): Path<String>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let held = match doors.reporter(&parts, &secret) {
        Ok(held) => held,
        Err(held) => return doors.no_report(parts, &secret, held).await,
    };
    let fields = Fields::read(&body);
    let author = Author::Link(LinkId::new(held.id));
    let is_full = doors.open_reports(&author) >= MOST_OPEN;
    let what = match read(&fields, AssetId::new(held.link.asset)) {
        Ok(_) if is_full => Err("many_reports"),
        what => what,
    };
    let what = match what {
        Ok(what) => what,
        Err(word) => return doors.report(parts, &secret, &held, &fields, Some(word)).await,
    };
    let act = Act {
        order: None,
        key: fields.key(),
        author,
        device: key_of(&format!("link {}", held.id)),
        seen: 0,
        at: None,
        what,
    };
    match doors.backend.work.take(act, Rights::of(&[Right::Request])).await {
        Ok(done) => {
            let subject = format!("order {}", done.order);
            let details = json!({"after": {"asset": held.link.asset, "link": held.id}});
            let audit = &doors.accounts.audit;
            if !done.is_repeated()
                && let Err(error) = audit.note(&parts, "work.request", subject, details).await
            {
                return broken(&error);
            }
            let (number, back) = (number(done.order), link_page(&secret));
            let title = |m: Messages| m.shared_reported().to_owned();
            let draw = move || view! { <ShareReported number back/> };
            with_form(
                doors
                    .page_of(parts, StatusCode::OK, Frame::Bare, title, draw)
                    .await,
            )
        }
        Err(WorkError::Records(error)) => broken(&error),
        Err(error) => {
            let word = crate::http::work::words::of_error(&error).1;
            doors.report(parts, &secret, &held, &fields, Some(word)).await
        }
    }
}

/// What was typed, as what begins an order; a stable word for what is wrong with it.
fn read(fields: &Fields, asset: AssetId) -> Result<Vec<What>, &'static str> {
    let (title, text) = (fields.text("title", TITLE)?, fields.text("text", TEXT)?);
    let by = fields.text("by", BY)?;
    if title.is_empty() {
        return Err("empty");
    }
    let request = Request {
        asset,
        title: title.into(),
        kind: WorkKind::CorrectiveDeferred,
        mode: FailureMode::Unknown,
        // How urgent it is says whoever looks at it.
        priority: Priority::Medium,
        dates: Dates::default(),
        needs: Vec::new(),
        external: None,
    };
    let said = [text, by]
        .map(str::to_owned)
        .into_iter()
        .filter(|said| !said.is_empty());
    let said: Vec<String> = said.collect();
    let comment = (!said.is_empty()).then(|| What::Commented {
        text: said.join("\n\n– ").into(),
        mentions: Vec::new(),
    });
    Ok([What::Requested(Box::new(request))]
        .into_iter()
        .chain(comment)
        .collect())
}

fn link_page(secret: &str) -> String {
    routes::url(&format!("/s/{secret}"))
}

impl Doors {
    /// A link whose holder may report; else the link, where there is one.
    fn reporter(&self, parts: &Parts, secret: &str) -> Result<Held, Option<Box<Held>>> {
        let held = self.accounts.by_link(secret, asker(parts).unlocked.as_deref());
        match held {
            Some(held) if !held.is_locked && self.may_report_by(&held) => Ok(held),
            held => Err(held.map(Box::new)),
        }
    }

    /// Whether a link lets its holder report: it says so, and whose it is may still ask for work there.
    pub(super) fn may_report_by(&self, held: &Held) -> bool {
        let asset = AssetId::new(held.link.asset);
        // Of no account where nobody has one, in the demo.
        let owner = self.accounts.link_owner(held.id);
        let owner = owner.map(|owner| self.accounts.who_owns(owner.id));
        let may = |twin: &twin::Twin| {
            let is_there = twin.asset(asset).is_some();
            is_there
                && owner
                    .as_ref()
                    .is_none_or(|who| who.may(Capability::RequestWork, &twin.trail(asset)))
        };
        held.link.report && self.backend.read(may)
    }

    /// How many reports of an author nobody has taken up yet.
    fn open_reports(&self, author: &Author) -> usize {
        let mut count = 0;
        self.backend.work.each(|order| {
            let is_theirs = order
                .log()
                .first()
                .is_some_and(|entry| entry.event.author == *author);
            count += usize::from(is_theirs && order.status() == Status::Requested);
        });
        count
    }

    /// What a link that takes no report answers: its PIN first, or what a link that is gone does.
    async fn no_report(&self, parts: Parts, secret: &str, held: Option<Box<Held>>) -> Response {
        match held {
            Some(held) if held.is_locked => self.locked(parts, secret, &held).await,
            _ => self.ended(parts).await,
        }
    }

    async fn report(
        &self,
        parts: Parts,
        secret: &str,
        held: &Held,
        fields: &Fields,
        bad: Option<&'static str>,
    ) -> Response {
        let m = messages(&parts);
        let status = match bad {
            None => StatusCode::OK,
            Some("many_reports") => StatusCode::TOO_MANY_REQUESTS,
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let bad = bad.map(|word| app::still::work::words::refusal(m, word).to_owned());
        let asset = AssetId::new(held.link.asset);
        let name = self
            .backend
            .read(|twin| twin.asset(asset).map(|asset| asset.name.to_string()));
        let name = name.unwrap_or_default();
        let typed = ["title", "text", "by"].map(|field| fields.get(field).to_owned());
        let (back, key) = (link_page(secret), new_key());
        let action = format!("{back}/report");
        let title = |m: Messages| m.shared_report().to_owned();
        let draw = move || view! { <ShareReport name action back key typed bad/> };
        with_form(self.page_of(parts, status, Frame::Bare, title, draw).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_is_wrong_and_by_whom_and_nothing_else() {
        let asset = AssetId::new(7);
        let read = |body: &str| read(&Fields::read(body.as_bytes()), asset);
        let what = read("title=Leak&text=At+the+seal.&by=Ada&priority=urgent&asset=9").unwrap();
        let [What::Requested(request), What::Commented { text, .. }] = what.as_slice() else {
            panic!("{what:?}");
        };
        assert_eq!((request.asset, request.priority), (asset, Priority::Medium));
        assert_eq!(&**text, "At the seal.\n\n– Ada");
        assert_eq!(read("title=Leak").map(|what| what.len()), Ok(1));
        for (body, word) in [
            ("text=x".to_owned(), "empty"),
            (format!("title={}", "x".repeat(TITLE + 1)), "too_long"),
            (format!("title=x&by={}", "x".repeat(BY + 1)), "too_long"),
        ] {
            assert_eq!(read(&body).map(|what| what.len()), Err(word));
        }
    }
}

//! `/work`: the list of work orders, the form that asks for one, and the way to one of them.
//!
//! Nobody is told of work that they do not see: it is not listed, not counted, and not there by its number.

pub(super) mod acts;
mod disputes;
mod files;
pub(super) mod form;
mod recorded;
mod records;
mod shown;
pub(super) mod words;

use access::Capability as C;
use app::api::backend::Viewer;
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::work::{
    Missing, NewWork, NewWorkPage, ReportForm, WorkFilter, WorkLine, WorkList, WorkListPage, WorkView,
};
use axum::Router;
use axum::extract::{Path, Query, RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use leptos::prelude::*;
use maintenance::id::OrderId;
use maintenance::iso14224::FailureMode;
use maintenance::order::{Order, Priority, Right, Rights, WorkKind};
use serde::Deserialize;
use serde_json::json;
use twin::{AssetId, Timestamp};

use self::form::{Fields, Report};
pub(super) use self::shown::event_word;
use super::doors::{Doors, broken};
use super::needs::orders as needs;
use super::people::messages;
use super::who;
use crate::work::list::{Filter, Which, list, number, rights, sees_work};
use crate::work::{Act, WorkError};
use crate::zone;

/// Orders on one page.
const PAGE: usize = 100;

/// Whether somebody plans anywhere, and so has a board.
pub(super) fn may_board(viewer: &Viewer) -> bool {
    viewer.who.may_somewhere(C::PlanWork)
}

/// Its routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/work", get(page).post(send))
        .route("/work/new", get(new))
        .route("/work/{id}", get(order))
        .route("/work/{id}/files/{hash}", get(files::file))
        .route("/work/{id}/move", post(acts::go))
        .route("/work/{id}/answer", post(acts::answer))
        .route("/work/{id}/comment", post(acts::comment))
        .route("/work/{id}/finding", post(acts::finding))
        .route("/work/{id}/plan", post(acts::plan))
        .route("/work/{id}/settle", post(acts::settle))
        .route("/work/{id}/time", post(records::time))
        .route("/work/{id}/part", post(records::part))
        .route("/work/{id}/permit", post(records::permit))
        .route("/work/{id}/lock", post(records::lock))
        .route("/work/{id}/stop", post(records::stop))
        .route("/work/{id}/cost", post(records::cost))
        .route("/work/{id}/withdraw", post(records::withdraw))
        .route("/work/{id}/watch", post(records::watch))
        .with_state(doors)
}

/// What the list is narrowed to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    group: String,
    asset: Option<u32>,
    q: String,
    from: usize,
}

async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let viewer = who::viewer(&parts);
    let (backend, now) = (&doors.backend, doors.backend.clock.now());
    let which = Which::from_word(&asked.group);
    let text: String = asked.q.chars().take(100).collect();
    let page = backend.read(|twin| {
        let asset = match asked.asset.map(AssetId::new) {
            // What one does not see narrows to nothing, like what is not there.
            Some(asset) if !sees_work(&viewer, twin, asset) => return None,
            asset => asset,
        };
        let filter = Filter {
            which,
            asset,
            text: &text,
        };
        let found = list(&backend.work, &viewer, twin, &filter, now);
        let total = found.orders.len();
        let shown = found.orders.iter().skip(asked.from).take(PAGE);
        let name = |asset: AssetId| {
            twin.asset(asset)
                .map_or_else(String::new, |asset| asset.name.to_string())
        };
        let line = |id: &OrderId| {
            backend
                .work
                .order(*id, |order| line(order, name(order.request().asset), now))
        };
        Some(WorkListPage {
            lines: shown.filter_map(line).collect(),
            counts: found
                .counts
                .iter()
                .map(|(which, count)| (which.word().to_owned(), *count))
                .collect(),
            filter: WorkFilter {
                group: which.word().to_owned(),
                asset: asset.map(|asset| (asset.get(), name(asset))),
                text: text.clone(),
            },
            total,
            offset: asked.from.min(total),
            most: PAGE,
            views: WorkView::all("work", may_board(&viewer)),
            fixes: Vec::new(),
            may_report: asset.is_some_and(|asset| rights(&viewer, twin, asset).has(Right::Request)),
            times: doors.times_between(now, now),
        })
    });
    let Some(mut page) = page else {
        return doors.missing(parts, true).await;
    };
    if let Some((asset, _)) = &page.filter.asset {
        page.fixes = doors.fixes(AssetId::new(*asset), None);
    }
    let dues: Vec<i64> = page.lines.iter().filter_map(|line| line.due_millis).collect();
    if let (Some(first), Some(last)) = (dues.iter().min(), dues.iter().max()) {
        page.times = doors.times_between(Timestamp::from_millis(*first), Timestamp::from_millis(*last));
    }
    let title = |m: Messages| m.still_work().to_owned();
    let draw = move || view! { <WorkList page/> };
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

fn line(order: &Order, asset_name: String, now: Timestamp) -> WorkLine {
    WorkLine {
        id: order.id().get(),
        number: number(order.id()),
        title: order.title().to_owned(),
        asset: order.request().asset.get(),
        asset_name,
        group: group_word(order, now),
        priority: order.priority().word().to_owned(),
        due_millis: order.dates().latest.map(Timestamp::millis),
    }
}

/// The word of an order's group.
fn group_word(order: &Order, now: Timestamp) -> String {
    order
        .group(now)
        .map_or("cancelled", |group| group.word())
        .to_owned()
}

/// On which asset.
#[derive(Deserialize)]
struct OfAsset {
    asset: Option<u32>,
    /// For which need.
    need: Option<u32>,
}

async fn new(State(doors): State<Doors>, Query(asked): Query<OfAsset>, parts: Parts) -> Response {
    let asset = AssetId::new(asked.asset.unwrap_or(u32::MAX));
    let form = ReportForm {
        mode: FailureMode::Unknown.code().to_owned(),
        priority: Priority::Medium.word().to_owned(),
        kind: WorkKind::CorrectiveDeferred.word().to_owned(),
        ..ReportForm::default()
    };
    match asked.need {
        None => doors.new_work(parts, asset, form, None).await,
        Some(need) => match needs::prefilled(&doors, &parts, need) {
            Some((asset, form)) => doors.new_work(parts, asset, form, None).await,
            None => doors.missing(parts, true).await,
        },
    }
}

/// A problem is reported. Sent twice it is one order.
async fn send(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let (m, viewer, fields) = (messages(&parts), who::viewer(&parts), Fields::read(&body));
    let asset = AssetId::new(fields.get("asset").parse().unwrap_or(u32::MAX));
    let (is_seen, rights) = doors.backend.read(|twin| {
        let is_there = twin.asset(asset).is_some() && sees_work(&viewer, twin, asset);
        (is_there, rights(&viewer, twin, asset))
    });
    if !is_seen {
        return doors.missing(parts, true).await;
    }
    let mut typed = Report::typed(&fields);
    typed.need = needs::words_of(&doors, &parts, fields.get("need"));
    let now = doors.backend.clock.now();
    let zone = &doors.backend.zone;
    let (needs, known) = (
        needs::named(&doors, &parts, asset, fields.get("need")),
        &doors.backend.needs,
    );
    let what = match Report::read(&fields, asset, rights.has(Right::Plan), needs, zone, now) {
        Ok(what) => what,
        Err(word) => {
            let words = app::still::work::words::refusal(m, word).to_owned();
            return doors
                .new_work(
                    parts,
                    asset,
                    typed,
                    Some((StatusCode::UNPROCESSABLE_ENTITY, words)),
                )
                .await;
        }
    };
    let act = Act {
        order: None,
        key: fields.key(),
        author: acts::author(&viewer),
        device: acts::device(&viewer),
        seen: 0,
        at: None,
        what,
    };
    match doors.backend.work.take(act, rights).await {
        Ok(done) => {
            let asked = doors
                .backend
                .work
                .order(done.order, crate::needs::watch::asked_of);
            if let Some(asked) = asked.flatten()
                && let Err(error) = known.adopt(asked).await
            {
                // It is looked at again soon.
                tracing::warn!(%error, "a need is not told of its order yet");
            }
            let subject = format!("order {}", done.order);
            let details = json!({"after": {"asset": asset.get()}});
            let audit = &doors.accounts.audit;
            if !done.is_repeated()
                && let Err(error) = audit.note(&parts, "work.request", subject, details).await
            {
                return broken(&error);
            }
            Redirect::to(&routes::url(&format!("/work/{}", done.order))).into_response()
        }
        Err(WorkError::Records(error)) => broken(&error),
        Err(error) => {
            let (status, word) = words::of_error(&error);
            let words = app::still::work::words::refusal(m, word).to_owned();
            doors.new_work(parts, asset, typed, Some((status, words))).await
        }
    }
}

async fn order(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    doors
        .order_page(
            parts,
            OrderId::new(id),
            StatusCode::OK,
            app::still::work::Bad::default(),
        )
        .await
}

impl Doors {
    /// The form that asks for work on an asset, with what was typed and why it was not taken.
    async fn new_work(
        &self,
        parts: Parts,
        asset: AssetId,
        form: ReportForm,
        bad: Option<(StatusCode, String)>,
    ) -> Response {
        let viewer = who::viewer(&parts);
        let found = self.backend.read(|twin| {
            let name = twin.asset(asset).filter(|_| sees_work(&viewer, twin, asset))?;
            Some((name.name.to_string(), rights(&viewer, twin, asset)))
        });
        let Some((asset_name, rights)) = found else {
            return self.missing(parts, true).await;
        };
        if !rights.has(Right::Request) {
            return (
                StatusCode::FORBIDDEN,
                format!("{}\n", messages(&parts).still_work_bad_no_right()),
            )
                .into_response();
        }
        let is_planner = rights.has(Right::Plan);
        let (status, bad) = match bad {
            Some((status, words)) => (status, Some(words)),
            None => (StatusCode::OK, None),
        };
        let page = NewWorkPage {
            asset: asset.get(),
            asset_name,
            form: ReportForm {
                key: form::new_key(),
                ..form
            },
            is_planner,
            modes: FailureMode::ALL.iter().map(|mode| mode.code()).collect(),
            kinds: WorkKind::ALL.iter().map(|kind| kind.word()).collect(),
            priorities: Priority::ALL.iter().map(|priority| priority.word()).collect(),
            bad,
        };
        let title = |m: Messages| m.still_work_report().to_owned();
        let draw = move || view! { <NewWork page/> };
        self.page_of(parts, status, Frame::Header, title, draw).await
    }

    /// What is not there, or not for whoever asks.
    pub(super) async fn missing(&self, parts: Parts, is_asset: bool) -> Response {
        let title = |m: Messages| m.still_work().to_owned();
        let draw = move || view! { <Missing is_asset/> };
        self.page_of(parts, StatusCode::NOT_FOUND, Frame::Header, title, draw)
            .await
    }

    /// What somebody may do with an order; none where they do not see it.
    fn rights_of(&self, parts: &Parts, id: OrderId) -> Option<Rights> {
        let viewer = who::viewer(parts);
        let asset = self.backend.work.order(id, |order| order.request().asset)?;
        self.backend
            .read(|twin| sees_work(&viewer, twin, asset).then(|| rights(&viewer, twin, asset)))
    }

    /// By which clock times of a page are written, over all that it shows.
    pub(super) fn times_between(&self, first: Timestamp, last: Timestamp) -> app::still::parts::Times {
        let now = self.backend.clock.now();
        let day = twin::Span::from_secs(86_400);
        app::still::parts::Times {
            zone: zone::periods(&self.backend.zone, first.min(now) - day, last.max(now) + day),
            now_millis: now.millis(),
        }
    }

    /// Who may be given work on an asset.
    fn workers(&self, asset: AssetId) -> Vec<(u32, String)> {
        let trail = self.backend.read(|twin| twin.trail(asset));
        let accounts = self.accounts.all();
        let may = |account: &&crate::accounts::Account| {
            let grants = &account.grants;
            let does = grants.iter().any(|grant| grant.allows(C::DoWork, &trail));
            account.is_active && !account.is_display && does
        };
        let found = accounts.iter().filter(may);
        found
            .map(|account| (account.id.get(), account.display.clone()))
            .collect()
    }
}

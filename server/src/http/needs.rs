//! `/work/needs`: what asks for maintenance, one of it with its evidence, and what is decided about it.
//!
//! Nobody is told of needs of what they do not see: they are not listed, not counted, and not there by their number.

pub(super) mod orders;
mod plans;
mod said;

use std::collections::BTreeMap;

use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::needs::{
    Attach, MemberLine, NeedFilter, NeedLine, NeedList, NeedListPage, NeedPage, NeedState, OneNeed,
    words as need_words,
};
use app::still::work::{Missing, WorkView};
use axum::Router;
use axum::extract::{Path, Query, RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use leptos::prelude::*;
use maintenance::id::{NeedId, OrderId};
use maintenance::need::{Need, Source, State as Fate, Urgency};
use maintenance::order::Right;
use serde::Deserialize;
use serde_json::json;
use twin::{AssetId, Timestamp};

use self::said::{Saying, source_word};
use super::doors::{Doors, broken};
use super::people::messages;
use super::who;
use super::work::form::Fields;
use crate::http::work::may_board;
use crate::needs::desk::Book;
use crate::needs::{Act, Entry, NeedError, judge};
use crate::work::list::{number, rights, sees_work};

/// Needs on one page.
const PAGE: usize = 100;
/// Orders that a need can be attached to, on one page.
const ORDERS: usize = 50;

/// Its routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/work/needs", get(page))
        .route("/work/needs/{id}", get(one))
        .route("/work/needs/{id}/attach", post(attach))
        .route("/work/needs/{id}/dismiss", post(dismiss))
        .route("/work/needs/{id}/split", post(split))
        .route("/work/plans", get(plans::page).post(plans::save))
        .route("/work/plans/new", get(plans::new))
        .route("/work/plans/{id}", get(plans::one))
        .with_state(doors)
}

/// What the list is narrowed to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    which: String,
    asset: Option<u32>,
    source: String,
    from: usize,
}

/// The tab of a need; none where it is told in another.
const fn tab(need: &Need) -> Option<&'static str> {
    match need.state {
        Fate::Open => Some("open"),
        Fate::Ordered(_) => Some("ordered"),
        Fate::Dismissed { .. } | Fate::Met { .. } => Some("over"),
        Fate::MergedInto(_) => None,
    }
}

/// What needs are sorted by: how soon, until when, which.
type Rank = (std::cmp::Reverse<Urgency>, Timestamp, NeedId);

async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let viewer = who::viewer(&parts);
    let (backend, now) = (&doors.backend, doors.backend.clock.now());
    let which = match asked.which.as_str() {
        "ordered" => "ordered",
        "over" => "over",
        _ => "open",
    };
    let saying = Saying::new(&doors, &parts, now);
    let found = backend.read(|twin| {
        let asset = match asked.asset.map(AssetId::new) {
            Some(asset) if !sees_work(&viewer, twin, asset) => return None,
            asset => asset,
        };
        let mut seen: BTreeMap<AssetId, bool> = BTreeMap::new();
        let mut is_asked = |of: AssetId| {
            *seen.entry(of).or_insert_with(|| {
                let is_below = asset.is_none_or(|top| of == top || twin.trail(of).contains(&top));
                is_below && sees_work(&viewer, twin, of)
            })
        };
        backend.needs.read(|book| {
            let mut counts = [("open", 0), ("ordered", 0), ("over", 0)];
            let mut ranked: Vec<Rank> = Vec::new();
            for need in book.needs.all() {
                let Some(tab) = tab(need).filter(|_| is_asked(need.asset)) else {
                    continue;
                };
                let mut group = book.needs.group(need.id);
                let is_from =
                    |need: &Need| asked.source.is_empty() || source_word(&need.source) == asked.source;
                if !group.any(is_from) {
                    continue;
                }
                for (word, count) in &mut counts {
                    *count += usize::from(*word == tab);
                }
                if tab == which {
                    ranked.push(rank(book, need));
                }
            }
            ranked.sort_unstable();
            let total = ranked.len();
            let shown = ranked.iter().skip(asked.from).take(PAGE);
            let lines = shown.filter_map(|(_, _, id)| saying.line(twin, book, *id));
            let name = |asset: AssetId| twin.asset(asset).map(|asset| asset.name.to_string());
            let asset = asset.and_then(|asset| Some((asset.get(), name(asset)?)));
            Some((lines.collect::<Vec<NeedLine>>(), counts, total, asset))
        })
    });
    let Some((lines, counts, total, asset)) = found else {
        return doors.missing(parts, true).await;
    };
    let dates = lines
        .iter()
        .flat_map(|line| [line.earliest_millis, line.latest_millis]);
    let dates: Vec<i64> = dates.flatten().collect();
    let at = |millis: Option<&i64>| millis.map_or(now, |millis| Timestamp::from_millis(*millis));
    let page = NeedListPage {
        filter: NeedFilter {
            which: which.to_owned(),
            asset,
            source: source_named(&asked.source).to_owned(),
        },
        counts: counts.into(),
        total,
        offset: asked.from.min(total),
        most: PAGE,
        views: WorkView::all("needs", may_board(&viewer)),
        times: doors.times_between(at(dates.iter().min()), at(dates.iter().max())),
        lines,
    };
    let title = |m: Messages| m.still_needs().to_owned();
    let draw = move || view! { <NeedList page/> };
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

/// A word of a source that is one; empty for all.
fn source_named(word: &str) -> &'static str {
    let all = ["plan", "limit", "trend", "report", "inspection"];
    all.into_iter().find(|known| *known == word).unwrap_or_default()
}

fn rank(book: &Book, need: &Need) -> Rank {
    let far = Timestamp::from_micros(i64::MAX);
    let urgency = book.needs.urgency(need.id).unwrap_or(need.urgency);
    let latest = match need.state {
        // What is over: the newest first.
        Fate::Dismissed { .. } | Fate::Met { .. } => Timestamp::from_micros(-need.last.micros()),
        _ => book.needs.dates(need.id).latest.unwrap_or(far),
    };
    let urgency = match need.state {
        Fate::Dismissed { .. } | Fate::Met { .. } => Urgency::Routine,
        _ => urgency,
    };
    (std::cmp::Reverse(urgency), latest, need.id)
}

async fn one(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    doors
        .need_page(parts, NeedId::new(id), StatusCode::OK, None)
        .await
}

/// A form that was not taken: which, why, and what was typed.
type Bad = Option<(String, String, String)>;

async fn attach(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::read(&body);
    let order = OrderId::new(fields.get("order").parse().unwrap_or(0));
    let Some(asset) = doors.need_asset(&parts, NeedId::new(id)) else {
        return doors.missing_need(parts).await;
    };
    let fits = doors.backend.work.order(order, |order| {
        order.request().asset == asset && order.status().is_open()
    });
    if fits != Some(true) {
        return doors
            .need_refused(parts, id, "attach", "other_order", String::new())
            .await;
    }
    let by = who::viewer(&parts).who.account().map(|account| account.get());
    let entry = Entry::Ordered {
        need: id,
        order: order.get(),
        by,
    };
    let details = json!({"after": {"order": order.get()}});
    doors
        .decide(parts, id, "attach", String::new(), details, move |_, _| {
            vec![entry]
        })
        .await
}

async fn dismiss(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::read(&body);
    let reason = fields.get("reason").to_owned();
    if reason.chars().count() > 1_000 {
        return doors.need_refused(parts, id, "dismiss", "too_long", reason).await;
    }
    let by = who::viewer(&parts)
        .who
        .account()
        .map_or(0, |account| account.get());
    let typed = reason.clone();
    let tell = move |book: &Book, now: Timestamp| {
        let dismissed = Entry::Dismissed {
            need: id,
            by,
            at: now.micros(),
            reason,
        };
        // A plan that is left out counts on from here.
        let passed = judge::passed(book, NeedId::new(id), now);
        [dismissed].into_iter().chain(passed).collect()
    };
    doors.decide(parts, id, "dismiss", typed, json!({}), tell).await
}

async fn split(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let member: u32 = Fields::read(&body).get("member").parse().unwrap_or(0);
    let into = doors
        .backend
        .needs
        .read(|book| book.needs.get(NeedId::new(member)).map(|need| need.state.clone()));
    if into != Some(Fate::MergedInto(NeedId::new(id))) {
        return doors
            .need_refused(parts, id, "split", "decided", String::new())
            .await;
    }
    let by = who::viewer(&parts)
        .who
        .account()
        .map_or(0, |account| account.get());
    let details = json!({"after": {"need": member}});
    let entry = Entry::Split { need: member, by };
    doors
        .decide(parts, id, "split", String::new(), details, move |_, _| {
            vec![entry]
        })
        .await
}

impl Doors {
    /// The equipment of a need; none where the viewer does not see its work.
    fn need_asset(&self, parts: &Parts, id: NeedId) -> Option<AssetId> {
        let viewer = who::viewer(parts);
        let asset = self.backend.needs.read(|book| Some(book.needs.get(id)?.asset))?;
        self.backend
            .read(|twin| sees_work(&viewer, twin, asset).then_some(asset))
    }

    async fn missing_need(&self, parts: Parts) -> Response {
        let title = |m: Messages| m.still_needs().to_owned();
        let draw = || view! { <Missing is_asset=false/> };
        self.page_of(parts, StatusCode::NOT_FOUND, Frame::Header, title, draw)
            .await
    }

    /// Tells what somebody decided about a need and leads back to it; what is not taken stands there.
    async fn decide(
        &self,
        parts: Parts,
        id: u32,
        form: &'static str,
        typed: String,
        details: serde_json::Value,
        tell: impl FnOnce(&Book, Timestamp) -> Act + Send + 'static,
    ) -> Response {
        let Some(asset) = self.need_asset(&parts, NeedId::new(id)) else {
            return self.missing_need(parts).await;
        };
        let viewer = who::viewer(&parts);
        let may = self
            .backend
            .read(|twin| rights(&viewer, twin, asset).has(Right::Plan));
        if !may {
            let words = messages(&parts).still_work_bad_no_right();
            return (StatusCode::FORBIDDEN, format!("{words}\n")).into_response();
        }
        let decide = move |book: &Book, now| Ok(tell(book, now));
        match self.backend.needs.take(decide).await {
            Ok(_) => {}
            Err(NeedError::Records(error)) => return broken(&error),
            Err(NeedError::Broken(error)) => return broken(&error),
            Err(error) => {
                let word = orders::word_of(&error);
                return self.need_refused(parts, id, form, word, typed).await;
            }
        }
        let (audit, action) = (&self.accounts.audit, format!("need.{form}"));
        match audit.note(&parts, &action, format!("need {id}"), details).await {
            Ok(()) => Redirect::to(&routes::url(&format!("/work/needs/{id}"))).into_response(),
            Err(error) => broken(&error),
        }
    }

    async fn need_refused(&self, parts: Parts, id: u32, form: &str, word: &str, typed: String) -> Response {
        let words = need_words::refusal(messages(&parts), word).to_owned();
        let status = match word {
            "decided" => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let bad = Some((form.to_owned(), words, typed));
        self.need_page(parts, NeedId::new(id), status, bad).await
    }

    /// The page of a need, with the form that was not taken.
    async fn need_page(&self, parts: Parts, id: NeedId, status: StatusCode, bad: Bad) -> Response {
        let Some(asset) = self.need_asset(&parts, id) else {
            return self.missing_need(parts).await;
        };
        let saying = Saying::new(self, &parts, self.backend.clock.now());
        let mut open = Vec::new();
        self.backend.work.each(|order| {
            let fits = order.request().asset == asset && order.status().is_open();
            if fits && open.len() < ORDERS {
                open.push(Attach {
                    order: order.id().get(),
                    title: format!("{} · {}", number(order.id()), order.title()),
                });
            }
        });
        let viewer = who::viewer(&parts);
        let page = self.backend.read(|twin| {
            let rights = rights(&viewer, twin, asset);
            let page = |book: &Book| saying.page(twin, book, id);
            let page = self.backend.needs.read(page)?;
            let is_open = page.state == NeedState::Open;
            Some(NeedPage {
                may_order: is_open && rights.has(Right::Request),
                may_decide: rights.has(Right::Plan) && is_open,
                orders: open,
                ..page
            })
        });
        let Some(mut page) = page else {
            return self.missing_need(parts).await;
        };
        // A form that is not there any more says so above everything.
        page.bad = bad.map(|(form, words, typed)| match page.may_decide {
            true => (form, words, typed),
            false => ("top".to_owned(), words, typed),
        });
        let head = page.id.to_string();
        let title = move |m: Messages| m.still_need_number(&head);
        let draw = move || view! { <OneNeed page/> };
        self.page_of(parts, status, Frame::Header, title, draw).await
    }
}

impl Saying<'_> {
    fn line(&self, twin: &twin::Twin, book: &Book, id: NeedId) -> Option<NeedLine> {
        let need = book.needs.get(id)?;
        let dates = book.needs.dates(id);
        Some(NeedLine {
            id: id.get(),
            title: self.title(book, need),
            mode: need.mode.code().to_owned(),
            asset: need.asset.get(),
            asset_name: twin.asset(need.asset)?.name.to_string(),
            urgency: book.needs.urgency(id).unwrap_or(need.urgency).word().to_owned(),
            reason: self.short(twin, book, need),
            earliest_millis: dates.earliest.map(Timestamp::millis),
            latest_millis: dates.latest.map(Timestamp::millis),
            merged: book.needs.group(id).count().saturating_sub(1),
            state: self.state(need),
        })
    }

    fn page(&self, twin: &twin::Twin, book: &Book, id: NeedId) -> Option<NeedPage> {
        let need = book.needs.get(id)?;
        let (dates, group) = (book.needs.dates(id), book.needs.group(id));
        let members = group.filter(|member| member.id != id).map(|member| MemberLine {
            id: member.id.get(),
            source: source_word(&member.source).to_owned(),
            reason: self.reason(twin, book, member),
            first_millis: member.first.millis(),
        });
        let plan = match need.source {
            Source::Plan(plan) => book
                .plans
                .get(&plan)
                .map(|state| (plan.get(), state.sheet.title.clone())),
            _ => None,
        };
        let criticality = crate::needs::signs::criticality(twin, &self.model, need.asset);
        Some(NeedPage {
            id: id.get(),
            mode: need.mode.code().to_owned(),
            asset: need.asset.get(),
            asset_name: twin.asset(need.asset)?.name.to_string(),
            urgency: book.needs.urgency(id).unwrap_or(need.urgency).word().to_owned(),
            source: source_word(&need.source).to_owned(),
            earliest_millis: dates.earliest.map(Timestamp::millis),
            latest_millis: dates.latest.map(Timestamp::millis),
            first_millis: need.first.millis(),
            last_millis: need.last.millis(),
            count: need.count,
            criticality: criticality.map(|one| one.word().to_owned()),
            per_hour: need.consequence.map(|one| said::amount(one.per_hour)),
            state: self.state(need),
            dismissed: match &need.state {
                Fate::Dismissed { by, at, reason } => {
                    Some((reason.to_string(), self.doors.name_of_person(*by), at.millis()))
                }
                _ => None,
            },
            evidence: self.evidence(twin, book, id),
            members: members.collect(),
            orders: Vec::new(),
            plan,
            may_order: false,
            may_decide: false,
            bad: None,
            times: self.times_of(need, dates),
        })
    }

    fn state(&self, need: &Need) -> NeedState {
        match need.state {
            Fate::Open => NeedState::Open,
            Fate::Ordered(order) => NeedState::Ordered(order.get(), number(order)),
            Fate::MergedInto(into) => NeedState::Merged(into.get()),
            Fate::Dismissed { .. } => NeedState::Dismissed,
            Fate::Met { .. } => NeedState::Met,
        }
    }
}

//! Between needs and orders: an order that is made of a need, and the needs that an order answers.

use app::still::needs::words as need_words;
use app::still::work::{OrderNeed, ReportForm, words as work_words};
use axum::http::request::Parts;
use maintenance::id::{NeedId, OrderId};
use maintenance::need::{Need, NotPossible, Source, State, Urgency};
use maintenance::order::{Priority, WorkKind};
use twin::{AssetId, Timestamp};

use super::said::Saying;
use crate::http::doors::Doors;
use crate::http::people::messages;
use crate::http::who;
use crate::http::work::form::day_text;
use crate::needs::NeedError;
use crate::needs::desk::Book;
use crate::work::list::sees_work;

/// Needs shown on the page of an order.
const MOST: usize = 20;

/// The need that a form names, where it is open and of this equipment.
pub fn named(doors: &Doors, parts: &Parts, asset: AssetId, text: &str) -> Vec<NeedId> {
    let Some(id) = text.parse().ok().map(NeedId::new) else {
        return Vec::new();
    };
    let is_seen = doors.need_asset(parts, id) == Some(asset);
    let is_open = doors
        .backend
        .needs
        .read(|book| book.needs.get(id).is_some_and(|need| need.state == State::Open));
    (is_seen && is_open).then_some(id).into_iter().collect()
}

/// The need that a form names and why it was raised.
pub fn words_of(doors: &Doors, parts: &Parts, text: &str) -> Option<(u32, String)> {
    let id = NeedId::new(text.parse().ok()?);
    doors.need_asset(parts, id)?;
    let saying = Saying::new(doors, parts, doors.backend.clock.now());
    doors.backend.read(|twin| {
        doors.backend.needs.read(|book| {
            let need = book.needs.get(id)?;
            Some((id.get(), saying.reason(twin, book, need)))
        })
    })
}

/// The form of an order that is made of a need, with what is known; none where the viewer does not see it.
pub fn prefilled(doors: &Doors, parts: &Parts, id: u32) -> Option<(AssetId, ReportForm)> {
    let id = NeedId::new(id);
    let asset = doors.need_asset(parts, id)?;
    let (m, now) = (messages(parts), doors.backend.clock.now());
    let saying = Saying::new(doors, parts, now);
    let form = doors.backend.read(|twin| {
        doors.backend.needs.read(|book| {
            let need = book.needs.get(id)?;
            let name = twin.asset(asset)?.name.to_string();
            let mode = work_words::mode(m, need.mode.code());
            let title = format!("{mode}: {name}").chars().take(120).collect();
            let form = ReportForm {
                title,
                text: saying.reason(twin, book, need),
                need: Some((
                    id.get(),
                    need_words::source(m, super::source_word(&need.source)).to_owned(),
                )),
                ..of_need(book, need, &doors.backend.zone)
            };
            Some(with_plan(form, book, id))
        })
    })?;
    Some((asset, form))
}

fn of_need(book: &Book, need: &Need, zone: &jiff::tz::TimeZone) -> ReportForm {
    let priority = match book.needs.urgency(need.id).unwrap_or(need.urgency) {
        Urgency::Emergency => Priority::Urgent,
        Urgency::Pressing => Priority::High,
        Urgency::Soon => Priority::Medium,
        Urgency::Routine => Priority::Low,
    };
    let kind = match need.source {
        Source::Plan(_) => WorkKind::Predetermined,
        Source::Limit { .. } | Source::Trend { .. } => WorkKind::ConditionBased,
        Source::Report { .. } | Source::Inspection { .. } => WorkKind::CorrectiveDeferred,
    };
    let latest: Option<Timestamp> = book.needs.dates(need.id).latest;
    ReportForm {
        mode: need.mode.code().to_owned(),
        priority: priority.word().to_owned(),
        kind: kind.word().to_owned(),
        due: latest.map_or_else(String::new, |at| day_text(at, zone)),
        ..ReportForm::default()
    }
}

/// With how the plan says it is done, where one asks.
fn with_plan(form: ReportForm, book: &Book, id: NeedId) -> ReportForm {
    let plan = book.needs.group(id).find_map(|need| match need.source {
        Source::Plan(plan) => book.plans.get(&plan),
        _ => None,
    });
    let Some(state) = plan else {
        return form;
    };
    let sheet = &state.sheet;
    let title = match book.needs.group(id).count() {
        1 => sheet.title.clone(),
        _ => form.title,
    };
    ReportForm {
        title,
        craft: sheet.craft.clone(),
        hours: match sheet.hours > 0.0 {
            true => sheet.hours.to_string(),
            false => String::new(),
        },
        steps: sheet.steps.clone(),
        ..form
    }
}

/// A stable word for why something about needs was not taken.
pub const fn word_of(error: &NeedError) -> &'static str {
    match error {
        NeedError::NotPossible(NotPossible::NoReason) => "no_reason",
        NeedError::NotPossible(_) => "decided",
        NeedError::BadPlan(word) => word,
        NeedError::Full | NeedError::Unread | NeedError::Records(_) | NeedError::Broken(_) => "full",
    }
}

impl Doors {
    /// The needs that an order answers, of what the viewer sees.
    pub(in crate::http) fn needs_of_order(&self, parts: &Parts, order: OrderId) -> Vec<OrderNeed> {
        let of = |order: &maintenance::order::Order| {
            let first = order.log().first().map(|entry| entry.event.key);
            (order.request().asset, order.request().needs.clone(), first)
        };
        let Some((asset, named, key)) = self.backend.work.order(order, of) else {
            return Vec::new();
        };
        let viewer = who::viewer(parts);
        let saying = Saying::new(self, parts, self.backend.clock.now());
        self.backend.read(|twin| {
            if !sees_work(&viewer, twin, asset) {
                return Vec::new();
            }
            self.backend.needs.read(|book| {
                let answers = |need: &&Need| {
                    let is_own = match need.source {
                        Source::Report { key: known, .. } => Some(known) == key,
                        _ => false,
                    };
                    need.state == State::Ordered(order) || is_own || named.contains(&need.id)
                };
                let all = book.needs.of_asset(asset).filter(answers).take(MOST);
                all.map(|need| OrderNeed {
                    id: need.id.get(),
                    words: saying.reason(twin, book, need),
                })
                .collect()
            })
        })
    }
}

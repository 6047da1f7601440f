//! `/work/plans`: preventive plans, seen by who sees the work of their equipment, written by who plans it.

mod typed;

use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::needs::{PlanLine, PlanListPage, PlanPage, PlanSheet, Plans, WritePlan, words as need_words};
use app::still::work::WorkView;
use axum::extract::{Path, Query, RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::prelude::*;
use maintenance::id::PlanId;
use maintenance::iso14224::FailureMode;
use maintenance::need::Source;
use maintenance::order::Right;
use maintenance::plan::{Due, NotTold};
use serde::Deserialize;
use serde_json::json;
use twin::{AssetId, Timestamp, Twin};

use self::typed::{Wrong, sheet_of, typed, typed_of};
use super::said::Saying;
use crate::http::doors::{Doors, broken};
use crate::http::people::messages;
use crate::http::who;
use crate::http::work::form::Fields;
use crate::http::work::may_board;
use crate::needs::condition::{names, property_of};
use crate::needs::desk::Book;
use crate::needs::sheet::MeterOf;
use crate::needs::{Entry, NeedError, PlanState, Sheet, signs};
use crate::work::list::{rights, sees_work};

/// Plans, assets found, and counters, on one page.
const MOST: usize = 500;
const FOUND: usize = 20;
const HITS: usize = 200;
const METERS: usize = 400;

/// What the list is narrowed to, and for what a plan is to be written.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    asset: Option<u32>,
    q: String,
}

/// All plans that somebody sees.
pub async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let viewer = who::viewer(&parts);
    let (backend, now) = (&doors.backend, doors.backend.clock.now());
    let saying = Saying::new(&doors, &parts, now);
    let text: String = asked.q.trim().chars().take(100).collect();
    let hits = match text.is_empty() {
        true => Vec::new(),
        false => backend.read(Twin::search_index).search(&text, HITS),
    };
    let page = backend.read(|twin| {
        let asset = match asked.asset.map(AssetId::new) {
            Some(asset) if !sees_work(&viewer, twin, asset) => return None,
            asset => asset,
        };
        let name = |asset: AssetId| twin.asset(asset).map(|asset| asset.name.to_string());
        let is_asked = |of: AssetId| {
            let is_below = asset.is_none_or(|top| of == top || twin.trail(of).contains(&top));
            is_below && sees_work(&viewer, twin, of)
        };
        let mut lines: Vec<PlanLine> = backend.needs.read(|book| {
            let seen = book.plans.values().filter(|state| is_asked(state.plan.asset));
            seen.filter_map(|state| line(&saying, twin, book, state, now))
                .collect()
        });
        lines.sort_by_key(|line| (!line.is_on, line.due_millis.unwrap_or(i64::MAX), line.id));
        lines.truncate(MOST);
        let may_plan = |asset: AssetId| rights(&viewer, twin, asset).has(Right::Plan);
        let found = found(twin, &hits, &may_plan);
        Some(PlanListPage {
            lines,
            asset: asset.and_then(|asset| Some((asset.get(), name(asset)?))),
            may_write: match asset {
                Some(asset) => may_plan(asset),
                None => viewer.who.may_somewhere(access::Capability::PlanWork),
            },
            text: text.clone(),
            found,
            views: WorkView::all("plans", may_board(&viewer)),
            times: doors.times_between(now, now),
        })
    });
    let Some(mut page) = page else {
        return doors.missing(parts, true).await;
    };
    let dues: Vec<i64> = page.lines.iter().filter_map(|line| line.due_millis).collect();
    if let (Some(first), Some(last)) = (dues.iter().min(), dues.iter().max()) {
        page.times = doors.times_between(Timestamp::from_millis(*first), Timestamp::from_millis(*last));
    }
    let title = |m: Messages| m.still_plans().to_owned();
    let draw = move || view! { <Plans page/> };
    doors
        .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
        .await
}

/// Assets by name that the viewer plans for.
fn found(twin: &Twin, hits: &[twin::Hit], may_plan: &dyn Fn(AssetId) -> bool) -> Vec<(u32, String, String)> {
    let asset = |hit: &twin::Hit| match hit {
        twin::Hit::Asset(asset) => twin.asset(*asset).filter(|asset| may_plan(asset.id)),
        twin::Hit::Point(_) => None,
    };
    let found = hits.iter().filter_map(asset);
    found
        .take(FOUND)
        .map(|asset| (asset.id.get(), asset.name.to_string(), twin.path(asset.id)))
        .collect()
}

/// The need that a plan has raised and that is not over.
fn need_of(book: &Book, state: &PlanState) -> Option<u32> {
    let place = (state.plan.asset, state.plan.mode);
    let need = book.needs.latest(place, &Source::Plan(state.plan.id))?;
    book.needs.head(need.id).map(|head| head.id.get())
}

fn line(
    saying: &Saying<'_>,
    twin: &Twin,
    book: &Book,
    state: &PlanState,
    now: Timestamp,
) -> Option<PlanLine> {
    let (due, note) = saying.due(state, now);
    Some(PlanLine {
        id: state.plan.id.get(),
        title: state.sheet.title.clone(),
        asset: state.plan.asset.get(),
        asset_name: twin.asset(state.plan.asset)?.name.to_string(),
        by: saying.by(twin, &state.sheet),
        due_millis: due.map(Timestamp::millis),
        note,
        is_on: state.sheet.is_on,
        need: need_of(book, state),
    })
}

impl Saying<'_> {
    /// When a plan is due, and what is to be said beside it.
    fn due(&self, state: &PlanState, now: Timestamp) -> (Option<Timestamp>, String) {
        let m = self.m;
        let left = |left: Option<f64>| {
            left.map(|left| match left < 0.0 {
                true => m.still_plan_above(&self.number(-left)),
                false => m.still_plan_left(&self.number(left)),
            })
        };
        match state.due(now) {
            Due::At {
                at,
                left: counted,
                missed,
                ..
            } => {
                let missed = (missed > 0).then(|| m.still_plan_missed(missed));
                let all = [left(counted), missed];
                let words: Vec<String> = all.into_iter().flatten().collect();
                (Some(at), words.join("; "))
            }
            Due::Later { left: counted } => {
                let words = left(counted).unwrap_or_else(|| m.still_plan_not_true().to_owned());
                (None, words)
            }
            Due::Off => (None, m.still_plan_off().to_owned()),
            Due::Unknown(why) => {
                let wrong = state.wrong.clone();
                let words = wrong.unwrap_or_else(|| not_told(m, why).to_owned());
                (None, words)
            }
        }
    }

    /// A count, as short as it is told.
    fn number(&self, value: f64) -> String {
        let decimals = u8::from(value.abs() < 100.0 && value.fract() != 0.0);
        app::fmt::Fmt::new(self.m.locale()).number(value, decimals)
    }

    /// By what a plan comes due, in words.
    fn by(&self, twin: &Twin, sheet: &Sheet) -> String {
        let m = self.m;
        let calendar = sheet
            .calendar
            .as_ref()
            .map(|by| need_words::every(m, by.count, &by.unit));
        let meter = sheet.meter.as_ref().map(|by| {
            let name = meter_name(m, twin, AssetId::new(sheet.asset), &by.of);
            m.still_plan_by_meter(&name, &self.number(by.every))
        });
        let condition = sheet.condition.as_ref().map(|by| match by.held_minutes {
            0 => m.still_plan_by_formula(&by.formula),
            held => m.still_plan_by_condition(&by.formula, &held.to_string()),
        });
        let all: Vec<String> = [calendar, meter, condition].into_iter().flatten().collect();
        all.join(m.still_plan_or())
    }
}

fn not_told(m: Messages, why: NotTold) -> &'static str {
    match why {
        NotTold::NoMeter => m.still_plan_unknown_meter(),
        NotTold::NoTruth => m.still_plan_unknown_truth(),
        NotTold::Bad => m.still_plan_unknown_bad(),
        NotTold::Uncertain => m.still_plan_unknown_uncertain(),
        NotTold::NoDate | NotTold::NoTrigger => m.still_plan_unknown_date(),
    }
}

/// What counts, as people call it.
fn meter_name(m: Messages, twin: &Twin, asset: AssetId, of: &MeterOf) -> String {
    match of {
        MeterOf::Nothing => "–".to_owned(),
        MeterOf::Hours(state) => m.still_plan_hours_in(state),
        MeterOf::Starts => m.still_plan_starts().to_owned(),
        MeterOf::Property(property) => {
            let points = twin
                .points_of(asset)
                .iter()
                .filter_map(|point| twin.point(*point));
            let found = points.into_iter().find(|point| property_of(point) == *property);
            found.map_or_else(
                || property.clone(),
                |point| match &point.unit {
                    Some(unit) => format!("{} ({})", point.name, unit.symbol),
                    None => point.name.to_string(),
                },
            )
        }
    }
}

/// For which equipment.
#[derive(Deserialize)]
pub struct OfAsset {
    asset: Option<u32>,
}

/// The form of a new plan.
pub async fn new(State(doors): State<Doors>, Query(asked): Query<OfAsset>, parts: Parts) -> Response {
    let asset = AssetId::new(asked.asset.unwrap_or(u32::MAX));
    let sheet = PlanSheet {
        mode: FailureMode::Other.code().to_owned(),
        unit: "month".to_owned(),
        lead: "14".to_owned(),
        tolerance: "7".to_owned(),
        is_on: true,
        ..PlanSheet::default()
    };
    doors.plan_page(parts, asset, 0, sheet, None).await
}

/// One plan.
pub async fn one(State(doors): State<Doors>, Path(id): Path<u32>, parts: Parts) -> Response {
    let known = |book: &Book| book.plans.get(&PlanId::new(id)).map(|state| state.sheet.clone());
    match doors.backend.needs.read(known) {
        Some(sheet) => {
            let asset = AssetId::new(sheet.asset);
            doors.plan_page(parts, asset, id, typed_of(&sheet), None).await
        }
        None => doors.missing_need(parts).await,
    }
}

/// A plan is written or changed.
pub async fn save(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let (m, fields) = (messages(&parts), Fields::read(&body));
    let viewer = who::viewer(&parts);
    let asset = AssetId::new(fields.get("asset").parse().unwrap_or(u32::MAX));
    let id: u32 = fields.get("id").parse().unwrap_or(0);
    let (is_seen, rights) = doors.backend.read(|twin| {
        let is_there = twin.asset(asset).is_some() && sees_work(&viewer, twin, asset);
        (is_there, rights(&viewer, twin, asset))
    });
    if !is_seen {
        return doors.missing(parts, true).await;
    }
    if !rights.has(Right::Plan) {
        let words = m.still_work_bad_no_right();
        return (StatusCode::FORBIDDEN, format!("{words}\n")).into_response();
    }
    let known = |book: &Book| book.plans.get(&PlanId::new(id)).map(|state| state.sheet.clone());
    let before = doors.backend.needs.read(known);
    // A plan stays with its equipment: its meter and its needs are of it.
    if id != 0 && before.as_ref().is_none_or(|sheet| sheet.asset != asset.get()) {
        return doors.missing_need(parts).await;
    }
    let read = doors.read_sheet(&fields, asset);
    let sheet = read.and_then(|sheet| {
        let sheet = Sheet {
            demo: before.map(|sheet| sheet.demo).unwrap_or_default(),
            ..sheet
        };
        sheet.plan().map_err(Wrong::Word).map(|_| sheet)
    });
    let sheet = match sheet {
        Ok(sheet) => sheet,
        Err(wrong) => {
            let words = match wrong {
                Wrong::Word(word) => need_words::refusal(m, word).to_owned(),
                Wrong::Formula(why) => m.still_plan_bad_formula(&why),
            };
            return doors
                .plan_page(parts, asset, id, typed(&fields), Some(words))
                .await;
        }
    };
    let by = viewer.who.account().map(|account| account.get());
    let taken = doors.backend.needs.take(move |book, _| {
        let id = match sheet.id {
            0 => book.next_plan(),
            id => id,
        };
        let sheet = Sheet { id, ..sheet };
        Ok(vec![Entry::Planned { sheet, by }])
    });
    let id = match taken.await {
        Ok(act) => act.iter().find_map(crate::needs::plans::plan_of),
        Err(NeedError::Records(error)) => return broken(&error),
        Err(NeedError::Broken(error)) => return broken(&error),
        Err(error) => {
            let words = need_words::refusal(m, super::orders::word_of(&error)).to_owned();
            return doors
                .plan_page(parts, asset, id, typed(&fields), Some(words))
                .await;
        }
    };
    let id = id.map_or(0, PlanId::get);
    let details = json!({"after": {"asset": asset.get()}});
    let audit = &doors.accounts.audit;
    match audit
        .note(&parts, "plan.write", format!("plan {id}"), details)
        .await
    {
        Ok(()) => Redirect::to(&routes::url(&format!("/work/plans/{id}"))).into_response(),
        Err(error) => broken(&error),
    }
}

impl Doors {
    fn read_sheet(&self, fields: &Fields, asset: AssetId) -> Result<Sheet, Wrong> {
        let backend = &self.backend;
        let now = backend.clock.now();
        let zone = backend.zone.iana_name().unwrap_or("UTC");
        backend.read(|twin| {
            let computing = backend.computing.read();
            let computing = computing.unwrap_or_else(std::sync::PoisonError::into_inner);
            let shown = |of: &MeterOf| {
                let shown = signs::shown_by(twin, computing.as_ref(), asset, of, now);
                shown.map(|(_, shows)| shows)
            };
            sheet_of(fields, zone, &shown, &names(twin, asset))
        })
    }

    /// What may count at an asset: its numbers, and what the twin counts of its states.
    fn meters(&self, m: Messages, twin: &Twin, asset: AssetId) -> Vec<(String, String)> {
        let is_number = |point: &&twin::Point| {
            let reading = twin.reading(point.id);
            reading.is_some_and(|reading| matches!(reading.value, Some(twin::Value::Number(_))))
        };
        let points = twin
            .points_of(asset)
            .iter()
            .filter_map(|point| twin.point(*point));
        let of = points
            .filter(is_number)
            .map(|point| MeterOf::Property(property_of(point)));
        let mut all: Vec<MeterOf> = of.take(METERS).collect();
        let computing = self.backend.computing.read();
        let computing = computing.unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = self.backend.clock.now();
        let totals = computing
            .as_ref()
            .and_then(|known| signs::totals(twin, known, asset, now));
        if let Some(totals) = totals {
            let states = totals.states.iter();
            all.extend(states.map(|(state, _)| MeterOf::Hours(state.to_string())));
            all.push(MeterOf::Starts);
        }
        let line = |of: MeterOf| (of.word(), meter_name(m, twin, asset, &of));
        all.into_iter().map(line).collect()
    }

    /// The form of a plan, with what is known of it and why it was not taken.
    async fn plan_page(
        &self,
        parts: Parts,
        asset: AssetId,
        id: u32,
        sheet: PlanSheet,
        bad: Option<String>,
    ) -> Response {
        let viewer = who::viewer(&parts);
        let (m, now) = (messages(&parts), self.backend.clock.now());
        let saying = Saying::new(self, &parts, now);
        let page = self.backend.read(|twin| {
            let name = twin.asset(asset).filter(|_| sees_work(&viewer, twin, asset))?;
            let (known, need) = self.backend.needs.read(|book| {
                let state = book.plans.get(&PlanId::new(id));
                let facts = state.map(|state| saying.facts(state, now)).unwrap_or_default();
                (facts, state.and_then(|state| need_of(book, state)))
            });
            Some(PlanPage {
                id,
                asset: asset.get(),
                asset_name: name.name.to_string(),
                sheet,
                meters: self.meters(m, twin, asset),
                names: names(twin, asset).into_keys().collect(),
                modes: FailureMode::ALL.iter().map(|mode| mode.code()).collect(),
                known,
                need,
                may_write: rights(&viewer, twin, asset).has(Right::Plan),
                bad,
            })
        });
        let Some(page) = page else {
            return self.missing(parts, true).await;
        };
        let status = match page.bad.is_some() {
            true => StatusCode::UNPROCESSABLE_ENTITY,
            false => StatusCode::OK,
        };
        let title = |m: Messages| m.still_plan().to_owned();
        let draw = move || view! { <WritePlan page/> };
        self.page_of(parts, status, Frame::Header, title, draw).await
    }
}

impl Saying<'_> {
    /// What is known of a plan now: each a name and words.
    fn facts(&self, state: &PlanState, now: Timestamp) -> Vec<(String, String)> {
        let m = self.m;
        let (due, note) = self.due(state, now);
        let mut facts = Vec::new();
        let mut fact = |name: &str, words: String| facts.push((name.to_owned(), words));
        fact(
            m.still_plan_next(),
            due.map_or_else(|| "–".to_owned(), |at| self.day(at)),
        );
        if !note.is_empty() {
            fact(m.still_plan_note(), note);
        }
        let last = state
            .last
            .map_or_else(|| m.still_plan_never().to_owned(), |last| self.day(last.done));
        fact(m.still_plan_last(), last);
        if state.meter.last().is_some() {
            fact(m.still_plan_counted(), self.number(state.meter.total()));
        }
        if let Some(truth) = state.truth {
            let words = match truth.holds {
                Some(true) => m.still_plan_holds(&self.moment(truth.since)),
                Some(false) => m.still_plan_not_true().to_owned(),
                None => m.still_plan_unknown_bad().to_owned(),
            };
            fact(m.still_plan_condition(), words);
        }
        facts
    }
}

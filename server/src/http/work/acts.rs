//! What is done with an order: each form becomes events, and what is not taken comes back with what was typed.

use app::api::backend::Viewer;
use app::i18n::Messages;
use app::routes;
use app::still::work::words::refusal;
use app::still::work::{Bad, PlanForm};
use axum::extract::{Path, RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::tz::TimeZone;
use maintenance::id::{Key, OrderId, PersonId, StepId};
use maintenance::iso14224::{Activity, Cause, FailureMode};
use maintenance::order::event::{Author, Finding};
use maintenance::order::{
    Answer, Assignee, Change, Dates, Job, Keep, Order, Outcome, Priority, Status, StepKind, What,
};
use maintenance::span::Stretch;
use serde_json::json;
use twin::Timestamp;

use super::form::{Fields, TITLE, labour};
use super::records::Around;
use super::words;
use crate::http::doors::{Doors, broken};
use crate::http::people::messages;
use crate::http::who;
use crate::work::desk::{LONGEST, key_of};
use crate::work::{Act, WorkError, lines, steps};

/// What is needed to read a form.
pub(super) struct Reading<'r> {
    pub order: &'r Order,
    pub fields: &'r Fields,
    pub zone: &'r TimeZone,
    /// Who may be given work here.
    workers: &'r [(u32, String)],
    pub around: &'r Around,
    /// Who sends it; 0 for a visitor.
    pub me: PersonId,
    pub now: Timestamp,
    /// Why it does not stand still any more, in the words of whoever sends it.
    pub again: &'static str,
}

/// What a form asks for, or why it cannot.
pub(super) type Read = Result<Vec<What>, Unread>;

/// Why a form cannot be read.
pub(super) enum Unread {
    /// A stable word for it.
    Word(&'static str),
    /// A line of the steps, from 1.
    Line(usize),
    /// A line of what the job needs: the field, and its place from 1.
    Need(&'static str, usize),
}

impl From<&'static str> for Unread {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl Unread {
    fn words(&self, m: Messages) -> String {
        match self {
            Self::Word(word) => refusal(m, word).to_owned(),
            Self::Line(line) => m.still_work_bad_line(&line.to_string()),
            Self::Need(field, line) => {
                let field = match *field {
                    "labour" => m.still_work_labour_lines(),
                    "parts" => m.still_work_parts_lines(),
                    "locks" => m.still_work_locks_lines(),
                    _ => m.still_work_permits_lines(),
                };
                m.still_work_bad_need(field, &line.to_string())
            }
        }
    }
}

pub async fn go(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::read(&body);
    let form = format!("move/{}", fields.get("to"));
    doors.act(parts, id, "work.move", form, fields, read_move).await
}

pub async fn answer(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::read(&body);
    let form = format!("answer/{}", fields.get("step"));
    doors
        .act(parts, id, "work.answer", form, fields, read_answer)
        .await
}

pub async fn comment(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let (fields, form) = (Fields::read(&body), "comment".to_owned());
    doors
        .act(parts, id, "work.comment", form, fields, read_comment)
        .await
}

pub async fn finding(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let (fields, form) = (Fields::read(&body), "finding".to_owned());
    doors
        .act(parts, id, "work.finding", form, fields, read_finding)
        .await
}

pub async fn plan(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let (fields, form) = (Fields::read(&body), "plan".to_owned());
    doors.act(parts, id, "work.plan", form, fields, read_plan).await
}

pub async fn settle(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    RawForm(body): RawForm,
) -> Response {
    let fields = Fields::read(&body);
    let form = format!("settle/{}", fields.get("of"));
    doors
        .act(parts, id, "work.settle", form, fields, read_settle)
        .await
}

impl Doors {
    /// Takes a form on an order and leads back to it; what is not taken stands on the page with its reason.
    pub(super) async fn act(
        &self,
        parts: Parts,
        id: u32,
        action: &'static str,
        form: String,
        fields: Fields,
        read: impl FnOnce(&Reading<'_>) -> Read,
    ) -> Response {
        let (m, id) = (messages(&parts), OrderId::new(id));
        let Some(rights) = self.rights_of(&parts, id) else {
            return self.missing(parts, false).await;
        };
        let desk = &self.backend.work;
        let asset = desk.order(id, |order| order.request().asset);
        let workers = asset.map(|asset| self.workers(asset)).unwrap_or_default();
        let around = asset.map(|asset| self.around(asset)).unwrap_or_default();
        let me = author(&who::viewer(&parts)).person();
        let zone = &self.backend.zone;
        let what = desk.order(id, |order| {
            read(&Reading {
                order,
                fields: &fields,
                zone,
                workers: &workers,
                around: &around,
                me: me.unwrap_or(PersonId::new(0)),
                now: self.backend.clock.now(),
                again: m.still_work_again_runs(),
            })
        });
        let bad = |why: &Unread, fields: Fields| Bad {
            form: form.clone(),
            words: why.words(m),
            typed: fields.all(),
        };
        let what = match what {
            None => return self.missing(parts, false).await,
            Some(Ok(what)) => what,
            Some(Err(why)) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return self.order_page(parts, id, status, bad(&why, fields)).await;
            }
        };
        let back = Redirect::to(&routes::url(&format!("/work/{id}"))).into_response();
        if what.is_empty() {
            return back;
        }
        let viewer = who::viewer(&parts);
        let details = details_of(&what);
        let act = Act {
            order: Some(id),
            key: fields.key(),
            author: author(&viewer),
            device: device(&viewer),
            seen: fields.seen(),
            at: None,
            what,
        };
        match desk.take(act, rights).await {
            Ok(done) if done.is_repeated() => back,
            Ok(done) => {
                let is_conflict = |outcome: &Outcome| matches!(outcome, Outcome::InConflict(_));
                let is_aside = done.outcomes.iter().any(is_conflict);
                let details = json!({"after": details, "in_conflict": is_aside});
                let audit = &self.accounts.audit;
                match audit.note(&parts, action, format!("order {id}"), details).await {
                    Ok(()) => back,
                    Err(error) => broken(&error),
                }
            }
            Err(WorkError::Records(error)) => broken(&error),
            Err(WorkError::Broken(error)) => broken(&error),
            Err(error) => {
                let (status, word) = words::of_error(&error);
                self.order_page(parts, id, status, bad(&Unread::Word(word), fields))
                    .await
            }
        }
    }
}

/// What the audit log says of events: which, and no words of people.
fn details_of(what: &[What]) -> Vec<serde_json::Value> {
    let one = |what: &What| match what {
        What::Moved { to, .. } => json!({"state": to.word()}),
        What::Changed(change) => json!({"changed": change.field().word()}),
        What::Answered { step, .. } => json!({"step": step.get()}),
        What::Settled { of, keep } => json!({"of": of.to_string(), "keep": keep.word()}),
        What::Found(finding) => json!({"mode": finding.mode.code()}),
        other => json!(super::shown::event_word(other)),
    };
    what.iter().map(one).collect()
}

/// Who writes: an account, or somebody let in without one.
pub fn author(viewer: &Viewer) -> Author {
    let account = viewer.who.account();
    Author::Person(PersonId::new(account.map_or(0, |account| account.get())))
}

/// On what it is written: a session or token, or for who has none their address and role.
pub fn device(viewer: &Viewer) -> Key {
    if let Some(credential) = viewer.credential {
        return key_of(&format!("credential {credential}"));
    }
    let roles: Vec<&str> = viewer
        .who
        .grants()
        .iter()
        .map(|grant| grant.role.word())
        .collect();
    let address = viewer.address.as_deref().unwrap_or_default();
    key_of(&format!("visitor {address} {}", roles.join(" ")))
}

fn read_move(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    let to = Status::from_word(fields.get("to")).ok_or("bad_choice")?;
    let reason = Some(fields.text("reason", 1_000)?).filter(|reason| !reason.is_empty());
    let mut what = Vec::new();
    let from = fields.moment("from", reading.zone)?;
    let end = fields.moment("to_time", reading.zone)?;
    if to == Status::Scheduled {
        if let (Some(from), Some(end)) = (from, end) {
            let slot = Stretch::new(from, end).ok_or("bad_dates")?;
            what.push(What::Changed(Change::Slot(Some(slot))));
        }
        if let Some(person) = Some(fields.get("person")).filter(|person| !person.is_empty()) {
            let known = reading.workers.iter().find(|(id, _)| id.to_string() == person);
            let (id, _) = known.ok_or("bad_person")?;
            what.push(What::Changed(Change::Assignee(Assignee {
                crew: None,
                people: [PersonId::new(*id)].into(),
            })));
        }
    }
    what.push(What::Moved {
        to,
        reason: reason.map(Box::from),
    });
    Ok(what)
}

fn read_answer(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    let step = fields
        .get("step")
        .parse()
        .ok()
        .map(StepId::new)
        .ok_or("not_in_job")?;
    let skip = fields.text("skip", 500)?;
    if !skip.is_empty() {
        let answer = Answer::Skipped(skip.into());
        return Ok(vec![What::Answered { step, answer }]);
    }
    let known = reading.order.job().step(step).ok_or("not_in_job")?;
    let answer = match &known.kind {
        StepKind::Check if fields.get("value") == "done" => Answer::Checked,
        StepKind::Reading { .. } => Answer::Read {
            value: fields.number("value")?.ok_or("bad_number")?,
            note: Some(fields.text("note", 500)?)
                .filter(|note| !note.is_empty())
                .map(Box::from),
        },
        StepKind::Choice(_) => Answer::Chosen(fields.get("value").parse().ok().ok_or("bad_choice")?),
        // What was to be left out without saying why.
        StepKind::Check | StepKind::Photo | StepKind::Signature => return Err("no_reason".into()),
    };
    Ok(vec![What::Answered { step, answer }])
}

fn read_comment(reading: &Reading<'_>) -> Read {
    let text = reading.fields.text("text", LONGEST)?;
    Ok(vec![What::Commented {
        text: text.into(),
        mentions: Vec::new(),
    }])
}

fn read_finding(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    let cause = match fields.get("cause") {
        "" => None,
        code => Some(Cause::from_code(code).ok_or("bad_choice")?),
    };
    Ok(vec![What::Found(Finding {
        mode: FailureMode::from_code(fields.get("mode")).ok_or("bad_choice")?,
        mechanism: None,
        cause,
        activity: Activity::from_code(fields.get("activity")).ok_or("bad_choice")?,
        text: fields.text("text", LONGEST)?.into(),
    })])
}

/// What a planner changed: fields that are as they were are not written.
fn read_plan(reading: &Reading<'_>) -> Read {
    let (order, fields) = (reading.order, reading.fields);
    let before = super::shown::plan_of(order, reading.zone, reading.around);
    let mut what = Vec::new();
    let title = fields.text("title", TITLE)?;
    if title != before.title {
        what.push(What::Changed(Change::Title(title.into())));
    }
    let priority = Priority::from_word(fields.get("priority")).ok_or("bad_choice")?;
    if priority != order.priority() {
        what.push(What::Changed(Change::Priority(priority)));
    }
    if fields.get("due") != before.due {
        what.push(What::Changed(Change::Dates(Dates {
            latest: fields.day("due", reading.zone)?,
            ..order.dates()
        })));
    }
    let job = planned_job(reading, &before)?;
    if job != *order.job() {
        what.push(What::Changed(Change::Job(Box::new(job))));
    }
    Ok(what)
}

/// The job as the form has it. A form that does not ask for something leaves it as it was.
fn planned_job(reading: &Reading<'_>, before: &PlanForm) -> Result<Job, Unread> {
    let (fields, old) = (reading.fields, reading.order.job());
    let mut job = old.clone();
    if fields.get("steps") != before.steps.trim() {
        job.steps = steps::from_text(fields.text("steps", 2 * LONGEST)?, old).map_err(Unread::Line)?;
    }
    if fields.has("labour") {
        let labour = lines::labour_from(fields.text("labour", LONGEST)?);
        job.labour = labour.map_err(|line| Unread::Need("labour", line))?;
    } else if fields.has("craft") || fields.has("hours") {
        // Who else is needed stays as it was.
        let rest = old.labour.iter().skip(1).cloned();
        job.labour = labour(fields)?.into_iter().chain(rest).collect();
    }
    if fields.has("permits") {
        let permits = lines::permits_from(fields.text("permits", LONGEST)?);
        job.permits = permits.map_err(|line| Unread::Need("permits", line))?;
    }
    if fields.has("locks") {
        let locks = lines::locks_from(fields.text("locks", LONGEST)?);
        job.locks = locks.map_err(|line| Unread::Need("locks", line))?;
    }
    if fields.has("parts") && fields.get("parts") != before.parts.trim() {
        let known = |code: &str| reading.around.part(code);
        let parts = lines::parts_from(fields.text("parts", LONGEST)?, known);
        job.parts = parts.map_err(|line| Unread::Need("parts", line))?;
    }
    // An empty box is not sent: the field beside it says that it was there.
    if fields.has("stop_asked") {
        job.needs_stop = fields.get("needs_stop") == "yes";
    }
    Ok(job)
}

fn read_settle(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    Ok(vec![What::Settled {
        of: Key::from_text(fields.get("of")).ok_or("nothing_to_settle")?,
        keep: Keep::from_word(fields.get("keep")).ok_or("bad_choice")?,
    }])
}

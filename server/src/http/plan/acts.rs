//! What a planner drafts: where an order is put, what is undone, copies, and the search.

use app::i18n::Messages;
use axum::extract::{RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::civil::DateTime;
use maintenance::order::Right;
use maintenance::span::{Stretch, from_hours};
use serde_json::json;
use twin::Timestamp;

use super::said::Said;
use super::{Asked, At, times_of};
use crate::http::doors::{Doors, broken};
use crate::http::people::messages;
use crate::http::who;
use crate::http::work::form::Fields;
use crate::plan::Situation;
use crate::plan::optimise::Wanted;
use crate::plan::situation::{Job, Spot};
use crate::roster::{Entry, Placed, RosterError};
use crate::work::list::rights;

/// Seconds of a search where nothing else is asked for.
const SECONDS: u64 = 10;

/// What a form is about, once it is known who asks.
struct Form {
    fields: Fields,
    asked: Asked,
    at: At,
    m: Messages,
}

impl Doors {
    /// What a form is about; none where whoever sends it plans nothing there.
    fn form(&self, parts: &Parts, body: &[u8]) -> Option<Form> {
        let fields = Fields::read(body);
        let asked = Asked::of(&fields);
        let at = self.plan_at(parts, &asked)?;
        let m = messages(parts);
        Some(Form { fields, asked, at, m })
    }

    /// Writes entries of a draft and leads back to the board.
    async fn drafted(&self, parts: Parts, at: &At, to: String, entries: Vec<Entry>) -> Response {
        match self.backend.roster.write(at.draft.0, |_| Ok(entries)).await {
            Ok(()) => Redirect::to(&to).into_response(),
            Err(RosterError::Records(error)) => broken(&error),
            Err(error) => self.unfit(parts, at, error.to_string()).await,
        }
    }

    async fn unfit(&self, parts: Parts, at: &At, words: String) -> Response {
        let asked = Asked {
            site: Some(at.place.site),
            week: at.place.week.clone(),
            ..Asked::default()
        };
        self.board(parts, asked, Some((StatusCode::UNPROCESSABLE_ENTITY, words)))
            .await
    }
}

impl At {
    fn drafted(&self, placed: Vec<Placed>) -> Entry {
        Entry::Drafted {
            owner: self.draft.0,
            site: self.draft.1.get(),
            name: self.draft.2.clone(),
            placed,
        }
    }

    pub fn undone(&self, orders: Vec<u32>) -> Entry {
        Entry::Undone {
            owner: self.draft.0,
            site: self.draft.1.get(),
            name: self.draft.2.clone(),
            orders,
        }
    }
}

/// An order is put somewhere, or taken off the plan.
pub async fn place(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let Some(Form {
        fields,
        asked,
        mut at,
        m,
    }) = doors.form(&parts, &body)
    else {
        return doors.no_board(parts).await;
    };
    let Some(situation) = doors.situation(&parts, &mut at) else {
        return doors.no_board(parts).await;
    };
    let job = asked
        .job
        .and_then(|job| situation.job_of(job))
        .and_then(|place| situation.jobs.get(place));
    let Some(job) = job else {
        let words = m.still_plan_bad_order().to_owned();
        return doors
            .board(parts, asked, Some((StatusCode::NOT_FOUND, words)))
            .await;
    };
    let viewer = who::viewer(&parts);
    let rights = doors.backend.read(|twin| rights(&viewer, twin, job.asset));
    if !rights.has(Right::Schedule) {
        let words = m.still_work_bad_no_right().to_owned();
        return doors
            .board(parts, asked, Some((StatusCode::FORBIDDEN, words)))
            .await;
    }
    match read(&fields, &situation, job, m) {
        Err(words) => {
            let bad = Some((StatusCode::UNPROCESSABLE_ENTITY, words));
            doors.board(parts, asked, bad).await
        }
        Ok(spot) => {
            let to = at.place.order(job.id.get());
            let is_as_was = spot == job.committed || (spot.is_none() && job.committed.is_none());
            let entry = if is_as_was {
                at.undone(vec![job.id.get()])
            } else {
                at.drafted(vec![placed(&situation, job, spot.as_ref(), fields.seen())])
            };
            doors.drafted(parts, &at, to, vec![entry]).await
        }
    }
}

/// An order's place as a draft keeps it.
fn placed(situation: &Situation, job: &Job, spot: Option<&Spot>, seen: u32) -> Placed {
    let people = spot.map_or(&[][..], |spot| &spot.people).iter();
    Placed {
        order: job.id.get(),
        slot: spot.map(|spot| (spot.time.from().micros(), spot.time.to().micros())),
        people: people
            .filter_map(|place| situation.people.get(*place))
            .map(|one| one.person.id)
            .collect(),
        // A page cannot have seen more than there is.
        seen: seen.min(job.seen),
    }
}

/// Where the form puts it; none where it takes it off the plan.
fn read(fields: &Fields, situation: &Situation, job: &Job, m: Messages) -> Result<Option<Spot>, String> {
    let times = times_of(situation);
    let fmt = app::fmt::Fmt::new(m.locale());
    let said = Said {
        m,
        fmt,
        times,
        situation,
    };
    if job.is_fixed {
        return Err(m.still_plan_bad_fixed(&said.moment(situation.frozen)));
    }
    if !fields.get("off").is_empty() {
        return Ok(None);
    }
    let civil: Option<DateTime> = fields.get("from").parse().ok();
    let from = civil.and_then(|civil| situation.calendar.zone.instant(civil));
    let from: Timestamp = from.ok_or_else(|| m.still_plan_bad_time().to_owned())?;
    let hours = fields
        .number("hours")
        .ok()
        .flatten()
        .filter(|hours| (0.25..=200.0).contains(hours));
    let length = hours
        .and_then(from_hours)
        .ok_or_else(|| m.still_plan_bad_hours().to_owned())?;
    if from < situation.frozen {
        return Err(m.still_plan_bad_frozen(&said.moment(situation.frozen)));
    }
    let time = Stretch::new(from, from + length).filter(|time| situation.horizon.covers(*time));
    let time = time.ok_or_else(|| m.still_plan_wrong_horizon().to_owned())?;
    let somebody = |text: &str| match text {
        "" | "0" => Ok(None),
        id => {
            let place = id.parse().ok().and_then(|id| situation.place_of(id));
            place
                .map(Some)
                .ok_or_else(|| m.still_plan_bad_person().to_owned())
        }
    };
    let mut people: Vec<usize> = Vec::new();
    if let Some(was) = somebody(fields.get("was")).ok().flatten() {
        // One of several goes elsewhere, the others stay.
        let before = job.planned.as_ref().map_or(&[][..], |spot| &spot.people);
        people.extend(before.iter().filter(|place| **place != was));
    }
    for text in fields.every("person") {
        people.extend(somebody(text)?);
    }
    people.sort_unstable();
    people.dedup();
    Ok(Some(Spot { time, people }))
}

/// One order, or all of them, are as they were.
pub async fn undo(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let Some(form) = doors.form(&parts, &body) else {
        return doors.no_board(parts).await;
    };
    let place = &form.at.place;
    let (orders, to) = match form.asked.job {
        Some(order) if form.fields.get("to") == "commit" => (vec![order], place.beside("commit")),
        Some(order) => (vec![order], place.order(order)),
        None if form.fields.get("all") == "1" => (Vec::new(), place.url()),
        None => return Redirect::to(&place.url()).into_response(),
    };
    let entry = form.at.undone(orders);
    doors.drafted(parts, &form.at, to, vec![entry]).await
}

/// What somebody else did since is known, and the draft holds.
pub async fn keep(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let Some(form) = doors.form(&parts, &body) else {
        return doors.no_board(parts).await;
    };
    let (at, order) = (&form.at, form.asked.job.unwrap_or(0));
    let seen = doors.backend.work.order(
        maintenance::id::OrderId::new(order),
        maintenance::order::Order::revision,
    );
    let mine = doors.backend.roster.draft(&at.draft).get(&order).cloned();
    let to = at.place.order(order);
    let Some((seen, mine)) = seen.zip(mine) else {
        return Redirect::to(&to).into_response();
    };
    let entry = at.drafted(vec![Placed { seen, ..mine }]);
    doors.drafted(parts, at, to, vec![entry]).await
}

/// A copy of the draft to try things in.
pub async fn copy(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let Some(mut form) = doors.form(&parts, &body) else {
        return doors.no_board(parts).await;
    };
    let name: String = form.fields.get("name").chars().take(40).collect();
    if name.is_empty() {
        return Redirect::to(&form.at.place.url()).into_response();
    }
    let placed = doors.backend.roster.draft(&form.at.draft).into_values().collect();
    form.at.draft.2.clone_from(&name);
    form.at.place.copy = name;
    // A copy of that name is begun anew.
    let entries = vec![form.at.undone(Vec::new()), form.at.drafted(placed)];
    let to = form.at.place.url();
    doors.drafted(parts, &form.at, to, entries).await
}

/// A search begins, ends, or what it found is taken into the draft.
pub async fn optimise(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let Some(Form { fields, mut at, .. }) = doors.form(&parts, &body) else {
        return doors.no_board(parts).await;
    };
    let optimiser = &doors.backend.optimiser;
    match fields.get("act") {
        "begin" => {
            let Some(situation) = doors.situation(&parts, &mut at) else {
                return doors.no_board(parts).await;
            };
            let seconds = fields.get("seconds").parse().unwrap_or(SECONDS);
            let begun = optimiser.begin(wanted(&situation, &at, seconds));
            let more = if begun.is_err() { "&said=busy" } else { "" };
            Redirect::to(&format!("{}{more}", at.place.url())).into_response()
        }
        "stop" => {
            if let Some(run) = optimiser.of(&at.draft) {
                run.stop();
            }
            Redirect::to(&at.place.url()).into_response()
        }
        act @ ("take" | "take_all") => doors.take(parts, at, act == "take_all").await,
        _ => {
            optimiser.forget(&at.draft);
            Redirect::to(&at.place.url()).into_response()
        }
    }
}

/// All that is planned stays; what is not gets a place.
fn wanted(situation: &Situation, at: &At, seconds: u64) -> Wanted {
    let (mut problem, now) = situation.problem(|job| job.planned.is_some());
    let week = crate::plan::Week::read(&at.place.week, &situation.calendar.zone);
    if let Some(week) = week.and_then(|week| week.stretch()) {
        situation.begin(&mut problem, week.from());
    }
    Wanted {
        draft: at.draft.clone(),
        problem,
        now,
        orders: situation
            .jobs
            .iter()
            .map(|job| (job.id.get(), job.seen))
            .collect(),
        people: situation.people.iter().map(|one| one.person.id).collect(),
        seconds,
    }
}

impl Doors {
    /// What a search found becomes a draft: of the week that is shown, or all of it.
    async fn take(&self, parts: Parts, mut at: At, is_all: bool) -> Response {
        let Some(situation) = self.situation(&parts, &mut at) else {
            return self.no_board(parts).await;
        };
        let run = self.backend.optimiser.of(&at.draft);
        let found = run.and_then(|run| Some((run.progress().best?.0, run)));
        let Some((plan, run)) = found else {
            return Redirect::to(&at.place.url()).into_response();
        };
        let week = crate::plan::Week::read(&at.place.week, &situation.calendar.zone);
        let week = week.and_then(|week| week.stretch());
        let viewer = who::viewer(&parts);
        let mut taken = Vec::new();
        for ((order, seen), placements) in run.wanted.orders.iter().zip(&plan.jobs) {
            let place = situation.job_of(*order);
            let job = place.and_then(|place| situation.jobs.get(place));
            // Whoever planned it meanwhile knew better.
            let Some(job) = job.filter(|job| job.is_open() && job.planned.is_none()) else {
                continue;
            };
            let Some(one) = placements.as_ref().and_then(|placements| placements.first()) else {
                continue;
            };
            let is_here = is_all || week.is_some_and(|week| week.has(one.start));
            let rights = self.backend.read(|twin| rights(&viewer, twin, job.asset));
            if !is_here || !rights.has(Right::Schedule) || one.start < situation.frozen {
                continue;
            }
            let people = one
                .people
                .iter()
                .filter_map(|person| run.wanted.people.get(person.0))
                .copied();
            taken.push(Placed {
                order: *order,
                slot: Some((one.start.micros(), (one.start + job.length).micros())),
                people: people.collect(),
                seen: *seen,
            });
        }
        let count = taken.len();
        let to = format!("{}&said=taken&n={count}", at.place.url());
        let details = json!({"after": {"orders": count}});
        let audit = &self.accounts.audit;
        let site = format!("asset {}", at.site.get());
        if let Err(error) = audit.note(&parts, "plan.optimised", site, details).await {
            return broken(&error);
        }
        self.backend.optimiser.forget(&at.draft);
        let entries = if taken.is_empty() {
            Vec::new()
        } else {
            vec![at.drafted(taken)]
        };
        self.drafted(parts, &at, to, entries).await
    }
}

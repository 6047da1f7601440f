//! A draft becomes the plan: shown first, then written into the orders, each as its planner.

use app::i18n::Messages;
use app::still::Frame;
use app::still::plan::{ChangeLine, Commit, CommitPage};
use app::still::work::words::refusal;
use axum::extract::{Query, RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::prelude::*;
use maintenance::order::{Assignee, Change, Outcome, Status, What};
use planning::maintenance::{JobId, explain};
use serde_json::json;

use super::board::Drawing;
use super::said::Said;
use super::{Asked, At, times_of};
use crate::http::doors::{Doors, broken};
use crate::http::people::messages;
use crate::http::who;
use crate::http::work::form::{Fields, new_key};
use crate::http::work::{acts as work, words};
use crate::plan::Situation;
use crate::plan::situation::{Job, Spot};
use crate::work::desk::key_of;
use crate::work::list::{number, rights};
use crate::work::{Act, WorkError};

/// Changes that are explained one by one.
const EXPLAINED: usize = 200;

/// `GET /plan/commit`: what would be done.
pub async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    doors.commit_page(parts, &asked, Vec::new()).await
}

impl Doors {
    async fn commit_page(&self, parts: Parts, asked: &Asked, refused: Vec<String>) -> Response {
        let Some(mut at) = self.plan_at(&parts, asked) else {
            return self.no_board(parts).await;
        };
        let Some(situation) = self.situation(&parts, &mut at) else {
            return self.no_board(parts).await;
        };
        let place = at.place.clone();
        let drawing = Drawing::new(self, messages(&parts), &situation, at);
        let jobs = situation
            .jobs
            .iter()
            .enumerate()
            .filter(|(_, job)| job.is_drafted);
        let changes: Vec<ChangeLine> = jobs
            .enumerate()
            .map(|(count, (place, job))| drawing.change(place, job, count < EXPLAINED))
            .collect();
        let count = changes.len() as u64;
        let status = if refused.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::CONFLICT
        };
        let page = CommitPage {
            place,
            is_blocked: changes.iter().any(|change| change.moved.is_some()),
            changes,
            key: new_key(),
            refused,
        };
        let title = move |m: Messages| m.still_plan_commit_count(count);
        let draw = move || view! { <Commit page/> };
        self.page_of(parts, status, Frame::Header, title, draw).await
    }
}

impl Drawing<'_> {
    /// A change with where it was and will be, and why there.
    fn change(&self, place: usize, job: &Job, is_explained: bool) -> ChangeLine {
        let said = &self.said;
        let spot = |spot: Option<&Spot>| match spot {
            Some(spot) => format!("{}, {}", said.slot(spot), said.people(spot)),
            None => said.m.still_plan_off_words().to_owned(),
        };
        let against = self.against.get(&place);
        let why = match against {
            _ if self.situation.is_frozen(job) => {
                format!(
                    "⚠ {}",
                    said.m.still_plan_bad_fixed(&said.moment(self.situation.frozen))
                )
            }
            Some(against) => {
                let words = against.iter().map(|one| said.violation(JobId(place), one));
                format!("⚠ {}", words.collect::<Vec<_>>().join(" "))
            }
            None if is_explained => {
                let why = explain(&self.problem, &self.schedule, JobId(place)).ok();
                why.map_or_else(String::new, |why| said.binding(&why.binding))
            }
            None => String::new(),
        };
        ChangeLine {
            id: job.id.get(),
            number: number(job.id),
            title: job.title.clone(),
            before: spot(job.committed.as_ref()),
            to: spot(job.planned.as_ref()),
            why,
            moved: self.moved(job),
        }
    }
}

/// `POST /plan/commit`: every change becomes events of its order. What is not taken stays in the draft.
pub async fn commit(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let (m, fields) = (messages(&parts), Fields::read(&body));
    let asked = Asked {
        job: None,
        ..Asked::of(&fields)
    };
    let Some(mut at) = doors.plan_at(&parts, &asked) else {
        return doors.no_board(parts).await;
    };
    let Some(situation) = doors.situation(&parts, &mut at) else {
        return doors.no_board(parts).await;
    };
    let drafted = situation.jobs.iter().filter(|job| job.is_drafted);
    let drafted: Vec<&Job> = drafted.collect();
    if drafted.iter().any(|job| job.moved.is_some()) {
        // Nothing of it, so that who reads it decides about a whole.
        return doors
            .commit_page(parts, &asked, vec![m.still_plan_blocked().to_owned()])
            .await;
    }
    let key = fields.get("key").to_owned();
    if key.is_empty() {
        // Without it a second commit could not be told from the first sent again.
        return doors.commit_page(parts, &asked, Vec::new()).await;
    }
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    let said = Said {
        m,
        fmt: app::fmt::Fmt::new(m.locale()),
        times: times_of(&situation),
        situation: &situation,
    };
    for job in drafted {
        // It may be frozen since it was drafted.
        if situation.is_frozen(job) {
            let words = m.still_plan_bad_fixed(&said.moment(situation.frozen));
            refused.push(format!("{} {}: {words}", number(job.id), job.title));
            continue;
        }
        match doors.write(&parts, &situation, job, &key).await {
            Ok(()) => done.push(job.id.get()),
            Err(Unwritten::Broken(answer)) => return answer,
            Err(Unwritten::Refused(word)) => {
                refused.push(format!("{} {}: {}", number(job.id), job.title, refusal(m, word)));
            }
        }
    }
    if let Err(answer) = doors.forget(&at, &done).await {
        return answer;
    }
    if !refused.is_empty() {
        return doors.commit_page(parts, &asked, refused).await;
    }
    let mut place = at.place;
    place.copy = String::new();
    Redirect::to(&format!("{}&said=committed&n={}", place.url(), done.len())).into_response()
}

/// Why a change was not written.
enum Unwritten {
    /// A stable word for it.
    Refused(&'static str),
    /// The records could not be written: the whole stops.
    Broken(Response),
}

impl Doors {
    /// What is committed is no draft any more.
    async fn forget(&self, at: &At, done: &[u32]) -> Result<(), Response> {
        if done.is_empty() {
            return Ok(());
        }
        let written = self.backend.roster.write(at.draft.0, |book| {
            // A copy that was committed leaves nothing of the draft behind either.
            let keys = [(at.draft.0, at.site, String::new()), at.draft.clone()];
            let there = keys.into_iter().filter(|key| book.drafts.contains_key(key));
            let entries = there.map(|(owner, site, name)| crate::roster::Entry::Undone {
                owner,
                site: site.get(),
                name,
                orders: done.to_vec(),
            });
            Ok(entries.collect())
        });
        written.await.map_err(|error| broken(&error))
    }

    async fn write(
        &self,
        parts: &Parts,
        situation: &Situation,
        job: &Job,
        key: &str,
    ) -> Result<(), Unwritten> {
        let viewer = who::viewer(parts);
        let rights = self.backend.read(|twin| rights(&viewer, twin, job.asset));
        let what = events(situation, job);
        if what.is_empty() {
            return Ok(());
        }
        let act = Act {
            order: Some(job.id),
            key: key_of(&format!("{key} {}", job.id)),
            author: work::author(&viewer),
            device: work::device(&viewer),
            seen: job.seen,
            at: None,
            what,
        };
        match self.backend.work.take(act, rights).await {
            Ok(done) if done.is_repeated() => Ok(()),
            Ok(done) => {
                let is_aside = done
                    .outcomes
                    .iter()
                    .any(|outcome| matches!(outcome, Outcome::InConflict(_)));
                let from = job.planned.as_ref().map(|spot| spot.time.from().millis());
                let details = json!({"after": {"from": from}, "in_conflict": is_aside});
                let subject = format!("order {}", job.id);
                let noted = self
                    .accounts
                    .audit
                    .note(parts, "plan.commit", subject, details)
                    .await;
                noted.map_err(|error| Unwritten::Broken(broken(&error)))
            }
            Err(WorkError::Records(error)) => Err(Unwritten::Broken(broken(&error))),
            Err(WorkError::Broken(error)) => Err(Unwritten::Broken(broken(&error))),
            Err(error) => Err(Unwritten::Refused(words::of_error(&error).1)),
        }
    }
}

/// What a change comes to in an order's log.
fn events(situation: &Situation, job: &Job) -> Vec<What> {
    let Some(spot) = &job.planned else {
        let mut what = Vec::new();
        if job.status == Status::Scheduled {
            what.push(What::Moved {
                to: Status::Planned,
                reason: Some("Taken off the plan".into()),
            });
        }
        if job.committed.is_some() {
            what.push(What::Changed(Change::Slot(None)));
        }
        return what;
    };
    let before = job.committed.as_ref();
    let mut what = Vec::new();
    if before.is_none_or(|before| before.time != spot.time) {
        what.push(What::Changed(Change::Slot(Some(spot.time))));
    }
    if before.is_none_or(|before| before.people != spot.people) {
        let people = spot
            .people
            .iter()
            .filter_map(|place| situation.people.get(*place));
        what.push(What::Changed(Change::Assignee(Assignee {
            crew: None,
            people: people.map(|one| one.person.in_orders()).collect(),
        })));
    }
    if job.status == Status::Planned {
        what.push(What::Moved {
            to: Status::Scheduled,
            reason: None,
        });
    }
    what
}

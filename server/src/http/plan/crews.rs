//! `/plan/crews`: who works at a site and when, and what its lines are to make.

use std::collections::BTreeMap;

use app::i18n::Messages;
use app::still::Frame;
use app::still::plan::{CrewLine, Crews, CrewsPage, LineChoice, PersonLine};
use axum::extract::{Query, RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use leptos::prelude::*;
use maintenance::calendar::AbsenceKind;
use serde_json::json;
use twin::{AssetId, Span};

use super::roster::{Reading, Taken, read_absence, read_crew, read_person, read_production, read_site};
use super::said::Said;
use super::{Asked, At, times_of};
use crate::http::doors::{Doors, broken};
use crate::http::people::messages;
use crate::http::who;
use crate::http::work::form::Fields;
use crate::plan::Situation;
use crate::roster::book::{ANCHOR, CrewEntry};
use crate::roster::{Book, RosterError};
use crate::work::list::sees_work;

/// `GET /plan/crews`
pub async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    doors.crews(parts, &asked, None, Vec::new()).await
}

pub async fn crew(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    doors.change(parts, &body, "crews", read_crew).await
}

pub async fn person(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    doors.change(parts, &body, "people", read_person).await
}

pub async fn absence(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    doors.change(parts, &body, "absences", read_absence).await
}

pub async fn production(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    doors.change(parts, &body, "production", read_production).await
}

pub async fn site(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    doors.change(parts, &body, "site", read_site).await
}

impl Doors {
    /// Takes a form and leads back to the page; what is not taken stands on it with its reasons.
    async fn change(
        &self,
        parts: Parts,
        body: &[u8],
        form: &'static str,
        read: impl FnOnce(&Reading<'_>) -> Taken + Send,
    ) -> Response {
        let (m, fields) = (messages(&parts), Fields::read(body));
        let asked = Asked::of(&fields);
        let Some(mut at) = self.plan_at(&parts, &asked) else {
            return self.no_board(parts).await;
        };
        let Some(situation) = self.situation(&parts, &mut at) else {
            return self.no_board(parts).await;
        };
        let lines = self.lines(&parts, at.site);
        let read = |book: &Book| {
            read(&Reading {
                book,
                at: &at,
                zone: &situation.calendar.zone,
                fields: &fields,
                m,
                lines: &lines,
            })
        };
        match self.write_roster(&parts, &at, ("crews", form), read).await {
            Ok(answer) => answer,
            Err(why) => {
                self.crews(parts, &asked, Some((form.to_owned(), why)), fields.all())
                    .await
            }
        }
    }

    /// Writes what a form of a page comes to and leads back there.
    ///
    /// # Errors
    /// Why it is not taken, in words.
    pub(super) async fn write_roster(
        &self,
        parts: &Parts,
        at: &At,
        (page, form): (&str, &str),
        read: impl FnOnce(&Book) -> Taken + Send,
    ) -> Result<Response, Vec<String>> {
        let (mut why, mut count) = (Vec::new(), 0);
        let written = self.backend.roster.write(at.draft.0, |book| match read(book) {
            Ok((entries, taken)) => {
                count = taken;
                Ok(entries)
            }
            Err(words) => {
                why = words;
                Err("bad")
            }
        });
        match written.await {
            Ok(()) => {
                let details = json!({"after": {"form": form, "rows": count}});
                let subject = format!("asset {}", at.site.get());
                let audit = &self.accounts.audit;
                if let Err(error) = audit.note(parts, "roster.change", subject, details).await {
                    return Ok(broken(&error));
                }
                let to = at.place.beside(page);
                Ok(Redirect::to(&format!("{to}&said={form}&n={count}")).into_response())
            }
            Err(RosterError::Records(error)) => Ok(broken(&error)),
            Err(error) => {
                if why.is_empty() {
                    why.push(error.to_string());
                }
                Err(why)
            }
        }
    }

    /// The assets of a site that may have a production plan, by name: what stands right below it.
    fn lines(&self, parts: &Parts, site: AssetId) -> BTreeMap<String, u32> {
        let viewer = who::viewer(parts);
        self.backend.read(|twin| {
            let below = twin.children(site).iter();
            let seen = below.filter(|asset| sees_work(&viewer, twin, **asset));
            let named = seen.filter_map(|asset| Some((twin.asset(*asset)?.name.to_string(), asset.get())));
            named.collect()
        })
    }

    async fn crews(
        &self,
        parts: Parts,
        asked: &Asked,
        bad: Option<(String, Vec<String>)>,
        typed: Vec<(String, String)>,
    ) -> Response {
        let Some(mut at) = self.plan_at(&parts, asked) else {
            return self.no_board(parts).await;
        };
        let Some(situation) = self.situation(&parts, &mut at) else {
            return self.no_board(parts).await;
        };
        let m = messages(&parts);
        let said = Said {
            m,
            fmt: app::fmt::Fmt::new(m.locale()),
            times: times_of(&situation),
            situation: &situation,
        };
        let status = if bad.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let lines = self.lines(&parts, at.site);
        let mut page = shown(&self.backend.roster.book(), &situation, &said, at, &lines);
        page.bad = bad;
        page.typed = typed;
        page.said = match asked.said.as_str() {
            "" => None,
            "production" => Some(m.still_plan_imported(asked.n)),
            _ => Some(m.still_plan_saved().to_owned()),
        };
        let title = |m: Messages| m.still_plan_crews().to_owned();
        let draw = move || view! { <Crews page/> };
        self.page_of(parts, status, Frame::Header, title, draw).await
    }
}

fn shown(
    book: &Book,
    situation: &Situation,
    said: &Said<'_>,
    at: At,
    lines: &BTreeMap<String, u32>,
) -> CrewsPage {
    let m = said.m;
    let person = |one: &crate::roster::PersonEntry| PersonLine {
        id: one.id,
        name: one.name.clone(),
        crew: one.crew,
        crafts: one.crafts.join(", "),
        qualifications: one.qualifications.join(", "),
        away: book
            .absences
            .values()
            .filter(|away| away.person == one.id && away.time.to() > situation.now)
            .map(|away| {
                (
                    away.id,
                    format!(
                        "{} – {}",
                        said.day(away.time.from()),
                        said.day(away.time.to() - Span::from_secs(1))
                    ),
                )
            })
            .collect(),
    };
    let line = |(name, id): (&String, &u32)| {
        let runs = book
            .production
            .get(&AssetId::new(*id))
            .map_or(&[][..], |(_, runs)| runs);
        let last = runs
            .last()
            .map(|run| said.day(twin::Timestamp::from_micros(run.to)));
        LineChoice {
            id: *id,
            name: name.clone(),
            runs: last.map_or_else(|| "–".to_owned(), |last| format!("{} → {last}", runs.len())),
        }
    };
    let holidays = situation.calendar.holidays.iter();
    CrewsPage {
        site: at
            .sites
            .iter()
            .find(|(id, _)| *id == at.place.site)
            .map_or_else(String::new, |(_, name)| name.clone()),
        place: at.place.clone(),
        zone: situation.calendar.zone.name().to_owned(),
        frozen_hours: book.frozen_hours(at.site),
        holidays: holidays
            .map(|(day, name)| format!("{day} {name}"))
            .collect::<Vec<_>>()
            .join("\n"),
        crews: book.crews_of(at.site).map(crew_line).collect(),
        people: book.people_of(at.site).into_iter().map(person).collect(),
        lines: lines.iter().map(line).collect(),
        patterns: vec![
            ("early_late", turns(m, situation, true)),
            ("late_early", turns(m, situation, false)),
            ("day", m.still_plan_pattern_day().to_owned()),
            ("night", m.still_plan_pattern_night().to_owned()),
        ],
        reasons: AbsenceKind::ALL
            .iter()
            .map(|kind| (kind.word(), reason(m, *kind)))
            .collect(),
        bad: None,
        typed: Vec::new(),
        said: None,
    }
}

/// Why somebody is away.
fn reason(m: Messages, kind: AbsenceKind) -> &'static str {
    match kind {
        AbsenceKind::Leave => m.still_plan_leave(),
        AbsenceKind::Sick => m.still_plan_sick(),
        AbsenceKind::Training => m.still_plan_training(),
        AbsenceKind::Other => m.still_plan_others(),
    }
}

/// A crew with the shifts it has at all.
fn crew_line(crew: &CrewEntry) -> CrewLine {
    let mut shifts: Vec<String> = Vec::new();
    for shift in crew.days.iter().flatten() {
        let words = format!("{}–{}", shift.from, shift.to);
        if !shifts.contains(&words) {
            shifts.push(words);
        }
    }
    CrewLine {
        id: crew.id,
        name: crew.name.clone(),
        shifts: shifts.join(", "),
    }
}

/// Shifts that alternate, as this week has them: no rule of even and odd weeks holds over a year of 53.
fn turns(m: Messages, situation: &Situation, is_early_first: bool) -> String {
    let today = situation
        .calendar
        .zone
        .civil(situation.now)
        .map_or(ANCHOR, |civil| civil.date());
    let days = today.since(ANCHOR).map_or(0, |span| span.get_days());
    let week = today.iso_week_date().week().to_string();
    let is_first = days.div_euclid(7).rem_euclid(2) == 0;
    if is_first == is_early_first {
        m.still_plan_pattern_early(&week)
    } else {
        m.still_plan_pattern_late(&week)
    }
}

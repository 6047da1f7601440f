//! `/plan/crews`: who works at a site and when, and what its lines are to make.

use std::collections::BTreeMap;

use app::i18n::Messages;
use app::still::Frame;
use app::still::plan::{CrewLine, Crews, CrewsPage, LineChoice, PersonLine};
use axum::extract::{Query, RawForm, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::civil::Date;
use leptos::prelude::*;
use maintenance::calendar::{Absence, AbsenceKind, Zone};
use maintenance::{ical, table};
use serde_json::json;
use twin::{AssetId, Span};

use super::said::Said;
use super::{Asked, At, times_of};
use crate::http::doors::{Doors, broken};
use crate::http::people::messages;
use crate::http::who;
use crate::http::work::form::Fields;
use crate::plan::Situation;
use crate::roster::book::CrewEntry;
use crate::roster::{Book, Entry, RosterError, RunEntry, ShiftEntry};
use crate::work::list::sees_work;

/// Longest file, in bytes.
const LONGEST: usize = 1_000_000;
/// Problems of a file that are told.
const TOLD: usize = 20;
/// Names between commas.
const NAMES: usize = 20;

/// What was not taken, each problem in words.
type Taken = Result<(Vec<Entry>, u64), Vec<String>>;

/// `GET /plan/crews`
pub async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    doors.crews(parts, &asked, None, Vec::new()).await
}

/// What decides on a form: the roster, whose site, and what was typed.
struct Reading<'r> {
    book: &'r Book,
    at: &'r At,
    zone: &'r Zone,
    fields: &'r Fields,
    m: Messages,
    /// Lines by name, as whoever sends the form sees them.
    lines: &'r BTreeMap<String, u32>,
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
        let (mut why, mut count) = (Vec::new(), 0);
        let account = at.draft.0;
        let written = self.backend.roster.write(account, |book| {
            let reading = Reading {
                book,
                at: &at,
                zone: &situation.calendar.zone,
                fields: &fields,
                m,
                lines: &lines,
            };
            match read(&reading) {
                Ok((entries, taken)) => {
                    count = taken;
                    Ok(entries)
                }
                Err(words) => {
                    why = words;
                    Err("bad")
                }
            }
        });
        match written.await {
            Ok(()) => {
                let details = json!({"after": {"form": form, "rows": count}});
                let subject = format!("asset {}", at.site.get());
                if let Err(error) = self.accounts.audit.note(&parts, "roster.change", subject, details).await {
                    return broken(&error);
                }
                let to = at.place.beside("crews");
                Redirect::to(&format!("{to}&said={form}&n={count}")).into_response()
            }
            Err(RosterError::Records(error)) => broken(&error),
            Err(error) => {
                if why.is_empty() {
                    why.push(error.to_string());
                }
                self.crews(parts, &asked, Some((form.to_owned(), why)), fields.all()).await
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

fn shown(book: &Book, situation: &Situation, said: &Said<'_>, at: At, lines: &BTreeMap<String, u32>) -> CrewsPage {
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
            .map(|away| (away.id, format!("{} – {}", said.day(away.time.from()), said.day(away.time.to() - Span::from_secs(1)))))
            .collect(),
    };
    let line = |(name, id): (&String, &u32)| {
        let runs = book.production.get(&AssetId::new(*id)).map_or(&[][..], |(_, runs)| runs);
        let last = runs.last().map(|run| said.day(twin::Timestamp::from_micros(run.to)));
        LineChoice {
            id: *id,
            name: name.clone(),
            runs: last.map_or_else(|| "–".to_owned(), |last| format!("{} → {last}", runs.len())),
        }
    };
    let holidays = situation.calendar.holidays.iter();
    CrewsPage {
        site: at.sites.iter().find(|(id, _)| *id == at.place.site).map_or_else(String::new, |(_, name)| name.clone()),
        place: at.place.clone(),
        zone: situation.calendar.zone.name().to_owned(),
        frozen_hours: book.frozen_hours(at.site),
        holidays: holidays.map(|(day, name)| format!("{day} {name}")).collect::<Vec<_>>().join("\n"),
        crews: book.crews_of(at.site).map(crew_line).collect(),
        people: book.people_of(at.site).into_iter().map(person).collect(),
        lines: lines.iter().map(line).collect(),
        patterns: vec![
            ("early_late", m.still_plan_pattern_early_late()),
            ("late_early", m.still_plan_pattern_late_early()),
            ("day", m.still_plan_pattern_day()),
            ("night", m.still_plan_pattern_night()),
        ],
        reasons: AbsenceKind::ALL.iter().map(|kind| (kind.word(), reason(m, *kind))).collect(),
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

fn named(reading: &Reading<'_>) -> Result<String, Vec<String>> {
    let name = reading.fields.text("name", 80).unwrap_or_default();
    if name.is_empty() {
        return Err(vec![reading.m.still_plan_bad_name().to_owned()]);
    }
    Ok(name.to_owned())
}

fn next(last: Option<&u32>) -> u32 {
    last.copied().unwrap_or(0) + 1
}

fn read_crew(reading: &Reading<'_>) -> Taken {
    let week = |from: &str, to: &str| {
        let shift = ShiftEntry {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let day = |place: usize| if place < 5 { vec![shift.clone()] } else { Vec::new() };
        (0..7).map(day).collect::<Vec<_>>()
    };
    let (early, late) = (week("06:00", "14:00"), week("14:00", "22:00"));
    let days = match reading.fields.get("pattern") {
        "early_late" => [early, late].concat(),
        "late_early" => [late, early].concat(),
        "night" => week("22:00", "06:00"),
        _ => week("07:30", "15:30"),
    };
    let crew = Entry::Crew {
        id: next(reading.book.crews.keys().next_back()),
        site: reading.at.site.get(),
        name: named(reading)?,
        days,
    };
    Ok((vec![crew], 1))
}

/// Somebody of this site.
fn known<'b>(reading: &Reading<'b>, field: &str) -> Result<&'b crate::roster::PersonEntry, Vec<String>> {
    let id: Option<u32> = reading.fields.get(field).parse().ok();
    let found = id.and_then(|id| reading.book.people.get(&id));
    let here = found.filter(|person| {
        let crew = reading.book.crews.get(&person.crew);
        crew.is_some_and(|crew| crew.site == reading.at.site)
    });
    here.ok_or_else(|| vec![reading.m.still_plan_bad_person().to_owned()])
}

fn read_person(reading: &Reading<'_>) -> Taken {
    let (fields, m) = (reading.fields, reading.m);
    if !fields.get("gone").is_empty() {
        let gone = known(reading, "gone")?;
        let entry = Entry::Person {
            id: gone.id,
            crew: gone.crew,
            name: gone.name.clone(),
            account: gone.account,
            crafts: gone.crafts.clone(),
            qualifications: gone.qualifications.clone(),
            is_gone: true,
        };
        return Ok((vec![entry], 1));
    }
    let crew: Option<u32> = fields.get("crew").parse().ok();
    let crew = crew.and_then(|crew| reading.book.crews.get(&crew)).filter(|crew| crew.site == reading.at.site);
    let crew = crew.ok_or_else(|| vec![m.still_plan_nobody_yet().to_owned()])?;
    let list = |name: &str| {
        let all = fields.text(name, 500).unwrap_or_default().split(',').map(str::trim);
        let some = all.filter(|one| !one.is_empty()).take(NAMES);
        some.map(str::to_lowercase).collect::<Vec<String>>()
    };
    let entry = Entry::Person {
        id: next(reading.book.people.keys().next_back()),
        crew: crew.id,
        name: named(reading)?,
        account: None,
        crafts: list("crafts"),
        qualifications: list("qualifications"),
        is_gone: false,
    };
    Ok((vec![entry], 1))
}

fn read_absence(reading: &Reading<'_>) -> Taken {
    let (fields, m, book) = (reading.fields, reading.m, reading.book);
    if let Ok(id) = fields.get("id").parse::<u32>() {
        let away = book.absences.get(&id).ok_or_else(|| vec![m.still_plan_bad_person().to_owned()])?;
        let crew = book.people.get(&away.person).and_then(|person| book.crews.get(&person.crew));
        if crew.is_none_or(|crew| crew.site != reading.at.site) {
            return Err(vec![m.still_plan_bad_person().to_owned()]);
        }
        let entry = Entry::Absence {
            id,
            person: away.person,
            from: away.time.from().micros(),
            to: away.time.to().micros(),
            why: away.why.word().to_owned(),
            is_withdrawn: true,
        };
        return Ok((vec![entry], 1));
    }
    let person = known(reading, "person")?.id;
    let day = |name: &str| fields.get(name).parse::<Date>().ok();
    let site = book.site(reading.at.site, reading.zone);
    let kind = AbsenceKind::from_word(fields.get("why")).unwrap_or(AbsenceKind::Other);
    let days = day("first").zip(day("last"));
    let absence = days.and_then(|(first, last)| Absence::days(&site, first, last, kind));
    let absence = absence.ok_or_else(|| vec![m.still_plan_bad_time().to_owned()])?;
    let entry = Entry::Absence {
        id: next(book.absences.keys().next_back()),
        person,
        from: absence.time.from().micros(),
        to: absence.time.to().micros(),
        why: kind.word().to_owned(),
        is_withdrawn: false,
    };
    Ok((vec![entry], 1))
}

/// Runs by line, out of CSV or of a calendar; a file with a problem is not taken at all, each told with its line.
fn read_production(reading: &Reading<'_>) -> Taken {
    let (fields, m) = (reading.fields, reading.m);
    let text = fields.get("file");
    if text.is_empty() || text.len() > LONGEST {
        return Err(vec![m.still_plan_bad_file().to_owned()]);
    }
    let mut by_line: BTreeMap<u32, Vec<RunEntry>> = BTreeMap::new();
    let mut problems = Vec::new();
    let chosen: Option<u32> = fields.get("line").parse().ok();
    let chosen = chosen.filter(|line| reading.lines.values().any(|known| known == line));
    let run = |name: &str, product: &str, time: maintenance::span::Stretch| RunEntry {
        name: name.to_owned(),
        product: product.to_owned(),
        from: time.from().micros(),
        to: time.to().micros(),
    };
    if text.starts_with("BEGIN:VCALENDAR") {
        let Some(line) = chosen else {
            return Err(vec![format!("{}: {}", m.still_plan_line(), m.still_plan_bad_name())]);
        };
        let (events, wrong) = ical::read(text, reading.zone);
        problems.extend(wrong.iter().map(ToString::to_string));
        let sure = events.iter().filter(|event| event.status != ical::EventStatus::Cancelled);
        by_line.insert(line, sure.map(|event| run(&event.summary, "", event.time)).collect());
    } else {
        let (rows, wrong) = table::read_runs(text.as_bytes(), reading.zone);
        problems.extend(wrong.iter().map(ToString::to_string));
        for (line, one) in rows {
            let named = reading.lines.iter().find(|(name, _)| name.eq_ignore_ascii_case(&line));
            match chosen.or(named.map(|(_, id)| *id)) {
                Some(id) => by_line.entry(id).or_default().push(run(&one.name, &one.product, one.time)),
                None => problems.push(format!("{} “{line}”: {}", m.still_plan_line(), m.still_plan_bad_line())),
            }
        }
    }
    if !problems.is_empty() {
        problems.truncate(TOLD);
        return Err(problems);
    }
    let count = by_line.values().map(Vec::len).sum::<usize>() as u64;
    let entries = by_line.into_iter().filter_map(|(line, runs)| {
        let from = runs.iter().map(|run| run.from).min()?;
        let to = runs.iter().map(|run| run.to).max()?;
        Some(Entry::Production {
            site: reading.at.site.get(),
            line,
            from,
            to,
            runs,
        })
    });
    let entries: Vec<Entry> = entries.collect();
    if entries.is_empty() {
        return Err(vec![m.still_plan_bad_file().to_owned()]);
    }
    Ok((entries, count))
}

fn read_site(reading: &Reading<'_>) -> Taken {
    let (fields, m) = (reading.fields, reading.m);
    let zone = Zone::named(fields.get("zone")).map_err(|_unknown| vec![m.still_plan_bad_zone().to_owned()])?;
    let frozen: Option<u32> = fields.get("frozen").parse().ok().filter(|hours| *hours <= 24 * 28);
    let frozen_hours = frozen.ok_or_else(|| vec![m.still_plan_bad_hours().to_owned()])?;
    let mut holidays = Vec::new();
    for line in fields.get("holidays").lines().map(str::trim).filter(|line| !line.is_empty()).take(400) {
        let (day, name) = line.split_once(' ').unwrap_or((line, ""));
        if day.parse::<Date>().is_err() {
            return Err(vec![format!("{line}: {}", m.still_plan_bad_time())]);
        }
        holidays.push((day.to_owned(), name.trim().to_owned()));
    }
    let entry = Entry::Site {
        site: reading.at.site.get(),
        zone: zone.name().to_owned(),
        frozen_hours,
        holidays,
    };
    Ok((vec![entry], 1))
}

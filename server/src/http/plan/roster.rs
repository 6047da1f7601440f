//! From the forms of a roster to its entries: crews, people, absences, production, the site.

use std::collections::BTreeMap;

use app::i18n::Messages;
use jiff::civil::Date;
use maintenance::calendar::{Absence, AbsenceKind, Zone};
use maintenance::{ical, table};

use super::At;
use crate::http::work::form::Fields;
use crate::roster::{Book, Entry, RunEntry, ShiftEntry};

/// Longest file, in bytes.
const LONGEST: usize = 1_000_000;
/// Problems of a file that are told.
const TOLD: usize = 20;
/// Names between commas.
const NAMES: usize = 20;

/// What was not taken, each problem in words.
pub type Taken = Result<(Vec<Entry>, u64), Vec<String>>;

/// What decides on a form: the roster, whose site, and what was typed.
pub struct Reading<'r> {
    pub book: &'r Book,
    pub at: &'r At,
    pub zone: &'r Zone,
    pub fields: &'r Fields,
    pub m: Messages,
    /// Lines by name, as whoever sends the form sees them.
    pub lines: &'r BTreeMap<String, u32>,
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

pub fn read_crew(reading: &Reading<'_>) -> Taken {
    let week = |from: &str, to: &str| {
        let shift = ShiftEntry {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let day = |place: usize| {
            if place < 5 {
                vec![shift.clone()]
            } else {
                Vec::new()
            }
        };
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

pub fn read_person(reading: &Reading<'_>) -> Taken {
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
    let crew = crew
        .and_then(|crew| reading.book.crews.get(&crew))
        .filter(|crew| crew.site == reading.at.site);
    let crew = crew.ok_or_else(|| vec![m.still_plan_nobody_yet().to_owned()])?;
    let list = |name: &str| {
        let all = fields
            .text(name, 500)
            .unwrap_or_default()
            .split(',')
            .map(str::trim);
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

pub fn read_absence(reading: &Reading<'_>) -> Taken {
    let (fields, m, book) = (reading.fields, reading.m, reading.book);
    if let Ok(id) = fields.get("id").parse::<u32>() {
        let away = book
            .absences
            .get(&id)
            .ok_or_else(|| vec![m.still_plan_bad_person().to_owned()])?;
        let crew = book
            .people
            .get(&away.person)
            .and_then(|person| book.crews.get(&person.crew));
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
pub fn read_production(reading: &Reading<'_>) -> Taken {
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
    if ical::is_calendar(text) {
        let Some(line) = chosen else {
            return Err(vec![format!(
                "{}: {}",
                m.still_plan_line(),
                m.still_plan_bad_name()
            )]);
        };
        let (events, wrong) = ical::read(text, reading.zone);
        problems.extend(wrong.iter().map(ToString::to_string));
        let sure = events
            .iter()
            .filter(|event| event.status != ical::EventStatus::Cancelled);
        by_line.insert(
            line,
            sure.map(|event| run(&event.summary, "", event.time)).collect(),
        );
    } else {
        let (rows, wrong) = table::read_runs(text.as_bytes(), reading.zone);
        problems.extend(wrong.iter().map(ToString::to_string));
        for (line, one) in rows {
            let named = reading
                .lines
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(&line));
            match chosen.or(named.map(|(_, id)| *id)) {
                Some(id) => by_line
                    .entry(id)
                    .or_default()
                    .push(run(&one.name, &one.product, one.time)),
                None => problems.push(format!(
                    "{} “{line}”: {}",
                    m.still_plan_line(),
                    m.still_plan_bad_line()
                )),
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

pub fn read_site(reading: &Reading<'_>) -> Taken {
    let (fields, m) = (reading.fields, reading.m);
    let zone =
        Zone::named(fields.get("zone")).map_err(|_unknown| vec![m.still_plan_bad_zone().to_owned()])?;
    let frozen: Option<u32> = fields
        .get("frozen")
        .parse()
        .ok()
        .filter(|hours| *hours <= 24 * 28);
    let frozen_hours = frozen.ok_or_else(|| vec![m.still_plan_bad_hours().to_owned()])?;
    let mut holidays = Vec::new();
    for line in fields
        .get("holidays")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(400)
    {
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

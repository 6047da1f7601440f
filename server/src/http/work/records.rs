//! What was done on an order and is written down: time, parts, permits, locks, standing still, money. Something said
//! earlier is withdrawn with a reason, and stays in the log.

use axum::extract::{Path, RawForm, State};
use axum::http::request::Parts;
use axum::response::Response;
use maintenance::id::{Key, PersonId};
use maintenance::need::Evidence;
use maintenance::order::What;
use maintenance::order::event::{Cost, CostKind, Downtime, Money, TimeKind, Work};
use maintenance::span::{Stretch, from_hours};
use twin::{AssetId, Quality, Timestamp};

use super::acts::{Read, Reading};
use super::form::Fields;
use crate::http::doors::Doors;
use crate::roster::book::PEOPLE_FROM;
use crate::stock;

/// Longest time of one entry, in hours.
const LONGEST_HOURS: f64 = 48.0;
/// Points that are offered as evidence.
const POINTS: usize = 40;

/// What stands around an order: who may have worked on it, what it may take, what the twin shows of its equipment.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    /// Accounts that may do work here, and people of the site's roster.
    pub workers: Vec<(u32, String)>,
    /// Parts of the site: number, code, name, unit.
    pub parts: Vec<(u32, String, String, String)>,
    /// Points of the equipment with what they say now, in words and as evidence.
    pub points: Vec<(u32, String, Evidence)>,
}

impl Around {
    /// The part with this code.
    pub fn part(&self, code: &str) -> Option<maintenance::id::PartId> {
        let code = code.trim();
        let found = self.parts.iter().find(|part| part.1.eq_ignore_ascii_case(code));
        found.map(|part| maintenance::id::PartId::new(part.0))
    }
}

impl Doors {
    /// What stands around an order of this equipment, for whoever sees it.
    pub(super) fn around(&self, asset: AssetId) -> Around {
        let mut workers = self.workers(asset);
        let book = self.backend.roster.book();
        let trail = self.backend.read(|twin| twin.trail(asset));
        for site in &trail {
            let people = book.people_of(*site).into_iter();
            let alone = people.filter(|person| person.account.is_none());
            workers.extend(alone.map(|person| (PEOPLE_FROM + person.id, person.name.clone())));
        }
        let sites = stock::sites_of(&self.backend, asset);
        let parts = sites.iter().flat_map(|site| book.parts_of(*site));
        let parts = parts.map(|part| (part.id, part.code.clone(), part.name.clone(), part.unit.clone()));
        Around {
            workers,
            parts: parts.collect(),
            points: self.shown_of(asset),
        }
    }

    /// What the twin shows of an equipment now: what says a state in words first.
    fn shown_of(&self, asset: AssetId) -> Vec<(u32, String, Evidence)> {
        let mut found = self.backend.read(|twin| {
            let one = |id: &twin::PointId| {
                let (point, reading) = (twin.point(*id)?, twin.reading(*id)?);
                let (value, at) = (reading.value.as_ref()?, reading.time());
                let said = match value {
                    twin::Value::Text(text) => text.to_string(),
                    twin::Value::Bool(is_on) => is_on.to_string(),
                    twin::Value::Number(number) => {
                        let unit = point.unit.as_ref().map_or("", |unit| &*unit.symbol);
                        format!("{number:.*} {unit}", usize::from(point.decimals))
                    }
                };
                let words = format!("{}: {}", point.name, said.trim());
                let is_state = !matches!(value, twin::Value::Number(_));
                let evidence = match value.as_number() {
                    Some(value) => Evidence::Value {
                        point: *id,
                        at,
                        value,
                        quality: reading.quality,
                    },
                    None => Evidence::Words {
                        at,
                        text: words.as_str().into(),
                    },
                };
                (reading.quality != Quality::Bad).then_some((!is_state, id.get(), words, evidence))
            };
            let points = twin.points_of(asset).iter().filter_map(one);
            points.collect::<Vec<_>>()
        });
        found.sort_by(|one, other| (one.0, &one.2).cmp(&(other.0, &other.2)));
        let found = found.into_iter().take(POINTS);
        found
            .map(|(_, id, words, evidence)| (id, words, evidence))
            .collect()
    }
}

macro_rules! forms {
    ($($name:ident $action:literal $read:ident),+ $(,)?) => {
        $(pub async fn $name(
            State(doors): State<Doors>,
            Path(id): Path<u32>,
            parts: Parts,
            RawForm(body): RawForm,
        ) -> Response {
            let fields = Fields::read(&body);
            let form = match fields.get("place") {
                "" => stringify!($name).to_owned(),
                place => format!("{}/{place}", stringify!($name)),
            };
            doors.act(parts, id, $action, form, fields, $read).await
        })+
    };
}

forms! {
    time "work.time" read_time,
    part "work.part" read_part,
    permit "work.permit" read_permit,
    lock "work.lock" read_lock,
    stop "work.stop" read_stop,
    cost "work.cost" read_cost,
    withdraw "work.withdraw" read_withdraw,
    watch "work.watch" read_watch,
}

/// From when to when: both given, or hours from the beginning, or hours until now.
fn stretch_of(reading: &Reading<'_>) -> Result<Stretch, &'static str> {
    let fields = reading.fields;
    let hours = fields.number("hours")?;
    if hours.is_some_and(|hours| !(0.0..=LONGEST_HOURS).contains(&hours)) {
        return Err("bad_number");
    }
    let span = hours.and_then(from_hours);
    let from = fields.moment("from", reading.zone)?;
    let until = fields.moment("until", reading.zone)?;
    let (from, to) = match (from, until, span) {
        (Some(from), Some(until), _) => (from, until),
        (Some(from), None, Some(span)) => (from, from + span),
        (None, Some(until), Some(span)) => (until - span, until),
        (None, None, Some(span)) => (reading.now - span, reading.now),
        _ => return Err("bad_time"),
    };
    let time = Stretch::new(from, to).ok_or("bad_dates")?;
    match maintenance::span::hours(time.len()) <= LONGEST_HOURS {
        true => not_later(to, reading.now).map(|()| time),
        false => Err("bad_number"),
    }
}

fn not_later(at: Timestamp, now: Timestamp) -> Result<(), &'static str> {
    if at > now { Err("bad_since") } else { Ok(()) }
}

fn read_time(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    let person = reading.around.workers.iter().map(|(id, _)| *id);
    let person = person
        .chain([reading.me.get()])
        .find(|id| id.to_string() == fields.get("person"));
    Ok(vec![What::Worked(Work {
        person: PersonId::new(person.ok_or("bad_person")?),
        craft: fields.text("craft", 60)?.to_lowercase().into(),
        time: stretch_of(reading)?,
        kind: TimeKind::from_word(fields.get("kind")).ok_or("bad_choice")?,
    })])
}

fn read_part(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    // What a browser offers is code and name.
    let typed = fields.get("code");
    let code = typed.split_once(" · ").map_or(typed, |(code, _)| code);
    let part = reading.around.part(code).ok_or("bad_part")?;
    let quantity = fields.number("quantity")?.ok_or("bad_number")?;
    if quantity < 0.0 || (quantity == 0.0 && fields.get("act") != "reserved") {
        return Err("bad_number".into());
    }
    Ok(vec![match fields.get("act") {
        "used" => What::Used { part, quantity },
        "returned" => What::Used {
            part,
            quantity: -quantity,
        },
        "reserved" => What::Reserved {
            part,
            quantity,
            arrives: None,
        },
        _ => return Err("bad_choice".into()),
    }])
}

fn place_of(reading: &Reading<'_>) -> Result<u16, &'static str> {
    reading.fields.get("place").parse().ok().ok_or("not_in_job")
}

fn read_permit(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    let number = match fields.get("act") {
        "back" => None,
        _ => Some(fields.text("number", 60)?).filter(|number| !number.is_empty()),
    };
    if number.is_none() && fields.get("act") != "back" {
        return Err("empty".into());
    }
    Ok(vec![What::Permit {
        permit: place_of(reading)?,
        number: number.map(Box::from),
    }])
}

fn read_lock(reading: &Reading<'_>) -> Read {
    Ok(vec![What::Lock {
        point: place_of(reading)?,
        is_on: reading.fields.get("act") == "on",
    }])
}

/// The equipment stood still; with `of`, what was said to stand still runs again.
fn read_stop(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    let until = fields.moment("until", reading.zone)?;
    if let Some(until) = until {
        not_later(until, reading.now)?;
    }
    if let Some(of) = Key::from_text(fields.get("of")) {
        let standing = reading.order.entry(of).map(|entry| &entry.event.what);
        let Some(What::Stopped(stop)) = standing else {
            return Err("nothing_to_withdraw".into());
        };
        let stop = Downtime {
            to: Some(until.unwrap_or(reading.now)),
            ..stop.clone()
        };
        let reason = reading.again.into();
        return Ok(vec![What::Withdrawn { of, reason }, What::Stopped(stop)]);
    }
    let from = fields.moment("from", reading.zone)?.ok_or("bad_time")?;
    not_later(from, reading.now)?;
    let shown = match fields.get("point") {
        "" => None,
        point => {
            let mut points = reading.around.points.iter();
            let shown = points.find(|(id, ..)| id.to_string() == point);
            Some(shown.ok_or("bad_choice")?.2.clone())
        }
    };
    Ok(vec![What::Stopped(Downtime {
        from,
        to: until,
        is_failure: match fields.get("cause") {
            "failure" => true,
            "work" => false,
            _ => return Err("bad_choice".into()),
        },
        reason: fields.text("reason", 500)?.into(),
        evidence: shown,
    })])
}

fn read_cost(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    let amount = fields.number("amount")?.ok_or("bad_number")?;
    if !(0.0..=100_000_000.0).contains(&amount) || amount == 0.0 {
        return Err("bad_number".into());
    }
    #[allow(clippy::cast_possible_truncation, reason = "checked to be in range")]
    let cents = (amount * 100.0).round() as i64;
    Ok(vec![What::Spent(Cost {
        kind: CostKind::from_word(fields.get("kind")).ok_or("bad_choice")?,
        amount: Money(cents),
        text: fields.text("text", 500)?.into(),
    })])
}

fn read_withdraw(reading: &Reading<'_>) -> Read {
    let fields = reading.fields;
    Ok(vec![What::Withdrawn {
        of: Key::from_text(fields.get("place")).ok_or("nothing_to_withdraw")?,
        reason: fields.text("reason", 500)?.into(),
    }])
}

fn read_watch(reading: &Reading<'_>) -> Read {
    if reading.me.get() == 0 {
        return Err("bad_person".into());
    }
    Ok(vec![What::Watched {
        person: reading.me,
        is_on: reading.fields.get("act") == "on",
    }])
}

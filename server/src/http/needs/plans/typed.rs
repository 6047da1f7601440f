//! From what was typed into the form of a plan to the plan, and back.

use std::collections::BTreeMap;

use app::still::needs::PlanSheet;
use maintenance::order::Job;

use crate::http::work::form::{Fields, TITLE};
use crate::needs::Sheet;
use crate::needs::condition::{Condition, LONGEST};
use crate::needs::sheet::{ByCalendar, ByCondition, ByMeter, MeterOf};
use crate::work::steps;

/// A stored plan as its form has it.
pub(super) fn typed_of(sheet: &Sheet) -> PlanSheet {
    let calendar = sheet.calendar.clone().unwrap_or_default();
    let meter = sheet.meter.clone().unwrap_or_default();
    let condition = sheet.condition.clone().unwrap_or_default();
    let number = |is_there: bool, value: f64| match is_there {
        true => value.to_string(),
        false => String::new(),
    };
    let first = calendar.first.split('T').next().unwrap_or_default().to_owned();
    PlanSheet {
        title: sheet.title.clone(),
        mode: sheet.mode.clone(),
        count: number(calendar.count > 0, f64::from(calendar.count)),
        unit: calendar.unit,
        first,
        floating: calendar.floating,
        meter: meter.of.word(),
        every: number(sheet.meter.is_some(), meter.every),
        from: number(sheet.meter.is_some(), meter.from),
        formula: condition.formula,
        held: number(sheet.condition.is_some(), f64::from(condition.held_minutes)),
        lead: sheet.lead_days.to_string(),
        tolerance: sheet.tolerance_days.to_string(),
        is_on: sheet.is_on,
        craft: sheet.craft.clone(),
        hours: number(sheet.hours > 0.0, sheet.hours),
        steps: sheet.steps.clone(),
    }
}

/// What was typed, to be shown again.
pub(super) fn typed(fields: &Fields) -> PlanSheet {
    let field = |name: &str| fields.get(name).to_owned();
    PlanSheet {
        title: field("title"),
        mode: field("mode"),
        count: field("count"),
        unit: field("unit"),
        first: field("first"),
        floating: fields.get("floating") == "yes",
        meter: field("meter"),
        every: field("every"),
        from: field("from"),
        formula: field("formula"),
        held: field("held"),
        lead: field("lead"),
        tolerance: field("tolerance"),
        is_on: fields.get("is_on") == "yes",
        craft: field("craft"),
        hours: field("hours"),
        steps: field("steps"),
    }
}

/// Why a plan was not taken: a stable word, or words about its formula.
pub(super) enum Wrong {
    Word(&'static str),
    Formula(String),
}

impl From<&'static str> for Wrong {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

/// A whole number; nothing typed is none of it.
fn count(fields: &Fields, name: &str) -> Result<u32, &'static str> {
    match fields.get(name) {
        "" => Ok(0),
        text => text.parse().ok().ok_or("bad_number"),
    }
}

/// What a form says of a plan. `shown` is what its counter shows now.
pub(super) fn sheet_of(
    fields: &Fields,
    zone: &str,
    shown: &dyn Fn(&MeterOf) -> Option<f64>,
    names: &BTreeMap<String, twin::PointId>,
) -> Result<Sheet, Wrong> {
    let calendar = match count(fields, "count")? {
        0 => None,
        every => Some(ByCalendar {
            count: u16::try_from(every).ok().ok_or("bad_number")?,
            unit: fields.get("unit").to_owned(),
            first: format!("{}T06:00", fields.get("first")),
            floating: fields.get("floating") == "yes",
            zone: zone.to_owned(),
        }),
    };
    let meter = match fields.get("meter") {
        "" => None,
        word => {
            let of = MeterOf::from_word(word).ok_or("bad_choice")?;
            let from = fields.number("from")?.or_else(|| shown(&of)).ok_or("no_count")?;
            Some(ByMeter {
                of,
                every: fields.number("every")?.ok_or("bad_meter")?,
                from,
            })
        }
    };
    let condition = match fields.text("formula", LONGEST)? {
        "" => None,
        formula => {
            Condition::check(formula, names).map_err(Wrong::Formula)?;
            Some(ByCondition {
                formula: formula.to_owned(),
                held_minutes: count(fields, "held")?,
            })
        }
    };
    let steps = fields.text("steps", 4_000)?;
    steps::from_text(steps, &Job::default()).ok().ok_or("bad_steps")?;
    let hours = fields.number("hours")?.unwrap_or(0.0);
    if !(0.0..=10_000.0).contains(&hours) {
        return Err("bad_number".into());
    }
    Ok(Sheet {
        id: count(fields, "id")?,
        asset: fields.get("asset").parse().ok().ok_or("bad_choice")?,
        title: fields.text("title", TITLE)?.to_owned(),
        mode: fields.get("mode").to_owned(),
        calendar,
        meter,
        condition,
        lead_days: count(fields, "lead")?,
        tolerance_days: count(fields, "tolerance")?,
        is_on: fields.get("is_on") == "yes",
        craft: fields.text("craft", 60)?.to_owned(),
        hours,
        steps: steps.to_owned(),
        demo: String::new(),
    })
}

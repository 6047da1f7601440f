//! What the demo begins with: preventive plans as a plant of this kind has them, by calendar, by meter and by
//! condition.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use twin::{AssetId, Timestamp};

use super::sheet::{ByCalendar, ByCondition, ByMeter, MeterOf};
use super::{Entry, Sheet};
use crate::backend::Gemba;

/// How often and how many times counters are looked for.
const EVERY: Duration = Duration::from_secs(2);
const TRIES: usize = 150;

/// One plan.
struct Story {
    /// Tells it from the others, for ever.
    name: &'static str,
    /// The asset's key in the demo plant's model.
    asset: &'static str,
    title: &'static str,
    mode: &'static str,
    when: When,
    lead: u32,
    tolerance: u32,
    craft: &'static str,
    hours: f64,
    steps: &'static str,
}

/// When it comes due; days are counted from the first start of the demo.
enum When {
    /// So many of the unit, the first so many days from then.
    Every(u16, &'static str, i64),
    /// So much of a counter, of which so much is used up already.
    Count(&'static str, f64, f64),
    /// The formula for so many minutes.
    While(&'static str, u32),
    /// Whichever comes first.
    Either(u16, &'static str, i64, &'static str, f64, f64),
}

const STORIES: &[Story] = &[
    Story {
        name: "p101-grease",
        asset: "lyon-p-101",
        title: "Grease the bearings",
        mode: "VIB",
        when: When::Count("running_hours", 2_000.0, 1_880.0),
        lead: 14,
        tolerance: 5,
        craft: "lubrication",
        hours: 0.5,
        steps: "Clean the nipples\nGrease drive end and free end, 20 g each\nVibration at the drive end | mm/s | 0 | 4.5",
    },
    Story {
        name: "p111-starts",
        asset: "lyon-p-111",
        title: "Look at the contactor and the coupling",
        mode: "FTS",
        when: When::Count("starts", 500.0, 505.0),
        lead: 7,
        tolerance: 14,
        craft: "electrician",
        hours: 1.0,
        steps: "Isolate and lock out\nContacts | good ; burnt\nCoupling star | good ; worn",
    },
    Story {
        name: "c01-service",
        asset: "lyon-c-01",
        title: "Service A: oil filter and separator",
        mode: "OTH",
        when: When::Either(6, "month", 11, "running_hours", 4_000.0, 3_700.0),
        lead: 14,
        tolerance: 7,
        craft: "mechanic",
        hours: 3.5,
        steps: "Depressurise and lock out\nChange the oil filter\nChange the separator\nOil level | % | 40 | 80",
    },
    Story {
        name: "c02-service",
        asset: "lyon-c-02",
        title: "Service A: oil filter and separator",
        mode: "OTH",
        when: When::Either(6, "month", 67, "running_hours", 4_000.0, 1_200.0),
        lead: 14,
        tolerance: 7,
        craft: "mechanic",
        hours: 3.5,
        steps: "Depressurise and lock out\nChange the oil filter\nChange the separator\nOil level | % | 40 | 80",
    },
    Story {
        name: "d01-dew-point",
        asset: "lyon-d-01",
        title: "Change the pre-filter of the dryer",
        mode: "PLU",
        when: When::Every(3, "month", 4),
        lead: 10,
        tolerance: 5,
        craft: "mechanic",
        hours: 1.0,
        steps: "Bypass the dryer\nChange the cartridge\nPressure drop | bar | 0 | 0.2",
    },
    Story {
        name: "ro-cip",
        asset: "lyon-ro-01-stage-1",
        title: "Clean the membranes in place",
        mode: "PLU",
        when: When::While("differential_pressure > 1.9", 30),
        lead: 0,
        tolerance: 7,
        craft: "process",
        hours: 6.0,
        steps: "Alkaline cleaning\nAcid cleaning\nPressure drop after cleaning | bar | 0.4 | 1.5",
    },
    Story {
        name: "softener-salt",
        asset: "lyon-sf-01",
        title: "Fill the brine tank",
        mode: "LOO",
        when: When::While("salt_level < 30", 15),
        lead: 0,
        tolerance: 2,
        craft: "operations",
        hours: 0.5,
        steps: "Salt filled in | kg | 100 | 600",
    },
    Story {
        name: "dosing-valves",
        asset: "lyon-dp-01",
        title: "Change valves and diaphragm",
        mode: "INL",
        when: When::Every(1, "year", 118),
        lead: 30,
        tolerance: 21,
        craft: "mechanic",
        hours: 2.0,
        steps: "Rinse and lock out\nChange the valves\nChange the diaphragm\nStroke calibrated | mL | 8 | 12",
    },
    Story {
        name: "filler-g2",
        asset: "lyon-line-2-filler-g2",
        title: "Oil sample of the gearbox",
        mode: "OTH",
        when: When::Every(4, "week", 2),
        lead: 7,
        tolerance: 4,
        craft: "lubrication",
        hours: 0.5,
        steps: "Take 100 mL at running temperature\nLabel and send the sample",
    },
];

/// Writes the demo's plans as soon as their counters are heard; gives up on the rest after a while.
pub async fn begin(backend: Arc<Gemba>, stop: CancellationToken) {
    let mut tries = tokio::time::interval(EVERY);
    for _ in 0..TRIES {
        tokio::select! {
            _ = tries.tick() => {}
            () = stop.cancelled() => return,
        }
        write(&backend).await;
        let known = |book: &super::desk::Book| {
            let demo = book.plans.values().filter(|state| !state.sheet.demo.is_empty());
            demo.count()
        };
        if backend.needs.read(known) >= STORIES.len() {
            return;
        }
    }
}

/// Writes those that are not there yet. Whose asset is not in the model, or whose counter was not heard, is left out.
async fn write(backend: &Gemba) {
    let now = backend.clock.now();
    let known: Vec<String> = backend.needs.read(|book| {
        book.plans
            .values()
            .map(|state| state.sheet.demo.clone())
            .collect()
    });
    let zone = backend.zone.iana_name().unwrap_or("UTC").to_owned();
    let mut sheets = Vec::new();
    for story in STORIES
        .iter()
        .filter(|story| !known.iter().any(|name| name == story.name))
    {
        let found = backend.read(|twin| {
            let asset = twin.modelled(story.asset)?;
            let shown = |property: &str| {
                let point = twin.property(asset, property)?;
                twin.reading(point)?.value.as_ref()?.as_number()
            };
            Some((asset, story.counter().and_then(shown)))
        });
        if let Some((asset, shown)) = found {
            sheets.extend(story.sheet(asset, shown, &zone, now));
        }
    }
    let written = backend.needs.take(move |book, _| {
        let first = book.next_plan();
        let planned = |(id, sheet): (u32, Sheet)| Entry::Planned {
            sheet: Sheet { id, ..sheet },
            by: None,
        };
        Ok((first..).zip(sheets).map(planned).collect())
    });
    if let Err(error) = written.await {
        tracing::warn!(%error, "the plans of the demo cannot be made");
    }
}

impl Story {
    /// The counter it goes by.
    const fn counter(&self) -> Option<&'static str> {
        match self.when {
            When::Count(counter, ..) | When::Either(_, _, _, counter, ..) => Some(counter),
            When::Every(..) | When::While(..) => None,
        }
    }

    /// The plan; none where its counter shows nothing yet.
    fn sheet(&self, asset: AssetId, shown: Option<f64>, zone: &str, now: Timestamp) -> Option<Sheet> {
        let calendar = |count: u16, unit: &str, days: i64| {
            let first = now + twin::Span::from_secs(days * 86_400);
            let first = jiff::Timestamp::from_microsecond(first.micros()).ok()?;
            let zoned = first.in_tz(zone).ok()?;
            Some(ByCalendar {
                count,
                unit: unit.to_owned(),
                first: format!("{}T06:00", zoned.date()),
                floating: false,
                zone: zone.to_owned(),
            })
        };
        let meter = |counter: &str, every: f64, used: f64| {
            Some(ByMeter {
                of: MeterOf::Property(counter.to_owned()),
                every,
                from: (shown? - used).round(),
            })
        };
        let mut sheet = Sheet {
            id: 0,
            asset: asset.get(),
            title: self.title.to_owned(),
            mode: self.mode.to_owned(),
            lead_days: self.lead,
            tolerance_days: self.tolerance,
            is_on: true,
            craft: self.craft.to_owned(),
            hours: self.hours,
            steps: self.steps.to_owned(),
            demo: self.name.to_owned(),
            ..Sheet::default()
        };
        match self.when {
            When::Every(count, unit, days) => sheet.calendar = Some(calendar(count, unit, days)?),
            When::Count(counter, every, used) => sheet.meter = Some(meter(counter, every, used)?),
            When::While(formula, held_minutes) => {
                sheet.condition = Some(ByCondition {
                    formula: formula.to_owned(),
                    held_minutes,
                });
            }
            When::Either(count, unit, days, counter, every, used) => {
                sheet.calendar = Some(calendar(count, unit, days)?);
                sheet.meter = Some(meter(counter, every, used)?);
            }
        }
        Some(sheet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_of_the_demo_can_be() {
        let now = Timestamp::from_millis(1_772_431_200_000);
        for story in STORIES {
            let sheet = story.sheet(AssetId::new(1), Some(9_000.0), "Europe/Paris", now);
            let sheet = sheet.unwrap_or_else(|| panic!("{}", story.name));
            assert!(sheet.plan().is_ok(), "{}: {:?}", story.name, sheet.plan());
            let steps = crate::work::steps::from_text(&sheet.steps, &maintenance::order::Job::default());
            assert!(steps.is_ok(), "{}", story.name);
        }
    }
}

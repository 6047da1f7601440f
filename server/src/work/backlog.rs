//! A month of routine work for the demo, made from one small table over both sites: what is ready to be planned,
//! and what of this week is planned already.

use maintenance::iso14224::FailureMode;
use maintenance::order::event::{Author, External, Request};
use maintenance::order::job::Labour;
use maintenance::order::{Assignee, Change, Dates, Job, Priority, Rights, Status, What, WorkKind};
use maintenance::span::Stretch;
use twin::{AssetId, Span, Timestamp};

use super::demo::SYSTEM;
use super::desk::{Act, key_of};
use crate::backend::Gemba;
use crate::plan::Week;
use crate::roster::Book;

/// What is to be done at both sites.
struct Routine {
    /// The asset's key without its site.
    asset: &'static str,
    title: &'static str,
    craft: &'static str,
    people: u16,
    hours: f64,
    priority: Priority,
    /// Days from now at the first site; the second is two days later.
    due: i64,
    /// Only while its line stands.
    needs_stop: bool,
    kind: WorkKind,
}

const fn routine(
    asset: &'static str,
    title: &'static str,
    (craft, people, hours): (&'static str, u16, f64),
    due: i64,
    needs_stop: bool,
) -> Routine {
    Routine {
        asset,
        title,
        craft,
        people,
        hours,
        priority: Priority::Medium,
        due,
        needs_stop,
        kind: WorkKind::Predetermined,
    }
}

const fn corrective(priority: Priority, of: Routine) -> Routine {
    Routine {
        priority,
        kind: WorkKind::CorrectiveDeferred,
        ..of
    }
}

const fn soon(of: Routine) -> Routine {
    Routine {
        priority: Priority::High,
        kind: WorkKind::ConditionBased,
        ..of
    }
}

const fn easy(of: Routine) -> Routine {
    Routine {
        priority: Priority::Low,
        ..of
    }
}

/// What is ready to be planned.
const READY: [Routine; 24] = [
    soon(routine(
        "line-1-filler",
        "Replace the bearing of the star wheel",
        ("mechanic", 2, 4.0),
        9,
        true,
    )),
    routine(
        "line-1-filler-g2",
        "Change the gear oil",
        ("lubrication", 1, 1.5),
        12,
        true,
    ),
    routine(
        "line-1-capper",
        "Check the torque of all heads",
        ("mechanic", 1, 2.0),
        10,
        true,
    ),
    corrective(
        Priority::High,
        routine(
            "line-2-labeller",
            "Vacuum drum leaks air",
            ("mechanic", 1, 3.0),
            8,
            true,
        ),
    ),
    routine(
        "line-2-packer",
        "Tension the drive belts",
        ("mechanic", 1, 2.0),
        16,
        true,
    ),
    routine(
        "line-2-palletiser",
        "Inspect the chain and its guards",
        ("mechanic", 1, 2.5),
        20,
        true,
    ),
    easy(routine(
        "line-1-palletiser",
        "Grease the turntable",
        ("lubrication", 1, 1.0),
        18,
        true,
    )),
    routine(
        "c-01",
        "Change oil and oil filter",
        ("lubrication", 1, 2.0),
        11,
        false,
    ),
    routine(
        "c-02",
        "Clean the cooler and check the belts",
        ("mechanic", 1, 3.0),
        15,
        false,
    ),
    routine(
        "d-01",
        "Service the dryer's drain",
        ("mechanic", 1, 1.0),
        21,
        false,
    ),
    soon(routine(
        "p-111",
        "Align the coupling",
        ("mechanic", 1, 2.0),
        10,
        false,
    )),
    routine("p-112", "Replace the shaft seal", ("mechanic", 1, 3.0), 19, false),
    routine(
        "dp-01",
        "Calibrate the dosing pump",
        ("instruments", 1, 1.5),
        9,
        false,
    ),
    routine(
        "ro-01",
        "Verify the conductivity probes",
        ("instruments", 1, 2.0),
        13,
        false,
    ),
    routine(
        "ro-01-stage-2",
        "Clean the membranes",
        ("process", 1, 6.0),
        14,
        false,
    ),
    routine(
        "sf-01",
        "Refill and rinse the softener",
        ("process", 1, 2.0),
        10,
        false,
    ),
    routine("lp-01", "Sanitise the loop", ("process", 1, 5.0), 17, false),
    routine(
        "ahu-01-filter",
        "Change the filters",
        ("mechanic", 1, 1.5),
        22,
        false,
    ),
    soon(routine(
        "ahu-02-fan",
        "Replace the fan belt",
        ("mechanic", 1, 1.5),
        8,
        false,
    )),
    routine(
        "meter",
        "Thermography of the main panel",
        ("electrician", 1, 3.0),
        16,
        false,
    ),
    routine(
        "line-1-packer",
        "Check the safety switches",
        ("electrician", 1, 2.0),
        11,
        true,
    ),
    corrective(
        Priority::Medium,
        routine(
            "line-2-capper",
            "Encoder drops out now and then",
            ("electrician", 1, 2.5),
            9,
            true,
        ),
    ),
    routine(
        "ahu-02",
        "Calibrate temperature and humidity",
        ("instruments", 1, 2.5),
        18,
        false,
    ),
    easy(routine(
        "tk-01",
        "Inspect the vent filter",
        ("process", 1, 1.0),
        24,
        false,
    )),
];

/// What of this week has its day and hour already: 0 is Monday.
const THIS_WEEK: [(Routine, usize, i8); 8] = [
    (
        routine(
            "ahu-01-fan",
            "Grease the fan bearings",
            ("lubrication", 1, 1.0),
            6,
            false,
        ),
        0,
        8,
    ),
    (
        routine(
            "p-101",
            "Vibration round of the feed pump",
            ("mechanic", 1, 1.0),
            5,
            false,
        ),
        0,
        10,
    ),
    (
        routine("ds-01", "Refill antiscalant", ("process", 1, 1.0), 5, false),
        1,
        8,
    ),
    (
        routine(
            "line-2-filler",
            "Check the lift cylinders",
            ("mechanic", 1, 3.0),
            6,
            true,
        ),
        1,
        13,
    ),
    (
        routine(
            "cascade",
            "Check the pressure sensors",
            ("instruments", 1, 2.0),
            6,
            false,
        ),
        2,
        9,
    ),
    (
        routine(
            "line-1-labeller",
            "Replace the glue nozzle",
            ("mechanic", 1, 2.0),
            6,
            true,
        ),
        2,
        11,
    ),
    (
        routine(
            "meter",
            "Test the emergency lights",
            ("electrician", 1, 2.0),
            7,
            false,
        ),
        3,
        8,
    ),
    (
        routine(
            "line-1-capper",
            "Replace the worn cones",
            ("mechanic", 1, 2.0),
            8,
            true,
        ),
        4,
        11,
    ),
];

/// Opens what is not there yet. What is not in the model is left out.
pub async fn begin(backend: &Gemba) {
    for (site, later) in [("lyon", 0), ("rotterdam", 2)] {
        for (routine, number) in READY.iter().zip(0..) {
            open(
                backend,
                site,
                &format!("{site}-ready-{number}"),
                routine,
                later,
                None,
            )
            .await;
        }
        for ((routine, day, hour), number) in THIS_WEEK.iter().zip(0..) {
            let name = format!("{site}-week-{number}");
            open(backend, site, &name, routine, later, Some((*day, *hour))).await;
        }
    }
}

async fn open(
    backend: &Gemba,
    site: &str,
    name: &str,
    routine: &Routine,
    later: i64,
    at: Option<(usize, i8)>,
) {
    let (now, key) = (backend.clock.now(), key_of(&format!("demo order {name}")));
    let asset_key = format!("{site}-{}", routine.asset);
    let (asset, site) = backend.read(|twin| (twin.modelled(&asset_key), twin.modelled(site)));
    let Some((asset, site)) = asset.zip(site).filter(|_| backend.work.of_key(key).is_none()) else {
        return;
    };
    let mut what = routine.what(asset, name, now + Span::from_secs(later * 86_400));
    what.extend(at.map_or_else(Vec::new, |at| {
        routine.scheduled(&backend.roster.book(), site, at, now)
    }));
    let act = Act {
        order: None,
        key,
        author: Author::System(SYSTEM.into()),
        device: key_of("demo"),
        seen: 0,
        at: None,
        what,
    };
    if let Err(error) = backend.work.take(act, Rights::ALL).await {
        tracing::warn!(%error, order = name, "an order of the demo cannot be made");
    }
}

impl Routine {
    fn what(&self, asset: AssetId, name: &str, from: Timestamp) -> Vec<What> {
        let job = Job {
            labour: vec![Labour {
                craft: self.craft.into(),
                qualification: None,
                people: self.people,
                hours: self.hours,
            }],
            needs_stop: self.needs_stop,
            ..Job::default()
        };
        let request = Request {
            asset,
            title: self.title.into(),
            kind: self.kind,
            mode: FailureMode::Other,
            priority: self.priority,
            dates: Dates {
                earliest: None,
                latest: Some(from + Span::from_secs(self.due * 86_400)),
            },
            needs: Vec::new(),
            external: Some(External {
                system: SYSTEM.into(),
                id: name.into(),
            }),
        };
        let moved = |to| What::Moved { to, reason: None };
        vec![
            What::Requested(Box::new(request)),
            What::Changed(Change::Job(Box::new(job))),
            moved(Status::Approved),
            moved(Status::Planned),
        ]
    }

    /// On its day, by the first of its craft who works then; nothing where nobody does.
    fn scheduled(&self, book: &Book, site: AssetId, (day, hour): (usize, i8), now: Timestamp) -> Vec<What> {
        let calendar = book.site(site, &maintenance::calendar::Zone::utc());
        let week = Week::of(now, &calendar.zone);
        let length = maintenance::span::from_hours(self.hours);
        let at = |hour: i8| {
            let day = week.days().get(day).copied()?;
            let from = calendar.zone.instant(day.at(hour, 0, 0, 0))?;
            Stretch::new(from, from + length?)
        };
        // Whoever does little else first; a week later their shift begins eight hours later.
        let mut people = book.people_of(site);
        people.retain(|one| one.crafts.iter().any(|craft| craft == self.craft));
        people.sort_by_key(|one| one.crafts.first().is_none_or(|craft| craft != self.craft));
        let works = |slot: Stretch| {
            let around = week.stretch().unwrap_or(slot);
            people
                .iter()
                .find(|one| book.working(one, &calendar, around).covers(slot))
        };
        let slots = [hour, hour + 6, hour + 8].into_iter().filter_map(at);
        let found = slots.filter_map(|slot| works(slot).map(|who| (slot, who))).next();
        let Some((slot, who)) = found else {
            return Vec::new();
        };
        let assignee = Assignee {
            crew: None,
            people: [who.in_orders()].into(),
        };
        let moved = |to| What::Moved { to, reason: None };
        let mut what = vec![
            What::Changed(Change::Slot(Some(slot))),
            What::Changed(Change::Assignee(assignee)),
            moved(Status::Scheduled),
        ];
        if slot.to() <= now {
            what.extend([moved(Status::InProgress), moved(Status::Done)]);
        }
        what
    }
}

#[cfg(test)]
mod tests {
    use maintenance::id::{Key, OrderId};
    use maintenance::order::{Event, Order};

    use super::*;

    #[test]
    fn every_routine_of_the_demo_is_ready_to_be_planned() {
        let now = Timestamp::from_millis(1_772_431_200_000);
        for routine in READY
            .iter()
            .chain(THIS_WEEK.iter().map(|(routine, _, _)| routine))
        {
            let events = (1..)
                .zip(routine.what(AssetId::new(1), "one", now))
                .map(|(number, what)| Event {
                    key: Key::new(number),
                    order: OrderId::new(1),
                    author: Author::Gemba,
                    device: Key::new(9),
                    at: now,
                    received: now,
                    seen: 0,
                    what,
                });
            let order = Order::fold(events).unwrap_or_else(|why| panic!("{}: {why:?}", routine.title));
            assert_eq!(
                order.map(|order| order.status()),
                Some(Status::Planned),
                "{}",
                routine.title
            );
        }
    }
}

//! Who works at the demo's two sites, and what their lines are to make in the coming weeks.

use jiff::civil::Date;
use maintenance::calendar::Zone;
use twin::AssetId;

use super::entry::{Entry, RunEntry, ShiftEntry};
use super::shelf;
use crate::backend::Gemba;
use crate::plan::Week;

/// Weeks of production that are planned.
const WEEKS: i32 = 6;

/// Shifts of a fortnight: a Monday's first.
#[derive(Clone, Copy)]
enum Shifts {
    /// Early this week, late the next.
    EarlyLate,
    /// Late this week, early the next.
    LateEarly,
    /// By day, Monday to Friday.
    Day,
}

/// Name, crew, crafts and qualifications.
type Somebody = (
    &'static str,
    usize,
    &'static [&'static str],
    &'static [&'static str],
);

struct Place {
    key: &'static str,
    zone: &'static str,
    crews: [(&'static str, Shifts); 3],
    people: &'static [Somebody],
}

const PLACES: [Place; 2] = [
    Place {
        key: "lyon",
        zone: "Europe/Paris",
        crews: [
            ("Crew A", Shifts::EarlyLate),
            ("Crew B", Shifts::LateEarly),
            ("Day crew", Shifts::Day),
        ],
        people: &[
            ("C. Moreau", 0, &["mechanic"], &["lock-out"]),
            ("L. Perrin", 1, &["mechanic", "lubrication"], &["lock-out"]),
            ("E. Blanc", 2, &["lubrication", "mechanic"], &[]),
            ("N. Garnier", 0, &["electrician"], &["low voltage", "lock-out"]),
            (
                "A. Leroy",
                1,
                &["electrician", "instruments"],
                &["low voltage", "lock-out"],
            ),
            ("H. Faure", 2, &["instruments"], &[]),
            ("S. Roux", 0, &["process"], &[]),
        ],
    },
    Place {
        key: "rotterdam",
        zone: "Europe/Amsterdam",
        crews: [
            ("Crew A", Shifts::EarlyLate),
            ("Crew B", Shifts::LateEarly),
            ("Day crew", Shifts::Day),
        ],
        people: &[
            ("R. Diaz", 0, &["mechanic"], &["lock-out"]),
            ("T. Bakker", 1, &["mechanic", "lubrication"], &["lock-out"]),
            ("J. Koster", 2, &["lubrication", "mechanic"], &[]),
            ("P. Hendriks", 0, &["electrician"], &["low voltage", "lock-out"]),
            (
                "L. Okafor",
                1,
                &["electrician", "instruments"],
                &["low voltage", "lock-out"],
            ),
            ("D. Visser", 2, &["instruments"], &[]),
            ("M. Jansen", 1, &["process"], &[]),
        ],
    },
];

/// Runs of a line's week: from day and hour to day and hour, and what is made. Between them it is free.
const LINE_1: [((usize, i8), (usize, i8), &str); 3] = [
    ((0, 6), (2, 10), "Still water 1.5 l"),
    ((2, 16), (4, 10), "Still water 0.5 l"),
    ((4, 18), (5, 14), "Iced tea 1 l"),
];
const LINE_2: [((usize, i8), (usize, i8), &str); 3] = [
    ((0, 6), (1, 12), "Lemonade 0.5 l"),
    ((1, 18), (3, 13), "Lemonade 1 l"),
    ((3, 20), (5, 6), "Tonic 0.2 l"),
];

/// Writes the demo's roster where there is none yet. A site that is not in the model is left out.
pub async fn begin(backend: &Gemba) {
    for place in &PLACES {
        let Some(site) = backend.read(|twin| twin.modelled(place.key)) else {
            continue;
        };
        let lines = ["line-1", "line-2"].map(|line| {
            let key = format!("{}-{line}", place.key);
            backend.read(|twin| twin.modelled(&key))
        });
        let zone = Zone::named(place.zone).unwrap_or_else(|_unknown| Zone::utc());
        let now = backend.clock.now();
        let this = Week::of(now, &zone);
        let written = backend.roster.write(0, |book| {
            if book.crews_of(site).next().is_some() {
                return Ok(Vec::new());
            }
            let next = |last: Option<&u32>| last.copied().unwrap_or(0) + 1;
            let from = (
                next(book.crews.keys().next_back()),
                next(book.people.keys().next_back()),
            );
            let mut entries = place.entries(site, lines, from, &this);
            let first = next(book.parts.keys().next_back());
            entries.extend(shelf::entries(site, first, now));
            Ok(entries)
        });
        if let Err(error) = written.await {
            tracing::warn!(%error, site = place.key, "the roster of the demo cannot be written");
        }
    }
}

impl Place {
    fn entries(
        &self,
        site: AssetId,
        lines: [Option<AssetId>; 2],
        (crew, person): (u32, u32),
        week: &Week,
    ) -> Vec<Entry> {
        let mut entries = vec![Entry::Site {
            site: site.get(),
            zone: self.zone.to_owned(),
            frozen_hours: super::book::FROZEN_HOURS,
            holidays: vec![("2026-12-25".to_owned(), "Christmas".to_owned())],
        }];
        for ((name, shifts), id) in self.crews.iter().zip(crew..) {
            entries.push(Entry::Crew {
                id,
                site: site.get(),
                name: (*name).to_owned(),
                days: shifts.fortnight(),
            });
        }
        for ((name, of, crafts, held), id) in self.people.iter().zip(person..) {
            entries.push(Entry::Person {
                id,
                crew: crew + u32::try_from(*of).unwrap_or(0),
                name: (*name).to_owned(),
                account: None,
                crafts: crafts.iter().map(|craft| (*craft).to_owned()).collect(),
                qualifications: held.iter().map(|held| (*held).to_owned()).collect(),
                is_gone: false,
            });
        }
        // Somebody is away next week, as somebody always is.
        let zone = Zone::named(self.zone).unwrap_or_else(|_unknown| Zone::utc());
        let next = week.later(1).days();
        let away = next.get(1).zip(next.get(3));
        let away = away.and_then(|(from, to)| Some((zone.start_of(*from)?, zone.start_of(*to)?)));
        entries.extend(away.map(|(from, to)| Entry::Absence {
            id: person,
            person: person + 3,
            from: from.micros(),
            to: to.micros(),
            why: "training".to_owned(),
            is_withdrawn: false,
        }));
        for (line, runs) in lines.into_iter().zip([&LINE_1, &LINE_2]) {
            entries.extend(line.and_then(|line| production(site, line, runs, week, &zone)));
        }
        entries
    }
}

impl Shifts {
    fn fortnight(self) -> Vec<Vec<ShiftEntry>> {
        let week = |from: &str, to: &str, has_saturday: bool| {
            let day = |place: usize| match place {
                5 if !has_saturday => Vec::new(),
                6 => Vec::new(),
                _ => vec![ShiftEntry {
                    from: from.to_owned(),
                    to: to.to_owned(),
                }],
            };
            (0..7).map(day).collect::<Vec<_>>()
        };
        let (early, late) = (week("06:00", "14:00", true), week("14:00", "22:00", false));
        match self {
            Self::EarlyLate => [early, late].concat(),
            Self::LateEarly => [late, early].concat(),
            Self::Day => week("07:30", "15:30", false),
        }
    }
}

fn production(
    site: AssetId,
    line: AssetId,
    runs: &[((usize, i8), (usize, i8), &str); 3],
    first: &Week,
    zone: &Zone,
) -> Option<Entry> {
    let at = |days: &[Date], (day, hour): (usize, i8)| {
        zone.instant(days.get(day)?.at(hour, 0, 0, 0))
            .map(twin::Timestamp::micros)
    };
    let mut all = Vec::new();
    for week in (0..WEEKS).map(|week| first.later(week)) {
        let days = week.days();
        for ((from, to, product), number) in runs.iter().zip(1..) {
            all.push(RunEntry {
                name: format!("{}{:02}-{number}", line.get(), week.number()),
                product: (*product).to_owned(),
                from: at(&days, *from)?,
                to: at(&days, *to)?,
            });
        }
    }
    Some(Entry::Production {
        site: site.get(),
        line: line.get(),
        from: first.stretch()?.from().micros(),
        to: first.later(WEEKS).stretch()?.from().micros(),
        runs: all,
    })
}

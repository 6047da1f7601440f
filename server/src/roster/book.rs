//! What the log of rosters comes to.

use std::collections::BTreeMap;

use maintenance::calendar::{AbsenceKind, Pattern, Shift, Site, Zone};
use maintenance::id::{CrewId, SiteId};
use maintenance::span::{Stretch, Times};
use twin::{AssetId, Timestamp};

use super::entry::{Entry, Placed, RunEntry, ShiftEntry};

/// The first day of some cycle of shifts: a Monday.
pub const ANCHOR: jiff::civil::Date = jiff::civil::Date::constant(2024, 1, 1);

/// How long a plan is frozen where nobody said otherwise, in hours.
pub const FROZEN_HOURS: u32 = 24;

/// A site as it plans.
#[derive(Clone, Debug)]
pub struct SiteEntry {
    pub zone: String,
    pub frozen_hours: u32,
    pub holidays: Vec<(String, String)>,
}

/// A crew.
#[derive(Clone, Debug)]
pub struct CrewEntry {
    pub id: u32,
    pub site: AssetId,
    pub name: String,
    pub days: Vec<Vec<ShiftEntry>>,
}

/// Somebody who works in a crew.
#[derive(Clone, Debug)]
pub struct PersonEntry {
    pub id: u32,
    pub crew: u32,
    pub name: String,
    pub account: Option<u32>,
    pub crafts: Vec<String>,
    pub qualifications: Vec<String>,
    pub is_gone: bool,
}

/// When somebody is away.
#[derive(Clone, Debug)]
pub struct AbsenceEntry {
    pub id: u32,
    pub person: u32,
    pub time: Stretch,
    pub why: AbsenceKind,
}

/// A spare part that a site keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct PartEntry {
    pub id: u32,
    pub site: AssetId,
    pub code: String,
    pub name: String,
    pub unit: String,
    /// How many were on the shelf when it was counted.
    pub counted: f64,
    /// When it was counted.
    pub at: Timestamp,
    pub deliveries: Vec<(Timestamp, f64)>,
    pub lead_days: Option<u32>,
    /// What one costs, in hundredths of the site's currency.
    pub price: Option<i64>,
    pub is_gone: bool,
}

/// What somebody has moved and not committed, by order.
pub type Draft = BTreeMap<u32, Placed>;

/// Whose draft: the account (0: whoever looks without one), the site, and the name of a copy.
pub type DraftKey = (u32, AssetId, String);

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub sites: BTreeMap<AssetId, SiteEntry>,
    pub crews: BTreeMap<u32, CrewEntry>,
    pub people: BTreeMap<u32, PersonEntry>,
    pub absences: BTreeMap<u32, AbsenceEntry>,
    /// By line; each with its site.
    pub production: BTreeMap<AssetId, (AssetId, Vec<RunEntry>)>,
    pub drafts: BTreeMap<DraftKey, Draft>,
    pub parts: BTreeMap<u32, PartEntry>,
}

impl Book {
    /// Takes an entry.
    ///
    /// # Errors
    /// What is wrong with it; nothing changed then.
    pub fn take(&mut self, entry: Entry) -> Result<(), &'static str> {
        match entry {
            Entry::Site {
                site,
                zone,
                frozen_hours,
                holidays,
            } => {
                let entry = SiteEntry {
                    zone,
                    frozen_hours,
                    holidays,
                };
                self.sites.insert(AssetId::new(site), entry);
            }
            Entry::Crew { id, site, name, days } => {
                let site = AssetId::new(site);
                let crew = CrewEntry { id, site, name, days };
                pattern(&crew).ok_or("a crew without shifts that can be read")?;
                self.crews.insert(id, crew);
            }
            Entry::Person {
                id,
                crew,
                name,
                account,
                crafts,
                qualifications,
                is_gone,
            } => {
                self.crews
                    .contains_key(&crew)
                    .then_some(())
                    .ok_or("no such crew")?;
                let person = PersonEntry {
                    id,
                    crew,
                    name,
                    account,
                    crafts,
                    qualifications,
                    is_gone,
                };
                self.people.insert(id, person);
            }
            Entry::Absence { .. } => self.absent(&entry)?,
            Entry::Production { .. } => self.produce(entry)?,
            Entry::Part { .. } => self.keep_part(entry)?,
            Entry::Drafted {
                owner,
                site,
                name,
                placed,
            } => {
                let draft = self.drafts.entry((owner, AssetId::new(site), name)).or_default();
                draft.extend(placed.into_iter().map(|placed| (placed.order, placed)));
            }
            Entry::Undone {
                owner,
                site,
                name,
                orders,
            } => self.undo(&(owner, AssetId::new(site), name), &orders),
        }
        Ok(())
    }

    fn absent(&mut self, entry: &Entry) -> Result<(), &'static str> {
        let Entry::Absence {
            id,
            person,
            from,
            to,
            why,
            is_withdrawn,
        } = entry
        else {
            return Ok(());
        };
        self.people
            .contains_key(person)
            .then_some(())
            .ok_or("no such person")?;
        if *is_withdrawn {
            self.absences.remove(id);
            return Ok(());
        }
        let absence = AbsenceEntry {
            id: *id,
            person: *person,
            time: stretch(*from, *to).ok_or("an absence that ends before it begins")?,
            why: AbsenceKind::from_word(why).ok_or("no such reason to be away")?,
        };
        self.absences.insert(*id, absence);
        Ok(())
    }

    fn produce(&mut self, entry: Entry) -> Result<(), &'static str> {
        let Entry::Production {
            site,
            line,
            from,
            to,
            runs: new,
        } = entry
        else {
            return Ok(());
        };
        let whole = new.iter().all(|run| run.from < run.to);
        whole
            .then_some(())
            .ok_or("a production order that ends before it begins")?;
        let site = AssetId::new(site);
        let (_, runs) = self
            .production
            .entry(AssetId::new(line))
            .or_insert_with(|| (site, Vec::new()));
        runs.retain(|run| run.to <= from || run.from >= to);
        runs.extend(new);
        runs.sort_by_key(|run| run.from);
        Ok(())
    }

    fn keep_part(&mut self, entry: Entry) -> Result<(), &'static str> {
        let Entry::Part {
            id,
            site,
            code,
            name,
            unit,
            counted,
            at,
            deliveries,
            lead_days,
            price,
            is_gone,
        } = entry
        else {
            return Ok(());
        };
        let amounts = deliveries.iter().map(|(_, count)| *count).chain([counted]);
        if code.is_empty() || !amounts.into_iter().all(f64::is_finite) {
            return Err("a part without a code or an amount");
        }
        let deliveries = deliveries.into_iter();
        let part = PartEntry {
            id,
            site: AssetId::new(site),
            code,
            name,
            unit,
            counted,
            at: Timestamp::from_micros(at),
            deliveries: deliveries
                .map(|(at, count)| (Timestamp::from_micros(at), count))
                .collect(),
            lead_days,
            price,
            is_gone,
        };
        self.parts.insert(id, part);
        Ok(())
    }

    /// The parts that a site keeps, by code.
    #[must_use]
    pub fn parts_of(&self, site: AssetId) -> Vec<&PartEntry> {
        let here = |part: &&PartEntry| !part.is_gone && part.site == site;
        let mut parts: Vec<&PartEntry> = self.parts.values().filter(here).collect();
        parts.sort_by(|one, other| one.code.cmp(&other.code));
        parts
    }

    fn undo(&mut self, key: &DraftKey, orders: &[u32]) {
        let Some(draft) = self.drafts.get_mut(key) else {
            return;
        };
        if orders.is_empty() {
            draft.clear();
        }
        draft.retain(|order, _| !orders.contains(order));
        if draft.is_empty() {
            self.drafts.remove(key);
        }
    }

    /// A site as calendars know it.
    #[must_use]
    pub fn site(&self, site: AssetId, zone: &Zone) -> Site {
        let entry = self.sites.get(&site);
        let named = entry.and_then(|entry| Zone::named(&entry.zone).ok());
        let holidays = entry.map_or(&[][..], |entry| &entry.holidays).iter();
        Site {
            id: SiteId::new(site.get()),
            name: "".into(),
            zone: named.unwrap_or_else(|| zone.clone()),
            holidays: holidays
                .filter_map(|(day, name)| Some((day.parse().ok()?, name.as_str().into())))
                .collect(),
        }
    }

    /// How long what begins is not moved any more, in hours.
    #[must_use]
    pub fn frozen_hours(&self, site: AssetId) -> u32 {
        self.sites
            .get(&site)
            .map_or(FROZEN_HOURS, |entry| entry.frozen_hours)
    }

    /// The crews of a site, by number.
    pub fn crews_of(&self, site: AssetId) -> impl Iterator<Item = &CrewEntry> {
        self.crews.values().filter(move |crew| crew.site == site)
    }

    /// Who works at a site, by craft and name.
    #[must_use]
    pub fn people_of(&self, site: AssetId) -> Vec<&PersonEntry> {
        let here = |person: &&PersonEntry| {
            let crew = self.crews.get(&person.crew);
            !person.is_gone && crew.is_some_and(|crew| crew.site == site)
        };
        let mut people: Vec<&PersonEntry> = self.people.values().filter(here).collect();
        people.sort_by_key(|person| (person.crafts.first(), &person.name));
        people
    }

    /// When somebody works, absences taken out.
    #[must_use]
    pub fn working(&self, person: &PersonEntry, site: &Site, over: Stretch) -> Times {
        let pattern = self.crews.get(&person.crew).and_then(pattern);
        let away = self.absences.values().filter(|away| away.person == person.id);
        let away = Times::of(away.map(|away| away.time));
        pattern.map_or_else(Times::default, |pattern| {
            pattern.working(site, over).without(&away)
        })
    }
}

/// The shifts of a crew as calendars know them; none where a time cannot be read.
#[must_use]
pub fn pattern(crew: &CrewEntry) -> Option<Pattern> {
    let shift = |shift: &ShiftEntry| {
        Some(Shift {
            name: "".into(),
            from: shift.from.parse().ok()?,
            to: shift.to.parse().ok()?,
            breaks: Vec::new(),
        })
    };
    let day = |day: &Vec<ShiftEntry>| day.iter().map(shift).collect::<Option<Vec<Shift>>>();
    let pattern = Pattern {
        name: crew.name.as_str().into(),
        anchor: ANCHOR,
        days: crew.days.iter().map(day).collect::<Option<_>>()?,
        on_holidays: false,
    };
    pattern.check().is_ok().then_some(pattern)
}

/// From one stored instant to another.
#[must_use]
pub fn stretch(from: i64, to: i64) -> Option<Stretch> {
    Stretch::new(Timestamp::from_micros(from), Timestamp::from_micros(to))
}

/// The ids of the roster in the log of orders: beside those of accounts.
pub const PEOPLE_FROM: u32 = 1_000_000;

impl PersonEntry {
    /// As orders name them: by their account where they have one.
    #[must_use]
    pub fn in_orders(&self) -> maintenance::id::PersonId {
        maintenance::id::PersonId::new(self.account.unwrap_or(PEOPLE_FROM + self.id))
    }
}

impl CrewEntry {
    /// As orders name it.
    #[must_use]
    pub const fn in_orders(&self) -> CrewId {
        CrewId::new(self.id)
    }
}

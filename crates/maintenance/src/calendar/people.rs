//! Crews and people: who can do what, and when they are there.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::id::{CrewId, PersonId};
use crate::span::{Stretch, Times};
use crate::words::words;

use super::shifts::Pattern;
use super::zone::Site;

/// People who work the same shifts.
#[derive(Clone, Debug, PartialEq)]
pub struct Crew {
    /// Which.
    pub id: CrewId,
    /// What it is called.
    pub name: Box<str>,
    /// When it works.
    pub pattern: Pattern,
    /// Who is in it.
    pub people: Vec<PersonId>,
}

/// Somebody who works.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Which.
    pub id: PersonId,
    /// What they are called.
    pub name: Box<str>,
    /// The number of their account, where they have one.
    pub account: Option<u32>,
    /// What they can do.
    pub crafts: BTreeSet<Box<str>>,
    /// What they were examined in.
    pub qualifications: Vec<Qualification>,
    /// When they are away.
    pub absences: Vec<Absence>,
}

/// What somebody was examined in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualification {
    /// What it is called.
    pub name: Box<str>,
    /// The first day it holds.
    pub from: Date,
    /// The last day it holds; none when it does not end.
    pub to: Option<Date>,
}

words! {
    /// Why somebody is away.
    AbsenceKind {
        /// Leave.
        Leave = "leave",
        /// Ill.
        Sick = "sick",
        /// Learning.
        Training = "training",
        /// Anything else.
        Other = "other",
    }
}

/// When somebody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// From when to when.
    pub time: Stretch,
    /// Why.
    pub kind: AbsenceKind,
}

impl Absence {
    /// Whole days at a site, the last one included.
    #[must_use]
    pub fn days(site: &Site, from: Date, to: Date, kind: AbsenceKind) -> Option<Self> {
        let (first, last) = (site.zone.day(from)?, site.zone.day(to)?);
        Stretch::new(first.from(), last.to()).map(|time| Self { time, kind })
    }
}

impl Crew {
    /// When it works.
    #[must_use]
    pub fn working(&self, site: &Site, over: Stretch) -> Times {
        self.pattern.working(site, over)
    }
}

impl Person {
    /// When they work in a crew: its shifts less their absences.
    #[must_use]
    pub fn working(&self, crew: &Crew, site: &Site, over: Stretch) -> Times {
        let away = Times::of(self.absences.iter().map(|absence| absence.time));
        crew.working(site, over).without(&away)
    }

    /// Whether they can do a craft.
    #[must_use]
    pub fn can(&self, craft: &str) -> bool {
        self.crafts.contains(craft)
    }

    /// Whether they hold a qualification on every day from one to another.
    #[must_use]
    pub fn is_qualified(&self, name: &str, from: Date, to: Date) -> bool {
        let mut day = from;
        // Several that follow on each other count as one.
        while day <= to {
            let held = self
                .qualifications
                .iter()
                .filter(|one| &*one.name == name && one.from <= day)
                .map(|one| one.to.unwrap_or(Date::MAX))
                .max();
            match held.filter(|last| *last >= day).map(jiff::civil::Date::tomorrow) {
                None => return false,
                Some(Ok(next)) => day = next,
                Some(Err(_end_of_time)) => return true,
            }
        }
        true
    }
}

//! What is against a place, and why a job is where it is, in words.

use app::fmt::Fmt;
use app::i18n::Messages;
use app::still::parts::Times;
use maintenance::span::hours;
use maintenance::window::Reason;
use planning::maintenance::{Binding, CraftId, JobId, PersonId, Violation};
use twin::Timestamp;

use crate::plan::Situation;
use crate::plan::situation::{Job, Spot};
use crate::work::list::number;

/// What words are made with.
pub struct Said<'s> {
    pub m: Messages,
    pub fmt: Fmt,
    pub times: Times,
    pub situation: &'s Situation,
}

impl Said<'_> {
    /// `Mon 30 Nov 08:00`.
    pub fn moment(&self, at: Timestamp) -> String {
        let (zone, at) = (&self.times.zone, at.millis());
        format!("{} {}", self.fmt.date(zone, at), self.fmt.time_short(zone, at))
    }

    /// `Mon 30 Nov`.
    pub fn day(&self, at: Timestamp) -> String {
        self.fmt.date(&self.times.zone, at.millis())
    }

    /// `Mon 30 Nov 08:00–11:00`.
    pub fn slot(&self, spot: &Spot) -> String {
        let until = self.fmt.time_short(&self.times.zone, spot.time.to().millis());
        let (from, to) = (self.day(spot.time.from()), self.day(spot.time.to()));
        let until = if from == to {
            until
        } else {
            self.moment(spot.time.to())
        };
        format!("{}–{until}", self.moment(spot.time.from()))
    }

    /// Who it is given to.
    pub fn people(&self, spot: &Spot) -> String {
        let names: Vec<&str> = spot.people.iter().filter_map(|place| self.name(*place)).collect();
        if names.is_empty() {
            return self.m.still_plan_nobody().to_owned();
        }
        names.join(", ")
    }

    fn name(&self, place: usize) -> Option<&str> {
        self.situation
            .people
            .get(place)
            .map(|one| one.person.name.as_str())
    }

    fn who(&self, person: PersonId) -> &str {
        self.name(person.0).unwrap_or("?")
    }

    fn job(&self, job: JobId) -> String {
        let job = self.situation.jobs.get(job.0);
        job.map_or_else(String::new, |job| format!("{} {}", number(job.id), job.title))
    }

    fn line(&self, place: usize) -> &str {
        self.situation
            .lines
            .get(place)
            .map_or("", |line| line.name.as_str())
    }

    fn craft(&self, craft: CraftId) -> &str {
        self.situation.crafts.get(craft.0).map_or("?", String::as_str)
    }

    /// `2 × mechanic, 1 × electrician (low voltage)`.
    pub fn needed(&self, job: &Job) -> String {
        let one = |needed: &crate::plan::situation::Needed| {
            let held = needed
                .qualification
                .as_ref()
                .map_or_else(String::new, |held| format!(" ({held})"));
            format!("{} × {}{held}", needed.people, needed.craft)
        };
        job.needed.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// What a plan breaks of one job.
    pub fn violation(&self, of: JobId, violation: &Violation) -> String {
        let m = self.m;
        match violation {
            Violation::TooEarly { earliest, .. } => m.still_plan_wrong_early(&self.moment(*earliest)),
            Violation::PartsMissing { parts, .. } => m.still_plan_wrong_parts(&self.moment(*parts)),
            Violation::AfterLatestSafe { latest, .. } => m.still_plan_wrong_late(&self.moment(*latest)),
            Violation::OutsideHorizon { .. } => m.still_plan_wrong_horizon().to_owned(),
            Violation::WrongPeople { .. } => {
                let needed = self.situation.jobs.get(of.0).map(|job| self.needed(job));
                m.still_plan_wrong_people(&needed.unwrap_or_default())
            }
            Violation::NotWorking { person, .. } => m.still_plan_wrong_shift(self.who(*person)),
            Violation::DoubleBooked { person, one, other } => {
                let other = if one.job == of { other.job } else { one.job };
                m.still_plan_wrong_booked(self.who(*person), &self.job(other))
            }
            Violation::NoTimeToTravel {
                person,
                from,
                to,
                needs,
            } => {
                let other = if from.job == of { to.job } else { from.job };
                let minutes = (needs.micros() / 60_000_000).to_string();
                m.still_plan_wrong_travel(self.who(*person), &self.job(other), &minutes)
            }
            Violation::EquipmentRuns { equipment, .. } => m.still_plan_wrong_runs(self.line(equipment.0)),
            Violation::OtherJobs
            | Violation::OtherTasks { .. }
            | Violation::FrozenMoved { .. }
            | Violation::OutOfOrder { .. }
            | Violation::NoPermit { .. }
            | Violation::PermitsFull { .. } => m.still_plan_wrong_other().to_owned(),
        }
    }

    /// Why a job is where it is.
    pub fn binding(&self, binding: &Binding) -> String {
        let m = self.m;
        match binding {
            Binding::Frozen => m.still_plan_why_frozen().to_owned(),
            Binding::Release => m.still_plan_why_release().to_owned(),
            Binding::Parts => m.still_plan_why_parts().to_owned(),
            Binding::Standstill(equipment) => m.still_plan_why_stand(self.line(equipment.0)),
            Binding::People(jobs) if jobs.is_empty() => m.still_plan_why_people_off().to_owned(),
            Binding::People(jobs) => {
                let some: Vec<String> = jobs.iter().take(3).map(|job| self.job(*job)).collect();
                m.still_plan_why_people(&some.join(", "))
            }
            Binding::CheaperHere => m.still_plan_why_cheaper().to_owned(),
            Binding::Wanted => m.still_plan_why_wanted().to_owned(),
            Binding::NobodyCan { craft, .. } => m.still_plan_why_nobody(self.craft(*craft)),
            Binding::OnlyTooLate { end } => m.still_plan_why_late(&self.moment(*end)),
            Binding::Permits(_) | Binding::NoPlace => m.still_plan_why_nowhere().to_owned(),
        }
    }

    /// What speaks for a window, or against it.
    pub fn reason(&self, reason: &Reason, line: &str) -> String {
        let m = self.m;
        let long = |span: twin::Span| self.fmt.age(span.micros() / 1_000);
        match reason {
            Reason::InGap { .. } => m.still_plan_window_gap(line),
            Reason::NoStop => m.still_plan_window_no_stop().to_owned(),
            Reason::StopsProduction { productive, .. } => {
                m.still_plan_window_stops(line, &self.fmt.number(hours(*productive), 1))
            }
            Reason::InTime { margin } => m.still_plan_window_in_time(&long(*margin)),
            Reason::TooLate { by } => m.still_plan_window_late(&long(*by)),
            Reason::TooEarly { .. } | Reason::NoLatest => m.still_plan_window_no_latest().to_owned(),
            Reason::PeopleFree { people, .. } => {
                let names: Vec<&str> = people
                    .iter()
                    .filter_map(|id| self.name(usize::try_from(id.get()).ok()?))
                    .collect();
                m.still_plan_window_people(&names.join(", "))
            }
            Reason::PeopleShort { craft, missing } => m.still_plan_window_short(&missing.to_string(), craft),
            Reason::PartsThere => m.still_plan_window_parts().to_owned(),
            Reason::PartMissing(_) => m.still_plan_window_part().to_owned(),
        }
    }

    /// For which parts a job waits, and until when.
    pub fn waits(&self, job: &Job) -> Option<String> {
        let one = |(code, arrives): &(String, Option<Timestamp>)| match arrives {
            Some(at) => self.m.still_plan_waits_until(code, &self.day(*at)),
            None => self.m.still_plan_waits(code),
        };
        let all: Vec<String> = job.awaits.iter().map(one).collect();
        (!all.is_empty()).then(|| all.join(" · "))
    }

    /// Until when it should be done, and whether that is over.
    pub fn due(&self, job: &Job) -> (String, bool) {
        let m = self.m;
        match job.dates.latest {
            None => (m.still_plan_no_date().to_owned(), false),
            Some(latest) if latest < self.situation.now => {
                let age = self.fmt.age(self.situation.now.since(latest).micros() / 1_000);
                (m.still_plan_overdue(&age), true)
            }
            Some(latest) => (m.still_plan_due(&self.day(latest)), false),
        }
    }
}

/// `2 h`, `1.5 h`.
pub fn hours_text(fmt: Fmt, value: f64) -> String {
    let is_whole = (value - value.round()).abs() < 0.05;
    format!("{}\u{a0}h", fmt.number(value, u8::from(!is_whole)))
}

/// A moment as a form has it.
pub fn civil_text(situation: &Situation, at: Timestamp) -> String {
    let civil = situation.calendar.zone.civil(at);
    civil.map_or_else(String::new, |civil| civil.strftime("%Y-%m-%dT%H:%M").to_string())
}

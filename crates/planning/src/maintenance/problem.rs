//! What is to be planned. Times are instants (UTC); calendars come expanded to windows, zones and holidays
//! are the caller's. Costs are in one currency of the caller's.

use twin::{Span, Timestamp};

use super::{CraftId, EquipmentId, IsolationId, LocationId, PermitId, Placement, QualificationId, RiskCurve};

/// From one instant up to, not including, another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Window {
    /// The first instant.
    pub start: Timestamp,
    /// The first one after it.
    pub end: Timestamp,
}

impl Window {
    /// Whether all from `start` to `end` lies in it.
    #[must_use]
    pub fn holds(&self, start: Timestamp, end: Timestamp) -> bool {
        self.start <= start && end <= self.end
    }
}

/// Somebody who does jobs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Person {
    /// For people.
    pub name: String,
    /// What they can do.
    pub crafts: Vec<CraftId>,
    /// What they are allowed to.
    pub qualifications: Vec<QualificationId>,
    /// When they work, absences taken out.
    pub works: Vec<Window>,
    /// When they would work beyond that, at [`Weights::overtime_per_hour`].
    pub overtime: Vec<Window>,
}

/// People that a task needs at the same time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Demand {
    /// Of which craft.
    pub craft: CraftId,
    /// With all of these.
    pub qualifications: Vec<QualificationId>,
    /// How many.
    pub people: usize,
}

/// A part of a job that is done in one go. Work longer than a shift is several tasks, one after the other.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Task {
    /// For people.
    pub name: String,
    /// How long.
    pub duration: Span,
    /// By whom; somebody serves one demand only. None: nobody is needed (cooling down, curing).
    pub demands: Vec<Demand>,
    /// Tasks of the same job that must have ended, by place.
    pub after: Vec<usize>,
    /// Whether the equipment must stand meanwhile.
    pub needs_standstill: bool,
    /// Permits held meanwhile, one place of each.
    pub permits: Vec<PermitId>,
}

/// What is to be done, whole or not at all.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Job {
    /// For people.
    pub name: String,
    /// Where.
    pub location: LocationId,
    /// On what.
    pub equipment: EquipmentId,
    /// Isolated how: jobs of one group that follow closely share the isolation.
    pub isolation: Option<IsolationId>,
    /// Its tasks.
    pub tasks: Vec<Task>,
    /// When it was asked for.
    pub received: Timestamp,
    /// Earlier would waste what the equipment still has in it.
    pub earliest: Timestamp,
    /// When its parts are there.
    pub parts: Option<Timestamp>,
    /// When it should have ended.
    pub due: Option<Timestamp>,
    /// When it must have ended.
    pub latest_safe: Option<Timestamp>,
    /// What waiting costs.
    pub risk: RiskCurve,
    /// Where it stays whatever happens: a placement for each task.
    pub frozen: Option<Vec<Placement>>,
}

impl Job {
    /// Nothing of it may start before.
    #[must_use]
    pub fn release(&self, horizon: Window) -> Timestamp {
        self.parts
            .map_or(self.earliest, |parts| parts.max(self.earliest))
            .max(horizon.start)
    }

    /// All of it must have ended by then.
    #[must_use]
    pub fn deadline(&self, horizon: Window) -> Timestamp {
        self.latest_safe
            .map_or(horizon.end, |latest| latest.min(horizon.end))
    }
}

/// Something jobs are done on.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Equipment {
    /// For people.
    pub name: String,
    /// When production lets it stand; none: always.
    pub may_stand: Option<Vec<Window>>,
}

/// A kind of permit of which only some can be out at a time.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Permit {
    /// For people.
    pub name: String,
    /// How many at a time.
    pub places: usize,
    /// When it is given at all.
    pub given: Vec<Window>,
}

/// Equipment that is isolated (locked out) together.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Isolation {
    /// For people.
    pub name: String,
    /// What isolating and taking back once costs.
    pub cost: f64,
    /// It stays on between two jobs that are no further apart.
    pub joins: Span,
}

/// What things cost beside risk.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Weights {
    /// An hour on the way.
    pub travel_per_hour: f64,
    /// An hour of one person beyond their shift.
    pub overtime_per_hour: f64,
    /// A job left out, on top of its risk at the horizon's end. Well above everything else.
    pub unplaced: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            travel_per_hour: 60.0,
            overtime_per_hour: 90.0,
            unplaced: 1e6,
        }
    }
}

/// Everything that a plan must keep to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Problem {
    /// What is planned: nothing outside of it.
    pub horizon: Window,
    /// People.
    pub people: Vec<Person>,
    /// Jobs.
    pub jobs: Vec<Job>,
    /// Equipment.
    pub equipment: Vec<Equipment>,
    /// Isolation groups.
    pub isolations: Vec<Isolation>,
    /// Kinds of permits.
    pub permits: Vec<Permit>,
    /// How long from one location to another; what is missing takes no time.
    pub travel: Vec<Vec<Span>>,
    /// What things cost.
    pub weights: Weights,
}

impl Problem {
    /// How long it takes from one location to another.
    #[must_use]
    pub fn travel(&self, from: LocationId, to: LocationId) -> Span {
        let row = self.travel.get(from.0);
        row.and_then(|row| row.get(to.0)).copied().unwrap_or(Span::ZERO)
    }

    /// Whether somebody can serve a demand.
    #[must_use]
    pub fn can(&self, person: super::PersonId, demand: &Demand) -> bool {
        self.people.get(person.0).is_some_and(|person| {
            let allowed = |needed| person.qualifications.contains(needed);
            person.crafts.contains(&demand.craft) && demand.qualifications.iter().all(allowed)
        })
    }
}

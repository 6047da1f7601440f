//! What a plan costs, part by part, from the definitions alone.

use std::collections::BTreeMap;
use std::ops::{Add, Sub};

use twin::Timestamp;

use super::{IsolationId, JobId, Person, PersonId, Problem, Schedule, TaskId};

/// A cost by its parts, in the problem's currency.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Cost {
    /// Risk of waiting.
    pub risk: f64,
    /// Time on the way.
    pub travel: f64,
    /// Isolating and taking back; jobs that share an isolation pay once.
    pub isolation: f64,
    /// Work beyond shifts.
    pub overtime: f64,
    /// Jobs left out.
    pub unplaced: f64,
}

impl Cost {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.risk + self.travel + self.isolation + self.overtime + self.unplaced
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            risk: self.risk + other.risk,
            travel: self.travel + other.travel,
            isolation: self.isolation + other.isolation,
            overtime: self.overtime + other.overtime,
            unplaced: self.unplaced + other.unplaced,
        }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            risk: self.risk - other.risk,
            travel: self.travel - other.travel,
            isolation: self.isolation - other.isolation,
            overtime: self.overtime - other.overtime,
            unplaced: self.unplaced - other.unplaced,
        }
    }
}

/// Microseconds in an hour.
pub(super) const HOUR: f64 = 3_600e6;

/// What a plan costs.
#[must_use]
pub fn cost(problem: &Problem, schedule: &Schedule) -> Cost {
    let mut cost = Cost::default();
    let mut isolated: BTreeMap<IsolationId, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
    for (at, job) in problem.jobs.iter().enumerate() {
        let Some((start, end)) = schedule.span(problem, JobId(at)) else {
            cost.risk += job.risk.cost(problem.horizon.end);
            cost.unplaced += problem.weights.unplaced;
            continue;
        };
        cost.risk += job.risk.cost(end);
        if let Some(isolation) = job.isolation {
            isolated.entry(isolation).or_default().push((start, end));
        }
    }
    for (isolation, mut spans) in isolated {
        let Some(given) = problem.isolations.get(isolation.0) else {
            continue;
        };
        spans.sort_unstable();
        let mut until: Option<Timestamp> = None;
        for (start, end) in spans {
            if until.is_none_or(|until| start > until + given.joins) {
                cost.isolation += given.cost;
            }
            until = Some(until.map_or(end, |until| until.max(end)));
        }
    }
    let mut by_person: BTreeMap<PersonId, Vec<(Timestamp, Timestamp, TaskId)>> = BTreeMap::new();
    for task in schedule.tasks(problem) {
        for person in &task.placement.people {
            by_person
                .entry(*person)
                .or_default()
                .push((task.placement.start, task.end, task.id));
        }
    }
    for (id, mut tasks) in by_person {
        let Some(person) = problem.people.get(id.0) else {
            continue;
        };
        tasks.sort_unstable();
        cost.overtime += problem.weights.overtime_per_hour * overtime(person, &tasks) / HOUR;
        cost.travel += problem.weights.travel_per_hour * travel(problem, person, &tasks) / HOUR;
    }
    cost
}

fn overtime(person: &Person, tasks: &[(Timestamp, Timestamp, TaskId)]) -> f64 {
    let beyond = person.overtime.iter().flat_map(|window| {
        let inside = tasks
            .iter()
            .map(|(start, end, _)| (*start.max(&window.start), *end.min(&window.end)));
        inside.map(|(start, end)| end.since(start).micros().max(0) as f64)
    });
    beyond.sum()
}

/// The way between two tasks of one shift; before, after and between shifts it is theirs.
fn travel(problem: &Problem, person: &Person, tasks: &[(Timestamp, Timestamp, TaskId)]) -> f64 {
    let shifts = shifts(person);
    let shift_of = |at: Timestamp| shifts.iter().position(|(start, end)| *start <= at && at < *end);
    let location = |task: TaskId| {
        problem
            .jobs
            .get(task.job.0)
            .map(|job| job.location)
            .unwrap_or_default()
    };
    let mut all = 0.0;
    for pair in tasks.windows(2) {
        if let [(one, _, from), (other, _, to)] = pair
            && shift_of(*one) == shift_of(*other)
        {
            all += problem.travel(location(*from), location(*to)).micros() as f64;
        }
    }
    all
}

/// When somebody works at all, regular time and overtime run together.
pub(super) fn shifts(person: &Person) -> Vec<(Timestamp, Timestamp)> {
    let all = person.works.iter().chain(&person.overtime);
    let mut windows: Vec<(Timestamp, Timestamp)> = all
        .filter(|window| window.start < window.end)
        .map(|window| (window.start, window.end))
        .collect();
    windows.sort_unstable();
    let mut shifts: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(windows.len());
    for (start, end) in windows {
        match shifts.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => shifts.push((start, end)),
        }
    }
    shifts
}

//! A plan in the making: everybody's diary, permits, isolations, and the cost, kept up to date as jobs go
//! in and out.

use twin::{Span, Timestamp};

use super::cost::HOUR;
use super::diary::{Diary, Entry};
use super::{Cost, Demand, Job, JobId, PersonId, Placement, Problem, Schedule};
use crate::core::{At, Network, Profile, Row};

/// A problem with what is asked of it all the time.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) problem: Problem,
    /// Who can serve each demand: by job, task and demand.
    capable: Vec<Vec<Vec<Vec<usize>>>>,
    /// Each job's tasks, each after those it waits for.
    order: Vec<Vec<usize>>,
    /// For how many demands somebody could be wanted.
    pub(super) wanted: Vec<f64>,
    /// When each piece of equipment may stand; none: always.
    pub(super) stand: Vec<Option<Profile>>,
    permits: Vec<Profile>,
    diaries: Vec<Diary>,
}

impl World {
    /// From a problem that was found valid.
    pub(super) fn new(problem: Problem) -> Self {
        let mut wanted = vec![0.0; problem.people.len()];
        let mut can = |demand: &Demand| {
            let all = (0..problem.people.len()).filter(|person| problem.can(PersonId(*person), demand));
            let able: Vec<usize> = all.collect();
            for person in &able {
                let more = wanted.at(*person) + 1.0 / able.len() as f64;
                wanted.put(*person, more);
            }
            able
        };
        let mut capable = Vec::with_capacity(problem.jobs.len());
        for job in &problem.jobs {
            let of_task = |task: &super::Task| task.demands.iter().map(&mut can).collect();
            capable.push(job.tasks.iter().map(of_task).collect());
        }
        let windows = |windows: &[super::Window], places: i64| {
            let micros = windows
                .iter()
                .map(|window| (window.start.micros(), window.end.micros()));
            Profile::calendar(joined(micros.collect()), places)
        };
        let stand = problem
            .equipment
            .iter()
            .map(|one| one.may_stand.as_deref().map(|given| windows(given, 1)));
        let permits = problem.permits.iter();
        Self {
            capable,
            order: problem.jobs.iter().map(order).collect(),
            stand: stand.collect(),
            permits: permits
                .map(|one| windows(&one.given, i64::try_from(one.places).unwrap_or(i64::MAX)))
                .collect(),
            diaries: problem.people.iter().map(Diary::new).collect(),
            wanted,
            problem,
        }
    }

    pub(super) fn job(&self, job: JobId) -> Option<&Job> {
        self.problem.jobs.get(job.0)
    }

    /// Who can serve the demands of a task.
    pub(super) fn capable(&self, job: JobId, task: usize) -> &[Vec<usize>] {
        self.capable.row(job.0).row(task)
    }

    pub(super) fn order(&self, job: JobId) -> &[usize] {
        self.order.row(job.0)
    }
}

fn order(job: &Job) -> Vec<usize> {
    let mut successors = vec![Vec::new(); job.tasks.len()];
    for (at, task) in job.tasks.iter().enumerate() {
        for before in &task.after {
            if let Some(list) = successors.get_mut(*before) {
                list.push(at);
            }
        }
    }
    let durations = job.tasks.iter().map(|task| task.duration.micros()).collect();
    // A circle was refused when the problem was taken.
    Network::new(durations, successors).map_or_else(|_circle| Vec::new(), |network| network.order().to_vec())
}

/// Windows in order and apart, so that a calendar counts none twice.
fn joined(mut windows: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    windows.sort_unstable();
    let mut apart: Vec<(i64, i64)> = Vec::with_capacity(windows.len());
    for (start, end) in windows {
        match apart.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => apart.push((start, end)),
        }
    }
    apart
}

/// A plan in the making.
#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) schedule: Schedule,
    pub(super) cost: Cost,
    pub(super) diaries: Vec<Diary>,
    pub(super) permits: Vec<Profile>,
    /// Spans of placed jobs by isolation group.
    sessions: Vec<Vec<(i64, i64, JobId)>>,
}

impl Board {
    /// Nothing placed at all.
    pub(super) fn empty(world: &World) -> Self {
        let mut board = Self {
            schedule: Schedule {
                jobs: vec![None; world.problem.jobs.len()],
            },
            cost: Cost::default(),
            diaries: world.diaries.clone(),
            permits: world.permits.clone(),
            sessions: vec![Vec::new(); world.problem.isolations.len()],
        };
        for job in &world.problem.jobs {
            board.cost.unplaced += world.problem.weights.unplaced;
            board.cost.risk += job.risk.cost(world.problem.horizon.end);
        }
        board
    }

    /// Nothing placed but what is frozen.
    pub(super) fn new(world: &World) -> Self {
        let mut board = Self::empty(world);
        for (at, job) in world.problem.jobs.iter().enumerate() {
            if let Some(frozen) = &job.frozen {
                board.put(world, JobId(at), frozen.clone());
            }
        }
        board
    }

    /// The spans of placed jobs of an isolation group.
    pub(super) fn sessions(&self, isolation: super::IsolationId) -> &[(i64, i64, JobId)] {
        self.sessions.row(isolation.0)
    }

    /// Places a whole job where it is said.
    pub(super) fn put(&mut self, world: &World, id: JobId, placements: Vec<Placement>) {
        for (task, placement) in placements.iter().enumerate() {
            self.put_task(world, id, task, placement);
        }
        self.finish(world, id, placements);
    }

    /// Notes a job whose tasks are all in the diaries.
    pub(super) fn finish(&mut self, world: &World, id: JobId, placements: Vec<Placement>) {
        if let Some(place) = self.schedule.jobs.get_mut(id.0) {
            *place = Some(placements);
        }
        self.count(world, id, 1.0);
    }

    /// Takes a job out, and says where it was.
    pub(super) fn remove(&mut self, world: &World, id: JobId) -> Option<Vec<Placement>> {
        self.schedule.of(id)?;
        self.count(world, id, -1.0);
        let placements = self.schedule.jobs.get_mut(id.0)?.take()?;
        for (task, placement) in placements.iter().enumerate() {
            self.remove_task(world, id, task, placement);
        }
        Some(placements)
    }

    pub(super) fn put_task(&mut self, world: &World, id: JobId, task: usize, placement: &Placement) {
        let Some(entry) = entry(world, id, task, placement) else {
            return;
        };
        for person in &placement.people {
            if let Some(diary) = self.diaries.get_mut(person.0) {
                let added = diary.added(&world.problem, &entry);
                diary.put(entry);
                self.spend(world, added, 1.0);
            }
        }
        self.hold(world, id, task, &entry, -1);
    }

    pub(super) fn remove_task(&mut self, world: &World, id: JobId, task: usize, placement: &Placement) {
        let Some(entry) = entry(world, id, task, placement) else {
            return;
        };
        for person in &placement.people {
            if let Some(diary) = self.diaries.get_mut(person.0) {
                diary.remove(&entry);
                let added = diary.added(&world.problem, &entry);
                self.spend(world, added, -1.0);
            }
        }
        self.hold(world, id, task, &entry, 1);
    }

    fn spend(&mut self, world: &World, (way, beyond): (i64, i64), sign: f64) {
        let weights = &world.problem.weights;
        self.cost.travel += sign * weights.travel_per_hour * way as f64 / HOUR;
        self.cost.overtime += sign * weights.overtime_per_hour * beyond as f64 / HOUR;
    }

    fn hold(&mut self, world: &World, id: JobId, task: usize, entry: &Entry, sign: i64) {
        let given = world.job(id).and_then(|job| job.tasks.get(task));
        for permit in given.into_iter().flat_map(|task| &task.permits) {
            if let Some(profile) = self.permits.get_mut(permit.0) {
                if sign < 0 {
                    profile.take(entry.start, entry.end, &[1]);
                } else {
                    profile.give(entry.start, entry.end, &[1]);
                }
            }
        }
    }

    /// Risk, isolation and being placed at all: in with a sign of 1, out with -1.
    fn count(&mut self, world: &World, id: JobId, sign: f64) {
        let problem = &world.problem;
        let (Some(job), Some((start, end))) = (world.job(id), self.schedule.span(problem, id)) else {
            return;
        };
        self.cost.risk += sign * (job.risk.cost(end) - job.risk.cost(problem.horizon.end));
        self.cost.unplaced -= sign * problem.weights.unplaced;
        let Some(isolation) = job.isolation else { return };
        let (Some(given), Some(spans)) = (
            problem.isolations.get(isolation.0),
            self.sessions.get_mut(isolation.0),
        ) else {
            return;
        };
        let before = times_isolated(spans, given.joins);
        let span = (start.micros(), end.micros(), id);
        if sign > 0.0 {
            let at = spans.partition_point(|other| *other < span);
            spans.insert(at, span);
        } else {
            spans.retain(|(_, _, other)| *other != id);
        }
        let after = times_isolated(spans, given.joins);
        self.cost.isolation += given.cost * (after as f64 - before as f64);
    }
}

fn times_isolated(spans: &[(i64, i64, JobId)], joins: Span) -> usize {
    let (mut times, mut until) = (0, None);
    for (start, end, _) in spans {
        if until.is_none_or(|until: i64| *start > until.saturating_add(joins.micros())) {
            times += 1;
        }
        until = Some(until.map_or(*end, |until| until.max(*end)));
    }
    times
}

fn entry(world: &World, id: JobId, task: usize, placement: &Placement) -> Option<Entry> {
    let job = world.job(id)?;
    let start = placement.start.micros();
    Some(Entry {
        start,
        end: start + job.tasks.get(task)?.duration.micros(),
        location: job.location,
        job: id,
    })
}

/// As an instant.
pub(super) const fn instant(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

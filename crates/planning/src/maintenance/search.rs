//! The planner's search: a start by priority rules, then ruin and recreate under annealing.
//!
//! Schrimpf et al., *Record breaking optimization results using the ruin and recreate principle*, Journal of
//! Computational Physics 159 (2000); Christiaens, Vanden Berghe, *Slack induction by string removals*,
//! Transportation Science 54 (2020), for removals of what belongs together and for insertion that now and then
//! overlooks the best place. A ruin takes out jobs that have something to do with each other: of one
//! isolation, one place, one stretch of time; a recreate puts them back one by one where each costs least.

use super::board::{Board, World, instant};
use super::insert::Relax;
use super::{Cost, Job, JobId, Placement, Problem, ProblemError, Schedule};
use crate::core::{Annealing, Anytime, At, Progress, Rng};

/// Most jobs that one ruin takes out.
const MOST_OUT: usize = 12;

/// The search; deterministic by seed.
#[derive(Debug)]
pub struct Search {
    world: World,
    rng: Rng,
    board: Board,
    annealing: Option<Annealing>,
    /// Rises in cost seen while it is not known how hot to begin.
    rises: Vec<f64>,
    best: Schedule,
    best_cost: Cost,
    bound: f64,
    tried: u64,
    /// Rules still to start from.
    rules: usize,
}

impl Search {
    /// A search whose first plan is there: the jobs one by one by risk, then by when they must end.
    ///
    /// # Errors
    /// What makes the problem unfit to be planned.
    pub fn new(problem: Problem, seed: u64) -> Result<Self, Vec<ProblemError>> {
        let found = problem.problems();
        if !found.is_empty() {
            return Err(found);
        }
        let world = World::new(problem);
        let board = Board::new(&world);
        let mut search = Self {
            rng: Rng::new(seed),
            annealing: None,
            rises: Vec::new(),
            best: board.schedule.clone(),
            best_cost: board.cost,
            bound: bound(&world),
            tried: 0,
            rules: 0,
            board,
            world,
        };
        search.start();
        Ok(search)
    }

    /// The best plan so far.
    #[must_use]
    pub const fn best(&self) -> &Schedule {
        &self.best
    }

    /// What it costs, by part.
    #[must_use]
    pub const fn cost(&self) -> Cost {
        self.best_cost
    }

    /// What is planned.
    #[must_use]
    pub const fn problem(&self) -> &Problem {
        &self.world.problem
    }

    /// A plan from nothing by the next rule: the steepest risk first, the earliest deadline, the most work
    /// by the least slack.
    fn start(&mut self) {
        let horizon = self.world.problem.horizon;
        let key = |job: &Job| {
            let work: i64 = job.tasks.iter().map(|task| task.duration.micros()).sum();
            let slack = job.deadline(horizon).since(job.release(horizon)).micros() - work;
            match self.rules {
                0 => -(job.risk.cost(horizon.end) - job.risk.cost(job.release(horizon))) / work.max(1) as f64,
                1 => job.due.unwrap_or(job.deadline(horizon)).micros() as f64,
                _ => slack as f64,
            }
        };
        let mut jobs: Vec<(f64, JobId)> = self
            .world
            .problem
            .jobs
            .iter()
            .enumerate()
            .map(|(at, job)| (key(job), JobId(at)))
            .collect();
        jobs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.rules += 1;
        self.board = Board::new(&self.world);
        for (_, job) in jobs {
            if self.board.schedule.of(job).is_none() {
                self.insert(job, 0.0);
            }
        }
        self.tried += 1;
        if self.rules == 1 || self.board.cost.total() < self.best_cost.total() {
            self.best.clone_from(&self.board.schedule);
            self.best_cost = self.board.cost;
        }
    }

    /// Puts a job where it costs least among some places worth a look; nowhere where none is.
    fn insert(&mut self, job: JobId, blinks: f64) {
        let without = self.board.cost.total();
        let mut best: Option<(f64, Vec<Placement>)> = None;
        for from in self.places(job) {
            if best.is_some() && self.rng.chance(blinks) {
                continue;
            }
            let dice = (blinks > 0.0).then_some(&mut self.rng);
            if !self.board.place(&self.world, job, from, Relax::default(), dice) {
                continue;
            }
            let cost = self.board.cost.total();
            let placements = self.board.remove(&self.world, job);
            if let Some(placements) = placements
                && best.as_ref().is_none_or(|(least, _)| cost < *least)
            {
                best = Some((cost, placements));
            }
        }
        if let Some((cost, placements)) = best
            && cost < without
        {
            self.board.put(&self.world, job, placements);
        }
    }

    /// From when on a job looks for its place: as early as may be, with the jobs it could share an isolation
    /// with, and somewhere.
    fn places(&mut self, id: JobId) -> Vec<i64> {
        let Some(job) = self.world.job(id) else {
            return Vec::new();
        };
        let horizon = self.world.problem.horizon;
        let (first, last) = (job.release(horizon).micros(), job.deadline(horizon).micros());
        let mut places = vec![first];
        if let Some(isolation) = job.isolation {
            let sessions = self.board.sessions(isolation);
            for _ in 0..sessions.len().min(3) {
                if let Some((start, end, _)) = self.rng.one(sessions) {
                    places.push(if self.rng.chance(0.5) { *start } else { *end });
                }
            }
        }
        places.retain(|place| (first..last).contains(place));
        places.push(self.rng.between(first, last));
        let soon = first + (last - first) / 8;
        places.push(self.rng.between(first, soon));
        places
    }

    /// Takes out jobs that belong together, and what has no place yet.
    fn ruin(&mut self) -> Vec<(JobId, Option<Vec<Placement>>)> {
        let jobs = self.world.problem.jobs.len();
        let seed = JobId(self.rng.below(jobs));
        let count = 1 + self.rng.below(MOST_OUT.min(jobs));
        let kind = self.rng.below(4);
        let (at, of_seed) = (self.start_of(seed), self.world.job(seed));
        let mut near: Vec<(f64, JobId)> = Vec::with_capacity(jobs);
        for (other, job) in self.world.problem.jobs.iter().enumerate() {
            let id = JobId(other);
            let apart = (self.start_of(id) - at).abs() as f64;
            let same = |is_same: bool| if is_same { 0.0 } else { 1e15 };
            let distance = match kind {
                0 => apart,
                1 => {
                    same(
                        job.isolation.is_some()
                            && of_seed.is_some_and(|seed| seed.isolation == job.isolation),
                    ) + apart
                }
                2 => same(of_seed.is_some_and(|seed| seed.location == job.location)) + apart,
                _ => 0.0,
            };
            near.push((distance * (0.5 + self.rng.unit()) + self.rng.unit(), id));
        }
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut out: Vec<JobId> = near.into_iter().take(count).map(|(_, job)| job).collect();
        let left = self
            .board
            .schedule
            .unplaced()
            .filter(|job| !out.contains(job))
            .collect::<Vec<JobId>>();
        out.extend(left.into_iter().take(MOST_OUT));
        out.retain(|job| self.world.job(*job).is_some_and(|job| job.frozen.is_none()));
        let board = &mut self.board;
        out.into_iter()
            .map(|job| (job, board.remove(&self.world, job)))
            .collect()
    }

    fn start_of(&self, job: JobId) -> i64 {
        let placed = self.board.schedule.of(job).and_then(|placed| placed.first());
        placed
            .map_or(self.world.problem.horizon.start, |placement| placement.start)
            .micros()
    }

    /// The order in which jobs go back: by chance, by risk, by deadline, or the longest first.
    fn reorder(&mut self, out: &[(JobId, Option<Vec<Placement>>)]) -> Vec<JobId> {
        let horizon = self.world.problem.horizon;
        let kind = self.rng.below(4);
        let mut keyed: Vec<(f64, JobId)> = Vec::with_capacity(out.len());
        for (id, _) in out {
            let Some(job) = self.world.job(*id) else { continue };
            let key = match kind {
                0 => 0.0,
                1 => -job.risk.cost(horizon.end),
                2 => job.deadline(horizon).micros() as f64,
                _ => -(job.tasks.iter().map(|task| task.duration.micros()).sum::<i64>() as f64),
            };
            keyed.push((key * (0.8 + 0.4 * self.rng.unit()) + self.rng.unit(), *id));
        }
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        keyed.into_iter().map(|(_, id)| id).collect()
    }

    fn try_one(&mut self) {
        let before = self.board.cost;
        let out = self.ruin();
        for job in self.reorder(&out) {
            self.insert(job, 0.05);
        }
        let rise = self.board.cost.total() - before.total();
        let is_taken = match &self.annealing {
            Some(annealing) => annealing.takes(rise, &mut self.rng),
            None => rise <= 0.0,
        };
        if !is_taken {
            for (job, _) in &out {
                self.board.remove(&self.world, *job);
            }
            for (job, placements) in out {
                if let Some(placements) = placements {
                    self.board.put(&self.world, job, placements);
                }
            }
            // To the last bit what it was: rounding must not add up.
            self.board.cost = before;
        }
        if self.board.cost.total() < self.best_cost.total() - 1e-9 {
            self.best.clone_from(&self.board.schedule);
            self.best_cost = self.board.cost;
        }
        self.cool(rise);
    }

    /// How hot to begin is known after some rises were seen; then each cycle begins at the best.
    fn cool(&mut self, rise: f64) {
        match &mut self.annealing {
            Some(annealing) => {
                if annealing.cool() {
                    self.return_to_best();
                }
            }
            None => {
                if rise > 1e-9 {
                    self.rises.push(rise);
                }
                if self.rises.len() >= 100 {
                    self.rises.sort_by(f64::total_cmp);
                    let typical = self.rises.at(self.rises.len() / 4);
                    self.annealing = Some(Annealing::new(typical, typical / 100.0, 4_000, 1_000_000));
                }
            }
        }
    }

    fn return_to_best(&mut self) {
        self.board = Board::new(&self.world);
        for (at, placements) in self.best.jobs.iter().enumerate() {
            let id = JobId(at);
            if self.board.schedule.of(id).is_none()
                && let Some(placements) = placements
            {
                self.board.put(&self.world, id, placements.clone());
            }
        }
    }
}

impl Anytime for Search {
    fn step(&mut self, budget: u32) -> Progress {
        for _ in 0..budget {
            if self.best_cost.total() <= self.bound + 1e-9 {
                break;
            }
            self.tried += 1;
            if self.rules < 3 {
                self.start();
                if self.rules == 3 {
                    self.return_to_best();
                }
            } else {
                self.try_one();
            }
        }
        let best = self.best_cost.total();
        Progress {
            best: if best <= self.bound + 1e-9 {
                self.bound
            } else {
                best
            },
            bound: self.bound,
            tried: self.tried,
        }
    }
}

/// No plan costs less: each job as if it were alone, each isolation once, what cannot be done left out.
fn bound(world: &World) -> f64 {
    let problem = &world.problem;
    let empty = Board::empty(world);
    let mut bound = 0.0;
    let mut isolated = vec![false; problem.isolations.len()];
    for (at, job) in problem.jobs.iter().enumerate() {
        let frozen = job.frozen.as_ref().and_then(|frozen| {
            let tasks = job.tasks.iter().zip(frozen);
            let ends = tasks.map(|(task, placement)| placement.start + task.duration);
            ends.max()
        });
        let alone = || empty.earliest_end(world, JobId(at)).map(instant);
        let Some(end) = frozen.or_else(alone) else {
            bound += job.risk.cost(problem.horizon.end) + problem.weights.unplaced;
            continue;
        };
        bound += job.risk.cost(end);
        if let Some(isolation) = job.isolation {
            isolated.put(isolation.0, true);
        }
    }
    let used = problem
        .isolations
        .iter()
        .zip(isolated)
        .filter(|(_, is_used)| *is_used);
    // Leaving its jobs out would save an isolation, at the price of that.
    let most = problem.weights.unplaced.max(0.0);
    bound
        + used
            .map(|(isolation, _)| isolation.cost.clamp(0.0, most))
            .sum::<f64>()
}

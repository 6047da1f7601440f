//! The planner's search: a start by priority rules, then ruin and recreate under annealing.
//!
//! Schrimpf et al., *Record breaking optimization results using the ruin and recreate principle*, Journal of
//! Computational Physics 159 (2000); Christiaens, Vanden Berghe, *Slack induction by string removals*,
//! Transportation Science 54 (2020), for removals of what belongs together and for insertion that now and then
//! overlooks the best place. A ruin takes out jobs that have something to do with each other: of one
//! isolation, one place, one stretch of time; a recreate puts them back one by one where each costs least.

use super::board::{Board, World};
use super::bound::bound;
use super::mend::sound;
use super::{Cost, Job, JobId, Problem, ProblemError, Schedule};
use crate::core::{Annealing, Anytime, At, Progress, Rng};

/// In which order jobs are placed to begin with.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// The steepest risk for its work first.
    Risk,
    /// What should have ended soonest first.
    Due,
    /// What can wait least first.
    Slack,
}

const RULES: [Rule; 3] = [Rule::Risk, Rule::Due, Rule::Slack];

/// The search; deterministic by seed.
#[derive(Debug)]
pub struct Search {
    pub(super) world: World,
    pub(super) rng: Rng,
    pub(super) board: Board,
    annealing: Option<Annealing>,
    /// Rises in cost seen while it is not known how hot to begin.
    rises: Vec<f64>,
    best: Schedule,
    best_cost: Cost,
    bound: f64,
    /// Jobs that cannot be done at all.
    pub(super) is_hopeless: Vec<bool>,
    tried: u64,
}

impl Search {
    /// A search whose first plan is there: the best of a few priority rules.
    ///
    /// # Errors
    /// What makes the problem unfit to be planned.
    pub fn new(problem: Problem, seed: u64) -> Result<Self, Vec<ProblemError>> {
        let mut search = Self::unstarted(problem, seed)?;
        for rule in RULES {
            search.start(rule);
        }
        search.return_to_best();
        Ok(search)
    }

    /// A search that goes on from a plan: jobs of it that break something lose their place, and all that
    /// have none get one where there is one.
    ///
    /// # Errors
    /// What makes the problem unfit to be planned.
    pub fn from_plan(problem: Problem, plan: &Schedule, seed: u64) -> Result<Self, Vec<ProblemError>> {
        let mut search = Self::unstarted(problem, seed)?;
        search.best = sound(search.problem(), plan);
        search.return_to_best();
        let left: Vec<JobId> = search.board.schedule.unplaced().collect();
        for job in left {
            search.insert(job, 0.0);
        }
        search.best.clone_from(&search.board.schedule);
        search.best_cost = search.board.cost;
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

    /// Nothing placed but what is frozen.
    fn unstarted(problem: Problem, seed: u64) -> Result<Self, Vec<ProblemError>> {
        let found = problem.problems();
        if !found.is_empty() {
            return Err(found);
        }
        let world = World::new(problem);
        let board = Board::new(&world);
        let (bound, is_hopeless) = bound(&world);
        Ok(Self {
            rng: Rng::new(seed),
            annealing: None,
            rises: Vec::new(),
            best: board.schedule.clone(),
            best_cost: board.cost,
            bound,
            is_hopeless,
            tried: 0,
            board,
            world,
        })
    }

    /// A plan from nothing: the jobs one by one by a rule.
    fn start(&mut self, rule: Rule) {
        let horizon = self.world.problem.horizon;
        let key = |job: &Job| {
            let work: i64 = job.tasks.iter().map(|task| task.duration.micros()).sum();
            let (release, deadline) = (job.release(horizon), job.deadline(horizon));
            match rule {
                Rule::Risk => (job.risk.cost(release) - job.risk.cost(horizon.end)) / work.max(1) as f64,
                Rule::Due => job.due.unwrap_or(deadline).micros() as f64,
                Rule::Slack => (deadline.since(release).micros() - work) as f64,
            }
        };
        let jobs = self.world.problem.jobs.iter().enumerate();
        let mut jobs: Vec<(f64, JobId)> = jobs.map(|(at, job)| (key(job), JobId(at))).collect();
        jobs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.board = Board::new(&self.world);
        for (_, job) in jobs {
            if self.board.schedule.of(job).is_none() {
                self.insert(job, 0.0);
            }
        }
        self.tried += 1;
        self.note();
    }

    fn note(&mut self) {
        if self.board.cost.total() < self.best_cost.total() - 1e-9 {
            self.best.clone_from(&self.board.schedule);
            self.best_cost = self.board.cost;
        }
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
        self.note();
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
            self.try_one();
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

//! Ruin and recreate: which jobs come out together, in which order they go back, and where.

use super::insert::Relax;
use super::{JobId, Placement, Search};
use crate::core::At;

/// Most jobs that one ruin takes out.
const MOST_OUT: usize = 12;

impl Search {
    /// Puts a job where it costs least among some places worth a look; nowhere where none is.
    pub(super) fn insert(&mut self, job: JobId, blinks: f64) {
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
    pub(super) fn ruin(&mut self) -> Vec<(JobId, Option<Vec<Placement>>)> {
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
        let board = &self.board;
        let mut left: Vec<JobId> = board
            .schedule
            .unplaced()
            .filter(|job| !out.contains(job))
            .collect();
        left.retain(|job| !self.is_hopeless.at(job.0));
        self.rng.shuffle(&mut left);
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
    pub(super) fn reorder(&mut self, out: &[(JobId, Option<Vec<Placement>>)]) -> Vec<JobId> {
        let horizon = self.world.problem.horizon;
        let kind = self.rng.below(4);
        let mut keyed: Vec<(f64, JobId)> = Vec::with_capacity(out.len());
        for (id, _) in out {
            let Some(job) = self.world.job(*id) else { continue };
            let key = match kind {
                0 => 0.0,
                1 => -job.risk.cost(horizon.end),
                2 => job.deadline(horizon).since(horizon.start).micros() as f64,
                _ => -(job.tasks.iter().map(|task| task.duration.micros()).sum::<i64>() as f64),
            };
            keyed.push((key * (0.8 + 0.4 * self.rng.unit()) + self.rng.unit(), *id));
        }
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        keyed.into_iter().map(|(_, id)| id).collect()
    }
}

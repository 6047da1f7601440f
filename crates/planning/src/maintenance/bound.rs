//! How little a plan could cost at best.

use super::JobId;
use super::board::{Board, World, instant};
use crate::core::At;

/// What no plan costs less than: each job as if it were alone, each isolation once, what cannot be done left
/// out. And for each job whether it cannot be done at all.
pub(super) fn bound(world: &World) -> (f64, Vec<bool>) {
    let problem = &world.problem;
    let empty = Board::empty(world);
    let mut bound = 0.0;
    let mut is_hopeless = vec![false; problem.jobs.len()];
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
            is_hopeless.put(at, true);
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
    bound += used
        .map(|(isolation, _)| isolation.cost.clamp(0.0, most))
        .sum::<f64>();
    (bound, is_hopeless)
}

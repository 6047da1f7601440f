//! What planning without a search comes to: one job after the other, each as early as it goes.

use super::board::{Board, World};
use super::insert::Relax;
use super::{JobId, Problem, ProblemError, Schedule};

/// In the order in which jobs were asked for.
///
/// # Errors
/// What makes the problem unfit to be planned.
pub fn first_come_first_served(problem: &Problem) -> Result<Schedule, Vec<ProblemError>> {
    in_order(problem, |problem, job| {
        problem.jobs.get(job.0).map(|job| job.received.micros())
    })
}

/// In the order of when jobs should have ended, else must have; what need never end comes last.
///
/// # Errors
/// What makes the problem unfit to be planned.
pub fn by_due_date(problem: &Problem) -> Result<Schedule, Vec<ProblemError>> {
    in_order(problem, |problem, job| {
        let job = problem.jobs.get(job.0)?;
        Some(job.due.or(job.latest_safe).map_or(i64::MAX, |due| due.micros()))
    })
}

fn in_order(
    problem: &Problem,
    key: impl Fn(&Problem, JobId) -> Option<i64>,
) -> Result<Schedule, Vec<ProblemError>> {
    let found = problem.problems();
    if !found.is_empty() {
        return Err(found);
    }
    let world = World::new(problem.clone());
    let mut jobs: Vec<JobId> = (0..problem.jobs.len()).map(JobId).collect();
    jobs.sort_by_key(|job| (key(problem, *job), *job));
    let mut board = Board::new(&world);
    for job in jobs {
        if board.schedule.of(job).is_none() {
            board.place(&world, job, i64::MIN, Relax::default(), None);
        }
    }
    Ok(board.schedule)
}

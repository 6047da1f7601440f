//! What of a plan still holds when the problem is another: what a search can go on from.

use super::{Job, JobId, Problem, Schedule, Violation, check};

/// A plan without the jobs of it that break something. Frozen ones stay: nobody may move them.
pub(super) fn sound(problem: &Problem, plan: &Schedule) -> Schedule {
    let mut sound = plan.clone();
    sound.jobs.resize(problem.jobs.len(), None);
    for (job, place) in problem.jobs.iter().zip(&mut sound.jobs) {
        if job.frozen.is_some() {
            place.clone_from(&job.frozen);
        } else if place
            .as_ref()
            .is_some_and(|placed| placed.len() != job.tasks.len())
        {
            *place = None;
        }
    }
    loop {
        let mut is_changed = false;
        for violation in check(problem, &sound) {
            for job in blamed(problem, &violation) {
                let is_free = problem.jobs.get(job.0).is_some_and(|job| job.frozen.is_none());
                let place = sound.jobs.get_mut(job.0).filter(|_| is_free);
                is_changed |= place.is_some_and(|place| place.take().is_some());
            }
        }
        if !is_changed {
            return sound;
        }
    }
}

/// The jobs of a violation; of a permit with too many out, all that hold it.
fn blamed(problem: &Problem, violation: &Violation) -> Vec<JobId> {
    let Violation::PermitsFull { permit, .. } = violation else {
        return violation.jobs();
    };
    let holds = |job: &Job| job.tasks.iter().any(|task| task.permits.contains(permit));
    let jobs = problem.jobs.iter().enumerate().filter(|(_, job)| holds(job));
    jobs.map(|(at, _)| JobId(at)).collect()
}

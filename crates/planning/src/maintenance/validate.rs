//! What makes a problem unfit to be planned at all: names that lead nowhere, circles, times that run
//! backwards.

use thiserror::Error;

use super::{Job, JobId, PersonId, Problem, TaskId, Window};
use crate::core::{Circle, Network};

/// Why a problem cannot be planned.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ProblemError {
    /// The horizon has no length.
    #[error("the horizon ends before it begins")]
    Horizon,
    /// A window ends before it begins.
    #[error("a window of person {} ends before it begins", .0.0)]
    Backwards(PersonId),
    /// It names something that is not there.
    #[error("job {} names {what} {number}, which is not there", .job.0)]
    Missing {
        /// Which job.
        job: JobId,
        /// What kind of thing.
        what: &'static str,
        /// Its number.
        number: usize,
    },
    /// A job without tasks.
    #[error("job {} has no tasks; give it at least one", .0.0)]
    NoTasks(JobId),
    /// A task that takes no time.
    #[error("task {} of job {} takes no time; give it a duration", .0.task, .0.job.0)]
    NoDuration(TaskId),
    /// Tasks wait for each other.
    #[error("tasks {tasks:?} of job {} wait for each other", .job.0)]
    Circle {
        /// Which job.
        job: JobId,
        /// The circle.
        tasks: Vec<usize>,
    },
    /// A frozen job has not a placement for each task, or names people who are not there.
    #[error("job {} is frozen without a placement for each task by people who are there", .0.0)]
    Frozen(JobId),
}

impl Problem {
    /// Everything that makes it unfit.
    #[must_use]
    pub fn problems(&self) -> Vec<ProblemError> {
        let mut found = Vec::new();
        if self.horizon.start >= self.horizon.end {
            found.push(ProblemError::Horizon);
        }
        for (at, person) in self.people.iter().enumerate() {
            let backwards = |window: &Window| window.start > window.end;
            if person.works.iter().chain(&person.overtime).any(backwards) {
                found.push(ProblemError::Backwards(PersonId(at)));
            }
        }
        for (at, job) in self.jobs.iter().enumerate() {
            self.look_at(JobId(at), job, &mut found);
        }
        found
    }

    fn look_at(&self, id: JobId, job: &Job, found: &mut Vec<ProblemError>) {
        let mut named = vec![("equipment", job.equipment.0, self.equipment.len())];
        named.extend(
            job.isolation
                .map(|isolation| ("isolation", isolation.0, self.isolations.len())),
        );
        for task in &job.tasks {
            named.extend(
                task.permits
                    .iter()
                    .map(|permit| ("permit", permit.0, self.permits.len())),
            );
            named.extend(task.after.iter().map(|task| ("task", *task, job.tasks.len())));
        }
        for (what, number, count) in named {
            if number >= count {
                found.push(ProblemError::Missing {
                    job: id,
                    what,
                    number,
                });
            }
        }
        if job.tasks.is_empty() {
            found.push(ProblemError::NoTasks(id));
        }
        for (at, task) in job.tasks.iter().enumerate() {
            if task.duration.micros() <= 0 {
                found.push(ProblemError::NoDuration(TaskId { job: id, task: at }));
            }
        }
        let mut successors = vec![Vec::new(); job.tasks.len()];
        for (at, task) in job.tasks.iter().enumerate() {
            for before in &task.after {
                if let Some(after) = successors.get_mut(*before) {
                    after.push(at);
                }
            }
        }
        if let Err(Circle(tasks)) = Network::new(vec![1; job.tasks.len()], successors) {
            found.push(ProblemError::Circle { job: id, tasks });
        }
        if let Some(frozen) = &job.frozen {
            let known = |person: &PersonId| person.0 < self.people.len();
            let is_whole = frozen.len() == job.tasks.len();
            if !is_whole || !frozen.iter().flat_map(|placement| &placement.people).all(known) {
                found.push(ProblemError::Frozen(id));
            }
        }
    }
}

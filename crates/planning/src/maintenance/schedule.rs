//! A plan.

use twin::Timestamp;

use super::{JobId, PersonId, Problem, TaskId};

/// Where a task is: when it starts, and who does it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Placement {
    /// When it starts.
    pub start: Timestamp,
    /// Who does it.
    pub people: Vec<PersonId>,
}

/// For each job a placement of each of its tasks, or none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Schedule {
    /// By place in `Problem::jobs`.
    pub jobs: Vec<Option<Vec<Placement>>>,
}

impl Schedule {
    /// A job's placements.
    #[must_use]
    pub fn of(&self, job: JobId) -> Option<&[Placement]> {
        self.jobs.get(job.0)?.as_deref()
    }

    /// Jobs that have no place.
    pub fn unplaced(&self) -> impl Iterator<Item = JobId> {
        let jobs = self.jobs.iter().enumerate();
        jobs.filter(|(_, placed)| placed.is_none())
            .map(|(at, _)| JobId(at))
    }

    /// Every placed task with its start and end.
    pub(super) fn tasks<'a>(&'a self, problem: &'a Problem) -> impl Iterator<Item = Placed<'a>> {
        let jobs = problem.jobs.iter().zip(&self.jobs).enumerate();
        jobs.filter_map(|(at, (job, placed))| Some((JobId(at), job, placed.as_deref()?)))
            .flat_map(|(id, job, placed)| {
                let tasks = job.tasks.iter().zip(placed).enumerate();
                tasks.map(move |(task, (given, placement))| Placed {
                    id: TaskId { job: id, task },
                    placement,
                    end: placement.start + given.duration,
                })
            })
    }

    /// From when to when a job goes on.
    #[must_use]
    pub fn span(&self, problem: &Problem, job: JobId) -> Option<(Timestamp, Timestamp)> {
        let (given, placed) = (problem.jobs.get(job.0)?, self.of(job)?);
        let ends = given
            .tasks
            .iter()
            .zip(placed)
            .map(|(task, placement)| placement.start + task.duration);
        Some((placed.iter().map(|placement| placement.start).min()?, ends.max()?))
    }
}

/// A placed task.
pub(super) struct Placed<'a> {
    pub(super) id: TaskId,
    pub(super) placement: &'a Placement,
    pub(super) end: Timestamp,
}

//! Why a job is where it is: what keeps it from being earlier, and what an earlier and a later place
//! would cost.

use twin::Timestamp;

use super::board::{Board, World};
use super::insert::Relax;
use super::{
    Cost, CraftId, EquipmentId, JobId, PermitId, Placement, Problem, ProblemError, Schedule, TaskId,
};

/// What keeps a job from being earlier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Binding {
    /// It is frozen there.
    Frozen,
    /// Earlier is not worth while, or not planned any more.
    Release,
    /// Its parts come then.
    Parts,
    /// Production needs the equipment until then.
    Standstill(EquipmentId),
    /// The permits its tasks need are out, or not given.
    Permits(Vec<PermitId>),
    /// Everybody who could is busy with these jobs, or does not work.
    People(Vec<JobId>),
    /// It could be earlier; here the whole plan costs less.
    CheaperHere,
    /// Nowhere: nobody can do one of its tasks.
    NobodyCan {
        /// Which.
        task: TaskId,
        /// Of what craft somebody is missing.
        craft: CraftId,
    },
    /// Nowhere in time: its first place would end too late.
    OnlyTooLate {
        /// When it would end.
        end: Timestamp,
    },
    /// Nowhere at all, even without a latest date.
    NoPlace,
}

/// Another place for a job, with everything else where it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Alternative {
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// What the plan would cost more, by part; less where negative.
    pub change: Cost,
    /// The place itself.
    pub placements: Vec<Placement>,
}

/// Why a job is where it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Explanation {
    /// What keeps it from being earlier, or from having a place.
    pub binding: Binding,
    /// What the job itself adds to the plan's cost where it is.
    pub own: Cost,
    /// The first place before, where there is one.
    pub earlier: Option<Alternative>,
    /// The first place that begins after this one ended, where there is one.
    pub later: Option<Alternative>,
}

/// Why a job is where it is in a plan.
///
/// # Errors
/// What makes the problem unfit to be planned.
pub fn explain(problem: &Problem, schedule: &Schedule, id: JobId) -> Result<Explanation, Vec<ProblemError>> {
    let found = problem.problems();
    if !found.is_empty() {
        return Err(found);
    }
    let world = World::new(problem.clone());
    let mut board = Board::new(&world);
    for (at, placements) in schedule.jobs.iter().enumerate() {
        let other = JobId(at);
        if let Some(placements) = placements
            && board.schedule.of(other).is_none()
        {
            board.put(&world, other, placements.clone());
        }
    }
    let with = board.cost;
    let span = board.schedule.span(problem, id);
    board.remove(&world, id);
    let own = with - board.cost;
    let mut other_place = |from: i64, relax: Relax| {
        let placed = board.place(&world, id, from, relax, None);
        let change = board.cost - with;
        let span = board.schedule.span(problem, id);
        let placements = board.remove(&world, id);
        let (start, end) = span.filter(|_| placed)?;
        Some(Alternative {
            start,
            end,
            change,
            placements: placements?,
        })
    };
    let first = other_place(i64::MIN, Relax::default());
    let Some((start, end)) = span else {
        let late = other_place(
            i64::MIN,
            Relax {
                deadline: true,
                ..Relax::default()
            },
        );
        return Ok(Explanation {
            binding: why_nowhere(problem, &world, id, first.is_some(), late),
            own,
            earlier: None,
            later: first,
        });
    };
    let later = other_place(end.micros(), Relax::default());
    let without_windows = other_place(
        i64::MIN,
        Relax {
            standstill: true,
            ..Relax::default()
        },
    );
    let without_permits = other_place(
        i64::MIN,
        Relax {
            permits: true,
            ..Relax::default()
        },
    );
    let starts_before = |place: &Option<Alternative>| place.as_ref().is_some_and(|place| place.start < start);
    let earlier = first.filter(|place| place.start < start);
    let binding = match problem.jobs.get(id.0) {
        Some(job) if job.frozen.is_some() => Binding::Frozen,
        Some(job) if job.parts == Some(start) => Binding::Parts,
        Some(job) if start <= job.release(problem.horizon) => Binding::Release,
        Some(_) if earlier.is_some() => Binding::CheaperHere,
        Some(job) if starts_before(&without_windows) => Binding::Standstill(job.equipment),
        Some(job) if starts_before(&without_permits) => {
            let mut permits: Vec<PermitId> = job.tasks.iter().flat_map(|task| task.permits.clone()).collect();
            permits.sort_unstable();
            permits.dedup();
            Binding::Permits(permits)
        }
        _ => Binding::People(busy_with(&world, &board, id, start)),
    };
    Ok(Explanation {
        binding,
        own,
        earlier,
        later,
    })
}

fn why_nowhere(
    problem: &Problem,
    world: &World,
    id: JobId,
    fits: bool,
    late: Option<Alternative>,
) -> Binding {
    if fits {
        return Binding::CheaperHere;
    }
    let tasks = problem.jobs.get(id.0).map_or(&[][..], |job| &job.tasks);
    for (at, task) in tasks.iter().enumerate() {
        for (demand, able) in task.demands.iter().zip(world.capable(id, at)) {
            if able.len() < demand.people {
                return Binding::NobodyCan {
                    task: TaskId { job: id, task: at },
                    craft: demand.craft,
                };
            }
        }
    }
    late.map_or(Binding::NoPlace, |late| Binding::OnlyTooLate { end: late.end })
}

/// Jobs that those who could do a job's first tasks do in the time between its release and its start.
fn busy_with(world: &World, board: &Board, id: JobId, start: Timestamp) -> Vec<JobId> {
    let Some(job) = world.job(id) else {
        return Vec::new();
    };
    let from = job.release(world.problem.horizon).micros();
    let able = (0..job.tasks.len()).flat_map(|task| world.capable(id, task).iter().flatten());
    let mut people: Vec<usize> = able.copied().collect();
    people.sort_unstable();
    people.dedup();
    let diaries = people.iter().filter_map(|person| board.diaries.get(*person));
    let mut jobs: Vec<JobId> = diaries
        .flat_map(|diary| diary.jobs_in(from, start.micros()))
        .collect();
    jobs.sort_unstable();
    jobs.dedup();
    jobs
}

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
    /// It could be earlier, or have a place; as it is the whole plan costs less.
    CheaperHere,
    /// It could be earlier, or have a place, for no more: somebody wants it so.
    Wanted,
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
    let mut without = Without::new(&world, schedule, id);
    let first = without.place(i64::MIN, Relax::default());
    let Some((start, end)) = without.span else {
        let late = Relax {
            deadline: true,
            ..Relax::default()
        };
        let late = without.place(i64::MIN, late);
        return Ok(Explanation {
            binding: why_nowhere(&world, id, first.as_ref(), late),
            own: without.own(),
            earlier: None,
            later: first,
        });
    };
    let later = without.place(end.micros(), Relax::default());
    let earlier = first.filter(|place| place.start < start);
    Ok(Explanation {
        binding: without.binding(start, earlier.as_ref()),
        own: without.own(),
        earlier,
        later,
    })
}

/// A plan with one job taken out.
struct Without<'w> {
    world: &'w World,
    board: Board,
    id: JobId,
    /// What the plan costs with the job.
    with: Cost,
    /// From when to when the job went on.
    span: Option<(Timestamp, Timestamp)>,
}

impl<'w> Without<'w> {
    fn new(world: &'w World, schedule: &Schedule, id: JobId) -> Self {
        let mut board = Board::new(world);
        for (at, placements) in schedule.jobs.iter().enumerate() {
            let other = JobId(at);
            if let Some(placements) = placements
                && board.schedule.of(other).is_none()
            {
                board.put(world, other, placements.clone());
            }
        }
        let with = board.cost;
        let span = board.schedule.span(&world.problem, id);
        board.remove(world, id);
        Self {
            world,
            board,
            id,
            with,
            span,
        }
    }

    fn own(&self) -> Cost {
        self.with - self.board.cost
    }

    /// The first place from some time on.
    fn place(&mut self, from: i64, relax: Relax) -> Option<Alternative> {
        let placed = self.board.place(self.world, self.id, from, relax, None);
        let change = self.board.cost - self.with;
        let span = self.board.schedule.span(&self.world.problem, self.id);
        let placements = self.board.remove(self.world, self.id);
        let (start, end) = span.filter(|_| placed)?;
        Some(Alternative {
            start,
            end,
            change,
            placements: placements?,
        })
    }

    /// What keeps the job from starting before: what can be read off, else what it would be early without.
    fn binding(&mut self, start: Timestamp, earlier: Option<&Alternative>) -> Binding {
        let Some(job) = self.world.job(self.id) else {
            return Binding::NoPlace;
        };
        if job.frozen.is_some() {
            return Binding::Frozen;
        }
        if job.parts == Some(start) {
            return Binding::Parts;
        }
        if start <= job.release(self.world.problem.horizon) {
            return Binding::Release;
        }
        if let Some(earlier) = earlier {
            return cheaper_or_wanted(earlier);
        }
        let mut is_earlier = |relax: Relax| {
            let place = self.place(i64::MIN, relax);
            place.is_some_and(|place| place.start < start)
        };
        let without_windows = Relax {
            standstill: true,
            ..Relax::default()
        };
        if is_earlier(without_windows) {
            return Binding::Standstill(job.equipment);
        }
        let without_permits = Relax {
            permits: true,
            ..Relax::default()
        };
        if is_earlier(without_permits) {
            let mut permits: Vec<PermitId> = job.tasks.iter().flat_map(|task| task.permits.clone()).collect();
            permits.sort_unstable();
            permits.dedup();
            return Binding::Permits(permits);
        }
        Binding::People(busy_with(self.world, &self.board, self.id, start))
    }
}

/// Why a job is not where this is.
fn cheaper_or_wanted(other: &Alternative) -> Binding {
    if other.change.total() > 0.0 {
        Binding::CheaperHere
    } else {
        Binding::Wanted
    }
}

fn why_nowhere(world: &World, id: JobId, fits: Option<&Alternative>, late: Option<Alternative>) -> Binding {
    if let Some(first) = fits {
        return cheaper_or_wanted(first);
    }
    let tasks = world.job(id).map_or(&[][..], |job| &job.tasks);
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

//! What a plan breaks, from the definitions alone: no code is shared with what makes plans, so that a
//! mistake there is seen here.

use std::collections::BTreeMap;

use twin::{Span, Timestamp};

use super::schedule::Placed;
use super::{
    Demand, EquipmentId, Job, JobId, PermitId, PersonId, Placement, Problem, Schedule, TaskId, Window,
};

/// One thing that a plan breaks; each has what a sentence about it needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Violation {
    /// The plan has another number of jobs than the problem.
    OtherJobs,
    /// A job has another number of placements than tasks.
    OtherTasks {
        /// Which.
        job: JobId,
    },
    /// A frozen job is elsewhere, or left out.
    FrozenMoved {
        /// Which.
        job: JobId,
    },
    /// A task lies outside of what is planned.
    OutsideHorizon {
        /// Which.
        task: TaskId,
    },
    /// A job starts before it is worth while.
    TooEarly {
        /// Which.
        job: JobId,
        /// When it would be.
        earliest: Timestamp,
    },
    /// A job starts before its parts are there.
    PartsMissing {
        /// Which.
        job: JobId,
        /// When they are.
        parts: Timestamp,
    },
    /// A job ends after it must.
    AfterLatestSafe {
        /// Which.
        job: JobId,
        /// When it must have ended.
        latest: Timestamp,
    },
    /// A task starts before one that it must wait for has ended.
    OutOfOrder {
        /// The one that comes too early.
        task: TaskId,
        /// The one to wait for, by its place in the job.
        before: usize,
    },
    /// A task has the wrong people: too few, too many, somebody twice, or not the crafts and qualifications.
    WrongPeople {
        /// Which.
        task: TaskId,
    },
    /// Somebody does not work then.
    NotWorking {
        /// Which task.
        task: TaskId,
        /// Who.
        person: PersonId,
    },
    /// Somebody does two tasks at a time.
    DoubleBooked {
        /// Who.
        person: PersonId,
        /// The first.
        one: TaskId,
        /// The one that begins before the first ends.
        other: TaskId,
    },
    /// Somebody cannot be there in time.
    NoTimeToTravel {
        /// Who.
        person: PersonId,
        /// From here.
        from: TaskId,
        /// To there.
        to: TaskId,
        /// How long they need.
        needs: Span,
    },
    /// Production needs the equipment then.
    EquipmentRuns {
        /// Which task.
        task: TaskId,
        /// What must run.
        equipment: EquipmentId,
    },
    /// A permit is not given then.
    NoPermit {
        /// Which task.
        task: TaskId,
        /// Of which kind.
        permit: PermitId,
    },
    /// More permits are out than there are.
    PermitsFull {
        /// Of which kind.
        permit: PermitId,
        /// From when.
        at: Timestamp,
    },
}

impl Violation {
    /// The jobs it is about; none where it is about the plan or a permit as a whole.
    #[must_use]
    pub fn jobs(&self) -> Vec<JobId> {
        match self {
            Self::OtherJobs | Self::PermitsFull { .. } => Vec::new(),
            Self::OtherTasks { job }
            | Self::FrozenMoved { job }
            | Self::TooEarly { job, .. }
            | Self::PartsMissing { job, .. }
            | Self::AfterLatestSafe { job, .. } => vec![*job],
            Self::OutsideHorizon { task }
            | Self::OutOfOrder { task, .. }
            | Self::WrongPeople { task }
            | Self::NotWorking { task, .. }
            | Self::EquipmentRuns { task, .. }
            | Self::NoPermit { task, .. } => vec![task.job],
            Self::DoubleBooked { one, other, .. } => vec![one.job, other.job],
            Self::NoTimeToTravel { from, to, .. } => vec![from.job, to.job],
        }
    }
}

/// Everything that a plan breaks. A job left out breaks nothing, unless it is frozen.
#[must_use]
pub fn check(problem: &Problem, schedule: &Schedule) -> Vec<Violation> {
    let mut found = Vec::new();
    if schedule.jobs.len() != problem.jobs.len() {
        found.push(Violation::OtherJobs);
    }
    for (at, job) in problem.jobs.iter().enumerate() {
        let id = JobId(at);
        let placed = schedule.of(id);
        if job.frozen.as_deref().is_some_and(|frozen| placed != Some(frozen)) {
            found.push(Violation::FrozenMoved { job: id });
        }
        if let Some(placed) = placed {
            check_job(problem, id, job, placed, &mut found);
        }
    }
    let mut by_person: BTreeMap<PersonId, Vec<Placed<'_>>> = BTreeMap::new();
    for task in schedule.tasks(problem) {
        check_people(problem, &task, &mut found);
        for person in &task.placement.people {
            by_person.entry(*person).or_default().push(Placed { ..task });
        }
    }
    for (person, tasks) in by_person {
        check_person(problem, person, tasks, &mut found);
    }
    check_permits(problem, schedule, &mut found);
    found
}

fn check_job(problem: &Problem, id: JobId, job: &Job, placed: &[Placement], found: &mut Vec<Violation>) {
    if placed.len() != job.tasks.len() {
        found.push(Violation::OtherTasks { job: id });
        return;
    }
    let ends: Vec<Timestamp> = job
        .tasks
        .iter()
        .zip(placed)
        .map(|(task, placement)| placement.start + task.duration)
        .collect();
    let first = placed.iter().map(|placement| placement.start).min();
    if first.is_some_and(|first| first < job.earliest) {
        found.push(Violation::TooEarly {
            job: id,
            earliest: job.earliest,
        });
    }
    if let Some(parts) = job
        .parts
        .filter(|parts| first.is_some_and(|first| first < *parts))
    {
        found.push(Violation::PartsMissing { job: id, parts });
    }
    if let Some(latest) = job
        .latest_safe
        .filter(|latest| ends.iter().any(|end| end > latest))
    {
        found.push(Violation::AfterLatestSafe { job: id, latest });
    }
    let may_stand = problem
        .equipment
        .get(job.equipment.0)
        .and_then(|equipment| equipment.may_stand.as_deref());
    for (place, ((task, placement), end)) in job.tasks.iter().zip(placed).zip(&ends).enumerate() {
        let task_id = TaskId { job: id, task: place };
        if !problem.horizon.holds(placement.start, *end) {
            found.push(Violation::OutsideHorizon { task: task_id });
        }
        for before in &task.after {
            if ends.get(*before).is_some_and(|ended| *ended > placement.start) {
                found.push(Violation::OutOfOrder {
                    task: task_id,
                    before: *before,
                });
            }
        }
        if task.needs_standstill && may_stand.is_some_and(|windows| !covered(windows, placement.start, *end))
        {
            found.push(Violation::EquipmentRuns {
                task: task_id,
                equipment: job.equipment,
            });
        }
    }
}

fn check_people(problem: &Problem, task: &Placed<'_>, found: &mut Vec<Violation>) {
    let demands = problem
        .jobs
        .get(task.id.job.0)
        .and_then(|job| job.tasks.get(task.id.task));
    let demands = demands.map_or(&[][..], |task| &task.demands);
    let people = &task.placement.people;
    let mut seen = people.clone();
    seen.sort_unstable();
    seen.dedup();
    let places: Vec<&Demand> = demands
        .iter()
        .flat_map(|demand| std::iter::repeat_n(demand, demand.people))
        .collect();
    let is_right =
        seen.len() == people.len() && places.len() == people.len() && serves(problem, &places, people);
    if !is_right {
        found.push(Violation::WrongPeople { task: task.id });
    }
    for person in people {
        let windows = problem.people.get(person.0).map(|person| {
            let all = person.works.iter().chain(&person.overtime);
            all.copied().collect::<Vec<Window>>()
        });
        if !windows.is_some_and(|windows| covered(&windows, task.placement.start, task.end)) {
            found.push(Violation::NotWorking {
                task: task.id,
                person: *person,
            });
        }
    }
}

/// Whether people can be given to places one to one (Kuhn's augmenting paths).
fn serves(problem: &Problem, places: &[&Demand], people: &[PersonId]) -> bool {
    fn find(
        problem: &Problem,
        places: &[&Demand],
        people: &[PersonId],
        place: usize,
        seen: &mut Vec<usize>,
        taken: &mut BTreeMap<usize, usize>,
    ) -> bool {
        for (at, person) in people.iter().enumerate() {
            let fits = places
                .get(place)
                .is_some_and(|demand| problem.can(*person, demand));
            if !fits || seen.contains(&at) {
                continue;
            }
            seen.push(at);
            let other = taken.get(&at).copied();
            if other.is_none_or(|other| find(problem, places, people, other, seen, taken)) {
                taken.insert(at, place);
                return true;
            }
        }
        false
    }
    let mut taken = BTreeMap::new();
    (0..places.len()).all(|place| find(problem, places, people, place, &mut Vec::new(), &mut taken))
}

fn check_person(problem: &Problem, person: PersonId, mut tasks: Vec<Placed<'_>>, found: &mut Vec<Violation>) {
    tasks.sort_by_key(|task| (task.placement.start, task.end));
    let windows = problem.people.get(person.0).map_or_else(Vec::new, |person| {
        let all = person.works.iter().chain(&person.overtime);
        all.copied().collect::<Vec<Window>>()
    });
    let location = |task: &Placed<'_>| {
        problem
            .jobs
            .get(task.id.job.0)
            .map(|job| job.location)
            .unwrap_or_default()
    };
    for pair in tasks.windows(2) {
        let [one, other] = pair else { continue };
        let needs = problem.travel(location(one), location(other));
        if other.placement.start < one.end {
            found.push(Violation::DoubleBooked {
                person,
                one: one.id,
                other: other.id,
            });
        } else if other.placement.start < one.end + needs && covered(&windows, one.end, other.placement.start)
        {
            // Between two shifts the way is theirs.
            found.push(Violation::NoTimeToTravel {
                person,
                from: one.id,
                to: other.id,
                needs,
            });
        }
    }
}

fn check_permits(problem: &Problem, schedule: &Schedule, found: &mut Vec<Violation>) {
    for (at, permit) in problem.permits.iter().enumerate() {
        let id = PermitId(at);
        let holds = |task: &Placed<'_>| {
            let given = problem
                .jobs
                .get(task.id.job.0)
                .and_then(|job| job.tasks.get(task.id.task));
            given.is_some_and(|given| given.permits.contains(&id))
        };
        let holders: Vec<Placed<'_>> = schedule.tasks(problem).filter(holds).collect();
        for task in &holders {
            if !covered(&permit.given, task.placement.start, task.end) {
                found.push(Violation::NoPermit {
                    task: task.id,
                    permit: id,
                });
            }
            let at = task.placement.start;
            let out = holders
                .iter()
                .filter(|other| other.placement.start <= at && at < other.end)
                .count();
            let full = Violation::PermitsFull { permit: id, at };
            if out > permit.places && !found.contains(&full) {
                found.push(full);
            }
        }
    }
}

/// Whether windows together hold every instant from `start` to `end`.
fn covered(windows: &[Window], start: Timestamp, end: Timestamp) -> bool {
    let mut reached = start;
    while reached < end {
        let further = windows
            .iter()
            .filter(|window| window.start <= reached && reached < window.end);
        match further.map(|window| window.end).max() {
            Some(until) => reached = until,
            None => return false,
        }
    }
    true
}

//! The checker sees each kind of violation, and only that.

use planning::maintenance::{
    CraftId, Demand, Equipment, EquipmentId, Job, JobId, LocationId, Permit, PermitId, Person, PersonId,
    Placement, Problem, QualificationId, Schedule, Task, TaskId, Violation, check,
};
use twin::Span;

use crate::support::{hour, hours, window};

/// A day from 6 to 14 for a fitter (0), a fitter who may weld (1) and an electrician (2); job 0 is two tasks on
/// equipment that stands from 8 to 12, job 1 is short, an hour's way off, and needs both crafts.
fn problem() -> Problem {
    let person = |name: &str, craft: usize, qualifications: Vec<QualificationId>| Person {
        name: name.to_owned(),
        crafts: vec![CraftId(craft)],
        qualifications,
        works: vec![window(6, 10), window(10, 14)],
        overtime: vec![window(14, 15)],
    };
    let demand = |craft: usize, qualifications: Vec<QualificationId>| Demand {
        craft: CraftId(craft),
        qualifications,
        people: 1,
    };
    let weld = vec![QualificationId(0)];
    let prepare = Task {
        duration: hours(1),
        demands: vec![demand(0, vec![])],
        ..Task::default()
    };
    let weld_it = Task {
        duration: hours(2),
        demands: vec![demand(0, weld.clone())],
        after: vec![0],
        needs_standstill: true,
        permits: vec![PermitId(0)],
        ..Task::default()
    };
    let measure = Task {
        duration: hours(1),
        demands: vec![demand(0, vec![]), demand(1, vec![])],
        permits: vec![PermitId(0)],
        ..Task::default()
    };
    Problem {
        horizon: window(0, 24),
        people: vec![
            person("Ada", 0, vec![]),
            person("Ben", 0, weld),
            person("Cem", 1, vec![]),
        ],
        jobs: vec![
            Job {
                tasks: vec![prepare, weld_it],
                earliest: hour(7),
                latest_safe: Some(hour(13)),
                parts: Some(hour(7)),
                ..Job::default()
            },
            Job {
                tasks: vec![measure],
                location: LocationId(1),
                equipment: EquipmentId(1),
                ..Job::default()
            },
        ],
        equipment: vec![
            Equipment {
                name: "mixer".to_owned(),
                may_stand: Some(vec![window(8, 10), window(10, 12)]),
            },
            Equipment::default(),
        ],
        permits: vec![Permit {
            name: "hot work".to_owned(),
            places: 1,
            given: vec![window(6, 13)],
        }],
        travel: vec![vec![Span::ZERO, hours(1)], vec![hours(1), Span::ZERO]],
        ..Problem::default()
    }
}

fn at(start: i64, people: &[usize]) -> Placement {
    Placement {
        start: hour(start),
        people: people.iter().map(|person| PersonId(*person)).collect(),
    }
}

fn plan(first: [Placement; 2], second: Placement) -> Schedule {
    Schedule {
        jobs: vec![Some(first.to_vec()), Some(vec![second])],
    }
}

const fn task(job: usize, task: usize) -> TaskId {
    TaskId {
        job: JobId(job),
        task,
    }
}

#[track_caller]
fn finds(problem: &Problem, schedule: &Schedule, expect: &[Violation]) {
    assert_eq!(check(problem, schedule), expect);
}

#[test]
fn a_plan_that_keeps_to_everything_breaks_nothing() {
    let (problem, mut schedule) = (problem(), plan([at(7, &[0]), at(9, &[1])], at(12, &[0, 2])));
    finds(&problem, &schedule, &[]);
    schedule.jobs[1] = None;
    finds(&problem, &schedule, &[]);
}

#[test]
fn a_plan_of_other_jobs_or_tasks_is_no_plan_of_these() {
    let problem = problem();
    finds(&problem, &Schedule { jobs: vec![None] }, &[Violation::OtherJobs]);
    let short = Schedule {
        jobs: vec![Some(vec![at(7, &[0])]), None],
    };
    finds(&problem, &short, &[Violation::OtherTasks { job: JobId(0) }]);
}

#[test]
fn what_is_frozen_stays() {
    let mut problem = problem();
    problem.jobs[1].frozen = Some(vec![at(12, &[0, 2])]);
    finds(&problem, &plan([at(7, &[0]), at(9, &[1])], at(12, &[0, 2])), &[]);
    finds(
        &problem,
        &plan([at(7, &[0]), at(9, &[1])], at(11, &[0, 2])),
        &[Violation::FrozenMoved { job: JobId(1) }]
            .into_iter()
            .chain([Violation::PermitsFull {
                permit: PermitId(0),
                at: hour(11),
            }])
            .take(1)
            .collect::<Vec<_>>(),
    );
    let left_out = Schedule {
        jobs: vec![None, None],
    };
    finds(&problem, &left_out, &[Violation::FrozenMoved { job: JobId(1) }]);
}

#[test]
fn nothing_lies_outside_of_the_horizon() {
    let mut problem = problem();
    problem.horizon = window(0, 11);
    problem.jobs[1].tasks[0].permits.clear();
    finds(
        &problem,
        &plan([at(7, &[0]), at(9, &[1])], at(12, &[0, 2])),
        &[Violation::OutsideHorizon { task: task(1, 0) }],
    );
}

#[test]
fn a_job_waits_for_its_time_and_its_parts() {
    let mut problem = problem();
    let schedule = plan([at(7, &[0]), at(9, &[1])], at(12, &[0, 2]));
    problem.jobs[0].parts = Some(hour(8));
    finds(
        &problem,
        &schedule,
        &[Violation::PartsMissing {
            job: JobId(0),
            parts: hour(8),
        }],
    );
    problem.jobs[0].parts = None;
    problem.jobs[0].earliest = hour(9);
    finds(
        &problem,
        &schedule,
        &[Violation::TooEarly {
            job: JobId(0),
            earliest: hour(9),
        }],
    );
    problem.jobs[0].earliest = hour(7);
    problem.jobs[0].latest_safe = Some(hour(10));
    finds(
        &problem,
        &schedule,
        &[Violation::AfterLatestSafe {
            job: JobId(0),
            latest: hour(10),
        }],
    );
}

#[test]
fn tasks_of_a_job_keep_their_order() {
    finds(
        &problem(),
        &plan([at(9, &[0]), at(9, &[1])], at(12, &[0, 2])),
        &[Violation::OutOfOrder {
            task: task(0, 1),
            before: 0,
        }],
    );
}

#[test]
fn a_task_has_the_people_it_needs() {
    let problem = problem();
    // Nobody who may weld; too few; too many; one twice; one who serves both demands is one too few.
    for (first, second, wrong) in [
        ([at(7, &[0]), at(9, &[0])], at(12, &[0, 2]), task(0, 1)),
        ([at(7, &[0]), at(9, &[1])], at(12, &[2]), task(1, 0)),
        ([at(7, &[0]), at(9, &[1])], at(12, &[0, 1, 2]), task(1, 0)),
        ([at(7, &[0]), at(9, &[1])], at(12, &[2, 2]), task(1, 0)),
    ] {
        let found = check(&problem, &plan(first, second));
        assert!(
            found.contains(&Violation::WrongPeople { task: wrong }),
            "{found:?}"
        );
    }
}

#[test]
fn people_are_given_to_demands_whatever_their_order() {
    let mut problem = problem();
    problem.people[0].crafts = vec![CraftId(0), CraftId(1)];
    problem.people[1].qualifications.clear();
    problem.jobs[0].tasks[1].demands[0].qualifications.clear();
    // The first could do either; only one way round serves both demands.
    finds(&problem, &plan([at(7, &[0]), at(9, &[1])], at(12, &[0, 1])), &[]);
    finds(&problem, &plan([at(7, &[0]), at(9, &[1])], at(12, &[1, 0])), &[]);
}

#[test]
fn people_work_only_in_their_shifts_and_overtime() {
    let mut problem = problem();
    problem.permits[0].given = vec![window(6, 20)];
    finds(&problem, &plan([at(7, &[0]), at(9, &[1])], at(14, &[0, 2])), &[]);
    finds(
        &problem,
        &plan([at(7, &[0]), at(9, &[1])], at(15, &[0, 2])),
        &[
            Violation::NotWorking {
                task: task(1, 0),
                person: PersonId(0),
            },
            Violation::NotWorking {
                task: task(1, 0),
                person: PersonId(2),
            },
        ],
    );
}

#[test]
fn nobody_is_in_two_places() {
    let mut problem = problem();
    problem.permits[0].places = 2;
    finds(
        &problem,
        &plan([at(7, &[0]), at(9, &[1])], at(10, &[1, 2])),
        &[Violation::DoubleBooked {
            person: PersonId(1),
            one: task(0, 1),
            other: task(1, 0),
        }],
    );
    finds(
        &problem,
        &plan([at(7, &[0]), at(9, &[1])], at(11, &[1, 2])),
        &[Violation::NoTimeToTravel {
            person: PersonId(1),
            from: task(0, 1),
            to: task(1, 0),
            needs: hours(1),
        }],
    );
}

#[test]
fn equipment_stands_only_when_production_lets_it() {
    let mut problem = problem();
    problem.jobs[0].latest_safe = None;
    problem.permits[0].places = 2;
    finds(
        &problem,
        &plan([at(7, &[0]), at(11, &[1])], at(9, &[0, 2])),
        &[Violation::EquipmentRuns {
            task: task(0, 1),
            equipment: EquipmentId(0),
        }],
    );
}

#[test]
fn permits_are_given_at_their_times_and_only_so_many() {
    let problem = problem();
    finds(
        &problem,
        &plan([at(7, &[0]), at(9, &[1])], at(13, &[0, 2])),
        &[Violation::NoPermit {
            task: task(1, 0),
            permit: PermitId(0),
        }],
    );
    finds(
        &problem,
        &plan([at(7, &[0]), at(9, &[1])], at(10, &[0, 2])),
        &[Violation::PermitsFull {
            permit: PermitId(0),
            at: hour(10),
        }],
    );
}

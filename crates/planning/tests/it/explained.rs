//! Why a job is where it is.

use planning::core::Anytime;
use planning::maintenance::{
    Binding, CraftId, Demand, Equipment, EquipmentId, Job, JobId, Permit, PermitId, Person, Problem,
    RiskCurve, Schedule, Search, Task, TaskId, by_due_date, check, cost, explain,
};

use crate::support::{backlog, hour, hours, window};

/// One fitter from 6 to 14 on two days, jobs of two hours.
fn problem(jobs: usize) -> Problem {
    let task = Task {
        duration: hours(2),
        demands: vec![Demand {
            craft: CraftId(0),
            qualifications: vec![],
            people: 1,
        }],
        ..Task::default()
    };
    let job = Job {
        tasks: vec![task],
        earliest: hour(6),
        risk: RiskCurve::late_after(hour(8), 10.0),
        ..Job::default()
    };
    Problem {
        horizon: window(0, 48),
        people: vec![Person {
            crafts: vec![CraftId(0)],
            works: vec![window(6, 14), window(30, 38)],
            ..Person::default()
        }],
        jobs: vec![job; jobs],
        equipment: vec![Equipment::default()],
        permits: vec![Permit {
            name: "hot work".to_owned(),
            places: 1,
            given: vec![window(0, 48)],
        }],
        ..Problem::default()
    }
}

fn planned(problem: &Problem) -> Schedule {
    by_due_date(problem).unwrap()
}

#[track_caller]
fn bound_by(problem: &Problem, schedule: &Schedule, job: usize) -> Binding {
    explain(problem, schedule, JobId(job)).unwrap().binding
}

#[test]
fn each_constraint_that_binds_is_named() {
    let mut problem = problem(2);
    let schedule = planned(&problem);
    assert_eq!(bound_by(&problem, &schedule, 0), Binding::Release);
    assert_eq!(bound_by(&problem, &schedule, 1), Binding::People(vec![JobId(0)]));
    problem.jobs[0].parts = Some(hour(9));
    assert_eq!(bound_by(&problem, &planned(&problem), 0), Binding::Parts);
    problem.jobs[0].parts = None;
    problem.equipment[0].may_stand = Some(vec![window(10, 20)]);
    problem.jobs[0].tasks[0].needs_standstill = true;
    assert_eq!(
        bound_by(&problem, &planned(&problem), 0),
        Binding::Standstill(EquipmentId(0))
    );
    problem.jobs[0].tasks[0].needs_standstill = false;
    problem.permits[0].given = vec![window(11, 20)];
    problem.jobs[0].tasks[0].permits = vec![PermitId(0)];
    assert_eq!(
        bound_by(&problem, &planned(&problem), 0),
        Binding::Permits(vec![PermitId(0)])
    );
    problem.jobs[1].frozen = planned(&problem).jobs[1].clone();
    assert_eq!(bound_by(&problem, &planned(&problem), 1), Binding::Frozen);
}

#[test]
fn a_job_without_a_place_says_why() {
    let mut problem = problem(5);
    problem.jobs[4].latest_safe = Some(hour(14));
    problem.jobs[4].due = Some(hour(40));
    let schedule = planned(&problem);
    assert_eq!(schedule.unplaced().collect::<Vec<JobId>>(), vec![]);
    problem.jobs[4].latest_safe = Some(hour(9));
    problem.jobs[0].due = Some(hour(1));
    let schedule = planned(&problem);
    assert_eq!(schedule.unplaced().collect::<Vec<JobId>>(), vec![JobId(4)]);
    assert!(matches!(
        bound_by(&problem, &schedule, 4),
        Binding::OnlyTooLate { .. }
    ));
    problem.jobs[4].tasks[0].demands[0].people = 2;
    assert_eq!(
        bound_by(&problem, &schedule, 4),
        Binding::NobodyCan {
            task: TaskId {
                job: JobId(4),
                task: 0
            },
            craft: CraftId(0),
        }
    );
    problem.jobs[4].tasks[0].demands[0].people = 1;
    problem.jobs[4].tasks[0].duration = hours(9);
    assert_eq!(bound_by(&problem, &schedule, 4), Binding::NoPlace);
}

#[test]
fn another_place_has_its_price() {
    let mut problem = problem(3);
    problem.jobs[2].risk = RiskCurve::none();
    let schedule = planned(&problem);
    let said = explain(&problem, &schedule, JobId(0)).unwrap();
    let later = said.later.unwrap();
    assert_eq!((later.start, later.end), (hour(12), hour(14)));
    assert!(
        (later.change.risk - 60.0).abs() < 1e-6 && said.earlier.is_none(),
        "{later:?}"
    );
    let mut moved = schedule.clone();
    moved.jobs[0] = Some(later.placements.clone());
    let difference = cost(&problem, &moved).total() - cost(&problem, &schedule).total();
    assert!((difference - later.change.total()).abs() < 1e-6);
}

#[test]
fn every_alternative_breaks_nothing_and_costs_what_it_says() {
    let problem = backlog(4, 60, 8, 14);
    let mut search = Search::new(problem.clone(), 1).unwrap();
    search.step(200);
    let plan = search.best();
    let mut seen = 0;
    for at in 0..problem.jobs.len() {
        let said = explain(&problem, plan, JobId(at)).unwrap();
        assert_eq!(
            matches!(said.binding, Binding::CheaperHere | Binding::Wanted) && plan.jobs[at].is_some(),
            said.earlier.is_some(),
            "job {at}"
        );
        if let Some(earlier) = &said.earlier {
            let is_dearer = earlier.change.total() > 0.0;
            assert_eq!(said.binding == Binding::CheaperHere, is_dearer, "job {at}");
        }
        for other in said.earlier.iter().chain(&said.later) {
            let mut moved = plan.clone();
            moved.jobs[at] = Some(other.placements.clone());
            assert_eq!(check(&problem, &moved), vec![], "job {at}");
            let difference = cost(&problem, &moved).total() - cost(&problem, plan).total();
            assert!(
                (difference - other.change.total()).abs() < 1e-3,
                "job {at}: {difference}, {other:?}"
            );
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

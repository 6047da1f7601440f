//! Plans: what the search finds breaks nothing, keeps what is frozen, and is worth its time.

use planning::core::{Anytime, Rng};
use planning::maintenance::{
    JobId, Problem, ProblemError, RiskCurve, Search, TaskId, by_due_date, check, cost,
    first_come_first_served,
};
use proptest::prelude::*;

use crate::support::{backlog, hour, hours, window};

#[test]
fn risk_is_straight_between_points_and_goes_on_as_steep() {
    let curve = RiskCurve::through([
        (hour(10), 50.0),
        (hour(0), 10.0),
        (hour(20), 40.0),
        (hour(30), 90.0),
    ]);
    for (at, cost) in [
        (-5, 10.0),
        (0, 10.0),
        (5, 30.0),
        (10, 50.0),
        (15, 50.0),
        (25, 70.0),
        (40, 130.0),
    ] {
        assert!(
            (curve.cost(hour(at)) - cost).abs() < 1e-9,
            "{at}: {}",
            curve.cost(hour(at))
        );
    }
    let late = RiskCurve::late_after(hour(8), 20.0);
    assert!((late.cost(hour(8))).abs() < 1e-9 && (late.cost(hour(11)) - 60.0).abs() < 1e-9);
    assert!(RiskCurve::none().cost(hour(1_000)).abs() < 1e-9);
}

#[test]
fn a_problem_that_names_what_is_not_there_is_refused() {
    let mut problem = backlog(1, 3, 4, 2);
    problem.jobs[1].equipment.0 = 99;
    problem.jobs[2].tasks[0].after = vec![0];
    problem.horizon = window(5, 5);
    let found = Search::new(problem, 1).unwrap_err();
    assert_eq!(
        found,
        vec![
            ProblemError::Horizon,
            ProblemError::Missing {
                job: JobId(1),
                what: "equipment",
                number: 99
            },
            ProblemError::Circle {
                job: JobId(2),
                tasks: vec![0]
            },
        ]
    );
    let mut empty = backlog(1, 3, 4, 2);
    empty.jobs[0].tasks.clear();
    empty.jobs[1].tasks[0].duration = hours(0);
    assert_eq!(
        empty.problems(),
        vec![
            ProblemError::NoTasks(JobId(0)),
            ProblemError::NoDuration(TaskId {
                job: JobId(1),
                task: 0
            }),
        ]
    );
}

#[test]
fn a_month_of_500_jobs_costs_a_tenth_less_than_by_due_date() {
    let problem = backlog(1, 500, 40, 28);
    let by_date = by_due_date(&problem).unwrap();
    let in_turn = first_come_first_served(&problem).unwrap();
    let mut search = Search::new(problem, 1).unwrap();
    let progress = search.step(2_500);
    let problem = search.problem();
    assert_eq!(check(problem, search.best()), vec![]);
    let (by_date, in_turn) = (cost(problem, &by_date).total(), cost(problem, &in_turn).total());
    assert!(
        progress.best < 0.9 * by_date,
        "{} against {by_date} by due date",
        progress.best
    );
    assert!(
        progress.best < 0.9 * in_turn,
        "{} against {in_turn} first come first served",
        progress.best
    );
    assert!(progress.bound <= progress.best);
}

#[test]
fn a_lone_job_ends_at_a_proven_bound() {
    let mut problem = backlog(3, 1, 12, 7);
    problem.jobs[0].earliest = hour(0);
    problem.jobs[0].parts = None;
    problem.jobs[0].latest_safe = None;
    for person in &mut problem.people {
        person.overtime.clear();
    }
    problem.jobs[0].risk = RiskCurve::late_after(hour(0), 10.0);
    let mut search = Search::new(problem, 1).unwrap();
    let progress = search.step(100_000);
    assert!(progress.is_proven() && progress.tried < 100_000, "{progress:?}");
}

fn small(seed: u64) -> Problem {
    let mut dice = Rng::new(seed);
    backlog(
        seed,
        5 + dice.below(40),
        3 + dice.below(8),
        3 + dice.below(10) as i64,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_found_breaks_nothing_and_costs_what_is_said(seed in any::<u64>()) {
        let problem = small(seed);
        let mut search = Search::new(problem.clone(), seed).unwrap();
        let mut before = f64::INFINITY;
        for _ in 0..4 {
            let progress = search.step(60);
            prop_assert!(progress.best <= before);
            before = progress.best;
            let found = cost(&problem, search.best());
            prop_assert_eq!(check(&problem, search.best()), vec![]);
            let said = search.cost();
            for (one, other) in [
                (said.risk, found.risk),
                (said.travel, found.travel),
                (said.isolation, found.isolation),
                (said.overtime, found.overtime),
                (said.unplaced, found.unplaced),
            ] {
                prop_assert!((one - other).abs() < 1e-3 * (1.0 + other.abs()), "{:?}, {:?}", said, found);
            }
            prop_assert!(progress.bound <= found.total() + 1e-3);
        }
    }

    #[test]
    fn the_simple_ways_break_nothing_either(seed in any::<u64>()) {
        let problem = small(seed);
        prop_assert_eq!(check(&problem, &by_due_date(&problem).unwrap()), vec![]);
        prop_assert_eq!(check(&problem, &first_come_first_served(&problem).unwrap()), vec![]);
    }

    #[test]
    fn the_same_seed_plans_the_same_however_it_is_stepped(seed in any::<u64>()) {
        let mut one = Search::new(small(seed), 5).unwrap();
        let mut other = Search::new(small(seed), 5).unwrap();
        one.step(150);
        for _ in 0..15 {
            other.step(10);
        }
        prop_assert_eq!(one.best(), other.best());
    }

    #[test]
    fn what_is_frozen_stays_where_it_is(seed in any::<u64>()) {
        let mut problem = small(seed);
        let first = by_due_date(&problem).unwrap();
        for (at, placed) in first.jobs.iter().enumerate().filter(|(at, _)| at % 3 == 0) {
            problem.jobs[at].frozen.clone_from(placed);
        }
        let mut search = Search::new(problem.clone(), seed).unwrap();
        search.step(120);
        prop_assert_eq!(check(&problem, search.best()), vec![]);
        for (at, job) in problem.jobs.iter().enumerate() {
            if let Some(frozen) = &job.frozen {
                prop_assert_eq!(search.best().of(JobId(at)), Some(frozen.as_slice()));
            }
        }
    }

    #[test]
    fn a_search_goes_on_from_a_plan_and_mends_what_it_breaks(seed in any::<u64>()) {
        let mut problem = small(seed);
        let before = by_due_date(&problem).unwrap();
        let kept = Search::from_plan(problem.clone(), &before, seed).unwrap();
        prop_assert!(kept.cost().total() <= cost(&problem, &before).total() + 1e-6);
        // Half of the people fall ill, parts come late.
        for person in problem.people.iter_mut().step_by(2) {
            person.works.clear();
            person.overtime.clear();
        }
        for job in problem.jobs.iter_mut().step_by(4) {
            job.parts = Some(job.earliest + hours(30));
        }
        let mut search = Search::from_plan(problem.clone(), &before, seed).unwrap();
        prop_assert_eq!(check(&problem, search.best()), vec![]);
        let broken: Vec<JobId> = check(&problem, &before).iter().flat_map(|violation| violation.jobs()).collect();
        for (at, placed) in before.jobs.iter().enumerate() {
            if placed.is_some() && !broken.contains(&JobId(at)) {
                prop_assert_eq!(&search.best().jobs[at], placed);
            }
        }
        let first = search.cost().total();
        search.step(60);
        prop_assert_eq!(check(&problem, search.best()), vec![]);
        prop_assert!(search.cost().total() <= first + 1e-6);
    }
}

//! Projects: what the checker sees, and that the search breaks nothing.

use planning::core::{Anytime, Rng};
use planning::project::{
    Activity, Breach, Project, ProjectError, SkilledTask, Staffed, StaffedError, Worker, check_project,
    check_staffed,
};
use proptest::prelude::*;

fn activity(duration: i64, demand: &[i64], successors: &[usize]) -> Activity {
    Activity {
        duration,
        demand: demand.to_vec(),
        successors: successors.to_vec(),
    }
}

fn tiny() -> Project {
    let activities = vec![
        activity(3, &[2], &[2]),
        activity(2, &[2], &[]),
        activity(2, &[2], &[]),
    ];
    Project::new(activities, vec![3]).unwrap()
}

#[test]
fn a_project_that_nothing_can_satisfy_is_refused() {
    let needs_more = Project::new(vec![activity(1, &[4], &[])], vec![3]);
    assert!(matches!(
        needs_more.unwrap_err(),
        ProjectError::TooMuch {
            needs: 4,
            capacity: 3,
            ..
        }
    ));
    let circle = Project::new(vec![activity(1, &[0], &[1]), activity(1, &[0], &[0])], vec![3]);
    assert!(matches!(circle.unwrap_err(), ProjectError::Circle(_)));
    let backwards = Project::new(vec![activity(-1, &[0], &[])], vec![3]);
    assert_eq!(backwards.unwrap_err(), ProjectError::Negative(0));
}

#[test]
fn the_checker_sees_every_breach_of_a_project() {
    let project = tiny();
    assert_eq!(check_project(&project, &[0, 3, 5]), vec![]);
    assert_eq!(check_project(&project, &[0, 3]), vec![Breach::Incomplete]);
    assert_eq!(
        check_project(&project, &[-1, 3, 5]),
        vec![Breach::TooEarly { activity: 0 }]
    );
    assert_eq!(
        check_project(&project, &[0, 4, 2]),
        vec![
            Breach::Precedence { before: 0, after: 2 },
            Breach::Capacity { resource: 0, time: 2 },
        ]
    );
    assert_eq!(check_project(&project, &[0, 2, 4]).len(), 1);
}

#[test]
fn numbers_too_large_to_add_up_do_not_overflow() {
    let giant = 1_000_000_000;
    let activities = vec![activity(giant, &[giant], &[]); 30];
    let project = Project::new(activities, vec![giant]).unwrap();
    let mut search = project.search(1);
    search.step(3);
    assert_eq!(search.best().makespan, 30 * giant);
    assert!(search.decoder().project().bound() <= 30 * giant);
}

#[test]
fn the_search_ends_at_the_bound_it_proves() {
    let mut search = tiny().search(1);
    let progress = search.step(1_000_000);
    assert!(progress.is_proven() && progress.tried < 1_000, "{progress:?}");
    assert_eq!(search.best().makespan, 7);
}

fn team() -> (Vec<SkilledTask>, Vec<Worker>) {
    let task = |duration, skill, level, before: &[usize]| SkilledTask {
        duration,
        skill,
        level,
        predecessors: before.to_vec(),
    };
    let tasks = vec![task(4, 0, 1, &[]), task(5, 0, 2, &[]), task(3, 1, 1, &[0])];
    let workers = vec![
        Worker {
            skills: vec![(0, 2), (1, 0)],
        },
        Worker { skills: vec![(1, 1)] },
    ];
    (tasks, workers)
}

#[test]
fn the_checker_sees_every_breach_of_a_team() {
    let (tasks, workers) = team();
    let staffed = Staffed::new(&tasks, &workers).unwrap();
    assert_eq!(check_staffed(&staffed, &[0, 4, 4], &[0, 0, 1]), vec![]);
    assert_eq!(
        check_staffed(&staffed, &[0, 4, 4], &[0, 0, 0])[0],
        Breach::Unskilled {
            activity: 2,
            worker: 0
        }
    );
    assert_eq!(
        check_staffed(&staffed, &[0, 3, 4], &[0, 0, 1]),
        vec![Breach::Double {
            activity: 0,
            other: 1,
            worker: 0,
        }]
    );
    assert_eq!(
        check_staffed(&staffed, &[0, 4, 3], &[0, 0, 1]),
        vec![Breach::Precedence { before: 0, after: 2 }]
    );
    let nobody = Staffed::new(&tasks, &workers[1..]);
    assert_eq!(
        nobody.unwrap_err(),
        StaffedError::Nobody {
            task: 0,
            skill: 0,
            level: 1
        }
    );
}

/// A project of dice: successors are later activities, so that there is no circle.
fn project(seed: u64) -> Project {
    let mut dice = Rng::new(seed);
    let count = 5 + dice.below(25);
    let activities = (0..count).map(|at| Activity {
        duration: dice.between(0, 9),
        demand: (0..3).map(|_| dice.between(0, 5)).collect(),
        successors: (at + 1..count).filter(|_| dice.chance(0.1)).collect(),
    });
    Project::new(activities.collect(), vec![5, 7, 9]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_the_search_finds_breaks_nothing_and_is_not_below_the_bound(seed in any::<u64>()) {
        let mut search = project(seed).search(seed);
        let progress = search.step(300);
        let project = search.decoder().project();
        prop_assert_eq!(check_project(project, &search.best().starts), vec![]);
        prop_assert!(progress.best >= project.bound() as f64);
        let ends = search.best().starts.iter().enumerate().map(|(at, start)| start + project.network().duration(at));
        prop_assert_eq!(ends.max().unwrap(), search.best().makespan);
    }

    #[test]
    fn teams_are_given_only_what_they_can(seed in any::<u64>()) {
        let mut dice = Rng::new(seed);
        let workers: Vec<Worker> = (0..4)
            .map(|at| Worker { skills: vec![(at % 3, 2), (dice.below(3), dice.below(3) as u32)] })
            .collect();
        let tasks: Vec<SkilledTask> = (0..20)
            .map(|at| SkilledTask {
                duration: dice.between(1, 9),
                skill: dice.below(3),
                level: dice.below(3) as u32,
                predecessors: (0..at).filter(|_| dice.chance(0.08)).collect(),
            })
            .collect();
        let staffed = Staffed::new(&tasks, &workers).unwrap();
        let mut search = staffed.clone().search(seed);
        let progress = search.step(300);
        prop_assert_eq!(check_staffed(&staffed, &search.best().starts, &search.best().modes), vec![]);
        prop_assert!(progress.best >= staffed.bound() as f64);
    }

    #[test]
    fn the_same_seed_comes_to_the_same(seed in any::<u64>()) {
        let (mut one, mut other) = (project(seed).search(7), project(seed).search(7));
        let tried = one.step(600).tried;
        // In the smallest steps, as far as the first went in one.
        let last = (0..=tried).map(|_| other.step(1).tried).find(|there| *there >= tried);
        prop_assert_eq!(last, Some(tried));
        prop_assert_eq!(one.best(), other.best());
    }
}

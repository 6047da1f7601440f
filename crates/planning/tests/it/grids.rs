//! Grids: what the checker sees, what a plan costs, and what the search finds.

use planning::core::Anytime;
use planning::formats::roadef;
use planning::grid::{Fault, Grid, GridError, GridSearch, check_grid, objective};

use crate::samples::GRID;
use planning::core::Rng;
use planning::grid::{Exclusion, Intervention, Slot, Team};
use proptest::prelude::*;

fn grid() -> Grid {
    roadef::read(GRID).unwrap()
}

#[test]
fn the_checker_sees_every_fault() {
    let grid = grid();
    assert_eq!(check_grid(&grid, &[2, 0]), vec![]);
    assert_eq!(check_grid(&grid, &[2]), vec![Fault::Incomplete]);
    assert_eq!(
        check_grid(&grid, &[2, 9]),
        vec![Fault::Start {
            intervention: 1,
            start: 9
        }]
    );
    assert_eq!(
        check_grid(&grid, &[0, 0]),
        vec![
            Fault::Work {
                team: 0,
                step: 0,
                work: 6.0
            },
            Fault::Together {
                exclusion: 0,
                step: 0
            },
        ]
    );
    let mut lazy = grid;
    lazy.teams[0].least[1] = 1.0;
    assert_eq!(
        check_grid(&lazy, &[0, 0])[1..],
        [Fault::Together {
            exclusion: 0,
            step: 0
        }]
    );
    assert_eq!(check_grid(&lazy, &[2, 1]), vec![]);
}

#[test]
fn the_cost_is_mean_and_excess_of_the_quantile() {
    // A at step 1: risks 1 and 3, mean 2, the lower of two is the median: no excess. B at step 2: 3.
    let cost = objective(&grid(), &[0, 1]);
    assert!((cost.mean - 5.0 / 3.0).abs() < 1e-12, "{cost:?}");
    assert!(cost.excess.abs() < 1e-12, "{cost:?}");
    let mut worst = grid();
    worst.quantile = 1.0;
    let cost = objective(&worst, &[0, 1]);
    assert!((cost.excess - 1.0 / 3.0).abs() < 1e-12, "{cost:?}");
    assert!(
        (cost.total - (0.5 * 5.0 / 3.0 + 0.5 / 3.0)).abs() < 1e-12,
        "{cost:?}"
    );
}

#[test]
fn the_search_finds_the_best_of_a_small_grid() {
    let grid = grid();
    let mut best = f64::INFINITY;
    for a in 0..3 {
        for b in 0..2 {
            if check_grid(&grid, &[a, b]).is_empty() {
                best = best.min(objective(&grid, &[a, b]).total);
            }
        }
    }
    let mut search = GridSearch::new(grid.clone(), 3);
    let progress = search.step(2_000);
    assert_eq!(check_grid(&grid, search.best()), vec![]);
    assert!((progress.best - best).abs() < 1e-9, "{progress:?}, {best}");
    assert!(progress.bound <= best + 1e-9);
}

#[test]
fn an_instance_that_lacks_something_is_refused_by_name() {
    let mut late = grid();
    late.interventions[0].slots.truncate(1);
    late.interventions[0].slots[0].length = 4;
    assert_eq!(late.checked().unwrap_err(), GridError::Nowhere("A".to_owned()));
    let mut short = grid();
    short.teams[0].most.pop();
    assert!(short.checked().unwrap_err().to_string().starts_with("team: "));
}

/// A grid of dice, with room for most answers.
fn random(seed: u64) -> Grid {
    let mut dice = Rng::new(seed);
    let steps = 4 + dice.below(8);
    let scenarios: Vec<usize> = (0..steps).map(|_| 1 + dice.below(6)).collect();
    let count = 3 + dice.below(10);
    let interventions = (0..count).map(|at| {
        let slots = (0..steps).map(|start| {
            let length = 1 + dice.below(3);
            let within = (start..start + length).filter(|step| *step < steps);
            let risk = within
                .clone()
                .map(|step| (0..scenarios[step]).map(|_| 10.0 * dice.unit()).collect());
            let risk = risk.collect();
            Slot {
                length,
                work: within.map(|step| (at % 2, step, 1.0 + dice.unit())).collect(),
                risk,
            }
        });
        Intervention {
            name: format!("I{at}"),
            slots: slots.collect(),
        }
    });
    let interventions = interventions.collect();
    let exclusions = (0..count / 2).map(|at| Exclusion {
        name: format!("E{at}"),
        pair: (at, at + 1),
        season: (0..steps).map(|_| dice.chance(0.3)).collect(),
    });
    let exclusions = exclusions.collect();
    let team = |name: &str| Team {
        name: name.to_owned(),
        least: vec![0.0; steps],
        most: vec![6.0; steps],
    };
    let grid = Grid {
        steps,
        teams: vec![team("a"), team("b")],
        interventions,
        exclusions,
        quantile: 0.8,
        alpha: 0.5,
        scenarios,
    };
    grid.checked().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_the_search_keeps_up_to_date_is_what_the_definitions_say(seed in any::<u64>()) {
        let grid = random(seed);
        let mut search = GridSearch::new(grid.clone(), seed);
        for _ in 0..3 {
            let progress = search.step(500);
            let is_feasible = check_grid(&grid, search.best()).is_empty();
            prop_assert_eq!(progress.best.is_finite(), is_feasible);
            if is_feasible {
                prop_assert!((objective(&grid, search.best()).total - progress.best).abs() < 1e-6);
                prop_assert!(progress.bound <= progress.best + 1e-6);
            }
        }
    }

    #[test]
    fn the_same_seed_finds_the_same_starts(seed in any::<u64>()) {
        let (mut one, mut other) = (GridSearch::new(random(seed), 1), GridSearch::new(random(seed), 1));
        one.step(900);
        for _ in 0..9 {
            other.step(100);
        }
        prop_assert_eq!(one.best(), other.best());
    }
}

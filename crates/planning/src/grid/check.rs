//! Whether starts break nothing, and what they cost, by the challenge's definitions alone: no code is
//! shared with the search.

use super::Grid;

/// Work may be over or under by this much, as in the challenge's own checker.
const TOLERANCE: f64 = 1e-5;

/// What starts break. Everything by number from 0.
#[derive(Clone, PartialEq, Debug)]
pub enum Fault {
    /// Another number of starts than interventions.
    Incomplete,
    /// Starts where it may not, or ends after the last step.
    Start {
        /// Which.
        intervention: usize,
        /// Where.
        start: usize,
    },
    /// A team has too much or too little work.
    Work {
        /// Which team.
        team: usize,
        /// At which step.
        step: usize,
        /// How much work.
        work: f64,
    },
    /// Two that exclude each other run at the same time.
    Together {
        /// Which exclusion.
        exclusion: usize,
        /// The first such step.
        step: usize,
    },
}

/// The two halves of the cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Objective {
    /// Mean risk over scenarios and steps.
    pub mean: f64,
    /// How far the quantile lies above the mean, over all steps.
    pub excess: f64,
    /// Both, weighted by alpha.
    pub total: f64,
}

/// Everything that starts break.
#[must_use]
pub fn check_grid(grid: &Grid, starts: &[usize]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if starts.len() != grid.interventions.len() {
        faults.push(Fault::Incomplete);
    }
    let mut work = vec![vec![0.0; grid.steps]; grid.teams.len()];
    for (intervention, start) in starts.iter().enumerate() {
        let Some(slot) = grid.slot(intervention, *start) else {
            faults.push(Fault::Start {
                intervention,
                start: *start,
            });
            continue;
        };
        for (team, step, amount) in &slot.work {
            if let Some(cell) = work.get_mut(*team).and_then(|team| team.get_mut(*step)) {
                *cell += amount;
            }
        }
    }
    for (number, (team, work)) in grid.teams.iter().zip(&work).enumerate() {
        for (step, ((work, least), most)) in work.iter().zip(&team.least).zip(&team.most).enumerate() {
            if *work > most + TOLERANCE || *work < least - TOLERANCE {
                faults.push(Fault::Work {
                    team: number,
                    step,
                    work: *work,
                });
            }
        }
    }
    let runs = |intervention: usize, step: usize| {
        let start = starts.get(intervention).copied().unwrap_or(usize::MAX);
        let slot = grid.slot(intervention, start);
        slot.is_some_and(|slot| (start..start + slot.length).contains(&step))
    };
    for (number, exclusion) in grid.exclusions.iter().enumerate() {
        let (a, b) = exclusion.pair;
        let season = exclusion.season.iter().enumerate().filter(|(_, is_in)| **is_in);
        let mut together = season.filter(|(step, _)| runs(a, *step) && runs(b, *step));
        if let Some((step, _)) = together.next() {
            faults.push(Fault::Together {
                exclusion: number,
                step,
            });
        }
    }
    faults
}

/// What starts cost.
#[must_use]
pub fn objective(grid: &Grid, starts: &[usize]) -> Objective {
    let mut risk: Vec<Vec<f64>> = grid.scenarios.iter().map(|count| vec![0.0; *count]).collect();
    for (intervention, start) in starts.iter().enumerate() {
        let slot = grid.slot(intervention, *start);
        for (offset, values) in slot.into_iter().flat_map(|slot| slot.risk.iter().enumerate()) {
            let sums = risk.get_mut(start + offset).into_iter().flatten();
            for (sum, value) in sums.zip(values) {
                *sum += value;
            }
        }
    }
    let (mut mean, mut excess) = (0.0, 0.0);
    for (step, scenarios) in risk
        .iter_mut()
        .enumerate()
        .filter(|(_, scenarios)| !scenarios.is_empty())
    {
        let of_step = scenarios.iter().sum::<f64>() / scenarios.len() as f64;
        scenarios.sort_by(f64::total_cmp);
        let bad = scenarios.get(grid.quantile_place(step)).copied().unwrap_or(0.0);
        mean += of_step;
        excess += (bad - of_step).max(0.0);
    }
    let steps = grid.steps.max(1) as f64;
    let (mean, excess) = (mean / steps, excess / steps);
    Objective {
        mean,
        excess,
        total: grid.alpha * mean + (1.0 - grid.alpha) * excess,
    }
}

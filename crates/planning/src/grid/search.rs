//! Simulated annealing over starts, from a start made of mean risks.
//!
//! Two moves: one intervention starts elsewhere, or two change places. Breaches are let through at a
//! price that rises while no answer is without one and falls while all are, so that the search walks along
//! the edge of what is feasible (strategic oscillation; Glover, Hao 2011). A move whose mean risk and
//! breaches alone are too dear is dropped before any scenario is looked at.

use super::state::{NOWHERE, State};
use super::{Grid, Objective, objective};
use crate::core::{Annealing, Anytime, At, Progress, Rng, Row};

/// Moves of the first cooling.
const FIRST_CYCLE: u64 = 50_000;
/// The least and the most that an intervention too much may cost, in what moves usually cost.
const PRICES: (f64, f64) = (1.0, 200.0);
/// Moves of the longest cooling.
const LONGEST_CYCLE: u64 = 20_000_000;

/// The search.
#[derive(Debug)]
pub struct GridSearch {
    grid: Grid,
    rng: Rng,
    state: State,
    annealing: Annealing,
    /// By how much a move usually makes things worse.
    typical: f64,
    /// Mean risk summed over steps, by intervention and start.
    means: Vec<Vec<f64>>,
    best: Vec<usize>,
    best_cost: f64,
    /// The least breach seen, while nothing is without one.
    least_breach: f64,
    bound: f64,
    tried: u64,
    /// Answers without breach since the price of breaches was looked at.
    clean: u32,
    /// Moves since then.
    seen: u32,
}

impl GridSearch {
    /// A search that starts from the least mean risk found without looking back.
    #[must_use]
    pub fn new(grid: Grid, seed: u64) -> Self {
        let means: Vec<Vec<f64>> = grid
            .interventions
            .iter()
            .map(|one| one.slots.iter().map(mean_of).collect())
            .collect();
        let least = means
            .iter()
            .map(|of| of.iter().copied().fold(f64::INFINITY, f64::min));
        let bound = grid.alpha * least.sum::<f64>() / grid.steps.max(1) as f64;
        let state = State::new(&grid);
        let mut search = Self {
            rng: Rng::new(seed),
            state,
            annealing: Annealing::new(1.0, 1.0, 1, 1),
            typical: 1.0,
            means,
            best: Vec::new(),
            best_cost: f64::INFINITY,
            least_breach: f64::INFINITY,
            bound,
            tried: 0,
            clean: 0,
            seen: 0,
            grid,
        };
        search.construct();
        search.note();
        search.warm_up();
        search
    }

    /// The best starts so far, steps from 0; with the fewest breaches while none is without.
    #[must_use]
    pub fn best(&self) -> &[usize] {
        &self.best
    }

    /// What is scheduled.
    #[must_use]
    pub const fn grid(&self) -> &Grid {
        &self.grid
    }

    /// What the best costs.
    #[must_use]
    pub fn objective(&self) -> Objective {
        objective(&self.grid, &self.best)
    }

    /// One after the other where its mean risk and the breaches are least, the most work first.
    fn construct(&mut self) {
        let work = |at: usize| {
            let slots = self.grid.interventions.get(at).map_or(&[][..], |one| &one.slots);
            let all: f64 = slots
                .iter()
                .flat_map(|slot| &slot.work)
                .map(|(_, _, work)| work)
                .sum();
            all / slots.len().max(1) as f64
        };
        let mut order: Vec<(usize, f64)> = (0..self.grid.interventions.len())
            .map(|at| (at, work(at)))
            .collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        let typical = self.means.iter().flatten().sum::<f64>() / self.grid.steps.max(1) as f64;
        self.state.penalty = typical.max(1.0) / self.grid.interventions.len().max(1) as f64;
        for (intervention, _) in order {
            let starts = self.means.row(intervention).len();
            let mut best = (f64::INFINITY, 0);
            for start in 0..starts {
                let before = self.state.begin();
                let from = self.state.shift(&self.grid, intervention, start);
                let mean = self.means.row(intervention).at(start);
                let energy = mean / self.grid.steps.max(1) as f64 + self.state.penalty * self.state.breach();
                self.state.undo(before, &[(intervention, from, start)], false);
                if energy < best.0 {
                    best = (energy, start);
                }
            }
            self.state.begin();
            let from = self.state.shift(&self.grid, intervention, best.1);
            self.state.settle(&self.grid, &[(intervention, from, best.1)]);
            self.state.commit();
        }
    }

    /// How much moves change decides how hot the search begins.
    fn warm_up(&mut self) {
        let mut worse = Vec::new();
        for _ in 0..2_000 {
            let energy = self.state.energy(&self.grid);
            let shifted = self.draw();
            let before = self.state.begin();
            let shifted = self.shift_all(&shifted);
            self.state.settle(&self.grid, &shifted);
            let change = self.state.energy(&self.grid) - energy;
            self.state.undo(before, &shifted, true);
            if change > 1e-12 {
                worse.push(change);
            }
        }
        worse.sort_by(f64::total_cmp);
        let typical = worse.get(worse.len() / 4).copied().unwrap_or(1.0);
        self.typical = typical;
        self.annealing = Annealing::new(typical, typical * 1e-3, FIRST_CYCLE, LONGEST_CYCLE);
    }

    /// A move: who starts where. Empty when it would change nothing.
    fn draw(&mut self) -> Vec<(usize, usize)> {
        let count = self.grid.interventions.len();
        let one = self.rng.below(count);
        let starts = self.means.row(one).len();
        let from = self.state.starts.at(one);
        match self.rng.below(10) {
            0..4 => {
                let to = self.rng.below(starts);
                if to == from { Vec::new() } else { vec![(one, to)] }
            }
            4..6 => {
                let by = self.rng.between(1, 3) as usize;
                let to = if self.rng.chance(0.5) {
                    from.saturating_sub(by)
                } else {
                    from + by
                };
                if to == from || to >= starts {
                    Vec::new()
                } else {
                    vec![(one, to)]
                }
            }
            6..9 => {
                let other = self.rng.below(count);
                self.exchange(&[one, other])
            }
            _ => {
                let others = [self.rng.below(count), self.rng.below(count)];
                let [second, third] = others;
                self.exchange(&[one, second, third])
            }
        }
    }

    /// Each starts where the next one did, the last where the first did; nothing where that cannot be.
    fn exchange(&self, these: &[usize]) -> Vec<(usize, usize)> {
        let nexts = these.iter().cycle().skip(1);
        let moves = these
            .iter()
            .zip(nexts)
            .map(|(one, next)| (*one, self.state.starts.at(*next)));
        let moves: Vec<(usize, usize)> = moves.collect();
        let fits = |(one, to): &(usize, usize)| {
            *to != self.state.starts.at(*one) && *to < self.means.row(*one).len()
        };
        if moves.iter().all(fits) { moves } else { Vec::new() }
    }

    fn shift_all(&mut self, moves: &[(usize, usize)]) -> Vec<(usize, usize, usize)> {
        let mut shifted = Vec::with_capacity(moves.len());
        for (intervention, to) in moves {
            let from = self.state.shift(&self.grid, *intervention, *to);
            shifted.push((*intervention, from, *to));
        }
        shifted
    }

    fn try_one(&mut self) {
        let moves = self.draw();
        if moves.is_empty() {
            return;
        }
        let energy = self.state.energy(&self.grid);
        let most = energy + self.annealing.allowance(&mut self.rng);
        let mean = |which: usize, start: usize| {
            if start == NOWHERE {
                0.0
            } else {
                self.means.row(which).at(start)
            }
        };
        let change = moves
            .iter()
            .map(|(which, to)| mean(*which, *to) - mean(*which, self.state.starts.at(*which)));
        let change: f64 = change.sum();
        let before = self.state.begin();
        let shifted = self.shift_all(&moves);
        if self.state.least_energy(&self.grid, change) > most {
            self.state.undo(before, &shifted, false);
            return;
        }
        self.state.settle(&self.grid, &shifted);
        if self.state.energy(&self.grid) > most {
            self.state.undo(before, &shifted, true);
            return;
        }
        self.state.commit();
        self.note();
    }

    fn note(&mut self) {
        if self.state.is_feasible() {
            let cost = self.state.cost(&self.grid);
            if cost < self.best_cost - 1e-9 {
                self.best_cost = cost;
                self.best.clone_from(&self.state.starts);
            }
        } else if self.best_cost.is_infinite() && self.state.breach() < self.least_breach {
            self.least_breach = self.state.breach();
            self.best.clone_from(&self.state.starts);
        }
    }

    /// Looks after the price of breaches, and rounding.
    fn tend(&mut self) {
        self.seen += 1;
        self.clean += u32::from(self.state.is_feasible());
        if self.seen < 1_000 {
            return;
        }
        let (least, most) = PRICES;
        if self.clean < 200 {
            self.state.penalty = (self.state.penalty * 1.1).min(most * self.typical);
        } else if self.clean > 600 {
            self.state.penalty = (self.state.penalty / 1.1).max(least * self.typical);
        }
        self.seen = 0;
        self.clean = 0;
    }
}

impl Anytime for GridSearch {
    fn step(&mut self, budget: u32) -> Progress {
        for _ in 0..budget {
            if self.best_cost <= self.bound {
                break;
            }
            self.tried += 1;
            self.try_one();
            self.tend();
            if self.annealing.cool() {
                self.state.starts.clone_from(&self.best);
                self.state.refresh(&self.grid);
            }
        }
        Progress {
            best: self.best_cost,
            bound: self.bound,
            tried: self.tried,
        }
    }
}

fn mean_of(slot: &super::Slot) -> f64 {
    let of_step = |scenarios: &Vec<f64>| scenarios.iter().sum::<f64>() / scenarios.len().max(1) as f64;
    slot.risk.iter().map(of_step).sum()
}

//! Starts with everything that follows from them, kept up to date move by move; a move that is not taken
//! is undone exactly, so that nothing drifts.

use super::{Grid, Slot};
use crate::core::{At, Row};

/// Work over or under by this is none: well within the challenge's tolerance.
const SLACK: f64 = 1e-6;

/// What a step of two that exclude each other costs while searching, against one intervention too much.
const TOGETHER: f64 = 0.5;

/// Starts, and what they come to.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) starts: Vec<usize>,
    /// Weight of breaches against cost.
    pub(super) penalty: f64,
    /// Work by team and step.
    work: Vec<f64>,
    /// Cells and exclusion steps that are broken.
    broken: usize,
    /// How badly, in units of an intervention's usual work.
    breach: f64,
    /// Risk by step and scenario, one after the other; where each step begins.
    risk: Vec<f64>,
    first: Vec<usize>,
    means: Vec<f64>,
    excesses: Vec<f64>,
    mean: f64,
    excess: f64,
    /// Undo: cells and values, risks and values.
    old_work: Vec<(usize, f64)>,
    old_steps: Vec<(usize, f64, f64)>,
    old_risk: Vec<f64>,
    touched: Vec<bool>,
    scratch: Vec<f64>,
    /// An intervention's usual work for each team: what breaches are measured by.
    usual: Vec<f64>,
    /// Exclusions of each intervention: the other, and season steps before each step.
    excludes: Vec<Vec<(usize, Vec<usize>)>>,
    place: Vec<usize>,
}

/// What a state costs: the parts that moves change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    mean: f64,
    excess: f64,
    breach: f64,
    broken: usize,
}

impl State {
    pub(super) fn new(grid: &Grid) -> Self {
        let mut first = vec![0];
        for count in &grid.scenarios {
            first.push(first.last().copied().unwrap_or(0) + count);
        }
        let mut excludes = vec![Vec::new(); grid.interventions.len()];
        for exclusion in &grid.exclusions {
            let mut before = vec![0];
            for is_in in &exclusion.season {
                before.push(before.last().copied().unwrap_or(0) + usize::from(*is_in));
            }
            let (a, b) = exclusion.pair;
            for (one, other) in [(a, b), (b, a)] {
                if let Some(list) = excludes.get_mut(one) {
                    list.push((other, before.clone()));
                }
            }
        }
        let mut state = Self {
            starts: vec![NOWHERE; grid.interventions.len()],
            penalty: 1.0,
            work: vec![0.0; grid.teams.len() * grid.steps],
            broken: 0,
            breach: 0.0,
            risk: vec![0.0; first.last().copied().unwrap_or(0)],
            first,
            means: vec![0.0; grid.steps],
            excesses: vec![0.0; grid.steps],
            mean: 0.0,
            excess: 0.0,
            old_work: Vec::new(),
            old_steps: Vec::new(),
            old_risk: Vec::new(),
            touched: vec![false; grid.steps],
            scratch: Vec::new(),
            usual: usual(grid),
            excludes,
            place: (0..grid.steps).map(|step| grid.quantile_place(step)).collect(),
        };
        for cell in 0..state.work.len() {
            let (breach, broken) = state.breach_of(grid, cell);
            state.breach += breach;
            state.broken += broken;
        }
        state
    }

    /// Whether nothing is broken.
    pub(super) const fn is_feasible(&self) -> bool {
        self.broken == 0
    }

    /// The challenge's cost.
    pub(super) fn cost(&self, grid: &Grid) -> f64 {
        (grid.alpha * self.mean + (1.0 - grid.alpha) * self.excess) / grid.steps.max(1) as f64
    }

    /// How badly constraints are broken.
    pub(super) const fn breach(&self) -> f64 {
        if self.broken == 0 { 0.0 } else { self.breach }
    }

    /// Cost and breaches together: what the search makes small.
    pub(super) fn energy(&self, grid: &Grid) -> f64 {
        self.cost(grid) + self.penalty * self.breach()
    }

    /// Begins a move: what is done from here can be undone.
    pub(super) fn begin(&mut self) -> Before {
        self.old_work.clear();
        self.old_steps.clear();
        self.old_risk.clear();
        Before {
            mean: self.mean,
            excess: self.excess,
            breach: self.breach,
            broken: self.broken,
        }
    }

    /// Work and exclusions of an intervention's other start: the cheap part of a move. Returns where it
    /// started before.
    pub(super) fn shift(&mut self, grid: &Grid, intervention: usize, to: usize) -> usize {
        let from = self.starts.at(intervention);
        self.exclude(grid, intervention, -1.0);
        if let Some(slot) = grid.slot(intervention, from) {
            self.carry(grid, slot, -1.0);
            self.touch(from, slot);
        }
        self.starts.put(intervention, to);
        if let Some(slot) = grid.slot(intervention, to) {
            self.carry(grid, slot, 1.0);
            self.touch(to, slot);
        }
        self.exclude(grid, intervention, 1.0);
        from
    }

    /// The risk of shifted interventions, (which, from, to): the dear part of a move.
    pub(super) fn settle(&mut self, grid: &Grid, shifted: &[(usize, usize, usize)]) {
        for (intervention, from, to) in shifted {
            for (start, sign) in [(*from, -1.0), (*to, 1.0)] {
                let Some(slot) = grid.slot(*intervention, start) else {
                    continue;
                };
                for (offset, values) in slot.risk.iter().enumerate() {
                    let at = self.first.at(start + offset);
                    let sums = self.risk.get_mut(at..at + values.len()).unwrap_or_default();
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum += sign * value;
                    }
                }
            }
        }
        let steps: Vec<usize> = self.old_steps.iter().map(|(step, ..)| *step).collect();
        for step in steps {
            self.judge(step);
        }
    }

    /// Takes a move back. `is_settled` says whether its risks went in already.
    pub(super) fn undo(&mut self, before: Before, shifted: &[(usize, usize, usize)], is_settled: bool) {
        for (intervention, from, _) in shifted.iter().rev() {
            self.starts.put(*intervention, *from);
        }
        while let Some((cell, work)) = self.old_work.pop() {
            self.work.put(cell, work);
        }
        let mut from = 0;
        for (step, mean, excess) in self.old_steps.drain(..) {
            self.means.put(step, mean);
            self.excesses.put(step, excess);
            self.touched.put(step, false);
            let (at, end) = (self.first.at(step), self.first.at(step + 1));
            if is_settled && let Some(risk) = self.risk.get_mut(at..end) {
                for (value, old) in risk.iter_mut().zip(self.old_risk.iter().skip(from)) {
                    *value = *old;
                }
            }
            from += end - at;
        }
        self.mean = before.mean;
        self.excess = before.excess;
        self.breach = before.breach;
        self.broken = before.broken;
    }

    /// Ends a move that is taken on.
    pub(super) fn commit(&mut self) {
        for (step, ..) in &self.old_steps {
            self.touched.put(*step, false);
        }
    }

    /// The least energy that a move begun can come to: as if its steps had no excess any more.
    pub(super) fn least_energy(&self, grid: &Grid, mean_change: f64) -> f64 {
        let gone: f64 = self.old_steps.iter().map(|(.., excess)| excess).sum();
        let steps = grid.steps.max(1) as f64;
        let risk = grid.alpha * (self.mean + mean_change) + (1.0 - grid.alpha) * (self.excess - gone);
        risk / steps + self.penalty * self.breach()
    }

    /// Everything anew from the starts, so that rounding does not add up.
    pub(super) fn refresh(&mut self, grid: &Grid) {
        let (starts, penalty) = (std::mem::take(&mut self.starts), self.penalty);
        *self = Self::new(grid);
        self.penalty = penalty;
        for (intervention, start) in starts.into_iter().enumerate() {
            self.begin();
            let from = self.shift(grid, intervention, start);
            self.settle(grid, &[(intervention, from, start)]);
            self.commit();
        }
    }

    fn touch(&mut self, start: usize, slot: &Slot) {
        for step in start..start + slot.length {
            if !self.touched.at(step) {
                self.touched.put(step, true);
                self.old_steps
                    .push((step, self.means.at(step), self.excesses.at(step)));
                let (at, end) = (self.first.at(step), self.first.at(step + 1));
                self.old_risk
                    .extend_from_slice(self.risk.get(at..end).unwrap_or_default());
            }
        }
    }

    fn carry(&mut self, grid: &Grid, slot: &Slot, sign: f64) {
        for (team, step, work) in &slot.work {
            let cell = team * grid.steps + step;
            let (breach, broken) = self.breach_of(grid, cell);
            let old = self.work.at(cell);
            self.old_work.push((cell, old));
            self.work.put(cell, old + sign * work);
            let (worse, more) = self.breach_of(grid, cell);
            self.breach += worse - breach;
            self.broken = self.broken + more - broken;
        }
    }

    fn breach_of(&self, grid: &Grid, cell: usize) -> (f64, usize) {
        let (team, step) = (cell / grid.steps.max(1), cell % grid.steps.max(1));
        let Some(limits) = grid.teams.get(team) else {
            return (0.0, 0);
        };
        let work = self.work.at(cell);
        let over = (work - limits.most.at(step)).max(limits.least.at(step) - work);
        if over <= SLACK {
            return (0.0, 0);
        }
        // A small breach must hurt too: the last bit is what is hard to get rid of.
        (over / self.usual.at(team) + 0.02, 1)
    }

    fn exclude(&mut self, grid: &Grid, intervention: usize, sign: f64) {
        let span = |which: usize| {
            let start = self.starts.at(which);
            grid.slot(which, start).map(|slot| (start, start + slot.length))
        };
        let Some((from, until)) = span(intervention) else {
            return;
        };
        let mut together = 0;
        for (other, before) in self.excludes.row(intervention) {
            if let Some((a, b)) = span(*other) {
                let (from, until) = (from.max(a), until.min(b));
                if from < until {
                    together += before.at(until) - before.at(from);
                }
            }
        }
        self.breach += sign * TOGETHER * together as f64;
        self.broken = if sign > 0.0 {
            self.broken + together
        } else {
            self.broken - together
        };
    }

    fn judge(&mut self, step: usize) {
        let (at, end) = (self.first.at(step), self.first.at(step + 1));
        self.scratch.clear();
        self.scratch
            .extend_from_slice(self.risk.get(at..end).unwrap_or_default());
        let place = self.place.at(step);
        if place >= self.scratch.len() {
            return;
        }
        let mean = self.scratch.iter().sum::<f64>() / self.scratch.len() as f64;
        let (_, bad, _) = self.scratch.select_nth_unstable_by(place, f64::total_cmp);
        let excess = (*bad - mean).max(0.0);
        self.mean += mean - self.means.at(step);
        self.excess += excess - self.excesses.at(step);
        self.means.put(step, mean);
        self.excesses.put(step, excess);
    }
}

/// The work that one step of an intervention usually is for each team.
fn usual(grid: &Grid) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); grid.teams.len()];
    for slot in grid.interventions.iter().flat_map(|one| &one.slots) {
        for (team, _, work) in &slot.work {
            let (sum, count): (f64, f64) = sums.at(*team);
            sums.put(*team, (sum + work.abs(), count + 1.0));
        }
    }
    let mean = |(sum, count): (f64, f64)| if count > 0.0 { sum / count } else { 1.0 };
    sums.into_iter().map(|sums| mean(sums).max(1e-3)).collect()
}

/// The start of what has none yet.
pub(super) const NOWHERE: usize = usize::MAX;

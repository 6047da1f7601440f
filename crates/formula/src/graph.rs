//! Many formulas over many values, computed anew only where something changed.
//!
//! Cells are leaves, set from outside, or formulas over other cells. A change marks the formulas
//! that use it; they are computed in the order of their rank, each once, and only what really
//! changed marks more, unless every sample counts. Rank 0 are the leaves; a formula's rank is one more
//! than its highest input.

mod build;
mod cause;

use std::cell::Cell as Noted;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use crate::Formula;
use crate::eval::{Inputs, Moment};
use crate::time::Time;
use crate::value::{Quality, Sample, Value};

use build::Rows;
pub use build::{BuildError, Builder};
pub use cause::Cause;
use cause::{Causes, Counted};

/// A cell of a graph.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CellId(u32);

impl CellId {
    /// The cell that was added as this one, counted from 0.
    #[must_use]
    pub const fn new(index: u32) -> Self {
        Self(index)
    }

    /// Its place among the cells, in the order they were added.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a formula takes it when members of its groups have no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Grade {
    /// Then it has no output.
    #[default]
    Strict,
    /// It goes on with what is there, uncertain where something is missing.
    Tolerant,
    /// It goes on, and something is missing further down: uncertain.
    Partial,
    /// Too much is missing: no output.
    Held,
}

/// Most cells of a graph.
const MAX_CELLS: usize = u32::MAX as usize;

/// A value, and where a formula looks back also those before it.
#[derive(Clone, Debug, Default)]
struct Cell {
    current: Option<Sample>,
    past: Option<Box<Past>>,
}

#[derive(Clone, Debug, Default)]
struct Past {
    good: Option<Sample>,
    /// The good value before the newest one.
    before: Option<Sample>,
    /// The round in which the newest one came.
    round: u64,
}

/// Formulas and values.
#[derive(Debug, Default)]
pub struct Graph {
    cells: Vec<Cell>,
    formulas: Vec<Option<Arc<Formula>>>,
    layout: Layout,
    dependents: Rows,
    ranks: Vec<u32>,
    tells_time: Vec<CellId>,
    grades: Vec<Grade>,
    /// Uncertain values that tolerant formulas take as good ones.
    usable: BTreeMap<u32, Sample>,
    /// By what the formulas that wait were set off.
    causes: Causes,
    counted: Vec<Counted>,
    /// Those that wait whose every result counts.
    queue: BinaryHeap<Reverse<(u32, u32)>>,
    /// The others that wait; nothing that counts depends on them.
    later: BinaryHeap<Reverse<(u32, u32)>>,
    changed: Vec<CellId>,
    again: Vec<CellId>,
    round: u64,
    computed: u64,
}

/// The inputs of the formulas: for each cell its slots, for each slot its members.
#[derive(Debug, Default)]
struct Layout {
    starts: Vec<u32>,
    slots: Vec<(u32, u32)>,
    members: Vec<CellId>,
}

impl Layout {
    fn slot(&self, cell: u32, slot: usize) -> &[CellId] {
        let start = self.starts.get(cell as usize).copied().unwrap_or_default() as usize;
        let (from, to) = self.slots.get(start + slot).copied().unwrap_or_default();
        self.members.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// The inputs of one cell.
struct View<'g> {
    cells: &'g [Cell],
    layout: &'g Layout,
    cell: u32,
    round: u64,
    formula: &'g Formula,
    usable: Option<&'g BTreeMap<u32, Sample>>,
    /// Whether a member was left out, or is uncertain.
    skipped: Noted<bool>,
}

impl View<'_> {
    fn cell(&self, slot: usize, member: usize) -> Option<&Cell> {
        let id = self.layout.slot(self.cell, slot).get(member)?;
        self.cells.get(id.index())
    }
}

impl View<'_> {
    /// The time of its newest input; constants have none.
    fn newest(&self) -> Option<Time> {
        let slots = 0..self.formula.inputs().len();
        let inputs = slots.flat_map(|slot| self.layout.slot(self.cell, slot));
        let times = inputs.filter_map(|id| Some(self.cells.get(id.index())?.current.as_ref()?.time));
        times.max().filter(|time| time.0 > 0)
    }
}

impl Inputs for View<'_> {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.member(slot, 0)
    }

    fn good(&self, slot: usize) -> Option<&Sample> {
        let cell = self.cell(slot, 0)?;
        match &cell.past {
            Some(past) => past.good.as_ref(),
            None => self.member(slot, 0).filter(|sample| sample.is_good()),
        }
    }

    fn before(&self, slot: usize) -> Option<&Sample> {
        let past = self.cell(slot, 0)?.past.as_ref()?;
        // What did not change in this round is what it was before it.
        if past.round == self.round {
            past.before.as_ref()
        } else {
            past.good.as_ref()
        }
    }

    fn members(&self, slot: usize) -> usize {
        self.layout.slot(self.cell, slot).len()
    }

    fn member(&self, slot: usize, member: usize) -> Option<&Sample> {
        let id = self.layout.slot(self.cell, slot).get(member)?;
        let usable = self.usable.and_then(|usable| usable.get(&id.0));
        // What comes from something uncertain is uncertain.
        self.skipped.set(self.skipped.get() || usable.is_some());
        usable.or(self.cells.get(id.index())?.current.as_ref())
    }

    fn may_skip(&self, slot: usize) -> bool {
        let input = self.formula.inputs().get(slot);
        let may = self.usable.is_some() && input.is_some_and(|input| input.declared.is_group);
        self.skipped.set(self.skipped.get() || may);
        may
    }
}

impl Graph {
    /// Sets a leaf to a sample; [`Graph::settle`] carries it on. What is no leaf is left alone.
    pub fn set(&mut self, leaf: CellId, sample: Sample) {
        let cause = Cause::sample(sample.time);
        self.set_because(leaf, sample, cause);
    }

    /// Sets a leaf, and says what that is to the formulas that use it.
    pub fn set_because(&mut self, leaf: CellId, sample: Sample, cause: Cause) {
        if matches!(self.formulas.get(leaf.index()), Some(None)) {
            self.put(leaf.0, sample, cause);
        }
    }

    /// Sets a leaf to a value that is uncertain because a part of it was missing: tolerant formulas
    /// take it, others do not.
    pub fn set_partial(&mut self, leaf: CellId, sample: Sample) {
        if !matches!(self.formulas.get(leaf.index()), Some(None)) {
            return;
        }
        let cause = Cause::sample(sample.time);
        self.put_graded(leaf.0, sample, true, cause);
    }

    /// Says how a formula takes what is missing.
    pub fn grade(&mut self, cell: CellId, grade: Grade, cause: Cause) {
        if let Some(known) = self.grades.get_mut(cell.index()).filter(|known| **known != grade) {
            *known = grade;
            self.mark(cell.0, cause);
        }
    }

    /// Computes what is marked, and what that changes; tells which cells have a new value.
    pub fn settle(&mut self, moment: Moment<'_>) -> &[CellId] {
        self.compute_counted(moment);
        while let Some(Reverse((_, at))) = self.later.pop() {
            self.compute(at, moment);
        }
        self.causes.clear();
        self.round += 1;
        &self.changed
    }

    /// Computes only what counts each time; the others wait for [`Graph::settle`].
    pub fn settle_counted(&mut self, moment: Moment<'_>) -> &[CellId] {
        self.compute_counted(moment);
        self.round += 1;
        &self.changed
    }

    fn compute_counted(&mut self, moment: Moment<'_>) {
        self.changed.clear();
        self.again.clear();
        while let Some(Reverse((_, at))) = self.queue.pop() {
            self.compute(at, moment);
        }
    }

    /// Cells that came to the same value again at the last settling, and whose samples count.
    #[must_use]
    pub fn again(&self) -> &[CellId] {
        &self.again
    }

    fn compute(&mut self, at: u32, moment: Moment<'_>) {
        let cause = self.causes.take(at);
        let (Some(cause), Some(Some(formula))) = (cause, self.formulas.get(at as usize)) else {
            return;
        };
        let grade = self.grades.get(at as usize).copied().unwrap_or_default();
        let view = View {
            cells: &self.cells,
            layout: &self.layout,
            cell: at,
            round: self.round,
            formula,
            usable: (grade != Grade::Strict).then_some(&self.usable),
            skipped: Noted::new(false),
        };
        // What sets it off may be older than another input that the value before was made of.
        let before = self.cells.get(at as usize).and_then(|cell| cell.current.as_ref());
        let before = before.filter(|before| before.value.is_some());
        let newest = cause.time.or_else(|| view.newest());
        let time = newest.max(before.map(|before| before.time));
        let trigger = time.unwrap_or(moment.trigger).min(moment.now);
        let value = match grade {
            Grade::Held => None,
            Grade::Strict | Grade::Tolerant | Grade::Partial => {
                formula.eval(&view, Moment { trigger, ..moment })
            }
        };
        let is_beyond = value.as_ref().is_some_and(|value| formula.is_beyond_whole(value));
        let partial = grade == Grade::Partial || view.skipped.get() || is_beyond;
        self.computed += 1;
        let unknown_before = value.is_none() && cause.time.is_none();
        let sample = Sample {
            resumed: !cause.is_sample,
            time: if unknown_before { moment.trigger } else { trigger },
            quality: match value {
                Some(_) => Quality::Good,
                None => Quality::Bad,
            },
            value,
        };
        let counts_again = cause.is_sample && self.counted_of(at).samples;
        let cause = Cause {
            time: Some(sample.time),
            ..cause
        };
        if self.put_graded(at, sample, partial, cause) {
            self.changed.push(CellId(at));
        } else if counts_again {
            self.again.push(CellId(at));
        }
    }

    /// Keeps a value; a partial one is uncertain for all but tolerant formulas.
    fn put_graded(&mut self, at: u32, sample: Sample, partial: bool, cause: Cause) -> bool {
        if !partial || sample.value.is_none() {
            return self.put(at, sample, cause);
        }
        let uncertain = Sample {
            quality: Quality::Uncertain,
            ..sample.clone()
        };
        self.usable.insert(at, sample);
        self.put_value(at, uncertain, cause)
    }

    fn put(&mut self, at: u32, sample: Sample, cause: Cause) -> bool {
        self.usable.remove(&at);
        self.put_value(at, sample, cause)
    }

    /// Keeps a value and marks who uses it, unless nothing changed for them; whether it differs.
    fn put_value(&mut self, at: u32, sample: Sample, cause: Cause) -> bool {
        let round = self.round;
        let Some(cell) = self.cells.get_mut(at as usize) else {
            return false;
        };
        let differs = cell
            .current
            .as_ref()
            .is_none_or(|known| known.value != sample.value || known.quality != sample.quality);
        let carries_on = differs || cell.past.is_some();
        if let Some(past) = cell.past.as_mut().filter(|_| sample.is_good()) {
            past.before = past.good.replace(sample.clone());
            past.round = round;
        }
        cell.current = Some(sample);
        if carries_on || cause.is_sample {
            let count = self.dependents.of(at).len();
            for n in 0..count {
                let next = self.dependents.of(at).get(n).copied();
                if let Some(next) = next.filter(|next| carries_on || self.counted_of(*next).samples) {
                    self.mark(next, cause);
                }
            }
        }
        differs
    }

    /// The newest value of a cell, with its time and quality.
    #[must_use]
    pub fn sample(&self, cell: CellId) -> Option<&Sample> {
        self.cells.get(cell.index())?.current.as_ref()
    }

    /// The value of a cell as tolerant formulas take it: a partial one as a good one.
    #[must_use]
    pub fn usable(&self, cell: CellId) -> Option<&Sample> {
        self.usable.get(&cell.0).or_else(|| self.sample(cell))
    }

    /// The formula of a cell; none for a leaf.
    #[must_use]
    pub fn formula(&self, cell: CellId) -> Option<&Arc<Formula>> {
        self.formulas.get(cell.index())?.as_ref()
    }

    /// The value of a cell; none where there is no output.
    #[must_use]
    pub fn value(&self, cell: CellId) -> Option<&Value> {
        self.sample(cell)?.value.as_ref()
    }

    /// The cells that one of a formula's inputs stands for.
    #[must_use]
    pub fn inputs_of(&self, cell: CellId, slot: usize) -> &[CellId] {
        self.layout.slot(cell.0, slot)
    }

    /// The formulas that use a cell, by their place among the cells.
    #[must_use]
    pub fn users_of(&self, cell: CellId) -> &[u32] {
        self.dependents.of(cell.0)
    }

    /// A formula's place in the order of computing, above all its inputs; 0 for a leaf.
    #[must_use]
    pub fn rank(&self, cell: CellId) -> u32 {
        self.ranks.get(cell.index()).copied().unwrap_or_default()
    }

    /// How many formulas were computed so far.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.computed
    }

    /// Cells, leaves included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

//! Many formulas over many values, computed anew only where something changed.
//!
//! Cells are leaves, set from outside, or formulas over other cells. A change marks the formulas
//! that use it; they are computed in the order of their rank, each once, and only what really
//! changed marks more. Rank 0 are the leaves; a formula's rank is one more than its highest input.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::eval::{Inputs, Moment};
use crate::value::{Quality, Sample, Value};
use crate::{Formula, Kind};

/// A cell of a graph.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CellId(u32);

impl CellId {
    /// Its place among the cells, in the order they were added.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Most cells of a graph.
const MAX_CELLS: usize = u32::MAX as usize;

/// Why a graph cannot be built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BuildError {
    /// Formulas that depend on themselves: the way around, the first cell again at its end.
    Cycle(Vec<CellId>),
    /// An input that is no cell of this graph, or a count of inputs that is not the formula's.
    Inputs(CellId),
    /// A metric: it runs over windows ([`crate::metric`]); its value comes in as a leaf.
    Metric(CellId),
    /// More than four thousand million cells.
    TooMany,
}

/// Collects the cells of a graph.
#[derive(Debug, Default)]
pub struct Builder {
    formulas: Vec<Option<Arc<Formula>>>,
    /// For each cell, for each slot, its members.
    inputs: Vec<Vec<Vec<CellId>>>,
}

impl Builder {
    /// A cell that is set from outside.
    pub fn leaf(&mut self) -> CellId {
        self.push(None, Vec::new())
    }

    /// A cell that is computed; for each input of the formula the cells it stands for: one, or for
    /// a group as many as there are. They may be added later than this one.
    pub fn formula(&mut self, formula: Arc<Formula>, inputs: Vec<Vec<CellId>>) -> CellId {
        self.push(Some(formula), inputs)
    }

    fn push(&mut self, formula: Option<Arc<Formula>>, inputs: Vec<Vec<CellId>>) -> CellId {
        let id = CellId(u32::try_from(self.formulas.len()).unwrap_or(u32::MAX));
        self.formulas.push(formula);
        self.inputs.push(inputs);
        id
    }

    /// The graph, unless formulas go in circles.
    pub fn build(self) -> Result<Graph, BuildError> {
        let count = self.formulas.len();
        if count >= MAX_CELLS {
            return Err(BuildError::TooMany);
        }
        self.check_inputs()?;
        let dependents = Rows::reversed(count, &self.inputs);
        let ranks = self.ranks(&dependents)?;
        let mut keeps_past = vec![false; count];
        for (formula, inputs) in self.formulas.iter().zip(&self.inputs) {
            if formula.as_ref().is_some_and(|formula| formula.looks_back()) {
                for input in inputs.iter().flatten() {
                    if let Some(keeps) = keeps_past.get_mut(input.index()) {
                        *keeps = true;
                    }
                }
            }
        }
        let telling = |(at, formula): (usize, &Option<Arc<Formula>>)| {
            let tells = formula.as_ref().is_some_and(|formula| formula.tells_time());
            tells.then_some(CellId(at as u32))
        };
        let tells_time = self.formulas.iter().enumerate().filter_map(telling).collect();
        let (mut slots, mut starts, mut members) = (Vec::new(), vec![0], Vec::new());
        for inputs in &self.inputs {
            for slot in inputs {
                let from = members.len() as u32;
                members.extend_from_slice(slot);
                slots.push((from, members.len() as u32));
            }
            starts.push(slots.len() as u32);
        }
        Ok(Graph {
            cells: keeps_past
                .into_iter()
                .map(|keeps| Cell {
                    current: None,
                    past: keeps.then(Box::default),
                })
                .collect(),
            formulas: self.formulas,
            layout: Layout {
                starts,
                slots,
                members,
            },
            dependents,
            ranks,
            tells_time,
            marked: vec![false; count],
            queue: BinaryHeap::new(),
            changed: Vec::new(),
            round: 0,
            computed: 0,
        })
    }

    fn check_inputs(&self) -> Result<(), BuildError> {
        let count = self.formulas.len();
        for (at, (formula, inputs)) in self.formulas.iter().zip(&self.inputs).enumerate() {
            let id = CellId(at as u32);
            let Some(formula) = formula else { continue };
            if formula.kind() == Kind::Metric {
                return Err(BuildError::Metric(id));
            }
            let fits = inputs.len() == formula.inputs().len()
                && inputs.iter().flatten().all(|input| input.index() < count)
                && inputs
                    .iter()
                    .zip(formula.inputs())
                    .all(|(cells, input)| input.declared.is_group || cells.len() == 1);
            if !fits {
                return Err(BuildError::Inputs(id));
            }
        }
        Ok(())
    }

    /// The rank of every cell, by taking away cells whose inputs are all ranked (Kahn, 1962).
    fn ranks(&self, dependents: &Rows) -> Result<Vec<u32>, BuildError> {
        let mut open: Vec<usize> = self
            .inputs
            .iter()
            .map(|inputs| inputs.iter().map(Vec::len).sum())
            .collect();
        let mut ready: Vec<u32> = (0..self.inputs.len() as u32)
            .filter(|at| open.get(*at as usize) == Some(&0))
            .collect();
        let mut ranks = vec![0u32; open.len()];
        let mut ranked = 0;
        while let Some(at) = ready.pop() {
            ranked += 1;
            let rank = ranks.get(at as usize).copied().unwrap_or_default();
            for next in dependents.of(at) {
                if let (Some(missing), Some(own)) =
                    (open.get_mut(*next as usize), ranks.get_mut(*next as usize))
                {
                    *own = (*own).max(rank + 1);
                    *missing -= 1;
                    if *missing == 0 {
                        ready.push(*next);
                    }
                }
            }
        }
        if ranked == open.len() {
            return Ok(ranks);
        }
        Err(BuildError::Cycle(self.way_around(&open)))
    }

    /// One circle: from any cell that is still open, input by open input, until a cell comes twice.
    fn way_around(&self, open: &[usize]) -> Vec<CellId> {
        let is_open = |id: &CellId| open.get(id.index()).is_some_and(|missing| *missing > 0);
        let mut way: Vec<CellId> = Vec::new();
        let mut seen = vec![false; open.len()];
        let mut at = (0..open.len() as u32).map(CellId).find(is_open);
        while let Some(id) = at {
            if seen.get(id.index()).copied().unwrap_or(true) {
                let first = way.iter().position(|known| *known == id).unwrap_or_default();
                let mut around = way.split_off(first);
                around.push(id);
                around.reverse();
                return around;
            }
            if let Some(seen) = seen.get_mut(id.index()) {
                *seen = true;
            }
            way.push(id);
            let inputs = self.inputs.get(id.index());
            at = inputs.and_then(|inputs| inputs.iter().flatten().find(|input| is_open(input)).copied());
        }
        way
    }
}

/// Lists of cells, one for each cell, in two arrays.
#[derive(Debug)]
struct Rows {
    starts: Vec<u32>,
    cells: Vec<u32>,
}

impl Rows {
    /// For each cell the cells that use it.
    fn reversed(count: usize, inputs: &[Vec<Vec<CellId>>]) -> Self {
        let mut starts = vec![0u32; count + 1];
        for input in inputs.iter().flatten().flatten() {
            if let Some(start) = starts.get_mut(input.index() + 1) {
                *start += 1;
            }
        }
        for at in 1..starts.len() {
            let before = starts.get(at - 1).copied().unwrap_or_default();
            if let Some(start) = starts.get_mut(at) {
                *start += before;
            }
        }
        let mut next = starts.clone();
        let mut cells = vec![0; starts.last().copied().unwrap_or_default() as usize];
        for (at, inputs) in inputs.iter().enumerate() {
            for input in inputs.iter().flatten() {
                if let Some(place) = next.get_mut(input.index()) {
                    if let Some(cell) = cells.get_mut(*place as usize) {
                        *cell = at as u32;
                    }
                    *place += 1;
                }
            }
        }
        Self { starts, cells }
    }

    fn of(&self, at: u32) -> &[u32] {
        let start = self.starts.get(at as usize).copied().unwrap_or_default() as usize;
        let end = self.starts.get(at as usize + 1).copied().unwrap_or_default() as usize;
        self.cells.get(start..end).unwrap_or_default()
    }
}

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
#[derive(Debug)]
pub struct Graph {
    cells: Vec<Cell>,
    formulas: Vec<Option<Arc<Formula>>>,
    layout: Layout,
    dependents: Rows,
    ranks: Vec<u32>,
    tells_time: Vec<CellId>,
    marked: Vec<bool>,
    queue: BinaryHeap<Reverse<(u32, u32)>>,
    changed: Vec<CellId>,
    round: u64,
    computed: u64,
}

/// The inputs of the formulas: for each cell its slots, for each slot its members.
#[derive(Debug)]
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
}

impl View<'_> {
    fn cell(&self, slot: usize, member: usize) -> Option<&Cell> {
        let id = self.layout.slot(self.cell, slot).get(member)?;
        self.cells.get(id.index())
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
            None => cell.current.as_ref().filter(|sample| sample.is_good()),
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
        self.cell(slot, member)?.current.as_ref()
    }
}

impl Graph {
    /// Sets a leaf; [`Graph::settle`] carries it on. What is no leaf is left alone.
    pub fn set(&mut self, leaf: CellId, sample: Sample) {
        if !matches!(self.formulas.get(leaf.index()), Some(None)) {
            return;
        }
        self.put(leaf.0, sample);
    }

    /// Marks every formula: after the graph was built, or when zones or model changed.
    pub fn mark_all(&mut self) {
        for at in 0..self.formulas.len() as u32 {
            if matches!(self.formulas.get(at as usize), Some(Some(_))) {
                self.mark(at);
            }
        }
    }

    /// Marks the formulas whose value changes by itself as time goes by.
    pub fn mark_time(&mut self) {
        for at in 0..self.tells_time.len() {
            if let Some(id) = self.tells_time.get(at) {
                self.mark(id.0);
            }
        }
    }

    fn mark(&mut self, at: u32) {
        let Some(marked) = self.marked.get_mut(at as usize) else {
            return;
        };
        if !*marked {
            *marked = true;
            let rank = self.ranks.get(at as usize).copied().unwrap_or_default();
            self.queue.push(Reverse((rank, at)));
        }
    }

    /// Computes what is marked, and what that changes; tells which cells have a new value.
    pub fn settle(&mut self, moment: Moment<'_>) -> &[CellId] {
        self.changed.clear();
        while let Some(Reverse((_, at))) = self.queue.pop() {
            if let Some(marked) = self.marked.get_mut(at as usize) {
                *marked = false;
            }
            let Some(Some(formula)) = self.formulas.get(at as usize) else {
                continue;
            };
            let view = View {
                cells: &self.cells,
                layout: &self.layout,
                cell: at,
                round: self.round,
            };
            let value = formula.eval(&view, moment);
            self.computed += 1;
            let quality = if value.is_some() {
                Quality::Good
            } else {
                Quality::Bad
            };
            let sample = Sample {
                time: moment.trigger,
                value,
                quality,
            };
            if self.put(at, sample) {
                self.changed.push(CellId(at));
            }
        }
        self.round += 1;
        &self.changed
    }

    /// Keeps a value and marks who uses it, unless nothing changed for them; whether it differs.
    fn put(&mut self, at: u32, sample: Sample) -> bool {
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
        if carries_on {
            let count = self.dependents.of(at).len();
            for n in 0..count {
                if let Some(next) = self.dependents.of(at).get(n).copied() {
                    self.mark(next);
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

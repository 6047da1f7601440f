//! How a graph is put together: cells, ranks, and the way around a circle.

use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use super::{Causes, Cell, CellId, Counted, Grade, Graph, Layout, MAX_CELLS};
use crate::{Formula, Kind};

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
        let mut graph = Graph {
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
            grades: vec![Grade::Strict; count],
            usable: BTreeMap::new(),
            causes: Causes::of(count),
            counted: vec![Counted::default(); count],
            queue: BinaryHeap::new(),
            later: BinaryHeap::new(),
            changed: Vec::new(),
            again: Vec::new(),
            round: 0,
            computed: 0,
        };
        // What was before an update is not told from what was before several.
        for at in 0..count as u32 {
            let looks_back = |formula: &Arc<Formula>| formula.looks_back();
            if graph.formula(CellId(at)).is_some_and(looks_back) {
                graph.count(CellId(at), false);
            }
        }
        Ok(graph)
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
#[derive(Debug, Default)]
pub(super) struct Rows {
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

    pub(super) fn of(&self, at: u32) -> &[u32] {
        let start = self.starts.get(at as usize).copied().unwrap_or_default() as usize;
        let end = self.starts.get(at as usize + 1).copied().unwrap_or_default() as usize;
        self.cells.get(start..end).unwrap_or_default()
    }
}

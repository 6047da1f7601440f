//! Which readings may be computed together. Where a window or a state counts what formulas come to,
//! readings of different times are computed one after the other, so that it makes no difference how many
//! came at once. All others are computed together.

use std::collections::{BTreeMap, BTreeSet};

use formula::Time;
use formula::graph::{CellId, Graph};

/// No company.
const ALONE: u32 = u32::MAX;

#[derive(Default)]
pub(crate) struct Pace {
    /// For each cell a cell that stands for all those that are computed with it; empty when nothing
    /// counts.
    company: Vec<u32>,
    /// The time of each company's readings in this round.
    times: BTreeMap<u32, Time>,
    /// The readings of this round that something counts.
    taken: BTreeSet<u32>,
}

impl Pace {
    /// `is_reading`: what changes by itself, and not only with the model.
    pub fn new(graph: &Graph, is_reading: impl Fn(u32) -> bool) -> Self {
        let cells = graph.len() as u32;
        let counted = |cell: &u32| graph.is_counted(CellId::new(*cell));
        let mut company = Vec::new();
        for cell in (0..cells).filter(counted) {
            if company.is_empty() {
                company = vec![ALONE; cells as usize];
            }
            join(&mut company, cell, cell);
            let id = CellId::new(cell);
            let inputs = graph.formula(id).map_or(&[][..], |formula| formula.inputs());
            for (slot, input) in inputs.iter().enumerate() {
                for below in graph.inputs_of(id, slot) {
                    let below = below.index() as u32;
                    if graph.formula(CellId::new(below)).is_none() && !is_reading(below) {
                        continue;
                    }
                    // A roll-up takes all that came at once: it has no moment of its own.
                    match input.declared.is_group {
                        true => join(&mut company, below, below),
                        false => join(&mut company, cell, below),
                    }
                }
            }
        }
        Self {
            company,
            ..Self::default()
        }
    }

    /// Whether a reading may be computed with those of this round; then it is one of them.
    pub fn takes(&mut self, cell: u32, time: Time) -> bool {
        let Some(company) = find(&mut self.company, cell) else {
            return true;
        };
        let is_other = self.times.get(&company).is_some_and(|known| *known != time);
        if is_other || self.taken.contains(&cell) {
            return false;
        }
        self.times.insert(company, time);
        self.taken.insert(cell);
        true
    }

    /// All of this round is computed.
    pub fn begin(&mut self) {
        self.times.clear();
        self.taken.clear();
    }
}

/// Who stands for a cell; none for one that nothing counts. Ways become shorter as they are gone (Tarjan,
/// 1975).
fn find(company: &mut [u32], mut cell: u32) -> Option<u32> {
    loop {
        let next = *company.get(cell as usize).filter(|next| **next != ALONE)?;
        if next == cell {
            return Some(cell);
        }
        let after = company.get(next as usize).copied().unwrap_or(next);
        if let Some(shorter) = company.get_mut(cell as usize) {
            *shorter = after;
        }
        cell = next;
    }
}

/// Two cells are computed together; one is so with itself.
fn join(company: &mut [u32], one: u32, other: u32) {
    for cell in [one, other] {
        if let Some(own) = company.get_mut(cell as usize).filter(|own| **own == ALONE) {
            *own = cell;
        }
    }
    if let (Some(one), Some(other)) = (find(company, one), find(company, other))
        && let Some(own) = company.get_mut(other as usize)
    {
        *own = one;
    }
}

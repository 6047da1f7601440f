//! How much of what a value comes from is there: counted in readings, down through all levels, and
//! kept up to date from below. A reading that reaches a value by several ways counts once.

use std::collections::BTreeMap;

use formula::Time;
use formula::graph::{Cause, CellId, Grade, Graph};

/// How much of a value's inputs is there.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Coverage {
    /// Readings that are fresh and good; for a metric those that were seen in its window, rounded up,
    /// and are there now.
    pub fresh: u32,
    /// All readings below.
    pub all: u32,
    /// The share of them, 0 to 1; for a metric the share of the window's time.
    pub share: f64,
}

impl Coverage {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.share >= 1.0
    }
}

/// Parts of one reading: a metric's inputs are there for a part of the time.
pub(crate) const WHOLE: u64 = 10_000;

#[derive(Default)]
pub(crate) struct Cover {
    /// For each cell the readings below it.
    all: Vec<u32>,
    /// For each cell what of them is there, in parts.
    there: Vec<u64>,
    /// Formulas that go on without some, and the least share they need.
    least: BTreeMap<u32, f64>,
    /// The round in which a cell was last visited.
    visited: Vec<u32>,
    round: u32,
    stack: Vec<u32>,
    touched: Vec<u32>,
    /// How many of them the graph was told of.
    told: usize,
}

impl Cover {
    pub fn new(cells: usize, least: BTreeMap<u32, f64>) -> Self {
        Self {
            all: vec![0; cells],
            there: vec![0; cells],
            least,
            visited: vec![0; cells],
            ..Self::default()
        }
    }

    pub fn of(&self, cell: u32) -> Coverage {
        let all = self.all(cell);
        let there = self.there.get(cell as usize).copied().unwrap_or_default();
        Coverage {
            fresh: u32::try_from(there.div_ceil(WHOLE)).unwrap_or(all),
            all,
            share: if all == 0 {
                1.0
            } else {
                there as f64 / (u64::from(all) * WHOLE) as f64
            },
        }
    }

    pub fn all(&self, cell: u32) -> u32 {
        self.all.get(cell as usize).copied().unwrap_or_default()
    }

    pub fn least(&self, cell: u32) -> Option<f64> {
        self.least.get(&cell).copied()
    }

    /// Visits a cell and every formula above it, each once.
    fn climb(&mut self, graph: &Graph, from: u32, mut visit: impl FnMut(&mut Self, u32)) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.visited.fill(0);
            self.round = 1;
        }
        self.stack.push(from);
        while let Some(cell) = self.stack.pop() {
            match self.visited.get_mut(cell as usize) {
                Some(visited) if *visited != self.round => *visited = self.round,
                _ => continue,
            }
            visit(self, cell);
            self.stack.extend_from_slice(graph.users_of(CellId::new(cell)));
        }
    }

    /// Counts so many readings at a leaf for all that is above it; tells where they arrive.
    pub fn count(&mut self, graph: &Graph, leaf: u32, readings: u32, mut arrives: impl FnMut(u32)) {
        self.climb(graph, leaf, |cover, cell| {
            if let Some(all) = cover.all.get_mut(cell as usize) {
                *all = all.saturating_add(readings);
            }
            arrives(cell);
        });
    }

    /// What of a leaf is there now, in parts of a reading: all above it see the difference.
    pub fn set(&mut self, graph: &Graph, leaf: u32, parts: u64) {
        let before = self.there.get(leaf as usize).copied().unwrap_or_default();
        if before == parts {
            return;
        }
        self.climb(graph, leaf, |cover, cell| {
            if let Some(there) = cover.there.get_mut(cell as usize) {
                *there = (*there + parts).saturating_sub(before);
            }
            cover.touched.push(cell);
        });
    }

    /// Tells the graph how the formulas touched since it was told stand that go on without some of their
    /// inputs, and since when.
    pub fn regrade(&mut self, graph: &mut Graph, since: Time) {
        let told = std::mem::replace(&mut self.told, self.touched.len());
        if self.least.is_empty() {
            return;
        }
        for cell in self.touched.get(told..).unwrap_or_default() {
            self.grade(graph, *cell, Cause::from(since));
        }
    }

    /// The cells whose coverage changed since it was asked, some more than once.
    pub fn take_touched(&mut self) -> Vec<u32> {
        self.told = 0;
        std::mem::take(&mut self.touched)
    }

    fn grade(&self, graph: &mut Graph, cell: u32, cause: Cause) {
        let Some(least) = self.least.get(&cell) else {
            return;
        };
        let coverage = self.of(cell);
        let grade = if coverage.share < *least {
            Grade::Held
        } else if coverage.is_whole() {
            Grade::Tolerant
        } else {
            Grade::Partial
        };
        graph.grade(CellId::new(cell), grade, cause);
    }

    /// Grades every formula that goes on without some of its inputs.
    pub fn grade_all(&self, graph: &mut Graph) {
        for cell in self.least.keys() {
            self.grade(graph, *cell, Cause::NONE);
        }
    }
}

//! By what formulas are set off, and which of them are computed for each sample: those that a window or
//! a state counts.

use std::cmp::Reverse;

use super::{CellId, Graph};
use crate::time::Time;

/// What sets formulas off: when, and whether by a sample.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cause {
    /// As of when; none where nothing says.
    pub time: Option<Time>,
    /// Whether an input has a new sample, be it of the value it had before.
    pub is_sample: bool,
}

impl Cause {
    /// A sample of this time.
    #[must_use]
    pub const fn sample(time: Time) -> Self {
        let (time, is_sample) = (Some(time), true);
        Self { time, is_sample }
    }

    /// From this time on something else is known, and nothing was measured.
    #[must_use]
    pub const fn from(time: Time) -> Self {
        let (time, is_sample) = (Some(time), false);
        Self { time, is_sample }
    }

    /// It was always so.
    pub const NONE: Self = Self {
        time: None,
        is_sample: false,
    };

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            time: self.time.max(other.time),
            is_sample: self.is_sample || other.is_sample,
        }
    }
}

/// What counts of a formula's results.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Counted {
    /// Each change, and when it was.
    pub changes: bool,
    /// Also a result that is the one before again.
    pub samples: bool,
}

/// The causes of the formulas that wait.
#[derive(Debug, Default)]
pub(super) struct Causes {
    list: Vec<Cause>,
    /// By cell, the place in the list from 1; 0 for what does not wait.
    of: Vec<u32>,
}

impl Causes {
    pub fn of(cells: usize) -> Self {
        let (list, of) = (Vec::new(), vec![0; cells]);
        Self { list, of }
    }

    /// True when it did not wait before.
    pub fn add(&mut self, at: u32, cause: Cause) -> bool {
        let Some(place) = self.of.get_mut(at as usize) else {
            return false;
        };
        if let Some(known) = self.list.get_mut((*place as usize).wrapping_sub(1)) {
            *known = known.and(cause);
            return false;
        }
        self.list.push(cause);
        *place = self.list.len() as u32;
        true
    }

    pub fn take(&mut self, at: u32) -> Option<Cause> {
        let place = std::mem::take(self.of.get_mut(at as usize)?);
        self.list.get((place as usize).wrapping_sub(1)).copied()
    }

    /// Nothing waits any more.
    pub fn clear(&mut self) {
        self.list.clear();
    }
}

impl Graph {
    /// Says that each result of a formula counts, and of all it is made of: none of them is passed over
    /// by [`Graph::settle_counted`]. With `samples` also those that are the one before again.
    pub fn count(&mut self, formula: CellId, samples: bool) {
        let mut open = vec![formula];
        while let Some(cell) = open.pop() {
            let Some(Some(formula)) = self.formulas.get(cell.index()) else {
                continue;
            };
            let Some(known) = self.counted.get_mut(cell.index()) else {
                continue;
            };
            let (changes, samples) = (true, samples || known.samples);
            let more = Counted { changes, samples };
            if *known != more {
                *known = more;
                let slots = 0..formula.inputs().len();
                open.extend(slots.flat_map(|slot| self.layout.slot(cell.0, slot)));
            }
        }
    }

    /// Whether each result of a formula counts.
    #[must_use]
    pub fn is_counted(&self, cell: CellId) -> bool {
        self.counted_of(cell.0).changes
    }

    pub(super) fn counted_of(&self, at: u32) -> Counted {
        self.counted.get(at as usize).copied().unwrap_or_default()
    }

    /// Marks every formula: after the graph was built, or when zones or model changed.
    pub fn mark_all(&mut self) {
        for at in 0..self.formulas.len() as u32 {
            if matches!(self.formulas.get(at as usize), Some(Some(_))) {
                self.mark(at, Cause::NONE);
            }
        }
    }

    /// Marks the formulas whose value changes by itself as time goes by.
    pub fn mark_time(&mut self, now: Time) {
        for at in 0..self.tells_time.len() {
            if let Some(id) = self.tells_time.get(at) {
                self.mark(id.0, Cause::from(now));
            }
        }
    }

    pub(super) fn mark(&mut self, at: u32, cause: Cause) {
        if self.causes.add(at, cause) {
            let rank = self.ranks.get(at as usize).copied().unwrap_or_default();
            let queue = match self.counted_of(at).changes {
                true => &mut self.queue,
                false => &mut self.later,
            };
            queue.push(Reverse((rank, at)));
        }
    }
}

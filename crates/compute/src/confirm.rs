//! As of when values hold: newer inputs that leave a value as it is confirm it.

use formula::graph::CellId;
use twin::{Span, Timestamp};

use crate::run::timestamp_of;
use crate::{Compute, OutputId};

/// How much newer a value's inputs must be than its time before that is told.
const NEWER: Span = Span::from_secs(5);

/// The time of what has none: constants, and what never came.
const NEVER: i64 = i64::MIN;

/// What one look at the times of all cells needs.
#[derive(Default)]
pub(crate) struct Confirm {
    /// The formulas, each after its inputs.
    order: Vec<u32>,
    /// By cell, the newest time of a reading below it, in microseconds.
    newest: Vec<i64>,
    /// By output, the time of its value as it was last told: computed, or confirmed.
    told: Vec<i64>,
}

impl Confirm {
    /// The value of an output is told as of this time.
    pub(crate) fn is_told(&mut self, output: OutputId, time: Timestamp) {
        let at = output.index();
        if self.told.len() <= at {
            self.told.resize(at + 1, NEVER);
        }
        if let Some(told) = self.told.get_mut(at) {
            *told = time.micros();
        }
    }
}

impl Compute {
    /// The values of now whose inputs were measured again and left them as they are, each with the newest
    /// time of its inputs. Looks at every cell once, so it is for now and then; windows have their own times.
    pub fn confirmed(&mut self, now: Timestamp) -> Vec<(OutputId, Timestamp)> {
        self.find_newest();
        let Confirm { newest, told, .. } = &mut self.confirm;
        told.resize(self.outputs.len(), NEVER);
        let outputs = self.outputs.iter().zip(told.iter_mut()).enumerate();
        let confirmed = outputs.filter_map(|(at, (output, told))| {
            let sample = self.graph.sample(CellId::new(output.cell))?;
            let time = newest.get(output.cell as usize).copied()?.min(now.micros());
            // One that comes out the same again is not told, though its sample has a newer time.
            let known = if *told == NEVER { sample.time.0 } else { *told };
            let is_newer = output.metric.is_none()
                && sample.value.is_some()
                && time.saturating_sub(known) >= NEWER.micros();
            is_newer.then(|| {
                *told = time;
                (OutputId(at as u32), Timestamp::from_micros(time))
            })
        });
        confirmed.collect()
    }

    fn find_newest(&mut self) {
        let cells = self.graph.len();
        let graph = &self.graph;
        if self.confirm.newest.len() != cells {
            let formulas = (0..cells as u32).filter(|cell| graph.formula(CellId::new(*cell)).is_some());
            self.confirm.order = formulas.collect();
            self.confirm
                .order
                .sort_by_key(|cell| graph.rank(CellId::new(*cell)));
            self.confirm.newest = vec![NEVER; cells];
        }
        let Confirm { order, newest, .. } = &mut self.confirm;
        for (cell, newest) in newest.iter_mut().enumerate() {
            let (leaf, output) = (
                self.directory.leaf_of(cell as u32),
                self.directory.output_of(cell as u32),
            );
            let leaf = leaf.and_then(|leaf| self.leaves.get(leaf as usize));
            let is_told = leaf.map_or(output.is_some(), |leaf| leaf.counted && leaf.seen);
            let sample = graph.sample(CellId::new(cell as u32)).filter(|_| is_told);
            *newest = sample.map_or(NEVER, |sample| timestamp_of(sample.time).micros());
        }
        for cell in &*order {
            let id = CellId::new(*cell);
            let slots = graph.formula(id).map_or(0, |formula| formula.inputs().len());
            let inputs = (0..slots).flat_map(|slot| graph.inputs_of(id, slot));
            let of = inputs
                .filter_map(|input| newest.get(input.index()))
                .max()
                .copied();
            if let Some(newest) = newest.get_mut(*cell as usize) {
                *newest = of.unwrap_or(NEVER);
            }
        }
    }
}

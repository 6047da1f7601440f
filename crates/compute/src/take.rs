//! Readings as they come: to the windows each at its own time, to the formulas in their order, and then
//! whether the last of them is the present.

use std::sync::Arc;

use formula::Sample;
use formula::graph::{Cause, CellId};
use twin::{Quality, Timestamp, Value};

use crate::coverage::WHOLE;
use crate::run::{quality_of, time_of};
use crate::{Compute, Leaf, LeafId, Taken};

/// What was taken and is not computed yet.
pub(crate) struct Pending {
    leaf: LeafId,
    taken: Taken,
    /// Whether another one was the present already, or is by now.
    is_before: bool,
}

impl Leaf {
    /// A reading as formulas see it; a state's source by the state it means.
    pub(crate) fn sample(&self, value: Option<&Value>, quality: Quality, time: Timestamp) -> Sample {
        let value = value.and_then(|value| match value {
            Value::Number(number) => number.is_finite().then_some(formula::Value::Number(*number)),
            Value::Bool(on) => Some(formula::Value::Number(f64::from(u8::from(*on)))),
            Value::Text(text) => Some(formula::Value::Text(Arc::clone(text))),
        });
        let meant = |value: formula::Value| match &self.means {
            None => Some(value),
            Some(means) => {
                let state = means.iter().find(|(source, _)| *source == value);
                let state = state.map(|(_, state)| state).or(self.otherwise.as_ref());
                state.map(|state| formula::Value::Text(Arc::clone(state)))
            }
        };
        let value = value.and_then(meant);
        let quality = if value.is_some() { quality } else { Quality::Bad };
        Sample {
            resumed: false,
            time: time_of(time),
            value,
            quality: quality_of(quality),
        }
    }
}

impl Compute {
    /// Takes what a leaf has now: a reading, or the word that its last one is not fresh any more;
    /// [`Compute::settle`] computes what that changes.
    pub fn take(&mut self, leaf: LeafId, taken: Taken) {
        let is_before = false;
        self.run.pending.push(Pending {
            leaf,
            taken,
            is_before,
        });
    }

    /// Takes a reading that is not what the leaf has now: another one came with it, or it came late.
    /// Windows see all of them.
    pub fn take_before(&mut self, leaf: LeafId, taken: Taken) {
        let is_before = true;
        self.run.pending.push(Pending {
            leaf,
            taken,
            is_before,
        });
    }

    /// Whether it may be computed with what was applied already.
    pub(crate) fn goes_along(&mut self, pending: &Pending, now: Timestamp) -> bool {
        let cell = self.leaves.get(pending.leaf.0 as usize).map(|leaf| leaf.cell);
        let is_measured = pending.taken.measured && pending.taken.fresh;
        let time = if is_measured { pending.taken.time } else { now };
        cell.is_none_or(|cell| self.pace.takes(cell, time_of(time)))
    }

    pub(crate) fn apply(&mut self, pending: &Pending, now: Timestamp) {
        let Pending {
            leaf,
            taken,
            is_before,
        } = pending;
        // What came too late to be the present was good when it was measured.
        if *is_before || (taken.measured && !taken.fresh && taken.value.is_some()) {
            self.apply_before(*leaf, taken, now);
        }
        if !is_before {
            self.apply_present(*leaf, taken, now);
        }
    }

    fn apply_before(&mut self, id: LeafId, taken: &Taken, now: Timestamp) {
        let Some(leaf) = self.leaves.get_mut(id.0 as usize) else {
            return;
        };
        let sample = leaf.sample(taken.value.as_ref(), taken.quality, taken.time);
        let (cell, is_first) = (leaf.cell, !leaf.seen);
        match is_first {
            true => self.metrics.recall(cell, &sample),
            false => self.metrics.push(cell, &sample, &sample, &*self.zones),
        }
        let known = self.graph.sample(CellId::new(cell));
        if known.is_none_or(|known| known.time <= sample.time) {
            (leaf.seen, leaf.fresh, leaf.quality) = (true, true, taken.quality);
            self.set_leaf(id, sample, taken.time.min(now), true);
        }
    }

    fn apply_present(&mut self, id: LeafId, taken: &Taken, now: Timestamp) {
        let Some(leaf) = self.leaves.get_mut(id.0 as usize) else {
            return;
        };
        // Nothing came yet: nothing was lost.
        if !leaf.seen && !taken.fresh && taken.value.is_none() {
            return;
        }
        let quality = match taken.quality {
            // The last usable value, as OPC UA calls it.
            Quality::Good if !taken.fresh => Quality::Uncertain,
            quality => quality,
        };
        let sample = leaf.sample(taken.value.as_ref(), quality, taken.time);
        let first = !leaf.seen;
        let repeats = leaf.seen && !leaf.fresh && !taken.fresh;
        let cell = leaf.cell;
        (leaf.seen, leaf.fresh, leaf.quality) = (true, taken.fresh, taken.quality);
        // It was good until now, not only when it was last measured; and what comes back without a
        // new reading is good from now on.
        let comes_back = taken.fresh && leaf.lost.is_some_and(|lost| taken.time <= lost);
        // The same measurement as before the gap: it holds again, and is none of its own.
        let known = self.graph.sample(CellId::new(cell));
        let same = known.is_some_and(|known| known.time == sample.time && known.value == sample.value);
        let at = match leaf.lost {
            // Lost before these formulas were there.
            Some(lost) if first && !taken.fresh => lost,
            _ if taken.fresh && !comes_back => taken.time,
            _ => now,
        };
        let pushed = Sample {
            resumed: comes_back && (same || first),
            time: time_of(at),
            ..sample.clone()
        };
        leaf.lost = match taken.fresh {
            true => None,
            false if first || repeats => leaf.lost.or(Some(now)),
            false => Some(now),
        };
        match (first, repeats) {
            (true, _) => self.metrics.recall(cell, &pushed),
            (_, false) => self.metrics.push(cell, &pushed, &pushed, &*self.zones),
            (_, true) => {}
        }
        let is_sample = taken.measured && taken.fresh && !pushed.resumed;
        self.set_leaf(id, sample, at.min(now), is_sample);
    }

    /// A leaf is this as of a time; whether it was measured then.
    fn set_leaf(&mut self, id: LeafId, sample: Sample, at: Timestamp, is_sample: bool) {
        let Some(leaf) = self.leaves.get(id.0 as usize) else {
            return;
        };
        let cell = leaf.cell;
        if leaf.counted {
            let parts = if sample.is_good() { WHOLE } else { 0 };
            self.cover.set(&self.graph, cell, parts);
            self.standing
                .set(&self.graph, &self.metrics, cell, sample.is_good());
        }
        if let Some(output) = self.directory.output_of(cell) {
            let known = self.graph.sample(CellId::new(cell));
            if known.is_none_or(|known| known.value != sample.value || known.quality != sample.quality) {
                let state = sample.is_good().then_some(sample.value.as_ref()).flatten();
                self.note(output, state.cloned().as_ref(), at);
            }
        }
        self.run.newest = self.run.newest.max(Some(at));
        let cause = Cause {
            time: Some(time_of(at)),
            is_sample,
        };
        self.graph.set_because(CellId::new(cell), sample, cause);
    }
}

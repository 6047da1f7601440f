//! From an older model to a new one: what did not change goes on. Windows keep what they saw, and what
//! they did not see; the values of the last ones hold until the next are over.

use std::sync::Arc;

use formula::graph::CellId;
use twin::Timestamp;

use crate::{Compute, OutputId};

impl Compute {
    /// Every property that is computed over windows.
    #[must_use]
    pub fn metrics(&self) -> Vec<OutputId> {
        let outputs = self.outputs.iter().enumerate();
        let metrics = outputs.filter(|(_, output)| output.metric.is_some());
        metrics.map(|(at, _)| OutputId(at as u32)).collect()
    }

    /// Takes over the windows of a metric whose formula, length and inputs are what they were. Before
    /// the first [`Compute::settle`].
    pub fn go_on_from(&mut self, earlier: &Self, metric: OutputId) {
        let before = self.outputs.get(metric.0 as usize).and_then(|output| {
            let (asset, path) = self.directory.names(output.asset, output.path);
            earlier.output(asset, path)
        });
        if let Some(before) = before.filter(|before| self.goes_on(metric, earlier, *before)) {
            self.take_over(metric.0, earlier, before.0);
        }
    }

    /// Whether two metrics see the same of the plant.
    fn goes_on(&self, output: OutputId, earlier: &Self, before: OutputId) -> bool {
        let both = self
            .outputs
            .get(output.0 as usize)
            .zip(earlier.outputs.get(before.0 as usize));
        let Some((new, old)) = both else { return false };
        let same_formula = match (&new.spec.formula, &old.spec.formula) {
            (Some(new), Some(old)) => new.source() == old.source(),
            _ => false,
        };
        new.metric.is_some()
            && old.metric.is_some()
            && same_formula
            && new.spec.windows == old.spec.windows
            && new.spec.property.coverage == old.spec.property.coverage
            && self.names_below(new.cell) == earlier.names_below(old.cell)
    }

    /// The assets and properties that a formula uses, by slot.
    fn names_below(&self, cell: u32) -> Vec<Vec<(Arc<str>, Arc<str>)>> {
        let name = |cell: u32| {
            let place = self.directory.place(cell);
            let (asset, path) = self.directory.names(place.asset, place.path);
            (Arc::clone(asset), Arc::clone(path))
        };
        let slots = self.slots_of(cell).into_iter();
        slots.map(|slot| slot.into_iter().map(name).collect()).collect()
    }

    fn take_over(&mut self, output: u32, earlier: &Self, before: u32) -> Option<()> {
        let old = earlier.outputs.get(before as usize)?;
        let new = self.outputs.get_mut(output as usize)?;
        new.told = old.told;
        let old_running = earlier.metrics.get(old.metric?)?;
        let cell = new.cell;
        let silent = old_running.silent.iter().filter_map(|cell| {
            let place = earlier.directory.place(*cell);
            let (asset, path) = earlier.directory.names(place.asset, place.path);
            self.directory.cell(asset, path)
        });
        let silent = silent.collect();
        self.metrics.get_mut(new.metric?)?.go_on_from(old_running, silent);
        let share = old_running.share;
        let parts = (share * f64::from(self.cover.all(cell)) * crate::coverage::WHOLE as f64).round();
        self.cover.set(&self.graph, cell, parts as u64);
        let (new_id, old_id) = (CellId::new(cell), CellId::new(old.cell));
        let sample = earlier.graph.sample(old_id)?;
        if sample.is_good() {
            self.graph.set(new_id, sample.clone());
        } else if let Some(usable) = earlier.graph.usable(old_id).filter(|usable| usable.is_good()) {
            self.graph.set_partial(new_id, usable.clone());
        } else {
            self.graph.set(new_id, sample.clone());
        }
        Some(())
    }

    /// Leaves that are lost, and since when.
    pub fn lost(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>, Timestamp)> {
        self.leaves.iter().filter_map(|leaf| {
            let (asset, path) = self.directory.names(leaf.asset, leaf.path);
            Some((asset, path, leaf.lost?))
        })
    }

    /// A leaf was lost before these formulas were there.
    pub fn lose(&mut self, asset: &str, property: &str, since: Timestamp) {
        let leaf = self.directory.leaf(asset, property);
        if let Some(leaf) = leaf.and_then(|leaf| self.leaves.get_mut(leaf as usize)) {
            leaf.lost = leaf.lost.or(Some(since));
        }
    }
}

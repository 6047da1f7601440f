//! The present of everything that is watched, and when each thing last changed.
//!
//! Readings are kept only of watched points; of all others only the revision of the last change, so that
//! a page can go on from where it was drawn even if nobody watched before.

use access::Sight;
use twin::{AssetId, PointId, Twin};
use wire::message::Summary;
use wire::page::PlantStatus;
use wire::reading::{wire_cadence_from_twin, wire_from_twin};
use wire::view::{Changed, Present};
use wire::{Cadence, Reading};

use super::plants::Plants;
use crate::plant::summary_from_twin;

/// Who shows it: view, and index in that view.
pub type Watchers = Vec<(u32, u32)>;

/// See the module.
#[derive(Debug, Default)]
pub struct Values {
    points: Vec<Entry>,
    assets: Vec<AssetEntry>,
    point_slots: Slots<PointSlot>,
    asset_slots: Slots<AssetSlot>,
    pub plants: Plants,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    reading: u64,
    cadence: u64,
    slot: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct AssetEntry {
    summary: u64,
    structure: u64,
    slot: u32,
}

/// A watched point.
#[derive(Debug, Default)]
pub struct PointSlot {
    pub reading: Option<Reading>,
    pub cadence: Cadence,
    pub watchers: Watchers,
}

/// A watched asset.
#[derive(Debug, Default)]
pub struct AssetSlot {
    pub summary: Summary,
    pub watchers: Watchers,
}

impl Values {
    /// A point has a new reading, or the flags of its reading changed. Gives its slot when somebody watches
    /// and there is something new to see.
    pub fn reading_changed(&mut self, twin: &Twin, point: PointId, revision: u64) -> Option<&PointSlot> {
        let entry = grown(&mut self.points, point.index());
        entry.reading = revision;
        let slot = self.point_slots.get_mut(entry.slot)?;
        let reading = twin.reading(point).map(wire_from_twin);
        if slot.reading == reading {
            return None;
        }
        slot.reading = reading;
        Some(slot)
    }

    /// A point is expected to speak at another interval.
    pub fn cadence_changed(&mut self, twin: &Twin, point: PointId, revision: u64) -> Option<&PointSlot> {
        let entry = grown(&mut self.points, point.index());
        entry.cadence = revision;
        let slot = self.point_slots.get_mut(entry.slot)?;
        slot.cadence = wire_cadence_from_twin(twin.cadence(point));
        Some(slot)
    }

    /// An asset has other counts.
    pub fn summary_changed(&mut self, twin: &Twin, asset: AssetId, revision: u64) -> Option<&AssetSlot> {
        let entry = grown(&mut self.assets, asset.index());
        entry.summary = revision;
        let slot = self.asset_slots.get_mut(entry.slot)?;
        slot.summary = summary_from_twin(twin.summary(asset));
        Some(slot)
    }

    /// Children or points joined at an asset, or what is known of them changed.
    pub fn structure_changed(&mut self, asset: AssetId, revision: u64) -> Option<&AssetSlot> {
        let entry = grown(&mut self.assets, asset.index());
        entry.structure = revision;
        self.asset_slots.get_mut(entry.slot).map(|slot| &*slot)
    }

    /// When the structure of an asset last changed.
    #[must_use]
    pub fn structure(&self, asset: AssetId) -> u64 {
        self.assets.get(asset.index()).map_or(0, |entry| entry.structure)
    }

    /// Who watches a point.
    #[must_use]
    pub fn watchers(&self, point: PointId) -> &[(u32, u32)] {
        let slot = self
            .points
            .get(point.index())
            .and_then(|entry| self.point_slots.get(entry.slot));
        slot.map_or(&[], |slot| &slot.watchers)
    }

    /// A view shows a point from now on.
    pub fn watch_point(&mut self, twin: &Twin, point: PointId, view: u32, index: u32) {
        let entry = grown(&mut self.points, point.index());
        if entry.slot == 0 {
            entry.slot = self.point_slots.take();
            if let Some(slot) = self.point_slots.get_mut(entry.slot) {
                slot.reading = twin.reading(point).map(wire_from_twin);
                slot.cadence = wire_cadence_from_twin(twin.cadence(point));
            }
        }
        if let Some(slot) = self.point_slots.get_mut(entry.slot) {
            slot.watchers.push((view, index));
        }
    }

    /// A view shows an asset from now on.
    pub fn watch_asset(&mut self, twin: &Twin, asset: AssetId, view: u32, index: u32) {
        let entry = grown(&mut self.assets, asset.index());
        if entry.slot == 0 {
            entry.slot = self.asset_slots.take();
            if let Some(slot) = self.asset_slots.get_mut(entry.slot) {
                slot.summary = summary_from_twin(twin.summary(asset));
            }
        }
        if let Some(slot) = self.asset_slots.get_mut(entry.slot) {
            slot.watchers.push((view, index));
        }
    }

    /// A view shows a point no more.
    pub fn unwatch_point(&mut self, point: u32, view: u32) {
        let Some(entry) = self.points.get_mut(point as usize) else {
            return;
        };
        if let Some(slot) = self.point_slots.get_mut(entry.slot) {
            slot.watchers.retain(|(watcher, _)| *watcher != view);
            if slot.watchers.is_empty() {
                self.point_slots.give_back(std::mem::take(&mut entry.slot));
            }
        }
    }

    /// A view shows an asset no more.
    pub fn unwatch_asset(&mut self, asset: u32, view: u32) {
        let Some(entry) = self.assets.get_mut(asset as usize) else {
            return;
        };
        if let Some(slot) = self.asset_slots.get_mut(entry.slot) {
            slot.watchers.retain(|(watcher, _)| *watcher != view);
            if slot.watchers.is_empty() {
                self.asset_slots.give_back(std::mem::take(&mut entry.slot));
            }
        }
    }

    /// Points and assets that somebody watches.
    #[must_use]
    pub fn watched(&self) -> usize {
        self.point_slots.used() + self.asset_slots.used()
    }
}

/// What is watched as somebody with this sight sees it.
pub struct Seen<'a> {
    pub values: &'a Values,
    pub sight: &'a Sight,
}

impl Present for Seen<'_> {
    fn reading(&self, point: u32) -> Option<Reading> {
        let entry = self.values.points.get(point as usize)?;
        self.values.point_slots.get(entry.slot)?.reading.clone()
    }

    fn cadence(&self, point: u32) -> Cadence {
        let slot = self
            .values
            .points
            .get(point as usize)
            .and_then(|entry| self.values.point_slots.get(entry.slot));
        slot.map_or(Cadence::Learning, |slot| slot.cadence)
    }

    fn summary(&self, asset: u32) -> Summary {
        let slot = self
            .values
            .assets
            .get(asset as usize)
            .and_then(|entry| self.values.asset_slots.get(entry.slot));
        slot.map_or_else(Summary::default, |slot| slot.summary)
    }

    fn plant(&self) -> PlantStatus {
        self.values.plants.now(self.sight)
    }
}

impl Changed for Seen<'_> {
    fn reading_at(&self, point: u32) -> u64 {
        self.values
            .points
            .get(point as usize)
            .map_or(0, |entry| entry.reading)
    }

    fn cadence_at(&self, point: u32) -> u64 {
        self.values
            .points
            .get(point as usize)
            .map_or(0, |entry| entry.cadence)
    }

    fn summary_at(&self, asset: u32) -> u64 {
        self.values
            .assets
            .get(asset as usize)
            .map_or(0, |entry| entry.summary)
    }

    fn plant_at(&self) -> u64 {
        self.values.plants.changed(self.sight)
    }
}

/// The entry at an index, the table grown as needed: ids are dense.
fn grown<T: Clone + Default>(table: &mut Vec<T>, index: usize) -> &mut T {
    if index >= table.len() {
        table.resize(index + 1, T::default());
    }
    &mut table[index]
}

/// Slots by number from 1; 0 is none. Numbers are used again.
#[derive(Debug)]
struct Slots<T> {
    slots: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T: Default> Slots<T> {
    fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(T::default());
            u32::try_from(self.slots.len()).unwrap_or(0)
        })
    }

    fn give_back(&mut self, number: u32) {
        if let Some(slot) = self.get_mut(number) {
            *slot = T::default();
            self.free.push(number);
        }
    }

    fn get(&self, number: u32) -> Option<&T> {
        self.slots.get((number as usize).checked_sub(1)?)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.slots.get_mut((number as usize).checked_sub(1)?)
    }

    fn used(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

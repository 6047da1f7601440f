//! Which signals exist, who holds them, and what waits to be written to them.
//!
//! Messages only queue here; [`Registry::take_writes`] hands out one write per changed signal, to be done
//! once a frame. A signal lives as long as somebody holds it.

use std::collections::HashMap;

use leptos::prelude::*;
use wire::message::{ErrorCode, PointState, Selector, Summary};
use wire::page::PlantStatus;
use wire::{Cadence, Reading};

use super::PointNow;

/// A page loads its data again at most this often, however much joins.
const STRUCTURE_MILLIS: u64 = 1_000;

/// See the module.
#[derive(Default)]
pub struct Registry {
    points: HashMap<u32, Held<PointNow, PointChange>>,
    summaries: HashMap<u32, Held<Summary, Summary>>,
    structures: Vec<Structure>,
    changed_points: Vec<u32>,
    changed_summaries: Vec<u32>,
    plant: Option<PlantStatus>,
}

struct Structure {
    selector: Selector,
    held: Held<u64, ()>,
    /// When it was last written, on the clock of [`Registry::take_writes`].
    told: Option<u64>,
}

struct Held<T: 'static, C> {
    signal: ArcRwSignal<T>,
    holders: u32,
    waiting: Option<C>,
}

impl<T: Send + Sync + Default, C> Default for Held<T, C> {
    fn default() -> Self {
        Self {
            signal: ArcRwSignal::new(T::default()),
            holders: 0,
            waiting: None,
        }
    }
}

impl<T: Send + Sync, C> Held<T, C> {
    fn hold(&mut self) -> ArcRwSignal<T> {
        self.holders += 1;
        self.signal.clone()
    }

    /// True when nobody holds it any more.
    const fn release(&mut self) -> bool {
        self.holders = self.holders.saturating_sub(1);
        self.holders == 0
    }
}

/// What waits to be written to a point.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PointChange {
    reading: Option<Option<Reading>>,
    cadence: Option<Cadence>,
}

/// One write to one signal.
pub enum Write {
    Point(ArcRwSignal<PointNow>, PointChange),
    Summary(ArcRwSignal<Summary>, Summary),
    Structure(ArcRwSignal<u64>),
    Plant(PlantStatus),
}

impl Write {
    /// Does it. Not while the registry is borrowed: what listens may look into it.
    pub fn run(self, plant: RwSignal<PlantStatus>) {
        match self {
            Self::Point(signal, change) => signal.update(|point| {
                if let Some(reading) = change.reading {
                    point.reading = reading;
                }
                if let Some(cadence) = change.cadence {
                    point.cadence = cadence;
                }
            }),
            Self::Summary(signal, summary) => signal.set(summary),
            Self::Structure(signal) => signal.update(|number| *number += 1),
            Self::Plant(status) => plant.set(status),
        }
    }
}

impl Registry {
    /// Page data: holds the point, and takes the reading unless a newer one is known.
    pub fn seed_point(&mut self, point: u32, seed: PointNow) {
        let held = self.points.entry(point).or_default();
        held.holders += 1;
        let arrival = |now: &PointNow| now.reading.as_ref().map(|reading| reading.arrival_millis);
        if held
            .signal
            .with_untracked(|now| *now != seed && arrival(now) <= arrival(&seed))
        {
            held.signal.set(seed);
        }
    }

    /// Page data: holds the asset, and takes its counts.
    pub fn seed_summary(&mut self, asset: u32, seed: Summary) {
        let held = self.summaries.entry(asset).or_default();
        held.holders += 1;
        if held.signal.with_untracked(|now| *now != seed) {
            held.signal.set(seed);
        }
    }

    /// Newer counts of an asset, where somebody holds it.
    pub fn update_summary(&mut self, asset: u32, summary: Summary) {
        if let Some(held) = self.summaries.get(&asset)
            && held.signal.with_untracked(|now| *now != summary)
        {
            held.signal.set(summary);
        }
    }

    pub fn hold_point(&mut self, point: u32) -> ArcRwSignal<PointNow> {
        self.points.entry(point).or_default().hold()
    }

    pub fn hold_summary(&mut self, asset: u32) -> ArcRwSignal<Summary> {
        self.summaries.entry(asset).or_default().hold()
    }

    pub fn hold_structure(&mut self, selector: &Selector) -> ArcRwSignal<u64> {
        if let Some(structure) = self
            .structures
            .iter_mut()
            .find(|known| known.selector == *selector)
        {
            return structure.held.hold();
        }
        let mut held = Held::default();
        let signal = held.hold();
        self.structures.push(Structure {
            selector: selector.clone(),
            held,
            told: None,
        });
        signal
    }

    pub fn release_points(&mut self, points: &[u32]) {
        for point in points {
            if self.points.get_mut(point).is_some_and(Held::release) {
                self.points.remove(point);
            }
        }
    }

    pub fn release_summaries(&mut self, assets: &[u32]) {
        for asset in assets {
            if self.summaries.get_mut(asset).is_some_and(Held::release) {
                self.summaries.remove(asset);
            }
        }
    }

    pub fn release_structure(&mut self, selector: &Selector) {
        self.structures
            .retain_mut(|known| known.selector != *selector || !known.held.release());
    }

    /// Whether there is anything to write.
    pub fn is_waiting(&self) -> bool {
        !self.changed_points.is_empty()
            || !self.changed_summaries.is_empty()
            || self.plant.is_some()
            || self
                .structures
                .iter()
                .any(|structure| structure.held.waiting.is_some())
    }

    /// One write for each signal that something waits for; `now` in milliseconds of any steady clock.
    pub fn take_writes(&mut self, now: u64, writes: &mut Vec<Write>) {
        for point in self.changed_points.drain(..) {
            if let Some(held) = self.points.get_mut(&point)
                && let Some(change) = held.waiting.take()
            {
                writes.push(Write::Point(held.signal.clone(), change));
            }
        }
        for asset in self.changed_summaries.drain(..) {
            if let Some(held) = self.summaries.get_mut(&asset)
                && let Some(summary) = held.waiting.take()
            {
                writes.push(Write::Summary(held.signal.clone(), summary));
            }
        }
        for structure in &mut self.structures {
            let is_due = structure
                .told
                .is_none_or(|told| now.saturating_sub(told) >= STRUCTURE_MILLIS);
            if is_due && structure.held.waiting.take().is_some() {
                structure.told = Some(now);
                writes.push(Write::Structure(structure.held.signal.clone()));
            }
        }
        writes.extend(self.plant.take().map(Write::Plant));
    }

    fn change_point(&mut self, point: u32, change: impl FnOnce(&mut PointChange)) {
        // Covered by a selector, but nobody shows it.
        let Some(held) = self.points.get_mut(&point) else {
            return;
        };
        if held.waiting.is_none() {
            self.changed_points.push(point);
        }
        change(held.waiting.get_or_insert_default());
    }
}

impl wire::client_session::Sink for Registry {
    fn point(&mut self, state: PointState) {
        self.change_point(state.point, |change| {
            *change = PointChange {
                reading: Some(state.reading),
                cadence: Some(state.cadence),
            };
        });
    }

    fn reading(&mut self, point: u32, reading: Reading) {
        self.change_point(point, |change| change.reading = Some(Some(reading)));
    }

    fn cadence(&mut self, point: u32, cadence: Cadence) {
        self.change_point(point, |change| change.cadence = Some(cadence));
    }

    fn summary(&mut self, asset: u32, summary: Summary) {
        let Some(held) = self.summaries.get_mut(&asset) else {
            return;
        };
        if held.waiting.replace(summary).is_none() {
            self.changed_summaries.push(asset);
        }
    }

    fn plant(&mut self, plant: PlantStatus) {
        self.plant = Some(plant);
    }

    fn structure(&mut self, selector: &Selector) {
        for structure in self
            .structures
            .iter_mut()
            .filter(|known| concerns(selector, &known.selector))
        {
            structure.held.waiting = Some(());
        }
    }

    fn refused(&mut self, selector: &Selector, code: ErrorCode) {
        leptos::logging::warn!("watching {selector:?} was refused: {code:?}");
    }
}

/// Whether a changed structure of what one selector covers is news to who asked about another: the
/// structure of an asset is heard of by whoever watches its counts, too.
fn concerns(changed: &Selector, asked: &Selector) -> bool {
    match (changed, asked) {
        (Selector::Summaries { assets }, Selector::Asset { asset }) => assets.contains(asset),
        (changed, asked) => changed == asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Value;
    use wire::client_session::Sink;

    fn reading(number: f64, arrival_millis: i64) -> Reading {
        Reading {
            value: Some(Value::Number(number)),
            quality: wire::reading::Quality::Good,
            source_millis: None,
            arrival_millis,
            flags: 0,
        }
    }

    fn now(number: f64, arrival_millis: i64) -> PointNow {
        PointNow {
            reading: Some(reading(number, arrival_millis)),
            cadence: Cadence::Learning,
        }
    }

    #[test]
    fn many_changes_of_a_point_are_one_write_of_the_newest() {
        let owner = Owner::new();
        owner.set();
        let mut registry = Registry::default();
        let signal = registry.hold_point(7);
        for number in 0..10 {
            registry.reading(7, reading(f64::from(number), 0));
        }
        registry.cadence(7, Cadence::OnChange);
        registry.reading(8, reading(1.0, 0));
        let mut writes = Vec::new();
        registry.take_writes(0, &mut writes);
        assert_eq!(writes.len(), 1);
        let plant = RwSignal::new(PlantStatus::default());
        writes.into_iter().for_each(|write| write.run(plant));
        assert_eq!(
            signal.get_untracked(),
            PointNow {
                cadence: Cadence::OnChange,
                ..now(9.0, 0)
            }
        );
        let mut none = Vec::new();
        registry.take_writes(0, &mut none);
        assert!(none.is_empty());
    }

    #[test]
    fn page_data_never_replace_a_newer_reading() {
        let mut registry = Registry::default();
        registry.seed_point(7, now(1.0, 100));
        registry.seed_point(7, now(2.0, 200));
        registry.seed_point(7, now(1.0, 100));
        assert_eq!(registry.hold_point(7).get_untracked(), now(2.0, 200));
    }

    #[test]
    fn a_signal_lives_as_long_as_somebody_holds_it() {
        let mut registry = Registry::default();
        registry.seed_point(7, now(1.0, 100));
        drop(registry.hold_point(7));
        registry.release_points(&[7]);
        assert_eq!(registry.points.len(), 1);
        registry.release_points(&[7]);
        assert!(registry.points.is_empty());
        registry.release_points(&[7]);
    }

    #[test]
    fn word_of_a_changed_structure_comes_at_once_then_once_a_second() {
        let owner = Owner::new();
        owner.set();
        let mut registry = Registry::default();
        let asset = registry.hold_structure(&Selector::Asset { asset: 5 });
        let other = registry.hold_structure(&Selector::Asset { asset: 6 });
        let plant = RwSignal::new(PlantStatus::default());
        for now in (0..3_000).step_by(10) {
            registry.structure(&Selector::Summaries { assets: vec![4, 5] });
            let mut writes = Vec::new();
            registry.take_writes(now, &mut writes);
            writes.into_iter().for_each(|write| write.run(plant));
        }
        assert_eq!((asset.get_untracked(), other.get_untracked()), (3, 0));
        assert!(registry.is_waiting(), "the last word is still to come");
    }
}

//! What is computed of the plant, beside the twin: the engine hands every changed reading to the
//! formulas and takes what they come to back in as readings of computed points.

use std::sync::{Arc, PoisonError, RwLock};

use compute::{Computed, Coverage, LeafId, OutputId, StateTotals, Taken};
use store::History;
use twin::{
    AssetId, Change, Flags, Freshness, Outputs, Point, PointId, Quality, Reading, Span, Timestamp, Twin,
};

use crate::engine::Noted;
use crate::formula::World;
use crate::model::LoadedModel;

/// Readings of one point that open windows get from history: as many as they keep.
const PAST_READINGS: usize = formula::metric::MAX_SAMPLES;
/// How often values are looked through for those that newer inputs left alone.
const CONFIRM_EVERY: Span = Span::from_secs(5);
/// Names looked up, and states copied, under one hold of a lock.
const PART: usize = 500;

/// What is computed now; none before the first model.
pub type SharedComputing = Arc<RwLock<Option<Computing>>>;

/// An asset of the model and the path of a property.
pub type Property = (Arc<str>, Arc<str>);

/// The formulas of a model and the points they stand for.
pub struct Computing {
    compute: compute::Compute,
    /// The version of the model it was built from.
    pub version: u32,
    /// By the number of the point.
    leaf_of: Vec<Option<LeafId>>,
    /// By the number of the output.
    point_of: Vec<Option<PointId>>,
    /// When values were last looked through for what newer inputs confirm.
    confirmed_at: Timestamp,
}

impl std::fmt::Debug for Computing {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Computing of model version {}", self.version)
    }
}

impl Computing {
    /// Built from a model as its links are at `now`; what cannot be computed is told in the log and
    /// left without output.
    #[must_use]
    pub fn new(loaded: &LoadedModel, now: Timestamp) -> Self {
        let (compute, problems) =
            compute::Compute::new(&loaded.model, &loaded.resolved, now, Arc::new(World));
        for problem in problems.iter().take(20) {
            tracing::warn!(%problem, "cannot be computed");
        }
        Self {
            compute,
            version: loaded.version,
            leaf_of: Vec::new(),
            point_of: Vec::new(),
            confirmed_at: now,
        }
    }

    /// The formulas.
    #[must_use]
    pub const fn formulas(&self) -> &compute::Compute {
        &self.compute
    }

    /// Gives open windows what was measured before; while the server did not run, nobody looked. Blocks
    /// on history.
    pub fn recall(&mut self, twin: &RwLock<Twin>, history: &History, started: Timestamp, now: Timestamp) {
        let mut last_seen: Option<Timestamp> = None;
        for (asset, property, since) in self.compute.past_wanted() {
            let point = {
                let twin = twin.read().unwrap_or_else(std::sync::PoisonError::into_inner);
                twin.modelled(&asset)
                    .and_then(|asset| twin.property(asset, &property))
            };
            let Some(point) = point else { continue };
            let before = history.at(point, since).ok().flatten();
            let series = match history.series(point, since, now, PAST_READINGS) {
                Ok(series) => series,
                Err(error) => {
                    tracing::warn!(%error, "windows begin without their past");
                    return;
                }
            };
            let readings = before.into_iter().chain(series).inspect(|reading| {
                let earlier = Some(reading.arrival).filter(|arrival| *arrival < started);
                last_seen = last_seen.max(earlier);
            });
            let readings = readings.map(|reading| (reading.time(), reading.value.clone(), reading.quality));
            self.compute.backfill(&asset, &property, readings);
        }
        if let Some(last_seen) = last_seen {
            self.compute.unseen(last_seen);
        }
    }

    /// Goes on with the windows of those that run now, where the model left them alone; their inputs are
    /// lost since when they were. Before anything is computed.
    pub fn go_on_with_windows(&mut self, running: &SharedComputing) {
        let metrics = self.compute.metrics();
        for part in metrics.chunks(PART) {
            let running = running.read().unwrap_or_else(PoisonError::into_inner);
            // The same model again: its windows are filled from history.
            let Some(running) = running.as_ref().filter(|running| running.version != self.version) else {
                return;
            };
            for output in part {
                self.compute.go_on_from(&running.compute, *output);
            }
        }
        let running = running.read().unwrap_or_else(PoisonError::into_inner);
        let lost = running.iter().flat_map(|running| running.compute.lost());
        for (asset, property, since) in lost {
            self.compute.lose(asset, property, since);
        }
    }

    /// Goes on counting where those that run now are: how long in which state, how often begun.
    pub fn go_on_from(&mut self, running: &SharedComputing, now: Timestamp) {
        for part in self.states().chunks(PART) {
            let running = running.read().unwrap_or_else(PoisonError::into_inner);
            let Some(running) = running.as_ref() else { return };
            for (asset, property) in part {
                if let Some(totals) = running.totals(asset, property, now) {
                    self.compute.restore_totals(asset, property, totals);
                }
            }
        }
    }

    /// Its states that those that run now do not count.
    #[must_use]
    pub fn new_states(&self, running: &SharedComputing) -> Vec<Property> {
        let mut states = self.states();
        let running = running.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.as_ref() {
            states.retain(|(asset, property)| {
                let output = running.compute.output(asset, property);
                output.is_none_or(|output| !running.compute.is_state(output))
            });
        }
        states
    }

    /// Every property that is a state.
    #[must_use]
    pub fn states(&self) -> Vec<Property> {
        let outputs = self.compute.outputs();
        let states = outputs.filter(|(output, ..)| self.compute.is_state(*output));
        states
            .map(|(_, asset, property)| (asset.clone(), property.clone()))
            .collect()
    }

    /// How long each state of a property lasted and how often it began; none for what is no state.
    #[must_use]
    pub fn totals(&self, asset: &str, property: &str, now: Timestamp) -> Option<StateTotals> {
        self.compute.totals(self.compute.output(asset, property)?, now)
    }

    /// Goes on counting these states where an earlier run, or an earlier model, was.
    pub fn restore_totals(&mut self, states: &[Property], mut known: crate::model::totals::Known) {
        for (asset, property) in states {
            if let Some(totals) = known.remove(&(asset.to_string(), property.to_string())) {
                self.compute.restore_totals(asset, property, totals);
            }
        }
    }

    /// Puts what was counted of an earlier stretch of time before what is counted since.
    pub fn precede_totals(&mut self, earlier: Vec<(Property, StateTotals)>) {
        for ((asset, property), totals) in earlier {
            self.compute.precede_totals(&asset, &property, totals);
        }
    }

    /// Finds the points of everything, and takes what they have now. The twin goes on meanwhile: what
    /// changes from before this call is to be noted, and made up for by [`Self::catch_up`].
    pub fn meet(&mut self, twin: &RwLock<Twin>) {
        let outputs = self.compute.outputs();
        let outputs: Vec<_> = outputs
            .map(|(output, a, p)| (output, a.clone(), p.clone()))
            .collect();
        for part in outputs.chunks(PART) {
            let twin = twin.read().unwrap_or_else(PoisonError::into_inner);
            for (output, asset, property) in part {
                let point = property_of(&twin, asset, property).filter(|point| point.is_computed());
                set(&mut self.point_of, output.index(), point.map(|point| point.id));
            }
        }
        let leaves = self.compute.leaves();
        let leaves: Vec<_> = leaves.map(|(leaf, a, p)| (leaf, a.clone(), p.clone())).collect();
        for part in leaves.chunks(PART) {
            let twin = twin.read().unwrap_or_else(PoisonError::into_inner);
            for (leaf, asset, property) in part {
                if let Some(point) = property_of(&twin, asset, property) {
                    set(&mut self.leaf_of, point.id.index(), Some(*leaf));
                    self.take_known(&twin, *leaf, point.id);
                }
            }
        }
    }

    /// Takes what a point has, but for what an earlier run knew: that is told when it is live again; as
    /// lost and found it would count twice in a window.
    fn take_known(&mut self, twin: &Twin, leaf: LeafId, point: PointId) {
        let is_offline = twin
            .reading(point)
            .is_some_and(|reading| reading.flags.has(Flags::OFFLINE));
        if !is_offline {
            self.take(twin, leaf, point);
        }
    }

    /// Takes what changed while it met the twin.
    pub fn catch_up(&mut self, twin: &Twin, noted: &Noted) {
        for point in &noted.placed {
            self.place(twin, *point);
        }
        for (point, reading) in &noted.readings {
            if let Some(leaf) = self.leaf_of(*point) {
                self.compute.take_before(leaf, measured(reading));
            }
        }
        for point in noted.placed.union(&noted.told) {
            self.tell(twin, *point);
        }
    }

    /// Takes what one input changed; true when that is something. Called under the twin's lock.
    pub fn follow(&mut self, twin: &Twin, outputs: &Outputs) -> bool {
        for point in &outputs.placed {
            self.place(twin, *point);
        }
        let told = self.take_measured(twin, &outputs.stored);
        let mut is_any = !outputs.placed.is_empty() || told.is_some();
        let told = told.unwrap_or_default();
        let is_untold = |point: &&PointId| told.binary_search(point).is_err();
        for point in outputs.placed.iter().filter(is_untold) {
            self.tell(twin, *point);
        }
        for change in &outputs.changes {
            if let Change::Reading(point) | Change::Freshness(point) = change
                && is_untold(&point)
            {
                is_any |= self.tell(twin, *point);
            }
        }
        is_any
    }

    /// Takes readings of leaves in the order in which they came: several of one point come together, and
    /// some come after newer ones. Answers the points whose reading of now is among them; none when there
    /// is no leaf.
    fn take_measured(&mut self, twin: &Twin, readings: &[(PointId, Reading)]) -> Option<Vec<PointId>> {
        let mut told = None;
        for (point, reading) in readings {
            let leaf = self.leaf_of(*point);
            // A replay says what was, and nobody knows since when.
            let Some(leaf) = leaf.filter(|_| !reading.flags.has(Flags::RETAINED)) else {
                continue;
            };
            let told = told.get_or_insert_with(Vec::new);
            if twin.reading(*point) == Some(reading) {
                let fresh = twin.freshness(*point) == Freshness::Live;
                let measured = measured(reading);
                self.compute.take(leaf, Taken { fresh, ..measured });
                told.push(*point);
            } else {
                self.compute.take_before(leaf, measured(reading));
            }
        }
        if let Some(told) = &mut told {
            told.sort_unstable();
        }
        told
    }

    /// A point has another reading; true when it is a leaf.
    fn tell(&mut self, twin: &Twin, point: PointId) -> bool {
        let leaf = self.leaf_of(point);
        if let Some(leaf) = leaf {
            self.take(twin, leaf, point);
        }
        leaf.is_some()
    }

    fn leaf_of(&self, point: PointId) -> Option<LeafId> {
        self.leaf_of.get(point.index()).copied().flatten()
    }

    /// A point became or ceased to be a property of the model; what it has is told after that.
    fn place(&mut self, twin: &Twin, id: PointId) {
        let leaf = twin.point(id).and_then(|point| {
            let asset = twin.asset(point.asset)?.modelled.as_ref()?;
            self.compute.leaf(&asset.key, point.property.as_deref()?)
        });
        let before = self.leaf_of.get(id.index()).copied().flatten();
        if let Some(before) = before.filter(|before| Some(*before) != leaf) {
            self.compute.take(before, missing(twin.now()));
        }
        set(&mut self.leaf_of, id.index(), leaf);
    }

    fn take(&mut self, twin: &Twin, leaf: LeafId, point: PointId) {
        let taken = twin.reading(point).map_or_else(
            || missing(twin.now()),
            |reading| Taken {
                fresh: twin.freshness(point) == Freshness::Live,
                measured: false,
                ..measured(reading)
            },
        );
        self.compute.take(leaf, taken);
    }

    /// Computes everything for the first time, beside the twin; gives what is not known there yet.
    pub fn begin(&mut self, twin: &RwLock<Twin>, now: Timestamp) -> Vec<(PointId, Reading)> {
        let is_simulated = is_simulated(&twin.read().unwrap_or_else(PoisonError::into_inner));
        let mut values = self.settle(now, is_simulated);
        let is_known = |twin: &Twin, (point, next): &(PointId, Reading)| {
            let same = |known: &Reading| {
                (&known.value, known.quality, known.flags) == (&next.value, next.quality, next.flags)
            };
            twin.reading(*point).is_some_and(same)
        };
        let mut new = Vec::new();
        while !values.is_empty() {
            let rest = values.split_off(PART.min(values.len()));
            let twin = twin.read().unwrap_or_else(PoisonError::into_inner);
            new.extend(values.into_iter().filter(|value| !is_known(&twin, value)));
            values = rest;
        }
        new
    }

    /// Computes what was taken and what the time brings.
    pub fn settle(&mut self, now: Timestamp, is_simulated: bool) -> Vec<(PointId, Reading)> {
        let flags = Flags::default()
            .with(Flags::SIMULATED, is_simulated)
            .with(Flags::DERIVED, true);
        let computed = self.compute.settle(now);
        let reading = |computed: Computed| {
            let point = self.point_of.get(computed.output.index()).copied().flatten()?;
            let reading = Reading {
                value: computed.value,
                quality: computed.quality,
                source_time: Some(computed.time),
                arrival: now,
                flags,
            };
            (!computed.only_coverage).then_some((point, reading))
        };
        computed.into_iter().filter_map(reading).collect()
    }

    /// Values that newer inputs left as they are, and as of when they hold; now and then.
    pub fn confirmed(&mut self, now: Timestamp) -> Vec<(PointId, Timestamp)> {
        if now.since(self.confirmed_at) < CONFIRM_EVERY {
            return Vec::new();
        }
        self.confirmed_at = now;
        let confirmed = self.compute.confirmed(now).into_iter();
        let of_points =
            confirmed.filter_map(|(output, time)| Some(((*self.point_of.get(output.index())?)?, time)));
        of_points.collect()
    }

    /// Whether time alone changes something by now.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.compute.due().is_some_and(|due| due <= now)
    }

    /// How much of the inputs of a computed point is there.
    #[must_use]
    pub fn coverage(&self, twin: &Twin, point: PointId) -> Option<Coverage> {
        Some(self.compute.coverage(self.output(twin, point)?))
    }

    /// The output that a computed point has its values from.
    #[must_use]
    pub fn output(&self, twin: &Twin, id: PointId) -> Option<OutputId> {
        let point = twin.point(id).filter(|point| point.is_computed())?;
        let asset = twin.asset(point.asset)?.modelled.as_ref()?;
        self.compute.output(&asset.key, point.property.as_deref()?)
    }
}

/// Whether what is computed comes of simulated readings.
#[must_use]
pub fn is_simulated(twin: &Twin) -> bool {
    twin.sources().iter().any(|source| source.is_simulated)
}

fn property_of<'t>(twin: &'t Twin, asset: &str, property: &str) -> Option<&'t Point> {
    let asset: AssetId = twin.modelled(asset)?;
    twin.point(twin.property(asset, property)?)
}

/// A reading as it was when it was measured.
fn measured(reading: &Reading) -> Taken {
    Taken {
        value: reading.value.clone(),
        quality: reading.quality,
        time: reading.time(),
        fresh: true,
        measured: true,
    }
}

fn missing(now: Timestamp) -> Taken {
    Taken {
        value: None,
        quality: Quality::Bad,
        time: now,
        fresh: false,
        measured: false,
    }
}

fn set<T: Copy>(table: &mut Vec<Option<T>>, index: usize, value: Option<T>) {
    if table.len() <= index {
        table.resize(index + 1, None);
    }
    if let Some(slot) = table.get_mut(index) {
        *slot = value;
    }
}

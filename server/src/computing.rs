//! What is computed of the plant, beside the twin: the engine hands every changed reading to the
//! formulas and takes what they come to back in as readings of computed points.

use std::sync::{Arc, RwLock};

use compute::{Computed, Coverage, LeafId, OutputId, StateTotals, Taken};
use model::{Model, Resolved};
use store::History;
use twin::{AssetId, Change, Flags, Freshness, Outputs, Point, PointId, Quality, Reading, Timestamp, Twin};

use crate::formula::World;

/// Readings of one point that open windows get from history; older ones are left out.
const PAST_READINGS: usize = 100_000;

/// What is computed now; none before the first model.
pub type SharedComputing = Arc<RwLock<Option<Computing>>>;

/// The formulas of a model and the points they stand for.
pub struct Computing {
    compute: compute::Compute,
    /// The version of the model it was built from.
    pub version: u32,
    /// By the number of the point.
    leaf_of: Vec<Option<LeafId>>,
    /// By the number of the output.
    point_of: Vec<Option<PointId>>,
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
    pub fn new(model: &Model, resolved: &Resolved, version: u32, now: Timestamp) -> Self {
        let (compute, problems) = compute::Compute::new(model, resolved, now, Arc::new(World));
        for problem in problems.iter().take(20) {
            tracing::warn!(%problem, "cannot be computed");
        }
        Self {
            compute,
            version,
            leaf_of: Vec::new(),
            point_of: Vec::new(),
        }
    }

    /// The formulas.
    #[must_use]
    pub const fn formulas(&self) -> &compute::Compute {
        &self.compute
    }

    /// Gives open windows what was measured before the start. Blocks on history.
    pub fn recall(&mut self, twin: &RwLock<Twin>, history: &History, now: Timestamp) {
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
            let readings = before.into_iter().chain(series);
            let readings = readings.map(|reading| (reading.time(), reading.value.clone(), reading.quality));
            self.compute.backfill(&asset, &property, readings);
        }
    }

    /// Goes on counting where an earlier one was: how long in which state, how often begun.
    pub fn go_on_from(&mut self, earlier: &Self, now: Timestamp) {
        for (asset, property, totals) in earlier.state_totals(now) {
            self.compute.restore_totals(asset, property, totals);
        }
    }

    /// How long each state lasted and how often it began, by asset and property.
    pub fn state_totals(
        &self,
        now: Timestamp,
    ) -> impl Iterator<Item = (&Arc<str>, &Arc<str>, StateTotals)> + '_ {
        self.compute
            .outputs()
            .filter_map(move |(output, asset, property)| {
                Some((asset, property, self.compute.totals(output, now)?))
            })
    }

    /// Goes on counting where an earlier run was.
    pub fn restore_totals(&mut self, known: crate::model::totals::Known) {
        for ((asset, property), totals) in known {
            self.compute.restore_totals(&asset, &property, totals);
        }
    }

    /// Finds the points of everything, and takes what they have now.
    pub fn meet(&mut self, twin: &Twin) {
        let outputs = self.compute.outputs().map(|(output, asset, property)| {
            let point = property_of(twin, asset, property).filter(|point| point.is_computed());
            (output, point.map(|point| point.id))
        });
        self.point_of = Vec::new();
        for (output, point) in outputs.collect::<Vec<_>>() {
            set(&mut self.point_of, output.index(), point);
        }
        let leaves: Vec<_> = self
            .compute
            .leaves()
            .filter_map(|(leaf, asset, property)| Some((leaf, property_of(twin, asset, property)?.id)))
            .collect();
        self.leaf_of = Vec::new();
        for (leaf, point) in leaves {
            set(&mut self.leaf_of, point.index(), Some(leaf));
            // What an earlier run knew is told when it is live again; as lost and found it would count
            // twice in a window.
            let is_offline = twin
                .reading(point)
                .is_some_and(|reading| reading.flags.has(Flags::OFFLINE));
            if !is_offline {
                self.take(twin, leaf, point);
            }
        }
    }

    /// Takes what one input changed. Called under the twin's lock.
    pub fn follow(&mut self, twin: &Twin, outputs: &Outputs) {
        for point in &outputs.placed {
            self.place(twin, *point);
        }
        for change in &outputs.changes {
            if let Change::Reading(point) | Change::Freshness(point) = change
                && let Some(leaf) = self.leaf_of.get(point.index()).copied().flatten()
            {
                self.take(twin, leaf, *point);
            }
        }
    }

    /// A point became or ceased to be a property of the model.
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
        if let Some(leaf) = leaf {
            self.take(twin, leaf, id);
        }
    }

    fn take(&mut self, twin: &Twin, leaf: LeafId, point: PointId) {
        let taken = twin.reading(point).map_or_else(
            || missing(twin.now()),
            |reading| Taken {
                value: reading.value.clone(),
                quality: reading.quality,
                time: reading.time(),
                fresh: twin.freshness(point) == Freshness::Live,
            },
        );
        self.compute.take(leaf, taken);
    }

    /// Computes what was taken and what the time brings.
    pub fn settle(&mut self, now: Timestamp, is_simulated: bool) -> Vec<(PointId, Reading)> {
        let flags = Flags::default().with(Flags::SIMULATED, is_simulated);
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

fn property_of<'t>(twin: &'t Twin, asset: &str, property: &str) -> Option<&'t Point> {
    let asset: AssetId = twin.modelled(asset)?;
    twin.point(twin.property(asset, property)?)
}

fn missing(now: Timestamp) -> Taken {
    Taken {
        value: None,
        quality: Quality::Bad,
        time: now,
        fresh: false,
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

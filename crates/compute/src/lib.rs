//! The computed half of the twin: what a model says can be computed of a plant, from the readings of
//! its points.
//!
//! [`Compute`] is built from a model and owns the formula graph, the states and the windows. Readings
//! go in by [`Compute::take`], [`Compute::settle`] computes what they change, each output once, with
//! its coverage: how many of the readings below it, down through all levels, are fresh and good.
//! Nothing is put in the place of what is missing. [`Compute::explain`] opens any number.
//!
//! Pure: no IO, no clock; time and zones are arguments.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod build;
mod carry;
mod circles;
mod confirm;
mod coverage;
mod directory;
mod explain;
mod links;
mod missing;
mod pace;
mod run;
mod spec;
mod standing;
mod states;
mod take;
mod windows;

use std::fmt;
use std::sync::Arc;

use formula::Zones;
use formula::graph::Graph;
use twin::{Quality, Timestamp, Value};

use coverage::Cover;
use directory::Directory;
use standing::Standing;
use states::State;
use windows::Metrics;

pub use coverage::Coverage;
pub use explain::{Explained, ExplainedInput, Means, Member};
pub use missing::{Missing, Why};
pub use states::{InState, StateTotals};

/// A property that is measured and that some formula uses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LeafId(u32);

/// A property that is computed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OutputId(u32);

impl LeafId {
    /// Its place among the leaves, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl OutputId {
    /// Its place among the outputs, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A reading of a leaf, or the word that its last one is no longer the present.
#[derive(Clone, PartialEq, Debug)]
pub struct Taken {
    /// The value, in the unit the model declares.
    pub value: Option<Value>,
    /// How good it is; only good values are consumed.
    pub quality: Quality,
    /// When it was so.
    pub time: Timestamp,
    /// Whether it is live; what is late, stale or offline is a missing input.
    pub fresh: bool,
    /// Whether it was measured anew; else it is what was taken before, or was known at the start.
    pub measured: bool,
}

/// A computed value.
#[derive(Clone, PartialEq, Debug)]
pub struct Computed {
    /// Whose.
    pub output: OutputId,
    /// The value; none when there is no output.
    pub value: Option<Value>,
    /// Good, uncertain when a part of the inputs was missing or is missing now, bad without an output.
    pub quality: Quality,
    /// As of when: the newest time of the inputs that set it off, when they were lost, the end of its
    /// window for a metric. Never later than now.
    pub time: Timestamp,
    /// How much of its inputs was there.
    pub coverage: Coverage,
    /// Only the coverage is another than before.
    pub only_coverage: bool,
}

/// What of a model cannot be computed; the rest is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What of the model: `types/pump/properties/load`, `assets/p-14/properties/load`.
    pub element: String,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// The way out, where one is known.
    pub help: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.element, self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(to, "; {help}"))
    }
}

/// Everything that is computed of a plant.
pub struct Compute {
    directory: Directory,
    graph: Graph,
    cover: Cover,
    standing: Standing,
    metrics: Metrics,
    leaves: Vec<Leaf>,
    outputs: Vec<Output>,
    states: Vec<State>,
    /// Ways around circles, for those that are in them.
    circles: Vec<Vec<(Arc<str>, Arc<str>)>>,
    /// When a link begins or ends, and the model has to be built anew.
    links_change: Option<Timestamp>,
    zones: Arc<dyn Zones + Send + Sync>,
    run: run::Run,
    pace: pace::Pace,
    confirm: confirm::Confirm,
}

/// What is known of a leaf.
struct Leaf {
    cell: u32,
    asset: u32,
    path: u32,
    /// Whether it counts as an input: constants do not.
    counted: bool,
    seen: bool,
    fresh: bool,
    quality: Quality,
    /// When it was last lost.
    lost: Option<Timestamp>,
    /// The state that each value of the source means.
    means: Option<Arc<[(formula::Value, Arc<str>)]>>,
    /// The state of what means no other.
    otherwise: Option<Arc<str>>,
}

/// What is known of an output.
struct Output {
    cell: u32,
    asset: u32,
    path: u32,
    /// Place among the types' computed properties: formula, kind, who said it.
    spec: Arc<spec::Spec>,
    /// Place among the states.
    state: Option<u32>,
    /// Place among the metrics.
    metric: Option<u32>,
    /// Place among the circles.
    circle: Option<u32>,
    dirty: bool,
    /// How good it was when it was last told.
    told: Option<Quality>,
}

impl Compute {
    /// The measured property of an asset, if some formula uses it.
    #[must_use]
    pub fn leaf(&self, asset: &str, property: &str) -> Option<LeafId> {
        self.directory.leaf(asset, property).map(LeafId)
    }

    /// Every leaf, with its asset and property.
    pub fn leaves(&self) -> impl Iterator<Item = (LeafId, &Arc<str>, &Arc<str>)> {
        self.leaves.iter().enumerate().map(|(at, leaf)| {
            let (asset, path) = self.directory.names(leaf.asset, leaf.path);
            (LeafId(at as u32), asset, path)
        })
    }

    /// The computed property of an asset.
    #[must_use]
    pub fn output(&self, asset: &str, property: &str) -> Option<OutputId> {
        let cell = self.directory.cell(asset, property)?;
        self.directory.output_of(cell).map(OutputId)
    }

    /// Every computed property and every state, with its asset: each becomes a point of the twin.
    pub fn outputs(&self) -> impl Iterator<Item = (OutputId, &Arc<str>, &Arc<str>)> {
        self.outputs.iter().enumerate().map(|(at, output)| {
            let (asset, path) = self.directory.names(output.asset, output.path);
            (OutputId(at as u32), asset, path)
        })
    }

    /// Whether an output is a state, whose times are counted.
    #[must_use]
    pub fn is_state(&self, output: OutputId) -> bool {
        let known = self.outputs.get(output.0 as usize);
        known.is_some_and(|known| known.state.is_some())
    }

    /// Formulas and leaves, and how many formulas were computed so far.
    #[must_use]
    pub fn size(&self) -> (usize, u64) {
        (self.graph.len(), self.graph.computed())
    }

    /// Samples that came after their window was closed, and those that found no room.
    #[must_use]
    pub fn left_out(&self) -> (u64, u64) {
        self.metrics.left_out()
    }

    /// How much of an output's inputs is there.
    #[must_use]
    pub fn coverage(&self, output: OutputId) -> Coverage {
        let cell = self.outputs.get(output.0 as usize).map(|output| output.cell);
        cell.map_or_else(Coverage::default, |cell| self.covered(cell))
    }

    /// How much of a cell's inputs is there. What a window saw and has fallen silent since is not.
    pub(crate) fn covered(&self, cell: u32) -> Coverage {
        let coverage = self.cover.of(cell);
        let there = coverage.all.saturating_sub(self.standing.absent(cell));
        Coverage {
            fresh: coverage.fresh.min(there),
            ..coverage
        }
    }
}

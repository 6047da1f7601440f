//! The twin and its one way in: [`Twin::handle`].

use crate::freshness::{Cadence, Freshness};
use crate::graph::Asset;
use crate::id::{AssetId, PointId, SourceId};
use crate::input::{AssetRecord, Input, PointRecord};
use crate::needs::Need;
use crate::output::Outputs;
use crate::point::{Counts, LimitKind, Point};
use crate::reading::Reading;
use crate::search::{Hit, SearchIndex};
use crate::source::Source;
use crate::summary::Summary;
use crate::time::{Span, Timestamp};

/// What bounds the twin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TwinConfig {
    /// Points taken in by discovery; the rest is counted.
    pub max_points: usize,
    /// Assets taken in by discovery.
    pub max_assets: usize,
    /// A topic longer than this many bytes is not taken in.
    pub max_topic_bytes: usize,
    /// A level with more one-shot children than this is taken for request ids and grows no more.
    pub max_one_shots: usize,
    /// A child that spoke once counts as one-shot after so much silence.
    pub one_shot_after: Span,
    /// Seed of the hash tables, so that hostile topics cannot aim at them. Never changes a result.
    pub seed: u64,
}

impl Default for TwinConfig {
    fn default() -> Self {
        Self {
            max_points: 200_000,
            max_assets: 200_000,
            max_topic_bytes: 1_024,
            max_one_shots: 1_000,
            one_shot_after: Span::from_secs(60),
            seed: 0,
        }
    }
}

/// A level that looks like request ids: many children, each heard once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IgnoreProposal {
    /// The asset whose children they are.
    pub asset: AssetId,
    /// How many children were heard once.
    pub children: u32,
    /// How many were turned away since.
    pub refused: u64,
}

/// Everything known of a plant.
#[derive(Debug)]
pub struct Twin {
    config: TwinConfig,
    revision: u64,
}

impl Twin {
    /// An empty twin.
    #[must_use]
    pub fn new(config: TwinConfig) -> Self {
        Self { config, revision: 0 }
    }

    /// Takes back what an earlier run knew; parents may stand in any order. Call it before the first
    /// [`Twin::handle`]. Answers how many records did not fit (unknown parent, id given twice).
    pub fn restore(&mut self, assets: Vec<AssetRecord>, points: Vec<PointRecord>) -> usize {
        let _ = (assets, points);
        0
    }

    /// Takes in one input and answers all that came of it.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Outputs {
        let _ = (now, input);
        Outputs { revision: self.revision, ..Outputs::default() }
    }

    /// The change counter.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// An asset.
    #[must_use]
    pub fn asset(&self, _asset: AssetId) -> Option<&Asset> {
        None
    }

    /// A point.
    #[must_use]
    pub fn point(&self, _point: PointId) -> Option<&Point> {
        None
    }

    /// How many assets there are.
    #[must_use]
    pub fn asset_count(&self) -> usize {
        0
    }

    /// How many points there are.
    #[must_use]
    pub fn point_count(&self) -> usize {
        0
    }

    /// The assets without a parent, in natural order of their names.
    #[must_use]
    pub fn roots(&self) -> &[AssetId] {
        &[]
    }

    /// The assets below one, in natural order of their names (pump2 before pump10).
    #[must_use]
    pub fn children(&self, _asset: AssetId) -> &[AssetId] {
        &[]
    }

    /// The points directly at an asset, in natural order of their names.
    #[must_use]
    pub fn points_of(&self, _asset: AssetId) -> &[PointId] {
        &[]
    }

    /// Counts over an asset and all below it.
    #[must_use]
    pub fn summary(&self, _asset: AssetId) -> Summary {
        Summary::default()
    }

    /// Counts over everything.
    #[must_use]
    pub fn plant_summary(&self) -> Summary {
        Summary::default()
    }

    /// The asset at an address path, for example `acme/lyon/utilities`.
    #[must_use]
    pub fn by_path(&self, _path: &str) -> Option<AssetId> {
        None
    }

    /// The address path of an asset; empty when unknown.
    #[must_use]
    pub fn path(&self, _asset: AssetId) -> String {
        String::new()
    }

    /// From the root down to the asset itself.
    #[must_use]
    pub fn trail(&self, _asset: AssetId) -> Vec<AssetId> {
        Vec::new()
    }

    /// The current reading; none until the first.
    #[must_use]
    pub fn reading(&self, _point: PointId) -> Option<&Reading> {
        None
    }

    /// How often the point is expected to speak.
    #[must_use]
    pub fn cadence(&self, _point: PointId) -> Cadence {
        Cadence::Learning
    }

    /// How far the current reading may be believed, as of the last input; offline for a point
    /// without a reading.
    #[must_use]
    pub fn freshness(&self, _point: PointId) -> Freshness {
        Freshness::Offline
    }

    /// The limit the current value is beyond, and since when.
    #[must_use]
    pub fn violation(&self, _point: PointId) -> Option<(LimitKind, Timestamp)> {
        None
    }

    /// How many messages the point has had.
    #[must_use]
    pub fn counts(&self, _point: PointId) -> Counts {
        Counts::default()
    }

    /// QoS of the last message.
    #[must_use]
    pub fn qos(&self, _point: PointId) -> u8 {
        0
    }

    /// The first `limit` things that ask for somebody, and how many there are: outer limits, sources
    /// down, inner limits, silent, bad; the newest first among equals.
    #[must_use]
    pub fn needs(&self, _limit: usize) -> (Vec<Need>, usize) {
        (Vec::new(), 0)
    }

    /// What asks for somebody at one asset (not below it).
    #[must_use]
    pub fn needs_of(&self, _asset: AssetId) -> Vec<Need> {
        Vec::new()
    }

    /// The index to search without holding the twin's lock.
    #[must_use]
    pub fn search_index(&self) -> SearchIndex {
        SearchIndex::default()
    }

    /// Searches at once; see [`SearchIndex::search`].
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.search_index().search(query, limit)
    }

    /// The point that tells an asset's operating state, if it has one.
    #[must_use]
    pub fn state_point(&self, _asset: AssetId) -> Option<PointId> {
        None
    }

    /// At most `n` telling numeric points of an asset, or of what is below it when it has none itself:
    /// with limits or a normal range first, then with a unit.
    #[must_use]
    pub fn indicators(&self, _asset: AssetId, _n: usize) -> Vec<PointId> {
        Vec::new()
    }

    /// All sources in the order they were added.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &[]
    }

    /// One source.
    #[must_use]
    pub fn source(&self, source: SourceId) -> Option<&Source> {
        self.sources().iter().find(|known| known.id == source)
    }

    /// Points offered and not taken in, over all sources.
    #[must_use]
    pub const fn refused_points(&self) -> u64 {
        0
    }

    /// What bounds this twin.
    #[must_use]
    pub const fn config(&self) -> &TwinConfig {
        &self.config
    }

    /// Levels that look like request ids.
    #[must_use]
    pub fn ignore_proposals(&self) -> Vec<IgnoreProposal> {
        Vec::new()
    }
}

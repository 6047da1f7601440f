//! What readers ask: each answer costs what it holds, never the whole plant.

use super::{IgnoreProposal, Twin, TwinConfig};
use crate::freshness::{Cadence, Freshness};
use crate::graph::Asset;
use crate::id::{AssetId, PointId, SourceId};
use crate::live::Live;
use crate::point::{Counts, LimitKind, Point, UnitOrigin};
use crate::reading::{Reading, Value};
use crate::search::{Hit, SearchIndex};
use crate::source::Source;
use crate::summary::Summary;
use crate::text;
use crate::time::Timestamp;

/// Points looked at for the indicators of a place.
const INDICATOR_POINTS: usize = 512;
/// Words that name an operating state, the most telling first.
const STATE_WORDS: [&str; 4] = ["state", "status", "running", "mode"];

impl Twin {
    /// The change counter.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The time of the last input.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// An asset.
    #[must_use]
    pub fn asset(&self, asset: AssetId) -> Option<&Asset> {
        self.graph.get(asset)
    }

    /// A point.
    #[must_use]
    pub fn point(&self, point: PointId) -> Option<&Point> {
        self.points.get(point.index())?.as_ref()
    }

    /// All assets in the order of their ids.
    pub fn assets(&self) -> impl Iterator<Item = &Asset> {
        self.graph.iter()
    }

    /// All points in the order of their ids.
    pub fn points(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().flatten()
    }

    /// How many assets there are, those aside that hold nothing any more since a model has it all.
    #[must_use]
    pub const fn asset_count(&self) -> usize {
        self.graph.listed()
    }

    /// How many points there are.
    #[must_use]
    pub const fn point_count(&self) -> usize {
        self.point_count
    }

    /// The assets without a parent, in natural order of their names.
    #[must_use]
    pub fn roots(&self) -> &[AssetId] {
        &self.graph.roots
    }

    /// The assets below one, in natural order of their names (pump2 before pump10).
    #[must_use]
    pub fn children(&self, asset: AssetId) -> &[AssetId] {
        self.graph.children(Some(asset))
    }

    /// The order of two assets in lists: by name as people sort, pump2 before pump10.
    #[must_use]
    pub fn by_name(&self, a: AssetId, b: AssetId) -> std::cmp::Ordering {
        self.graph.by_name(a, b)
    }

    /// The points directly at an asset, in natural order of their names.
    #[must_use]
    pub fn points_of(&self, asset: AssetId) -> &[PointId] {
        self.graph.get(asset).map_or(&[], |asset| &asset.points)
    }

    /// Counts over an asset and all below it.
    #[must_use]
    pub fn summary(&self, asset: AssetId) -> Summary {
        self.graph
            .get(asset)
            .map_or_else(Summary::default, |asset| asset.summary)
    }

    /// Counts over everything.
    #[must_use]
    pub const fn plant_summary(&self) -> Summary {
        self.graph.plant
    }

    /// The asset at an address path, for example `acme/lyon/utilities`, or at one it had before.
    #[must_use]
    pub fn by_path(&self, path: &str) -> Option<AssetId> {
        let mut at = None;
        for slug in path.split('/').filter(|slug| !slug.is_empty()) {
            let Some(found) = self.graph.by_slug(at, slug) else {
                return self.modelling.redirected(path).or_else(|| self.by_levels(path));
            };
            at = Some(found);
        }
        Some(self.shown(at?))
    }

    /// The asset that topic levels joined by `/` stand for, wherever the model has put it.
    #[must_use]
    pub fn by_levels(&self, levels: &str) -> Option<AssetId> {
        let mut at = None;
        for level in levels.split('/').filter(|level| !level.is_empty()) {
            at = Some(self.graph.child(at, level)?);
        }
        Some(self.shown(at?))
    }

    /// Whether an asset stands in lists: one that was discovered and holds nothing, since a model has all of
    /// it, does not; nor does one of a model that is gone.
    #[must_use]
    pub fn is_listed(&self, asset: AssetId) -> bool {
        self.graph.get(asset).is_some_and(|asset| asset.is_listed)
    }

    /// An asset, or where all that was found at it stands now.
    #[must_use]
    pub fn shown(&self, found: AssetId) -> AssetId {
        let is_listed = self.graph.get(found).is_some_and(|asset| asset.is_listed);
        if is_listed {
            return found;
        }
        let moved = self.modelling.points_from(found).next();
        let moved = moved.and_then(|point| self.point(point)).map(|point| point.asset);
        moved.unwrap_or(found)
    }

    /// The address path of an asset; empty when unknown.
    #[must_use]
    pub fn path(&self, asset: AssetId) -> String {
        self.graph.path(asset)
    }

    /// The topic levels an asset was found at, joined by `/`, below the name of its source where that has a
    /// level of its own.
    #[must_use]
    pub fn levels(&self, asset: AssetId) -> String {
        self.graph.levels(asset)
    }

    /// From the root down to the asset itself.
    #[must_use]
    pub fn trail(&self, asset: AssetId) -> Vec<AssetId> {
        let mut trail: Vec<AssetId> = self.graph.up(asset).map(|asset| asset.id).collect();
        trail.reverse();
        trail
    }

    pub(super) fn live(&self, point: PointId) -> Option<&Live> {
        self.live.get(point.index())
    }

    /// Factor and offset that a mapping rule made the newest value with of what came.
    #[must_use]
    pub fn scaled(&self, point: PointId) -> Option<(f64, f64)> {
        self.scaled.get(&point).copied()
    }

    /// The current reading; none until the first.
    #[must_use]
    pub fn reading(&self, point: PointId) -> Option<&Reading> {
        self.live(point)?.reading.as_ref()
    }

    /// How often the point is expected to speak.
    #[must_use]
    pub fn cadence(&self, point: PointId) -> Cadence {
        self.live(point).map_or(Cadence::Learning, |live| live.cadence)
    }

    /// How far the current reading may be believed, as of the last input: what the summaries count.
    /// Without a reading: offline where the connection is gone or the point was only restored.
    #[must_use]
    pub fn freshness(&self, point: PointId) -> Freshness {
        self.live(point)
            .and_then(|live| live.class)
            .map_or(Freshness::Offline, |class| class.freshness)
    }

    /// The limit the current value is beyond, and since when.
    #[must_use]
    pub fn violation(&self, point: PointId) -> Option<(LimitKind, Timestamp)> {
        self.live(point)?.violation
    }

    /// How many messages the point has had.
    #[must_use]
    pub fn counts(&self, point: PointId) -> Counts {
        self.live(point).map_or_else(Counts::default, |live| Counts {
            readings: live.readings,
            duplicates: u64::from(live.duplicates),
            out_of_order: u64::from(live.out_of_order),
        })
    }

    /// QoS of the last message.
    #[must_use]
    pub fn qos(&self, point: PointId) -> u8 {
        self.live(point).map_or(0, |live| live.qos)
    }

    /// The index to search without holding the twin's lock.
    #[must_use]
    pub fn search_index(&self) -> SearchIndex {
        self.search.clone()
    }

    /// Searches at once; see [`SearchIndex::search`].
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.search.search(query, limit)
    }

    /// The point that tells an asset's operating state, if it has one.
    #[must_use]
    pub fn state_point(&self, asset: AssetId) -> Option<PointId> {
        let rank = |point: &PointId| {
            let known = self.point(*point)?;
            let tag = known.property.as_deref().map_or_else(|| known.tag(), Into::into);
            let words = text::words(&tag);
            let last = words.last().map(|word| word.to_ascii_lowercase())?;
            // `lines_running` with a number counts lines; it is no state.
            let counts = words.len() > 1 && matches!(self.reading(*point)?.value, Some(Value::Number(_)));
            STATE_WORDS.iter().position(|word| *word == last && !counts)
        };
        let points = self.points_of(asset).iter().take(INDICATOR_POINTS);
        points
            .filter_map(|point| Some((rank(point)?, *point)))
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, point)| point)
    }

    /// At most `n` telling numeric points of an asset, or of what is below it when it has none itself:
    /// in the order the model gives them; without one those with limits or a normal range first, then with a
    /// stated unit, then with a guessed one; among equals as they were found, since people and devices name
    /// first what tells most. A value that is missing keeps its place. Looks at some hundred points at most.
    #[must_use]
    pub fn indicators(&self, asset: AssetId, n: usize) -> Vec<PointId> {
        let mut found: Vec<(u32, u8, PointId)> = Vec::new();
        let mut level = vec![asset];
        let mut looked = 0;
        while found.is_empty() && !level.is_empty() && looked < INDICATOR_POINTS {
            let mut below = Vec::new();
            for asset in level {
                for point in self
                    .points_of(asset)
                    .iter()
                    .take(INDICATOR_POINTS.saturating_sub(looked))
                {
                    looked += 1;
                    found.extend(self.telling(*point).map(|(key, rank)| (key, rank, *point)));
                }
                let room = INDICATOR_POINTS.saturating_sub(below.len());
                below.extend(self.children(asset).iter().take(room));
            }
            level = below;
        }
        found.sort_unstable();
        found.into_iter().take(n).map(|(_, _, point)| point).collect()
    }

    /// How telling a point is, by the model's order and by what is known of it; none for what is no number.
    #[must_use]
    pub fn telling(&self, point: PointId) -> Option<(u32, u8)> {
        let known = self.point(point)?;
        let value = self.reading(point).and_then(|reading| reading.value.as_ref());
        let is_judged = known.normal().is_some() || !known.limits().is_empty();
        // One without a value now is known for a number by its unit or its limits.
        let is_number = match value {
            Some(value) => matches!(value, Value::Number(_)),
            None => is_judged || known.unit.is_some(),
        };
        let rank = match known.unit.as_ref().map(|unit| unit.origin) {
            _ if is_judged => 0,
            Some(UnitOrigin::Set | UnitOrigin::Stated) => 1,
            Some(UnitOrigin::Guessed) => 2,
            None => 3,
        };
        let key = known.key();
        (is_number || key.is_some()).then_some((key.unwrap_or(u32::MAX), rank))
    }

    /// All sources in the order they were added.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// One source.
    #[must_use]
    pub fn source(&self, source: SourceId) -> Option<&Source> {
        self.sources.iter().find(|known| known.id == source)
    }

    /// Whether a person's decision keeps a point out of the plant.
    #[must_use]
    pub fn is_ignored(&self, point: PointId) -> bool {
        self.live(point).is_some_and(|live| live.is_ignored)
    }

    /// Points offered and not taken in, over all sources; at least so many.
    #[must_use]
    pub const fn refused_points(&self) -> u64 {
        self.refused.count
    }

    /// What bounds this twin.
    #[must_use]
    pub const fn config(&self) -> &TwinConfig {
        &self.config
    }

    /// Levels that look like request ids, and what was decided on each.
    #[must_use]
    pub fn ignore_proposals(&self) -> Vec<IgnoreProposal> {
        self.proposals.values().copied().collect()
    }
}

//! Makes assets and points for what was never seen before, within bounds.

use super::Topic;
use super::ingest::Head;
use crate::discovery::{self, Place};
use crate::id::{AssetId, PointId, SourceId};
use crate::input::{Leaf, PointRecord};
use crate::live::{Causes, Live};
use crate::output::{Change, Outputs};
use crate::point::{Point, Unit, UnitOrigin};
use crate::source::Link;
use crate::text;
use crate::time::Timestamp;
use crate::{Cadence, PointSettings, Twin};

/// Counts what was turned away, each once, in bounded memory: beyond some hundred thousand the count
/// runs low.
#[derive(Clone, Debug, Default)]
pub(super) struct Refused {
    seen: Vec<u64>,
    pub(super) count: u64,
}

impl Refused {
    const WORDS: usize = 1 << 14;

    /// True the first time.
    fn note(&mut self, hash: u64) -> bool {
        if self.seen.is_empty() {
            self.seen = vec![0; Self::WORDS];
        }
        let (word, bit) = ((hash >> 6) as usize % Self::WORDS, 1_u64 << (hash & 63));
        let Some(word) = self.seen.get_mut(word) else {
            return false;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        self.count += u64::from(is_new);
        is_new
    }
}

impl Twin {
    pub(super) fn find_topic(&self, source: SourceId, topic: &str) -> Option<u32> {
        let is_it = |topic_of: &Topic| topic_of.source == source && *topic_of.text == *topic;
        let hash = self.seeded.hash((source, topic));
        self.by_topic
            .find(hash, |number| self.topics.get(number as usize).is_some_and(is_it))
    }

    pub(super) fn find_point(&self, topic: u32, field: &str, leaf_asset: Option<&str>) -> Option<PointId> {
        let is_it = |point: &Point| {
            point.topic_number == topic && *point.field == *field && point.leaf_asset.as_deref() == leaf_asset
        };
        let hash = self.seeded.hash((topic, field, leaf_asset));
        let found = self.by_tag.find(hash, |number| {
            self.points
                .get(number as usize)
                .and_then(Option::as_ref)
                .is_some_and(is_it)
        });
        found.map(PointId::new)
    }

    fn topic_number(&mut self, source: SourceId, text: &std::sync::Arc<str>) -> u32 {
        if let Some(number) = self.find_topic(source, text) {
            return number;
        }
        let number = u32::try_from(self.topics.len()).unwrap_or(u32::MAX);
        self.topics.push(Topic {
            source,
            text: text.clone(),
        });
        let (topics, seeded) = (&self.topics, &self.seeded);
        let hash = |number: u32| {
            topics
                .get(number as usize)
                .map_or(0, |t| seeded.hash((t.source, &*t.text)))
        };
        self.by_topic.insert(hash(number), number, hash);
        number
    }

    /// A point for a value that has none yet; none when it cannot be taken in.
    pub(super) fn discover(
        &mut self,
        now: Timestamp,
        head: &Head,
        topic: Option<u32>,
        leaf: &Leaf,
        out: &mut Outputs,
    ) -> Option<PointId> {
        let is_too_long = topic.is_none() && head.topic.len() > self.config.max_topic_bytes;
        let names = leaf.field.len() + leaf.asset.as_ref().map_or(0, |asset| asset.len());
        if is_too_long
            || names > self.config.max_topic_bytes
            || self.point_count - self.computed_count >= self.config.max_points
        {
            return self.refuse(head, leaf, None);
        }
        let Place { levels } = discovery::place(&head.topic, &leaf.field, leaf.asset.as_deref());
        let asset = match self.asset_at(now, head.source, &levels, out) {
            Ok(asset) => asset,
            Err(ignored) => return self.refuse(head, leaf, ignored),
        };
        if let Some(ignored) = self.turned_away(asset) {
            return self.refuse(head, leaf, Some(ignored));
        }
        let place = self.place_of(&head.topic, &leaf.field, leaf);
        let id = PointId::new(u32::try_from(self.points.len()).ok()?);
        let record = PointRecord {
            id,
            asset,
            source: head.source,
            topic: head.topic.clone(),
            field: leaf.field.clone(),
            leaf_asset: leaf.asset.clone(),
            unit: leaf.unit.as_deref().and_then(stated_unit),
            is_ignored: false,
            settings: PointSettings::default(),
            cadence: Cadence::Learning,
            reading: None,
        };
        out.new_points.push(record.clone());
        out.changes
            .extend([Change::Structure(Some(asset)), Change::Settings(id)]);
        self.add_point(record);
        self.insert_in_order(asset, id);
        let mut is_lost = false;
        if let Some(source) = self.sources.iter_mut().find(|source| source.id == head.source) {
            source.points += 1;
            is_lost = matches!(source.link, Link::Lost | Link::Stopped);
        }
        if let Some(live) = self.live.get_mut(id.index()) {
            live.causes = if is_lost {
                Causes::SOURCE
            } else {
                Causes::default()
            };
            out.changes
                .extend((live.cadence != Cadence::Learning).then_some(Change::Cadence(id)));
        }
        match place {
            Some(place) => {
                self.bind(now, id, &place, out);
                self.share_heard(now, id, out);
            }
            None => self.watch_one_shots(now, asset),
        }
        self.check_listing(asset, out);
        Some(id)
    }

    /// The asset at these levels, if there is one.
    pub(super) fn known_asset(&self, source: SourceId, levels: &[&str]) -> Option<AssetId> {
        let root = self
            .sources
            .iter()
            .find(|known| known.id == source && known.has_own_root);
        let mut at = None;
        for level in root
            .map(|root| &*root.name)
            .into_iter()
            .chain(levels.iter().copied())
        {
            at = Some(self.graph.child(at, level)?);
        }
        at
    }

    /// The asset at these levels, made where it is missing. An error names the ignored level, if that
    /// is what stands in the way.
    pub(super) fn asset_at(
        &mut self,
        now: Timestamp,
        source: SourceId,
        levels: &[&str],
        out: &mut Outputs,
    ) -> Result<AssetId, Option<AssetId>> {
        let known = self.sources.iter().find(|known| known.id == source);
        let name = known
            .filter(|known| known.has_own_root || levels.is_empty())
            .map(|known| known.name.clone());
        let mut at = None;
        let mut missing = Vec::new();
        for level in name.as_deref().into_iter().chain(levels.iter().copied()) {
            match self.graph.child(at, level).filter(|_| missing.is_empty()) {
                Some(child) => at = Some(child),
                None => missing.push(level),
            }
        }
        let ignored = at
            .filter(|_| !missing.is_empty())
            .and_then(|at| self.turned_away(at));
        if ignored.is_some() || self.graph.found() + missing.len() > self.config.max_assets {
            return Err(ignored);
        }
        for level in missing {
            let asset = self.graph.add(at, level, now);
            out.changes.push(Change::Structure(at));
            self.name_described(asset);
            self.enter_asset(asset);
            out.new_assets
                .extend(self.graph.get(asset).map(crate::Asset::record));
            if let Some(parent) = at {
                self.watch_one_shots(now, parent);
            }
            at = Some(asset);
        }
        at.ok_or(None)
    }

    /// Puts a point into all tables but its asset's order; its id is new.
    pub(super) fn add_point(&mut self, record: PointRecord) {
        let PointRecord {
            id,
            asset,
            source,
            topic,
            field,
            leaf_asset,
            unit,
            is_ignored,
            settings,
            cadence,
            reading,
        } = record;
        let topic_number = self.topic_number(source, &topic);
        let topic = self
            .topics
            .get(topic_number as usize)
            .map_or(topic, |known| known.text.clone());
        let mut point = Point {
            id,
            asset,
            property: None,
            source,
            topic,
            field,
            leaf_asset,
            name: Box::default(),
            unit: unit.map(|symbol| Unit {
                symbol: String::from(symbol).into(),
                origin: UnitOrigin::Stated,
            }),
            decimals: 0,
            settings: (!settings.is_empty()).then(|| Box::new(settings)),
            described: None,
            found_at: asset,
            entry: 0,
            topic_number,
        };
        let source_name = self
            .sources
            .iter()
            .find(|known| known.id == source)
            .map(|known| &*known.name);
        point.described = self.described.find(source_name, &point);
        let mut live = Live {
            reading,
            cadence,
            is_computed: source == SourceId::MODEL,
            is_ignored,
            ..Live::default()
        };
        if let Some(crate::Value::Number(value)) =
            live.reading.as_ref().and_then(|reading| reading.value.as_ref())
        {
            live.digits.learn(*value);
        }
        point.refresh(live.digits.count());
        if let Some(expected) = point.expected() {
            live.cadence = Cadence::Declared(expected);
        }
        live.has_limits = !point.limits().is_empty();
        if !is_ignored {
            point.entry = self.search.add_point(id, &point.name, &search_path(&point));
        }
        if self.points.len() <= id.index() {
            self.points.resize_with(id.index() + 1, || None);
            self.live.resize_with(id.index() + 1, Live::default);
        }
        let hash = self
            .seeded
            .hash((topic_number, &*point.field, point.leaf_asset.as_deref()));
        if let Some(slot) = self.points.get_mut(id.index()) {
            *slot = Some(point);
            self.point_count += 1;
            self.computed_count += usize::from(source == SourceId::MODEL);
        }
        if let Some(slot) = self.live.get_mut(id.index()) {
            *slot = live;
        }
        let (points, seeded) = (&self.points, &self.seeded);
        self.by_tag.insert(hash, id.get(), |number| {
            let point = points.get(number as usize).and_then(Option::as_ref);
            point.map_or(0, |point| {
                seeded.hash((point.topic_number, &*point.field, point.leaf_asset.as_deref()))
            })
        });
    }

    /// Puts a point among those of its asset by its name.
    pub(super) fn insert_in_order(&mut self, asset: AssetId, id: PointId) {
        let name = |point: PointId| self.point(point).map_or("", |point| &point.name);
        let own = self.graph.get(asset).map_or(&[][..], |asset| &asset.points);
        let at = own.partition_point(|other| {
            text::natural_cmp(name(*other), name(id))
                .then(other.cmp(&id))
                .is_lt()
        });
        if let Some(asset) = self.graph.get_mut(asset) {
            asset.points.insert(at, id);
        }
    }

    /// Enters an asset into the search index, in place of what stood there for it.
    pub(super) fn enter_asset(&mut self, asset: AssetId) {
        let mut levels = self.graph.levels(asset);
        let Some(known) = self.graph.get_mut(asset) else {
            return;
        };
        if let Some(modelled) = &known.modelled {
            levels = format!("{}/{}/{levels}", modelled.key, modelled.ty);
        }
        known.entry = self.search.add_asset(asset, &known.name, &levels);
    }

    /// One that a person said to ignore spoke again.
    pub(super) fn refuse_known(&mut self, point: PointId, head: &Head, leaf: &Leaf) {
        let found_at = self.point(point).map(|point| point.found_at);
        let ignored = found_at.and_then(|asset| self.turned_away(asset));
        self.refuse(head, leaf, ignored);
    }

    fn refuse(&mut self, head: &Head, leaf: &Leaf, ignored: Option<AssetId>) -> Option<PointId> {
        let hash = self
            .seeded
            .hash((head.source, &*head.topic, &*leaf.field, leaf.asset.as_deref()));
        if self.refused.note(hash) {
            self.touched.sources = true;
            if let Some(source) = self.sources.iter_mut().find(|source| source.id == head.source) {
                source.refused_points += 1;
            }
            if let Some(proposal) = ignored.and_then(|asset| self.proposals.get_mut(&asset)) {
                proposal.refused += 1;
            }
        }
        None
    }
}

/// Units as SenML writes them (RFC 8428, 12.1) where people write them otherwise.
const WRITTEN: [(&str, &str); 2] = [("Cel", "°C"), ("%RH", "%")];

/// A unit as a payload states it, made safe to show; none when it says nothing.
pub(super) fn stated_unit(symbol: &str) -> Option<Box<str>> {
    if let Some((_, written)) = WRITTEN.iter().find(|(short, _)| *short == symbol) {
        return Some((*written).into());
    }
    let symbol = text::safe_name(symbol);
    (!symbol.is_empty()).then(|| symbol.into())
}

/// What a point is found by beside its name.
pub(super) fn search_path(point: &Point) -> String {
    if point.field.is_empty() {
        point.topic.to_string()
    } else {
        format!("{}/{}", point.topic, point.full_field())
    }
}

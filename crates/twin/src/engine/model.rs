//! A model laid over what was discovered: its assets take their places, its points move to them, and
//! what it no longer names goes back to where it was found. Applied in parts, so that no reader waits
//! long; applying the same model again changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::shared::{Fields, Shared};
use crate::graph::Modelled;
use crate::id::{AssetId, PointId, SourceId};
use crate::input::{ModelAsset, ModelPart, ModelPoint, Origin, PointRecord, Target};
use crate::output::{Change, Outputs};
use crate::point::{PointSettings, full_field};
use crate::summary::{Own, Shift};
use crate::time::Timestamp;
use crate::{Cadence, Twin, text};

/// Old addresses kept, so that links go on working.
const MAX_REDIRECTS: usize = 20_000;

/// A property by its asset and path.
pub(super) type Place = (AssetId, Arc<str>);

/// What the model says, and what has become of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Modelling {
    /// Counts the models taken.
    pub(super) generation: u32,
    /// Every id a model ever gave, and its asset: it is the same one when the id comes back.
    assets: BTreeMap<Arc<str>, AssetId>,
    pub(super) properties: BTreeMap<Place, Property>,
    /// Topic, then path in the payload.
    pub(super) tags: BTreeMap<Arc<str>, Fields>,
    pub(super) shared: Shared,
    /// What was found at an asset and stands elsewhere.
    moved_points: BTreeMap<AssetId, BTreeSet<PointId>>,
    moved_assets: BTreeMap<AssetId, BTreeSet<AssetId>>,
    /// Addresses that things once had.
    redirects: BTreeMap<Box<str>, AssetId>,
}

#[derive(Clone, Debug)]
pub(super) struct Property {
    settings: Arc<PointSettings>,
    pub(super) origin: Origin,
    /// The point that has its values, once there is one.
    pub(super) point: Option<PointId>,
    pub(super) generation: u32,
}

impl Modelling {
    pub(super) fn redirected(&self, path: &str) -> Option<AssetId> {
        self.redirects.get(path.trim_matches('/')).copied()
    }

    /// Remembers where an asset was; whether that is news.
    pub(super) fn redirect(&mut self, path: Box<str>, asset: AssetId) -> bool {
        let has_room = self.redirects.len() < MAX_REDIRECTS || self.redirects.contains_key(&path);
        has_room && self.redirects.insert(path, asset) != Some(asset)
    }

    /// Points found at an asset that stand elsewhere.
    pub(super) fn points_from(&self, asset: AssetId) -> impl Iterator<Item = PointId> + '_ {
        self.moved_points.get(&asset).into_iter().flatten().copied()
    }

    /// Assets found below an asset that stand elsewhere.
    pub(super) fn assets_from(&self, asset: AssetId) -> impl Iterator<Item = AssetId> + '_ {
        self.moved_assets.get(&asset).into_iter().flatten().copied()
    }

    /// An id that an earlier run gave.
    pub(super) fn remember(&mut self, key: &str, asset: AssetId) {
        self.assets.insert(key.into(), asset);
    }
}

impl Twin {
    /// The asset with this id in the model.
    #[must_use]
    pub fn modelled(&self, key: &str) -> Option<AssetId> {
        let id = *self.modelling.assets.get(key)?;
        self.asset(id)?.modelled.as_ref().map(|_| id)
    }

    /// The point of a property of the model, once it has one.
    #[must_use]
    pub fn property(&self, asset: AssetId, property: &str) -> Option<PointId> {
        self.modelling
            .properties
            .get(&(asset, Arc::from(property)))?
            .point
    }

    pub(super) fn model(&mut self, now: Timestamp, part: ModelPart, out: &mut Outputs) {
        match part {
            ModelPart::Begin => self.modelling.generation += 1,
            ModelPart::Assets(assets) => {
                for asset in assets {
                    self.model_asset(now, asset, out);
                }
            }
            ModelPart::Points(points) => {
                for point in points {
                    self.model_point(now, point, out);
                }
            }
            ModelPart::End => {
                self.sweep(now, out);
                self.share(now, out);
            }
        }
    }

    fn model_asset(&mut self, now: Timestamp, asset: ModelAsset, out: &mut Outputs) {
        let parent = asset.parent.as_ref().and_then(|key| self.modelled(key));
        let known = self.modelling.assets.get(&asset.key).copied();
        let Some(id) = known.or_else(|| self.join_model(now, &asset, parent, out)) else {
            return;
        };
        let (modelled, was) = (
            Modelled {
                key: asset.key,
                ty: asset.ty,
                name: asset.name,
                generation: self.modelling.generation,
            },
            self.graph.get(id).and_then(|known| known.modelled.clone()),
        );
        let is_other = was.as_ref().is_none_or(|was| {
            (&was.key, &was.ty, &was.name) != (&modelled.key, &modelled.ty, &modelled.name)
        });
        let slug = self.slug_below(parent, &modelled.key);
        if let Some(known) = self.graph.get_mut(id) {
            known.modelled = Some(modelled);
        }
        self.move_asset(id, parent, &slug, out);
        if is_other {
            self.rename_asset(id, out);
            self.enter_again(id);
            out.changes.push(Change::Structure(Some(id)));
        }
        self.check_listing(id, out);
    }

    /// The address part of an asset: its id without that of an asset above it, so that `lyon-ro-1` below
    /// `lyon` is `lyon/ro-1`.
    fn slug_below(&self, parent: Option<AssetId>, key: &str) -> String {
        let above = parent.into_iter().flat_map(|parent| self.graph.up(parent));
        let rest = above.filter_map(|above| {
            let rest = key.strip_prefix(&*above.modelled.as_ref()?.key)?;
            rest.strip_prefix(['-', '_', '.', ':'])
                .filter(|rest| !rest.is_empty())
        });
        text::slug(rest.min_by_key(|rest| rest.len()).unwrap_or(key))
    }

    /// An asset the model names for the first time: the discovered one that holds most of its tags; for
    /// one without tags the discovered one at its address; or a new one.
    fn join_model(
        &mut self,
        now: Timestamp,
        asset: &ModelAsset,
        parent: Option<AssetId>,
        out: &mut Outputs,
    ) -> Option<AssetId> {
        let found = self
            .holder(&asset.tags)
            .or_else(|| asset.tags.is_empty().then(|| self.namesake(parent, &asset.key))?);
        let id = match found {
            Some(id) => {
                out.keyed.push((id, asset.key.clone()));
                if let Some(found) = self.graph.get_mut(id) {
                    found.is_keyed = true;
                }
                id
            }
            None if self.modelling.assets.len() < self.config.max_assets => {
                let id = self.graph.add_modelled(&asset.key, now);
                self.enter_asset(id);
                if let Some(made) = self.graph.get(id) {
                    out.new_assets.push(crate::AssetRecord {
                        key: Some((*asset.key).into()),
                        ..made.record()
                    });
                }
                id
            }
            None => return None,
        };
        self.modelling.assets.insert(asset.key.clone(), id);
        Some(id)
    }

    /// The discovered asset, not modelled yet, that directly holds most of these tags.
    fn holder(&self, tags: &[(Arc<str>, Box<str>)]) -> Option<AssetId> {
        let mut counts: BTreeMap<AssetId, usize> = BTreeMap::new();
        for (topic, field) in tags {
            let point = self.heard(topic, field).and_then(|id| self.point(id));
            if let Some(point) = point {
                *counts.entry(point.found_at).or_default() += 1;
            }
        }
        let free = counts.into_iter().filter(|(id, _)| self.is_free(*id));
        free.max_by_key(|(id, count)| (*count, std::cmp::Reverse(*id)))
            .map(|(id, _)| id)
    }

    /// The discovered place, not modelled yet, at the address an asset would have.
    fn namesake(&self, parent: Option<AssetId>, key: &str) -> Option<AssetId> {
        self.graph
            .by_slug(parent, &self.slug_below(parent, key))
            .filter(|id| self.is_free(*id))
    }

    /// Whether it was discovered, and no model ever gave it an id.
    fn is_free(&self, id: AssetId) -> bool {
        let asset = self.graph.get(id);
        asset.is_some_and(|asset| !asset.is_keyed && !asset.level.is_empty())
    }

    /// The point of a tag, of whatever source heard it first.
    pub(super) fn heard(&self, topic: &str, field: &str) -> Option<PointId> {
        let sources = self.sources.iter().map(|source| source.id);
        let restored = self.restored_sources.keys().copied();
        sources.chain(restored).find_map(|source| {
            let topic = self.find_topic(source, topic)?;
            self.find_point(topic, field, None)
                .or_else(|| self.find_in_leaf_asset(topic, field))
        })
    }

    /// `Channel1.Device1.Tag1` may be a tag of the asset `Channel1/Device1` that the payload named.
    fn find_in_leaf_asset(&self, topic: u32, field: &str) -> Option<PointId> {
        field.match_indices('.').find_map(|(at, _)| {
            let (levels, rest) = field.split_at(at);
            self.find_point(topic, rest.get(1..)?, Some(&levels.replace('.', "/")))
        })
    }

    fn model_point(&mut self, now: Timestamp, point: ModelPoint, out: &mut Outputs) {
        let Some(asset) = self.modelled(&point.target.asset) else {
            return;
        };
        let place: Place = (asset, point.target.property.clone());
        let generation = self.modelling.generation;
        let known = self.modelling.properties.get_mut(&place);
        let (is_new_origin, is_other) = known.as_ref().map_or((true, true), |known| {
            (known.origin != point.origin, known.settings != point.settings)
        });
        match known {
            Some(known) => {
                known.generation = generation;
                known.settings = point.settings;
            }
            None => {
                let property = Property {
                    settings: point.settings,
                    origin: point.origin.clone(),
                    point: None,
                    generation,
                };
                self.modelling.properties.insert(place.clone(), property);
            }
        }
        if is_new_origin {
            self.give_up(now, &place, out);
            if let Some(property) = self.modelling.properties.get_mut(&place) {
                property.origin = point.origin.clone();
            }
            let found = match point.origin {
                Origin::Tag { topic, field } => {
                    let heard = self.heard(&topic, &field);
                    let is_first = self.modelling.claim(topic, field, &place);
                    heard.filter(|_| is_first)
                }
                Origin::Rule => None,
                Origin::Computed => self.computed_point(&point.target, asset, out),
            };
            if let Some(id) = found {
                self.bind(now, id, &place, out);
            }
        } else if is_other
            && let Some(id) = self
                .modelling
                .properties
                .get(&place)
                .and_then(|known| known.point)
        {
            self.bind(now, id, &place, out);
        }
    }

    /// The point of a computed property: the one an earlier run or model gave, or a new one.
    fn computed_point(&mut self, target: &Target, asset: AssetId, out: &mut Outputs) -> Option<PointId> {
        let known = self
            .find_topic(SourceId::MODEL, &target.asset)
            .and_then(|topic| self.find_point(topic, &target.property, None));
        if known.is_some() {
            return known;
        }
        if self.computed_count >= self.config.max_points {
            return None;
        }
        let record = PointRecord {
            id: PointId::new(u32::try_from(self.points.len()).ok()?),
            asset,
            source: SourceId::MODEL,
            topic: target.asset.clone(),
            field: (*target.property).into(),
            leaf_asset: None,
            unit: None,
            is_ignored: false,
            settings: PointSettings::default(),
            cadence: Cadence::OnChange,
            reading: None,
        };
        let id = record.id;
        out.new_points.push(record.clone());
        self.add_point(record);
        self.insert_in_order(asset, id);
        out.changes.push(Change::Cadence(id));
        Some(id)
    }

    /// Where the model wants a point that was heard just now.
    pub(super) fn place_of(&self, topic: &str, field: &str, leaf: &crate::Leaf) -> Option<Place> {
        let place = match &leaf.target {
            Some(target) => (self.modelled(&target.asset)?, target.property.clone()),
            None => {
                let of_topic = self.modelling.tags.get(topic)?;
                of_topic.get(&full_field(leaf.asset.as_deref(), field))?.clone()
            }
        };
        let property = self.modelling.properties.get(&place)?;
        property.point.is_none().then_some(place)
    }

    /// Makes a point a property of the model's asset.
    pub(super) fn bind(&mut self, now: Timestamp, id: PointId, place: &Place, out: &mut Outputs) {
        self.put_back(now, id, out);
        let settings = self.modelling.properties.get_mut(place).map(|property| {
            property.point = Some(id);
            property.settings.clone()
        });
        let Some(point) = self.points.get_mut(id.index()).and_then(Option::as_mut) else {
            return;
        };
        point.property = Some(place.1.clone());
        point.described = settings;
        self.move_point(now, id, place.0, out);
        self.apply_settings(now, id, out);
        out.placed.push(id);
    }

    /// Takes its point from a property: it goes back to where it was found, or is no more if it was
    /// computed.
    pub(super) fn give_up(&mut self, now: Timestamp, place: &Place, out: &mut Outputs) {
        let Some(property) = self.modelling.properties.get_mut(place) else {
            return;
        };
        let point = property.point.take();
        if let Origin::Tag { topic, field } = &property.origin {
            if let Some(of_topic) = self.modelling.tags.get_mut(topic)
                && of_topic.get(field).is_some_and(|held| held == place)
            {
                of_topic.remove(field);
            }
            let tag = (topic.clone(), field.clone());
            self.modelling.shared.leave(&tag, place);
        }
        let Some(id) = point else { return };
        let source = self
            .point(id)
            .and_then(|point| self.source(point.source))
            .map(|source| source.name.clone());
        let Some(point) = self.points.get_mut(id.index()).and_then(Option::as_mut) else {
            return;
        };
        point.property = None;
        let (found_at, is_models_own) = (point.found_at, point.is_models_own());
        point.described = self.described.find(source.as_deref(), point);
        if is_models_own {
            self.retire(now, id, out);
        } else {
            self.move_point(now, id, found_at, out);
            self.apply_settings(now, id, out);
        }
        out.placed.push(id);
    }

    /// A point that only the model made, no longer named: its id stays its own, should the property come
    /// back.
    fn retire(&mut self, now: Timestamp, id: PointId, out: &mut Outputs) {
        let Some((asset, found_at)) = self.point(id).map(|point| (point.asset, point.found_at)) else {
            return;
        };
        self.lift(now, id, asset, out);
        self.modelling.shared.forget(id);
        if let Some(moved) = self.modelling.moved_points.get_mut(&found_at) {
            moved.remove(&id);
        }
        if let Some(live) = self.live.get_mut(id.index()) {
            live.reading = None;
            live.class = None;
            live.has_limits = false;
        }
        self.check_limits(id);
        if let Some(point) = self.points.get_mut(id.index()).and_then(Option::as_mut) {
            point.refresh(0);
        }
        out.changes.extend([
            Change::Structure(Some(asset)),
            Change::Reading(id),
            Change::Freshness(id),
            Change::Settings(id),
        ]);
    }

    /// Moves a point and all that is counted of it.
    fn move_point(&mut self, now: Timestamp, id: PointId, to: AssetId, out: &mut Outputs) {
        let Some((from, found_at)) = self.point(id).map(|point| (point.asset, point.found_at)) else {
            return;
        };
        let is_listed = self.graph.get(to).is_some_and(|asset| asset.points.contains(&id));
        if from == to && is_listed {
            return;
        }
        self.lift(now, id, from, out);
        if let Some(point) = self.points.get_mut(id.index()).and_then(Option::as_mut) {
            point.asset = to;
        }
        self.insert_in_order(to, id);
        if let Some(class) = self.live.get(id.index()).and_then(|live| live.class) {
            self.account(now, id, to, None, Some(class), out);
        }
        let moved = self.modelling.moved_points.entry(found_at).or_default();
        if to == found_at {
            moved.remove(&id);
        } else {
            moved.insert(id);
        }
        out.changes
            .extend([Change::Structure(Some(from)), Change::Structure(Some(to))]);
        self.check_listing(from, out);
        self.check_listing(to, out);
    }

    /// Takes a point from its asset, with what is counted of it.
    fn lift(&mut self, now: Timestamp, id: PointId, from: AssetId, out: &mut Outputs) {
        if let Some(asset) = self.graph.get_mut(from) {
            asset.points.retain(|point| *point != id);
        }
        if let Some(class) = self.live.get(id.index()).and_then(|live| live.class) {
            self.account(now, id, from, Some(class), None, out);
        }
    }

    /// Puts an asset under another, with all that is counted below it. One that would come below itself
    /// stays where it is.
    fn move_asset(&mut self, id: AssetId, parent: Option<AssetId>, slug: &str, out: &mut Outputs) {
        let Some(asset) = self.graph.get(id) else { return };
        let (old, found_parent, is_found) = (asset.parent, asset.found_parent, !asset.level.is_empty());
        let counted = (asset.summary, asset.total, asset.last_hushed);
        let is_ring = parent.is_some_and(|parent| self.graph.up(parent).any(|above| above.id == id));
        let is_numbered = |slug: &str| {
            asset
                .slug
                .strip_prefix(slug)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let is_there = old == parent && is_numbered(slug);
        if is_ring || is_there {
            return;
        }
        if asset.is_listed {
            let path = self.graph.path(id).into_boxed_str();
            if self.modelling.redirect(path.clone(), id) {
                out.redirects.push((path, id));
            }
        }
        self.shift(old, counted, Shift::Out, out);
        self.graph.set_parent(id, parent, slug);
        self.shift(parent, counted, Shift::In, out);
        if let Some(from) = found_parent.filter(|_| is_found) {
            let moved = self.modelling.moved_assets.entry(from).or_default();
            if parent == found_parent {
                moved.remove(&id);
            } else {
                moved.insert(id);
            }
        }
        out.changes
            .extend([Change::Structure(old), Change::Structure(parent)]);
        for parent in [old, parent].into_iter().flatten() {
            self.check_listing(parent, out);
        }
    }

    fn shift(
        &mut self,
        top: Option<AssetId>,
        (counts, silence, hushed): (crate::Summary, Own, Timestamp),
        sign: Shift,
        out: &mut Outputs,
    ) {
        // Whom silence is told of follows from where it stands.
        self.touched.needs |= silence.is_silent();
        let ids: Vec<AssetId> = top.map_or_else(Vec::new, |top| self.graph.up(top).map(|a| a.id).collect());
        for id in ids {
            if let Some(asset) = self.graph.get_mut(id) {
                self.touched.needs |= asset.count_silence(hushed, |total| total.shift(silence, sign));
                asset.summary.shift(counts, sign);
                out.changes.push(Change::Summary(id));
            }
        }
    }

    /// An asset that holds nothing and that no model names does not stand in lists; nor do those above
    /// it that hold nothing else.
    pub(super) fn check_listing(&mut self, asset: AssetId, out: &mut Outputs) {
        let mut at = Some(asset);
        while let Some(asset) = at.and_then(|id| self.graph.get(id)) {
            let is_empty = asset.points.is_empty() && asset.children.is_empty();
            // A device that is gone is worth telling even when nothing else is known of it.
            let is_wanted = asset.modelled.is_some() || !is_empty || asset.is_unavailable;
            let (id, parent) = (asset.id, asset.parent);
            at = parent;
            if is_wanted == asset.is_listed {
                continue;
            }
            if is_wanted {
                self.graph.list(id);
            } else {
                self.graph.unlist(id);
            }
            out.changes.push(Change::Structure(parent));
        }
    }

    /// What the model no longer names goes back to where it was found.
    fn sweep(&mut self, now: Timestamp, out: &mut Outputs) {
        let generation = self.modelling.generation;
        let gone = |property: &Property| property.generation != generation;
        let places: Vec<Place> = self
            .modelling
            .properties
            .iter()
            .filter(|(_, property)| gone(property))
            .map(|(place, _)| place.clone())
            .collect();
        for place in places {
            self.give_up(now, &place, out);
            self.modelling.properties.remove(&place);
        }
        let is_gone = |asset: &&crate::Asset| {
            let modelled = asset.modelled.as_ref();
            modelled.is_some_and(|modelled| modelled.generation != generation)
        };
        let assets: Vec<AssetId> = self.graph.iter().filter(is_gone).map(|asset| asset.id).collect();
        for id in assets {
            let Some(asset) = self.graph.get_mut(id) else {
                continue;
            };
            asset.modelled = None;
            let (parent, slug) = (asset.found_parent, text::slug(&asset.level));
            self.move_asset(id, parent, &slug, out);
            self.rename_asset(id, out);
            self.check_listing(id, out);
        }
    }
}

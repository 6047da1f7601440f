//! What people and models say of points and assets, laid over what was found.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::discover::search_path;
use super::point_id;
use crate::Twin;
use crate::freshness::Cadence;
use crate::id::{AssetId, PointId};
use crate::input::Description;
use crate::output::{Change, Outputs};
use crate::point::{Point, PointSettings};
use crate::text;
use crate::time::Timestamp;

/// Descriptions kept, for things seen and for things to come.
const MAX_DESCRIPTIONS: usize = 1_000_000;

/// What models say, by tag and by asset.
#[derive(Clone, Debug, Default)]
pub(super) struct Described {
    /// Topic, then field; several where sources differ.
    tags: BTreeMap<Arc<str>, BTreeMap<Box<str>, Vec<(Option<Arc<str>>, Arc<PointSettings>)>>>,
    assets: BTreeMap<Box<str>, Box<str>>,
    count: usize,
}

impl Described {
    fn add(&mut self, source: Option<Arc<str>>, topic: Arc<str>, field: Box<str>, settings: PointSettings) {
        let known = self.tags.entry(topic).or_default().entry(field).or_default();
        match known.iter_mut().find(|(of, _)| *of == source) {
            Some((_, held)) => *held = Arc::new(settings),
            None if self.count < MAX_DESCRIPTIONS => {
                self.count += 1;
                known.push((source, Arc::new(settings)));
            }
            None => {}
        }
    }

    /// What is said of a point; of its very source before of any.
    pub(super) fn find(&self, source: Option<&str>, point: &Point) -> Option<Arc<PointSettings>> {
        let held = self.tags.get(&*point.topic)?.get(&*point.full_field())?;
        let of_source = held
            .iter()
            .find(|(of, _)| of.is_some() && of.as_deref() == source);
        let found = of_source.or_else(|| held.iter().find(|(of, _)| of.is_none()))?;
        Some(found.1.clone())
    }
}

impl Twin {
    pub(super) fn set_point(
        &mut self,
        now: Timestamp,
        id: PointId,
        settings: PointSettings,
        out: &mut Outputs,
    ) {
        let Some(point) = self.points.get_mut(id.index()).and_then(Option::as_mut) else {
            return;
        };
        point.settings = (!settings.is_empty()).then(|| Box::new(settings));
        self.apply_settings(now, id, out);
    }

    pub(super) fn describe(&mut self, now: Timestamp, descriptions: Vec<Description>, out: &mut Outputs) {
        let mut assets = Vec::new();
        for description in descriptions {
            match description {
                Description::Tag {
                    source,
                    topic,
                    field,
                    settings,
                } => self.described.add(source, topic, field, settings),
                Description::Asset { levels, name } => {
                    let levels: Box<str> = levels.trim_matches('/').into();
                    assets.push(levels.clone());
                    if self.described.assets.len() < MAX_DESCRIPTIONS {
                        self.described.assets.insert(levels, name);
                    }
                }
            }
        }
        for levels in assets {
            let mut at = None;
            for level in levels.split('/') {
                at = self.graph.child(at, level);
                if at.is_none() {
                    break;
                }
            }
            if let Some(asset) = at {
                self.rename_asset(asset, out);
            }
        }
        for number in 1..self.points.len() {
            let Some(point) = self.points.get(number).and_then(Option::as_ref) else {
                continue;
            };
            let source = self.source(point.source).map(|source| &*source.name);
            if point.property.is_some() {
                continue;
            }
            let described = self.described.find(source, point);
            if described.is_some() && described != point.described {
                if let Some(point) = self.points.get_mut(number).and_then(Option::as_mut) {
                    point.described = described;
                }
                self.apply_settings(now, point_id(number), out);
            }
        }
    }

    /// Lets settings that changed take effect.
    pub(super) fn apply_settings(&mut self, now: Timestamp, id: PointId, out: &mut Outputs) {
        let Some(point) = self.points.get_mut(id.index()).and_then(Option::as_mut) else {
            return;
        };
        let Some(live) = self.live.get_mut(id.index()) else {
            return;
        };
        let (old_name, asset) = (point.name.clone(), point.asset);
        point.refresh(live.digits.count());
        live.has_limits = !point.limits().is_empty();
        let cadence = match (point.expected(), live.cadence) {
            (Some(expected), _) => Cadence::Declared(expected),
            (None, Cadence::Declared(_)) => live
                .gaps
                .as_ref()
                .map_or(Cadence::Learning, |gaps| gaps.judge(Cadence::Learning)),
            (None, learned) => learned,
        };
        if live.cadence != cadence {
            live.cadence = cadence;
            out.changes.push(Change::Cadence(id));
        }
        self.touched.needs |= live.violation.is_some();
        out.changes.push(Change::Settings(id));
        if point.name != old_name && !live.is_ignored {
            self.search.remove_point(point.entry);
            point.entry = self.search.add_point(id, &point.name, &search_path(point));
            if let Some(asset) = self.graph.get_mut(asset) {
                asset.points.retain(|other| *other != id);
            }
            self.insert_in_order(asset, id);
            out.changes.push(Change::Structure(Some(asset)));
        }
        self.check_limits(id);
        self.settle(now, id, out);
        self.schedule(now, id);
    }

    pub(super) fn name_asset(&mut self, id: AssetId, name: Option<Box<str>>, out: &mut Outputs) {
        let Some(asset) = self.graph.get_mut(id) else {
            return;
        };
        asset.given_name = name.filter(|name| !name.trim().is_empty());
        self.rename_asset(id, out);
    }

    pub(super) fn rename_asset(&mut self, id: AssetId, out: &mut Outputs) {
        let Some((before, parent)) = self.graph.get(id).map(|asset| (asset.name.clone(), asset.parent))
        else {
            return;
        };
        self.name_described(id);
        if self.graph.get(id).is_none_or(|asset| asset.name == before) {
            return;
        }
        self.enter_again(id);
        out.changes.push(Change::Structure(parent));
    }

    /// Puts an asset's line in the search index right.
    pub(super) fn enter_again(&mut self, id: AssetId) {
        if let Some(asset) = self.graph.get(id) {
            self.search.remove_asset(asset.entry);
            self.enter_asset(id);
        }
    }

    /// Gives an asset its name: a person's, a model's, or its level's. The order of a new asset among its
    /// siblings is put right as well.
    pub(super) fn name_described(&mut self, id: AssetId) {
        let described = (!self.described.assets.is_empty()).then(|| self.graph.levels(id));
        let described = described.and_then(|levels| self.described.assets.get(&*levels).cloned());
        let Some(asset) = self.graph.get(id) else { return };
        let modelled = asset.modelled.as_ref();
        let shown = asset
            .given_name
            .as_deref()
            .or_else(|| modelled.map(|modelled| modelled.name.as_deref().unwrap_or(&modelled.key)))
            .or(described.as_deref())
            .unwrap_or(&asset.level);
        let name = text::safe_name(shown);
        if *asset.name == *name {
            return;
        }
        let parent = asset.parent;
        let is_listed = asset.is_listed;
        if is_listed {
            self.graph.take_out(parent, id);
        }
        if let Some(asset) = self.graph.get_mut(id) {
            asset.name = name.into();
        }
        if is_listed {
            self.graph.insert_in_order(parent, id);
        }
    }
}

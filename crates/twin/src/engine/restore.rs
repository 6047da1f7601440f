//! Takes back what an earlier run knew: the same ids, the same paths, and values that are old until
//! their points speak again.

use crate::Twin;
use crate::id::{AssetId, SourceId};
use crate::input::{AssetRecord, PointRecord};
use crate::live::Causes;
use crate::output::Outputs;
use crate::text;

impl Twin {
    /// Takes back what an earlier run knew; in any order. Call it before the first [`Twin::handle`].
    /// Answers how many records did not fit (unknown parent, id given twice).
    pub fn restore(&mut self, assets: Vec<AssetRecord>, points: Vec<PointRecord>) -> usize {
        let mut refused = self.restore_assets(assets);
        let mut out = Outputs::default();
        let (mut ids, mut emptied) = (Vec::with_capacity(points.len()), Vec::new());
        for mut record in points {
            let id = record.id;
            let is_known =
                self.point(id).is_some() || id.get() == 0 || self.graph.get(record.asset).is_none();
            let topic = self.find_topic(record.source, &record.topic);
            let is_twice =
                topic.and_then(|topic| self.find_point(topic, &record.field, record.leaf_asset.as_deref()));
            if is_known || is_twice.is_some() || id.index() > self.most_ids() {
                refused += 1;
                continue;
            }
            let (asset, source, is_ignored) = (record.asset, record.source, record.is_ignored);
            if let Some(reading) = &mut record.reading {
                reading.flags = reading.flags.with(crate::Flags::OFFLINE, true);
            }
            let is_models_own = record
                .leaf_asset
                .as_deref()
                .is_some_and(crate::point::is_further_mark);
            self.add_point(record);
            if source == SourceId::MODEL || is_models_own {
                // It waits for a model that has its formula, or shares its tag.
                continue;
            }
            ids.push(id);
            if is_ignored {
                emptied.push(asset);
            } else if let Some(asset) = self.graph.get_mut(asset) {
                asset.points.push(id);
            }
            let points = u32::from(!is_ignored);
            match self.sources.iter_mut().find(|known| known.id == source) {
                Some(known) => known.points += points,
                None => self.restored_sources.entry(source).or_insert((0, asset)).0 += points,
            }
        }
        for id in ids {
            if let Some(live) = self.live.get_mut(id.index()) {
                live.set_causes(Causes::RESTORED.with(Causes::SETTLING));
            }
            self.check_limits(id);
            // What is bad or silent has been since it came at least: the run before did not say since when.
            let live = self.live.get(id.index());
            let heard = live.and_then(|live| {
                let allowed = live.cadence.late_for().unwrap_or_default();
                Some(live.reading.as_ref()?.arrival + allowed)
            });
            self.settle(heard.unwrap_or(self.now), id, &mut out);
        }
        for asset in emptied {
            self.check_listing(asset, &mut out);
        }
        self.is_restored = true;
        self.sort_points();
        self.silence_checks.clear();
        self.touched = super::Touched::default();
        self.revision += 1;
        refused
    }

    /// Takes back the addresses that assets had before they moved.
    pub fn restore_redirects(&mut self, redirects: impl IntoIterator<Item = (Box<str>, AssetId)>) {
        for (path, asset) in redirects {
            if self.graph.get(asset).is_some() {
                self.modelling.redirect(path, asset);
            }
        }
    }

    fn restore_assets(&mut self, mut assets: Vec<AssetRecord>) -> usize {
        assets.sort_by_key(|asset| asset.id);
        let mut restored = Vec::with_capacity(assets.len());
        // Parents have smaller ids as a rule; where they do not, another round finds them.
        loop {
            let before = assets.len();
            let mut waiting = Vec::new();
            for record in assets {
                let has_parent = record
                    .parent
                    .is_none_or(|parent| self.graph.get(parent).is_some());
                let id = record.id;
                let key = record.key.clone();
                if !has_parent || id.index() > self.most_ids() {
                    waiting.push(record);
                } else if self.graph.restore(record.clone()) {
                    restored.push(id);
                    if let Some(key) = key {
                        self.modelling.remember(&key, id);
                    }
                } else {
                    waiting.push(record);
                }
            }
            assets = waiting;
            if assets.len() == before || assets.is_empty() {
                break;
            }
        }
        for id in restored {
            self.name_described(id);
            self.enter_asset(id);
        }
        self.graph.sort();
        assets.len()
    }

    /// Ids are dense; far beyond what fits, a record is damaged.
    const fn most_ids(&self) -> usize {
        let points = self.config.max_points.saturating_mul(4);
        let assets = self.config.max_assets.saturating_mul(4);
        if points > assets { points } else { assets }
    }

    fn sort_points(&mut self) {
        let assets: Vec<_> = self
            .graph
            .iter()
            .filter(|asset| asset.points.len() > 1)
            .map(|asset| asset.id)
            .collect();
        for id in assets {
            let Some(asset) = self.graph.get_mut(id) else {
                continue;
            };
            let mut points = std::mem::take(&mut asset.points);
            let name = |point| self.point(point).map_or("", |point| &point.name);
            points.sort_by(|a, b| text::natural_cmp(name(*a), name(*b)).then(a.cmp(b)));
            if let Some(asset) = self.graph.get_mut(id) {
                asset.points = points;
            }
        }
    }
}

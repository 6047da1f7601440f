//! The hierarchy: assets under assets, points at assets, in natural order of their names.

use std::cmp::Ordering;

use crate::hash::{Index, Seeded};
use crate::id::{AssetId, PointId};
use crate::input::AssetRecord;
use crate::summary::{Own, Summary};
use crate::text;
use crate::time::Timestamp;

/// No hierarchy is followed deeper than this, whatever it claims.
pub(crate) const MAX_DEPTH: usize = 64;
/// Tries for a readable address part before the id settles it.
const SLUG_TRIES: u32 = 20;

/// A piece of equipment, or a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// The asset above; none for a root.
    pub parent: Option<AssetId>,
    /// The topic level's text as it came.
    pub level: Box<str>,
    /// Its part of the address; unique below its parent.
    pub slug: Box<str>,
    /// Display name: given by a person, described, or the level's text made safe to show.
    pub name: Box<str>,
    /// The name a person gave it.
    pub given_name: Option<Box<str>>,
    pub(crate) children: Vec<AssetId>,
    pub(crate) points: Vec<PointId>,
    pub(crate) summary: Summary,
    pub(crate) own: Own,
    pub(crate) silent_since: Option<Timestamp>,
    pub(crate) bad_since: Option<Timestamp>,
    /// Every point of the device has fallen silent, so those without an interval are offline too.
    pub(crate) is_device_silent: bool,
    /// Its last will or availability topic says that it is offline.
    pub(crate) is_unavailable: bool,
    pub(crate) created: Timestamp,
    /// Something at or below it was heard a second time.
    pub(crate) is_repeated: bool,
    /// Children and points of its own of which that is so.
    pub(crate) repeated: u32,
    /// Its line in the search index.
    pub(crate) entry: u32,
    /// The last revision its summary was announced in.
    pub(crate) announced: u64,
}

/// All assets.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    /// By id; the first is unused, as may be others.
    assets: Vec<Option<Asset>>,
    count: usize,
    pub(crate) roots: Vec<AssetId>,
    pub(crate) plant: Summary,
    by_level: Index,
    by_slug: Index,
    seeded: Seeded,
}

impl Graph {
    pub(crate) fn new(seeded: Seeded, capacity: usize) -> Self {
        Self {
            assets: vec![None],
            count: 0,
            roots: Vec::new(),
            plant: Summary::default(),
            by_level: Index::with_capacity(capacity),
            by_slug: Index::with_capacity(capacity),
            seeded,
        }
    }

    pub(crate) fn get(&self, asset: AssetId) -> Option<&Asset> {
        self.assets.get(asset.index())?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, asset: AssetId) -> Option<&mut Asset> {
        self.assets.get_mut(asset.index())?.as_mut()
    }

    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    /// The assets in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Asset> {
        self.assets.iter().flatten()
    }

    pub(crate) fn children(&self, parent: Option<AssetId>) -> &[AssetId] {
        match parent {
            None => &self.roots,
            Some(parent) => self.get(parent).map_or(&[], |asset| &asset.children),
        }
    }

    /// The child with this level's text.
    pub(crate) fn child(&self, parent: Option<AssetId>, level: &str) -> Option<AssetId> {
        let is_it = |asset: &Asset| asset.parent == parent && *asset.level == *level;
        self.find(&self.by_level, (parent, level), is_it)
    }

    /// The child with this address part.
    pub(crate) fn by_slug(&self, parent: Option<AssetId>, slug: &str) -> Option<AssetId> {
        let is_it = |asset: &Asset| asset.parent == parent && *asset.slug == *slug;
        self.find(&self.by_slug, (parent, slug), is_it)
    }

    fn find(
        &self,
        index: &Index,
        key: (Option<AssetId>, &str),
        is_it: impl Fn(&Asset) -> bool,
    ) -> Option<AssetId> {
        let found = index.find(self.seeded.hash(key), |number| {
            self.get(AssetId::new(number)).is_some_and(&is_it)
        });
        found.map(AssetId::new)
    }

    /// From the asset up to its root, itself first; bounded, so that no ring can hold it.
    pub(crate) fn up(&self, asset: AssetId) -> impl Iterator<Item = &Asset> {
        std::iter::successors(self.get(asset), |asset| {
            asset.parent.and_then(|parent| self.get(parent))
        })
        .take(MAX_DEPTH)
    }

    /// Topic levels from the root joined by `/`.
    pub(crate) fn levels(&self, asset: AssetId) -> String {
        self.joined(asset, |asset| &asset.level)
    }

    /// Address parts from the root joined by `/`.
    pub(crate) fn path(&self, asset: AssetId) -> String {
        self.joined(asset, |asset| &asset.slug)
    }

    fn joined(&self, asset: AssetId, part: impl Fn(&Asset) -> &str) -> String {
        let mut parts: Vec<&str> = self.up(asset).map(part).collect();
        parts.reverse();
        parts.join("/")
    }

    /// A new asset below `parent`; the next id.
    pub(crate) fn add(&mut self, parent: Option<AssetId>, level: &str, now: Timestamp) -> AssetId {
        let id = AssetId::new(u32::try_from(self.assets.len()).unwrap_or(u32::MAX));
        let slug = self.free_slug(parent, &text::slug(level), id);
        self.place(
            AssetRecord {
                id,
                parent,
                level: level.into(),
                slug: slug.into(),
                name: None,
            },
            now,
        );
        self.insert_in_order(parent, id);
        id
    }

    /// Takes an asset back from a store; its order among its siblings is put right by [`Graph::sort`].
    pub(crate) fn restore(&mut self, mut record: AssetRecord) -> bool {
        if self.get(record.id).is_some()
            || record.id.get() == 0
            || self.child(record.parent, &record.level).is_some()
        {
            return false;
        }
        record.slug = self.free_slug(record.parent, &record.slug, record.id).into();
        let (id, parent) = (record.id, record.parent);
        self.place(record, Timestamp::default());
        match parent.and_then(|parent| self.get_mut(parent)) {
            Some(parent) => parent.children.push(id),
            None => self.roots.push(id),
        }
        true
    }

    fn place(&mut self, record: AssetRecord, now: Timestamp) {
        let id = record.id;
        if self.assets.len() <= id.index() {
            self.assets.resize_with(id.index() + 1, || None);
        }
        let level_hash = self.seeded.hash((record.parent, &*record.level));
        let slug_hash = self.seeded.hash((record.parent, &*record.slug));
        let shown = record.name.as_deref().unwrap_or(&record.level);
        let asset = Asset {
            id,
            parent: record.parent,
            name: text::safe_name(shown).into(),
            level: record.level,
            slug: record.slug,
            given_name: record.name,
            children: Vec::new(),
            points: Vec::new(),
            summary: Summary::default(),
            own: Own::default(),
            silent_since: None,
            bad_since: None,
            is_device_silent: false,
            is_unavailable: false,
            created: now,
            is_repeated: false,
            repeated: 0,
            entry: 0,
            announced: 0,
        };
        if let Some(slot) = self.assets.get_mut(id.index()) {
            *slot = Some(asset);
            self.count += 1;
        }
        let (assets, seeded) = (&self.assets, &self.seeded);
        let of = |number: u32| assets.get(number as usize).and_then(Option::as_ref);
        self.by_level.insert(level_hash, id.get(), |n| {
            of(n).map_or(0, |a| seeded.hash((a.parent, &*a.level)))
        });
        self.by_slug.insert(slug_hash, id.get(), |n| {
            of(n).map_or(0, |a| seeded.hash((a.parent, &*a.slug)))
        });
    }

    fn free_slug(&self, parent: Option<AssetId>, wanted: &str, id: AssetId) -> String {
        if self.by_slug(parent, wanted).is_none() {
            return wanted.to_owned();
        }
        let numbered = (2..SLUG_TRIES).map(|n| format!("{wanted}-{n}"));
        // Beyond a few, the id itself: no series of equal texts may cost more and more.
        let by_id = (0..=SLUG_TRIES).map(|n| format!("{wanted}-{}{}", id.get(), "x".repeat(n as usize)));
        numbered
            .chain(by_id)
            .find(|slug| self.by_slug(parent, slug).is_none())
            .unwrap_or_default()
    }

    pub(crate) fn by_name(&self, a: AssetId, b: AssetId) -> Ordering {
        let name = |id| self.get(id).map_or("", |asset: &Asset| &asset.name);
        text::natural_cmp(name(a), name(b)).then(a.cmp(&b))
    }

    /// Puts a child among its siblings by its name.
    pub(crate) fn insert_in_order(&mut self, parent: Option<AssetId>, child: AssetId) {
        let at = self
            .children(parent)
            .partition_point(|sibling| self.by_name(*sibling, child).is_lt());
        self.siblings_mut(parent).insert(at, child);
    }

    /// Takes a child out of its siblings, before its name changes.
    pub(crate) fn take_out(&mut self, parent: Option<AssetId>, child: AssetId) {
        self.siblings_mut(parent).retain(|sibling| *sibling != child);
    }

    fn siblings_mut(&mut self, parent: Option<AssetId>) -> &mut Vec<AssetId> {
        match parent.filter(|parent| self.get(*parent).is_some()) {
            None => &mut self.roots,
            Some(parent) => match self.assets.get_mut(parent.index()) {
                Some(Some(asset)) => &mut asset.children,
                _ => &mut self.roots,
            },
        }
    }

    /// Puts all siblings in order, after a restore.
    pub(crate) fn sort(&mut self) {
        let parents: Vec<AssetId> = self
            .iter()
            .filter(|asset| asset.children.len() > 1)
            .map(|asset| asset.id)
            .collect();
        for parent in std::iter::once(None).chain(parents.into_iter().map(Some)) {
            let mut children = std::mem::take(self.siblings_mut(parent));
            children.sort_by(|a, b| self.by_name(*a, *b));
            *self.siblings_mut(parent) = children;
        }
    }
}

impl Asset {
    /// As a store keeps it.
    #[must_use]
    pub fn record(&self) -> AssetRecord {
        AssetRecord {
            id: self.id,
            parent: self.parent,
            level: self.level.clone(),
            slug: self.slug.clone(),
            name: self.given_name.clone(),
        }
    }
}

//! The hierarchy: assets under assets, points at assets, in natural order of their names.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::hash::{Index, Seeded};
use crate::id::{AssetId, PointId};
use crate::input::AssetRecord;
use crate::summary::{Own, Summary};
use crate::text;
use crate::time::Timestamp;

/// No hierarchy is followed deeper than this, whatever it claims.
pub(crate) const MAX_DEPTH: usize = 64;
/// No time: before all others.
const BEGINNING: Timestamp = Timestamp::from_micros(i64::MIN);
/// Tries for a readable address part before the id settles it.
const SLUG_TRIES: u32 = 20;

/// A piece of equipment, or a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// The asset above; none for a root.
    pub parent: Option<AssetId>,
    /// The topic level's text as it came; empty for one that only the model knows.
    pub level: Box<str>,
    /// Its part of the address; unique below its parent.
    pub slug: Box<str>,
    /// Display name: given by a person, described, or the level's text made safe to show.
    pub name: Box<str>,
    /// The name a person gave it.
    pub given_name: Option<Box<str>>,
    /// What the model says it is, while it does.
    pub modelled: Option<Modelled>,
    /// Where discovery found it, whatever the model says of its place.
    pub(crate) found_parent: Option<AssetId>,
    /// Whether it stands among its siblings: a discovered one whose points and children have all moved
    /// to assets of the model does not.
    pub(crate) is_listed: bool,
    /// A model gave it an id at some time; no other may have it.
    pub(crate) is_keyed: bool,
    pub(crate) children: Vec<AssetId>,
    pub(crate) points: Vec<PointId>,
    pub(crate) summary: Summary,
    pub(crate) own: Own,
    /// The same over the asset and all below it.
    pub(crate) total: Own,
    /// Since when most of what speaks at an interval here and below has been silent; the beginning of time
    /// while it is not, or nobody can say.
    pub(crate) hushed_since: Timestamp,
    /// When the last of them fell silent.
    pub(crate) last_hushed: Timestamp,
    /// Since when some of its points have been silent, and whether it may have been longer.
    pub(crate) silent_since: Option<(Timestamp, bool)>,
    /// The same of quality bad.
    pub(crate) bad_since: Option<(Timestamp, bool)>,
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

/// What the model says of an asset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Modelled {
    /// Its id in the model.
    pub key: Arc<str>,
    /// Its type.
    pub ty: Arc<str>,
    /// Its name there; its key where it has none.
    pub name: Option<Box<str>>,
    /// The model it was last named in.
    pub(crate) generation: u32,
}

/// All assets.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    /// By id; the first is unused, as may be others.
    assets: Vec<Option<Asset>>,
    listed: usize,
    /// How many were discovered.
    found: usize,
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
            listed: 0,
            found: 0,
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

    /// How many stand in lists.
    pub(crate) const fn listed(&self) -> usize {
        self.listed
    }

    /// How many were discovered, those that only a model knows aside.
    pub(crate) const fn found(&self) -> usize {
        self.found
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

    /// The discovered child with this level's text, wherever the model has put it.
    pub(crate) fn child(&self, parent: Option<AssetId>, level: &str) -> Option<AssetId> {
        let is_it = |asset: &Asset| asset.found_parent == parent && *asset.level == *level;
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

    /// The same by the topic levels it was found under.
    pub(crate) fn up_found(&self, asset: AssetId) -> impl Iterator<Item = &Asset> {
        std::iter::successors(self.get(asset), |asset| {
            asset.found_parent.and_then(|parent| self.get(parent))
        })
        .take(MAX_DEPTH)
    }

    /// Topic levels from the root joined by `/`.
    pub(crate) fn levels(&self, asset: AssetId) -> String {
        joined(self.up_found(asset).map(|asset| &*asset.level))
    }

    /// Address parts from the root joined by `/`.
    pub(crate) fn path(&self, asset: AssetId) -> String {
        joined(self.up(asset).map(|asset| &*asset.slug))
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
                key: None,
            },
            now,
        );
        self.list(id);
        id
    }

    /// A new asset that only the model knows, at the top and not listed yet; the next id.
    pub(crate) fn add_modelled(&mut self, key: &str, now: Timestamp) -> AssetId {
        let id = AssetId::new(u32::try_from(self.assets.len()).unwrap_or(u32::MAX));
        let slug = self.free_slug(None, &text::slug(key), id);
        let record = AssetRecord {
            id,
            parent: None,
            level: Box::default(),
            slug: slug.into(),
            name: None,
            key: Some(key.into()),
        };
        self.place(record, now);
        id
    }

    /// Takes an asset back from a store; its order among its siblings is put right by [`Graph::sort`].
    pub(crate) fn restore(&mut self, mut record: AssetRecord) -> bool {
        let is_found = !record.level.is_empty();
        let is_twice = is_found && self.child(record.parent, &record.level).is_some();
        if self.get(record.id).is_some() || record.id.get() == 0 || is_twice {
            return false;
        }
        record.slug = self.free_slug(record.parent, &record.slug, record.id).into();
        let (id, parent) = (record.id, record.parent);
        self.place(record, Timestamp::default());
        if is_found {
            self.siblings_mut(parent).push(id);
            self.listed += 1;
            if let Some(asset) = self.get_mut(id) {
                asset.is_listed = true;
            }
        }
        true
    }

    fn place(&mut self, record: AssetRecord, now: Timestamp) {
        let id = record.id;
        if self.assets.len() <= id.index() {
            self.assets.resize_with(id.index() + 1, || None);
        }
        let level_hash =
            (!record.level.is_empty()).then(|| self.seeded.hash((record.parent, &*record.level)));
        let slug_hash = self.seeded.hash((record.parent, &*record.slug));
        let shown = record.name.as_deref().unwrap_or(&record.level);
        let asset = Asset {
            id,
            parent: record.parent,
            name: text::safe_name(shown).into(),
            level: record.level,
            slug: record.slug,
            given_name: record.name,
            modelled: None,
            found_parent: record.parent,
            is_listed: false,
            is_keyed: record.key.is_some(),
            total: Own::default(),
            hushed_since: BEGINNING,
            last_hushed: BEGINNING,
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
            self.found += usize::from(level_hash.is_some());
        }
        let (assets, seeded) = (&self.assets, &self.seeded);
        let of = |number: u32| assets.get(number as usize).and_then(Option::as_ref);
        if let Some(hash) = level_hash {
            self.by_level.insert(hash, id.get(), |n| {
                of(n).map_or(0, |a| seeded.hash((a.found_parent, &*a.level)))
            });
        }
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

    /// Puts an asset under another parent, with a free address part there. The caller knows that the
    /// new parent is not below it.
    pub(crate) fn set_parent(&mut self, id: AssetId, parent: Option<AssetId>, slug: &str) {
        let Some(asset) = self.get(id) else { return };
        let (old, was_listed) = (asset.parent, asset.is_listed);
        let hash = self.seeded.hash((old, &*asset.slug));
        self.by_slug.remove(hash, id.get());
        if was_listed {
            self.take_out(old, id);
        }
        let slug: Box<str> = self.free_slug(parent, slug, id).into();
        let hash = self.seeded.hash((parent, &*slug));
        if let Some(asset) = self.get_mut(id) {
            asset.parent = parent;
            asset.slug = slug;
        }
        let (assets, seeded) = (&self.assets, &self.seeded);
        self.by_slug.insert(hash, id.get(), |n| {
            let asset = assets.get(n as usize).and_then(Option::as_ref);
            asset.map_or(0, |a| seeded.hash((a.parent, &*a.slug)))
        });
        if was_listed {
            self.insert_in_order(parent, id);
        }
    }

    /// Puts an asset among its siblings.
    pub(crate) fn list(&mut self, id: AssetId) {
        if let Some(asset) = self.get_mut(id).filter(|asset| !asset.is_listed) {
            asset.is_listed = true;
            let parent = asset.parent;
            self.listed += 1;
            self.insert_in_order(parent, id);
        }
    }

    /// Takes an asset out of its siblings, without losing it.
    pub(crate) fn unlist(&mut self, id: AssetId) {
        if let Some(asset) = self.get_mut(id).filter(|asset| asset.is_listed) {
            asset.is_listed = false;
            let parent = asset.parent;
            self.listed -= 1;
            self.take_out(parent, id);
        }
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
        let siblings = self.children(parent);
        let at = siblings.partition_point(|sibling| self.by_name(*sibling, child).is_lt());
        let is_there = siblings.get(at) == Some(&child);
        let siblings = self.siblings_mut(parent);
        if is_there {
            siblings.remove(at);
        } else {
            // Out of order, as siblings are until a restore has sorted them.
            siblings.retain(|sibling| *sibling != child);
        }
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

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut parts: Vec<&str> = parts.collect();
    parts.reverse();
    parts.join("/")
}

impl Asset {
    /// Brings what is counted of its silence, here and below, in line; true when what is told of it may have
    /// changed. `began` is when what falls silent did.
    pub(crate) fn count_silence(&mut self, began: Timestamp, change: impl FnOnce(&mut Own)) -> bool {
        let was = self.total;
        change(&mut self.total);
        let is = self.total;
        if is.silent_paced == 0 {
            self.last_hushed = BEGINNING;
        } else if is.silent_paced > was.silent_paced || self.last_hushed == BEGINNING {
            self.last_hushed = self.last_hushed.max(began);
        }
        self.hushed_since = match (is.is_mostly_silent(), self.hushed_since) {
            (true, BEGINNING) => self.last_hushed,
            (true, since) => since,
            (false, _) => BEGINNING,
        };
        was.is_group_silent() || self.total.is_group_silent()
    }

    /// As a store keeps it.
    #[must_use]
    pub fn record(&self) -> AssetRecord {
        AssetRecord {
            id: self.id,
            parent: self.found_parent,
            level: self.level.clone(),
            slug: self.slug.clone(),
            name: self.given_name.clone(),
            key: self.modelled.as_ref().map(|modelled| (*modelled.key).into()),
        }
    }
}

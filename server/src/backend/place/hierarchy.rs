//! The hierarchies that the tree can be read by: that of the twin (topics and `part_of`), and those of the
//! model along another relation.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use app::api::backend::Viewer;
use model::{AssetKey, Model};
use twin::{AssetId, Shift, Timestamp, Twin};
use wire::message::Summary;
use wire::page::{Bare, HierarchyRef};

use crate::access::is_told_apart;
use crate::model::LoadedModel;
use crate::plant::summary_from_twin;
use crate::view;

/// The relation that the twin itself follows.
const PART_OF: &str = "part_of";
/// Steps from an asset to its root.
const DEEPEST: usize = 64;

/// One hierarchy at one moment.
pub enum Hierarchy<'m> {
    /// The twin's own.
    Twin,
    /// Along a relation of the model: the children of each parent.
    Relation {
        model: &'m Model,
        relation: &'m str,
        now: formula::Time,
        children: BTreeMap<&'m str, Vec<&'m AssetKey>>,
    },
}

impl<'m> Hierarchy<'m> {
    /// The hierarchy that somebody reads. One of the model sums up over all of the plant: who sees a part of it
    /// reads the twin's own.
    pub fn for_viewer(viewer: &Viewer, loaded: &'m LoadedModel, by: &str, now: Timestamp) -> Self {
        if is_told_apart(viewer) {
            Self::of(loaded, by, now)
        } else {
            Self::Twin
        }
    }

    /// The hierarchy of an id; of one that is not known the twin's.
    fn of(loaded: &'m LoadedModel, by: &str, now: Timestamp) -> Self {
        let model = &loaded.model;
        let relation = model
            .hierarchy_relations()
            .find(|(name, relation)| *name == by && *relation != PART_OF);
        let Some((_, relation)) = relation else {
            return Self::Twin;
        };
        let now = formula::Time(now.micros());
        let mut children: BTreeMap<&str, Vec<&AssetKey>> = BTreeMap::new();
        for key in model.assets.keys() {
            for parent in model.targets_at(key.as_str(), relation, now) {
                children.entry(parent.as_str()).or_default().push(key);
            }
        }
        Self::Relation {
            model,
            relation,
            now,
            children,
        }
    }

    /// What is directly below an asset, or the roots, in natural order.
    pub fn below<'t>(&self, twin: &'t Twin, parent: Option<AssetId>) -> Cow<'t, [AssetId]> {
        let Self::Relation {
            model,
            relation,
            now,
            children,
        } = self
        else {
            return Cow::Borrowed(parent.map_or_else(|| twin.roots(), |parent| twin.children(parent)));
        };
        let has_parent = |key: &str| model.targets_at(key, relation, *now).next().is_some();
        let keys: Vec<&str> = match parent {
            Some(parent) => self
                .children_of(twin, parent)
                .iter()
                .map(|key| key.as_str())
                .collect(),
            None => children.keys().filter(|key| !has_parent(key)).copied().collect(),
        };
        let mut found: Vec<AssetId> = keys.iter().filter_map(|key| twin.modelled(key)).collect();
        found.sort_by(|a, b| twin.by_name(*a, *b));
        Cow::Owned(found)
    }

    /// How many are directly below an asset.
    pub fn count(&self, twin: &Twin, asset: AssetId) -> usize {
        match self {
            Self::Twin => twin.children(asset).len(),
            Self::Relation { .. } => self.children_of(twin, asset).len(),
        }
    }

    /// Whether an asset has a place in it.
    pub fn holds(&self, twin: &Twin, asset: AssetId) -> bool {
        matches!(self, Self::Twin) || self.count(twin, asset) > 0 || self.trail(twin, asset).len() > 1
    }

    /// From the root down to the asset itself.
    pub fn trail(&self, twin: &Twin, asset: AssetId) -> Vec<AssetId> {
        let Self::Relation {
            model, relation, now, ..
        } = self
        else {
            return twin.trail(asset);
        };
        let key = |asset: AssetId| twin.asset(asset)?.modelled.as_ref().map(|modelled| &modelled.key);
        let above = |asset: &AssetId| {
            let parent = model.targets_at(key(*asset)?, relation, *now).next()?;
            twin.modelled(parent.as_str())
        };
        let mut trail: Vec<AssetId> = std::iter::successors(Some(asset), above).take(DEEPEST).collect();
        trail.reverse();
        trail
    }

    /// The counts below each asset as this hierarchy has them: an asset counts where it says it is, and what
    /// is part of it goes with it unless it says so itself.
    pub fn sums(&self, twin: &Twin) -> Sums {
        let Self::Relation { children, .. } = self else {
            return Sums(None);
        };
        let keys = children
            .iter()
            .flat_map(|(parent, below)| std::iter::once(*parent).chain(below.iter().map(|key| key.as_str())));
        let placed: BTreeSet<AssetId> = keys.filter_map(|key| twin.modelled(key)).collect();
        let mut own: BTreeMap<AssetId, twin::Summary> = placed
            .iter()
            .map(|asset| (*asset, twin.summary(*asset)))
            .collect();
        for asset in &placed {
            let trail = twin.trail(*asset);
            let around = trail.iter().rev().skip(1).find(|above| placed.contains(above));
            if let Some(sum) = around.and_then(|above| own.get_mut(above)) {
                sum.shift(twin.summary(*asset), Shift::Out);
            }
        }
        let mut sums = own.clone();
        for (asset, counts) in &own {
            // Each asset adds to all above it; the deepest way bounds it, should there be a circle.
            for above in self.trail(twin, *asset).iter().rev().skip(1) {
                if let Some(sum) = sums.get_mut(above) {
                    sum.shift(*counts, Shift::In);
                }
            }
        }
        Sums(Some(sums))
    }

    fn children_of(&self, twin: &Twin, asset: AssetId) -> &[&'m AssetKey] {
        let Self::Relation { children, .. } = self else {
            return &[];
        };
        let key = twin.asset(asset).and_then(|asset| asset.modelled.as_ref());
        key.and_then(|modelled| children.get(&*modelled.key))
            .map_or(&[], Vec::as_slice)
    }
}

/// Counts below assets in one hierarchy.
pub struct Sums(Option<BTreeMap<AssetId, twin::Summary>>);

impl Sums {
    /// Those of an asset; of one that is not in the hierarchy what the twin has below it.
    pub fn of(&self, twin: &Twin, asset: AssetId) -> Summary {
        let known = self.0.as_ref().and_then(|sums| sums.get(&asset)).copied();
        summary_from_twin(known.unwrap_or_else(|| twin.summary(asset)))
    }
}

/// Those of them that somebody reads.
pub fn readable(viewer: &Viewer, loaded: &LoadedModel) -> Vec<HierarchyRef> {
    if is_told_apart(viewer) {
        in_use(loaded)
    } else {
        Vec::new()
    }
}

/// The hierarchies that have something in them; none where there is only the twin's own.
fn in_use(loaded: &LoadedModel) -> Vec<HierarchyRef> {
    let model = &loaded.model;
    let is_used = |relation: &str| {
        let mut assets = model.assets.values();
        assets.any(|asset| {
            asset
                .relations
                .get(relation)
                .is_some_and(|links| !links.is_empty())
        })
    };
    let named = |(id, relation): (&str, &str)| {
        let given = model
            .hierarchies
            .get(id)
            .and_then(|own| own.about.name.as_deref());
        HierarchyRef {
            id: if relation == PART_OF {
                String::new()
            } else {
                id.to_owned()
            },
            name: given.map_or_else(|| super::super::modelled::worded(id), str::to_owned),
        }
    };
    let used: Vec<HierarchyRef> = model
        .hierarchy_relations()
        .filter(|(_, relation)| *relation == PART_OF || is_used(relation))
        .map(named)
        .collect();
    if used.len() > 1 { used } else { Vec::new() }
}

/// The hierarchies in use in which an asset has something below it.
pub fn with_below(loaded: &LoadedModel, twin: &Twin, asset: AssetId, now: Timestamp) -> Vec<HierarchyRef> {
    let mut used = in_use(loaded);
    let model = &loaded.model;
    let key = twin.asset(asset).and_then(|asset| asset.modelled.as_ref());
    let key = key.filter(|_| !used.is_empty()).map(|modelled| &*modelled.key);
    let now = formula::Time(now.micros());
    let held = key.into_iter().flat_map(|key| model.held(key));
    let held: BTreeSet<&str> = held
        .filter(|held| held.is_inverse && held.link.holds_at(now))
        .map(|held| held.relation)
        .collect();
    used.retain(|hierarchy| match hierarchy.id.as_str() {
        "" => !twin.children(asset).is_empty(),
        id => model
            .hierarchy_relations()
            .any(|(name, relation)| name == id && held.contains(relation)),
    });
    used
}

/// What is said of an asset without anything below it, where the hierarchy can be chosen.
pub fn bare(
    loaded: &LoadedModel,
    twin: &Twin,
    tree: &Hierarchy<'_>,
    asset: AssetId,
    by: &str,
    now: Timestamp,
) -> Option<Bare> {
    Some(Bare {
        asset: view::asset_ref(twin, asset)?,
        by: in_use(loaded).into_iter().find(|known| known.id == by)?,
        is_part: tree.holds(twin, asset),
        elsewhere: with_below(loaded, twin, asset, now),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two halls, a pump in each; one pump moved in March.
    const FILES: &str = r#"
        [types.thing]
        [assets.works]
        type = "thing"
        [assets.hall-1]
        type = "thing"
        relations.located_in = "works"
        [assets.hall-2]
        type = "thing"
        relations.located_in = "works"
        [assets.p-1]
        type = "thing"
        relations.part_of = "works"
        [[assets.p-1.relations.located_in]]
        to = "hall-1"
        until = 2026-03-01T00:00:00Z
        [[assets.p-1.relations.located_in]]
        to = "hall-2"
        from = 2026-03-01T00:00:00Z
    "#;

    fn twin(loaded: &LoadedModel) -> Twin {
        let mut twin = Twin::new(twin::TwinConfig::default());
        let now = Timestamp::from_millis(1_700_000_000_000);
        for part in crate::model::placing::parts(&loaded.model, &loaded.resolved, now) {
            twin.handle(now, twin::Input::Model(part));
        }
        twin
    }

    fn loaded(files: &str) -> LoadedModel {
        let file = store::ModelFile {
            path: "sites/a.toml".into(),
            text: files.into(),
        };
        let checked = crate::model::check(&[file]);
        assert!(checked.is_ok(), "{:?}", checked.problems);
        LoadedModel {
            model: checked.model,
            resolved: checked.resolved,
            ..LoadedModel::default()
        }
    }

    #[test]
    fn an_asset_stands_where_it_is_located_at_the_moment() {
        let loaded = loaded(FILES);
        let twin = twin(&loaded);
        let id = |key: &str| twin.modelled(key).unwrap();
        for (millis, hall) in [(1_772_000_000_000, "hall-1"), (1_773_000_000_000, "hall-2")] {
            let tree = Hierarchy::of(&loaded, "location", Timestamp::from_millis(millis));
            assert_eq!(tree.below(&twin, None).as_ref(), [id("works")]);
            assert_eq!(tree.trail(&twin, id("p-1")), [id("works"), id(hall), id("p-1")]);
            assert_eq!(tree.below(&twin, Some(id(hall))).as_ref(), [id("p-1")]);
        }
        let own = Hierarchy::of(&loaded, "", Timestamp::from_millis(0));
        assert_eq!(own.trail(&twin, id("p-1")), [id("works"), id("p-1")]);
        assert_eq!(in_use(&loaded).len(), 2);
    }

    #[test]
    fn counts_are_those_of_the_hierarchy_that_is_shown() {
        // Both pumps are part of line 1; each stands in a hall. The motor goes with its pump.
        let files = r#"
            [types.thing.properties]
            x = { kind = "measurement", topic = "{asset}/x" }
            [assets.works]
            type = "thing"
            [assets.line]
            type = "thing"
            relations.part_of = "works"
            [assets.hall-1]
            type = "thing"
            relations.located_in = "works"
            [assets.hall-2]
            type = "thing"
            relations.located_in = "works"
            [assets.p-1]
            type = "thing"
            relations = { part_of = "line", located_in = "hall-1" }
            [assets.motor]
            type = "thing"
            relations.part_of = "p-1"
            [assets.p-2]
            type = "thing"
            relations = { part_of = "line", located_in = "hall-2" }
        "#;
        let loaded = loaded(files);
        let mut twin = twin(&loaded);
        let now = Timestamp::from_millis(1_700_000_001_000);
        let message = |asset: &str| twin::Message {
            source: twin::SourceId::new(1),
            topic: format!("{asset}/x").into(),
            arrival: now,
            retained: false,
            qos: 0,
            leaves: vec![twin::Leaf {
                value: Some(twin::Value::Number(1.0)),
                ..twin::Leaf::default()
            }],
            availability: None,
        };
        let assets = ["works", "line", "hall-1", "hall-2", "p-1", "motor", "p-2"];
        twin.handle(now, twin::Input::Messages(assets.map(message).into()));
        let points = |by: &str| {
            let sums = Hierarchy::of(&loaded, by, now).sums(&twin);
            assets.map(|asset| sums.of(&twin, twin.modelled(asset).unwrap()).points)
        };
        let process = points("");
        assert_eq!(process, [5, 4, 1, 1, 2, 1, 1]);
        // Halls hold their pumps, the works everything: the line is part of it and says no place of its own.
        assert_eq!(points("location"), [7, 4, 3, 2, 2, 1, 1]);
    }
}

//! `/h/…`: one level of a hierarchy, the table of what is below it, and the tree beside both.

mod columns;
mod hierarchy;
mod rows;
mod tree;

use app::api::backend::{Place, Viewer};
use app::api::error::ApiError;
use twin::{AssetId, Twin};
use wire::message::Summary;
use wire::page::{AssetNode, AssetRef, PlacePage, PointView};

use self::hierarchy::{Hierarchy, readable};
use super::Gemba;
use crate::access::{is_told_apart, sees, tops};
use crate::model::LoadedModel;
use crate::view;

impl Gemba {
    pub(super) async fn place_page(&self, viewer: &Viewer, path: &str, by: &str) -> Result<Place, ApiError> {
        let loaded = self.model.current();
        let tree = Hierarchy::for_viewer(viewer, &loaded, by, self.clock.now());
        let place = self.read(|twin| {
            let Some(asset) = self.visible_path(viewer, twin, &tree, path)? else {
                return Some(Place::Page(Box::new(
                    self.whole(viewer, twin, &loaded, &tree, by),
                )));
            };
            // What is a level by another hierarchy stays one, so that the way back is there.
            let is_level = tree.count(twin, asset) > 0
                || !hierarchy::with_below(&loaded, twin, asset, self.clock.now()).is_empty();
            if !is_level {
                return view::asset_ref(twin, asset).map(Place::Equipment);
            }
            let page = PlacePage {
                position: self.position(twin),
                is_plant: false,
                node: AssetNode {
                    summary: tree.sums(twin).of(twin, asset),
                    ..view::node(twin, asset)?
                },
                crumbs: crumbs(twin, &tree, asset),
                indicators: indicators(twin, asset),
                hierarchies: readable(viewer, &loaded),
            };
            Some(Place::Page(Box::new(page)))
        });
        let mut place = place.ok_or(ApiError::NotFound)?;
        if let Place::Page(page) = &mut place {
            let views = page.indicators.iter_mut().map(|(_, view)| view).collect();
            self.sparks.fill(self.clock.now(), views).await;
        }
        Ok(place)
    }

    /// All roots together.
    fn whole(
        &self,
        viewer: &Viewer,
        twin: &Twin,
        loaded: &LoadedModel,
        tree: &Hierarchy<'_>,
        by: &str,
    ) -> PlacePage {
        let hierarchies = readable(viewer, loaded);
        let read = hierarchies.iter().find(|read| !by.is_empty() && read.id == by);
        let name = read.map_or_else(|| self.name_of_all(twin), |read| read.name.clone());
        PlacePage {
            position: self.position(twin),
            is_plant: true,
            node: AssetNode {
                asset: AssetRef {
                    asset: 0,
                    name,
                    path: String::new(),
                },
                children: count(self.below(viewer, twin, tree, None).len()),
                points: 0,
                summary: Summary::default(),
                state: None,
            },
            crumbs: Vec::new(),
            indicators: Vec::new(),
            hierarchies,
        }
    }

    /// What the plant is called: as it was configured, else as its only source.
    fn name_of_all(&self, twin: &Twin) -> String {
        let only = || match twin.sources() {
            [only] => Some(only.name.to_string()),
            _ => None,
        };
        self.plant_name.clone().or_else(only).unwrap_or_default()
    }

    /// The asset at a path, when the viewer may see it. An empty path is the only root; where there are
    /// several none of them, but all.
    fn visible_path(
        &self,
        viewer: &Viewer,
        twin: &Twin,
        tree: &Hierarchy<'_>,
        path: &str,
    ) -> Option<Option<AssetId>> {
        let path = path.trim_matches('/');
        if !path.is_empty() {
            let asset = twin.by_path(path)?;
            let is_visible = sees(viewer, twin, asset);
            return is_visible.then_some(Some(asset));
        }
        let roots = self.below(viewer, twin, tree, None);
        let has_something = |root: &&AssetId| tree.count(twin, **root) > 0 || twin.summary(**root).points > 0;
        match *roots.iter().filter(has_something).take(2).collect::<Vec<_>>() {
            [] => roots.first().map(|first| Some(*first)),
            [only] => Some(Some(*only)),
            _ => Some(None),
        }
    }

    /// What is directly below an asset, or the roots, as far as the viewer may see it.
    fn below(
        &self,
        viewer: &Viewer,
        twin: &Twin,
        tree: &Hierarchy<'_>,
        parent: Option<AssetId>,
    ) -> Vec<AssetId> {
        if parent.is_none() && !is_told_apart(viewer) {
            return tops(&viewer.who.sight(), twin);
        }
        let children = tree.below(twin, parent);
        let visible = |child: &&AssetId| sees(viewer, twin, **child);
        children.iter().filter(visible).copied().collect()
    }
}

fn crumbs(twin: &Twin, tree: &Hierarchy<'_>, asset: AssetId) -> Vec<AssetRef> {
    let trail = if tree.holds(twin, asset) {
        tree.trail(twin, asset)
    } else {
        twin.trail(asset)
    };
    trail
        .into_iter()
        .filter_map(|step| view::asset_ref(twin, step))
        .collect()
}

/// The telling values of a level, each with the name of the part it comes from.
fn indicators(twin: &Twin, asset: AssetId) -> Vec<(Option<String>, PointView)> {
    let of = |view: &PointView| {
        let part = AssetId::new(view.info.asset);
        (part != asset)
            .then(|| twin.asset(part).map(|part| part.name.to_string()))
            .flatten()
    };
    let views = view::indicators(twin, asset, 6).into_iter();
    views.map(|view| (of(&view), view)).collect()
}

/// Something is beyond a limit, bad, or not live.
const fn is_abnormal(summary: &Summary) -> bool {
    summary.high + summary.medium + summary.bad > 0 || summary.live < summary.points
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

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

use self::hierarchy::{Hierarchy, in_use};
use super::Gemba;
use crate::access::Action;
use crate::view;

impl Gemba {
    pub(super) async fn place_page(&self, viewer: &Viewer, path: &str, by: &str) -> Result<Place, ApiError> {
        let loaded = self.model.current();
        let tree = Hierarchy::of(&loaded, by, self.clock.now());
        let place = self.read(|twin| {
            let asset = self.visible_path(viewer, twin, &tree, path)?;
            if tree.count(twin, asset) == 0 {
                return view::asset_ref(twin, asset).map(Place::Equipment);
            }
            let page = PlacePage {
                position: self.position(twin),
                node: AssetNode {
                    summary: tree.sums(twin).of(twin, asset),
                    ..view::node(twin, asset)?
                },
                crumbs: crumbs(twin, &tree, asset),
                indicators: indicators(twin, asset),
                hierarchies: in_use(&loaded),
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

    /// The asset at a path, the first root for an empty one, when the viewer may see it.
    fn visible_path(
        &self,
        viewer: &Viewer,
        twin: &Twin,
        tree: &Hierarchy<'_>,
        path: &str,
    ) -> Option<AssetId> {
        let path = path.trim_matches('/');
        let asset = if path.is_empty() {
            first(twin, tree)?
        } else {
            twin.by_path(path)?
        };
        self.policy
            .allows(viewer, Action::SeeAsset(asset))
            .then_some(asset)
    }

    /// What is directly below an asset, or the roots, as far as the viewer may see it.
    fn below(
        &self,
        viewer: &Viewer,
        twin: &Twin,
        tree: &Hierarchy<'_>,
        parent: Option<AssetId>,
    ) -> Vec<AssetId> {
        let children = tree.below(twin, parent);
        let visible = |child: &&AssetId| self.policy.allows(viewer, Action::SeeAsset(**child));
        children.iter().filter(visible).copied().collect()
    }
}

fn crumbs(twin: &Twin, tree: &Hierarchy<'_>, asset: AssetId) -> Vec<AssetRef> {
    let trail = tree.trail(twin, asset).into_iter();
    trail.filter_map(|step| view::asset_ref(twin, step)).collect()
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

/// Where the hierarchy begins: the first root that has something below it.
fn first(twin: &Twin, tree: &Hierarchy<'_>) -> Option<AssetId> {
    let roots = tree.below(twin, None);
    roots
        .iter()
        .find(|root| tree.count(twin, **root) > 0)
        .or(roots.first())
        .copied()
}

/// Something is beyond a limit, bad, or not live.
const fn is_abnormal(summary: &Summary) -> bool {
    summary.high + summary.medium + summary.bad > 0 || summary.live < summary.points
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

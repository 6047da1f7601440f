//! `/h/…`: one level of the hierarchy, and the tree beside it.

use app::api::backend::{Place, Viewer};
use app::api::error::ApiError;
use twin::{AssetId, Twin};
use wire::page::{AssetNode, ChildRow, PlacePage};

use super::Gemba;
use crate::access::Action;
use crate::view;

/// Children on one page of the table.
const CHILDREN: usize = 200;
/// Nodes the tree gets at once.
const NODES: usize = 500;
/// Children that get small trends; the rest of a page fills in when it is asked for.
const WITH_TRENDS: usize = 40;

impl Gemba {
    pub(super) async fn place_page(
        &self,
        viewer: &Viewer,
        path: &str,
        offset: u32,
    ) -> Result<Place, ApiError> {
        let path = path.trim_matches('/');
        let asset = self.read(|twin| {
            if path.is_empty() {
                first(twin)
            } else {
                twin.by_path(path)
            }
        });
        let asset = asset.ok_or(ApiError::NotFound)?;
        self.check(viewer, Action::SeeAsset(asset))
            .map_err(|_hidden| ApiError::NotFound)?;
        let place = self.read(|twin| {
            if twin.children(asset).is_empty() {
                return view::asset_ref(twin, asset).map(Place::Equipment);
            }
            self.level(twin, asset, offset as usize)
                .map(|page| Place::Page(Box::new(page)))
        });
        let mut place = place.ok_or(ApiError::NotFound)?;
        if let Place::Page(page) = &mut place {
            let in_rows = page
                .children
                .iter_mut()
                .take(WITH_TRENDS)
                .flat_map(|row| row.indicators.iter_mut());
            let views = page.indicators.iter_mut().chain(in_rows).collect();
            self.sparks.fill(self.clock.now(), views).await;
        }
        Ok(place)
    }

    fn level(&self, twin: &Twin, asset: AssetId, offset: usize) -> Option<PlacePage> {
        let children = twin.children(asset);
        let child = |child: &AssetId| {
            Some(ChildRow {
                node: view::node(twin, *child)?,
                indicators: view::indicators(twin, *child, 2),
            })
        };
        Some(PlacePage {
            position: self.position(twin),
            node: view::node(twin, asset)?,
            crumbs: view::crumbs(twin, asset),
            indicators: view::indicators(twin, asset, 6),
            children: children
                .iter()
                .skip(offset)
                .take(CHILDREN)
                .filter_map(child)
                .collect(),
            children_total: u32::try_from(children.len()).unwrap_or(u32::MAX),
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
        })
    }

    pub(super) fn tree_children(
        &self,
        viewer: &Viewer,
        asset: Option<u32>,
        offset: u32,
    ) -> Result<Vec<AssetNode>, ApiError> {
        let asset = match asset {
            Some(asset) => Some(self.visible_asset(viewer, asset)?),
            None => None,
        };
        Ok(self.read(|twin| {
            let children = asset.map_or_else(|| twin.roots(), |asset| twin.children(asset));
            let visible = |child: &&AssetId| self.policy.allows(viewer, Action::SeeAsset(**child));
            let page = children.iter().filter(visible).skip(offset as usize).take(NODES);
            page.filter_map(|child| view::node(twin, *child)).collect()
        }))
    }
}

/// Where the hierarchy begins: the first root that has something below it.
fn first(twin: &Twin) -> Option<AssetId> {
    let roots = twin.roots();
    roots
        .iter()
        .find(|root| !twin.children(**root).is_empty())
        .or(roots.first())
        .copied()
}

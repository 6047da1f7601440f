//! `/assets/{id}`: every point of one asset.

use app::api::backend::Viewer;
use app::api::error::ApiError;
use twin::{AssetId, PointId, Twin};
use wire::page::AssetPage;

use super::Gemba;
use crate::view;

/// Points on one page.
const POINTS: usize = 500;
/// Children listed; the hierarchy's page has them all.
const CHILDREN: usize = 100;
/// Points that get small trends.
const WITH_TRENDS: usize = 60;

impl Gemba {
    pub(super) async fn asset_page(
        &self,
        viewer: &Viewer,
        asset: u32,
        offset: u32,
        day: &str,
    ) -> Result<AssetPage, ApiError> {
        let asset = self.visible_asset(viewer, asset)?;
        let page = self.read(|twin| self.asset_view(twin, asset, offset as usize, viewer, day));
        let mut page = page.ok_or(ApiError::NotFound)?;
        let views = page.points.iter_mut().take(WITH_TRENDS).collect();
        self.sparks.fill(self.clock.now(), views).await;
        Ok(page)
    }

    fn asset_view(
        &self,
        twin: &Twin,
        asset: AssetId,
        offset: usize,
        viewer: &Viewer,
        day: &str,
    ) -> Option<AssetPage> {
        let points = in_order(twin, asset);
        let children = twin.children(asset).iter().take(CHILDREN);
        Some(AssetPage {
            position: self.position(twin),
            node: view::node(twin, asset)?,
            crumbs: view::crumbs(twin, asset),
            points: points
                .iter()
                .skip(offset)
                .take(POINTS)
                .filter_map(|point| view::point_view(twin, *point))
                .collect(),
            points_total: u32::try_from(points.len()).unwrap_or(u32::MAX),
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
            children: children.filter_map(|child| view::node(twin, *child)).collect(),
            needs: twin
                .needs_of(asset)
                .iter()
                .filter_map(|need| view::need_from_twin(twin, &self.plant.sources, need))
                .collect(),
            about: self.about(twin, asset, viewer, day).map(Box::new),
        })
    }
}

/// Points with limits or a normal range first, then the others, each in natural order.
fn in_order(twin: &Twin, asset: AssetId) -> Vec<PointId> {
    let mut points = twin.points_of(asset).to_vec();
    let plain = |id: &PointId| {
        twin.point(*id)
            .is_none_or(|point| point.normal().is_none() && point.limits() == twin::Limits::default())
    };
    points.sort_by_key(plain);
    points
}

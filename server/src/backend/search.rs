//! Assets and points by name, tag or path.

use app::api::backend::Viewer;
use app::api::error::ApiError;
use twin::{AssetId, Twin};
use wire::page::Hit;

use super::Gemba;
use crate::access::Action;
use crate::view;

const MOST: usize = 30;
const LONGEST: usize = 200;

impl Gemba {
    pub(super) fn search_hits(&self, viewer: &Viewer, query: &str) -> Result<Vec<Hit>, ApiError> {
        self.check(viewer, Action::SeePlant)?;
        let query: String = query.chars().take(LONGEST).collect();
        if query.trim().is_empty() {
            return Ok(Vec::new());
        }
        // The index is searched without the twin's lock; only names are read under it.
        let index = self.read(Twin::search_index);
        let found = index.search(&query, MOST);
        Ok(self.read(|twin| {
            let hits = found.into_iter().filter_map(|hit| match hit {
                twin::Hit::Asset(asset) => Some((asset, None)),
                twin::Hit::Point(point) => {
                    let known = twin.point(point)?;
                    Some((known.asset, Some((point.get(), known.name.to_string()))))
                }
            });
            let visible = hits.filter(|(asset, _)| self.policy.allows(viewer, Action::SeeAsset(*asset)));
            visible
                .filter_map(|(asset, point)| {
                    Some(Hit {
                        asset: view::asset_ref(twin, asset)?,
                        point,
                        trail: trail(twin, asset),
                    })
                })
                .collect()
        }))
    }
}

fn trail(twin: &Twin, asset: AssetId) -> String {
    let above = twin.trail(asset);
    let names = above
        .iter()
        .filter_map(|id| twin.asset(*id))
        .map(|asset| asset.name.as_ref());
    names.collect::<Vec<_>>().join(" › ")
}

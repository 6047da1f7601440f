//! `/work/risk`, `/work/figures`: work and needs as a planner looks at them, and what fixed an equipment before.
//!
//! What is counted is what the reader sees, and each count leads to its rows.

mod figures;
mod fixes;
mod risk;

use std::collections::{BTreeMap, BTreeSet};

use app::api::backend::Viewer;
use axum::Router;
use axum::routing::get;
use twin::AssetId;

use super::doors::Doors;
use crate::work::list::sees_work;

/// Their routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/work/risk", get(risk::page))
        .route("/work/figures", get(figures::page))
        .with_state(doors)
}

/// Equipment whose work somebody sees, at and below an asset where one is given, with its name.
pub struct Seen {
    pub names: BTreeMap<AssetId, String>,
    /// What it is narrowed to.
    pub asset: Option<(u32, String)>,
}

impl Seen {
    /// Of these assets; none where the viewer does not see the work of what it is narrowed to.
    fn of(doors: &Doors, viewer: &Viewer, assets: BTreeSet<AssetId>, at: Option<AssetId>) -> Option<Self> {
        doors.backend.read(|twin| {
            let name = |asset: AssetId| twin.asset(asset).map(|asset| asset.name.to_string());
            let narrowed = match at {
                Some(at) if !sees_work(viewer, twin, at) => return None,
                Some(at) => Some((at.get(), name(at)?)),
                None => None,
            };
            let is_asked = |of: &AssetId| {
                let is_below = at.is_none_or(|top| *of == top || twin.trail(*of).contains(&top));
                is_below && sees_work(viewer, twin, *of)
            };
            let seen = assets.into_iter().filter(is_asked);
            Some(Self {
                names: seen.filter_map(|asset| Some((asset, name(asset)?))).collect(),
                asset: narrowed,
            })
        })
    }
}

/// The equipment of all orders and needs.
fn all_assets(doors: &Doors) -> BTreeSet<AssetId> {
    let mut assets = BTreeSet::new();
    doors.backend.work.each(|order| {
        assets.insert(order.request().asset);
    });
    doors
        .backend
        .needs
        .read(|book| assets.extend(book.heads().map(|need| need.asset)));
    assets
}

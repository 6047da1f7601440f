//! The one gate: who may see and do what. Every page, selector and function asks here.
//!
//! Until accounts exist it lets everybody; that is why a server on an open address needs saying so.

use app::api::backend::Viewer;
use app::api::error::ApiError;
use twin::AssetId;
use wire::message::Selector;

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See the plant's overview, its counts, and search.
    SeePlant,
    /// See an asset and its points.
    SeeAsset(AssetId),
    /// See sources, their problems and samples.
    SeeSources,
    /// Change what a person may set for a point of an asset.
    ChangePoint(AssetId),
    /// Test and add sources.
    ChangeSources,
    /// Start faults in the demo plant.
    RunDemo,
}

/// Decides. One implementation now; accounts and share links bring others.
pub trait Policy: Send + Sync + 'static {
    /// Whether the viewer may.
    fn allows(&self, viewer: &Viewer, action: Action) -> bool;

    /// Whether the viewer may watch this.
    fn may_watch(
        &self,
        viewer: &Viewer,
        selector: &Selector,
        asset_of: &dyn Fn(u32) -> Option<AssetId>,
    ) -> bool {
        let may_see = |asset: AssetId| self.allows(viewer, Action::SeeAsset(asset));
        match selector {
            Selector::Points { points } => points.iter().filter_map(|point| asset_of(*point)).all(may_see),
            Selector::Asset { asset } => may_see(AssetId::new(*asset)),
            Selector::Summaries { assets } => assets.iter().all(|asset| may_see(AssetId::new(*asset))),
            Selector::Plant => self.allows(viewer, Action::SeePlant),
        }
    }

    /// Refuses with the error a page understands.
    fn check(&self, viewer: &Viewer, action: Action) -> Result<(), ApiError> {
        if self.allows(viewer, action) {
            Ok(())
        } else {
            Err(ApiError::NotAllowed)
        }
    }
}

/// Everybody may do everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAll;

impl Policy for AllowAll {
    fn allows(&self, _viewer: &Viewer, _action: Action) -> bool {
        true
    }
}

//! The one gate: who may see and do what, where. Every page, selector, function, file and search asks here.
//!
//! Roles and scopes are [`access`]'s; this file knows where an asset stands, which only the twin can tell.

use access::{Capability, Sight};
use app::api::backend::Viewer;
use app::api::error::ApiError;
use twin::{AssetId, PointId, Twin};
use wire::message::Selector;

/// Whether somebody may at an asset.
#[must_use]
pub fn may(viewer: &Viewer, twin: &Twin, capability: Capability, asset: AssetId) -> bool {
    let who = &viewer.who;
    who.may_everywhere(capability)
        || (who.may_somewhere(capability) && who.may(capability, &twin.trail(asset)))
}

/// Whether somebody may see an asset.
#[must_use]
pub fn sees(viewer: &Viewer, twin: &Twin, asset: AssetId) -> bool {
    may(viewer, twin, Capability::See, asset)
}

/// Refuses, with the error a page understands, who may not at any place.
///
/// # Errors
/// [`ApiError::NotAllowed`].
pub fn check_somewhere(viewer: &Viewer, capability: Capability) -> Result<(), ApiError> {
    allowed(viewer.who.may_somewhere(capability))
}

/// Refuses who may not for the plant as a whole.
///
/// # Errors
/// [`ApiError::NotAllowed`].
pub fn check_everywhere(viewer: &Viewer, capability: Capability) -> Result<(), ApiError> {
    allowed(viewer.who.may_everywhere(capability))
}

const fn allowed(may: bool) -> Result<(), ApiError> {
    if may { Ok(()) } else { Err(ApiError::NotAllowed) }
}

/// Whether somebody may watch this over the live socket. What is not there is let through: the answer that it is
/// not there comes to those who see everything only, see [`is_told_apart`].
#[must_use]
pub fn may_watch(viewer: &Viewer, twin: &Twin, selector: &Selector) -> bool {
    let sees = |asset: AssetId| sees(viewer, twin, asset);
    if let Some(terms) = viewer.who.terms() {
        // Counts are of all below an asset: a link to it alone gets its points only.
        let is_of_one = matches!(selector, Selector::Points { .. });
        if !terms.shows.values || *selector == Selector::Plant || !(is_of_one || terms.shows.children) {
            return false;
        }
    }
    match selector {
        Selector::Points { points } => points.iter().all(|point| {
            let asset = twin.point(PointId::new(*point)).map(|point| point.asset);
            asset.map_or_else(|| is_told_apart(viewer), sees)
        }),
        Selector::Asset { asset } => sees(AssetId::new(*asset)),
        Selector::Summaries { assets } => assets.iter().all(|asset| sees(AssetId::new(*asset))),
        Selector::Plant => viewer.who.may_somewhere(Capability::See),
    }
}

/// Whether somebody may know what is not there from what they may not see: who sees everything.
#[must_use]
pub fn is_told_apart(viewer: &Viewer) -> bool {
    viewer.who.may_everywhere(Capability::See)
}

/// Where somebody's view of the plant begins: its roots, or the assets that they are granted, those below
/// another left out.
#[must_use]
pub fn tops(sight: &Sight, twin: &Twin) -> Vec<AssetId> {
    let tops = match sight {
        Sight::Whole => return twin.roots().to_vec(),
        Sight::Below(tops) => tops,
    };
    let is_below_another = |top: AssetId| {
        twin.trail(top)
            .iter()
            .any(|step| *step != top && tops.contains(step))
    };
    let listed = tops.iter().copied().filter(|top| twin.is_listed(*top));
    let mut begins: Vec<AssetId> = listed.filter(|top| !is_below_another(*top)).collect();
    begins.sort_by(|a, b| twin.by_name(*a, *b));
    begins
}

//! `/h/…` and the tree.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use wire::page::{AssetNode, AssetRef, ChildRow, PlacePage};

use super::ApiError;

/// What stands at a path of the hierarchy.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceAnswer {
    /// A level with children.
    Page(Box<PlacePage>),
    /// Equipment without children: go to its asset page.
    Equipment(AssetRef),
}

/// One level of the hierarchy; an empty path is the root. `offset` pages the children, 200 at a time.
#[server(prefix = "/api/fn", endpoint = "place", input = GetUrl)]
pub async fn get_place(path: String, offset: u32) -> Result<PlaceAnswer, ApiError> {
    use super::backend::Place;
    let (backend, viewer) = super::caller()?;
    Ok(match backend.place(&viewer, &path, offset).await? {
        Place::Page(page) => PlaceAnswer::Page(page),
        Place::Equipment(asset) => PlaceAnswer::Equipment(asset),
    })
}

/// Levels asked about at once.
#[cfg(feature = "ssr")]
const MOST: usize = 24;

/// The rows of the levels at these paths, each with its path: for a level that shows the one below it too.
#[server(prefix = "/api/fn", endpoint = "below", input = GetUrl)]
pub async fn get_below(paths: Vec<String>) -> Result<Vec<(String, Vec<ChildRow>)>, ApiError> {
    use super::backend::Place;
    let (backend, viewer) = super::caller()?;
    let mut levels = Vec::new();
    for path in paths.into_iter().take(MOST) {
        // What became equipment meanwhile, or is gone, has no rows.
        if let Ok(Place::Page(page)) = backend.place(&viewer, &path, 0).await {
            levels.push((path, page.children));
        }
    }
    Ok(levels)
}

/// Children of an asset, or the roots: at most 500.
#[server(prefix = "/api/fn", endpoint = "children", input = GetUrl)]
pub async fn get_children(asset: Option<u32>, offset: u32) -> Result<Vec<AssetNode>, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.children(&viewer, asset, offset).await
}

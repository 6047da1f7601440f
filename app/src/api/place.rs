//! `/h/…` and the tree.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use wire::message::Summary;
use wire::page::{AssetRef, PlacePage, RowsPage, RowsQuery, TreePart, TreeQuery, TreeWay};

use super::ApiError;
use super::ask::Ask;

/// What stands at a path of the hierarchy.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceAnswer {
    /// A level with children.
    Page(Box<PlacePage>),
    /// Equipment without children: go to its asset page.
    Equipment(AssetRef),
}

/// One level of the hierarchy; an empty path is the root.
#[server(prefix = "/api/fn", endpoint = "place", protocol = Ask<GetUrl>)]
pub async fn get_place(path: String, by: String) -> Result<PlaceAnswer, ApiError> {
    use super::backend::Place;
    let (backend, viewer) = super::caller()?;
    Ok(match backend.place(&viewer, &path, &by).await? {
        Place::Page(page) => PlaceAnswer::Page(page),
        Place::Equipment(asset) => PlaceAnswer::Equipment(asset),
    })
}

/// A page of the table of what is below a path.
#[server(prefix = "/api/fn", endpoint = "rows", protocol = Ask<GetUrl>)]
pub async fn get_rows(path: String, #[server(default)] query: RowsQuery) -> Result<RowsPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.rows(&viewer, &path, query).await
}

/// The tree as far as it is open on the way to a path.
#[server(prefix = "/api/fn", endpoint = "tree", protocol = Ask<GetUrl>)]
pub async fn get_tree(path: String, #[server(default)] query: TreeQuery) -> Result<TreeWay, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.tree(&viewer, query, &path).await
}

/// Counts of these assets in a hierarchy.
#[server(prefix = "/api/fn", endpoint = "counts", protocol = Ask<GetUrl>)]
pub async fn get_counts(
    by: String,
    #[server(default)] assets: Vec<u32>,
) -> Result<Vec<(u32, Summary)>, ApiError> {
    let (backend, viewer) = super::caller()?;
    let asked = assets.get(..MOST_COUNTS).unwrap_or(&assets);
    backend.counts(&viewer, &by, asked).await
}

/// Assets whose counts are asked for at once.
#[cfg(feature = "ssr")]
const MOST_COUNTS: usize = 500;

/// Some children of an asset, or some roots.
#[server(prefix = "/api/fn", endpoint = "branch", protocol = Ask<GetUrl>)]
pub async fn get_branch(
    parent: Option<u32>,
    offset: u32,
    #[server(default)] query: TreeQuery,
) -> Result<TreePart, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.branch(&viewer, query, parent, offset).await
}

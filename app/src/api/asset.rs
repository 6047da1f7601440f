//! `/assets/{id}`.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::{AssetPage, ComparePage};

use super::ApiError;
use super::ask::Ask;

/// One asset; `offset` pages its points, 500 at a time, `day` says whose relations are asked for.
#[server(prefix = "/api/fn", endpoint = "asset", protocol = Ask<GetUrl>)]
pub async fn get_asset(
    asset: u32,
    offset: u32,
    #[server(default)] day: String,
) -> Result<AssetPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.asset(&viewer, asset, offset, &day).await
}

/// Assets of one type over all sites; without a type the one that has most assets.
#[server(prefix = "/api/fn", endpoint = "compare", protocol = Ask<GetUrl>)]
pub async fn get_compare(ty: String, property: String, descending: bool) -> Result<ComparePage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.compare(&viewer, &ty, &property, descending).await
}

//! `/assets/{id}`.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::AssetPage;

use super::ApiError;

/// One asset; `offset` pages its points, 500 at a time.
#[server(prefix = "/api/fn", endpoint = "asset", input = GetUrl)]
pub async fn get_asset(asset: u32, offset: u32) -> Result<AssetPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.asset(&viewer, asset, offset).await
}

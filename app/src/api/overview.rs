//! `/overview`.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::OverviewPage;

use super::ApiError;

/// What asks for somebody, and every site.
#[server(prefix = "/api/fn", endpoint = "overview", input = GetUrl)]
pub async fn get_overview() -> Result<OverviewPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.overview(&viewer).await
}

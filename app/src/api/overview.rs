//! `/overview`.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::OverviewPage;

use super::ApiError;
use super::ask::Ask;

/// What asks for somebody, and every site.
#[server(prefix = "/api/fn", endpoint = "overview", protocol = Ask<GetUrl>)]
pub async fn get_overview() -> Result<OverviewPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.overview(&viewer).await
}

//! `/status`.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::StatusPage;

use super::ApiError;
use super::ask::Ask;

/// What runs, and how far back history reaches.
#[server(prefix = "/api/fn", endpoint = "status", protocol = Ask<GetUrl>)]
pub async fn get_status() -> Result<StatusPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.status(&viewer).await
}

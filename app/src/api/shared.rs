//! `/s/{secret}`: what a share link shows.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::SharedPage;

use super::ApiError;
use super::ask::Ask;

/// What the link of this secret shows now.
#[server(prefix = "/api/fn", endpoint = "shared", protocol = Ask<GetUrl>)]
pub async fn get_shared(secret: String) -> Result<SharedPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.shared(&viewer, &secret).await
}

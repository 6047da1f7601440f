//! What every page needs once, asked again when the plant's structure changes.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::Shell;

use super::ApiError;
use super::ask::Ask;

/// What every page needs once.
#[server(prefix = "/api/fn", endpoint = "shell", protocol = Ask<GetUrl>)]
pub async fn get_shell() -> Result<Shell, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.shell(&viewer).await
}

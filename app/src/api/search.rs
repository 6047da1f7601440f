//! Search, for the palette and its page.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::{FindPage, FindQuery, Hit};

use super::ApiError;
use super::ask::Ask;

/// Assets and points by name, tag or path: at most 30, best first.
#[server(prefix = "/api/fn", endpoint = "search", protocol = Ask<GetUrl>)]
pub async fn search(q: String) -> Result<Vec<Hit>, ApiError> {
    let q = q.trim();
    if q.is_empty() {
        return Ok(Vec::new());
    }
    let (backend, viewer) = super::caller()?;
    backend.search(&viewer, q).await
}

/// The same with facets.
#[server(prefix = "/api/fn", endpoint = "find", protocol = Ask<GetUrl>)]
pub async fn find(#[server(default)] query: FindQuery) -> Result<FindPage, ApiError> {
    if query.words.trim().is_empty() {
        return Ok(FindPage::default());
    }
    let (backend, viewer) = super::caller()?;
    backend.find(&viewer, query).await
}

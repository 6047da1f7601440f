//! Trends, drawn by the server and handed to plotly.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use wire::page::Trend;

use super::ApiError;
use super::ask::Ask;

/// The trend of at most 8 points over a range, thinned to `width_px` with every extreme kept.
#[server(prefix = "/api/fn", endpoint = "trend", protocol = Ask<GetUrl>)]
pub async fn get_trend(
    points: Vec<u32>,
    from_millis: i64,
    to_millis: i64,
    width_px: u32,
) -> Result<Trend, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend
        .trend(&viewer, points, from_millis, to_millis, width_px)
        .await
}

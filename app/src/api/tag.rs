//! `/tags/{id}`.

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, PostUrl};
#[cfg(feature = "ssr")]
use wire::page::Units;
use wire::page::{ExplainPage, PointSettings, TagPage};

use super::ApiError;
use super::ask::Ask;

/// One point: where it comes from, and what may be set.
#[server(prefix = "/api/fn", endpoint = "tag", protocol = Ask<GetUrl>)]
pub async fn get_tag(point: u32) -> Result<TagPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.tag(&viewer, point).await
}

/// How a number comes about.
#[server(prefix = "/api/fn", endpoint = "explain", protocol = Ask<GetUrl>)]
pub async fn get_explain(point: u32) -> Result<ExplainPage, ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.explain(&viewer, point).await
}

/// Points asked about at once.
#[cfg(feature = "ssr")]
const MOST: usize = 500;

/// Topic and field of each of these points that is there.
#[server(prefix = "/api/fn", endpoint = "topics", protocol = Ask<GetUrl>)]
pub async fn get_topics(points: Vec<u32>) -> Result<Vec<(u32, String)>, ApiError> {
    let (backend, viewer) = super::caller()?;
    let asked = points.get(..MOST).unwrap_or(&points);
    backend.topics(&viewer, asked).await
}

/// Sets what a person may set for a point, in its unit as measured.
#[server(prefix = "/api/fn", endpoint = "set_point", protocol = Ask<PostUrl>)]
pub async fn set_point(point: u32, settings: PointSettings) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.set_point(&viewer, point, Units::Measured, settings).await
}

//! The demo plant: faults and speed.

use leptos::prelude::*;
use leptos::server_fn::codec::PostUrl;

use super::ApiError;
use super::ask::Ask;

/// Starts or ends a fault.
#[server(prefix = "/api/fn", endpoint = "demo_fault", protocol = Ask<PostUrl>)]
pub async fn demo_fault(kind: String, active: bool) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.demo_fault(&viewer, &kind, active).await
}

/// Sets how many times faster than real the physics goes: 1 to 600.
#[server(prefix = "/api/fn", endpoint = "demo_speed", protocol = Ask<PostUrl>)]
pub async fn demo_speed(speed: u32) -> Result<(), ApiError> {
    let (backend, viewer) = super::caller()?;
    backend.demo_speed(&viewer, speed).await
}

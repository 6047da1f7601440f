//! `/plan`.
use axum::Router;
use super::doors::Doors;
pub fn router(doors: Doors) -> Router { Router::new().with_state(doors) }

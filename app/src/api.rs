//! What pages ask of the server: one file a resource, each with its server functions.
//!
//! A server function is thin: it takes the [`backend::Backend`] and the [`backend::Viewer`] from context and calls
//! one method. Reads are `GET`, writes are forms, so that they work without script too.

pub mod ask;
pub mod asset;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod data;
pub mod demo;
pub mod error;
pub mod learn;
pub mod overview;
pub mod place;
pub mod plain;
pub mod prefs;
pub mod report;
pub mod search;
pub mod settings;
pub mod shared;
pub mod shell;
pub mod source;
pub mod status;
pub mod tag;
pub mod tested;
pub mod trend;

pub use data::Data;
pub use error::ApiError;

/// The backend and who asks, as the server put them into context.
#[cfg(feature = "ssr")]
pub(crate) fn caller() -> Result<(std::sync::Arc<dyn backend::Backend>, backend::Viewer), ApiError> {
    use leptos::prelude::use_context;
    match (use_context(), use_context()) {
        (Some(backend), Some(viewer)) => Ok((backend, viewer)),
        _ => Err(ApiError::Unavailable("backend".to_owned())),
    }
}

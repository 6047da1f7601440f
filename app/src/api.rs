//! What pages ask of the server: one file a resource, each with its server functions.

pub mod error;
#[cfg(feature = "ssr")]
pub mod backend;

pub use error::ApiError;

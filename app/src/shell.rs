//! The frame around every page, and how a page starts on both sides.
//!
//! On the server [`document`] writes the whole HTML document; in the browser [`hydrate`] takes it up.
//! Both draw [`App`] from the same [`Start`], which the document carries.

pub mod app;
#[cfg(feature = "ssr")]
pub mod built;
#[cfg(feature = "hydrate")]
pub mod client;
pub mod demo;
#[cfg(feature = "ssr")]
pub mod document;
pub mod error;
pub mod fresh;
pub mod header;
pub mod icon;
pub mod keys;
pub mod notices;
pub mod palette;
pub mod rail;
pub mod start;
mod storage;
#[cfg(feature = "ssr")]
pub mod tablet;

pub use app::App;
#[cfg(feature = "ssr")]
pub use built::BuiltFiles;
#[cfg(feature = "hydrate")]
pub use client::hydrate;
#[cfg(feature = "ssr")]
pub use document::{CARD_SIZE, content_security_policy, document};
pub use error::PageError;
pub use notices::{Voice, use_voice};
pub use start::{Start, use_me, use_shell, use_site, use_zone};

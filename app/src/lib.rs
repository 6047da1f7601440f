//! Gemba's pages: rendered on the server (`ssr`), brought to life in the browser (`hydrate`).
//!
//! Read [`api`] for what pages ask of the server, [`shell`] for the frame around every page,
//! [`pages`] for the pages and [`components`] for what they are made of. [`i18n`] holds all text,
//! [`fmt`] all numbers and times, [`prefs`] how a reader wants them.

// Views are deeply nested types.
#![recursion_limit = "512"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` and `hydrate` exclude each other: one half is the server's, the other the browser's");
#[cfg(not(any(feature = "ssr", feature = "hydrate")))]
compile_error!("choose one of the features `ssr` (server) and `hydrate` (browser)");

pub mod api;
pub mod chart;
pub mod components;
pub mod fmt;
pub mod i18n;
pub mod live;
pub mod pages;
pub mod prefs;
pub mod routes;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod still;
pub mod words;

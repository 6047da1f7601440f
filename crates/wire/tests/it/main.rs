//! Tests of the live protocol: codec, golden files, views, and both session machines against each other.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod any;
mod codec;
mod golden;
mod network;
mod sessions;
mod timing;
mod view;

//! Tests of rules through their public face.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod any;
mod figures;
mod keys;
mod presets;
mod problems;

//! Tests of the model through its public face.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod bindings;
mod documents;
mod figures;
mod inheritance;
mod plans;
mod problems;
mod properties;

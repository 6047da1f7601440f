//! Tests of everything that is planned, in one binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod core;
mod explained;
mod formats;
mod grids;
mod plans;
mod projects;
mod samples;
mod shared;
mod support;
mod violations;

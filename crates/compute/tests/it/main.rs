//! Tests of everything that is computed, in one binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod coverage;
mod explained;
mod metrics;
mod packs;
mod random;
mod samples;
mod states;
mod support;
mod values;

//! Tests of the whole language, in one binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod circles;
mod documents;
mod grades;
mod incremental;
mod metrics;
mod own;
mod partition;
mod problems;
mod properties;
mod published;
mod support;
mod totality;

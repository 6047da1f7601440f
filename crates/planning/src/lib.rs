//! Scheduling of maintenance, and of what public benchmarks measure it by. Pure: no IO, no clock; time,
//! seeds and budgets are arguments.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod core;
pub mod formats;
pub mod grid;
pub mod maintenance;
pub mod project;
mod solve;

pub use solve::{Solved, solve};

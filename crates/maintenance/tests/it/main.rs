//! Tests of maintenance, in one binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod backlogs;
mod calendars;
mod cycle;
#[cfg(feature = "form")]
mod forms;
mod icals;
mod kpis;
mod needs;
mod orders;
mod plans;
mod support;
mod tables;
mod tablets;
mod trends;
mod windows;

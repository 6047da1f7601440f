//! Plants nobody described, learned: the demo plant, generated ones, and two data sets of other people.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

#[path = "it/common.rs"]
mod common;
#[path = "it/demo.rs"]
mod demo;
#[path = "it/edits.rs"]
mod edits;
#[path = "it/generated.rs"]
mod generated;
#[path = "it/plc.rs"]
mod plc;
#[path = "it/tables.rs"]
mod tables;

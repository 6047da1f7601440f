//! The real binary against a real Mosquitto: each file is one behaviour.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::zombie_processes,
    reason = "helpers of tests"
)]

mod support;

mod chaos;
mod cli;
mod clock;
mod demo;
mod discovery;
mod formula;
mod simulate;
mod stress;
mod upkeep;

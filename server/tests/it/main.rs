//! The real binary against a real Mosquitto: each file is one behaviour.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::zombie_processes,
    reason = "helpers of tests"
)]

mod support;

mod absence;
mod attacks;
mod bind;
mod chaos;
mod cli;
mod clock;
mod computing;
mod crossed;
mod demo;
mod discovery;
mod doors;
mod exchange;
mod formula;
mod hardening;
mod model;
mod needs;
mod openid;
mod packaging;
mod pages;
mod plan;
mod records;
mod schedule;
mod search;
mod shared;
mod simulate;
mod spare_parts;
mod stress;
mod tablet;
mod takeover;
mod tls;
mod upkeep;
mod work;

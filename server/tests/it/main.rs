//! The real binary against a real Mosquitto: each file is one behaviour.

mod support;

mod chaos;
mod cli;
mod discovery;
mod simulate;
mod upkeep;

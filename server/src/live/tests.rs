//! The live socket with real clients on a free port, and the hub with a clock of the tests' own.

mod board;
mod socket;
mod stage;
mod whole;

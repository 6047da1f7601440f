//! Maintenance of a power grid under risk (ROADEF/EURO challenge 2020): each intervention gets a start,
//! its length, work and risk depend on it; teams have a least and a most of work at every step, some
//! interventions exclude each other. Cost is mean risk and how far bad scenarios lie above it.
//!
//! Work that depends on the start fits no list of activities, so this has a state and moves of its own;
//! dice, cooling and the driver are those of [`crate::core`].

mod check;
mod instance;
mod search;
mod state;

pub use check::{Fault, Objective, check_grid, objective};
pub use instance::{Exclusion, Grid, GridError, Intervention, Slot, Team};
pub use search::GridSearch;

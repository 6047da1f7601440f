//! The demo plant: two sites of one food company, made of physics, faults and messages.
//!
//! Pure and deterministic: time and seed are arguments, the same seed and the same steps give the
//! same bytes. Read `plant` first (what a caller uses), then one piece of equipment (say `pump`),
//! then `outlet` (how values become MQTT messages). `fault` holds the ground truth.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[macro_use]
mod tag;

mod board;
mod calendar;
mod dynamics;
mod fault;
mod outlet;
mod payload;
mod plant;
mod rng;
mod site;
mod target;

mod air;
mod boiler;
mod cooling;
mod hvac;
mod line;
mod meter;
mod pump;
mod water;

pub use fault::{FaultKind, FaultState, TagRef};
pub use outlet::Publication;
pub use plant::{HISTORY_STEP_SECS, Plant, history};
pub use tag::{AssetSpec, Limits, TagSpec};

//! The pages. Each fetches what it shows, watches it live, and is drawn whole on the server first.

pub mod focus;
pub mod frame;
pub mod provenance;
pub mod range;

pub mod asset;
mod compare;
mod help;
mod learn;
mod not_found;
pub mod overview;
mod place;
pub(crate) mod shared;
mod sources;
pub mod split;
mod status;
mod tag;
#[cfg(feature = "ssr")]
pub mod trust;
mod wall;

use sources::state_word as sources_state_word;

pub use asset::Asset;
pub use compare::Compare;
pub use help::Help;
pub use learn::Learn;
pub use not_found::NotFound;
pub use overview::Overview;
pub use place::Place;
pub use shared::Shared;
pub use sources::Sources;
pub use status::Status;
#[cfg(feature = "ssr")]
pub use tag::why_word;
pub use tag::{Explain, Tag};
pub use wall::{Wall, use_wall_theme};

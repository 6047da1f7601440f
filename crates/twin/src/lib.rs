//! The twin: what is known of a plant, how sure it is, and how old.
//!
//! Pure: no IO, no clock, no threads, no randomness; time is an argument of every call.
//! Read [`reading`] first (what one value is), then [`freshness`] (when it may be called live),
//! then the graph and the engine.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod id;
pub mod time;
pub mod reading;
pub mod freshness;

pub use freshness::{Cadence, Freshness};
pub use id::{AssetId, PointId, SourceId};
pub use reading::{Flags, Quality, Reading, Value};
pub use time::{Span, Timestamp};

//! The twin: what is known of a plant, how sure it is, and how old.
//!
//! Pure: no IO, no clock, no threads, no randomness; time is an argument of every call.
//! Read [`reading`] first (what one value is), then [`freshness`] (when it may be called live),
//! then [`graph`] and [`engine`].

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod cadence;
mod discovery;
mod due;
pub mod engine;
pub mod freshness;
pub mod graph;
mod hash;
pub mod id;
pub mod input;
mod live;
pub mod needs;
mod order;
pub mod output;
pub mod point;
pub mod reading;
pub mod search;
pub mod source;
pub mod summary;
mod text;
pub mod time;
mod units;

pub use engine::{IgnoreProposal, Twin, TwinConfig};
pub use freshness::{Cadence, Freshness};
pub use graph::Asset;
pub use id::{AssetId, PointId, SourceId};
pub use input::{AssetRecord, Description, Input, Leaf, Message, PointRecord};
pub use needs::{Need, NeedKind};
pub use output::{Change, Outputs};
pub use point::{Counts, LimitKind, Limits, Point, PointSettings, Unit, UnitOrigin};
pub use reading::{Flags, Quality, Reading, Value};
pub use search::{Hit, SearchIndex};
pub use source::{Link, Source};
pub use summary::Summary;
pub use time::{Span, Timestamp};

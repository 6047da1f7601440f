//! The twin: what is known of a plant, how sure it is, and how old.
//!
//! Pure: no IO, no clock, no threads, no randomness; time is an argument of every call.
//! Read [`reading`] first (what one value is), then [`freshness`] (when it may be called live),
//! then [`engine`] (the one way in) and [`graph`].
//!
//! Whoever owns the twin hands it one input at a time and passes on what comes out:
//!
//! ```
//! use twin::{Change, Freshness, Input, Leaf, Message, Span, SourceId, Timestamp, Twin, TwinConfig, Value};
//!
//! let mut twin = Twin::new(TwinConfig::default());
//! let broker = SourceId::new(1);
//! let mut now = Timestamp::from_millis(1_700_000_000_000);
//! let speed = |now, value| Message {
//!     source: broker,
//!     topic: "acme/lyon/pump1/speed_rpm".into(),
//!     arrival: now,
//!     retained: false,
//!     qos: 1,
//!     leaves: vec![Leaf { value: Some(Value::Number(value)), ..Leaf::default() }],
//!     availability: None,
//! };
//!
//! let mut inputs = vec![
//!     Input::SourceAdded { source: broker, name: "plant broker".into() },
//!     Input::SourceConnected { source: broker, is_continued: false },
//!     Input::Messages(vec![speed(now, 1480.0)]),
//! ];
//! let mut history = Vec::new();
//! for input in inputs.drain(..) {
//!     let out = twin.handle(now, input);
//!     // Model records and readings go to the store, changes to whoever watches.
//!     history.extend(out.stored);
//!     for change in &out.changes {
//!         if let Change::Reading(point) = change {
//!             assert!(twin.reading(*point).is_some());
//!         }
//!     }
//!     // Without another input, the owner comes back with a tick at `out.wake`.
//!     if let Some(wake) = out.wake {
//!         assert!(wake >= now);
//!     }
//! }
//!
//! let pump = twin.by_path("acme/lyon/pump1").expect("found by itself");
//! let point = twin.points_of(pump)[0];
//! assert_eq!(&*twin.point(point).expect("one").name, "Speed");
//! assert_eq!(history.len(), 1);
//!
//! now = now + Span::from_secs(1);
//! let out = twin.handle(now, Input::SourceLost(broker));
//! assert!(out.changes.contains(&Change::Freshness(point)));
//! assert_eq!(twin.freshness(point), Freshness::Offline);
//! ```

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

pub use engine::{Conversion, Convert, HELD_EVERY, IgnoreProposal, Twin, TwinConfig};
pub use freshness::{Cadence, Freshness};
pub use graph::{Asset, Modelled};
pub use id::{AssetId, PointId, SourceId};
pub use input::{
    AssetRecord, Description, Input, Leaf, Message, ModelAsset, ModelPart, ModelPoint, Origin, PointRecord,
    Target,
};
pub use needs::{Need, NeedKind};
pub use output::{Change, Outputs};
pub use point::{
    Counts, LimitKind, Limits, Point, PointSettings, Priorities, Unit, UnitOrigin, further_place,
};
pub use reading::{Flags, Quality, Reading, Value};
pub use search::{Hit, SearchIndex};
pub use source::{Link, Source};
pub use summary::{Shift, Summary};
pub use text::natural_cmp;
pub use time::{Span, Timestamp};

//! Declarative mapping rules: from messages of any shape to properties of assets.
//!
//! A [`Rule`] says which topics it reads, how a message is taken apart, and which asset, property,
//! value, time, quality and unit each piece has. [`Rules::compile`] tells every mistake with its key
//! and the way out; [`Rules::apply`] makes values of one message and says of everything else why
//! it became none. Formulas in rules are the language of crate `formula`, paths are RFC 9535.
//! Pure, total and bounded: any bytes give an answer, nothing panics, and no message makes more
//! work or more values than its limits allow. docs/bindings.md is for engineers.
//!
//! ```
//! use bind::{Incoming, Rule, Rules, World};
//!
//! let rule = Rule {
//!     filter: Some("acme/+site/+asset/values".into()),
//!     foreach: vec!["$.values[*]".into()],
//!     asset: Some("{site}-{asset}".into()),
//!     property: Some("{@.id}".into()),
//!     value: vec!["@.v".into()],
//!     ..Rule::default()
//! };
//! let (rules, told) = Rules::compile([("acme", &rule)], &formula::NoZones);
//! assert_eq!(told, []);
//!
//! let message = Incoming {
//!     source: "plant",
//!     topic: "acme/lyon/p-14/values",
//!     payload: br#"{"values":[{"id":"flow","v":21.5}]}"#,
//!     retained: false,
//!     arrival: twin::Timestamp::from_millis(0),
//! };
//! let limits = decode::Limits::default();
//! let world = World { limits: &limits, zone: &decode::Utc, zones: &formula::NoZones, explain: false };
//! let applied = rules.apply(message, world).unwrap();
//! assert_eq!(&*applied.leaves[0].asset, "lyon-p-14");
//! assert_eq!(applied.leaves[0].value, Some(twin::Value::Number(21.5)));
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod apply;
mod capture;
mod compile;
mod compiled;
mod expr;
pub mod fuzz;
mod message;
mod miss;
mod name;
mod path;
mod preset;
mod problem;
mod reading;
mod rule;
mod rules;
mod scene;

pub use apply::World;
pub use miss::{Miss, Reason};
pub use name::{asset_key, property_path};
pub use preset::{preset_file, presets};
pub use problem::Problem;
pub use rule::{Grade, Parts, Quality, Rule, Scalar, Time, TimeUnit, Unit, Words};
pub use rules::{Applied, Bound, Found, Incoming, Rules};

//! The semantic model of a plant: asset types with inheritance, components and parameters; assets,
//! their relations and hierarchies; the files they are written in.
//!
//! Pure: files come in as paths and texts, files go out the same way; no clock, no disk.
//! [`check_files`] reads and checks, [`plan()`] tells two models apart, [`Plan::apply`] makes one the
//! other, [`export`] writes a model back. [`Model`] is what is written, [`Resolved`] what it comes
//! to with all that is inherited. docs/model-files.md is the form of the files.
//!
//! ```
//! use model::{File, check_files, plan};
//!
//! let pump = r#"
//! [types.pump]
//! version = 1
//! [types.pump.properties]
//! flow = { kind = "measurement", unit = "m3/h", topic = "acme/{asset}/flow" }
//!
//! [assets.p-14]
//! type = "pump"
//! "#;
//! let before = check_files(&[File { path: "model/pump.toml", text: pump }], &formula::NoZones);
//! assert!(before.is_ok());
//!
//! let wrong = pump.replace("m3/h", "m³/h");
//! let after = check_files(&[File { path: "model/pump.toml", text: &wrong }], &formula::NoZones);
//! assert_eq!(
//!     after.problems[0].to_string(),
//!     "model/pump.toml:5:39: `m³/h` is not a UCUM code; write `m3/h`"
//! );
//!
//! let none = model::Model::default();
//! assert_eq!(plan(&none, &before.model).counts(), (2, 0, 0));
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod beside;
mod check;
mod emit;
mod few;
mod form;
pub mod fuzz;
mod input;
mod name;
mod node;
mod plan;
mod plant;
mod point;
mod problem;
mod property;
mod read;
mod resolve;
mod rule;
mod source;
mod symbol;
mod template;
mod time;
mod write;

pub use check::source_name;
pub use few::Few;
pub use form::{Notes, Scalar};
pub use input::{Input, Levels};
pub use name::{
    AssetKey, BindingName, ComponentName, HierarchyName, InputName, Language, ParameterName, PropertyName,
    PropertyPath, RelationName, TypeName,
};
pub use plan::{
    Action, Bindings, Change, FieldChange, Plan, Radius, RollUp, Section, Stale, Written, plan, plan_resolved,
};
pub use plant::{
    Asset, AssetType, BUILT_IN, BuiltIn, Component, Direction, HIERARCHIES, Held, Hierarchy, Model, Relation,
    RelationRule, Version,
};
pub use point::Binding;
pub use problem::{MAX_PROBLEMS, Place, Problem, Severity};
pub use property::{
    About, Count, CountsAs, Criticality, Data, Kind, Limit, Limits, Link, Parameter, Property, State,
};
pub use read::{Checked, File, check_files, check_files_and, check_model, read_files};
pub use resolve::{Effective, MAX_LINEAGE, MAX_PROPERTIES, Resolved, Said, Traced, overridden};
pub use source::{MAX_BYTES, MAX_FILE, MAX_FILES};
pub use symbol::symbol;
pub use time::Interval;
pub use write::export;

//! Needs for maintenance: one owner of their book and of the preventive plans, and what raises them.
//!
//! Read `desk` first: it folds the log at the start and writes each entry before it counts. `watch` looks at the
//! twin now and then and never in the way of readings; what it sees becomes entries in `judge`, which is pure.

pub mod condition;
pub mod demo;
pub mod desk;
pub mod entry;
pub mod judge;
pub mod plans;
pub mod sheet;
pub mod signs;
pub mod trends;
pub mod watch;

pub use desk::{Act, NeedDesk, NeedError};
pub use entry::Entry;
pub use plans::PlanState;
pub use sheet::Sheet;

//! Work orders: one owner of their log, what of them somebody sees, and what the demo begins with.
//!
//! Read `desk` first: it folds the log at the start and writes each event before it answers. `maintenance::order`
//! has the rules of the life cycle, `http/work` the pages, `http/exchange` what other systems read and write.

pub mod backlog;
pub mod demo;
pub mod desk;
pub mod exchange;
pub mod files;
pub mod lines;
pub mod list;
pub mod steps;

pub use desk::{Act, MOST_EVENTS, MOST_ORDERS, WorkDesk, WorkError};
pub use files::WorkFiles;

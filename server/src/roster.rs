//! Who works when at which site, what its lines are to make, and drafts of plans.
//!
//! Read `entry` first: what is stored. `desk` is the one writer, `book` what the log comes to. Nothing is changed
//! or removed: what does not hold any more is said by a later entry.

pub mod book;
pub mod demo;
pub mod desk;
pub mod entry;
mod shelf;

pub use book::{Book, CrewEntry, Draft, PersonEntry};
pub use desk::{RosterDesk, RosterError};
pub use entry::{Entry, Placed, RunEntry, ShiftEntry};

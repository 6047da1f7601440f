//! Work orders as CSV (RFC 4180), in and out: columns by name in any order, every bad cell told with its line and
//! column, the rest taken, and the same file twice changes nothing.
//!
//! Columns: `system` and `external_id` (which order it is; the same pair is the same order), `title`, `asset` (an
//! id or a path; the edge knows which), `kind`, `mode` (ISO 14224), `priority`, `status`, `earliest`, `latest`,
//! `start`, `end` (RFC 3339, or without an offset as clocks of the site show it). Needed are `external_id`, `title`
//! and `asset`; an empty cell leaves what is there. Columns with other names are left alone.
//! Production plans come in the same way ([`read_runs`]), and spare parts both ways ([`read_parts`]).

mod parts;
mod read;
mod runs;
mod sheet;
mod upsert;
mod write;

pub use parts::{PartRow, read_parts, write_parts};
pub use read::{Column, Import, Row, read};
pub use runs::read_runs;
pub use sheet::{LONGEST, MOST_ROWS, Wrong, WrongCell};
pub use upsert::{Upsert, upsert};
pub use write::write;

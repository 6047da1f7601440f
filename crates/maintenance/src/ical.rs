//! iCalendar (RFC 5545): feeds of work orders out, shifts, holidays and production plans in.
//!
//! A small writer and reader of our own: the kept crates that do this rest on `chrono`, which the domain does not
//! use beside `jiff`. Written are single events in UTC. Read are `VEVENT`s with their times, title and status, in
//! UTC, with a zone, as whole days, or as the clocks of the site show them; of a repeating one the first, with a
//! problem that says so; whoever takes a whole file or nothing refuses it.

mod read;
mod write;

pub use read::{MOST_EVENTS, Problem, ReadEvent, Why, is_calendar, read};
pub use write::{FeedEvent, feed, of_order};

use crate::words::words;

words! {
    /// Whether an event is sure (RFC 5545, 3.8.1.11).
    EventStatus {
        /// Not sure.
        Tentative = "TENTATIVE",
        /// Sure.
        Confirmed = "CONFIRMED",
        /// Not any more.
        Cancelled = "CANCELLED",
    }
}

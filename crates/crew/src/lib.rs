//! Work on a tablet without a network: what the tablet and the server say to each other, and what the tablet keeps
//! until the server has it.
//!
//! - [`day`]: what a tablet gets, so that a day can be worked without a network.
//! - [`outbox`]: what it did and the server does not have yet, and orders as they will be.
//! - [`send`]: what it sends when there is one, and what became of it.
//!
//! Everything is JSON over HTTP below `/api/crew/`. A *seat* is one person on one tablet: its secret is made when
//! the person signs in there, kept on the tablet under their PIN, and proves every request (`Authorization: Bearer`).
//! Items carry their author, and only the author's seat sends them.

pub mod day;
pub mod outbox;
pub mod send;

//! What travels between server and browser.
//!
//! [`message`] is the live socket (documented in `PROTOCOL.md`), [`page`] what a page is first drawn from.
//! Pure: the codec and both session machines take bytes and times and give back messages.
//! These types are the contract with the outside; the domain's own types live in `twin`.

#![forbid(unsafe_code)]

pub mod message;
pub mod page;
pub mod reading;

pub use message::{ClientMessage, Selector, ServerMessage};
pub use reading::{Cadence, Reading, Value};

//! What travels between server and browser.
//!
//! [`message`] is the live socket (documented in `PROTOCOL.md`), [`page`] what a page is first drawn from.
//! [`codec`] makes bytes of messages; [`view`] is what equal subscriptions share on the server;
//! [`server_session`] and [`client_session`] are the two ends of one connection.
//! Pure: all of it takes bytes and times and gives back messages.
//! These types are the contract with the outside; the domain's own types live in `twin`.

#![forbid(unsafe_code)]

pub mod client_session;
pub mod codec;
pub mod fuzz;
pub mod message;
pub mod page;
pub mod reading;
pub mod server_session;
pub mod view;

pub use message::{ClientMessage, Selector, ServerMessage};
pub use reading::{Cadence, Reading, Value};

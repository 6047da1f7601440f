//! Who may see and do what, decided without IO.
//!
//! A [`Role`] says what may be done, a [`Scope`] where; both together are a [`Grant`], and somebody who asks is
//! a [`Who`] with some grants. Whatever is not granted is refused. [`Throttle`] slows down who guesses, [`Codes`] hold for minutes,
//! [`audit`] chains what was done so that nobody can change it later without being found out.

pub mod audit;
mod codes;
mod grant;
mod role;
mod terms;
mod throttle;
mod who;

pub use codes::{CODE_HOLDS, CODE_TRIES, Codes};
pub use grant::{Grant, MOST_GRANTS, MOST_TOPS, Scope};
pub use role::{Capability, Role};
pub use terms::{Shows, Terms};
pub use throttle::{Limits, Throttle};
pub use who::{AccountId, Kind, LinkId, Sight, TokenId, Who};

//! Pages that the server alone draws: signing in, accounts, administration, and what a share link opens at first.
//!
//! They hold no live value, so they need no client: forms post, links lead, and nothing of them weighs on the
//! pages that do. Their texts begin with `still_` and stay on the server (docs/decisions/0013).

pub mod account;
pub mod admin;
pub mod attention;
pub mod audit;
pub mod credentials;
mod frame;
pub mod labels;
pub mod needs;
pub mod parts;
pub mod plan;
pub mod roles;
pub mod share;
pub mod sheet;
mod sign_in;
pub mod work;

pub use frame::{Frame, document};
pub use sign_in::{Denied, Ended, Leave, SignIn, SignInTrouble, Welcome, WelcomeTo, bad_words};

//! Planning a site's work: what is to be done and by whom it could be, what a draft makes of it, and the search
//! that proposes a plan.
//!
//! `week` is a week on a board, `situation` joins orders, roster, production and draft to a problem of
//! `planning::maintenance`, `optimise` runs its search beside the server's own work. Nothing here changes an order:
//! `http/plan` does, through `WorkDesk::take`.

mod build;
pub mod optimise;
pub mod risk;
pub mod situation;
pub mod week;

pub use optimise::Optimiser;
pub use situation::{Job, Situation, Spot};
pub use week::{Axis, Week};

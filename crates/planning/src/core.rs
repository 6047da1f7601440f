//! What every scheduling problem here is built on: dice, capacity over time, precedence, and searches
//! that can be stopped at any moment. It knows nothing of maintenance, projects or grids.

mod annealing;
mod anytime;
mod list;
mod network;
mod profile;
mod rng;
mod table;

pub use annealing::Annealing;
pub use anytime::{Anytime, Progress, run};
pub use list::{Decoder, ListSearch, Placed};
pub use network::{Circle, Network};
pub use profile::Profile;
pub use rng::Rng;
pub(crate) use table::{At, Row};

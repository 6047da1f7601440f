//! Resource-constrained project scheduling (RCPSP), and with people who have skills (MS-RCPSP):
//! activities of fixed durations, precedence, limited resources, the shortest schedule.
//!
//! What the public benchmarks measure of the machinery in [`crate::core`]; the product's own model is
//! [`crate::maintenance`].

mod bound;
mod check;
mod renewable;
mod skilled;

pub use check::{Breach, check_project, check_staffed};
pub use renewable::{Activity, Project, ProjectError, RenewableDecoder};
pub use skilled::{SkilledDecoder, SkilledTask, Staffed, StaffedError, Worker};

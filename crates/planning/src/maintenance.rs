//! The product's own problem: jobs of maintenance on people, production windows, permits and isolations.
//!
//! [`Problem`] is what is to be planned, [`Schedule`] a plan; [`check()`] says what a plan breaks, [`cost()`] what
//! it costs and why, [`explain()`] why a job is where it is. [`Search`] finds plans: at once a good one, better
//! ones as long as it may.

mod baseline;
mod board;
mod bound;
mod check;
mod cost;
mod diary;
mod explain;
mod ids;
mod insert;
mod mend;
mod problem;
mod risk;
mod ruin;
mod schedule;
mod search;
mod validate;

pub use baseline::{by_due_date, first_come_first_served};
pub use check::{Violation, check};
pub use cost::{Cost, cost};
pub use explain::{Alternative, Binding, Explanation, explain};
pub use ids::{
    CraftId, EquipmentId, IsolationId, JobId, LocationId, PermitId, PersonId, QualificationId, TaskId,
};
pub use problem::{Demand, Equipment, Isolation, Job, Permit, Person, Problem, Task, Weights, Window};
pub use risk::RiskCurve;
pub use schedule::{Placement, Schedule};
pub use search::Search;
pub use validate::ProblemError;

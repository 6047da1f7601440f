//! Key figures, each explainable to its rows: the value, what it was divided by, and the orders behind both.
//! Where there is nothing to divide by there is a reason and no number.
//!
//! By SMRP Best Practice Metrics (6th edition, numbers as there) and EN 15341 (numbers of the 2007 edition, which
//! plants still quote; the formulas did not change with the edition of 2019). Orders that were cancelled, and work
//! that was withdrawn, count nowhere.

mod reliability;
mod work;

pub use reliability::{Operated, mtbf, mttr};
pub use work::{backlog_weeks, pm_compliance, reactive_share, schedule_compliance, wrench_time};

use crate::id::OrderId;

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share, 0 to 1.
    Share,
    /// Hours.
    Hours,
    /// Weeks.
    Weeks,
}

/// A key figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it comes to, in [`Figure::unit`].
    pub value: f64,
    /// In what.
    pub unit: Unit,
    /// What was divided.
    pub numerator: f64,
    /// By what.
    pub denominator: f64,
    /// The orders behind the numerator.
    pub rows: Vec<OrderId>,
    /// The orders behind the denominator; none where it is time.
    pub of: Vec<OrderId>,
}

/// Why there is no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFigure {
    /// No order was scheduled to be done in that time.
    NothingScheduled,
    /// No preventive order was due in that time.
    NothingDue,
    /// Nobody wrote down any hours in that time.
    NoHours,
    /// The crews have no hours in a week.
    NoCapacity,
    /// Open orders say nothing about their hours.
    NoEstimates,
    /// Nothing failed in that time.
    NoFailures,
    /// How long it ran is not known.
    NoOperatingTime,
    /// No failure of that time is over.
    NothingRestored,
}

/// Divides, where there is anything to divide by.
fn figure(
    unit: Unit,
    numerator: f64,
    denominator: f64,
    (rows, of): (Vec<OrderId>, Vec<OrderId>),
    otherwise: NoFigure,
) -> Result<Figure, NoFigure> {
    if denominator <= 0.0 || !denominator.is_finite() || !numerator.is_finite() {
        return Err(otherwise);
    }
    Ok(Figure {
        value: numerator / denominator,
        unit,
        numerator,
        denominator,
        rows,
        of,
    })
}

#[allow(clippy::cast_precision_loss, reason = "counts of orders and failures")]
const fn count<T>(things: &[T]) -> f64 {
    things.len() as f64
}

//! Counts over an asset and all below it, kept up to date change by change.

/// Counts over an asset and all below it.
/// `live + late + stale + offline == points`: a value of unknown age counts as stale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// All points.
    pub points: u32,
    /// As recent as expected.
    pub live: u32,
    /// Overdue.
    pub late: u32,
    /// Old, or of unknown age.
    pub stale: u32,
    /// Connection, gateway or device gone.
    pub offline: u32,
    /// Of quality bad, whatever their age.
    pub bad: u32,
    /// Beyond an outer limit (HH, LL).
    pub outer: u32,
    /// Beyond an inner limit (H, L), not an outer one.
    pub inner: u32,
}

//! What waiting costs: the expected cost of a failure or a missed date, by when a job ends.

use twin::{Span, Timestamp};

/// Cost by end of a job: straight lines between points, never falling; before the first point its
/// cost, after the last as steep as before it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RiskCurve(Vec<(Timestamp, f64)>);

impl RiskCurve {
    /// No cost whenever it ends.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Through these points, in any order. A cost below an earlier one is lifted to it: waiting never pays
    /// by itself. What is not finite is left out.
    #[must_use]
    pub fn through(points: impl IntoIterator<Item = (Timestamp, f64)>) -> Self {
        let mut points: Vec<(Timestamp, f64)> =
            points.into_iter().filter(|(_, cost)| cost.is_finite()).collect();
        points.sort_by_key(|(at, _)| *at);
        let mut least = f64::NEG_INFINITY;
        for (_, cost) in &mut points {
            least = least.max(*cost);
            *cost = least;
        }
        Self(points)
    }

    /// Nothing until due, then so much for each hour.
    #[must_use]
    pub fn late_after(due: Timestamp, cost_per_hour: f64) -> Self {
        Self::through([(due, 0.0), (due + Span::from_secs(3_600), cost_per_hour)])
    }

    /// The cost of ending at a time.
    #[must_use]
    pub fn cost(&self, end: Timestamp) -> f64 {
        let after = self.0.partition_point(|(at, _)| *at <= end);
        let Some((from, cost)) = after.checked_sub(1).and_then(|before| self.0.get(before)) else {
            return self.0.first().map_or(0.0, |(_, cost)| *cost);
        };
        let slope = |a: &(Timestamp, f64), b: &(Timestamp, f64)| {
            let span = b.0.since(a.0).micros();
            if span > 0 { (b.1 - a.1) / span as f64 } else { 0.0 }
        };
        let steep = match self.0.get(after) {
            Some(next) => slope(&(*from, *cost), next),
            None => after
                .checked_sub(2)
                .and_then(|before| self.0.get(before))
                .map_or(0.0, |before| slope(before, &(*from, *cost))),
        };
        cost + steep * end.since(*from).micros() as f64
    }
}

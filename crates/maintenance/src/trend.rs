//! When a degradation reaches a limit: a robust straight line through readings, and a range of dates.
//!
//! The line is Theil and Sen's: the median of the slopes between all pairs of readings, through the medians
//! of times and values. Up to 29 % of wild readings do not move it.
//!
//! - H. Theil, *A rank-invariant method of linear and polynomial regression analysis*, 1950.
//! - P. K. Sen, *Estimates of the regression coefficient based on Kendall's tau*, JASA 63, 1968: the interval
//!   of the slope, by ranks `(N ∓ C) / 2` of the N sorted slopes with `C = z √(n (n − 1) (2n + 5) / 18)`.
//! - P. J. Rousseeuw, C. Croux, *Alternatives to the median absolute deviation*, JASA 88, 1993: scatter as
//!   1.4826 × the median absolute residual.
//!
//! The band is drawn by the outer slopes and moved by `z` times the scatter to either side. It is a prediction
//! band for straight wear with independent scatter; wear that speeds up reaches the limit sooner.

use twin::Timestamp;

/// Fewest readings a line is drawn through.
pub const FEWEST: usize = 8;
/// Most readings taken as they are; more are thinned to medians of neighbours, because pairs grow squared.
pub const MOST: usize = 400;
/// How far ahead a line is believed, as a multiple of the time it was seen over.
pub const REACH: f64 = 4.0;

/// Which way a value gets worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// Rising, to a high limit.
    Rising,
    /// Falling, to a low limit.
    Falling,
}

/// When the limit is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reaches {
    /// The earliest date in the band.
    pub earliest: Timestamp,
    /// Where the line itself crosses.
    pub likely: Timestamp,
    /// The latest in the band; none when the slowest slope does not get there within [`REACH`].
    pub latest: Option<Timestamp>,
    /// Slope per hour, in the value's unit.
    pub slope: f64,
    /// The interval of the slope per hour, slowest and fastest wear.
    pub slopes: (f64, f64),
    /// Scatter around the line, in the value's unit.
    pub scatter: f64,
    /// On how many readings it rests.
    pub count: usize,
}

/// Why there is no date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoDate {
    /// Fewer readings than [`FEWEST`], or all at one time.
    TooFew {
        /// How many there are.
        count: usize,
    },
    /// The interval of the slope has zero in it, or it gets better.
    NoTrend {
        /// The slope per hour.
        slope: f64,
    },
    /// The line is at the limit, or beyond.
    Reached,
    /// Further ahead than the readings can say.
    TooFar,
    /// The limit or the confidence is not a usable number.
    BadLimit,
}

/// Fits a line and says when it reaches `limit`. `z` is the normal quantile of the band: 1.2816 for 80 %,
/// 1.6449 for 90 %. Readings that are not finite are left out; their order does not matter.
///
/// # Errors
/// Says why there is no date.
pub fn reaches(
    readings: &[(Timestamp, f64)],
    limit: f64,
    worse: Worse,
    z: f64,
    now: Timestamp,
) -> Result<Reaches, NoDate> {
    if !limit.is_finite() || !z.is_finite() || z <= 0.0 {
        return Err(NoDate::BadLimit);
    }
    // Falling is rising upside down.
    let sign = match worse {
        Worse::Rising => 1.0,
        Worse::Falling => -1.0,
    };
    let mut points = hours_of(readings, now, sign);
    let count = points.len();
    if count < FEWEST {
        return Err(NoDate::TooFew { count });
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let points = thinned(points);
    let Some(line) = Line::through(&points, z) else {
        return Err(NoDate::TooFew { count });
    };
    line.date(sign * limit, z, now, sign, count)
}

/// Hours from now and values, rising for the worse.
fn hours_of(readings: &[(Timestamp, f64)], now: Timestamp, sign: f64) -> Vec<(f64, f64)> {
    readings
        .iter()
        .filter(|(_, value)| value.is_finite())
        .map(|(at, value)| (crate::span::hours(at.since(now)), sign * value))
        .collect()
}

/// At most [`MOST`] points, each the medians of its neighbours.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if points.len() <= MOST {
        return points;
    }
    points
        .chunks(points.len().div_ceil(MOST))
        .filter_map(|some| {
            let at = median(some.iter().map(|point| point.0).collect())?;
            Some((at, median(some.iter().map(|point| point.1).collect())?))
        })
        .collect()
}

struct Line {
    /// Medians of times and values: where all slopes turn.
    at: f64,
    value: f64,
    slow: f64,
    slope: f64,
    fast: f64,
    scatter: f64,
    /// From the first to the last reading, in hours.
    seen: f64,
}

impl Line {
    fn through(points: &[(f64, f64)], z: f64) -> Option<Self> {
        let mut slopes = Vec::with_capacity(points.len() * points.len() / 2);
        for (place, (at, value)) in points.iter().enumerate() {
            for (later, next) in points.iter().skip(place + 1) {
                if later > at {
                    slopes.push((next - value) / (later - at));
                }
            }
        }
        slopes.sort_by(f64::total_cmp);
        let slope = middle(&slopes)?;
        let (at, value) = (
            median(points.iter().map(|point| point.0).collect())?,
            median(points.iter().map(|point| point.1).collect())?,
        );
        let residual = |point: &(f64, f64)| (point.1 - value - slope * (point.0 - at)).abs();
        let (low, high) = ranks(points.len(), slopes.len(), z);
        Some(Self {
            at,
            value,
            slow: *slopes.get(low)?,
            slope,
            fast: *slopes.get(high)?,
            scatter: 1.4826 * median(points.iter().map(residual).collect())?,
            seen: points.last()?.0 - points.first()?.0,
        })
    }

    fn date(&self, limit: f64, z: f64, now: Timestamp, sign: f64, count: usize) -> Result<Reaches, NoDate> {
        if self.slow <= 0.0 && self.fast >= 0.0 || self.slope <= 0.0 {
            return Err(NoDate::NoTrend {
                slope: sign * self.slope,
            });
        }
        let crosses = |slope: f64, moved: f64| self.at + (limit - self.value - moved) / slope;
        let likely = crosses(self.slope, 0.0);
        if likely <= 0.0 {
            return Err(NoDate::Reached);
        }
        let far = REACH * self.seen;
        if likely > far {
            return Err(NoDate::TooFar);
        }
        let band = z * self.scatter;
        let instant = |hours: f64| crate::span::from_hours(hours).map(|span| now + span);
        let earliest = crosses(self.fast, band).clamp(0.0, likely);
        let latest = crosses(self.slow, -band).max(likely);
        Ok(Reaches {
            earliest: instant(earliest).ok_or(NoDate::TooFar)?,
            likely: instant(likely).ok_or(NoDate::TooFar)?,
            latest: (latest <= far).then(|| instant(latest)).flatten(),
            slope: sign * self.slope,
            slopes: (sign * self.slow, sign * self.fast),
            scatter: self.scatter,
            count,
        })
    }
}

/// Places of the slowest and fastest slope, by Sen 1968.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts below 80,000, clamped into the table"
)]
fn ranks(points: usize, slopes: usize, z: f64) -> (usize, usize) {
    let (n, all) = (points as f64, slopes as f64);
    let wide = z * libm::sqrt(n * (n - 1.0) * (2.0 * n + 5.0) / 18.0);
    let last = slopes.saturating_sub(1);
    let low = libm::floor((all - wide) / 2.0).max(0.0) as usize;
    let high = libm::ceil(f64::midpoint(all, wide)).max(0.0) as usize;
    (low.min(last), high.min(last))
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    middle(&values)
}

/// The median of sorted values.
fn middle(sorted: &[f64]) -> Option<f64> {
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    sorted
        .get(half.checked_sub(1)?)
        .map(|lower| f64::midpoint(*lower, upper))
}

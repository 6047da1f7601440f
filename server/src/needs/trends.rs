//! Degradations that will reach a limit: a line through what history has of each point with limits, a few at a
//! time, on a thread that may wait.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use maintenance::need::Draft;
use maintenance::trend::{Reaches, Worse, reaches};
use store::History;
use twin::{AssetId, LimitKind, Limits, PointId, Span, Timestamp, Twin};

use super::signs::{is_now, mode_of_point};

/// How far back is looked.
const BACK: Span = Span::from_secs(7 * 86_400);
/// Readings of a line: about one an hour.
const READINGS: usize = 168;
/// A line through less than this says nothing of days.
const SEEN_AT_LEAST: Span = Span::from_secs(12 * 3_600);
/// Dates further away are nobody's need yet.
const AHEAD: Span = Span::from_secs(45 * 86_400);
/// A band of nine in ten.
const Z: f64 = 1.6449;
/// The wear must stand out of the scatter by so much, or it is weather.
const STANDS_OUT: f64 = 3.0;
/// Points looked through for limits in one go, and for how long history is read.
const POINTS: usize = 5_000;
const PATIENCE: Duration = Duration::from_secs(2);

/// A point whose value may get worse.
#[derive(Clone, Debug)]
struct Candidate {
    asset: AssetId,
    point: PointId,
    limits: Limits,
    value: f64,
}

/// Where the next look begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Round {
    from: u32,
}

impl Round {
    /// Looks at the next points; gives what reaches a limit. Blocks on history, for about two seconds at most.
    pub fn look(&mut self, twin: &Arc<RwLock<Twin>>, history: &History, now: Timestamp) -> Vec<Draft> {
        let began = Instant::now();
        let (candidates, next) = self.candidates(twin);
        let mut drafts = Vec::new();
        for candidate in candidates {
            if began.elapsed() > PATIENCE {
                self.from = candidate.point.get();
                return drafts;
            }
            match found(history, &candidate, now) {
                Ok(Some((limit, reaches))) => {
                    let twin = twin.read().unwrap_or_else(PoisonError::into_inner);
                    let mode = mode_of_point(&twin, candidate.point, limit.0);
                    let (asset, point) = (candidate.asset, candidate.point);
                    drafts.push(Draft::from_trend(asset, mode, point, limit, reaches, now));
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "trends cannot be read");
                    return drafts;
                }
            }
        }
        self.from = next;
        drafts
    }

    /// Points with limits from where the last look ended, and where the next begins.
    fn candidates(&self, twin: &RwLock<Twin>) -> (Vec<Candidate>, u32) {
        let twin = twin.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = Vec::new();
        let all = self
            .from
            .saturating_add(u32::try_from(POINTS).unwrap_or(u32::MAX));
        for id in (self.from..all).map(PointId::new) {
            let Some(point) = twin.point(id) else {
                return (found, 0);
            };
            let limits = point.limits();
            let is_watched = !limits.is_empty() && twin.violation(id).is_none() && is_now(&twin, id);
            let value = twin.reading(id).filter(|_| is_watched);
            let value = value.and_then(|reading| reading.value.as_ref()?.as_number());
            found.extend(value.map(|value| Candidate {
                asset: point.asset,
                point: id,
                limits,
                value,
            }));
        }
        (found, all)
    }
}

/// The limit that a point's value reaches, and when.
fn found(
    history: &History,
    candidate: &Candidate,
    now: Timestamp,
) -> Result<Option<((LimitKind, f64), Reaches)>, store::HistoryError> {
    let from = history.reach().map_or(now, |reach| reach.max(now - BACK));
    if now.since(from) < SEEN_AT_LEAST {
        return Ok(None);
    }
    let buckets = history.extremes(candidate.point, from, now, READINGS)?;
    let readings: Vec<(Timestamp, f64)> = buckets
        .into_iter()
        .flatten()
        .map(|bucket| (bucket.first.time, bucket.first.value))
        .collect();
    Ok(ahead(&readings, candidate.limits, candidate.value, now))
}

/// Which limit a line through readings reaches, and when; none where nothing gets worse for certain.
#[must_use]
pub fn ahead(
    readings: &[(Timestamp, f64)],
    limits: Limits,
    value: f64,
    now: Timestamp,
) -> Option<((LimitKind, f64), Reaches)> {
    let (first, last) = (readings.first()?.0, readings.last()?.0);
    let seen = last.since(first);
    if seen < SEEN_AT_LEAST {
        return None;
    }
    let above = [
        (LimitKind::High, limits.high),
        (LimitKind::HighHigh, limits.high_high),
    ];
    let below = [(LimitKind::Low, limits.low), (LimitKind::LowLow, limits.low_low)];
    let next = |all: [(LimitKind, Option<f64>); 2], is_ahead: &dyn Fn(f64) -> bool| {
        let mut all = all.into_iter().filter_map(|(kind, at)| Some((kind, at?)));
        all.find(|(_, at)| is_ahead(*at))
    };
    let ways = [
        (Worse::Rising, next(above, &|at| at > value)),
        (Worse::Falling, next(below, &|at| at < value)),
    ];
    ways.into_iter().find_map(|(worse, limit)| {
        let limit = limit?;
        let reaches = reaches(readings, limit.1, worse, Z, now).ok()?;
        let moved = reaches.slope.abs() * maintenance::span::hours(seen);
        let is_clear = moved >= STANDS_OUT * reaches.scatter;
        (is_clear && reaches.likely.since(now) <= AHEAD).then_some((limit, reaches))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Span = Span::from_secs(3_600);

    fn limits() -> Limits {
        Limits {
            low: Some(1.0),
            high: Some(4.5),
            high_high: Some(7.1),
            ..Limits::default()
        }
    }

    fn series(value: impl Fn(f64) -> f64) -> (Vec<(Timestamp, f64)>, Timestamp) {
        let start = Timestamp::from_millis(1_772_431_200_000);
        let at = |hour: i64| start + Span::from_micros(HOUR.micros() * hour);
        // The same scatter every time: a few thousandths, up and down.
        let scatter = |hour: i64| ((hour * 37 % 17) as f64 - 8.0) / 400.0;
        let readings = (0..100).map(|hour| (at(hour), value(hour as f64) + scatter(hour)));
        (readings.collect(), at(100))
    }

    #[test]
    fn wear_reaches_the_next_limit_in_a_range_of_dates() {
        let (readings, now) = series(|hour| 2.0 + hour * 0.02);
        let ((kind, limit), reaches) = ahead(&readings, limits(), 3.98, now).unwrap();
        assert_eq!((kind, limit), (LimitKind::High, 4.5));
        let hours = maintenance::span::hours(reaches.likely.since(now));
        assert!((20.0..32.0).contains(&hours), "{hours}");
        assert!(reaches.earliest <= reaches.likely && reaches.latest >= Some(reaches.likely));
        let (readings, now) = series(|hour| 6.0 - hour * 0.02);
        let ((kind, _), _) = ahead(&readings, limits(), 4.02, now).unwrap();
        assert_eq!(kind, LimitKind::Low);
    }

    #[test]
    fn weather_and_what_is_too_short_reach_nothing() {
        let (readings, now) = series(|_| 3.0);
        assert_eq!(ahead(&readings, limits(), 3.0, now), None);
        // It swings by the day, and a little more each day.
        let (readings, now) = series(|hour| 3.0 + (hour * std::f64::consts::TAU / 24.0).sin() + hour * 0.002);
        assert_eq!(ahead(&readings, limits(), 3.0, now), None);
        let (readings, now) = series(|hour| 2.0 + hour * 0.02);
        assert_eq!(ahead(&readings[..10], limits(), 2.2, now), None);
        assert_eq!(ahead(&readings, Limits::default(), 3.9, now), None);
    }
}

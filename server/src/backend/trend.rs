//! Trends: readings of a range thinned to the width of a chart, every extreme kept.

use std::sync::Arc;

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use app::i18n::Messages;
use store::{Bucket, History, HistoryError};
use twin::{Freshness, HELD_EVERY, PointId, Quality, Reading, Span, Timestamp, Twin};
use wire::page::{PointInfo, Trend, TrendPanel};

use super::figure::figure;
use super::shown::{lend_limits, show_info};
use super::{Gemba, internal};
use crate::access::may;
use crate::view;

/// Points in one answer.
const MOST_POINTS: usize = 8;
/// Longest range.
const MOST_MILLIS: i64 = 400 * 86_400_000;
/// Longer than any range.
const FOR_EVER: Span = Span::from_millis(4 * MOST_MILLIS);
/// Rows of the table for readers without script.
const TABLE_ROWS: usize = 200;

/// A value at a time; none where the line breaks.
pub(super) type Sample = (Timestamp, Option<f64>);

/// What a silence between two readings means.
#[derive(Clone, Copy)]
struct Pace {
    /// One that is longer breaks the line.
    gap: Span,
    /// Unless the value held meanwhile: what formulas come to is stored when it changes, and now and then; what is
    /// said on change holds however long.
    held: Option<Span>,
    /// Until when what is said on change is known to hold: as of now, where it is live.
    holds_until: Option<Timestamp>,
}

impl Pace {
    fn of(twin: &Twin, id: PointId, now: Timestamp) -> Self {
        let is_computed = twin.point(id).is_some_and(twin::Point::is_computed);
        let late_for = twin.cadence(id).late_for();
        let is_said_on_change = !is_computed && late_for.is_none();
        let is_live = twin.freshness(id) == Freshness::Live;
        Self {
            gap: late_for.unwrap_or(Span::from_secs(600)),
            held: if is_said_on_change {
                Some(FOR_EVER)
            } else {
                is_computed.then(|| HELD_EVERY.times(2))
            },
            holds_until: (is_said_on_change && is_live).then_some(now),
        }
    }

    fn is_said_on_change(self) -> bool {
        self.held == Some(FOR_EVER)
    }
}

impl Gemba {
    pub(super) async fn trend_panels(
        &self,
        viewer: &Viewer,
        points: Vec<u32>,
        from_millis: i64,
        to_millis: i64,
        width_px: u32,
    ) -> Result<Trend, ApiError> {
        let m = Messages::of(viewer.locale);
        if points.len() > MOST_POINTS {
            return Err(ApiError::BadRequest(
                m.server_error_points(&MOST_POINTS.to_string()),
            ));
        }
        if to_millis <= from_millis || to_millis.saturating_sub(from_millis) > MOST_MILLIS {
            return Err(ApiError::BadRequest(m.server_error_range().to_owned()));
        }
        let ids: Vec<PointId> = points
            .iter()
            .map(|point| self.visible_point(viewer, *point).map(|(id, _)| id))
            .collect::<Result<_, _>>()?;
        let may_see = |id: &PointId| {
            let asset = self.read(|twin| twin.point(*id).map(|point| point.asset));
            asset.is_some_and(|asset| self.read(|twin| may(viewer, twin, Capability::SeeHistory, asset)))
        };
        if !ids.iter().all(may_see) {
            return Err(ApiError::NotAllowed);
        }
        let loaded = self.model.current();
        let now = self.clock.now();
        let wanted: Vec<(PointInfo, Pace)> = self.read(|twin| {
            ids.iter()
                .filter_map(|id| {
                    let mut info = view::point_info(twin, *id)?;
                    lend_limits(twin, &loaded, &mut info);
                    show_info(twin, viewer.units, &mut info);
                    Some((info, Pace::of(twin, *id, now)))
                })
                .collect()
        });
        let (from, to) = (
            Timestamp::from_millis(from_millis),
            Timestamp::from_millis(to_millis),
        );
        let width = width_px.clamp(100, 2_000) as usize;
        let (history, zone) = (self.history.clone(), self.zone.clone());
        let position = self.read(|twin| self.position(twin));
        let read = move || {
            let panel = |(info, pace)| panel(&history, &zone, info, pace, from, to, width);
            wanted
                .into_iter()
                .map(panel)
                .collect::<Result<Vec<_>, HistoryError>>()
        };
        let panels = tokio::task::spawn_blocking(read)
            .await
            .map_err(|error| internal(&error))?;
        let panels = panels.map_err(|error| internal(&error))?;
        Ok(Trend {
            position,
            from_millis,
            to_millis,
            panels,
        })
    }
}

fn panel(
    history: &Arc<History>,
    zone: &jiff::tz::TimeZone,
    info: PointInfo,
    mut pace: Pace,
    from: Timestamp,
    to: Timestamp,
    width: usize,
) -> Result<TrendPanel, HistoryError> {
    let point = PointId::new(info.point);
    let readings = history.count(point, from, to)?;
    // History may be sparser than the point speaks now: three times its own usual interval is a gap.
    let usual =
        Span::from_micros(to.since(from).micros() / i64::try_from(readings.max(1)).unwrap_or(i64::MAX));
    pace.gap = pace.gap.max(usual.times(3));
    // What was not written breaks a line that would go on otherwise: where each such time ended.
    let unwritten: Vec<Timestamp> = history.gaps(from, to)?.into_iter().map(|(_, end)| end).collect();
    let mut samples = if readings <= 2 * width as u64 {
        let held = held_before(history, point, from, pace)?;
        lines_of_readings(
            held,
            &history.series(point, from, to, 2 * width)?,
            pace,
            &unwritten,
        )
    } else {
        pace.gap = pace.gap.max(slice(from, to, width));
        lines_of_buckets(&history.extremes(point, from, to, width)?, pace, &unwritten)
    };
    if let (Some(until), Some((last, Some(value)))) = (pace.holds_until, samples.last().copied())
        && last < until.min(to)
    {
        samples.push((until.min(to), Some(value)));
    }
    let samples = in_units(samples, &info);
    let step = samples.len().div_ceil(TABLE_ROWS).max(1);
    Ok(TrendPanel {
        readings,
        shown: u32::try_from(samples.iter().filter(|(_, value)| value.is_some()).count()).unwrap_or(u32::MAX),
        gap_millis: pace.gap.millis(),
        held_millis: pace.held.map_or(0, Span::millis),
        figure: figure(&info, &samples, zone, from, to),
        table: samples
            .iter()
            .step_by(step)
            .map(|(time, value)| (time.millis(), *value))
            .collect(),
        info,
    })
}

fn in_units(mut samples: Vec<Sample>, info: &PointInfo) -> Vec<Sample> {
    if let Some(measured) = &info.measured {
        for value in samples.iter_mut().filter_map(|(_, value)| value.as_mut()) {
            *value = measured.scale.show(*value);
        }
    }
    samples
}

/// How long one of the slices is. Of the readings in it four are kept: what lies between these is no silence.
fn slice(from: Timestamp, to: Timestamp, slices: usize) -> Span {
    let slices = i64::try_from(slices.max(1)).unwrap_or(i64::MAX);
    Span::from_micros(to.since(from).micros().div_euclid(slices) + 1)
}

/// What was said on change before the range, and held when it began.
fn held_before(
    history: &History,
    point: PointId,
    from: Timestamp,
    pace: Pace,
) -> Result<Option<Sample>, HistoryError> {
    if !pace.is_said_on_change() {
        return Ok(None);
    }
    let Some(before) = history.at(point, from)? else {
        return Ok(None);
    };
    let is_whole = history.gaps(before.time(), from)?.is_empty();
    Ok(usable(&before)
        .filter(|_| is_whole)
        .map(|number| (from, Some(number))))
}

/// Every reading; a bad one, or a silence longer than the point's own, breaks the line.
fn lines_of_readings(
    held: Option<Sample>,
    readings: &[Reading],
    pace: Pace,
    unwritten: &[Timestamp],
) -> Vec<Sample> {
    let mut samples: Vec<Sample> = held.into_iter().collect();
    for reading in readings {
        push(&mut samples, reading.time(), usable(reading), pace, unwritten);
    }
    samples
}

fn usable(reading: &Reading) -> Option<f64> {
    let number = reading.value.as_ref().and_then(twin::Value::as_number);
    number.filter(|_| reading.quality != Quality::Bad)
}

/// First, lowest, highest and last of each slice, in the order of their times.
fn lines_of_buckets(buckets: &[Option<Bucket>], pace: Pace, unwritten: &[Timestamp]) -> Vec<Sample> {
    let mut samples = Vec::with_capacity(4 * buckets.len());
    for bucket in buckets.iter().flatten() {
        let mut four = [bucket.first, bucket.min, bucket.max, bucket.last];
        four.sort_by_key(|sample| sample.time);
        for (n, sample) in four.iter().enumerate() {
            if n == 0 || sample.time != four[n - 1].time {
                push(&mut samples, sample.time, Some(sample.value), pace, unwritten);
            }
        }
    }
    samples
}

fn push(samples: &mut Vec<Sample>, time: Timestamp, value: Option<f64>, pace: Pace, unwritten: &[Timestamp]) {
    if let Some((last, known @ Some(_))) = samples.last().copied()
        && value.is_some()
    {
        let silence = time.since(last);
        let is_unwritten = unwritten.iter().any(|end| last < *end && *end <= time);
        let has_held = !is_unwritten && pace.held.is_some_and(|held| silence <= held);
        if is_unwritten || silence > pace.gap {
            samples.push(if has_held {
                (time - Span::from_millis(1), known)
            } else {
                (last + Span::from_micros(silence.micros() / 2), None)
            });
        }
    }
    samples.push((time, value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Sample as At;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_millis(secs * 1_000)
    }

    fn measured(secs: i64) -> Pace {
        Pace {
            gap: Span::from_secs(secs),
            held: None,
            holds_until: None,
        }
    }

    #[test]
    fn what_a_formula_comes_to_holds_until_it_changes() {
        let pace = Pace {
            held: Some(Span::from_secs(600)),
            ..measured(30)
        };
        let mut samples = Vec::new();
        for (secs, value) in [(0, 1.0), (300, 2.0), (1_000, 3.0)] {
            push(&mut samples, at(secs), Some(value), pace, &[]);
        }
        let before = at(300) - Span::from_millis(1);
        assert_eq!(
            samples,
            [
                (at(0), Some(1.0)),
                (before, Some(1.0)),
                (at(300), Some(2.0)),
                (at(650), None),
                (at(1_000), Some(3.0))
            ]
        );
    }

    #[test]
    fn a_slice_gives_its_extremes_in_the_order_of_time() {
        let sample = |secs, value| At {
            time: at(secs),
            value,
        };
        let bucket = Bucket {
            first: sample(0, 5.0),
            max: sample(3, 9.0),
            min: sample(7, 1.0),
            last: sample(7, 1.0),
            count: 8,
            unusable: 0,
        };
        let lines = lines_of_buckets(&[Some(bucket)], measured(60), &[]);
        assert_eq!(
            lines,
            [(at(0), Some(5.0)), (at(3), Some(9.0)), (at(7), Some(1.0))]
        );
    }

    #[test]
    fn what_lies_within_a_slice_is_no_silence() {
        let (from, to) = (at(0), at(100_000));
        let gap = Span::from_secs(30).max(slice(from, to, 100));
        let pace = Pace {
            gap,
            held: None,
            holds_until: None,
        };
        let sample = |secs| At {
            time: at(secs),
            value: 1.0,
        };
        // A thousand readings, of which four are kept, at most two of them at different times.
        let bucket = |secs| Bucket {
            first: sample(secs),
            min: sample(secs),
            max: sample(secs + 999),
            last: sample(secs + 999),
            count: 1_000,
            unusable: 0,
        };
        let lines = lines_of_buckets(
            &[Some(bucket(0)), Some(bucket(1_000)), None, Some(bucket(3_000))],
            pace,
            &[],
        );
        let breaks: Vec<i64> = lines
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(time, _)| time.millis() / 1_000)
            .collect();
        assert_eq!(breaks, [2_499], "only the empty slice breaks the line");
    }

    #[test]
    fn a_silence_breaks_the_line() {
        let mut samples = Vec::new();
        push(&mut samples, at(0), Some(1.0), measured(30), &[]);
        push(&mut samples, at(30), Some(1.0), measured(30), &[]);
        push(&mut samples, at(90), Some(2.0), measured(30), &[]);
        assert_eq!(
            samples,
            [
                (at(0), Some(1.0)),
                (at(30), Some(1.0)),
                (at(60), None),
                (at(90), Some(2.0))
            ]
        );
    }

    #[test]
    fn what_was_not_written_breaks_the_line_of_what_speaks_seldom() {
        let pace = Pace {
            held: Some(Span::from_secs(600)),
            ..measured(600)
        };
        let mut samples = Vec::new();
        for secs in [0, 100, 110] {
            push(&mut samples, at(secs), Some(1.0), pace, &[at(90)]);
        }
        let one = Some(1.0);
        assert_eq!(
            samples,
            [(at(0), one), (at(50), None), (at(100), one), (at(110), one)]
        );
    }
}

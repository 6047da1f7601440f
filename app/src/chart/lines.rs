//! A trend's paths: lines that stop at gaps, and the stretches beyond limits. Pure.

use wire::page::{LimitKind, Limits};

use crate::components::judgement::{self, Level};

/// A moment and its value; none where nothing was measured.
pub type Sample = (i64, Option<f64>);

/// The plane a trend is drawn on.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plane {
    pub from_millis: i64,
    pub to_millis: i64,
    pub low: f64,
    pub high: f64,
    pub width: f64,
    pub height: f64,
}

impl Plane {
    /// Across, from the left.
    #[must_use]
    pub fn x(&self, millis: i64) -> f64 {
        let span = (self.to_millis - self.from_millis).max(1) as f64;
        ((millis - self.from_millis) as f64 / span * self.width).clamp(0.0, self.width)
    }

    /// Down, from the top.
    #[must_use]
    pub fn y(&self, value: f64) -> f64 {
        ((self.high - value) / (self.high - self.low) * self.height).clamp(0.0, self.height)
    }
}

/// What the vertical axis spans: all values, and the limits and normal range when they are near.
#[must_use]
pub fn span(samples: &[Sample], normal: Option<(f64, f64)>, limits: &Limits) -> Option<(f64, f64)> {
    let values = samples.iter().filter_map(|(_, value)| *value);
    let (low, high) = extent(values)?;
    let reach = (high - low).max(normal.map_or(0.0, |(from, to)| to - from)) * 0.75;
    let near = |mark: &f64| (low - reach..=high + reach).contains(mark);
    let marks = [limits.low_low, limits.low, limits.high, limits.high_high];
    let marks = marks
        .into_iter()
        .flatten()
        .filter(near)
        .chain(normal.into_iter().flat_map(|(from, to)| [from, to]));
    let (low, high) = extent(marks.chain([low, high]))?;
    if low < high {
        let room = (high - low) * 0.06;
        return Some((low - room, high + room));
    }
    // What never changes stands in the middle, a switch at its end of 0 to 1: a scale of its rounding would
    // tell of changes that are none.
    if low == 0.0 || low == 1.0 {
        return Some((-0.06, 1.06));
    }
    Some((low - low.abs() * 0.5, high + high.abs() * 0.5))
}

/// What stands between two samples after a silence longer than `gap`: a break, or the value again where it
/// held, for no longer than `held`. As the server draws it.
#[must_use]
pub fn between(last: Sample, next: Sample, gap: i64, held: i64) -> Option<Sample> {
    let silence = next.0.saturating_sub(last.0);
    let is_silence = last.1.is_some() && next.1.is_some() && silence > gap;
    is_silence.then(|| {
        if silence <= held {
            (next.0 - 1, last.1)
        } else {
            (last.0 + silence / 2, None)
        }
    })
}

/// First, lowest, highest and last of some samples, and where it breaks, in the order of time: what the
/// server keeps of a slice.
#[must_use]
pub fn extremes(samples: &[Sample]) -> Vec<Sample> {
    let values = || {
        samples
            .iter()
            .enumerate()
            .filter_map(|(n, (_, value))| Some((n, (*value)?)))
    };
    let by_value = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
    let kept = [
        values().next(),
        values().min_by(by_value),
        values().max_by(by_value),
        values().next_back(),
    ];
    let kept = kept.map(|kept| kept.map(|(n, _)| n));
    let keep =
        |(n, sample): (usize, &Sample)| (sample.1.is_none() || kept.contains(&Some(n))).then_some(*sample);
    samples.iter().enumerate().filter_map(keep).collect()
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold(start, |(low, high), v| (low.min(v), high.max(v)));
    (low <= high).then_some((low, high))
}

/// The line: one stretch for every run without a gap.
#[must_use]
pub fn line(samples: &[Sample], plane: &Plane) -> String {
    let mut path = String::new();
    for run in runs(samples) {
        for (index, (millis, value)) in run.iter().enumerate() {
            push(&mut path, index == 0, plane.x(*millis), plane.y(*value));
        }
        if run.len() == 1 {
            path.push_str("h.1");
        }
    }
    path
}

/// Where nothing was measured between two measured moments: from, to.
#[must_use]
pub fn gaps(samples: &[Sample]) -> Vec<(i64, i64)> {
    let mut gaps = Vec::new();
    let mut last: Option<i64> = None;
    let mut open = false;
    for (millis, value) in samples {
        if value.is_some() {
            if let Some(from) = last.filter(|_| open) {
                gaps.push((from, *millis));
            }
            last = Some(*millis);
            open = false;
        } else {
            open = true;
        }
    }
    gaps
}

/// Without the breaks that are shorter than `least_millis`: they could not be seen, and would only make a line dotted.
#[must_use]
pub fn bridged(samples: &[Sample], least_millis: i64) -> Vec<Sample> {
    let wide: Vec<(i64, i64)> = gaps(samples)
        .into_iter()
        .filter(|(from, to)| to - from >= least_millis)
        .collect();
    let mut wide = wide.iter().peekable();
    let keep = |(millis, value): &&Sample| {
        if value.is_some() {
            return true;
        }
        while wide.next_if(|(_, to)| to < millis).is_some() {}
        wide.peek()
            .is_some_and(|(from, to)| (*from..=*to).contains(millis))
    };
    samples.iter().filter(keep).copied().collect()
}

/// A stretch beyond a limit.
#[derive(Clone, PartialEq, Debug)]
pub struct Breach {
    pub limit: LimitKind,
    pub level: Level,
    pub from_millis: i64,
    pub to_millis: i64,
    pub path: String,
}

/// Every stretch beyond a limit; the limit's own crossing is where it begins and ends.
#[must_use]
pub fn breaches(samples: &[Sample], limits: &Limits, plane: &Plane) -> Vec<Breach> {
    let mut found: Vec<Breach> = Vec::new();
    for run in runs(samples) {
        let mut open: Option<Breach> = None;
        let mut before: Option<(i64, f64)> = None;
        for (millis, value) in run {
            let hit = judgement::beyond(value, limits);
            if let Some(mut breach) = open.take_if(|breach| hit.is_none_or(|hit| hit.limit != breach.limit)) {
                if let (Some(before), Some(at)) = (before, limit_at(limits, breach.limit)) {
                    let (cross, level) = crossing(before, (millis, value), at);
                    breach.to_millis = cross;
                    push(&mut breach.path, false, plane.x(cross), plane.y(level));
                }
                found.push(breach);
            }
            if let Some(hit) = hit {
                let start = before.map_or((millis, value), |before| {
                    crossing(before, (millis, value), hit.at)
                });
                let breach = open.get_or_insert_with(|| Breach {
                    limit: hit.limit,
                    level: hit.level,
                    from_millis: start.0,
                    to_millis: millis,
                    path: String::new(),
                });
                if breach.path.is_empty() {
                    push(&mut breach.path, true, plane.x(start.0), plane.y(start.1));
                }
                breach.to_millis = millis;
                push(&mut breach.path, false, plane.x(millis), plane.y(value));
            }
            before = Some((millis, value));
        }
        found.extend(open);
    }
    found
}

/// How often a trend was beyond its limits, how long in all, and the worst of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Beyond {
    pub times: u64,
    pub millis: i64,
    pub level: Level,
}

/// All time beyond any limit; none when there was none. Going from one limit to the next is one time.
#[must_use]
pub fn beyond(samples: &[Sample], limits: &Limits) -> Option<Beyond> {
    let (mut times, mut millis, mut worst) = (0, 0, None);
    for run in runs(samples) {
        let mut since: Option<i64> = None;
        let mut before: Option<((i64, f64), Option<judgement::Beyond>)> = None;
        for sample in &run {
            let hit = judgement::beyond(sample.1, limits);
            let cross = |at: f64| {
                before
                    .map_or(*sample, |(before, _)| crossing(before, *sample, at))
                    .0
            };
            match (hit, since) {
                (Some(hit), None) => {
                    since = Some(cross(hit.at));
                    times += 1;
                }
                (None, Some(from)) => {
                    let end = before
                        .and_then(|(_, hit)| hit)
                        .map_or(sample.0, |hit| cross(hit.at));
                    millis += end - from;
                    since = None;
                }
                _ => {}
            }
            worst = worst.max(hit.map(|hit| hit.level));
            before = Some((*sample, hit));
        }
        if let (Some(from), Some((end, _))) = (since, run.last()) {
            millis += end - from;
        }
    }
    worst.map(|level| Beyond { times, millis, level })
}

/// The value of one of the limits.
#[must_use]
pub const fn limit_at(limits: &Limits, kind: LimitKind) -> Option<f64> {
    match kind {
        LimitKind::LowLow => limits.low_low,
        LimitKind::Low => limits.low,
        LimitKind::High => limits.high,
        LimitKind::HighHigh => limits.high_high,
    }
}

/// Where the straight line between two samples meets a level; the nearer end when it does not.
fn crossing(before: (i64, f64), after: (i64, f64), level: f64) -> (i64, f64) {
    let share = (level - before.1) / (after.1 - before.1);
    if !(0.0..=1.0).contains(&share) {
        return before;
    }
    (before.0 + ((after.0 - before.0) as f64 * share) as i64, level)
}

fn runs(samples: &[Sample]) -> impl Iterator<Item = Vec<(i64, f64)>> + '_ {
    samples
        .split(|(_, value)| value.is_none())
        .filter(|run| !run.is_empty())
        .map(|run| {
            run.iter()
                .filter_map(|(millis, value)| value.map(|value| (*millis, value)))
                .collect()
        })
}

fn push(path: &mut String, start: bool, x: f64, y: f64) {
    let tenth = |v: f64| (v * 10.0).round() / 10.0;
    path.push_str(&format!(
        "{}{} {}",
        if start { 'M' } else { 'L' },
        tenth(x),
        tenth(y)
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_changes_has_a_scale_that_says_so() {
        let check = |value, expect| {
            let samples = [(0, Some(value)), (9, Some(value))];
            assert_eq!(span(&samples, None, &Limits::default()), Some(expect), "{value}");
        };
        check(1.0, (-0.06, 1.06));
        check(0.0, (-0.06, 1.06));
        check(3.5, (1.75, 5.25));
        check(-4.0, (-6.0, -2.0));
        assert_eq!(span(&[(0, None)], None, &Limits::default()), None);
    }

    #[test]
    fn a_silence_breaks_the_line_unless_the_value_held() {
        let (last, next) = ((0, Some(1.0)), (100, Some(2.0)));
        for (gap, held, expect) in [
            (100, 0, None),
            (99, 0, Some((50, None))),
            (99, 99, Some((50, None))),
            (99, 100, Some((99, Some(1.0)))),
        ] {
            assert_eq!(between(last, next, gap, held), expect, "{gap} {held}");
        }
        assert_eq!(between((0, None), next, 9, 0), None);
        assert_eq!(between(last, (100, None), 9, 0), None);
    }

    #[test]
    fn a_slice_keeps_its_extremes_and_its_breaks() {
        let slice = |values: &[Option<f64>]| (0..).zip(values.iter().copied()).collect::<Vec<Sample>>();
        let samples = slice(&[
            Some(5.0),
            Some(6.0),
            Some(9.0),
            None,
            Some(1.0),
            Some(4.0),
            Some(3.0),
        ]);
        let kept: Vec<_> = extremes(&samples).into_iter().map(|(time, _)| time).collect();
        assert_eq!(kept, [0, 2, 3, 4, 6]);
        assert_eq!(extremes(&slice(&[Some(2.0)])), [(0, Some(2.0))]);
        assert_eq!(extremes(&[]), []);
    }

    const PLANE: Plane = Plane {
        from_millis: 0,
        to_millis: 100,
        low: 0.0,
        high: 10.0,
        width: 100.0,
        height: 10.0,
    };

    fn samples(values: &[Option<f64>]) -> Vec<Sample> {
        values
            .iter()
            .enumerate()
            .map(|(index, value)| (index as i64 * 10, *value))
            .collect()
    }

    #[test]
    fn a_line_stops_at_a_gap_and_the_gap_is_known() {
        let samples = samples(&[Some(1.0), Some(2.0), None, None, Some(3.0), None]);
        assert_eq!(line(&samples, &PLANE), "M0 9L10 8M40 7h.1");
        assert_eq!(gaps(&samples), [(10, 40)]);
    }

    #[test]
    fn a_break_too_short_to_be_seen_is_bridged() {
        let samples = samples(&[Some(1.0), None, Some(2.0), None, None, None, Some(3.0), None]);
        let short: Vec<_> = bridged(&samples, 30)
            .iter()
            .map(|(millis, value)| (*millis, value.is_some()))
            .collect();
        assert_eq!(
            short,
            [
                (0, true),
                (20, true),
                (30, false),
                (40, false),
                (50, false),
                (60, true)
            ]
        );
        assert_eq!(gaps(&bridged(&samples, 10)), gaps(&samples));
    }

    #[test]
    fn a_breach_begins_and_ends_where_the_limit_is_crossed() {
        let limits = Limits {
            high: Some(4.0),
            ..Limits::default()
        };
        let samples = samples(&[Some(2.0), Some(6.0), Some(6.0), Some(2.0), Some(5.0)]);
        let found = breaches(&samples, &limits, &PLANE);
        let spans: Vec<_> = found
            .iter()
            .map(|breach| (breach.from_millis, breach.to_millis))
            .collect();
        assert_eq!(spans, [(5, 25), (36, 40)]);
        assert_eq!(found[0].path, "M5 6L10 4L20 4L25 6");
        assert_eq!(found[0].level, Level::Medium);
    }

    #[test]
    fn going_from_one_limit_to_the_next_makes_two_breaches() {
        let limits = Limits {
            high: Some(4.0),
            high_high: Some(8.0),
            ..Limits::default()
        };
        let samples = samples(&[Some(2.0), Some(6.0), Some(9.0), Some(6.0), Some(2.0)]);
        let kinds: Vec<_> = breaches(&samples, &limits, &PLANE)
            .iter()
            .map(|breach| breach.level)
            .collect();
        assert_eq!(kinds, [Level::Medium, Level::High, Level::Medium]);
    }

    #[test]
    fn time_beyond_limits_is_counted_once_whichever_limit_it_is() {
        let limits = Limits {
            high: Some(4.0),
            high_high: Some(8.0),
            ..Limits::default()
        };
        let beyond = |values: &[Option<f64>]| {
            beyond(&samples(values), &limits).map(|beyond| (beyond.times, beyond.millis, beyond.level))
        };
        assert_eq!(beyond(&[Some(2.0), Some(3.0)]), None);
        assert_eq!(
            beyond(&[Some(2.0), Some(6.0), Some(6.0), Some(2.0)]),
            Some((1, 20, Level::Medium))
        );
        assert_eq!(
            beyond(&[Some(2.0), Some(6.0), Some(9.0), Some(6.0)]),
            Some((1, 25, Level::High))
        );
        // A gap ends it: nothing is known of the time between.
        assert_eq!(
            beyond(&[Some(6.0), Some(6.0), None, Some(6.0), Some(6.0)]),
            Some((2, 20, Level::Medium))
        );
    }

    #[test]
    fn the_span_takes_in_near_limits_only() {
        let limits = Limits {
            high: Some(5.5),
            high_high: Some(50.0),
            ..Limits::default()
        };
        let (low, high) = span(&samples(&[Some(3.0), Some(5.0)]), Some((3.5, 4.5)), &limits).unwrap();
        assert!(low < 3.0 && (5.5..6.5).contains(&high), "{low} {high}");
        assert_eq!(span(&samples(&[None]), None, &limits), None);
        let (low, high) = span(&samples(&[Some(5.0)]), None, &Limits::default()).unwrap();
        assert!(low < 5.0 && high > 5.0);
    }
}

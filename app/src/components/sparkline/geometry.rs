//! A sparkline's paths from its buckets' extremes: pure.

use wire::page::{Limits, Spark};
use wire::reading::{Cadence, twin_cadence_from_wire};

use crate::components::judgement::{Level, beyond};

/// Width of the drawing, in its own units; the style sheet stretches it.
pub const WIDTH: f64 = 120.0;
/// Height of the drawing.
pub const HEIGHT: f64 = 24.0;
/// The line ends before the edge, so that the last point is whole.
const END: f64 = 117.0;
/// Room above and below.
const PAD: f64 = 2.5;

/// A sparkline, ready to draw.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawing {
    /// One closed outline between the extremes for every stretch without a gap.
    pub line: String,
    /// The normal range: top and height.
    pub band: Option<(f64, f64)>,
    /// The last measured value.
    pub last: Option<f64>,
    /// Where it stands, when so little time has passed since that it may still hold.
    pub held: Option<(f64, f64)>,
    low: f64,
    high: f64,
}

impl Drawing {
    /// The height at which a value stands.
    #[must_use]
    pub fn y(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        tenth(HEIGHT - PAD - share * (HEIGHT - 2.0 * PAD))
    }

    /// Where the last point stands, across.
    #[must_use]
    pub const fn end() -> f64 {
        END
    }
}

/// Draws the buckets over the normal range; none when nothing was measured.
#[must_use]
pub fn draw(spark: &Spark, normal: Option<(f64, f64)>, cadence: Cadence) -> Option<Drawing> {
    let measured = spark.buckets.iter().flatten();
    let (least, most) = measured.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (a, b)| {
        (low.min(*a), high.max(*b))
    });
    if least > most {
        return None;
    }
    let (low, high) = span(least, most, normal);
    let last = spark
        .buckets
        .iter()
        .rev()
        .flatten()
        .next()
        .map(|(a, b)| f64::midpoint(*a, *b));
    let mut drawing = Drawing {
        line: String::new(),
        band: None,
        last,
        held: None,
        low,
        high,
    };
    drawing.band = normal.map(|(from, to)| {
        let top = drawing.y(to);
        (top, tenth((drawing.y(from) - top).max(1.0)))
    });
    let step = END / (spark.buckets.len().max(2) - 1) as f64;
    let bridge = bridge(spark, cadence);
    let mut stretch: Vec<(f64, f64, f64)> = Vec::new();
    let mut line = String::new();
    let mut empty = 0_usize;
    for (index, bucket) in spark.buckets.iter().enumerate() {
        let Some((least, most)) = bucket else {
            empty += 1;
            continue;
        };
        if empty > bridge {
            outline(&mut line, &mut stretch);
        }
        empty = 0;
        stretch.push((tenth(index as f64 * step), drawing.y(*most), drawing.y(*least)));
    }
    let newest = stretch.last().filter(|_| (1..=bridge).contains(&empty));
    drawing.held = newest.zip(last).map(|((x, ..), last)| (*x, drawing.y(last)));
    outline(&mut line, &mut stretch);
    drawing.line = line;
    Some(drawing)
}

/// The stretches beyond a limit, along their outermost values.
#[must_use]
pub fn breaches(spark: &Spark, limits: &Limits, drawing: &Drawing) -> Vec<(Level, String)> {
    let step = END / (spark.buckets.len().max(2) - 1) as f64;
    let mut found: Vec<(Level, String)> = Vec::new();
    let mut open = None;
    for (index, bucket) in spark.buckets.iter().enumerate() {
        let hit = bucket.and_then(|(least, most)| {
            let of = |value| beyond(value, limits).map(|hit| (hit.level, value));
            match (of(most), of(least)) {
                (Some(above), Some(under)) if under.0 > above.0 => Some(under),
                (above, under) => above.or(under),
            }
        });
        let x = tenth(index as f64 * step);
        if let Some((level, value)) = hit {
            let y = drawing.y(value);
            match found.last_mut() {
                Some((_, path)) if open == Some(level) => path.push_str(&format!("L{x} {y}")),
                _ => found.push((level, format!("M{x} {y}h.1"))),
            }
        }
        open = hit.map(|(level, _)| level);
    }
    found
}

/// Empty buckets that are no gap: a slow point has not spoken yet, one that speaks on change has not changed.
fn bridge(spark: &Spark, cadence: Cadence) -> usize {
    let span = spark.to_millis.saturating_sub(spark.from_millis).max(1);
    let bucket = span / i64::try_from(spark.buckets.len().max(1)).unwrap_or(1);
    match twin_cadence_from_wire(cadence).late_for() {
        Some(late) => usize::try_from(late.millis() / bucket.max(1)).unwrap_or(usize::MAX),
        None => usize::MAX,
    }
}

/// What the drawing spans: the values and the normal range with room around it, so that its ends are seen;
/// and never so little that noise looks like news.
fn span(least: f64, most: f64, normal: Option<(f64, f64)>) -> (f64, f64) {
    let (low, high) = normal.map_or((least, most), |(from, to)| {
        let room = (to - from) * 0.2;
        (least.min(from - room), most.max(to + room))
    });
    let floor = (low.abs().max(high.abs()) * 0.02).max(1e-9);
    if high - low >= floor {
        (low, high)
    } else {
        let middle = f64::midpoint(low, high);
        (middle - floor / 2.0, middle + floor / 2.0)
    }
}

/// Out along the highest values and back along the lowest; a single line where they are the same.
fn outline(path: &mut String, stretch: &mut Vec<(f64, f64, f64)>) {
    let flat = stretch.iter().all(|(_, top, bottom)| top == bottom);
    for (index, (x, top, _)) in stretch.iter().enumerate() {
        path.push_str(&format!("{}{x} {top}", if index == 0 { 'M' } else { 'L' }));
    }
    match stretch.as_slice() {
        [_] if flat => path.push_str("h.1"),
        _ if flat => {}
        _ => {
            for (x, _, bottom) in stretch.iter().rev() {
                path.push_str(&format!("L{x} {bottom}"));
            }
            path.push('Z');
        }
    }
    stretch.clear();
}

/// To a tenth of a unit: shorter paths, no visible loss.
fn tenth(value: f64) -> f64 {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[cfg(test)]
mod tests;

//! A healthy plant shows nothing: a day at several seeds stays inside every limit and normal range.

use plantsim::{Plant, TagSpec};

const SECOND: i64 = 1_000_000;

/// 2026-11-03 05:00 UTC.
const START: i64 = 1_793_682_000 * SECOND;

/// Each tag's extremes over a day.
fn day(seed: u64) -> Vec<(TagSpec, f64, f64)> {
    let mut plant = Plant::new(seed, START);
    let tags = plant.tags();
    let mut extremes = vec![(f64::INFINITY, f64::NEG_INFINITY); tags.len()];
    for minute in 1..=24 * 60 {
        plant.step(START + minute * 60 * SECOND, &mut |_| {});
        for (at, low_high) in extremes.iter_mut().enumerate() {
            let value = plant.truth_at(at);
            *low_high = (low_high.0.min(value), low_high.1.max(value));
        }
    }
    tags.into_iter()
        .zip(extremes)
        .map(|(tag, (low, high))| (tag, low, high))
        .collect()
}

fn check(seed: u64) {
    let mut wrong = Vec::new();
    for (tag, low, high) in day(seed) {
        // The sensor's noise never goes further than this.
        let noise = 2.45 * tag.noise;
        let floor = tag.range.map_or(f64::MIN, |(floor, _)| floor);
        let (low, high) = ((low - noise).max(floor.min(low)), high + noise);
        if tag.limits.crossed(low) || tag.limits.crossed(high) {
            wrong.push(format!(
                "{} {}: {low:.3} to {high:.3} crosses {:?}",
                tag.asset, tag.point, tag.limits
            ));
        }
        if let Some((from, to)) = tag.normal
            && (low < from || high > to)
        {
            wrong.push(format!(
                "{} {}: {low:.3} to {high:.3} leaves {from} to {to}",
                tag.asset, tag.point
            ));
        }
        if let Some((from, to)) = tag.range
            && (low < from || high > to)
        {
            wrong.push(format!(
                "{} {}: {low:.3} to {high:.3} leaves the bar {from} to {to}",
                tag.asset, tag.point
            ));
        }
    }
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

#[test]
fn a_day_stays_inside_limits_and_normal_ranges() {
    [1, 7, 42, 2_026].into_iter().for_each(check);
}

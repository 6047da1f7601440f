//! Sparkline: eight hours of extremes over the normal range, with the last point marked.

pub mod geometry;

use leptos::prelude::*;
use wire::Cadence;
use wire::page::{PointInfo, Spark};

use self::geometry::{Drawing, HEIGHT, WIDTH, breaches, draw};
use super::feed::Feed;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;

/// What one reaches back; of a point that is known for less, what is known.
const USUAL: i64 = 8 * 3_600_000;

/// A small trend. Gaps stay gaps; without any history it says so in the same space.
#[component]
pub fn Sparkline(
    /// Name, unit, normal range.
    info: PointInfo,
    /// The buckets.
    spark: Option<Spark>,
    /// How often the point speaks: what is a gap and what is not.
    cadence: Cadence,
    /// Moves the last point with the value.
    #[prop(optional)]
    feed: Option<Feed>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let drawn = spark.and_then(|spark| {
        // One slice alone would be a dot or a needle, which tells of nothing.
        let has_past = spark.buckets.iter().flatten().count() > 1;
        let drawing = draw(&spark, info.normal, cadence).filter(|_| has_past)?;
        let beyond = breaches(&spark, &info.limits, &drawing);
        let millis = spark.to_millis - spark.from_millis;
        Some((drawing, beyond, extent(&spark)?, millis))
    });
    let Some((drawing, beyond, extent, millis)) = drawn else {
        return view! { <span class="g-spark--none" title=m.spark_empty()>{m.spark_none()}</span> }
            .into_any();
    };
    let unit = info.unit.as_ref().map(|unit| unit.symbol.as_str());
    let value = |number: f64| fmt.value(number, info.decimals, unit);
    let number = |number: f64| fmt.number(number, info.decimals);
    let span = fmt.age(millis);
    let name = match info.normal {
        Some((from, to)) => m.spark_name_normal(
            &info.name,
            &span,
            &number(extent.0),
            &value(extent.1),
            &number(from),
            &value(to),
        ),
        None => m.spark_name(&info.name, &span, &number(extent.0), &value(extent.1)),
    };
    let title = (millis < USUAL).then(|| view! { <title>{name.clone()}</title> });
    let band = drawing
        .band
        .map(|(top, height)| view! { <rect class="g-band" y=top width=WIDTH height=height></rect> });
    let beyond = beyond.into_iter().map(|(level, path)| {
        view! {
            <path class="g-casing" data-p=level.number() d=path.clone()></path>
            <path class="g-breach" data-p=level.number() d=path></path>
        }
    });
    let beyond = beyond.collect_view();
    let line = drawing.line.clone();
    let current = move || feed.filter(|feed| feed.trust.get().is_current());
    // What speaks seldom and is as it was is a line up to now.
    let held = drawing.held;
    let held = move || {
        held.filter(|_| current().is_some())
            .map(|(x, y)| format!("M{x} {y}H{}", Drawing::end()))
    };
    let last = move || {
        current()
            .and_then(Feed::number)
            .or(drawing.last)
            .map(|value| format!("M{} {}h0", Drawing::end(), drawing.y(value)))
    };
    view! {
        <svg
            class="g-spark"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            preserveAspectRatio="none"
            role="img"
            aria-label=name
        >
            {title}
            {band}
            <path class="g-line" d=line></path>
            <path class="g-line" d=held></path>
            {beyond}
            <path class="g-last" d=last></path>
        </svg>
    }
    .into_any()
}

fn extent(spark: &Spark) -> Option<(f64, f64)> {
    spark
        .buckets
        .iter()
        .flatten()
        .copied()
        .reduce(|(low, high), (a, b)| (low.min(a), high.max(b)))
}

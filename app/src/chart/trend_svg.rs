//! The trend as the server draws it: axis, normal range, limits with their names, gaps hatched, breaches marked.
//!
//! Text stands in SVG beside the plot, in pixels; the plot itself stretches. Marks inside it stand at
//! percentages, so that it is fluid and needs no inline style.

use leptos::prelude::*;
use wire::page::{LimitKind, PointInfo, TrendPanel, Zone};

use super::axis::{time_ticks, value_ticks};
use super::figure::Figure;
use super::lines::{self, Plane, Sample};
use crate::components::analog_indicator::geometry::percent;
use crate::fmt::{Fmt, UTC, abbreviation, use_fmt};
use crate::i18n::{Messages, use_messages};

/// Units across; the plot stretches them to its width.
const WIDTH: f64 = 960.0;
/// Units that a shape covers.
const SHAPE: f64 = 28.0;

/// One point's trend, drawn; beside the axis of values, above the one of times.
#[component]
pub fn TrendSvg(
    /// The point, and its samples as a figure.
    panel: TrendPanel,
    /// In which the times are written.
    zone: Zone,
    /// The range's end.
    to_millis: i64,
    /// Height of the plot in pixels.
    #[prop(default = 132)]
    height: u32,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let figure = Figure::read(&panel.figure);
    let samples = figure.as_ref().map_or_else(Vec::new, Figure::samples);
    let drawn = figure.and_then(|figure| {
        let (low, high) = lines::span(&samples, panel.info.normal, &panel.info.limits)?;
        let (from_millis, to_millis) = figure.range();
        Some(Plane {
            from_millis,
            to_millis,
            low,
            high,
            width: WIDTH,
            height: f64::from(height),
        })
    });
    let Some(plane) = drawn else {
        return view! { <div class="g-trend__empty">{m.trend_empty()}</div> }.into_any();
    };
    let ticks = time_ticks(plane.from_millis, plane.to_millis, 0, 9);
    view! {
        <div class="g-trend">
            <ValueAxis plane fmt/>
            <Plot info=panel.info.clone() samples plane ticks=ticks.clone() name=name(&panel, m, fmt)/>
            <LimitNames info=panel.info plane m fmt/>
            <TimeAxis plane ticks zone=abbreviation(&zone, to_millis).to_owned() fmt/>
        </div>
    }
    .into_any()
}

fn name(panel: &TrendPanel, m: Messages, fmt: Fmt) -> String {
    let info = &panel.info;
    let unit = info.unit.as_ref().map(|unit| unit.symbol.as_str());
    match info.normal {
        Some((low, high)) => m.trend_name_normal(
            &info.name,
            &fmt.number(low, info.decimals),
            &fmt.value(high, info.decimals, unit),
        ),
        None => m.trend_name(&info.name),
    }
}

#[component]
fn ValueAxis(plane: Plane, fmt: Fmt) -> impl IntoView {
    let (ticks, digits) = value_ticks(plane.low, plane.high, 4);
    let text = ticks.into_iter().map(|tick| {
        view! { <text class="g-end" x="100%" dx="-8" y=plane.y(tick) dy="4">{fmt.number(tick, digits)}</text> }
    });
    view! { <svg class="g-trend__y" height=plane.height aria-hidden="true">{text.collect_view()}</svg> }
}

#[component]
fn Plot(info: PointInfo, samples: Vec<Sample>, plane: Plane, ticks: Vec<i64>, name: String) -> impl IntoView {
    let (values, _) = value_ticks(plane.low, plane.high, 4);
    let across = |millis: i64| percent(plane.x(millis) / WIDTH * 100.0);
    let band = info.normal.map(|(low, high)| {
        let (top, bottom) = (plane.y(high), plane.y(low));
        view! { <rect class="g-band" y=top width="100%" height=(bottom - top).max(1.0)></rect> }
    });
    let rows = values.into_iter().map(|tick| {
        let y = plane.y(tick);
        view! { <line class="g-gridline" x1="0" x2="100%" y1=y y2=y></line> }
    });
    let columns = ticks.into_iter().map(|tick| {
        view! { <line class="g-gridline" x1=across(tick) x2=across(tick) y1="0" y2=plane.height></line> }
    });
    let gaps = lines::gaps(&samples).into_iter().map(|(from, to)| {
        let width = percent((plane.x(to) - plane.x(from)) / WIDTH * 100.0);
        view! { <rect class="g-gap" x=across(from) width=width height=plane.height></rect> }
    });
    let limits = limits_of(&info, &plane).into_iter().map(|(_, _, y)| {
        view! { <line class="g-limit" x1="0" x2=WIDTH y1=y y2=y></line> }
    });
    let breaches = lines::breaches(&samples, &info.limits, &plane);
    // Shapes that would cover one another, or more than a few, say nothing more: the strokes mark every breach.
    let mut free_from = f64::NEG_INFINITY;
    let apart = |breach: &&lines::Breach| {
        let x = plane.x(breach.from_millis);
        let free = x >= free_from;
        if free {
            free_from = x + SHAPE;
        }
        free
    };
    let shapes = breaches.iter().filter(apart).take(7).map(|breach| {
        let y = lines::limit_at(&info.limits, breach.limit).map_or(0.0, |at| plane.y(at));
        let href = breach.level.symbol();
        view! {
            <svg class="g-mark" data-p=breach.level.number() x=across(breach.from_millis) y=y overflow="visible">
                <use href=href x="-26" y="-13" width="26" height="26"></use>
            </svg>
        }
    });
    let shapes = shapes.collect_view();
    let strokes = breaches.into_iter().map(|breach| {
        let level = breach.level.number();
        view! {
            <path class="g-casing" data-p=level d=breach.path.clone()></path>
            <path class="g-breach g-breach--in" data-p=level d=breach.path></path>
        }
    });
    let last = samples
        .iter()
        .rev()
        .find_map(|(millis, value)| value.map(|value| (*millis, value)));
    let last = last.map(|(millis, value)| format!("M{} {}h0", plane.x(millis), plane.y(value)));
    view! {
        <svg class="g-trend__plot" height=plane.height role="img" aria-label=name>
            {band} {rows.collect_view()} {columns.collect_view()} {gaps.collect_view()}
            <svg viewBox=format!("0 0 {WIDTH} {}", plane.height) width="100%" height=plane.height preserveAspectRatio="none" overflow="visible">
                {limits.collect_view()}
                <path class="g-line" d=lines::line(&samples, &plane)></path>
                {strokes.collect_view()}
                <path class="g-last" d=last></path>
            </svg>
            <line class="g-axis" x1="0" x2="100%" y1=plane.height y2=plane.height></line>
            {shapes}
        </svg>
    }
}

#[component]
fn LimitNames(info: PointInfo, plane: Plane, m: Messages, fmt: Fmt) -> impl IntoView {
    let mut taken: Vec<f64> = Vec::new();
    let mut free = |y: f64| {
        let free = taken.iter().all(|other| (other - y).abs() >= 13.0);
        free.then(|| taken.push(y)).is_some()
    };
    let names: Vec<_> = limits_of(&info, &plane)
        .into_iter()
        .filter(|(_, _, y)| free(*y))
        .map(|(kind, at, y)| {
            let text = format!("{} {}", limit_code(kind), fmt.number(at, info.decimals));
            view! { <text class="g-ink" x="8" y=y dy="4">{text}</text> }
        })
        .collect();
    let normal = info
        .normal
        .map(|(low, high)| plane.y(f64::midpoint(low, high)))
        .filter(|y| free(*y));
    let normal = normal.map(|y| view! { <text class="g-dimtext" x="8" y=y dy="4">{m.trend_normal()}</text> });
    view! { <svg class="g-trend__limits" height=plane.height aria-hidden="true">{names} {normal}</svg> }
}

/// `HH`, `H`, `L`, `LL`: the codes of the field, the same in every language.
#[must_use]
pub const fn limit_code(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::HighHigh => "HH",
        LimitKind::High => "H",
        LimitKind::Low => "L",
        LimitKind::LowLow => "LL",
    }
}

/// The limits inside the plot: which, at what value, how far down.
fn limits_of(info: &PointInfo, plane: &Plane) -> Vec<(LimitKind, f64, f64)> {
    [
        LimitKind::HighHigh,
        LimitKind::High,
        LimitKind::Low,
        LimitKind::LowLow,
    ]
    .into_iter()
    .filter_map(|kind| lines::limit_at(&info.limits, kind).map(|at| (kind, at)))
    .filter(|(_, at)| (plane.low..=plane.high).contains(at))
    .map(|(kind, at)| (kind, at, plane.y(at)))
    .collect()
}

#[component]
fn TimeAxis(plane: Plane, ticks: Vec<i64>, zone: String, fmt: Fmt) -> impl IntoView {
    // The plane's times are those of the wall already.
    let is_midnight = |tick: i64| tick.rem_euclid(86_400_000) == 0;
    // Every other one where room is short, midnight among those that stay.
    let kept = ticks.iter().position(|tick| is_midnight(*tick)).unwrap_or(0) % 2;
    let text = ticks.into_iter().enumerate().map(|(index, tick)| {
        let text = if is_midnight(tick) {
            fmt.date(&UTC, tick)
        } else {
            fmt.time_short(&UTC, tick)
        };
        let class = match (is_midnight(tick), index % 2 == kept) {
            (true, true) => "g-mid g-ink",
            (true, false) => "g-mid g-ink g-wide",
            (false, true) => "g-mid",
            (false, false) => "g-mid g-wide",
        };
        view! { <text class=class x=percent(plane.x(tick) / WIDTH * 100.0) y="16">{text}</text> }
    });
    view! {
        <svg class="g-trend__x" height="24" aria-hidden="true">{text.collect_view()}</svg>
        <span class="g-trend__zone g-caption">{zone}</span>
    }
}

//! A trend as plotly.js takes it: typed traces and layout of the `plotly` crate, made here so that the
//! browser never carries them. Colours are the page's: a theme may change without asking again.

use jiff::tz::TimeZone;
use plotly::common::{Line, LineShape, Mode};
use plotly::layout::{Axis, AxisType, Layout, Margin, Shape, ShapeLayer, ShapeLine, ShapeType};
use plotly::{Plot, Scatter};
use twin::Timestamp;
use wire::page::PointInfo;

use super::trend::Sample;

/// `{"data": […], "layout": {…}}`. Times are milliseconds of the site's wall clock; the browser writes them
/// as dates, since plotly.js would move a number into the browser's own zone.
pub(super) fn figure(
    info: &PointInfo,
    samples: &[Sample],
    zone: &TimeZone,
    from: Timestamp,
    to: Timestamp,
) -> String {
    let wall = |time: Timestamp| wall_millis(zone, time);
    let times: Vec<i64> = samples.iter().map(|(time, _)| wall(*time)).collect();
    let values: Vec<Option<f64>> = samples.iter().map(|(_, value)| *value).collect();
    let line = Scatter::new(times, values)
        .name(&info.name)
        .mode(Mode::Lines)
        .connect_gaps(false)
        .line(Line::new().width(1.5).shape(LineShape::Linear));
    let mut plot = Plot::new();
    plot.add_trace(line);
    plot.set_layout(layout(info, wall(from), wall(to)));
    plot.to_json()
}

fn layout(info: &PointInfo, from: i64, to: i64) -> Layout {
    let limits = info.limits;
    let mut shapes: Vec<Shape> = [limits.low_low, limits.low, limits.high, limits.high_high]
        .into_iter()
        .flatten()
        .map(limit_line)
        .collect();
    shapes.extend(info.normal.map(|(low, high)| normal_band(low, high)));
    Layout::new()
        .show_legend(false)
        .margin(Margin::new().left(48).right(64).top(8).bottom(28))
        .x_axis(Axis::new().type_(AxisType::Date).range(vec![from, to]))
        .y_axis(Axis::new().fixed_range(false).zero_line(false))
        .shapes(shapes)
}

fn limit_line(at: f64) -> Shape {
    Shape::new()
        .shape_type(ShapeType::Line)
        .x_ref("paper")
        .x0(0)
        .x1(1)
        .y_ref("y")
        .y0(at)
        .y1(at)
        .line(ShapeLine::new().width(1.0))
}

fn normal_band(low: f64, high: f64) -> Shape {
    Shape::new()
        .shape_type(ShapeType::Rect)
        .x_ref("paper")
        .x0(0)
        .x1(1)
        .y_ref("y")
        .y0(low)
        .y1(high)
        .layer(ShapeLayer::Below)
        .line(ShapeLine::new().width(0.0))
}

/// Milliseconds of the wall clock, read as though it were UTC.
fn wall_millis(zone: &TimeZone, time: Timestamp) -> i64 {
    let instant = jiff::Timestamp::from_microsecond(time.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.millis() + i64::from(zone.to_offset(instant).seconds()) * 1_000
}

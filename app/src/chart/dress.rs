//! A figure in the page's colours: the server sends shapes without, so that a theme may change by itself.

use js_sys::{Array, JSON, Object};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wire::page::{PointInfo, TrendPanel};

use super::figure::Figure;
use super::lines::{self, Sample};
use super::plotly::{get, object, set};
use super::trend_svg::limit_code;
use crate::components::judgement::{Level, beyond};
use crate::fmt::{Fmt, UTC, plain};
use wire::page::LimitKind;

/// Values at most that are marked one by one.
const FEW: usize = 30;

/// The line, and what of it is beyond limits of each level.
pub const TRACES: u32 = 1 + Level::ALL.len() as u32;

/// The colours of the theme that is on.
pub struct Colours {
    text: String,
    text_2: String,
    border: String,
    subtle: String,
    raised: String,
    /// Of each level, the least urgent first.
    levels: [String; Level::ALL.len()],
}

impl Colours {
    /// From the document's custom properties.
    pub fn now() -> Self {
        let style = document()
            .document_element()
            .and_then(|root| window().get_computed_style(&root).ok().flatten());
        let read = |name: &str| {
            style
                .as_ref()
                .and_then(|style| style.get_property_value(name).ok())
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        Self {
            text: read("--text"),
            text_2: read("--text-2"),
            border: read("--border-strong"),
            subtle: read("--border-subtle"),
            raised: read("--raised"),
            levels: ["--p4", "--p3-line", "--p2", "--p1"].map(read),
        }
    }
}

/// What `newPlot` takes: data, layout, config.
pub struct Dressed {
    pub data: JsValue,
    pub layout: JsValue,
    pub config: JsValue,
}

/// Dresses a figure of the server: line, breaches over it, normal range, limits with their names.
pub fn dress(panel: &TrendPanel, fmt: Fmt, colours: &Colours) -> Result<Dressed, JsValue> {
    let parsed = JSON::parse(&panel.figure)?;
    let (data, layout) = (Array::from(&get(&parsed, "data")?), get(&parsed, "layout")?);
    let figure = Figure::read(&panel.figure).ok_or("no figure")?;
    let samples = figure.samples();
    let info = &panel.info;
    let trace = data.get(0);
    set(
        &trace,
        "x",
        samples
            .iter()
            .map(|(time, _)| wall_date(*time))
            .collect::<Array>(),
    )?;
    let values = samples
        .iter()
        .map(|(_, value)| value.map_or(JsValue::NULL, Into::into));
    set(&trace, "y", values.collect::<Array>())?;
    let unit = info
        .unit
        .as_ref()
        .map(|unit| unit.symbol.replace(['%', '<'], ""))
        .unwrap_or_default();
    set(
        &trace,
        "line",
        object(&[("color", colours.text.as_str().into()), ("width", 1.5.into())])?,
    )?;
    // A line needs two values: few are seen one by one.
    if samples.iter().filter(|(_, value)| value.is_some()).count() <= FEW {
        set(&trace, "mode", "lines+markers")?;
        set(
            &trace,
            "marker",
            object(&[("color", colours.text.as_str().into()), ("size", 4.into())])?,
        )?;
    }
    set(
        &trace,
        "hovertemplate",
        format!("%{{y:.{}f}} {unit}<extra></extra>", info.decimals),
    )?;
    for (level, colour) in Level::ALL.into_iter().zip(&colours.levels) {
        data.push(&breach_trace(&trace, &samples, info, level, colour)?);
    }
    // What came last stands by itself until its slice of the range is over.
    for trace in data.slice(0, TRACES).iter() {
        let tail = Object::assign(&Object::new(), trace.unchecked_ref());
        set(&tail, "x", Array::new())?;
        set(&tail, "y", Array::new())?;
        data.push(&tail);
    }
    set(&layout, "shapes", shapes(&get(&layout, "shapes")?, colours)?)?;
    set(&layout, "annotations", annotations(info, fmt, colours)?)?;
    set(&layout, "font", font(&colours.text_2)?)?;
    set(&layout, "paper_bgcolor", "rgba(0,0,0,0)")?;
    set(&layout, "plot_bgcolor", "rgba(0,0,0,0)")?;
    set(&layout, "hovermode", "x")?;
    set(&layout, "uirevision", "stay")?;
    narrow(&layout)?;
    set(&layout, "separators", format!("{}\u{202F}", fmt.decimal_sign()))?;
    let coarse = window()
        .match_media("(pointer: coarse)")
        .ok()
        .flatten()
        .is_some_and(|media| media.matches());
    set(
        &layout,
        "dragmode",
        if coarse { JsValue::FALSE } else { "zoom".into() },
    )?;
    let label = [
        ("bgcolor", colours.raised.as_str().into()),
        ("bordercolor", colours.border.as_str().into()),
        ("font", font(&colours.text)?),
    ];
    set(&layout, "hoverlabel", object(&label)?)?;
    axes(&layout, figure.range(), &samples, info, colours)?;
    gap_shapes(&layout, &samples, colours)?;
    Ok(Dressed {
        data: data.into(),
        layout,
        config: config(fmt)?,
    })
}

/// The line again where it is beyond a limit, thicker and in the level's colour; nothing elsewhere.
fn breach_trace(
    like: &JsValue,
    samples: &[Sample],
    info: &PointInfo,
    level: Level,
    colour: &str,
) -> Result<JsValue, JsValue> {
    let y: Array = samples
        .iter()
        .map(|(_, value)| in_level(*value, info, level).map_or(JsValue::NULL, Into::into))
        .collect();
    object(&[
        ("type", "scatter".into()),
        ("mode", "lines".into()),
        ("connectgaps", false.into()),
        ("hoverinfo", "skip".into()),
        ("x", get(like, "x")?),
        ("y", y.into()),
        ("line", object(&[("color", colour.into()), ("width", 3.into())])?),
    ])
}

/// A value, when it is beyond a limit of this level.
pub fn in_level(value: Option<f64>, info: &PointInfo, level: Level) -> Option<f64> {
    value.filter(|value| beyond(*value, &info.limits).is_some_and(|hit| hit.level == level))
}

/// The margins of the server's drawing on a phone, so that nothing moves when this one takes its place.
fn narrow(layout: &JsValue) -> Result<(), JsValue> {
    let is_narrow = window()
        .match_media("(width < 600px)")
        .ok()
        .flatten()
        .is_some_and(|media| media.matches());
    if is_narrow {
        let margin = get(layout, "margin")?;
        set(&margin, "l", 34)?;
        set(&margin, "r", 56)?;
    }
    Ok(())
}

fn shapes(shapes: &JsValue, colours: &Colours) -> Result<JsValue, JsValue> {
    let shapes = Array::from(shapes);
    for shape in shapes.iter() {
        if get(&shape, "type")?.as_string().as_deref() == Some("rect") {
            set(&shape, "fillcolor", colours.text.as_str())?;
            set(&shape, "opacity", 0.09)?;
        } else {
            set(&get(&shape, "line")?, "color", colours.border.as_str())?;
        }
    }
    Ok(shapes.into())
}

fn annotations(info: &PointInfo, fmt: Fmt, colours: &Colours) -> Result<JsValue, JsValue> {
    let names = Array::new();
    for kind in [
        LimitKind::HighHigh,
        LimitKind::High,
        LimitKind::Low,
        LimitKind::LowLow,
    ] {
        let Some(at) = lines::limit_at(&info.limits, kind) else {
            continue;
        };
        names.push(&object(&[
            ("xref", "paper".into()),
            ("x", 1.into()),
            ("xanchor", "left".into()),
            ("yref", "y".into()),
            ("y", at.into()),
            ("showarrow", false.into()),
            (
                "text",
                format!(" {} {}", limit_code(kind), fmt.number(at, info.decimals)).into(),
            ),
            ("font", font(&colours.text)?),
        ])?);
    }
    Ok(names.into())
}

/// Where nothing was measured: marked as such, never bridged.
fn gap_shapes(layout: &JsValue, samples: &[Sample], colours: &Colours) -> Result<(), JsValue> {
    let shapes = Array::from(&get(layout, "shapes")?);
    for (from, to) in lines::gaps(samples) {
        shapes.push(&object(&[
            ("type", "rect".into()),
            ("xref", "x".into()),
            ("x0", wall_date(from)),
            ("x1", wall_date(to)),
            ("yref", "paper".into()),
            ("y0", 0.into()),
            ("y1", 1.into()),
            ("layer", "below".into()),
            ("fillcolor", colours.text.as_str().into()),
            ("opacity", 0.14.into()),
            ("line", object(&[("width", 0.into())])?),
        ])?);
    }
    set(layout, "shapes", shapes)
}

/// Milliseconds of the site's wall clock as plotly.js takes them. It shows a text as it stands, and moves a
/// number into the zone of the browser.
fn wall_date(millis: i64) -> JsValue {
    plain(&UTC, millis, ' ').into()
}

fn axes(
    layout: &JsValue,
    range: (i64, i64),
    samples: &[Sample],
    info: &PointInfo,
    colours: &Colours,
) -> Result<(), JsValue> {
    let (x, y) = (get(layout, "xaxis")?, get(layout, "yaxis")?);
    for axis in [&x, &y] {
        // Fainter than in the page: a grid is no border.
        set(axis, "gridcolor", format!("{}66", colours.subtle))?;
        set(axis, "linecolor", colours.border.as_str())?;
        set(axis, "zeroline", false)?;
    }
    set(&x, "showline", true)?;
    let (from, to) = range;
    set(&x, "range", Array::of2(&wall_date(from), &wall_date(to)))?;
    let long = to - from > 129_600_000;
    set(&x, "tickformat", if long { "%d.%m." } else { "%H:%M" })?;
    set(&x, "hoverformat", "%H:%M:%S")?;
    // The scale stays as it is while values come; only a person changes it.
    if let Some((low, high)) = lines::span(samples, info.normal, &info.limits) {
        set(
            &y,
            "range",
            [low, high].into_iter().map(JsValue::from).collect::<Array>(),
        )?;
        set(&y, "autorange", false)?;
    }
    Ok(())
}

fn font(colour: &str) -> Result<JsValue, JsValue> {
    object(&[
        ("family", "Inter, system-ui, sans-serif".into()),
        ("size", 12.into()),
        ("color", colour.into()),
    ])
}

/// No logo, nothing that leaves this server.
fn config(fmt: Fmt) -> Result<JsValue, JsValue> {
    let buttons: Array = ["zoom2d", "pan2d", "resetScale2d", "toImage"]
        .into_iter()
        .map(JsValue::from)
        .collect();
    object(&[
        ("displaylogo", false.into()),
        ("showSendToCloud", false.into()),
        ("plotlyServerURL", "".into()),
        ("responsive", true.into()),
        ("displayModeBar", "hover".into()),
        ("scrollZoom", false.into()),
        ("doubleClick", "reset".into()),
        ("showTips", false.into()),
        ("locale", fmt.locale().tag().into()),
        ("modeBarButtons", Array::of1(&buttons).into()),
    ])
}

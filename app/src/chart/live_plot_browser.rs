//! The browser's half of [`super::live_plot`].

use std::time::Duration;

use js_sys::{Array, Reflect};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{HtmlElement, IntersectionObserver, IntersectionObserverEntry};
use wire::page::{PointInfo, Trend, Zone};
use wire::reading::Reading;

use super::dress::{Colours, Dressed, TRACES, dress, in_level};
use super::figure::Figure;
use super::lines::{Sample, extremes};
use super::live_plot::PlotState;
use super::plotly::{Plot, load, object};
use super::theme::{follow_theme, redress};
use crate::api::trend::get_trend;
use crate::components::feed::Feed;
use crate::components::judgement::Level;
use crate::fmt::{Fmt, plain, use_fmt};
use crate::shell::use_zone;

/// At most twice a second.
const BEAT: Duration = Duration::from_millis(500);
/// Values that wait while the chart is not seen or paused; older ones are in the history.
const MOST_WAITING: usize = 5_000;
/// Points of one trace.
const MOST_POINTS: u32 = 6_000;

/// What is drawn.
struct Drawn {
    plot: Plot,
    info: PointInfo,
    zone: Memo<Zone>,
    /// The axis' end.
    end: i64,
    span: i64,
    /// How long the slices are that the range is thinned by.
    slice: i64,
    /// The values of the newest slice, after the last one drawn before it.
    tail: Vec<Sample>,
    /// Our own changes of the axis are not a person's.
    moving: bool,
}

#[derive(Clone, Copy)]
struct Parts {
    drawn: StoredValue<Option<Drawn>, LocalStorage>,
    waiting: StoredValue<Vec<Sample>>,
    seen: RwSignal<bool>,
    state: PlotState,
}

/// Watches for the chart to be seen, then draws and feeds it.
/// `measured` says whether the range has any value: without one there is nothing to draw yet.
pub fn start(
    place: NodeRef<Div>,
    info: PointInfo,
    span_millis: i64,
    measured: bool,
    feed: Feed,
    state: PlotState,
) {
    let (fmt, zone) = (use_fmt(), use_zone());
    let has_any = move || {
        let from = feed.now.get_untracked() - span_millis;
        measured || feed.with(|reading| reading.is_some_and(|reading| time_of(reading) > from))
    };
    let parts = Parts {
        drawn: StoredValue::new_local(None),
        waiting: StoredValue::new(Vec::new()),
        seen: RwSignal::new(false),
        state,
    };
    let begun = StoredValue::new(false);
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            observe(&place, parts.seen);
        }
    });
    Effect::new(move |_| {
        let (Some(place), true) = (place.get(), parts.seen.get()) else {
            return;
        };
        if begun.get_value() || !has_any() {
            return;
        }
        if begun.try_update_value(|begun| std::mem::replace(begun, true)) == Some(false) {
            let point = info.point;
            let to = feed.now.get_untracked();
            spawn_local(async move {
                // A chart that fails leaves the server's drawing where it is.
                if let Err(error) = draw(place.into(), point, (to, span_millis), fmt, zone, parts).await {
                    leptos::logging::warn!("chart: {error:?}");
                }
            });
        }
    });
    Effect::new(move |_| {
        let value = feed.number();
        let time = feed.with(|reading| reading.map(time_of));
        if let Some(time) = time {
            parts.waiting.update_value(|waiting| {
                if waiting.len() < MOST_WAITING {
                    waiting.push((time, value));
                }
            });
        }
    });
    Effect::new(move |_| {
        if let Ok(handle) = set_interval_with_handle(move || beat(parts), BEAT) {
            on_cleanup(move || handle.clear());
        }
    });
    Effect::new(move |_| {
        if state.resume.get() > 0 {
            go_live(parts);
        }
    });
    on_cleanup(move || drop(parts.drawn.try_update_value(Option::take)));
}

/// Says whether an element's surroundings are on the screen. The place itself is empty at first, so the
/// figure around it is watched.
fn observe(place: &HtmlElement, seen: RwSignal<bool>) {
    let changed = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        let last = entries
            .iter()
            .last()
            .and_then(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok());
        if let Some(entry) = last {
            seen.try_set(entry.is_intersecting());
        }
    });
    let Ok(observer) = IntersectionObserver::new(changed.as_ref().unchecked_ref()) else {
        return;
    };
    if let Some(figure) = place.closest("figure").ok().flatten() {
        observer.observe(&figure);
    }
    let held = StoredValue::new_local((observer, changed));
    on_cleanup(move || {
        held.try_with_value(|(observer, _)| observer.disconnect());
    });
}

async fn draw(
    place: HtmlElement,
    point: u32,
    (to, span): (i64, i64),
    fmt: Fmt,
    zone: Memo<Zone>,
    parts: Parts,
) -> Result<(), JsValue> {
    let figure = place.closest("figure")?.ok_or("no figure")?;
    let width = figure.get_bounding_client_rect().width().clamp(200.0, 2_000.0) as u32;
    load().await?;
    let trend = get_trend(vec![point], to - span, to, width)
        .await
        .map_err(|error| error.to_string())?;
    let Trend {
        to_millis, panels, ..
    } = trend;
    let panel = panels.into_iter().next().ok_or("no panel")?;
    let figure = Figure::read(&panel.figure).ok_or("no figure")?;
    let from_wall = to_millis - figure.range().1;
    let last = figure
        .samples()
        .last()
        .map(|(time, value)| (time + from_wall, *value));
    let dressed = dress(&panel, fmt, &Colours::now())?;
    // It must have a size to be drawn into.
    parts.state.ready.try_set(true);
    next_frame().await;
    let plot = Plot::draw(place, &dressed.data, &dressed.layout, &dressed.config)
        .await
        .inspect_err(|_| {
            parts.state.ready.try_set(false);
        })?;
    parts
        .waiting
        .try_update_value(|waiting| waiting.retain(|(time, _)| *time > to_millis));
    listen(&plot, parts)?;
    let colours = move |dressed: &Dressed| {
        parts
            .drawn
            .try_with_value(|drawn| drawn.as_ref().map(|drawn| redress(&drawn.plot, dressed)));
    };
    follow_theme(panel.clone(), fmt, colours);
    let drawn = Drawn {
        plot,
        info: panel.info,
        zone,
        end: to_millis,
        span,
        slice: (span / i64::from(width)).max(1),
        tail: last.into_iter().collect(),
        moving: false,
    };
    parts.drawn.try_set_value(Some(drawn));
    tell_window(parts);
    Ok(())
}

/// Says where the window ends, for the keyboard's cursor.
fn tell_window(parts: Parts) {
    let end = parts
        .drawn
        .try_with_value(|drawn| drawn.as_ref().map(|drawn| drawn.end))
        .flatten();
    if parts.state.window_end.try_get_untracked() != Some(end) {
        parts.state.window_end.try_set(end);
    }
}

/// The browser has laid out what was changed.
async fn next_frame() {
    let frame = js_sys::Promise::new(&mut |resolve, _| {
        request_animation_frame(move || drop(resolve.call0(&JsValue::NULL)));
    });
    drop(wasm_bindgen_futures::JsFuture::from(frame).await);
}

/// A person's zoom pauses; ours does not.
fn listen(plot: &Plot, parts: Parts) -> Result<(), JsValue> {
    let zoomed = Closure::<dyn FnMut(JsValue)>::new(move |change: JsValue| {
        let has = |key: &str| Reflect::has(&change, &key.into()).unwrap_or(false);
        let ours = parts.drawn.try_update_value(|drawn| {
            drawn
                .as_mut()
                .is_some_and(|drawn| std::mem::take(&mut drawn.moving))
        });
        if ours == Some(true) {
            return;
        }
        if has("xaxis.range[0]") {
            parts.state.paused.try_set(true);
        } else if has("xaxis.autorange") || has("xaxis.range") {
            parts.state.paused.try_set(false);
        }
    });
    plot.on("plotly_relayout", zoomed.as_ref().unchecked_ref())?;
    // Plotly forgets its listeners with the plot; the closure is the page's until then.
    zoomed.forget();
    Ok(())
}

/// Appends what waits, when the chart is seen and not paused.
fn beat(parts: Parts) {
    // The page may have been drawn anew since the timer was set.
    let waiting = parts.waiting.try_with_value(Vec::len).unwrap_or(0);
    if waiting == 0 || parts.drawn.try_with_value(Option::is_none) != Some(false) {
        return;
    }
    if parts.state.paused.try_get_untracked() != Some(false) {
        parts.state.waiting.try_set(waiting);
        return;
    }
    if parts.seen.try_get_untracked() != Some(true) || document().hidden() {
        return;
    }
    let values = parts.waiting.try_update_value(std::mem::take).unwrap_or_default();
    let failed = parts
        .drawn
        .try_update_value(|drawn| drawn.as_mut().and_then(|drawn| append(drawn, &values).err()));
    if let Some(Some(error)) = failed {
        leptos::logging::warn!("chart: {error:?}");
    }
    tell_window(parts);
}

/// A slice that is over is drawn by its extremes, as the server would; the newest one value by value.
fn append(drawn: &mut Drawn, values: &[Sample]) -> Result<(), JsValue> {
    let slice_of = |drawn: &Drawn, sample: &Sample| sample.0.div_euclid(drawn.slice);
    let mut over = Vec::new();
    for value in values {
        let newest = drawn.tail.last();
        if newest.is_some_and(|last| slice_of(drawn, last) < slice_of(drawn, value)) {
            let last = newest.copied();
            over.extend(extremes(drawn.tail.get(1..).unwrap_or_default()));
            drawn.tail.clear();
            drawn.tail.extend(last);
        }
        drawn.tail.push(*value);
    }
    if !over.is_empty() {
        let (xs, ys) = traces(drawn, &over);
        drawn.plot.extend(&xs, &ys, MOST_POINTS)?;
    }
    let (xs, ys) = traces(drawn, &drawn.tail);
    drawn.plot.replace(TRACES, &xs, &ys)?;
    // The window goes on by a whole step, not with every value.
    let newest = values.iter().map(|(time, _)| *time).max().unwrap_or(drawn.end);
    if newest > drawn.end {
        drawn.end = newest + drawn.span / 60;
        show_window(drawn)?;
    }
    Ok(())
}

/// Times on the site's wall, and the values of the line and of each level beyond limits.
fn traces(drawn: &Drawn, samples: &[Sample]) -> (Vec<String>, Vec<Vec<Option<f64>>>) {
    let level = |level| {
        let values = samples.iter();
        values
            .map(|(_, value)| in_level(*value, &drawn.info, level))
            .collect()
    };
    let xs = samples.iter().map(|(time, _)| wall(drawn, *time)).collect();
    let line = samples.iter().map(|(_, value)| *value).collect();
    (xs, [line].into_iter().chain(Level::ALL.map(level)).collect())
}

/// A time as the site's wall shows it, which plotly takes as it stands.
fn wall(drawn: &Drawn, millis: i64) -> String {
    drawn.zone.with_untracked(|zone| plain(zone, millis, ' '))
}

const fn time_of(reading: &Reading) -> i64 {
    match reading.source_millis {
        Some(millis) => millis,
        None => reading.arrival_millis,
    }
}

fn show_window(drawn: &mut Drawn) -> Result<(), JsValue> {
    drawn.moving = true;
    let range: Array = [drawn.end - drawn.span, drawn.end]
        .into_iter()
        .map(|millis| JsValue::from(wall(drawn, millis)))
        .collect();
    drawn.plot.relayout(&object(&[("xaxis.range", range.into())])?)
}

/// Back to the present: what waited is appended, the window is the whole range again.
fn go_live(parts: Parts) {
    parts.state.paused.set(false);
    parts.state.waiting.set(0);
    let failed = parts
        .drawn
        .try_update_value(|drawn| drawn.as_mut().and_then(|drawn| show_window(drawn).err()));
    if let Some(Some(error)) = failed {
        leptos::logging::warn!("chart: {error:?}");
    }
    beat(parts);
}

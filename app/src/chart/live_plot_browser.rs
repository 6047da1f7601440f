//! The browser's half of [`super::live_plot`].

use std::time::Duration;

use js_sys::{Array, Reflect};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{HtmlElement, IntersectionObserver, IntersectionObserverEntry};
use wire::page::{PointInfo, TrendPanel, Zone};
use wire::reading::{Reading, twin_times_from_wire};

use super::dress::{Colours, Dressed, TRACES, dress, in_level};
use super::figure::{Figure, LEAST_GAP};
use super::lines::{Sample, between, extremes};
use super::live_plot::PlotState;
use super::plotly::{Plot, load, object};
use super::theme::{follow_theme, redress};
use crate::api::trend::get_trend;
use crate::components::feed::Feed;
use crate::components::judgement::Level;
use crate::fmt::{Fmt, plain, use_fmt};
use crate::live::{Link, LiveStore, use_live};
use crate::shell::use_zone;

/// Between two drawings, in milliseconds: about a pixel of a wide chart's range, within these.
const BEAT: std::ops::RangeInclusive<i64> = 500..=2_000;
const WIDE: i64 = 1_000;
/// A page's values come before its chart, which is the larger part of what it loads.
const AFTER_VALUES: Duration = Duration::from_millis(300);
/// Values that wait while the chart is not seen or paused; older ones are in the history.
const MOST_WAITING: usize = 5_000;
/// Between two looks into history, in milliseconds.
const LOOK_EVERY: i64 = 10_000;
/// Points of one trace.
const MOST_POINTS: u32 = 6_000;

/// What is drawn.
struct Drawn {
    plot: Plot,
    /// What history had.
    panel: TrendPanel,
    /// The axis' end.
    end: i64,
    /// Its width in pixels: the range is thinned to as many slices.
    width: u32,
    /// The values of the newest slice, after the last one drawn before it.
    tail: Vec<Sample>,
    /// Our own changes of the axis are not a person's.
    moving: bool,
    /// Something was measured that did not come here: while hidden, without a server, or in a silence.
    is_missed: bool,
    /// When history was last asked.
    asked_at: i64,
}

#[derive(Clone, Copy)]
struct Parts {
    drawn: StoredValue<Option<Drawn>, LocalStorage>,
    waiting: StoredValue<Vec<Sample>>,
    seen: RwSignal<bool>,
    state: PlotState,
    live: LiveStore,
    fmt: Fmt,
    zone: Memo<Zone>,
    point: u32,
    span: i64,
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
    let has_any = move || {
        let from = feed.now.get_untracked() - span_millis;
        measured || feed.with(|reading| reading.is_some_and(|reading| time_of(reading) > from))
    };
    let parts = Parts {
        drawn: StoredValue::new_local(None),
        waiting: StoredValue::new(Vec::new()),
        seen: RwSignal::new(false),
        state,
        live: use_live(),
        zone: use_zone(),
        point: info.point,
        span: span_millis,
        fmt: use_fmt(),
    };
    let begun = StoredValue::new(false);
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            observe(&place, parts.seen);
        }
    });
    Effect::new(move |_| {
        let (Some(place), true, Link::Live) = (place.get(), parts.seen.get(), parts.live.link.get()) else {
            return;
        };
        if begun.get_value() || !has_any() {
            return;
        }
        if begun.try_update_value(|begun| std::mem::replace(begun, true)) == Some(false) {
            set_timeout(move || spawn_local(draw(place.into(), parts)), AFTER_VALUES);
        }
    });
    Effect::new(move |_| {
        let value = feed.number();
        let time = feed.with(|reading| reading.map(time_of));
        if let Some(time) = time {
            parts.waiting.update_value(|waiting| {
                if waiting.len() == MOST_WAITING {
                    waiting.remove(0);
                    miss(parts, true);
                }
                waiting.push((time, value));
            });
        }
    });
    Effect::new(move |_| {
        let pixel = (span_millis / WIDE).clamp(*BEAT.start(), *BEAT.end());
        let every = Duration::from_millis(pixel.unsigned_abs());
        if let Ok(handle) = set_interval_with_handle(move || beat(parts), every) {
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

/// Something was measured that did not come to this page: history has it. Until it is asked, the line may have
/// to break.
fn miss(parts: Parts, breaks: bool) {
    parts.drawn.try_update_value(|drawn| {
        let drawn = drawn.as_mut()?;
        drawn.is_missed = true;
        let (last, _) = drawn.tail.last().filter(|(_, value)| breaks && value.is_some())?;
        drawn.tail.push((last + 1, None));
        Some(())
    });
}

/// Draws what history has by now; what is younger waits to be appended.
async fn draw(place: HtmlElement, parts: Parts) {
    // A chart that fails leaves what was drawn where it is.
    if let Err(error) = try_draw(place, parts).await {
        leptos::logging::warn!("chart: {error:?}");
    }
}

async fn try_draw(place: HtmlElement, parts: Parts) -> Result<(), JsValue> {
    let (to, span) = (parts.live.now.get_untracked(), parts.span);
    let figure = place.closest("figure")?.ok_or("no figure")?;
    let width = figure.get_bounding_client_rect().width().clamp(200.0, 2_000.0) as u32;
    load().await?;
    let trend = get_trend(vec![parts.point], to - span, to, width)
        .await
        .map_err(|error| error.to_string())?;
    let panel = trend.panels.into_iter().next().ok_or("no panel")?;
    let figure = Figure::read(&panel.figure).ok_or("no figure")?;
    let from_wall = to - figure.range().1;
    let last = figure.samples().last().copied();
    let last = last.map_or((to - span, None), |(time, value)| (time + from_wall, value));
    let dressed = dress(&panel, parts.fmt, &Colours::now())?;
    // It must have a size to be drawn into.
    parts.state.ready.try_set(true);
    next_frame().await;
    let before = parts.drawn.try_update_value(Option::take).flatten();
    let plot = Plot::draw(place, &dressed.data, &dressed.layout, &dressed.config)
        .await
        .inspect_err(|_| {
            parts.state.ready.try_set(false);
        })?;
    let is_first = before.is_none();
    parts.waiting.try_update_value(|waiting| {
        if let Some(before) = before {
            waiting.splice(..0, before.tail);
            before.plot.leave();
        }
        waiting.retain(|(time, _)| *time > last.0);
    });
    if is_first {
        listen(&plot, parts)?;
        let panel_now = move || {
            parts
                .drawn
                .try_with_value(|drawn| drawn.as_ref().map(|drawn| drawn.panel.clone()))?
        };
        let colours = move |dressed: &Dressed| {
            parts
                .drawn
                .try_with_value(|drawn| drawn.as_ref().map(|drawn| redress(&drawn.plot, dressed)));
        };
        follow_theme(panel_now, parts.fmt, colours);
    }
    let drawn = Drawn {
        plot,
        panel,
        end: to,
        width,
        tail: vec![last],
        moving: false,
        is_missed: false,
        asked_at: to,
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
    if parts.drawn.try_with_value(Option::is_none) != Some(false) {
        return;
    }
    if document().hidden() || parts.live.link.get_untracked().is_lost() {
        return miss(parts, true);
    }
    let waiting = parts.waiting.try_with_value(Vec::len).unwrap_or(0);
    if parts.state.paused.try_get_untracked() != Some(false) {
        parts.state.waiting.try_set(waiting);
        return;
    }
    if parts.seen.try_get_untracked() != Some(true) {
        return;
    }
    let now = parts.live.now.get_untracked();
    let missed = parts.drawn.try_update_value(|drawn| {
        let drawn = drawn.as_mut()?;
        let asks = drawn.is_missed && now >= drawn.asked_at + LOOK_EVERY;
        asks.then(|| {
            drawn.asked_at = now;
            drawn.plot.element()
        })
    });
    if let Some(place) = missed.flatten() {
        return spawn_local(draw(place, parts));
    }
    if waiting == 0 {
        return;
    }
    let values = parts.waiting.try_update_value(std::mem::take).unwrap_or_default();
    let appended = parts
        .drawn
        .try_update_value(|drawn| drawn.as_mut().map(|drawn| append(drawn, parts, &values)));
    match appended.flatten() {
        Some(Ok(true)) => miss(parts, false),
        Some(Err(error)) => leptos::logging::warn!("chart: {error:?}"),
        _ => {}
    }
    tell_window(parts);
}

/// A slice that is over is drawn by its extremes, as the server would; the newest one value by value.
/// True when the line breaks: something may have been measured meanwhile.
fn append(drawn: &mut Drawn, parts: Parts, values: &[Sample]) -> Result<bool, JsValue> {
    // How long the slices are that the range is thinned by.
    let slice = (parts.span / i64::from(drawn.width)).max(1);
    let gap = drawn.panel.gap_millis.max(parts.span / LEAST_GAP);
    let mut over = Vec::new();
    let mut is_broken = false;
    for value in values {
        if let Some(last) = drawn.tail.last().copied() {
            if last.0.div_euclid(slice) < value.0.div_euclid(slice) {
                over.extend(extremes(drawn.tail.get(1..).unwrap_or_default()));
                drawn.tail.clear();
                drawn.tail.push(last);
            }
            let between = between(last, *value, gap, drawn.panel.held_millis);
            is_broken |= between.is_some_and(|(_, value)| value.is_none());
            drawn.tail.extend(between);
        }
        drawn.tail.push(*value);
    }
    if !over.is_empty() {
        let (xs, ys) = traces(drawn, parts, &over);
        drawn.plot.extend(&xs, &ys, MOST_POINTS)?;
    }
    let (xs, ys) = traces(drawn, parts, &drawn.tail);
    drawn.plot.replace(TRACES, &xs, &ys)?;
    // The window goes on by a whole step, not with every value.
    let newest = values.iter().map(|(time, _)| *time).max().unwrap_or(drawn.end);
    if newest > drawn.end {
        drawn.end = newest + parts.span / 60;
        show_window(drawn, parts)?;
    }
    Ok(is_broken)
}

/// Times on the site's wall, and the values of the line and of each level beyond limits.
fn traces(drawn: &Drawn, parts: Parts, samples: &[Sample]) -> (Vec<String>, Vec<Vec<Option<f64>>>) {
    let level = |level| {
        let values = samples.iter();
        values
            .map(|(_, value)| in_level(*value, &drawn.panel.info, level))
            .collect()
    };
    let xs = samples.iter().map(|(time, _)| wall(parts, *time)).collect();
    let line = samples.iter().map(|(_, value)| *value).collect();
    (xs, [line].into_iter().chain(Level::ALL.map(level)).collect())
}

/// A time as the site's wall shows it, which plotly takes as it stands.
fn wall(parts: Parts, millis: i64) -> String {
    parts.zone.with_untracked(|zone| plain(zone, millis, ' '))
}

/// Of a device whose clock runs ahead, when it came: no window ends in the future.
fn time_of(reading: &Reading) -> i64 {
    twin_times_from_wire(reading).time().millis()
}

fn show_window(drawn: &mut Drawn, parts: Parts) -> Result<(), JsValue> {
    drawn.moving = true;
    let range: Array = [drawn.end - parts.span, drawn.end]
        .into_iter()
        .map(|millis| JsValue::from(wall(parts, millis)))
        .collect();
    drawn.plot.relayout(&object(&[("xaxis.range", range.into())])?)
}

/// Back to the present: what waited is appended, the window is the whole range again.
fn go_live(parts: Parts) {
    parts.state.paused.set(false);
    parts.state.waiting.set(0);
    let failed = parts
        .drawn
        .try_update_value(|drawn| drawn.as_mut().and_then(|drawn| show_window(drawn, parts).err()));
    if let Some(Some(error)) = failed {
        leptos::logging::warn!("chart: {error:?}");
    }
    beat(parts);
}

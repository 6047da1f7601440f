//! Cursor: a trend read by keyboard, value by value. plotly.js has no keyboard of its own.
//!
//! A slider over the values of the table and, last, the value now: ←/→ one, Page Up/Down ten, Home/End;
//! ↑/↓ the chart above and below, `T` the table, Space pauses and goes on. What it stands at is its value
//! in words, so that it is read out without a region of its own.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use leptos_router::hooks::use_navigate;
use wire::page::PointInfo;

use super::live_plot::PlotState;
use crate::components::feed::Feed;
use crate::components::judgement::beyond;
use crate::components::status_shape::word;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::shell::use_zone;

/// Values that Page Up and Page Down pass.
const PAGE: usize = 10;

/// The cursor over a plot. Only the browser has one: without script nothing would move it.
#[component]
pub fn Cursor(
    /// Whose trend.
    info: PointInfo,
    /// The values of the table, oldest first.
    rows: Vec<(i64, Option<f64>)>,
    /// The range when it was drawn, in milliseconds.
    span: (i64, i64),
    /// The value now.
    feed: Feed,
    /// How the plot stands.
    state: PlotState,
    /// The address that shows the table.
    table_href: Signal<String>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (zone, navigate) = (use_zone(), use_navigate());
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    let (last, at) = (rows.len(), RwSignal::new(None::<usize>));
    let rows = StoredValue::new(rows);
    let sample = Memo::new(move |_| {
        let now = || {
            let time = |reading: Option<&wire::Reading>| {
                reading.map(|reading| reading.source_millis.unwrap_or(reading.arrival_millis))
            };
            Some((feed.with(time)?, feed.number()))
        };
        let index = at.get()?;
        rows.with_value(|rows| rows.get(index).copied()).or_else(now)
    });
    let name = m.cursor_label(&info.name);
    let words = Memo::new(move |_| {
        let Some((millis, value)) = sample.get() else {
            return m.cursor_hint().to_owned();
        };
        let unit = info.unit.as_ref().map(|unit| unit.symbol.as_str());
        let time = zone.with(|zone| fmt.moment(zone, millis, feed.now.get_untracked()));
        let value = match value {
            Some(value) => match beyond(value, &info.limits) {
                Some(hit) => m.value_text(&fmt.value(value, info.decimals, unit), word(m, hit.level)),
                None => fmt.value(value, info.decimals, unit),
            },
            None => m.trend_gap().to_owned(),
        };
        format!("{time} · {value}")
    });
    let across = move || {
        let (millis, _) = sample.get()?;
        let end = state.window_end.get().unwrap_or(span.1);
        let share = (millis - (end - (span.1 - span.0))) as f64 / (span.1 - span.0).max(1) as f64;
        Some(format!("--x:{:.4}", share.clamp(0.0, 1.0)))
    };
    let key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let index = at.get_untracked().unwrap_or(last);
        match event.key().as_str() {
            "ArrowLeft" => at.set(Some(index.saturating_sub(1))),
            "ArrowRight" => at.set(Some((index + 1).min(last))),
            "PageUp" => at.set(Some(index.saturating_sub(PAGE))),
            "PageDown" => at.set(Some((index + PAGE).min(last))),
            "Home" => at.set(Some(0)),
            "End" => at.set(Some(last)),
            "ArrowUp" => beside(&event, false),
            "ArrowDown" => beside(&event, true),
            "Escape" => at.set(None),
            "t" | "T" => navigate(
                &table_href.get_untracked(),
                leptos_router::NavigateOptions {
                    scroll: false,
                    ..Default::default()
                },
            ),
            " " if state.paused.get_untracked() => state.resume.update(|count| *count += 1),
            " " => state.paused.set(true),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div
            class="g-cursor"
            role="slider"
            hidden=move || !is_alive.get()
            tabindex="0"
            aria-label=name
            aria-valuemin="0"
            aria-valuemax=last
            aria-valuenow=move || at.get().unwrap_or(last)
            aria-valuetext=words
            style=across
            on:keydown=key
            on:blur=move |_| at.set(None)
        >
            {move || at.get().map(|_| view! { <i class="g-cursor__line"></i><span class="g-cursor__out">{words}</span> })}
        </div>
    }
}

/// Goes to the cursor of the chart above or below; a table may stand between them.
fn beside(event: &KeyboardEvent, is_below: bool) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let mut at = target.and_then(|target| target.closest("figure").ok().flatten());
    while let Some(here) = at {
        let next = if is_below {
            here.next_element_sibling()
        } else {
            here.previous_element_sibling()
        };
        let cursor = next
            .as_ref()
            .and_then(|next| next.query_selector(".g-cursor").ok().flatten());
        if let Some(cursor) = cursor.and_then(|cursor| cursor.dyn_into::<HtmlElement>().ok()) {
            // Fails only for an element out of the page.
            cursor.focus().unwrap_or_default();
            return;
        }
        at = next;
    }
}

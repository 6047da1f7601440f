//! LivePlot: the interactive chart that takes the place of the drawn one when somebody looks.
//!
//! New values are appended a pixel at a time, at most twice a second, only while the chart is seen. Zooming
//! stops the clock and says how far behind it is.

use leptos::prelude::*;
use wire::page::PointInfo;

use crate::components::feed::Feed;
use crate::i18n::use_messages;

/// How the interactive chart stands.
#[derive(Clone, Copy)]
pub struct PlotState {
    /// It is drawn: the server's drawing may go.
    pub ready: RwSignal<bool>,
    /// A person zoomed: new values wait.
    pub paused: RwSignal<bool>,
    /// How many wait.
    pub waiting: RwSignal<usize>,
    /// Counts how often *Go live* was asked for.
    pub resume: RwSignal<u32>,
    /// Where its window ends now, in milliseconds; none until it is drawn.
    pub window_end: RwSignal<Option<i64>>,
}

impl PlotState {
    /// Nothing drawn yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            ready: RwSignal::new(false),
            paused: RwSignal::new(false),
            waiting: RwSignal::new(0),
            resume: RwSignal::new(0),
            window_end: RwSignal::new(None),
        }
    }
}

impl Default for PlotState {
    fn default() -> Self {
        Self::new()
    }
}

/// The place of the interactive chart; empty until it is seen.
#[component]
pub fn LivePlot(
    /// Whose trend.
    info: PointInfo,
    /// The range's length in milliseconds, up to now.
    span_millis: i64,
    /// Anything was measured in it.
    measured: bool,
    /// Height in pixels.
    height: u32,
    /// New values.
    feed: Feed,
    /// How it stands.
    state: PlotState,
) -> impl IntoView {
    let place = NodeRef::<leptos::html::Div>::new();
    #[cfg(feature = "hydrate")]
    super::live_plot_browser::start(place, info, span_millis, measured, feed, state);
    #[cfg(not(feature = "hydrate"))]
    let _ = (info, span_millis, measured, feed);
    view! {
        <div
            class="g-chart__plot"
            node_ref=place
            style=format!("block-size:{}px", height + 36)
            hidden=move || !state.ready.get()
        ></div>
    }
}

/// `Paused – 14 new points [Go live]`.
#[component]
pub fn PausedNote(
    /// How the chart stands.
    state: PlotState,
) -> impl IntoView {
    let m = use_messages();
    move || {
        state.paused.get().then(|| {
            view! {
                <span class="g-row g-chart__paused" role="status">
                    <span>{move || m.trend_paused(state.waiting.get() as u64)}</span>
                    <button class="g-btn g-btn--sm" on:click=move |_| state.resume.update(|count| *count += 1)>
                        {m.trend_go_live()}
                    </button>
                </span>
            }
        })
    }
}

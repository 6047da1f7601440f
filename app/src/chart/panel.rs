//! Chart: one point's trend with its name and value; drawn on the server, live in the browser.

use leptos::prelude::*;
use wire::page::{PointInfo, TrendPanel};

use super::cursor::Cursor;
use super::figure::Figure;
use super::lines;
use super::live_plot::{LivePlot, PausedNote, PlotState};
use super::trend_svg::TrendSvg;
use crate::components::feed::Feed;
use crate::components::live_value::LiveValue;
use crate::components::status_shape::StatusShape;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::shell::use_zone;

/// One point's trend.
#[component]
pub fn Chart(
    /// The point and what was measured.
    panel: TrendPanel,
    /// The range's begin.
    from_millis: i64,
    /// The range's end.
    to_millis: i64,
    /// The point, live.
    feed: Feed,
    /// Height of the plot in pixels.
    height: u32,
    /// The address that shows the values as a table.
    #[prop(into)]
    table_href: Signal<String>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let zone = use_zone();
    let state = PlotState::new();
    let info = panel.info.clone();
    let rows = panel.table.clone();
    let measured = panel.shown > 0;
    let unit = info.unit.as_ref().map(|unit| unit.symbol.clone());
    let reduced = panel.readings > u64::from(panel.shown);
    let badge = reduced.then(|| m.trend_reduced(panel.readings, &fmt.integer(panel.shown)));
    let csv = format!(
        "/api/export.csv?point={}&from={from_millis}&to={to_millis}",
        info.point
    );
    view! {
        <figure class="g-chart" aria-label=info.name.clone()>
            <figcaption class="g-trend__name">
                <a href=crate::routes::tag(info.point)>
                    <b>{info.name.clone()}</b>
                </a>
                <span class="g-caption">{unit}</span>
                <BreachNote info=info.clone() figure=panel.figure.clone()/>
                <GapNote figure=panel.figure.clone()/>
                <span class="g-caption g-push g-chart__badge">{badge}</span>
                <a class="g-link g-caption" href=table_href data-noscroll="">
                    {m.trend_table()}
                </a>
                <a class="g-link g-caption" href=crate::routes::url(&csv) download="" rel="external">
                    {m.trend_csv()}
                </a>
                <PausedNote state/>
                <LiveValue info=info.clone() feed/>
            </figcaption>
            // Both drawings are of one height: nothing jumps when one takes the other's place.
            <div class="g-chart__body" style=format!("min-block-size:{}px", height + 36)>
                <div hidden=move || state.ready.get()>
                    <TrendSvg panel zone=zone.get_untracked() to_millis height/>
                </div>
                <LivePlot info=info.clone() span_millis=to_millis - from_millis measured height feed state/>
                <Cursor info=info.clone() rows span=(from_millis, to_millis) feed state table_href/>
            </div>
        </figure>
    }
}

/// What is hatched, for how long and why; nothing where the line is whole.
#[component]
fn GapNote(
    /// The trend's samples.
    figure: String,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let gaps = lines::gaps(&Figure::read(&figure)?.samples());
    let millis: i64 = gaps.iter().map(|(from, to)| to - from).sum();
    (millis > 0).then(|| view! { <span class="g-caption">{m.trend_gaps(&fmt.age(millis))}</span> })
}

/// `▲ 3 times beyond limits, 41 min`: as far as the range goes; nothing when there was nothing.
#[component]
fn BreachNote(
    /// Whose limits.
    info: PointInfo,
    /// The trend's samples.
    figure: String,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let samples = Figure::read(&figure).map(|figure| figure.samples())?;
    let beyond = lines::beyond(&samples, &info.limits)?;
    Some(view! {
        <span class="g-caption g-row g-row--6 g-chart__beyond">
            <StatusShape level=beyond.level/>
            {m.trend_beyond(beyond.times, &fmt.age(beyond.millis))}
        </span>
    })
}

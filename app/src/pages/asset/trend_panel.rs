//! The trend tab: up to four points over the range of the page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::page::{PointInfo, PointView, Trend};

use crate::api::trend::GetTrend;
use crate::api::{ApiError, Data};
use crate::chart::Chart;
use crate::components::empty_state::EmptyState;
use crate::components::feed::Feed;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::pages::frame::PanelError;
use crate::pages::range::{use_range, with_query};
use crate::shell::use_zone;

/// Charts on one page: more are a burden to read and to draw.
const MOST: usize = 4;
/// What the first drawing is thinned to; the interactive one asks for its own width.
const FIRST_WIDTH: u32 = 240;

/// Trends of the chosen points, else of the first numeric ones.
#[component]
pub fn TrendPanelOf(
    /// The points of this page.
    points: Vec<PointView>,
) -> impl IntoView {
    let m = use_messages();
    let (query, range, live) = (use_query_map(), use_range(), use_live());
    let numeric: Vec<PointView> = points.into_iter().filter(is_numeric).collect();
    if numeric.is_empty() {
        return view! { <EmptyState what=m.trend_none() why=m.trend_none_why()/> }.into_any();
    }
    let first: Vec<u32> = numeric.iter().take(MOST).map(|view| view.info.point).collect();
    let known: Vec<u32> = numeric.iter().map(|view| view.info.point).collect();
    let chosen = Memo::new(move |_| {
        let asked = query
            .with(|query| query.get_str("sel").map(str::to_owned))
            .unwrap_or_default();
        let asked = asked
            .split(',')
            .filter_map(|id| id.parse::<u32>().ok())
            .filter(|id| known.contains(id));
        let asked: Vec<u32> = asked.take(MOST).collect();
        if asked.is_empty() { first.clone() } else { asked }
    });
    let trend = Data::new(move || {
        let to_millis = live.now.get_untracked();
        let asked = GetTrend {
            points: chosen.get(),
            from_millis: to_millis - range.get().millis(),
            to_millis,
            width_px: FIRST_WIDTH,
        };
        (Some(asked), 0)
    });
    view! {
        <Choice points=numeric chosen/>
        <Transition fallback=|| view! { <div class="g-trend__empty"></div> }>
            {move || trend.get().map(|trend| untrack(|| drawn(trend)))}
        </Transition>
    }
    .into_any()
}

/// A trend, or why there is none: a failing chart leaves the page as it is.
fn drawn(trend: Result<Trend, ApiError>) -> AnyView {
    match trend {
        Ok(trend) => view! { <Charts trend/> }.into_any(),
        Err(error) => view! { <PanelError error/> }.into_any(),
    }
}

/// Charts below one another, each with its table when it is asked for.
#[component]
pub fn Charts(
    /// The trends.
    trend: Trend,
    /// Height of each, in pixels.
    #[prop(default = 132)]
    height: u32,
) -> impl IntoView {
    let live = use_live();
    let query = use_query_map();
    let table =
        Memo::new(move |_| query.with(|query| query.get_str("table").and_then(|id| id.parse::<u32>().ok())));
    let (from_millis, to_millis) = (trend.from_millis, trend.to_millis);
    let charts = trend.panels.into_iter().map(|panel| {
        let point = panel.info.point;
        let feed = Feed::live(live, &panel.info);
        let (info, rows) = (panel.info.clone(), StoredValue::new(panel.table.clone()));
        let is_open = Memo::new(move |_| table.get() == Some(point));
        let table_href = Signal::derive(move || {
            let next = if is_open.get() {
                String::new()
            } else {
                point.to_string()
            };
            query.with(|query| with_query(query, "table", &next))
        });
        let opened = move || {
            is_open
                .get()
                .then(|| view! { <TrendTable info=info.clone() rows=rows.get_value()/> })
        };
        view! {
            <Chart panel from_millis to_millis feed height table_href/>
            {opened}
        }
    });
    view! { <div class="g-trends">{charts.collect_view()}</div> }
}

/// The values of a trend as rows, at most 200.
#[component]
fn TrendTable(info: PointInfo, rows: Vec<(i64, Option<f64>)>) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let unit = info.unit.as_ref().map(|unit| unit.symbol.clone());
    let row = move |(millis, value): (i64, Option<f64>)| {
        let time = zone.with_untracked(|zone| fmt.moment(zone, millis, live.now.get_untracked()));
        let value = value.map_or_else(
            || m.trend_gap().to_owned(),
            |value| fmt.number(value, info.decimals),
        );
        view! {
            <tr>
                <th scope="row">{time}</th>
                <td class="g-n">{value}</td>
            </tr>
        }
    };
    view! {
        <div class="g-trend__table" tabindex="0" role="region" aria-label=info.name.clone()>
            <table class="g-table">
                <thead>
                    <tr>
                        <th scope="col">{m.data_col_time()}</th>
                        <th scope="col" class="g-n">
                            {info.name.clone()}
                            " "
                            {unit}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Which points are drawn: links that add and take away, kept in the address.
#[component]
fn Choice(
    /// All numeric points of the page.
    points: Vec<PointView>,
    /// Those drawn.
    chosen: Memo<Vec<u32>>,
) -> impl IntoView {
    let m = use_messages();
    let query = use_query_map();
    let link = move |view: PointView| {
        let point = view.info.point;
        let href = move || {
            let mut next = chosen.get();
            match next.iter().position(|other| *other == point) {
                Some(index) if next.len() > 1 => drop(next.remove(index)),
                Some(_) => {}
                None => {
                    next.push(point);
                    let over = next.len().saturating_sub(MOST);
                    next.drain(..over);
                }
            }
            let next: Vec<String> = next.iter().map(ToString::to_string).collect();
            query.with(|query| with_query(query, "sel", &next.join(",")))
        };
        view! {
            <li>
                <a class="g-chip" href=href data-noscroll="" aria-current=move || chosen.with(|chosen| chosen.contains(&point)).then_some("true")>
                    {view.info.name}
                </a>
            </li>
        }
    };
    (points.len() > 1).then(|| {
        // A page of hundreds of points offers the first; the others have their own pages.
        let links = points.into_iter().take(24).map(link).collect_view();
        view! { <ul class="g-chips" aria-label=m.trend_choice()>{links}</ul> }
    })
}

/// Text has no trend.
pub fn is_numeric(view: &PointView) -> bool {
    let value = view.reading.as_ref().and_then(|reading| reading.value.as_ref());
    !matches!(value, Some(wire::Value::Text(_)))
}

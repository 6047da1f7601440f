//! The data tab: where each point comes from, how often it speaks, how good it is.

use leptos::prelude::*;
use wire::Cadence;
use wire::page::PointView;

use crate::api::Data;
use crate::api::tag::GetTopics;
use crate::components::feed::Feed;
use crate::components::live_value::{LiveValue, LiveWords};
use crate::fmt::{Fmt, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::routes;
use crate::shell::use_zone;

/// A table of the page's points.
#[component]
pub fn DataPanel(
    /// The points of this page.
    points: Vec<PointView>,
) -> impl IntoView {
    let m = use_messages();
    let ids: Vec<u32> = points.iter().map(|view| view.info.point).collect();
    let topics = Data::new(move || (Some(GetTopics { points: ids.clone() }), 0));
    let rows = points
        .into_iter()
        .map(|view| view! { <Row view topics/> })
        .collect_view();
    view! {
        <div class="g-scroll">
            <table class="g-table g-table--stack g-data">
                <thead>
                    <tr>
                        <th scope="col">{m.data_col_tag()}</th>
                        <th scope="col" class="g-n">
                            {m.data_col_value()}
                        </th>
                        <th scope="col">{m.data_col_state()}</th>
                        <th scope="col">{m.data_col_time()}</th>
                        <th scope="col">{m.data_col_interval()}</th>
                        <th scope="col">{m.data_col_normal()}</th>
                        <th scope="col">{m.data_col_limits()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

type Topics = Data<Vec<(u32, String)>>;

/// Where a point comes from, under its name; the line stays while it is asked for.
#[component]
fn Topic(point: u32, topics: Topics) -> impl IntoView {
    let topic = move || {
        let known = topics.get()?.ok()?;
        let topic = known.into_iter().find(|(other, _)| *other == point)?.1;
        Some(view! { <span title=topic.clone()>{topic.clone()}</span> })
    };
    view! {
        <small class="g-mono g-cut g-data__topic">
            <Transition>{topic}</Transition>
        </small>
    }
}

#[component]
fn Row(view: PointView, topics: Topics) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let info = view.info;
    let feed = Feed::live(live, &info);
    let decimals = info.decimals;
    let time = move || {
        let millis = feed
            .with(|reading| reading.map(|reading| reading.source_millis.unwrap_or(reading.arrival_millis)));
        millis.map(|millis| zone.with(|zone| fmt.moment(zone, millis, feed.now.get())))
    };
    let normal = info.normal.map(|(low, high)| fmt.range(low, high, decimals));
    let limits = info.limits;
    let limits = [
        ("LL", limits.low_low),
        ("L", limits.low),
        ("H", limits.high),
        ("HH", limits.high_high),
    ]
    .into_iter()
    .filter_map(|(code, at)| at.map(|at| format!("{code} {}", fmt.number(at, decimals))))
    .collect::<Vec<_>>()
    .join(" · ");
    view! {
        <tr>
            <th scope="row">
                <a class="g-cut g-link" href=routes::tag(info.point)>
                    {info.name.clone()}
                </a>
                <Topic point=info.point topics/>
            </th>
            <td class="g-n" data-label=m.data_col_value()>
                <LiveValue info=info.clone() feed worded=true/>
            </td>
            <td data-label=m.data_col_state()>
                <span class="g-live__st">
                    <LiveWords feed/>
                </span>
            </td>
            <td data-label=m.data_col_time()>{time}</td>
            <td data-label=m.data_col_interval()>{move || cadence_words(feed.cadence(), m, fmt)}</td>
            <td data-label=m.data_col_normal()>{normal}</td>
            <td data-label=m.data_col_limits()>{limits}</td>
        </tr>
    }
}

/// How often a point is expected to speak, in words.
#[must_use]
pub fn cadence_words(cadence: Cadence, m: Messages, fmt: Fmt) -> String {
    match cadence {
        Cadence::Learning => m.cadence_learning().to_owned(),
        Cadence::OnChange => m.cadence_on_change().to_owned(),
        Cadence::Learned(millis) => m.cadence_learned(&fmt.interval(millis)),
        Cadence::Declared(millis) => m.cadence_declared(&fmt.interval(millis)),
    }
}

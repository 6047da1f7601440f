//! Sites and their systems in one table: the same columns for all, decimals aligned.

use leptos::prelude::*;
use wire::page::{OverviewRow, PointView};

use crate::components::data_badge::{LiveRatio, ratio_chars};
use crate::components::feed::Feed;
use crate::components::live_value::{LiveValue, UnitOf};
use crate::components::operating_state::OperatingState;
use crate::components::sparkline::Sparkline;
use crate::components::status_shape::BeyondCount;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;

/// The table.
#[component]
pub fn SitesTable(
    /// Sites, each followed by its systems.
    rows: Vec<OverviewRow>,
) -> impl IntoView {
    let m = use_messages();
    // A parent whose systems stand below it speaks in counts; only the row with the problem has the shape.
    let depths: Vec<u8> = rows.iter().map(|row| row.depth).collect();
    let next = depths.iter().skip(1).copied().chain([0]);
    let parents: Vec<bool> = depths
        .iter()
        .zip(next)
        .map(|(depth, next)| next > *depth)
        .collect();
    let fit = format!(
        "--rows:{};--parents:{};--tags:{}",
        rows.len(),
        depths.iter().filter(|depth| **depth == 0).count(),
        ratio_chars(rows.iter().map(|row| row.node.summary.points), use_fmt())
    );
    let rows = rows
        .into_iter()
        .zip(parents)
        .map(|(row, has_systems)| view! { <Row row has_systems/> });
    let rows = rows.collect_view();
    view! {
        <section class="g-panel g-sites" aria-label=m.overview_sites() style=fit>
            <table class="g-table g-table--stack">
                <colgroup>
                    <col class="g-c-name"/>
                    <col class="g-c-state"/>
                    <col class="g-c-label"/>
                    <col class="g-c-spark"/>
                    <col class="g-c-num"/>
                    <col class="g-c-unit"/>
                    <col class="g-c-label g-opt"/>
                    <col class="g-c-spark g-opt"/>
                    <col class="g-c-num g-opt"/>
                    <col class="g-c-unit g-opt"/>
                    <col class="g-c-beyond"/>
                    <col class="g-c-tags"/>
                </colgroup>
                <thead>
                    <tr>
                        <th scope="col">{m.overview_col_place()}</th>
                        <th scope="col">{m.col_state()}</th>
                        <th scope="colgroup" colspan="4">
                            {m.overview_col_first()}
                        </th>
                        <th scope="colgroup" colspan="4" class="g-opt">
                            {m.overview_col_second()}
                        </th>
                        <th scope="col">{m.col_beyond()}</th>
                        <th scope="col" class="g-n">
                            {m.col_tags()}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

#[component]
fn Row(row: OverviewRow, has_systems: bool) -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let node = row.node;
    let summary = live.summary(node.asset.asset);
    let state = node.state.map(|state| Feed::live(live, &state.info));
    let mut indicators = row.indicators.into_iter();
    let first = cells(indicators.next(), "g-ind");
    let second = cells(indicators.next(), "g-ind g-opt");
    view! {
        <tr class=if row.depth == 0 { "is-parent" } else { "is-child" }>
            <th scope="row">
                <a class="g-cut" href=routes::place(&node.asset.path)>
                    {node.asset.name}
                </a>
            </th>
            <td class="g-k-state">{state.map(|feed| view! { <OperatingState feed/> })}</td>
            {first}
            {second}
            <td class="g-k-beyond" data-label=m.col_beyond()>
                <BeyondCount summary plain=has_systems/>
            </td>
            <td class="g-n g-k-tags" data-label=m.col_tags()>
                <LiveRatio summary/>
            </td>
        </tr>
    }
}

/// Name, trend, value and unit of an indicator; four empty cells where there is none.
pub fn cells(view: Option<PointView>, class: &'static str) -> AnyView {
    let Some(point) = view else {
        return (0..4)
            .map(|_| view! { <td class=format!("{class} is-none")></td> })
            .collect_view()
            .into_any();
    };
    let live = use_live();
    let (info, spark, cadence) = (point.info, point.spark, point.cadence);
    let feed = Feed::live(live, &info);
    view! {
        <td class=format!("{class} g-ind__name")>
            <a class="g-cut" href=routes::tag(info.point)>
                {info.name.clone()}
            </a>
        </td>
        <td class=format!("{class} g-ind__spark")>
            <Sparkline info=info.clone() spark cadence feed=feed/>
        </td>
        <td class=format!("{class} g-n g-ind__val")>
            <LiveValue info=info.clone() feed unitless=true/>
        </td>
        <td class=format!("{class} g-u g-ind__unit")>
            <UnitOf info=info.clone()/>
        </td>
    }
    .into_any()
}

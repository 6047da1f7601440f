//! The columns of the table of a level.

use leptos::prelude::*;

use super::LevelRow;
use crate::components::data_badge::LiveRatio;
use crate::components::data_table::{Column, SortKey};
use crate::components::feed::Feed;
use crate::components::live_value::shown;
use crate::components::operating_state::OperatingState;
use crate::components::status_shape::BeyondCount;
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::pages::overview::sites_table::cells;
use crate::routes;

const FIRST: [&str; 4] = ["g-c-label", "g-c-spark", "g-c-num", "g-c-unit"];
const SECOND: [&str; 4] = [
    "g-c-label g-opt",
    "g-c-spark g-opt",
    "g-c-num g-opt",
    "g-c-unit g-opt",
];

/// The columns of the table.
pub(super) fn columns(m: Messages) -> Vec<Column<LevelRow>> {
    let one = |key, label, cells, class, sort, draw| Column {
        key,
        label,
        cells,
        class,
        sort: Some(sort),
        draw,
    };
    let four = |key, label, cells, class, draw| Column {
        key,
        label,
        cells,
        class,
        sort: None,
        draw,
    };
    vec![
        one(
            "name",
            m.place_col_name(),
            &["g-c-name"],
            "",
            |row| SortKey::Text(row.row.node.asset.name.clone()),
            name_cell,
        ),
        one("state", m.col_state(), &["g-c-state"], "", state_key, state_cell),
        four("first", m.overview_col_first(), &FIRST, "", first_cells),
        four("second", m.overview_col_second(), &SECOND, "g-opt", second_cells),
        one(
            "beyond",
            m.col_beyond(),
            &["g-c-beyond"],
            "",
            beyond_key,
            beyond_cell,
        ),
        one("tags", m.col_tags(), &["g-c-tags"], "g-n", dead_key, tags_cell),
    ]
}

fn first_cells(row: LevelRow) -> AnyView {
    cells(row.row.indicators.into_iter().next(), "g-ind")
}

fn second_cells(row: LevelRow) -> AnyView {
    cells(row.row.indicators.into_iter().nth(1), "g-ind g-opt")
}

fn name_cell(row: LevelRow) -> AnyView {
    let asset = row.row.node.asset;
    let href = if row.row.node.children > 0 {
        routes::place(&asset.path)
    } else {
        routes::asset(asset.asset)
    };
    view! {
        <th scope="row">
            <a class="g-cut" href=href>
                {asset.name}
            </a>
        </th>
    }
    .into_any()
}

fn state_cell(row: LevelRow) -> AnyView {
    let live = use_live();
    let state = row.row.node.state.map(|state| Feed::live(live, state.info.point));
    view! { <td class="g-k-state">{state.map(|feed| view! { <OperatingState feed/> })}</td> }.into_any()
}

fn beyond_cell(row: LevelRow) -> AnyView {
    let (m, live) = (use_messages(), use_live());
    view! {
        <td class="g-k-beyond" data-label=m.col_beyond()>
            <BeyondCount summary=live.summary(row.row.node.asset.asset) plain=row.has_rows/>
        </td>
    }
    .into_any()
}

fn tags_cell(row: LevelRow) -> AnyView {
    let (m, live) = (use_messages(), use_live());
    view! {
        <td class="g-n g-k-tags" data-label=m.col_tags()>
            <LiveRatio summary=live.summary(row.row.node.asset.asset)/>
        </td>
    }
    .into_any()
}

fn state_key(row: &LevelRow) -> SortKey {
    let reading = row
        .row
        .node
        .state
        .as_ref()
        .and_then(|state| state.reading.as_ref());
    match reading.and_then(|reading| reading.value.as_ref()) {
        Some(wire::Value::Text(text)) => SortKey::Text(text.clone()),
        Some(_) => shown::number(reading).map_or(SortKey::None, SortKey::Number),
        None => SortKey::None,
    }
}

/// Those with the most, and the worst, first when descending.
fn beyond_key(row: &LevelRow) -> SortKey {
    let summary = &row.row.node.summary;
    SortKey::Number(f64::from(summary.high) * 1e6 + f64::from(summary.medium))
}

/// By what is missing, not by size.
fn dead_key(row: &LevelRow) -> SortKey {
    let summary = &row.row.node.summary;
    SortKey::Number(f64::from(summary.live) - f64::from(summary.points))
}

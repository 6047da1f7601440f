//! The columns of the table of a level.

use std::sync::Arc;

use leptos::prelude::*;
use wire::page::{ChildRow, PointView, RowsColumn};

use super::super::counts::counts_of;
use super::super::tree_pane::use_by;
use crate::components::data_badge::LiveRatio;
use crate::components::data_table::Column;
use crate::components::feed::Feed;
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
/// Under a heading that names it, a value needs no label of its own.
const SHARED_FIRST: [&str; 3] = ["g-c-spark", "g-c-num", "g-c-unit"];
const SHARED: [&str; 3] = ["g-c-spark g-opt", "g-c-num g-opt", "g-c-unit g-opt"];

/// The columns of the table: values the rows have in common, or each row's own two.
pub(super) fn columns(m: Messages, shared: &[RowsColumn]) -> Vec<Column<ChildRow>> {
    let one = |key: &str, label: &str, cells, class, draw: fn(ChildRow) -> AnyView| Column {
        key: key.to_owned(),
        label: label.to_owned(),
        unit: None,
        cells,
        class,
        sorts: true,
        draw: Arc::new(draw),
    };
    let mut columns = vec![
        one("name", m.place_col_name(), &["g-c-name"], "", name_cell),
        one("state", m.col_state(), &["g-c-state"], "", state_cell),
    ];
    if shared.is_empty() {
        columns.extend([own(m.overview_col_first(), 0), own(m.overview_col_second(), 1)]);
    }
    columns.extend(shared.iter().cloned().enumerate().map(shared_column));
    columns.extend([
        one("beyond", m.col_beyond(), &["g-c-beyond"], "", beyond_cell),
        one("tags", m.col_tags(), &["g-c-tags"], "g-n", tags_cell),
    ]);
    columns
}

/// The n-th telling value of each row itself.
fn own(label: &str, nth: usize) -> Column<ChildRow> {
    let (widths, class, cell) = if nth == 0 {
        (&FIRST, "", "g-ind")
    } else {
        (&SECOND, "g-opt", "g-ind g-opt")
    };
    Column {
        key: format!("own{nth}"),
        label: label.to_owned(),
        unit: None,
        cells: widths,
        class,
        sorts: false,
        draw: Arc::new(move |row: ChildRow| cells(view_at(row, nth), cell)),
    }
}

/// A value that the rows have in common.
fn shared_column((nth, column): (usize, RowsColumn)) -> Column<ChildRow> {
    let (widths, class, cell) = if nth == 0 {
        (&SHARED_FIRST, "", "g-ind g-ind--shared")
    } else {
        (&SHARED, "g-opt", "g-ind g-ind--shared g-opt")
    };
    Column {
        key: format!("p:{}", column.key),
        label: column.name,
        unit: column.unit,
        cells: widths,
        class,
        sorts: true,
        draw: Arc::new(move |row: ChildRow| match view_at(row, nth) {
            Some(view) => cells(Some(view), cell),
            None => nothing(cell),
        }),
    }
}

/// As many cells as a value has.
fn nothing(class: &'static str) -> AnyView {
    let cell = |part: &str| view! { <td class=format!("{class} is-none {part}")></td> };
    let parts = ["g-ind__name", "g-ind__spark", "g-ind__val", "g-ind__unit"];
    parts.map(cell).collect_view().into_any()
}

fn view_at(row: ChildRow, nth: usize) -> Option<PointView> {
    row.cells.into_iter().nth(nth).flatten()
}

/// The hierarchy stays the one that the address asks for.
fn by_query() -> String {
    match use_by().get_untracked() {
        by if by.is_empty() => by,
        by => format!("?by={by}"),
    }
}

fn name_cell(row: ChildRow) -> AnyView {
    let asset = row.node.asset;
    let href = if row.node.children > 0 {
        routes::place(&asset.path) + &by_query()
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

fn state_cell(row: ChildRow) -> AnyView {
    let live = use_live();
    let state = row.node.state.map(|state| Feed::live(live, &state.info));
    view! { <td class="g-k-state">{state.map(|feed| view! { <OperatingState feed/> })}</td> }.into_any()
}

fn beyond_cell(row: ChildRow) -> AnyView {
    let m = use_messages();
    view! {
        <td class="g-k-beyond" data-label=m.col_beyond()>
            <BeyondCount summary=counts_of(row.node.asset.asset) plain=row.has_rows/>
        </td>
    }
    .into_any()
}

fn tags_cell(row: ChildRow) -> AnyView {
    let m = use_messages();
    view! {
        <td class="g-n g-k-tags" data-label=m.col_tags()>
            <LiveRatio summary=counts_of(row.node.asset.asset)/>
        </td>
    }
    .into_any()
}

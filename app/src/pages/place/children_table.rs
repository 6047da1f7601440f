//! What is directly below: name, state, two telling values, what is beyond limits, what is live.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::page::{ChildRow, PlacePage};

use crate::components::data_badge::LiveRatio;
use crate::components::data_table::{Column, DataTable, Sort, SortKey};
use crate::components::empty_state::EmptyState;
use crate::components::feed::Feed;
use crate::components::live_value::shown;
use crate::components::operating_state::OperatingState;
use crate::components::status_shape::BeyondCount;
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::pages::asset::Pager;
use crate::pages::overview::sites_table::cells;
use crate::pages::range::with_query;
use crate::routes;

/// Children on one page.
const PAGE: u32 = 200;
/// From here on a filter helps.
const FILTER_FROM: usize = 8;

/// The table of children.
#[component]
pub fn ChildrenTable(
    /// The level.
    page: PlacePage,
) -> impl IntoView {
    let m = use_messages();
    let query = use_query_map();
    let filter = RwSignal::new(String::new());
    let (total, offset) = (page.children_total, page.offset);
    let all = StoredValue::new(page.children);
    let count = all.with_value(Vec::len);
    let rows = Signal::derive(move || {
        let words = filter.get().trim().to_lowercase();
        let keep = |row: &&ChildRow| words.is_empty() || row.node.asset.name.to_lowercase().contains(&words);
        all.with_value(|rows| rows.iter().filter(keep).cloned().collect::<Vec<_>>())
    });
    let sort = Signal::derive(move || {
        query.with(|query| Sort {
            column: query.get_str("sort").unwrap_or_default().to_owned(),
            descending: query.get_str("dir") == Some("desc"),
        })
    });
    let href = move |sort: Sort| {
        query.with(|query| {
            let mut query = query.clone();
            query.replace(
                "dir".to_owned(),
                if sort.descending { "desc" } else { "asc" }.to_owned(),
            );
            with_query(&query, "sort", &sort.column)
        })
    };
    let hidden = move || rows.with(Vec::is_empty);
    view! {
        <section class="g-panel g-children" aria-label=m.place_children()>
            {(count >= FILTER_FROM)
                .then(|| {
                    view! {
                        <div class="g-panel__head g-children__tools">
                            <input
                                class="g-input"
                                type="search"
                                placeholder=m.filter_placeholder()
                                aria-label=m.place_filter()
                                on:input=move |event| filter.set(event_target_value(&event))
                            />
                        </div>
                    }
                })}
            <DataTable rows columns=columns(m) key=|row| row.node.asset.asset sort href label=m.place_children()/>
            {move || {
                hidden()
                    .then(|| {
                        view! {
                            <EmptyState what=m.filter_none() why=m.filter_hidden(count as u64)>
                                <button class="g-btn" on:click=move |_| filter.set(String::new())>
                                    {m.filter_clear()}
                                </button>
                            </EmptyState>
                        }
                    })
            }}
            {(total > PAGE).then(|| view! { <Pager offset total page=PAGE/> })}
        </section>
    }
}

const FIRST: [&str; 4] = ["g-c-label", "g-c-spark", "g-c-num", "g-c-unit"];
const SECOND: [&str; 4] = [
    "g-c-label g-opt",
    "g-c-spark g-opt",
    "g-c-num g-opt",
    "g-c-unit g-opt",
];

fn columns(m: Messages) -> Vec<Column<ChildRow>> {
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
            |row| SortKey::Text(row.node.asset.name.clone()),
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

fn first_cells(row: ChildRow) -> AnyView {
    cells(row.indicators.into_iter().next(), "g-ind")
}

fn second_cells(row: ChildRow) -> AnyView {
    cells(row.indicators.into_iter().nth(1), "g-ind g-opt")
}

fn name_cell(row: ChildRow) -> AnyView {
    let asset = row.node.asset;
    let href = if row.node.children > 0 {
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

fn state_cell(row: ChildRow) -> AnyView {
    let live = use_live();
    let state = row.node.state.map(|state| Feed::live(live, state.info.point));
    view! { <td class="g-k-state">{state.map(|feed| view! { <OperatingState feed/> })}</td> }.into_any()
}

fn beyond_cell(row: ChildRow) -> AnyView {
    let (m, live) = (use_messages(), use_live());
    view! {
        <td class="g-k-beyond" data-label=m.col_beyond()>
            <BeyondCount summary=live.summary(row.node.asset.asset)/>
        </td>
    }
    .into_any()
}

fn tags_cell(row: ChildRow) -> AnyView {
    let (m, live) = (use_messages(), use_live());
    view! {
        <td class="g-n g-k-tags" data-label=m.col_tags()>
            <LiveRatio summary=live.summary(row.node.asset.asset)/>
        </td>
    }
    .into_any()
}

fn state_key(row: &ChildRow) -> SortKey {
    let reading = row.node.state.as_ref().and_then(|state| state.reading.as_ref());
    match reading.and_then(|reading| reading.value.as_ref()) {
        Some(wire::Value::Text(text)) => SortKey::Text(text.clone()),
        Some(_) => shown::number(reading).map_or(SortKey::None, SortKey::Number),
        None => SortKey::None,
    }
}

/// Those with the most, and the worst, first when descending.
fn beyond_key(row: &ChildRow) -> SortKey {
    let summary = &row.node.summary;
    SortKey::Number(f64::from(summary.high) * 1e6 + f64::from(summary.medium))
}

/// By what is missing, not by size.
fn dead_key(row: &ChildRow) -> SortKey {
    let summary = &row.node.summary;
    SortKey::Number(f64::from(summary.live) - f64::from(summary.points))
}

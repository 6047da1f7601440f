//! What is below: name, state, two telling values, what is beyond limits, what is live.

mod columns;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::Selector;
use wire::message::Position;
use wire::page::{ChildRow, PlacePage};

use self::columns::columns;
use crate::api::place::get_below;
use crate::components::data_table::{DataTable, Sort};
use crate::components::empty_state::EmptyState;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::pages::asset::Pager;
use crate::pages::range::with_query;

/// Children on one page.
const PAGE: u32 = 200;
/// From here on a filter helps.
const FILTER_FROM: usize = 25;

/// Up to this many rows a level shows the one below it too.
const BOTH_LEVELS: usize = 24;

/// A row, and how it stands among the others.
#[derive(Clone, PartialEq)]
struct LevelRow {
    row: ChildRow,
    /// 0 directly below the level, 1 below that.
    depth: u8,
    /// Its own rows follow.
    has_rows: bool,
}

/// The table of children; of a small level with what is below them.
#[component]
pub fn ChildrenTable(
    /// The level.
    page: PlacePage,
) -> impl IntoView {
    let since = page.position;
    let paths = paths_below(&page.children);
    let page = StoredValue::new(page);
    if paths.is_empty() {
        return view! { <Table page=page.get_value() below=Vec::new()/> }.into_any();
    }
    let below = Resource::new(|| (), move |()| get_below(paths.clone()));
    view! {
        <Transition>
            {move || {
                below
                    .get()
                    .map(|below| untrack(|| {
                        let below = below.unwrap_or_default();
                        watch(&below, since);
                        view! { <Table page=page.get_value() below/> }
                    }))
            }}
        </Transition>
    }
    .into_any()
}

/// The levels below, when all rows together are few.
fn paths_below(children: &[ChildRow]) -> Vec<String> {
    let rows = children.iter().map(|row| 1 + row.node.children as usize);
    if rows.sum::<usize>() > BOTH_LEVELS {
        return Vec::new();
    }
    let parents = children.iter().filter(|row| row.node.children > 0);
    parents.map(|row| row.node.asset.path.clone()).collect()
}

/// Keeps the rows below up to date; those of the level itself are the page's.
fn watch(below: &[(String, Vec<ChildRow>)], since: Position) {
    let live = use_live();
    let rows = || below.iter().flat_map(|(_, rows)| rows);
    let views: Vec<_> = rows()
        .flat_map(|row| row.indicators.iter().chain(&row.node.state))
        .collect();
    live.seed(views.iter().copied());
    live.seed_summaries(rows().map(|row| (row.node.asset.asset, row.node.summary)));
    let mut points: Vec<u32> = views.iter().map(|view| view.info.point).collect();
    points.sort_unstable();
    points.dedup();
    let assets: Vec<u32> = rows().map(|row| row.node.asset.asset).collect();
    if !points.is_empty() {
        live.watch(Selector::Points { points }, None, Some(since));
    }
    if !assets.is_empty() {
        live.watch(Selector::Summaries { assets }, None, Some(since));
    }
}

/// Each child, followed by its own rows.
fn rows_of(children: Vec<ChildRow>, mut below: Vec<(String, Vec<ChildRow>)>) -> Vec<LevelRow> {
    let mut rows = Vec::new();
    for row in children {
        let at = below.iter().position(|(path, _)| *path == row.node.asset.path);
        let own = at.map(|at| below.swap_remove(at).1).unwrap_or_default();
        rows.push(LevelRow {
            row,
            depth: 0,
            has_rows: !own.is_empty(),
        });
        rows.extend(own.into_iter().map(|row| LevelRow {
            row,
            depth: 1,
            has_rows: false,
        }));
    }
    rows
}

#[component]
fn Table(page: PlacePage, below: Vec<(String, Vec<ChildRow>)>) -> impl IntoView {
    let m = use_messages();
    let query = use_query_map();
    let filter = RwSignal::new(String::new());
    let (total, offset) = (page.children_total, page.offset);
    let all = StoredValue::new(rows_of(page.children, below));
    let count = all.with_value(Vec::len);
    let sort = Signal::derive(move || {
        query.with(|query| Sort {
            column: query.get_str("sort").unwrap_or_default().to_owned(),
            descending: query.get_str("dir") == Some("desc"),
        })
    });
    let rows = Signal::derive(move || {
        let words = filter.get().trim().to_lowercase();
        let keep =
            |row: &&LevelRow| words.is_empty() || row.row.node.asset.name.to_lowercase().contains(&words);
        let mut rows: Vec<LevelRow> = all.with_value(|rows| rows.iter().filter(keep).cloned().collect());
        if sort.with(|sort| !sort.column.is_empty()) {
            // Sorted, the levels mix: no row stands below its own parent.
            rows.iter_mut().for_each(|row| row.depth = 0);
        }
        rows
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
        <section class="g-panel g-children" aria-label=m.place_children() style=format!("--rows:{count}")>
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
            <DataTable
                rows
                columns=columns(m)
                key=|row| row.row.node.asset.asset * 2 + u32::from(row.depth)
                sort
                href
                label=m.place_children()
                row_class=row_class
            />
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

const fn row_class(row: &LevelRow) -> &'static str {
    match (row.depth, row.has_rows) {
        (0, true) => "is-group",
        (0, false) => "",
        _ => "is-child",
    }
}

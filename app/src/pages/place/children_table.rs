//! What is below: name, state, telling values, what is beyond limits, what is live. Sorted and sieved by the
//! server over all of it; the order changes when it is asked to, or now and then while nobody is in the table.

mod columns;
mod query;
mod tools;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::Selector;
use wire::page::{Bare, ChildRow, HierarchyRef, ROWS, RowsPage, RowsQuery};

use self::columns::columns;
use self::query::{from_address, is_live, is_sieved, with_parts};
use self::tools::{Parts, Tools, setter};
use super::counts::{follow_counts, seed_counts};
use super::switch::name_of;
use crate::api::Data;
use crate::api::place::GetRows;
use crate::components::data_badge::ratio_chars;
use crate::components::data_table::{DataTable, Sort};
use crate::components::empty_state::EmptyState;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::pages::asset::Pager;
use crate::pages::frame::PanelError;
use crate::routes;

/// What follows live values is put in order again this often, while nobody is in the table.
const CALM_MILLIS: i64 = 10_000;
/// From here on a filter helps.
const FILTER_FROM: u32 = 25;

/// The table of what is below the page's place.
#[component]
pub fn Children(
    /// The page's address.
    path: Memo<String>,
    /// Goes up when something joined or left.
    changes: Memo<u64>,
) -> impl IntoView {
    let (m, live) = (use_messages(), use_live());
    let address = use_query_map();
    let query = Memo::new(move |_| address.with(from_address));
    let again = RwSignal::new(0_u32);
    let (set, turn) = (setter(), StoredValue::new(0_u32));
    let rows = Data::new(move || {
        let asked = GetRows {
            path: path.get(),
            query: query.get(),
        };
        (Some(asked), changes.get() + u64::from(again.get()))
    });
    let (is_over, has_focus) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        let now = live.now.get();
        let made = rows.get_untracked().and_then(|rows| Some(rows.ok()?.made_millis));
        let is_calm = !is_over.get_untracked() && !has_focus.get_untracked();
        let is_old = made.is_some_and(|made| now - made >= CALM_MILLIS);
        if is_old && is_calm && query.with_untracked(is_live) {
            again.update(|again| *again += 1);
        }
    });
    view! {
        <section
            class="g-panel g-children"
            aria-label=m.place_children()
            on:pointerenter=move |_| is_over.set(true)
            on:pointerleave=move |_| is_over.set(false)
            on:focusin=move |_| has_focus.set(true)
            on:focusout=move |event| has_focus.set(event.related_target().is_some())
        >
            <Transition fallback=|| view! { <div class="g-skeleton g-children__wait"></div> }>
                {move || {
                    rows.get().map(|rows| untrack(|| match rows {
                        Ok(page) => view! { <Table page query again set turn/> }.into_any(),
                        Err(error) => view! { <PanelError error/> }.into_any(),
                    }))
                }}
            </Transition>
        </section>
    }
}

#[component]
fn Table(
    page: RowsPage,
    query: Memo<RowsQuery>,
    again: RwSignal<u32>,
    set: Callback<Parts>,
    turn: StoredValue<u32>,
) -> impl IntoView {
    let m = use_messages();
    let address = use_query_map();
    watch(&page);
    if let Some(bare) = page.bare {
        return view! { <BareLevel bare/> }.into_any();
    }
    let sort = Signal::derive(move || {
        query.with(|query| Sort {
            column: query.sort.clone(),
            descending: query.descending,
        })
    });
    let href = move |sort: Sort| {
        let way = if sort.descending { "desc" } else { "" };
        address.with(|address| with_parts(address, &[("sort", &sort.column), ("dir", way)]))
    };
    let (matching, total, offset) = (page.matching, page.total, page.offset);
    let tools = total >= FILTER_FROM || query.with_untracked(is_sieved);
    let hidden = u64::from(total - matching);
    let columns = columns(m, &page.shown);
    let sorts = columns.iter().filter(|column| column.sorts);
    let sorts: Vec<_> = sorts
        .map(|column| (column.key.clone(), column.label.clone()))
        .collect();
    let chars = ratio_chars(page.rows.iter().map(|row| row.node.summary.points), use_fmt());
    let fit = format!("--rows:{};--tags:{chars}", page.rows.len());
    view! {
        {tools.then(|| view! { <Tools page=page.clone() query again sorts set turn/> })}
        <div class="g-children__rows" style=fit>
            <DataTable
                rows=page.rows
                columns
                sort
                href
                label=m.place_children()
                total=matching
                offset
                row_class=row_class
            />
        </div>
        {(matching == 0 && total > 0)
            .then(|| {
                let all = address.with_untracked(|address| {
                    with_parts(
                        address,
                        &["q", "only", "state", "col", "min", "max", "in"].map(|key| (key, "")),
                    )
                });
                view! {
                    <EmptyState what=m.filter_none() why=m.filter_hidden(hidden)>
                        <a class="g-btn" href=all>
                            {m.filter_clear()}
                        </a>
                    </EmptyState>
                }
            })}
        {(matching > ROWS).then(|| view! { <Pager offset total=matching page=ROWS/> })}
    }
    .into_any()
}

/// Nothing stands below in the hierarchy that is shown: in which it does.
#[component]
fn BareLevel(bare: Bare) -> impl IntoView {
    let m = use_messages();
    let (name, by) = (&bare.asset.name, name_of(&bare.by, m));
    let what = if bare.is_part {
        m.place_bare(name, &by)
    } else {
        m.place_outside(name, &by)
    };
    let path = routes::place(&bare.asset.path);
    let link = |hierarchy: &HierarchyRef| {
        let href = match hierarchy.id.as_str() {
            "" => path.clone(),
            by => format!("{path}?by={}", routes::encode_path(by)),
        };
        view! { <a class="g-btn" href=href>{m.place_show_in(&name_of(hierarchy, m))}</a> }
    };
    let links = bare.elsewhere.iter().map(link).collect_view();
    view! { <EmptyState what><span class="g-row g-row--wrap">{links}</span></EmptyState> }
}

/// Keeps the rows up to date.
fn watch(page: &RowsPage) {
    let live = use_live();
    let rows = || page.rows.iter();
    let views: Vec<_> = rows()
        .flat_map(|row| row.cells.iter().flatten().chain(&row.node.state))
        .collect();
    live.seed(views.iter().copied());
    seed_counts(rows().map(|row| (row.node.asset.asset, row.node.summary)));
    let mut points: Vec<u32> = views.iter().map(|view| view.info.point).collect();
    points.sort_unstable();
    points.dedup();
    let assets: Vec<u32> = rows().map(|row| row.node.asset.asset).collect();
    let shown = assets.clone();
    follow_counts(move || shown.clone());
    let since = Some(page.position);
    if !points.is_empty() {
        live.watch(Selector::Points { points }, None, since);
    }
    if !assets.is_empty() {
        live.watch(Selector::Summaries { assets }, None, since);
    }
}

const fn row_class(row: &ChildRow) -> &'static str {
    match (row.depth, row.has_rows) {
        (0, true) => "is-group",
        (0, false) => "",
        _ => "is-child",
    }
}

//! DataTable: a semantic table whose rows can be sorted by its headers; stacked rows on a phone.
//!
//! Sorting is a link, so that it is in the address and works without script. The server sorts, over all rows;
//! the table shows a page of them in the order they came.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Which column sorts, and which way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sort {
    /// The column's key; empty for the order of the data.
    pub column: String,
    pub descending: bool,
}

/// Draws a row's cells of one column.
pub type Draw<R> = Arc<dyn Fn(R) -> AnyView + Send + Sync>;

/// A column, or several cells under one heading.
#[derive(Clone)]
pub struct Column<R: 'static> {
    /// Stable word for the address.
    pub key: String,
    pub label: String,
    /// Behind the label.
    pub unit: Option<String>,
    /// The class of each of its cells' columns, for their widths.
    pub cells: &'static [&'static str],
    /// For its heading.
    pub class: &'static str,
    /// Its heading is a link that sorts.
    pub sorts: bool,
    /// Draws its cells of a row.
    pub draw: Draw<R>,
}

/// The table.
#[component]
pub fn DataTable<R>(
    /// What is shown.
    rows: Vec<R>,
    /// The columns; the first is the row's heading.
    columns: Vec<Column<R>>,
    /// How it is sorted.
    sort: Signal<Sort>,
    /// The address that sorts otherwise.
    #[prop(into)]
    href: Callback<Sort, String>,
    /// The table's name.
    label: &'static str,
    /// How many rows there are in all; more than are shown.
    total: u32,
    /// The place of the first row shown among all.
    offset: u32,
    /// The class of a row.
    row_class: fn(&R) -> &'static str,
) -> impl IntoView
where
    R: Clone + Send + Sync + 'static,
{
    let heads = columns
        .iter()
        .map(|column| head(column, sort, href))
        .collect_view();
    let widths = columns.iter().flat_map(|column| column.cells);
    let widths = widths.map(|class| view! { <col class=*class/> }).collect_view();
    let is_part = rows.len() < total as usize;
    let row = |(nth, row): (u32, R)| {
        let cells = columns.iter().map(|column| (column.draw)(row.clone()));
        // The header row is the first.
        let index = is_part.then_some(offset + nth + 2);
        view! { <tr class=row_class(&row) aria-rowindex=index>{cells.collect_view()}</tr> }
    };
    let body = (0..).zip(rows).map(row).collect_view();
    view! {
        <table class="g-table g-table--stack" aria-label=label aria-rowcount=is_part.then_some(total + 1)>
            <colgroup>{widths}</colgroup>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody on:keydown=step>{body}</tbody>
        </table>
    }
}

/// Arrows, Home and End lead from row to row, in the same column of links.
fn step(event: KeyboardEvent) {
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::Element;
    let go = || {
        let from = event.target()?.dyn_into::<Element>().ok()?;
        let row = from.closest("tr").ok()??;
        let to = match event.key().as_str() {
            "ArrowDown" => row.next_element_sibling(),
            "ArrowUp" => row.previous_element_sibling(),
            "Home" => row.parent_element()?.first_element_child(),
            "End" => row.parent_element()?.last_element_child(),
            _ => None,
        }?;
        event.prevent_default();
        let link = to.query_selector("a").ok()??;
        focus(&link);
        Some(())
    };
    go();
}

fn focus(element: &leptos::web_sys::Element) {
    use leptos::wasm_bindgen::JsCast;
    if let Some(element) = element.dyn_ref::<leptos::web_sys::HtmlElement>() {
        // One that cannot take the focus is gone already.
        drop(element.focus());
    }
}

fn head<R>(column: &Column<R>, sort: Signal<Sort>, href: Callback<Sort, String>) -> AnyView {
    let (key, label) = (column.key.clone(), column.label.clone());
    let scope = if column.cells.len() > 1 { "colgroup" } else { "col" };
    let span = (column.cells.len() > 1).then_some(column.cells.len());
    let unit = column
        .unit
        .clone()
        .map(|unit| view! { " " <small class="g-unit">{unit}</small> });
    if !column.sorts {
        return view! { <th scope=scope colspan=span class=column.class>{label}</th> }.into_any();
    }
    let is_sorted = {
        let key = key.clone();
        move || sort.with(|sort| (sort.column == key).then_some(sort.descending))
    };
    let next = {
        let is_sorted = is_sorted.clone();
        move || {
            href.run(Sort {
                column: key.clone(),
                descending: is_sorted() == Some(false),
            })
        }
    };
    let aria = move || is_sorted().map(|descending| if descending { "descending" } else { "ascending" });
    view! {
        <th scope=scope colspan=span class=column.class aria-sort=aria>
            <a class="g-sort" href=next data-noscroll="">
                {label}
                {unit}
            </a>
        </th>
    }
    .into_any()
}

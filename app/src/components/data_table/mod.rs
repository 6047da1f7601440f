//! DataTable: a semantic table whose rows can be sorted by its headers; stacked rows on a phone.
//!
//! Sorting is a link, so that it is in the address and works without script. Rows are sorted when it is
//! asked for, not as values change: nothing moves under the pointer.

use leptos::prelude::*;

/// By what a row is sorted.
#[derive(Clone, PartialEq, Debug)]
pub enum SortKey {
    Number(f64),
    Text(String),
    /// Nothing known: last, whichever way.
    None,
}

/// Which column sorts, and which way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sort {
    /// The column's key; empty for the order of the data.
    pub column: String,
    pub descending: bool,
}

/// A column, or several cells under one heading.
pub struct Column<R: 'static> {
    /// Stable word for the address.
    pub key: &'static str,
    pub label: &'static str,
    /// The class of each of its cells' columns, for their widths.
    pub cells: &'static [&'static str],
    /// For its heading.
    pub class: &'static str,
    /// By what it sorts; none when it does not.
    pub sort: Option<fn(&R) -> SortKey>,
    /// Draws its cells of a row.
    pub draw: fn(R) -> AnyView,
}

/// The table.
#[component]
pub fn DataTable<R>(
    /// What is shown.
    rows: Signal<Vec<R>>,
    /// The columns; the first is the row's heading.
    columns: Vec<Column<R>>,
    /// A row's stable id.
    key: fn(&R) -> u32,
    /// How it is sorted.
    sort: Signal<Sort>,
    /// The address that sorts otherwise.
    #[prop(into)]
    href: Callback<Sort, String>,
    /// The table's name.
    label: &'static str,
    /// The class of a row.
    #[prop(optional)]
    row_class: Option<fn(&R) -> &'static str>,
    /// Added to the table's own classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView
where
    R: Clone + Send + Sync + 'static,
{
    let columns = StoredValue::new(columns);
    let sorted = move || {
        let (mut rows, sort) = (rows.get(), sort.get());
        let by = columns.with_value(|columns| columns.iter().find(|column| column.key == sort.column)?.sort);
        if let Some(by) = by {
            rows.sort_by(|a, b| compare(&by(a), &by(b), sort.descending));
        }
        rows
    };
    let heads = columns.with_value(|columns| {
        columns
            .iter()
            .map(|column| head(column, sort, href))
            .collect_view()
    });
    let widths = columns.with_value(|columns| {
        columns
            .iter()
            .flat_map(|column| column.cells)
            .map(|class| view! { <col class=*class/> })
            .collect_view()
    });
    view! {
        <table class=format!("g-table g-table--stack {class}") aria-label=label>
            <colgroup>{widths}</colgroup>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>
                <For each=sorted key=key let:row>
                    <tr class=row_class.map(|class| class(&row))>
                        {columns
                            .with_value(|columns| {
                                columns.iter().map(|column| (column.draw)(row.clone())).collect_view()
                            })}
                    </tr>
                </For>
            </tbody>
        </table>
    }
}

fn head<R>(column: &Column<R>, sort: Signal<Sort>, href: Callback<Sort, String>) -> AnyView {
    let (key, label) = (column.key, column.label);
    let scope = if column.cells.len() > 1 { "colgroup" } else { "col" };
    let span = (column.cells.len() > 1).then_some(column.cells.len());
    if column.sort.is_none() {
        return view! { <th scope=scope colspan=span class=column.class>{label}</th> }.into_any();
    }
    let is_sorted = move || sort.with(|sort| (sort.column == key).then_some(sort.descending));
    let next = move || {
        href.run(Sort {
            column: key.to_owned(),
            descending: is_sorted() == Some(false),
        })
    };
    let aria = move || is_sorted().map(|descending| if descending { "descending" } else { "ascending" });
    view! {
        <th scope=scope colspan=span class=column.class aria-sort=aria>
            <a class="g-sort" href=next data-noscroll="">
                {label}
            </a>
        </th>
    }
    .into_any()
}

/// In order; what is not known stands last either way.
#[must_use]
pub fn compare(a: &SortKey, b: &SortKey, descending: bool) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    let order = match (a, b) {
        (SortKey::None, SortKey::None) => Ordering::Equal,
        (SortKey::None, _) => return Ordering::Greater,
        (_, SortKey::None) => return Ordering::Less,
        (SortKey::Number(a), SortKey::Number(b)) => a.total_cmp(b),
        (SortKey::Text(a), SortKey::Text(b)) => natural(a, b),
        (SortKey::Number(_), SortKey::Text(_)) => Ordering::Less,
        (SortKey::Text(_), SortKey::Number(_)) => Ordering::Greater,
    };
    if descending { order.reverse() } else { order }
}

/// `Pump 2` before `Pump 14`: runs of digits compare as numbers.
#[must_use]
pub fn natural(a: &str, b: &str) -> std::cmp::Ordering {
    parts(a).cmp(&parts(b))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Text(String),
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        match (parts.last_mut(), letter.to_digit(10)) {
            (Some(Part::Number(number)), Some(digit)) => {
                *number = number.saturating_mul(10).saturating_add(u64::from(digit));
            }
            (_, Some(digit)) => parts.push(Part::Number(u64::from(digit))),
            (Some(Part::Text(text)), None) => text.push(letter),
            (_, None) => parts.push(Part::Text(letter.to_string())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    #[test]
    fn names_sort_as_people_count() {
        let mut names = ["Pump 14", "pump 2", "AHU-10", "AHU-9", "Pump"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["AHU-9", "AHU-10", "Pump", "pump 2", "Pump 14"]);
    }

    #[test]
    fn the_unknown_stands_last_either_way() {
        let one = SortKey::Number(1.0);
        for descending in [false, true] {
            assert_eq!(compare(&SortKey::None, &one, descending), Ordering::Greater);
            assert_eq!(compare(&one, &SortKey::None, descending), Ordering::Less);
        }
        assert_eq!(compare(&one, &SortKey::Number(2.0), true), Ordering::Greater);
    }
}

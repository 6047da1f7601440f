//! What is only read, drawn by the server within a living page: the page puts it where it belongs as it is, and
//! carries neither its words nor the code that draws it.

use leptos::prelude::*;

use crate::components::key_value::{KeyValue, Pair};

/// Something short to read; empty parts are left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sheet {
    /// As a formula is written.
    pub formula: String,
    /// What matters most, and what follows it in the same line.
    pub lead: (String, String),
    /// A term and what it is.
    pub lines: Vec<(String, String)>,
    /// The table's columns; the first names the row.
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Its HTML. Every text is put in as text.
    #[must_use]
    pub fn html(self) -> String {
        let Self {
            formula,
            lead,
            lines,
            head,
            rows,
        } = self;
        let formula = (!formula.is_empty()).then(|| view! { <pre class="g-mono g-formula">{formula}</pre> });
        let lead = (!lead.0.is_empty())
            .then(|| view! { <p><b>{lead.0}</b> " " <span class="g-ink2">{lead.1}</span></p> });
        let line = |(term, what): (String, String)| view! { <Pair term>{what}</Pair> };
        let has_lines = !lines.is_empty();
        let cell = |(at, text): (usize, String)| match at {
            0 => view! { <th scope="row">{text}</th> }.into_any(),
            _ => view! { <td class="g-n">{text}</td> }.into_any(),
        };
        let row =
            |row: Vec<String>| view! { <tr>{row.into_iter().enumerate().map(cell).collect_view()}</tr> };
        let column = |(at, text): (usize, String)| {
            let class = if at == 0 { "" } else { "g-n" };
            view! { <th scope="col" class=class>{text}</th> }
        };
        let table = (!rows.is_empty()).then(|| {
            view! {
                <table class="g-table g-facts">
                    <thead>
                        <tr>{head.into_iter().enumerate().map(column).collect_view()}</tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            }
        });
        let lines =
            has_lines.then(|| view! { <KeyValue>{lines.into_iter().map(line).collect_view()}</KeyValue> });
        view! { {formula} {lead} {lines} {table} }.to_html()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_it_says_is_text() {
        let hostile = || "<img src=x onerror=alert(1)>&\"'".to_owned();
        let owner = Owner::new();
        owner.set();
        let html = Sheet {
            formula: hostile(),
            lead: (hostile(), hostile()),
            lines: vec![(hostile(), hostile())],
            head: vec![hostile(), hostile()],
            rows: vec![vec![hostile(), hostile()]],
        }
        .html();
        assert!(!html.contains("<img"), "{html}");
        assert_eq!(html.matches("&lt;img").count(), 9, "{html}");
        assert_eq!(Sheet::default().html().replace("<!>", ""), "");
    }
}

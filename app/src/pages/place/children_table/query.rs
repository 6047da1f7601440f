//! What the table is asked for, in the page's address and out of it.

use leptos_router::params::ParamsMap;
use wire::page::{RowsOnly, RowsQuery, Units};

/// Keys of the address that ask of the table.
pub const KEYS: [&str; 10] = [
    "by", "q", "only", "state", "col", "min", "max", "in", "sort", "dir",
];

/// From the address; what cannot be read asks for nothing.
#[must_use]
pub fn from_address(address: &ParamsMap) -> RowsQuery {
    let text = |key: &str| address.get_str(key).unwrap_or_default().trim().to_owned();
    let number = |key: &str| {
        let number = text(key).replace(',', ".").parse::<f64>().ok();
        number.filter(|number| number.is_finite())
    };
    RowsQuery {
        by: text("by"),
        offset: text("offset").parse().unwrap_or(0),
        sort: text("sort"),
        descending: text("dir") == "desc",
        words: text("q"),
        only: RowsOnly::from_word(&text("only")),
        state: text("state"),
        column: text("col"),
        min: number("min"),
        max: number("max"),
        units: Units::from_word(&text("in")).unwrap_or_default(),
        columns: address.get_all("cols").unwrap_or_default(),
    }
}

/// Whether anything is left out.
#[must_use]
pub fn is_sieved(query: &RowsQuery) -> bool {
    !query.words.is_empty()
        || query.only != RowsOnly::All
        || !query.state.is_empty()
        || (!query.column.is_empty() && (query.min.is_some() || query.max.is_some()))
}

/// Whether order or choice follow what changes by itself.
#[must_use]
pub fn is_live(query: &RowsQuery) -> bool {
    !matches!(query.sort.as_str(), "" | "name")
        || query.only != RowsOnly::All
        || !query.state.is_empty()
        || query.min.is_some()
        || query.max.is_some()
}

/// The address with some parts changed, from its first page on; an empty part is left out.
#[must_use]
pub fn with_parts(address: &ParamsMap, parts: &[(&str, &str)]) -> String {
    let mut address = address.clone();
    address.remove("offset");
    for (key, value) in parts {
        if value.is_empty() {
            address.remove(key);
        } else {
            address.replace((*key).to_owned(), (*value).to_owned());
        }
    }
    to_text(&address)
}

/// The address with a column shown or no longer shown.
#[must_use]
pub fn with_column(address: &ParamsMap, shown: &[String], key: &str) -> String {
    let mut address = address.clone();
    address.remove("cols");
    let stays = |other: &&String| *other != key;
    for other in shown.iter().filter(stays) {
        address.insert("cols".to_owned(), other.clone());
    }
    if !shown.iter().any(|other| other == key) {
        address.insert("cols".to_owned(), key.to_owned());
    }
    to_text(&address)
}

/// Never empty: an empty address would keep the one that is there.
fn to_text(address: &ParamsMap) -> String {
    let text = address.to_query_string();
    if text.is_empty() { "?".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(parts: &[(&str, &str)]) -> ParamsMap {
        let parts = parts
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        parts.collect()
    }

    #[test]
    fn the_address_says_what_is_asked() {
        let asked = from_address(&address(&[
            ("sort", "p:flow"),
            ("dir", "desc"),
            ("q", " pump "),
            ("only", "beyond"),
            ("min", "2,5"),
            ("max", "inf"),
            ("in", "us"),
            ("offset", "x"),
            ("cols", "flow"),
            ("cols", "power"),
        ]));
        let expect = RowsQuery {
            sort: "p:flow".to_owned(),
            descending: true,
            words: "pump".to_owned(),
            only: RowsOnly::Beyond,
            min: Some(2.5),
            units: Units::Us,
            columns: vec!["flow".to_owned(), "power".to_owned()],
            ..RowsQuery::default()
        };
        assert_eq!(asked, expect);
        assert!(is_live(&asked) && is_sieved(&asked));
        assert!(!is_live(&RowsQuery::default()) && !is_sieved(&RowsQuery::default()));
    }

    #[test]
    fn a_change_begins_at_the_first_page_and_leaves_out_what_is_empty() {
        let old = address(&[("offset", "200"), ("q", "pump")]);
        assert_eq!(with_parts(&old, &[("only", "silent")]), "?q=pump&only=silent");
        assert_eq!(with_parts(&old, &[("q", "")]), "?");
    }

    #[test]
    fn a_column_comes_and_goes() {
        let shown = ["flow".to_owned(), "power".to_owned()];
        assert_eq!(with_column(&address(&[]), &shown, "flow"), "?cols=power");
        assert_eq!(
            with_column(&address(&[]), &shown, "head"),
            "?cols=flow&cols=power&cols=head"
        );
    }
}

//! From values to a file's text. Deterministic: what is equal is written in the same letters.

use formula::shortest;

use crate::node::{Node, Table, Value};
use crate::time::rfc3339;

/// Longest inline table or list.
const MAX_INLINE: usize = 96;

/// The keys that stand first in a table, in this order; the others follow by name.
const FIRST: &[&str] = &[
    "version", "name", "type", "extends", "abstract", "kind", "data", "unit", "relation", "inverse",
    "formula", "when", "to", "at",
];

/// A file with one table after the other: each with its header's path.
pub(crate) fn file(tables: &[(Vec<&str>, &Table)]) -> String {
    let mut text = String::new();
    for (path, table) in tables {
        let path: Vec<String> = path.iter().map(|key| written_key(key)).collect();
        table_text(&path, table, &mut text);
    }
    text
}

fn table_text(path: &[String], table: &Table, text: &mut String) {
    let mut own: Vec<(&str, String)> = Vec::new();
    let mut below: Vec<(&str, &Value)> = Vec::new();
    for (key, node) in table {
        match inline(&node.value) {
            Some(line) => own.push((key, line)),
            None => below.push((key, &node.value)),
        }
    }
    own.sort_by_key(|(key, _)| FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len()));
    // A header that says nothing itself is left out, but for what would not be there at all.
    if !own.is_empty() || below.is_empty() {
        header(&format!("[{}]", path.join(".")), text);
        for (key, line) in own {
            text.push_str(&format!("{} = {line}\n", written_key(key)));
        }
    }
    for (key, value) in below {
        let mut path = path.to_vec();
        path.push(written_key(key));
        match value {
            Value::Table(table) => table_text(&path, table, text),
            Value::List(list) => list_text(&path, list, text),
            Value::Text(_) | Value::Number(_) | Value::Flag(_) | Value::Time(_) => {}
        }
    }
}

fn list_text(path: &[String], list: &[Node], text: &mut String) {
    for node in list {
        if let Value::Table(table) = &node.value {
            header(&format!("[[{}]]", path.join(".")), text);
            let mut keys: Vec<&Box<str>> = table.keys().collect();
            keys.sort_by_key(|key| {
                FIRST
                    .iter()
                    .position(|first| *first == &***key)
                    .unwrap_or(FIRST.len())
            });
            for key in keys {
                if let Some(node) = table.get(key) {
                    text.push_str(&format!("{} = {}\n", written_key(key), in_line(&node.value)));
                }
            }
        }
    }
}

fn header(line: &str, text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
    text.push('\n');
}

/// The value on the line of its key; none where it gets a table of its own.
fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Table(table) => {
            let flat = table.values().all(|node| !matches!(node.value, Value::Table(_)));
            let line = in_line(value);
            (flat && line.len() <= MAX_INLINE && table.len() <= 4).then_some(line)
        }
        Value::List(list) => {
            let tables = !list.is_empty() && list.iter().all(|node| matches!(node.value, Value::Table(_)));
            let line = in_line(value);
            (!tables || line.len() <= MAX_INLINE).then_some(line)
        }
        Value::Text(_) | Value::Number(_) | Value::Flag(_) | Value::Time(_) => Some(in_line(value)),
    }
}

/// The value in one line, however long.
pub(crate) fn in_line(value: &Value) -> String {
    match value {
        Value::Text(text) => written_text(text),
        // Beyond the exact integers only the form of a float reads back.
        Value::Number(number) if number.abs() > 9_007_199_254_740_992.0 => format!("{number:e}"),
        Value::Number(number) => shortest(*number),
        Value::Flag(flag) => flag.to_string(),
        Value::Time(time) => rfc3339(*time),
        Value::List(list) => {
            let items: Vec<String> = list.iter().map(|node| in_line(&node.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) => {
            let items: Vec<String> = table
                .iter()
                .map(|(key, node)| format!("{} = {}", written_key(key), in_line(&node.value)))
                .collect();
            if items.is_empty() {
                "{}".to_owned()
            } else {
                format!("{{ {} }}", items.join(", "))
            }
        }
    }
}

fn written_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        written_text(key)
    }
}

fn written_text(text: &str) -> String {
    // Formulas have quotes of their own; literal strings keep them readable.
    let literal = text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(char::is_control);
    if literal {
        return format!("'{text}'");
    }
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            c if c.is_control() => written.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Told;
    use crate::source::parse;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<String>().prop_map(|text| Value::Text(text.into())),
            prop::num::f64::NORMAL.prop_map(Value::Number),
            (-9_007_199_254_740_992_i64..=9_007_199_254_740_992).prop_map(|n| Value::Number(n as f64)),
            any::<bool>().prop_map(Value::Flag),
            (0_i64..200_000_000_000_000_000)
                .prop_map(|micros| Value::Time(formula::Time(micros / 1000 * 1000))),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone().prop_map(Node::from), 0..4).prop_map(Value::List),
                prop::collection::btree_map(
                    any::<String>().prop_map(Box::from),
                    inner.prop_map(Node::from),
                    0..5
                )
                .prop_map(Value::Table),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(table in prop::collection::btree_map(".{1,6}".prop_map(Box::from), value().prop_map(Node::from), 0..6)) {
            let text = file(&[(vec!["top"], &table)]);
            let mut told = Told::default();
            let read = parse(0, &text, &mut told);
            prop_assert_eq!(&told.findings, &[], "{}", text);
            prop_assert_eq!(&read["top"].value, &Value::Table(table), "{}", text);
        }
    }
}

//! From a file's text to values with their places. The TOML parser recovers, so that every
//! mistake in a file is told at once.

use toml::de::{DeTable, DeValue};

use crate::node::{Node, Span, Table, Value};
use crate::problem::{Finding, Told};
use crate::time::time_from_datetime;

/// Bytes of one file.
pub const MAX_FILE: usize = 16 << 20;
/// Files of a model.
pub const MAX_FILES: usize = 10_000;
/// Bytes of all files of a model together.
pub const MAX_BYTES: usize = 256 << 20;
/// Bytes of one text.
pub(crate) const MAX_TEXT: usize = 8 << 10;

/// The top table of a file.
pub(crate) fn parse(file: u32, text: &str, told: &mut Told) -> Table {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().map_or(at(file, &(0..0)), |span| at(file, &span));
        let (message, help) = said(error.message());
        let finding = Finding::error("", message)
            .at(span)
            .help("see https://toml.io for how TOML is written");
        told.tell(finding.help_if(help));
    }
    read_table(file, table.get_ref(), told)
}

/// The parser's words in ours, and a way out for the commonest mistakes.
fn said(message: &str) -> (String, Option<String>) {
    let help = [
        ("duplicate key", "give both in one table, or remove one"),
        ("string values must be quoted", "put it in quotes"),
        ("missing comma", "put a comma between the values of a list"),
        ("extra `=`", "write one `=` between key and value"),
    ]
    .into_iter()
    .find(|(what, _)| message.contains(what))
    .map(|(_, help)| help.to_owned());
    (format!("this is not TOML: {message}"), help)
}

fn at(file: u32, span: &std::ops::Range<usize>) -> Span {
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        file,
        start: small(span.start),
        end: small(span.end),
    }
}

fn read_table(file: u32, table: &DeTable<'_>, told: &mut Told) -> Table {
    table
        .iter()
        .filter_map(|(key, value)| {
            let span = at(file, &value.span());
            let node = Node {
                value: read_value(file, value.get_ref(), span, told)?,
                at: span,
                key: at(file, &key.span()),
            };
            Some((Box::from(&**key.get_ref()), node))
        })
        .collect()
}

/// The value, or nothing and a finding. As deep as the parser goes, which is 80 levels.
fn read_value(file: u32, value: &DeValue<'_>, span: Span, told: &mut Told) -> Option<Value> {
    let mut wrong = |message: String, help: &str| {
        told.tell(Finding::error("", message).at(span).help(help));
        None
    };
    match value {
        DeValue::String(text) if text.len() > MAX_TEXT => wrong(
            format!("a text of {} bytes", text.len()),
            "texts have 8 KiB at most",
        ),
        DeValue::String(text) => Some(Value::Text(Box::from(&**text))),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) if number.unsigned_abs() <= 1 << 53 => Some(Value::Number(number as f64)),
            _ => wrong(
                format!("`{number}` is too large for an exact number"),
                "write it as a text, in quotes",
            ),
        },
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => Some(Value::Number(number)),
            _ => wrong(
                format!("`{}` is no finite number", number.as_str()),
                "leave the key out where there is no number",
            ),
        },
        DeValue::Boolean(flag) => Some(Value::Flag(*flag)),
        DeValue::Datetime(datetime) => match time_from_datetime(datetime) {
            Some(time) => Some(Value::Time(time)),
            None => wrong(
                format!("`{datetime}` has no zone"),
                "write date, time and zone, for example `2026-03-01T06:00:00+01:00`",
            ),
        },
        DeValue::Array(list) => {
            let nodes = list.iter().filter_map(|value| {
                let span = at(file, &value.span());
                let value = read_value(file, value.get_ref(), span, told)?;
                Some(Node {
                    value,
                    at: span,
                    key: span,
                })
            });
            Some(Value::List(nodes.collect()))
        }
        DeValue::Table(table) => Some(Value::Table(read_table(file, table, told))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_of_a_file_is_told() {
        let mut told = Told::default();
        let text = "a = 1\nb = nan\nc = 2026-01-01\nd = 99999999999999999999\na = 2\ne = \"open\n";
        let table = parse(0, text, &mut told);
        let messages: Vec<&str> = told
            .findings
            .iter()
            .map(|finding| finding.message.as_str())
            .collect();
        assert!(messages.len() >= 5, "{messages:?}");
        assert!(
            messages.iter().any(|text| text.contains("duplicate key")),
            "{messages:?}"
        );
        assert_eq!(table["a"].value, Value::Number(1.0));
    }
}

//! A message as JSON, whatever it was, and plain values out of it.

use std::borrow::Cow;

use decode::parts::{Json, json_text, leaf_of_text, tree};
use decode::{Limits, Problem};
use serde_json::{Number, Value};
use twin::{Leaf, Quality};

use crate::path::head;

/// Longest text that is a value, in bytes, as without a rule.
const MAX_VALUE: usize = 1_024;
/// Longest text that is a time, a quality or a unit.
const MAX_WORD: usize = 128;

/// The JSON of a message's text. What is none is a number or a text.
pub(crate) fn root(text: &str, limits: &Limits) -> Result<Value, Problem> {
    match text.as_bytes().first() {
        Some(b'{' | b'[') => tree(text, limits).map(json),
        _ => {
            let quoted = match text.starts_with('"').then(|| tree(text, limits)) {
                Some(Ok(Json::Text(inner))) => Some(inner.into_owned()),
                _ => None,
            };
            let text = quoted.as_deref().unwrap_or(text);
            let plain = match leaf_of_text(text).0 {
                Leaf {
                    value: Some(twin::Value::Number(number)),
                    unit: None,
                    quality: Quality::Good,
                    ..
                } => Number::from_f64(number).map(Value::Number),
                _ => None,
            };
            Ok(plain.unwrap_or_else(|| Value::String(text.to_owned())))
        }
    }
}

/// The same value for JSON paths. A number that is none (`NaN`, `1e999`) stays as it is written.
fn json(json: Json<'_>) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(on) => Value::Bool(on),
        Json::Number(digits) => {
            number(digits).map_or_else(|| Value::String(digits.to_owned()), Value::Number)
        }
        Json::Text(text) => Value::String(text.into_owned()),
        Json::Array(items) => Value::Array(items.into_iter().map(self::json).collect()),
        Json::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.into_owned(), self::json(value)))
                .collect(),
        ),
    }
}

fn number(digits: &str) -> Option<Number> {
    if let Ok(whole) = digits.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = digits.parse::<u64>() {
        return Some(whole.into());
    }
    Number::from_f64(digits.parse().ok()?)
}

/// A plain value as text; none for objects, lists and null.
pub(crate) fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(digits(number))),
        Value::Bool(on) => Some(Cow::Borrowed(if *on { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A short plain value as text: a time, a quality, a unit.
pub(crate) fn word_of(value: &Value) -> Option<Cow<'_, str>> {
    text_of(value).filter(|text| text.len() <= MAX_WORD)
}

/// A number's digits: `7.0` is `7`.
pub(crate) fn digits(number: &Number) -> String {
    match number.as_f64() {
        Some(double) if !(number.is_i64() || number.is_u64()) => formula::shortest(double),
        _ => number.to_string(),
    }
}

/// A plain value as formulas take it.
pub(crate) fn formula_value(value: &Value) -> Option<formula::Value> {
    match value {
        Value::Number(number) => number.as_f64().map(formula::Value::Number),
        Value::Bool(on) => Some(formula::Value::Number(f64::from(u8::from(*on)))),
        Value::String(text) => Some(text.as_str().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What a plain value says, as a leaf without a name; beside it what was doubtful.
pub(crate) fn leaf_of(value: &Value) -> (Leaf, Option<Problem>) {
    let plain = |value| Leaf {
        value,
        ..Leaf::default()
    };
    match value {
        Value::Bool(on) => (plain(Some(twin::Value::Bool(*on))), None),
        Value::Number(number) => (plain(number.as_f64().map(twin::Value::Number)), None),
        // A longer text is cut in any case.
        Value::String(text) => leaf_of_text(head(text, MAX_VALUE + 1)),
        Value::Null | Value::Array(_) | Value::Object(_) => (plain(None), None),
    }
}

/// The quality that a value says.
pub(crate) fn quality_of(value: &Value, status_code: bool) -> Option<Quality> {
    let of = |json: &Json<'_>| decode::parts::quality_of(json, status_code);
    match value {
        Value::Bool(on) => of(&Json::Bool(*on)),
        Value::Number(number) => of(&Json::Number(&number.to_string())),
        Value::String(text) if text.len() > MAX_WORD => None,
        Value::String(text) => of(&json_text(text)),
        Value::Object(members) => {
            let code = members
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case("code"))
                .map(|(_, code)| code.to_string());
            let code = code.as_deref().map(|code| ("Code".into(), Json::Number(code)));
            of(&Json::Object(code.into_iter().collect()))
        }
        Value::Null | Value::Array(_) => None,
    }
}

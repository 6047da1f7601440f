//! One value written as plain text: a number, a switch, a word.

use std::sync::Arc;

use twin::Value;

/// What a plain text says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Scalar<'a> {
    Number(f64),
    /// `1,234`: by its comma 1.234, by English custom 1234.
    Ambiguous(f64),
    /// `21.5 °C`
    Measured(f64, &'a str),
    Bool(bool),
    /// The source says that it has no value (MTConnect's `UNAVAILABLE`).
    Missing,
    /// Written as a number, but none that can be kept: `NaN`, `1e999`.
    Unusable,
    Text(&'a str),
}

/// Texts are cut at this many bytes: a state word, not a document.
const TEXT_BYTES: usize = 1_024;

/// Every whole number of this many digits is exact as a double; a longer one is a serial number.
const EXACT_DIGITS: usize = 15;

/// Reads a plain text; numbers first, since nearly every payload is one.
pub(crate) fn read(text: &str) -> Scalar<'_> {
    let text = text.trim();
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text).unwrap_or_else(|| measured(text)),
        _ => word(text),
    }
}

/// Reads a JSON text. It is text already, so only switches and "no value" are taken from it:
/// `"4711"` may be a batch.
pub(crate) fn read_quoted(text: &str) -> Scalar<'_> {
    word(text)
}

/// A text as a value, cut when it is too long for one; the flag tells that it was.
pub(crate) fn text_value(text: &str) -> (Value, bool) {
    let kept = crate::printable::head(text, TEXT_BYTES);
    (Value::Text(Arc::from(kept)), kept.len() < text.len())
}

fn word(text: &str) -> Scalar<'_> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    match text.len() {
        2 if is("on") => Scalar::Bool(true),
        3 if is("off") => Scalar::Bool(false),
        4 if is("true") => Scalar::Bool(true),
        5 if is("false") => Scalar::Bool(false),
        3 if is("nan") || is("inf") => Scalar::Unusable,
        8 if is("infinity") => Scalar::Unusable,
        11 if is("unavailable") => Scalar::Missing,
        _ => Scalar::Text(text),
    }
}

/// A number in digits with point or comma; none when the text is something else.
fn number(text: &str) -> Option<Scalar<'_>> {
    let digits = text.trim_start_matches(['+', '-']);
    if digits.len() + 1 < text.len() {
        return None;
    }
    if digits.eq_ignore_ascii_case("inf")
        || digits.eq_ignore_ascii_case("infinity")
        || digits.eq_ignore_ascii_case("nan")
    {
        return Some(Scalar::Unusable);
    }
    if !digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole && digits.len() > 1 && digits.starts_with('0') {
        return Some(Scalar::Text(text));
    }
    let number: f64 = match digits.split_once(',') {
        None => text.parse().ok()?,
        Some((_, fraction)) if fraction.contains(['.', ',']) => return None,
        Some(_) => text.replacen(',', ".", 1).parse().ok()?,
    };
    Some(match digits.split_once(',') {
        _ if !number.is_finite() => Scalar::Unusable,
        _ if whole && digits.len() > EXACT_DIGITS => Scalar::Text(text),
        Some((before, after)) if thousands(before, after) => Scalar::Ambiguous(number),
        _ => Scalar::Number(number),
    })
}

fn thousands(before: &str, after: &str) -> bool {
    after.len() == 3
        && (1..=3).contains(&before.len())
        && !before.starts_with('0')
        && after.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number with its unit behind it: `21.5 °C`, `45%`.
fn measured(text: &str) -> Scalar<'_> {
    const UNIT_BYTES: usize = 12;
    let end = text
        .find(|c: char| !matches!(c, '0'..='9' | '.' | ',' | '+' | '-'))
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let unit = rest.trim_start();
    let set_off = unit.len() < rest.len() || unit.starts_with(['%', '°']);
    let looks_right = unit
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '%' | '°' | '/' | 'µ' | 'Ω' | '²' | '³' | '^' | '·'))
        && !unit.is_empty()
        && unit.len() <= UNIT_BYTES
        && !matches!(unit, "AM" | "PM" | "am" | "pm");
    match number(digits) {
        Some(Scalar::Number(number)) if set_off && looks_right => Scalar::Measured(number, unit),
        _ => Scalar::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Scalar<'_>) {
        assert_eq!(read(text), expect, "{text}");
    }

    #[test]
    fn numbers() {
        check("24.7", Scalar::Number(24.7));
        check(" -3 \r\n", Scalar::Number(-3.0));
        check("+1.5e-3", Scalar::Number(0.0015));
        check(".5", Scalar::Number(0.5));
        check("21,5", Scalar::Number(21.5));
        check("0,125", Scalar::Number(0.125));
        check("1,234", Scalar::Ambiguous(1.234));
        check("21.5 °C", Scalar::Measured(21.5, "°C"));
        check("45%", Scalar::Measured(45.0, "%"));
        check("12 m³/h", Scalar::Measured(12.0, "m³/h"));
        check("NaN", Scalar::Unusable);
        check("-inf", Scalar::Unusable);
        check("1e999", Scalar::Unusable);
    }

    #[test]
    fn switches_and_words() {
        check("ON", Scalar::Bool(true));
        check("off", Scalar::Bool(false));
        check("true", Scalar::Bool(true));
        check("FALSE", Scalar::Bool(false));
        check("UNAVAILABLE", Scalar::Missing);
        check("Running", Scalar::Text("Running"));
        check("réglage", Scalar::Text("réglage"));
    }

    #[test]
    fn what_only_looks_like_a_number_stays_text() {
        for text in [
            "007",
            "12:30",
            "2026-01-02",
            "1.2.3",
            "1,2,3",
            "1,234.5",
            "5 of 7",
            "10 AM",
            "230V",
            "0x1F",
            "--5",
            "-",
            ".",
            "9007199254740993",
            "1 2",
        ] {
            check(text, Scalar::Text(text));
        }
    }
}

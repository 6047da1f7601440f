//! How far a source says its value may be trusted, in the five ways it says so.
//!
//! | written as | read as |
//! |---|---|
//! | `true`, `false` (Kepware `q`) | good, bad |
//! | `GOOD`, `UncertainLastUsableValue`, `Bad…` | by how the word begins |
//! | a number under a key `StatusCode`, or of 2^30 and more | OPC UA: the top two bits |
//! | a number up to 65,535 elsewhere | OPC DA: bits 6 and 7 of the low byte (192 good, 64 uncertain, 0 bad) |
//! | 500 elsewhere | Sparkplug STALE: a last usable value, so uncertain |
//!
//! A bare 1 could be OPC DA's "bad, low limited" or somebody's "yes": uncertain, so that a bad
//! value is never shown as good. A word nobody knows is uncertain as well.

use twin::Quality;

use crate::json::Json;

/// The quality a value names; none when it names none that can be read.
/// `status_code` tells that the key is OPC UA's.
pub(crate) fn from_json(value: &Json<'_>, status_code: bool) -> Option<Quality> {
    match value {
        Json::Bool(good) => Some(if *good { Quality::Good } else { Quality::Bad }),
        Json::Number(text) => from_number(text.parse().ok()?, status_code),
        Json::Text(text) => from_word(text, status_code),
        // OPC UA JSON 1.05: {"Code":2147483648,"Symbol":"Bad"}; an empty object is Good.
        Json::Object(members) => match members.iter().find(|(key, _)| key.eq_ignore_ascii_case("code")) {
            Some((_, Json::Number(text))) => from_number(text.parse().ok()?, true),
            Some(_) => None,
            None => members.is_empty().then_some(Quality::Good),
        },
        Json::Null | Json::Array(_) => None,
    }
}

/// The quality a word names.
pub(crate) fn from_word(word: &str, status_code: bool) -> Option<Quality> {
    const GOOD: &[&str] = &["good", "ok", "valid", "true"];
    const UNCERTAIN: &[&str] = &["uncertain", "stale", "questionable", "suspect", "old"];
    const BAD: &[&str] = &["bad", "invalid", "error", "fault", "fail", "false"];
    let word = word.trim();
    if let Some(hex) = word.strip_prefix("0x") {
        let code = u32::from_str_radix(hex, 16).ok()?;
        return from_number(f64::from(code), status_code || hex.len() > 4);
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return from_number(word.parse().ok()?, status_code);
    }
    let begins = |starts: &[&str]| {
        starts.iter().any(|start| {
            word.get(..start.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(start))
        })
    };
    [
        (BAD, Quality::Bad),
        (UNCERTAIN, Quality::Uncertain),
        (GOOD, Quality::Good),
    ]
    .into_iter()
    .find_map(|(starts, quality)| begins(starts).then_some(quality))
}

fn from_number(number: f64, status_code: bool) -> Option<Quality> {
    if !(0.0..=f64::from(u32::MAX)).contains(&number) || number.fract() != 0.0 {
        return None;
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked above"
    )]
    let code = number as u32;
    Some(match code {
        _ if status_code || code > 0xFFFF => by_top_bits(code >> 30),
        1 | 500 => Quality::Uncertain,
        _ => match (code >> 6) & 0b11 {
            0b11 => Quality::Good,
            0b01 => Quality::Uncertain,
            _ => Quality::Bad,
        },
    })
}

/// OPC UA part 4, 7.39: 00 good, 01 uncertain, 10 bad, 11 reserved.
const fn by_top_bits(bits: u32) -> Quality {
    match bits {
        0b00 => Quality::Good,
        0b01 => Quality::Uncertain,
        _ => Quality::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, status_code: bool, expect: Option<Quality>) {
        let value = crate::json::parse(json, 4, 16).unwrap();
        assert_eq!(from_json(&value, status_code), expect, "{json}");
    }

    #[test]
    fn every_convention_is_read() {
        use Quality::{Bad, Good, Uncertain};
        check("true", false, Some(Good));
        check("false", false, Some(Bad));
        for (word, expect) in [
            ("GOOD", Good),
            ("good", Good),
            ("Bad_NoCommunication", Bad),
            ("UNCERTAIN", Uncertain),
            ("STALE", Uncertain),
        ] {
            check(&format!("\"{word}\""), false, Some(expect));
        }
        for (code, expect) in [
            (192, Good),
            (216, Good),
            (64, Uncertain),
            (0, Bad),
            (8, Bad),
            (500, Uncertain),
            (1, Uncertain),
        ] {
            check(&code.to_string(), false, Some(expect));
        }
        for (code, expect) in [
            (0_u32, Good),
            (0x4000_0000, Uncertain),
            (0x8000_0000, Bad),
            (0x80AB_0000, Bad),
        ] {
            check(&code.to_string(), true, Some(expect));
        }
        check("2147483648", false, Some(Bad));
        check("\"0x80000000\"", false, Some(Bad));
        check("\"192\"", false, Some(Good));
        check(r#"{"Code":2147483648,"Symbol":"Bad"}"#, true, Some(Bad));
        check("{}", true, Some(Good));
    }

    #[test]
    fn what_cannot_be_read_is_none() {
        for json in [
            "null",
            "[]",
            "\"purple\"",
            "-1",
            "0.97",
            "1e99",
            "{\"Code\":\"x\"}",
            "\"\"",
        ] {
            check(json, false, None);
        }
    }
}

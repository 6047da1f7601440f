//! Captured messages, one a line: as JSON, or topic and payload with a space between.
//!
//! JSON is what `gemba bind capture` writes and what `mosquitto_sub -F %j` (and `%J`) prints; the other
//! what `mosquitto_sub -v` prints.

use serde_json::{Map, Value, json};

/// Bytes of a file of samples.
pub const MOST_BYTES: u64 = 256 << 20;

/// One captured message.
#[derive(Clone, PartialEq, Debug)]
pub struct Sample {
    pub topic: String,
    pub payload: Vec<u8>,
    pub retained: bool,
}

/// Reads a line; none for an empty one or a comment.
pub fn read(line: &str) -> Option<Result<Sample, String>> {
    let line = line.trim_end_matches(['\r', '\n']);
    if line.trim().is_empty() || line.starts_with("//") {
        return None;
    }
    if line.starts_with('{') {
        return Some(match serde_json::from_str(line) {
            Ok(Value::Object(members)) => of_json(members),
            Ok(_) => Err("this is no JSON object".to_owned()),
            Err(error) => Err(format!("this is no JSON: {error}")),
        });
    }
    let (topic, payload) = line.split_once(' ').unwrap_or((line, ""));
    Some(Ok(Sample {
        topic: topic.to_owned(),
        payload: payload.as_bytes().to_vec(),
        retained: false,
    }))
}

fn of_json(mut members: Map<String, Value>) -> Result<Sample, String> {
    let Some(Value::String(topic)) = members.remove("topic") else {
        return Err("there is no `topic`".to_owned());
    };
    let retained = members.remove("retained").or_else(|| members.remove("retain"));
    let retained = match retained {
        None => false,
        Some(Value::Bool(retained)) => retained,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(_) => return Err("`retained` is true or false".to_owned()),
    };
    let payload = match (members.remove("payload"), members.remove("payload_base64")) {
        (Some(_), Some(_)) => return Err("`payload` or `payload_base64`, not both".to_owned()),
        (Some(Value::String(text)), None) => text.into_bytes(),
        (Some(json), None) => json.to_string().into_bytes(),
        (None, Some(Value::String(text))) => from_base64(&text).ok_or("`payload_base64` is no base64")?,
        (None, Some(_)) => return Err("`payload_base64` is a text".to_owned()),
        (None, None) => return Err("there is no `payload`".to_owned()),
    };
    Ok(Sample {
        topic,
        payload,
        retained,
    })
}

/// Writes a line that [`read`] reads.
pub fn write(topic: &str, payload: &[u8], retained: bool) -> String {
    let mut line = match std::str::from_utf8(payload) {
        Ok(text) => json!({"topic": topic, "payload": text}),
        Err(_no_text) => json!({"topic": topic, "payload_base64": to_base64(payload)}),
    };
    if retained && let Some(members) = line.as_object_mut() {
        members.insert("retained".to_owned(), Value::Bool(true));
    }
    format!("{line}\n")
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648, with `=` at the end.
fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4_u32 {
            let letter = LETTERS.get((bits >> (18 - 6 * at) & 63) as usize).copied();
            let is_there = at as usize <= chunk.len();
            text.push(if is_there {
                letter.map_or('=', char::from)
            } else {
                '='
            });
        }
    }
    text
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let letters = text.trim().trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(letters.len() * 3 / 4);
    for chunk in letters.chunks(4) {
        let mut bits = 0_u32;
        for at in 0..4 {
            let value = match chunk.get(at) {
                Some(letter) => LETTERS.iter().position(|other| other == letter)?,
                None => 0,
            };
            bits = bits << 6 | u32::try_from(value).ok()?;
        }
        let three = bits.to_be_bytes();
        bytes.extend(three.get(1..chunk.len())?);
    }
    (letters.len() % 4 != 1).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(line: &str, topic: &str, payload: &[u8], retained: bool) {
        let expect = Sample {
            topic: topic.to_owned(),
            payload: payload.to_vec(),
            retained,
        };
        assert_eq!(read(line), Some(Ok(expect)), "{line}");
    }

    #[test]
    fn lines_of_every_form_are_read() {
        check("a/b 24.7", "a/b", b"24.7", false);
        check("a/b {\"x\": 1}\r\n", "a/b", b"{\"x\": 1}", false);
        check("a/b", "a/b", b"", false);
        check(
            r#"{"topic":"a","payload":"24.7","retained":true}"#,
            "a",
            b"24.7",
            true,
        );
        check(r#"{"topic":"a","payload":{"x":1}}"#, "a", br#"{"x":1}"#, false);
        check(
            r#"{"topic":"a","payload_base64":"//4="}"#,
            "a",
            b"\xff\xfe",
            false,
        );
        // mosquitto_sub -F %j
        check(
            r#"{"tst":"2026-01-02T03:04:05.678901Z+0000","topic":"a","qos":0,"retain":1,"payloadlen":2,"payload":"42"}"#,
            "a",
            b"42",
            true,
        );
        assert_eq!(read("   "), None);
        for wrong in [
            "{",
            r#"{"payload":"1"}"#,
            r#"{"topic":"a"}"#,
            r#"{"topic":"a","payload_base64":"?"}"#,
        ] {
            assert!(matches!(read(wrong), Some(Err(_))), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(topic in "[a-z/ é\"]{1,9}", payload in prop::collection::vec(any::<u8>(), 0..40), retained: bool) {
            let sample = Sample { topic, payload, retained };
            let line = write(&sample.topic, &sample.payload, retained);
            prop_assert_eq!(read(&line), Some(Ok(sample)));
        }
    }
}

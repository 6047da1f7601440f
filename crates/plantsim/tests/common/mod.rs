//! Reads the plant's messages back, as any subscriber would.

#![allow(
    clippy::unwrap_used,
    reason = "a test helper: a message that cannot be read fails the test"
)]

use plantsim::Publication;
use serde_json::Value;

/// One value out of a message.
#[derive(Clone, PartialEq, Debug)]
pub struct Heard {
    pub topic: String,
    pub field: String,
    pub value: Value,
    /// When the message says it was measured, in milliseconds; none when it does not say.
    pub stamp_millis: Option<i64>,
}

/// All values of a message.
pub fn read(publication: &Publication) -> Vec<Heard> {
    let text = std::str::from_utf8(&publication.payload).unwrap();
    let heard = |field: &str, value: &Value, stamp_millis: Option<i64>| Heard {
        topic: publication.topic.clone(),
        field: field.to_owned(),
        value: value.clone(),
        stamp_millis,
    };
    let Ok(Value::Object(object)) = serde_json::from_str(text) else {
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        return vec![heard("", &value, None)];
    };
    if let Some(values) = object.get("values").and_then(Value::as_array) {
        return values
            .iter()
            .map(|v| heard(v["id"].as_str().unwrap(), &v["v"], v["t"].as_i64()))
            .collect();
    }
    if let Some(values) = object.get("values").and_then(Value::as_object) {
        return values
            .iter()
            .map(|(key, value)| heard(key, value, object["ts"].as_i64()))
            .collect();
    }
    if let Some(value) = object.get("value") {
        let stamp = object
            .get("timestamp_ms")
            .and_then(Value::as_i64)
            .or_else(|| rfc3339(&object["timestamp"]));
        return vec![heard("", value, stamp)];
    }
    let stamp = rfc3339(&object["timestamp"]);
    object
        .iter()
        .filter(|(key, _)| *key != "timestamp")
        .map(|(key, value)| heard(key, value, stamp))
        .collect()
}

/// Milliseconds of a stamp within the days that tests run in: November 2026.
fn rfc3339(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    assert_eq!(text.get(..8), Some("2026-11-"), "tests run in November 2026");
    let days = 20_758 + number(8, 10)? - 1;
    let secs = number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?;
    Some((days * 86_400 + secs) * 1_000 + number(20, 23)?)
}

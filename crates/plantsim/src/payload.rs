//! Payload shapes: the same values as the field's different senders write them.

use std::fmt::Write;

use crate::board::Measured;
use crate::calendar::write_rfc3339;

/// How a sender writes its values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// `24.7`, one topic a value, no time.
    Plain,
    /// `{"value":…,"timestamp":"…","quality":"GOOD","unit":"bar"}`, one topic a value.
    Vtq,
    /// United Manufacturing Hub: `{"timestamp_ms":…,"value":…}` under `_historian`.
    Umh,
    /// `{"timestamp":"…","key":value,…}`, one topic an asset.
    Flat,
    /// ThingsBoard: `{"ts":…,"values":{…}}`, one topic an asset.
    ThingsBoard,
    /// Kepware IoT Gateway, standard template: one topic for all devices, ids `Device.Tag`.
    Kepware,
}

impl Shape {
    /// Whether one message carries many values.
    pub(crate) fn is_grouped(self) -> bool {
        matches!(self, Self::Flat | Self::ThingsBoard | Self::Kepware)
    }

    /// Whether its messages say when they were measured, so that they may come late.
    pub(crate) fn is_stamped(self) -> bool {
        self != Self::Plain
    }

    /// Topic and field of a point of an asset; `hub` is the gateway's topic, for shapes that have one.
    pub(crate) fn address(self, hub: &str, asset: &str, point: &str) -> (String, String) {
        match self {
            Self::Plain | Self::Vtq => (format!("{asset}/{point}"), String::new()),
            Self::Umh => (format!("{asset}/_historian/{point}"), String::new()),
            Self::Flat | Self::ThingsBoard => (asset.to_owned(), point.to_owned()),
            Self::Kepware => {
                let device = asset.strip_prefix(hub).unwrap_or(asset).trim_start_matches('/');
                (hub.to_owned(), format!("{}.{point}", device.replace('/', ".")))
            }
        }
    }
}

/// A message being written, one value after the other.
pub(crate) struct Writer {
    out: String,
    shape: Shape,
    stamp: i64,
    entries: usize,
}

impl Writer {
    /// A message measured at `stamp` (microseconds).
    /// `length` is about how long it will be.
    pub(crate) fn new(shape: Shape, stamp: i64, length: usize) -> Self {
        let mut out = String::with_capacity(length);
        let millis = stamp.div_euclid(1_000);
        match shape {
            Shape::Plain | Shape::Vtq => {}
            Shape::Umh => write!(out, "{{\"timestamp_ms\":{millis}").unwrap_or_default(),
            Shape::Flat => {
                out.push_str("{\"timestamp\":\"");
                write_rfc3339(&mut out, stamp);
                out.push('"');
            }
            Shape::ThingsBoard => write!(out, "{{\"ts\":{millis},\"values\":{{").unwrap_or_default(),
            // The gateway sends a little after it has read.
            Shape::Kepware => {
                write!(out, "{{\"timestamp\":{},\"values\":[", millis + 40).unwrap_or_default();
            }
        }
        Self {
            out,
            shape,
            stamp,
            entries: 0,
        }
    }

    /// Adds a value; shapes of one value a topic take one only.
    pub(crate) fn push(&mut self, field: &str, unit: &str, value: &Measured<'_>) {
        let out = &mut self.out;
        match self.shape {
            Shape::Plain => bare(out, value),
            Shape::Vtq => {
                out.push_str("{\"value\":");
                json(out, value);
                out.push_str(",\"timestamp\":\"");
                write_rfc3339(out, self.stamp);
                out.push_str("\",\"quality\":\"GOOD\"");
                if !unit.is_empty() {
                    out.push_str(",\"unit\":");
                    string(out, unit);
                }
            }
            Shape::Umh => {
                out.push(',');
                pair(out, "value", value);
            }
            Shape::Flat => {
                out.push(',');
                pair(out, field, value);
            }
            Shape::ThingsBoard => {
                if self.entries > 0 {
                    out.push(',');
                }
                pair(out, field, value);
            }
            Shape::Kepware => {
                out.push_str(if self.entries > 0 { ",{\"id\":" } else { "{\"id\":" });
                string(out, field);
                out.push_str(",\"v\":");
                json(out, value);
                write!(out, ",\"q\":true,\"t\":{}}}", self.stamp.div_euclid(1_000)).unwrap_or_default();
            }
        }
        self.entries += 1;
    }

    /// The bytes; none when nothing was added.
    pub(crate) fn finish(mut self) -> Option<Vec<u8>> {
        self.out.push_str(match self.shape {
            Shape::Plain => "",
            Shape::Vtq | Shape::Umh | Shape::Flat => "}",
            Shape::ThingsBoard => "}}",
            Shape::Kepware => "]}",
        });
        (self.entries > 0).then(|| self.out.into_bytes())
    }
}

/// `"key":value`.
fn pair(out: &mut String, key: &str, value: &Measured<'_>) {
    string(out, key);
    out.push(':');
    json(out, value);
}

fn json(out: &mut String, value: &Measured<'_>) {
    match value {
        Measured::Text(text) => string(out, text),
        Measured::Number(..) | Measured::Flag(_) => bare(out, value),
    }
}

fn bare(out: &mut String, value: &Measured<'_>) {
    match value {
        Measured::Number(number, decimals) => fixed(out, *number, *decimals),
        Measured::Flag(on) => out.push_str(if *on { "true" } else { "false" }),
        Measured::Text(text) => out.push_str(text),
    }
}

/// A number with fixed decimals, rounded half away from zero; never minus zero. By integers: history
/// writes millions of them.
fn fixed(out: &mut String, number: f64, decimals: u8) {
    let scale = 10u64.pow(u32::from(decimals.min(9)));
    // Saturates far beyond anything a plant measures.
    let scaled = (number * scale as f64).round() as i64;
    if scaled < 0 {
        out.push('-');
    }
    let magnitude = scaled.unsigned_abs();
    write!(out, "{}", magnitude / scale).unwrap_or_default();
    if decimals > 0 {
        out.push('.');
        let mut unit = scale / 10;
        let mut rest = magnitude % scale;
        while unit > 0 {
            out.push(char::from(b'0' + (rest / unit) as u8));
            rest %= unit;
            unit /= 10;
        }
    }
}

/// A JSON string. Keys and words of the plant are plain; anything else goes the long way.
fn string(out: &mut String, text: &str) {
    if text
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
    {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(shape: Shape, expect: &str) {
        let mut writer = Writer::new(shape, 1_733_904_005_123_000, 0);
        writer.push("filler.speed", "bar", &Measured::Number(4.25, 1));
        let out = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(out, expect);
        serde_json::from_str::<serde_json::Value>(&out).unwrap();
    }

    #[test]
    fn shapes_read_as_the_field_sends_them() {
        check(Shape::Plain, "4.3");
        check(
            Shape::Vtq,
            r#"{"value":4.3,"timestamp":"2024-12-11T08:00:05.123Z","quality":"GOOD","unit":"bar"}"#,
        );
        check(Shape::Umh, r#"{"timestamp_ms":1733904005123,"value":4.3}"#);
        check(
            Shape::Flat,
            r#"{"timestamp":"2024-12-11T08:00:05.123Z","filler.speed":4.3}"#,
        );
        check(
            Shape::ThingsBoard,
            r#"{"ts":1733904005123,"values":{"filler.speed":4.3}}"#,
        );
        check(
            Shape::Kepware,
            r#"{"timestamp":1733904005163,"values":[{"id":"filler.speed","v":4.3,"q":true,"t":1733904005123}]}"#,
        );
    }

    #[test]
    fn words_are_quoted_in_json_only_and_odd_text_is_escaped() {
        let mut writer = Writer::new(Shape::Plain, 0, 0);
        writer.push("", "", &Measured::Text("Running"));
        assert_eq!(writer.finish().unwrap(), b"Running");
        assert_eq!(Writer::new(Shape::ThingsBoard, 0, 0).finish(), None);
        let mut out = String::new();
        string(&mut out, "a\"b\n");
        assert_eq!(out, r#""a\"b\n""#);
    }

    #[test]
    fn numbers_have_their_decimals_and_no_minus_zero() {
        let check = |number: f64, decimals: u8, expect: &str| {
            let mut out = String::new();
            fixed(&mut out, number, decimals);
            assert_eq!(out, expect);
        };
        check(-0.001, 1, "0.0");
        check(-480.0, 0, "-480");
        check(-0.25, 1, "-0.3");
        check(7.006, 3, "7.006");
        check(1_234_567.5, 0, "1234568");
        check(99.996, 2, "100.00");
    }

    #[test]
    fn addresses_make_the_same_tree_whatever_the_shape() {
        let at = |shape: Shape| shape.address("norvia/lyon", "norvia/lyon/line-1/filler", "speed");
        assert_eq!(
            at(Shape::Plain),
            ("norvia/lyon/line-1/filler/speed".to_owned(), String::new())
        );
        assert_eq!(
            at(Shape::Umh),
            (
                "norvia/lyon/line-1/filler/_historian/speed".to_owned(),
                String::new()
            )
        );
        assert_eq!(
            at(Shape::Flat),
            ("norvia/lyon/line-1/filler".to_owned(), "speed".to_owned())
        );
        assert_eq!(
            at(Shape::Kepware),
            ("norvia/lyon".to_owned(), "line-1.filler.speed".to_owned())
        );
    }
}

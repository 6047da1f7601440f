//! `/api/export.csv`: a trend's readings as rows.

use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;
use twin::{PointId, Reading, Timestamp, Value};
use wire::page::Scale;

use super::{Shared, who};
use crate::units;

/// Rows of one file; ask for a shorter range for the rest.
const MOST_ROWS: usize = 1_000_000;

/// Which readings.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    point: u32,
    /// Milliseconds since 1970 UTC.
    from: i64,
    to: i64,
}

/// Time (RFC 3339, on the site's clock with its offset), the tag as asset and name, value, quality, its unit as
/// the reader wants it, and the time of arrival.
pub async fn csv(State(shared): State<Shared>, Query(wanted): Query<Wanted>, parts: Parts) -> Response {
    let backend = shared.backend.clone();
    let point = PointId::new(wanted.point);
    let viewer = who::viewer(&parts);
    if !backend.may_export(&viewer, point) {
        return (StatusCode::NOT_FOUND, "no such point\n").into_response();
    }
    let Some(tag) = backend.name_of(point) else {
        return (StatusCode::NOT_FOUND, "no such point\n").into_response();
    };
    let details = json!({"from": wanted.from, "to": wanted.to});
    if let Err(error) = backend
        .accounts
        .audit
        .note(&viewer, "export", point, details)
        .await
    {
        return failed(&error);
    }
    let (from, to) = (
        Timestamp::from_millis(wanted.from),
        Timestamp::from_millis(wanted.to),
    );
    let (unit, scale) = backend.unit_of(point, super::units_of(&parts.headers));
    let reader = backend.clone();
    let rows = tokio::task::spawn_blocking(move || reader.history.series(point, from, to, MOST_ROWS)).await;
    match rows {
        Ok(Ok(readings)) => {
            let day = |time| rfc3339(time, &backend.zone).chars().take(10).collect::<String>();
            let file = file_name(&format!(
                "{} {} {} {}",
                tag.asset_name,
                tag.name,
                day(from),
                day(to)
            ));
            let disposition = format!("attachment; filename=\"{file}.csv\"");
            let tag = format!("{} {}", tag.path, tag.name);
            let head = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
            ];
            (head, table(&readings, &tag, &unit, scale, &backend.zone)).into_response()
        }
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "export failed");
    (StatusCode::INTERNAL_SERVER_ERROR, "history cannot be read\n").into_response()
}

fn table(readings: &[Reading], tag: &str, unit: &str, scale: Option<Scale>, zone: &TimeZone) -> String {
    let unit = if unit.is_empty() {
        String::new()
    } else {
        quoted(unit)
    };
    let tag = quoted(tag);
    let mut text = String::from("time,name,value,quality,unit,arrival\n");
    for reading in readings {
        let value = reading
            .value
            .as_ref()
            .map(|value| cell(value, scale))
            .unwrap_or_default();
        let quality = format!("{:?}", reading.quality).to_lowercase();
        text.push_str(&format!(
            "{},{tag},{value},{quality},{unit},{}\n",
            rfc3339(reading.time(), zone),
            rfc3339(reading.arrival, zone)
        ));
    }
    text
}

/// Text is quoted, and never begins with what a spreadsheet would calculate.
fn cell(value: &Value, scale: Option<Scale>) -> String {
    match (value, scale) {
        (Value::Number(number), Some(scale)) => units::rounded(scale.show(*number)).to_string(),
        (Value::Number(number), None) => number.to_string(),
        (Value::Bool(on), _) => on.to_string(),
        (Value::Text(text), _) => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    let shield = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{shield}{}\"", text.replace('"', "\"\""))
}

fn rfc3339(time: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_microsecond(time.micros())
        .map(|time| time.display_with_offset(zone.to_offset(time)).to_string())
        .unwrap_or_default()
}

fn file_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let words: String = name.chars().map(plain).collect();
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_a_formula() {
        assert_eq!(
            cell(&Value::Text("=HYPERLINK(\"x\")".into()), None),
            "\"'=HYPERLINK(\"\"x\"\")\""
        );
        assert_eq!(cell(&Value::Number(-1.5), None), "-1.5");
        assert_eq!(
            file_name("Discharge pressure, Pump 14"),
            "discharge-pressure-pump-14"
        );
    }

    #[test]
    fn rows_are_on_the_sites_clock_and_name_their_tag() {
        let time = Timestamp::from_millis(1_000);
        let reading = Reading {
            value: Some(Value::Number(1.5)),
            quality: twin::Quality::Good,
            source_time: Some(time),
            arrival: time,
            flags: twin::Flags::default(),
        };
        let zone = TimeZone::get("Europe/Paris").expect("a zone of the database");
        let rows = table(&[reading], "acme/lyon/pump Flow", "L/s", None, &zone);
        assert_eq!(
            rows.lines().nth(1),
            Some(
                "1970-01-01T01:00:01+01:00,\"acme/lyon/pump Flow\",1.5,good,\"L/s\",1970-01-01T01:00:01+01:00"
            )
        );
    }
}

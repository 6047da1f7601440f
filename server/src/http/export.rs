//! `/api/export.csv`: a trend's readings as rows.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twin::{PointId, Reading, Timestamp, Value};
use wire::page::Scale;

use super::Shared;
use crate::access::Action;
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

/// Time (RFC 3339, UTC), value, its unit as the reader wants it, quality, and the time of arrival.
pub async fn csv(State(shared): State<Shared>, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    let backend = shared.backend.clone();
    let point = PointId::new(wanted.point);
    let Some((asset, name)) = backend.name_of(point) else {
        return (StatusCode::NOT_FOUND, "no such point\n").into_response();
    };
    if !backend
        .policy
        .allows(&super::viewer(None), Action::SeeAsset(asset))
    {
        return (StatusCode::NOT_FOUND, "no such point\n").into_response();
    }
    let (from, to) = (
        Timestamp::from_millis(wanted.from),
        Timestamp::from_millis(wanted.to),
    );
    let (unit, scale) = backend.unit_of(point, super::units_of(&headers));
    let rows = tokio::task::spawn_blocking(move || backend.history.series(point, from, to, MOST_ROWS)).await;
    match rows {
        Ok(Ok(readings)) => {
            let disposition = format!("attachment; filename=\"{}.csv\"", file_name(&name));
            let head = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
            ];
            (head, table(&readings, &unit, scale)).into_response()
        }
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "export failed");
    (StatusCode::INTERNAL_SERVER_ERROR, "history cannot be read\n").into_response()
}

fn table(readings: &[Reading], unit: &str, scale: Option<Scale>) -> String {
    let unit = if unit.is_empty() {
        String::new()
    } else {
        quoted(unit)
    };
    let mut text = String::from("time,value,unit,quality,arrival\n");
    for reading in readings {
        let value = reading
            .value
            .as_ref()
            .map(|value| cell(value, scale))
            .unwrap_or_default();
        let quality = format!("{:?}", reading.quality).to_lowercase();
        text.push_str(&format!(
            "{},{value},{unit},{quality},{}\n",
            rfc3339(reading.time()),
            rfc3339(reading.arrival)
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

fn rfc3339(time: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(time.micros())
        .map(|time| time.to_string())
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
    name.chars()
        .map(plain)
        .collect::<String>()
        .trim_matches('-')
        .to_owned()
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
            "discharge-pressure--pump-14"
        );
    }
}

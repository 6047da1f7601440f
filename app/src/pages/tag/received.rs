//! A value as it came: before scaling and units, when, and how good.

use leptos::prelude::*;
use wire::page::PointInfo;
use wire::reading::{Quality, Value};

use crate::components::feed::Feed;
use crate::components::key_value::{KeyValue, Pair};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::shell::use_zone;

/// Digits that a scaled number is taken back to; the last ones of a float are of no instrument.
const DIGITS: i32 = 12;

/// What was received of a measured value.
#[component]
pub fn Received(
    /// Whose value.
    info: PointInfo,
    /// What to watch.
    feed: Feed,
    /// Factor and offset that a mapping rule made it with.
    scaled: Option<(f64, f64)>,
) -> impl IntoView {
    let m = use_messages();
    let stated = info.measured.map(|measured| measured.symbol);
    let unit = stated
        .or(info.unit.map(|unit| unit.symbol))
        .filter(|_| scaled.is_none());
    let raw = move || feed.with_sent(|reading| Some(raw_words(reading?.value.as_ref()?, scaled)));
    let by = scaled.map(|(factor, offset)| {
        view! { " " <small class="g-caption g-mono">{scale_words(factor, offset)}</small> }
    });
    view! {
        <KeyValue>
            <Pair term=m.explain_raw()>
                <span class="g-mono">{raw}</span> {unit.map(|unit| view! { " " <small class="g-unit">{unit}</small> })} {by}
            </Pair>
            <Arrival feed/>
        </KeyValue>
    }
}

/// When it was measured and arrived, and how good it is.
#[component]
pub fn Arrival(
    /// What to watch.
    feed: Feed,
) -> impl IntoView {
    let (m, fmt, zone) = (use_messages(), use_fmt(), use_zone());
    let moment = move |millis: i64| zone.with(|zone| fmt.moment(zone, millis, feed.now.get()));
    let measured = move || {
        feed.with(|reading| {
            reading.map(|reading| {
                reading
                    .source_millis
                    .map_or_else(|| m.tag_no_time().to_owned(), moment)
            })
        })
    };
    let arrived = move || {
        feed.with(|reading| {
            reading.map(|reading| {
                let delay = reading
                    .source_millis
                    .map(|source| reading.arrival_millis - source)
                    .filter(|delay| *delay > 0);
                let at = moment(reading.arrival_millis);
                delay.map_or(at.clone(), |delay| {
                    m.tag_arrived_later(&at, &fmt.interval(delay.unsigned_abs()))
                })
            })
        })
    };
    let quality = move || {
        feed.with(|reading| match reading.map(|reading| reading.quality) {
            Some(Quality::Good) => m.quality_good(),
            Some(Quality::Uncertain) => m.data_uncertain(),
            Some(Quality::Bad) => m.data_bad(),
            None => m.data_never(),
        })
    };
    view! {
        <Pair term=m.data_col_time()>{measured}</Pair>
        <Pair term=m.tag_arrived()>{arrived}</Pair>
        <Pair term=m.tag_quality()>{quality}</Pair>
    }
}

/// A value as its source wrote it: no grouping, no rounding, no unit of a reader.
fn raw_words(value: &Value, scaled: Option<(f64, f64)>) -> String {
    match (value, scaled) {
        (Value::Number(number), Some((factor, offset))) => back(*number, factor, offset).to_string(),
        (Value::Number(number), None) => number.to_string(),
        (Value::Bool(on), _) => on.to_string(),
        (Value::Text(text), _) => text.clone(),
    }
}

/// What `raw × factor + offset` was made of.
fn back(value: f64, factor: f64, offset: f64) -> f64 {
    let raw = (value - offset) / factor;
    if raw == 0.0 || !raw.is_finite() {
        return raw;
    }
    let by = 10_f64.powi(DIGITS - 1 - raw.abs().log10().floor() as i32);
    let rounded = (raw * by).round() / by;
    if rounded.is_finite() { rounded } else { raw }
}

/// `× 0.1 − 40`
fn scale_words(factor: f64, offset: f64) -> String {
    match offset {
        0.0 => format!("× {factor}"),
        offset if offset < 0.0 => format!("× {factor} − {}", -offset),
        offset => format!("× {factor} + {offset}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_back_to_what_came() {
        for (raw, factor, offset, words) in [
            (163.0, 0.1, 0.0, "× 0.1"),
            (1234.5, 0.001, -40.0, "× 0.001 − 40"),
            (-7.25, 3.6, 273.15, "× 3.6 + 273.15"),
            (0.0, 2.0, 1.0, "× 2 + 1"),
        ] {
            let shown = Value::Number(raw * factor + offset);
            assert_eq!(raw_words(&shown, Some((factor, offset))), raw.to_string());
            assert_eq!(scale_words(factor, offset), words);
        }
        assert_eq!(raw_words(&Value::Number(0.1 + 0.2), None), "0.30000000000000004");
        assert_eq!(raw_words(&Value::Bool(true), Some((2.0, 0.0))), "true");
    }
}

//! What a person sets for a point: its stored form, and conversions from and to the domain and the wire.
//!
//! The domain's types are not serialisable; file and store share the forms here.

use serde::{Deserialize, Serialize};
use twin::{Limits, PointSettings, Span};

/// Settings of a point as stored.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StoredSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_millis: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    normal: Option<(f64, f64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low_low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high_high: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<(f64, f64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decimals: Option<u8>,
}

/// From the store.
pub fn settings_from_json(json: &str) -> Result<PointSettings, serde_json::Error> {
    let stored: StoredSettings = serde_json::from_str(json)?;
    Ok(PointSettings {
        name: stored.name.map(Into::into),
        unit: stored.unit.map(Into::into),
        expected: stored.expected_millis.map(Span::from_millis),
        normal: stored.normal,
        limits: Limits {
            low_low: stored.low_low,
            low: stored.low,
            high: stored.high,
            high_high: stored.high_high,
        },
        range: stored.range,
        decimals: stored.decimals,
        ..PointSettings::default()
    })
}

/// For the store.
pub fn json_from_settings(settings: &PointSettings) -> Result<String, serde_json::Error> {
    serde_json::to_string(&StoredSettings {
        name: settings.name.as_deref().map(str::to_owned),
        unit: settings.unit.as_deref().map(str::to_owned),
        expected_millis: settings.expected.map(Span::millis),
        normal: settings.normal,
        low_low: settings.limits.low_low,
        low: settings.limits.low,
        high: settings.limits.high,
        high_high: settings.limits.high_high,
        range: settings.range,
        decimals: settings.decimals,
    })
}

/// From a page's form.
#[must_use]
pub fn settings_from_wire(settings: &wire::page::PointSettings) -> PointSettings {
    let text = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(Into::into)
    };
    PointSettings {
        name: text(&settings.name),
        unit: text(&settings.unit),
        expected: settings
            .expected_millis
            .map(|millis| Span::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))),
        normal: settings.normal,
        limits: Limits {
            low_low: settings.limits.low_low,
            low: settings.limits.low,
            high: settings.limits.high,
            high_high: settings.limits.high_high,
        },
        range: settings.range,
        ..PointSettings::default()
    }
}

/// For a page's form.
#[must_use]
pub fn wire_from_settings(settings: &PointSettings) -> wire::page::PointSettings {
    wire::page::PointSettings {
        name: settings.name.as_deref().map(str::to_owned),
        unit: settings.unit.as_deref().map(str::to_owned),
        expected_millis: settings
            .expected
            .and_then(|span| u64::try_from(span.millis()).ok()),
        normal: settings.normal,
        limits: wire_from_limits(settings.limits),
        range: settings.range,
    }
}

/// Limits on the wire.
#[must_use]
pub fn wire_from_limits(limits: Limits) -> wire::page::Limits {
    wire::page::Limits {
        low_low: limits.low_low,
        low: limits.low,
        high: limits.high,
        high_high: limits.high_high,
        ..wire::page::Limits::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_as_they_went() {
        let settings = PointSettings {
            name: Some("Discharge pressure".into()),
            unit: Some("bar".into()),
            expected: Some(Span::from_secs(10)),
            normal: Some((3.8, 4.6)),
            limits: Limits {
                high: Some(4.7),
                high_high: Some(5.3),
                ..Limits::default()
            },
            decimals: Some(1),
            ..PointSettings::default()
        };
        assert_eq!(
            settings_from_json(&json_from_settings(&settings).unwrap()).unwrap(),
            settings
        );
        let without_decimals = PointSettings {
            decimals: None,
            ..settings
        };
        assert_eq!(
            settings_from_wire(&wire_from_settings(&without_decimals)),
            without_decimals
        );
    }
}

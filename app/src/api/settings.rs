//! The settings of a point as a form sends them: every field a text, empty for "as it was found".

use leptos::prelude::*;
use leptos::server_fn::codec::PostUrl;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use wire::page::Units;
use wire::page::{Limits, PointSettings};

use super::ApiError;
use super::ask::Ask;

/// The fields of the form.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PointForm {
    pub name: String,
    pub unit: String,
    /// Seconds.
    pub expected: String,
    pub normal_low: String,
    pub normal_high: String,
    pub low_low: String,
    pub low: String,
    pub high: String,
    pub high_high: String,
    pub range_low: String,
    pub range_high: String,
}

impl From<&PointSettings> for PointForm {
    fn from(settings: &PointSettings) -> Self {
        let text = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        let (low, high) = (
            |pair: Option<(f64, f64)>| text(pair.map(|pair| pair.0)),
            |pair: Option<(f64, f64)>| text(pair.map(|pair| pair.1)),
        );
        Self {
            name: settings.name.clone().unwrap_or_default(),
            unit: settings.unit.clone().unwrap_or_default(),
            expected: text(settings.expected_millis.map(|millis| millis as f64 / 1_000.0)),
            normal_low: low(settings.normal),
            normal_high: high(settings.normal),
            low_low: text(settings.limits.low_low),
            low: text(settings.limits.low),
            high: text(settings.limits.high),
            high_high: text(settings.limits.high_high),
            range_low: low(settings.range),
            range_high: high(settings.range),
        }
    }
}

impl PointForm {
    /// The settings, or which field is wrong (the word before the colon).
    pub fn settings(&self) -> Result<PointSettings, ApiError> {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let expected = number("expected", &self.expected)?;
        if expected.is_some_and(|secs| !(0.01..=604_800.0).contains(&secs)) {
            return Err(wrong("expected"));
        }
        let limits = Limits {
            low_low: number("limits", &self.low_low)?,
            low: number("limits", &self.low)?,
            high: number("limits", &self.high)?,
            high_high: number("limits", &self.high_high)?,
            ..Limits::default()
        };
        let ladder = [limits.low_low, limits.low, limits.high, limits.high_high];
        if !ladder.iter().flatten().is_sorted_by(|a, b| a < b) {
            return Err(wrong("limits"));
        }
        Ok(PointSettings {
            name: text(&self.name),
            unit: text(&self.unit),
            expected_millis: expected.map(|secs| (secs * 1_000.0).round() as u64),
            normal: pair("normal", &self.normal_low, &self.normal_high)?,
            limits,
            range: pair("range", &self.range_low, &self.range_high)?,
        })
    }
}

fn wrong(field: &str) -> ApiError {
    ApiError::BadRequest(format!("{field}: not so"))
}

/// What stands after the colon where something is no number at all.
pub const NO_NUMBER: &str = "no number";

/// A number as people write it: a comma or a point, spaces between thousands.
fn number(field: &str, text: &str) -> Result<Option<f64>, ApiError> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.is_empty() {
        return Ok(None);
    }
    let plain = plain.replace(',', ".").replace('\u{2212}', "-");
    let number = plain.parse::<f64>().ok().filter(|number| number.is_finite());
    number
        .map(Some)
        .ok_or_else(|| ApiError::BadRequest(format!("{field}: {NO_NUMBER}")))
}

/// Both ends, or neither.
fn pair(field: &str, low: &str, high: &str) -> Result<Option<(f64, f64)>, ApiError> {
    match (number(field, low)?, number(field, high)?) {
        (None, None) => Ok(None),
        (Some(low), Some(high)) if low < high => Ok(Some((low, high))),
        _ => Err(wrong(field)),
    }
}

/// Sets what a person may set for a point, its numbers written in `units`.
#[server(prefix = "/api/fn", endpoint = "save_point", protocol = Ask<PostUrl>)]
pub async fn save_point(point: u32, units: Option<String>, form: PointForm) -> Result<(), ApiError> {
    let settings = form.settings()?;
    let (backend, viewer) = super::caller()?;
    let units = units.and_then(|word| Units::from_word(&word)).unwrap_or_default();
    backend.set_point(&viewer, point, units, settings).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: PointForm, expect: Result<PointSettings, &str>) {
        let field = |error: ApiError| match error {
            ApiError::BadRequest(detail) => detail.split(':').next().unwrap_or_default().to_owned(),
            other => other.to_string(),
        };
        assert_eq!(form.settings().map_err(field), expect.map_err(str::to_owned));
    }

    #[test]
    fn numbers_are_read_as_people_write_them_and_the_wrong_field_is_named() {
        let form = PointForm::default;
        let none = PointSettings::default;
        check(form(), Ok(none()));
        check(
            PointForm {
                name: "  Flow ".into(),
                ..form()
            },
            Ok(PointSettings {
                name: Some("Flow".into()),
                ..none()
            }),
        );
        let expected = PointSettings {
            expected_millis: Some(1_500),
            ..none()
        };
        check(
            PointForm {
                expected: "1,5".into(),
                ..form()
            },
            Ok(expected),
        );
        check(
            PointForm {
                expected: "0".into(),
                ..form()
            },
            Err("expected"),
        );
        check(
            PointForm {
                normal_low: "1".into(),
                ..form()
            },
            Err("normal"),
        );
        check(
            PointForm {
                normal_low: "2".into(),
                normal_high: "1".into(),
                ..form()
            },
            Err("normal"),
        );
        let normal = PointSettings {
            normal: Some((-1.0, 1_200.5)),
            ..none()
        };
        check(
            PointForm {
                normal_low: "−1".into(),
                normal_high: "1 200.5".into(),
                ..form()
            },
            Ok(normal),
        );
        check(
            PointForm {
                low: "5".into(),
                high_high: "4".into(),
                ..form()
            },
            Err("limits"),
        );
        check(
            PointForm {
                high: "abc".into(),
                ..form()
            },
            Err("limits"),
        );
        check(
            PointForm {
                range_low: "inf".into(),
                range_high: "1".into(),
                ..form()
            },
            Err("range"),
        );
    }

    #[test]
    fn a_form_made_from_settings_gives_them_back() {
        let settings = PointSettings {
            name: Some("Flow".into()),
            unit: Some("m³/h".into()),
            expected_millis: Some(2_500),
            normal: Some((0.1, 7.25)),
            limits: Limits {
                low: Some(-3.0),
                high_high: Some(1e6),
                ..Limits::default()
            },
            range: Some((0.0, 10.0)),
        };
        assert_eq!(PointForm::from(&settings).settings(), Ok(settings));
    }
}

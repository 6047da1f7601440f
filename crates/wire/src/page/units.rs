//! Units as a reader wants them: the server says by which factor, the browser only multiplies and adds.

use serde::{Deserialize, Serialize};

use super::{Limits, PointInfo, PointSettings, Unit};
use crate::reading::{Reading, Value};

/// In which units values are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Units {
    /// As they are measured.
    #[default]
    Measured,
    /// Metric: what is measured in US customary units becomes SI, or a unit accepted with it.
    Si,
    /// US customary.
    Us,
}

impl Units {
    /// All, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Measured, Self::Si, Self::Us];

    /// For the cookie, the address and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Si => "si",
            Self::Us => "us",
        }
    }

    /// From the same word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|units| units.as_str() == word)
    }
}

/// From the unit as measured to the one shown: `value × factor + offset`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Scale {
    pub factor: f64,
    pub offset: f64,
}

/// How a point is measured that is shown in another unit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Measured {
    pub scale: Scale,
    /// As people write it.
    pub symbol: String,
    /// Digits after the decimal sign worth showing in it.
    pub decimals: u8,
}

impl Scale {
    /// A number in the unit shown.
    #[must_use]
    pub fn show(self, value: f64) -> f64 {
        value * self.factor + self.offset
    }

    /// A reading in the unit shown; words and switches have none.
    #[must_use]
    pub fn show_reading(self, reading: &Reading) -> Reading {
        let mut shown = reading.clone();
        if let Some(Value::Number(number)) = &mut shown.value {
            *number = self.show(*number);
        }
        shown
    }
}

/// The same with every number put through `by`.
#[must_use]
pub fn limits_by(limits: Limits, by: impl Fn(f64) -> f64) -> Limits {
    Limits {
        low_low: limits.low_low.map(&by),
        low: limits.low.map(&by),
        high: limits.high.map(&by),
        high_high: limits.high_high.map(&by),
        ..limits
    }
}

/// What was set, its numbers put through `by`.
#[must_use]
pub fn settings_by(settings: PointSettings, by: impl Fn(f64) -> f64) -> PointSettings {
    let pair = |pair: Option<(f64, f64)>| pair.map(|(low, high)| (by(low), by(high)));
    PointSettings {
        normal: pair(settings.normal),
        range: pair(settings.range),
        limits: limits_by(settings.limits, &by),
        ..settings
    }
}

impl PointInfo {
    /// The same point as it is measured, without limits and ranges; none where it is shown so already.
    #[must_use]
    pub fn as_measured(&self) -> Option<Self> {
        let measured = self.measured.as_ref()?;
        Some(Self {
            unit: self.unit.as_ref().map(|unit| Unit {
                symbol: measured.symbol.clone(),
                ..unit.clone()
            }),
            decimals: measured.decimals,
            normal: None,
            limits: Limits::default(),
            range: None,
            measured: None,
            ..self.clone()
        })
    }
}

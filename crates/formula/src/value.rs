//! What formulas take and give, and what passes inside.

use std::fmt;
use std::sync::Arc;

use crate::time::{LocalTime, Time};

/// A value of a property, and what a formula puts out. Switches are 1 and 0.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A finite number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
}

impl fmt::Display for Value {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => to.write_str(&shortest(*number)),
            Self::Text(text) => to.write_str(text),
        }
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }
}

/// How far a value can be trusted, OPC UA's three levels. Formulas consume good ones only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Quality {
    /// Usable.
    #[default]
    Good,
    /// Usable with doubt.
    Uncertain,
    /// Not usable.
    Bad,
}

impl Quality {
    /// The word a formula sees.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Uncertain => "uncertain",
            Self::Bad => "bad",
        }
    }
}

/// One value of one property at one time.
#[derive(Clone, PartialEq, Debug)]
pub struct Sample {
    /// When it was so.
    pub time: Time,
    /// The value; none when there is none.
    pub value: Option<Value>,
    /// How good it is.
    pub quality: Quality,
    /// The last good value again, after a time for which nobody could say: it holds from here on, and
    /// was not measured anew.
    pub resumed: bool,
}

impl Sample {
    /// A good value.
    pub fn good(time: Time, value: impl Into<Value>) -> Self {
        Self {
            time,
            value: Some(value.into()),
            quality: Quality::Good,
            resumed: false,
        }
    }

    /// Whether a formula may consume it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.quality == Quality::Good && self.value.is_some()
    }
}

/// The shortest digits that read back as the same number; with an exponent below 1e-5 and from
/// 1e16.
#[must_use]
pub fn shortest(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        // Zero has a sign that no reader wants to see.
        "0".to_owned()
    } else if (1e-5..1e16).contains(&size) || !number.is_finite() {
        format!("{number}")
    } else {
        format!("{number:e}")
    }
}

/// Most characters of a text that a formula makes, as in SiteWise.
pub const MAX_TEXT: usize = 1024;

/// What passes between the parts of a formula. Numbers may be NaN or infinite in here.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Datum {
    /// Nothing: the constant `none`, a missing input, or what has no answer.
    None,
    Number(f64),
    Text(Arc<str>),
    List(Arc<[Self]>),
    Local(LocalTime),
}

impl Datum {
    pub(crate) const TRUE: Self = Self::Number(1.0);

    pub(crate) fn truth(holds: bool) -> Self {
        Self::Number(f64::from(u8::from(holds)))
    }

    /// A text, unless it is too long to be one.
    pub(crate) fn text(text: &str) -> Self {
        if text.len() > MAX_TEXT && text.chars().nth(MAX_TEXT).is_some() {
            return Self::None;
        }
        Self::Text(Arc::from(text))
    }

    /// Why it is no output, where it is something.
    pub(crate) fn why_none(&self) -> Option<String> {
        match self {
            Self::List(list) => Some(format!(
                "it comes to a list of {}; take one with `[0]`, or end the path with `.sum()`, `.avg()`, `.min()`, `.max()` or `.length()`",
                list.len()
            )),
            Self::Local(_) => Some("it comes to a time by the clock; write it with `format`".to_owned()),
            Self::None | Self::Number(_) | Self::Text(_) => None,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A whole number.
    pub(crate) fn integer(&self) -> Option<i64> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        self.number()
            .filter(|number| number.fract() == 0.0 && number.abs() <= EXACT)
            .map(|number| number as i64)
    }

    /// SiteWise's truth: 0, empty and none are false, everything else is true.
    pub(crate) fn holds(&self) -> bool {
        match self {
            Self::None => false,
            Self::Number(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
            Self::Local(_) => true,
        }
    }

    /// As text, where it has one.
    pub(crate) fn written(&self) -> Option<String> {
        match self {
            Self::Number(number) => number.is_finite().then(|| shortest(*number)),
            Self::Text(text) => Some(text.as_ref().to_owned()),
            Self::List(_) => self.json(),
            Self::None | Self::Local(_) => None,
        }
    }

    /// As JSON; nothing is `null`, and what is no number cannot be said.
    fn json(&self) -> Option<String> {
        match self {
            Self::Number(number) => number.is_finite().then(|| shortest(*number)),
            Self::Text(text) => Some(serde_json::Value::from(&**text).to_string()),
            Self::List(list) => {
                let items: Option<Vec<String>> = list.iter().map(Self::json).collect();
                Some(format!("[{}]", items?.join(",")))
            }
            Self::None => Some("null".to_owned()),
            Self::Local(_) => None,
        }
    }

    /// What a formula puts out: finite numbers and texts, nothing else.
    pub(crate) fn output(self) -> Option<Value> {
        match self {
            Self::Number(number) => number.is_finite().then_some(Value::Number(number)),
            Self::Text(text) => Some(Value::Text(text)),
            // As SiteWise has it; `text(…)` writes a list as JSON.
            Self::None | Self::List(_) | Self::Local(_) => None,
        }
    }
}

impl From<&Value> for Datum {
    fn from(value: &Value) -> Self {
        match value {
            Value::Number(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(Arc::clone(text)),
        }
    }
}

impl From<Option<f64>> for Datum {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::None, Self::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_short_and_read_back() {
        for (number, expect) in [
            (3.0, "3"),
            (-0.0, "0"),
            (1000.0, "1000"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000"),
            (1e16, "1e16"),
            (1.5e-7, "1.5e-7"),
            (0.00001, "0.00001"),
            (f64::MAX, "1.7976931348623157e308"),
        ] {
            assert_eq!(shortest(number), expect);
            assert_eq!(expect.parse::<f64>().ok(), Some(number + 0.0));
        }
    }
}

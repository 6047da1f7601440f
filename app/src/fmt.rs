//! Numbers, ages, dates and times as a reader writes them; the same on both sides, without ICU.
//!
//! Get a [`Fmt`] by [`use_fmt`]. Decimal sign, grouping, month and day names follow CLDR for en, fr, de;
//! English groups by a narrow space, not by commas, so that nobody takes one for a decimal sign.
//! Times are in the zone given, which for pages is the site's (`shell::use_zone`).

/// Text of others inside markup that is put together by hand, and inside a text area: what is inside one, the
/// framework takes as it is, and `</textarea>` ends it.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
mod time;

pub use time::{Civil, UTC, abbreviation, civil, iso, plain};

use leptos::prelude::use_context;

use crate::i18n::{Locale, Messages};

/// Between a number and its unit.
pub const NO_BREAK: char = '\u{A0}';
const NARROW: &str = "\u{202F}";
const MINUS: char = '\u{2212}';
/// Where there is no number.
pub const NOTHING: &str = "–";
/// From here on numbers are written as powers of ten.
const HUGE: f64 = 1e12;

/// How one reader writes numbers and times.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fmt {
    locale: Locale,
}

/// The reader's formats, from the messages in context.
#[must_use]
pub fn use_fmt() -> Fmt {
    Fmt::new(use_context::<Messages>().unwrap_or_default().locale())
}

/// A whole number, grouped.
#[must_use]
pub fn integer(locale: Locale, n: u64) -> String {
    grouped(locale, &n.to_string())
}

impl Fmt {
    /// For a locale.
    #[must_use]
    pub const fn new(locale: Locale) -> Self {
        Self { locale }
    }

    /// Whose formats these are.
    #[must_use]
    pub const fn locale(self) -> Locale {
        self.locale
    }

    /// `1 284`.
    #[must_use]
    pub fn integer(self, n: impl Into<u64>) -> String {
        integer(self.locale, n.into())
    }

    /// `1 284.50`: a number with fixed decimals; a dash for what is no number.
    #[must_use]
    pub fn number(self, value: f64, decimals: u8) -> String {
        if !value.is_finite() {
            return NOTHING.to_owned();
        }
        if value.abs() >= HUGE {
            return self.power_of_ten(value);
        }
        let digits = format!("{:.*}", usize::from(decimals), value.abs());
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let mut out = String::new();
        if value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
            out.push(MINUS);
        }
        out.push_str(&grouped(self.locale, whole));
        if !fraction.is_empty() {
            out.push(self.decimal_sign());
            out.push_str(fraction);
        }
        out
    }

    /// `4.9 bar`: a number and its unit, which stay together.
    #[must_use]
    pub fn value(self, value: f64, decimals: u8, unit: Option<&str>) -> String {
        let mut out = self.number(value, decimals);
        if let Some(unit) = unit.filter(|unit| !unit.is_empty()) {
            if !matches!(unit, "°" | "′" | "″") {
                out.push(NO_BREAK);
            }
            out.push_str(unit);
        }
        out
    }

    /// `3.8 to 4.6` without its word: `3.8–4.6`; with spaces where a sign could be misread.
    #[must_use]
    pub fn range(self, low: f64, high: f64, decimals: u8) -> String {
        let (low_text, high_text) = (self.number(low, decimals), self.number(high, decimals));
        if low < 0.0 || high < 0.0 {
            format!("{low_text}{NO_BREAK}–{NO_BREAK}{high_text}")
        } else {
            format!("{low_text}–{high_text}")
        }
    }

    /// An age or a duration in its two largest units: `12 s`, `4 min`, `2 h 10 min`, `3 d`.
    /// Below zero counts as zero: a clock ahead of ours makes nothing younger than now.
    #[must_use]
    pub fn age(self, millis: i64) -> String {
        let secs = millis.max(0) / 1_000;
        let (mins, hours, days) = (secs / 60, secs / 3_600, secs / 86_400);
        let day = if self.locale == Locale::Fr { "j" } else { "d" };
        match (days, hours, mins) {
            (0, 0, 0) => format!("{secs}{NO_BREAK}s"),
            (0, 0, _) => format!("{mins}{NO_BREAK}min"),
            (0, _, _) if mins % 60 == 0 => format!("{hours}{NO_BREAK}h"),
            (0, _, _) => format!("{hours}{NO_BREAK}h{NO_BREAK}{}{NO_BREAK}min", mins % 60),
            _ => format!("{}{NO_BREAK}{day}", self.number(days as f64, 0)),
        }
    }

    /// What is left of a stretch of time, days with their hours: `6 d 4 h`, `2 h 10 min`.
    #[must_use]
    pub fn left(self, millis: i64) -> String {
        let hours = millis.max(0) / 3_600_000;
        if hours < 24 || hours % 24 == 0 {
            return self.age(millis);
        }
        format!("{}{NO_BREAK}{}{NO_BREAK}h", self.age(millis), hours % 24)
    }

    /// An interval as people say it: `100 ms`, `1.5 s`, `10 s`, `5 min`.
    #[must_use]
    pub fn interval(self, millis: u64) -> String {
        match millis {
            0..1_000 => format!("{millis}{NO_BREAK}ms"),
            1_000..60_000 if !millis.is_multiple_of(1_000) => {
                format!("{}{NO_BREAK}s", self.number(millis as f64 / 1_000.0, 1))
            }
            _ => self.age(i64::try_from(millis).unwrap_or(i64::MAX)),
        }
    }

    /// The decimal sign.
    #[must_use]
    pub const fn decimal_sign(self) -> char {
        match self.locale {
            Locale::En | Locale::Pseudo => '.',
            Locale::Fr | Locale::De => ',',
        }
    }

    fn power_of_ten(self, value: f64) -> String {
        let text = format!("{value:.3e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mantissa = mantissa
            .replace('-', "\u{2212}")
            .replace('.', &self.decimal_sign().to_string());
        let exponent: String = exponent
            .chars()
            .map(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c as usize - '0' as usize).unwrap_or('⁻'))
            .collect();
        format!("{mantissa}{NO_BREAK}×{NO_BREAK}10{exponent}")
    }
}

/// Puts the grouping sign between thousands.
fn grouped(locale: Locale, digits: &str) -> String {
    let sign = match locale {
        Locale::En | Locale::Fr | Locale::Pseudo => NARROW,
        Locale::De => ".",
    };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * sign.len());
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(sign);
        }
        out.push(digit);
    }
    out
}

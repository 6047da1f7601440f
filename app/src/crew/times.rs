//! Times in the site's zone, by the offsets that came with the day: no zone data is carried.

use app::fmt::Fmt;
use app::i18n::Messages;
use crew::day::Day;
use wire::page::{Zone, ZonePeriod};

/// Writes times.
#[derive(Clone, PartialEq, Debug)]
pub struct Times {
    fmt: Fmt,
    zone: Zone,
}

impl Times {
    /// In the zone of a day; UTC before there is one.
    #[must_use]
    pub fn of(m: Messages, day: Option<&Day>) -> Self {
        let period = |(from, minutes): &(i64, i32)| ZonePeriod {
            from_millis: from / 1_000,
            offset_secs: minutes * 60,
            abbreviation: String::new(),
        };
        Self {
            fmt: Fmt::new(m.locale()),
            zone: Zone {
                name: String::new(),
                periods: day
                    .map(|day| day.zone.iter().map(period).collect())
                    .unwrap_or_default(),
            },
        }
    }

    /// `06:21`, with its day where that is another than `now`'s. Microseconds.
    #[must_use]
    pub fn short(&self, at: i64, now: i64) -> String {
        let (at, now) = (at / 1_000, now / 1_000);
        let time = self.fmt.time_short(&self.zone, at);
        let date = self.fmt.date(&self.zone, at);
        if date == self.fmt.date(&self.zone, now) {
            time
        } else {
            format!("{date}, {time}")
        }
    }

    /// `Sat 7 Nov`. Microseconds.
    #[must_use]
    pub fn date(&self, at: i64) -> String {
        self.fmt.date(&self.zone, at / 1_000)
    }

    /// `3 h 10 min`, of microseconds.
    #[must_use]
    pub fn length(&self, micros: i64) -> String {
        self.fmt.age(micros / 1_000)
    }

    /// A number as it was entered, in the reader's signs.
    #[must_use]
    pub fn number(&self, value: f64) -> String {
        let text = value.to_string();
        let decimals = text.split_once('.').map_or(0, |(_, digits)| digits.len());
        self.fmt.number(value, u8::try_from(decimals).unwrap_or(6))
    }

    /// The decimal sign of the reader's language.
    #[must_use]
    pub fn sign(&self) -> char {
        self.fmt.decimal_sign()
    }
}

//! Instants and lengths of time as the files write them.

use std::fmt;

use formula::{Time, date_of_days, days_of_date};
use toml::value::{Datetime, Offset};

const SECOND: i64 = 1_000_000;

/// The instant of a TOML time; none without a date or a zone.
pub(crate) fn time_from_datetime(datetime: &Datetime) -> Option<Time> {
    let date = datetime.date?;
    let minutes = match datetime.offset? {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    };
    let time = datetime.time?;
    let day = days_of_date(i64::from(date.year), u32::from(date.month), u32::from(date.day));
    let clock = (i64::from(time.hour) * 60 + i64::from(time.minute) - minutes) * 60
        + i64::from(time.second.unwrap_or_default());
    let micros = i64::from(time.nanosecond.unwrap_or_default() / 1000);
    let secs = day * 86_400 + clock;
    // A zone may carry the ends of the calendar out of it.
    let (year, _, _) = date_of_days(secs.div_euclid(86_400));
    (0..=9999).contains(&year).then_some(Time(secs * SECOND + micros))
}

/// `2026-03-01T00:00:00Z`, with a fraction where there is one.
pub(crate) fn rfc3339(time: Time) -> String {
    let (secs, micros) = (time.0.div_euclid(SECOND), time.0.rem_euclid(SECOND));
    let (day, clock) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
    let (year, month, mday) = date_of_days(day);
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    let whole = format!("{year:04}-{month:02}-{mday:02}T{hour:02}:{minute:02}:{second:02}");
    if micros == 0 {
        return format!("{whole}Z");
    }
    let fraction = format!("{micros:06}");
    format!("{whole}.{}Z", fraction.trim_end_matches('0'))
}

/// A length of time, in whole seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Interval {
    secs: u32,
}

/// Units of a length of time and their seconds, longest first.
const UNITS: [(char, u32); 5] = [('w', 604_800), ('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

impl Interval {
    /// So many seconds.
    #[must_use]
    pub const fn from_secs(secs: u32) -> Self {
        Self { secs }
    }

    /// Its seconds.
    #[must_use]
    pub const fn secs(self) -> u32 {
        self.secs
    }

    /// `90s`, `1h30m`, `PT5M`; at most 366 days.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let secs = u32::try_from(formula::duration(text)? / SECOND).ok()?;
        (secs <= 366 * 86_400).then_some(Self { secs })
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secs == 0 {
            return to.write_str("0s");
        }
        let mut rest = self.secs;
        for (unit, secs) in UNITS {
            if rest >= secs {
                write!(to, "{}{unit}", rest / secs)?;
                rest %= secs;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_there_and_back() {
        for (written, micros, again) in [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            (
                "2026-03-01T00:00:00+01:00",
                1_772_319_600 * SECOND,
                "2026-02-28T23:00:00Z",
            ),
            (
                "2000-02-29 12:30:15.25Z",
                951_827_415_250_000,
                "2000-02-29T12:30:15.25Z",
            ),
            ("1969-12-31T23:59:59.5Z", -500_000, "1969-12-31T23:59:59.5Z"),
        ] {
            let time = time_from_datetime(&written.parse().unwrap()).unwrap();
            assert_eq!(time, Time(micros), "{written}");
            assert_eq!(rfc3339(time), again, "{written}");
        }
        for without in ["2026-03-01", "2026-03-01T00:00:00", "10:00:00"] {
            assert_eq!(time_from_datetime(&without.parse().unwrap()), None, "{without}");
        }
        for day in -800_000..100_000 {
            let (year, month, mday) = date_of_days(day);
            assert_eq!(days_of_date(year, month, mday), day);
        }
    }

    #[test]
    fn lengths_of_time_read_as_they_are_written() {
        for (written, again) in [
            ("90s", "1m30s"),
            ("PT5M", "5m"),
            ("2h", "2h"),
            ("8d", "1w1d"),
            ("0s", "0s"),
        ] {
            let interval = Interval::parse(written).unwrap();
            assert_eq!(interval.to_string(), again);
            assert_eq!(Interval::parse(again), Some(interval));
        }
        for wrong in ["", "5", "5 parsecs", "400d", "-5s"] {
            assert_eq!(Interval::parse(wrong), None, "{wrong}");
        }
    }
}

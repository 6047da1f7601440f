//! Times as the field writes them: epoch numbers by magnitude, RFC 3339, and wall time without zone.

use twin::Timestamp;

/// Gives the offset of a plant's own wall time; Tasmota and many loggers send nothing else.
pub trait LocalZone {
    /// Seconds to take from a wall time to get UTC (3,600 for Paris in winter).
    /// `wall` is the wall time read as though it were UTC.
    fn utc_offset_secs(&self, wall: Timestamp) -> i32;
}

/// Wall times are UTC: the default where no zone is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utc;

impl LocalZone for Utc {
    fn utc_offset_secs(&self, _wall: Timestamp) -> i32 {
        0
    }
}

/// What one count of an epoch number means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Seconds, with or without a fraction.
    Secs,
    /// Milliseconds.
    Millis,
    /// Microseconds.
    Micros,
    /// Nanoseconds; what is below a microsecond is cut.
    Nanos,
}

impl Unit {
    /// By magnitude. The ranges reach from 1973 to 2286 and do not overlap.
    fn guess(number: f64) -> Option<Self> {
        match number {
            n if (1e8..1e10).contains(&n) => Some(Self::Secs),
            n if (1e11..1e13).contains(&n) => Some(Self::Millis),
            n if (1e14..1e16).contains(&n) => Some(Self::Micros),
            n if (1e17..1e19).contains(&n) => Some(Self::Nanos),
            _ => None,
        }
    }

    /// Decimal places from seconds.
    const fn places(self) -> i32 {
        match self {
            Self::Secs => 0,
            Self::Millis => 3,
            Self::Micros => 6,
            Self::Nanos => 9,
        }
    }
}

/// An epoch number as it is written. Whole numbers are kept exact; without a declared unit only
/// numbers in a plausible range are times.
pub(crate) fn from_number(text: &str, unit: Option<Unit>) -> Option<Timestamp> {
    let number: f64 = text.parse().ok()?;
    let unit = match unit {
        Some(unit) => unit,
        None => Unit::guess(number)?,
    };
    let shift = 6 - unit.places();
    if let Ok(whole) = text.parse::<i64>() {
        let power = 10_i64.checked_pow(shift.unsigned_abs())?;
        let micros = if shift >= 0 {
            whole.checked_mul(power)?
        } else {
            whole.div_euclid(power)
        };
        return Some(Timestamp::from_micros(micros));
    }
    let micros = (number * 10_f64.powi(shift)).round();
    // 2^63 is exact as a double; everything below it in size fits.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the range is checked on this line"
    )]
    (micros.abs() < 9.2e18).then_some(Timestamp::from_micros(micros as i64))
}

/// RFC 3339 and its relations: `T` or space, 0 to 9 fraction digits (more are cut), `Z`, `±hh:mm`,
/// `±hhmm`, `±hh` or no zone at all, seconds optional.
pub(crate) fn from_text(text: &str, zone: &dyn LocalZone) -> Option<Timestamp> {
    let mut rest = Scan(text.trim().as_bytes());
    let year = rest.digits(4)?;
    rest.expect(b'-')?;
    let month = rest.digits(2)?;
    rest.expect(b'-')?;
    let day = rest.digits(2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    rest.expect(b'T')
        .or_else(|| rest.expect(b't'))
        .or_else(|| rest.expect(b' '))?;
    let hour = rest.digits(2)?;
    rest.expect(b':')?;
    let minute = rest.digits(2)?;
    let mut second = 0;
    let mut micros = 0;
    if rest.expect(b':').is_some() {
        second = rest.digits(2)?;
        if rest.expect(b'.').or_else(|| rest.expect(b',')).is_some() {
            micros = rest.fraction_micros()?;
        }
    }
    // A leap second counts as the last second of its minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let wall_secs = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59);
    let wall = Timestamp::from_micros(wall_secs * 1_000_000 + micros);
    let offset_secs = match rest.zone()? {
        Some(secs) => secs,
        None => i64::from(zone.utc_offset_secs(wall)),
    };
    Some(Timestamp::from_micros(
        wall.micros().checked_sub(offset_secs.checked_mul(1_000_000)?)?,
    ))
}

/// A cursor over ASCII text.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn expect(&mut self, byte: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        (*first == byte).then(|| self.0 = rest)
    }

    fn digit(&mut self) -> Option<i64> {
        let (first, rest) = self.0.split_first()?;
        first.is_ascii_digit().then(|| {
            self.0 = rest;
            i64::from(first - b'0')
        })
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        (0..count).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    fn fraction_micros(&mut self) -> Option<i64> {
        let mut micros = self.digit()? * 100_000;
        let mut weight = 10_000;
        while let Some(digit) = self.digit() {
            micros += digit * weight;
            weight /= 10;
        }
        Some(micros)
    }

    /// Seconds east of UTC; inner none: no zone given. Nothing may follow.
    fn zone(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        if matches!(self.0, b"Z" | b"z" | b" UTC") {
            return Some(Some(0));
        }
        let sign = match self.expect(b'+') {
            Some(()) => 1,
            None => self.expect(b'-').map(|()| -1)?,
        };
        let hours = self.digits(2)?;
        let colon = self.expect(b':').is_some();
        let minutes = if self.0.is_empty() && !colon {
            0
        } else {
            self.digits(2)?
        };
        (self.0.is_empty() && hours <= 23 && minutes <= 59)
            .then_some(Some(sign * (hours * 3_600 + minutes * 60)))
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a Gregorian date, by Howard Hinnant's `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Paris;
    impl LocalZone for Paris {
        fn utc_offset_secs(&self, _wall: Timestamp) -> i32 {
            7_200
        }
    }

    #[track_caller]
    fn check_number(text: &str, expect: Option<i64>) {
        assert_eq!(from_number(text, None).map(Timestamp::micros), expect, "{text}");
    }

    #[test]
    fn epoch_numbers_are_told_apart_by_size() {
        check_number("1631186545", Some(1_631_186_545_000_000));
        check_number("1631186545.04", Some(1_631_186_545_040_000));
        check_number("1733904005123", Some(1_733_904_005_123_000));
        check_number("1733904005123456", Some(1_733_904_005_123_456));
        check_number("1733904005123456789", Some(1_733_904_005_123_456));
        check_number("1.733904005123e12", Some(1_733_904_005_123_000));
        check_number("12.5", None);
        check_number("0", None);
        check_number("-1733904005123", None);
        check_number("1e300", None);
        check_number("NaN", None);
    }

    #[test]
    fn a_declared_unit_is_not_guessed() {
        assert_eq!(
            from_number("5", Some(Unit::Millis)),
            Some(Timestamp::from_millis(5))
        );
        assert_eq!(from_number("9223372036854775807", Some(Unit::Secs)), None);
        assert_eq!(from_number("1e30", Some(Unit::Secs)), None);
    }

    #[track_caller]
    fn check_text(text: &str, expect: Option<&str>) {
        let expect = expect.map(|micros| Timestamp::from_micros(micros.replace('_', "").parse().unwrap()));
        assert_eq!(from_text(text, &Paris), expect, "{text}");
    }

    #[test]
    fn texts_with_and_without_zone_are_read() {
        check_text("2026-01-02T03:04:05.678Z", Some("1_767_323_045_678_000"));
        check_text("2022-03-18T12:55:21.3313539Z", Some("1_647_608_121_331_353"));
        check_text("2022-03-18T12:55:21.331353999z", Some("1_647_608_121_331_353"));
        check_text("2023-11-06T12:12:44Z", Some("1_699_272_764_000_000"));
        check_text("2023-11-06T13:12:44+01:00", Some("1_699_272_764_000_000"));
        check_text("2023-11-06T06:12:44-0600", Some("1_699_272_764_000_000"));
        check_text("2023-11-06T13:12:44+01", Some("1_699_272_764_000_000"));
        check_text("2021-06-13T06:59:52", Some("1_623_560_392_000_000"));
        check_text("2021-06-13 06:59:52", Some("1_623_560_392_000_000"));
        check_text("2021-06-13 04:59:52 UTC", Some("1_623_560_392_000_000"));
        check_text("2016-12-31T23:59:60Z", Some("1_483_228_799_000_000"));
        check_text("1969-12-31T23:59:59Z", Some("-1_000_000"));
        check_text("2024-02-29T00:00Z", Some("1_709_164_800_000_000"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "now",
            "2026",
            "2026-13-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2026-01-02T25:00:00Z",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05+1",
            "2026-01-02T03:04:05Zjunk",
            "2026-01-02",
            "²026-01-02T03:04:05Z",
        ] {
            check_text(text, None);
        }
    }
}

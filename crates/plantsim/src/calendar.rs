//! The plant's clock on the wall: Central European time, shifts, and RFC 3339 stamps.

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;

const DAY: i64 = 86_400;

/// Year, month and day of a day number since 1970: Howard Hinnant, *chrono-compatible low-level date
/// algorithms*, `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (
        yoe + era * 400 + i64::from(month <= 2),
        month,
        doy - (153 * mp + 2) / 5 + 1,
    )
}

/// Offset of Central European time from UTC in seconds: summer from the last Sunday of March to the
/// last Sunday of October, 01:00 UTC (directive 2000/84/EC).
fn offset_secs(unix: i64) -> i64 {
    let days = unix.div_euclid(DAY);
    let (_, month, day) = civil(days);
    // 1970-01-01 was a Thursday; 0 is Sunday.
    let weekday = (days + 4).rem_euclid(7);
    let last_sunday = day + (7 - weekday) % 7;
    let after_switch = |length: i64| {
        let switch = last_sunday + (length - last_sunday) / 7 * 7;
        day > switch || (day == switch && unix.rem_euclid(DAY) >= 3_600)
    };
    let summer = match month {
        4..=9 => true,
        3 => after_switch(31),
        10 => !after_switch(31),
        _ => false,
    };
    if summer { 7_200 } else { 3_600 }
}

/// A moment as the plant's people see it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Moment {
    /// Seconds since 1970, UTC.
    pub secs: f64,
    /// Local hour of the day, 0 up to 24.
    pub hour: f64,
    /// Local day number since 1970.
    pub day: i64,
}

/// The plant's local view of a time in microseconds.
pub(crate) fn moment(micros: i64) -> Moment {
    let unix = micros.div_euclid(SECOND);
    let local = unix + offset_secs(unix);
    Moment {
        secs: micros as f64 / SECOND as f64,
        hour: local.rem_euclid(DAY) as f64 / 3_600.0,
        day: local.div_euclid(DAY),
    }
}

impl Moment {
    /// The shift, as on the roster.
    pub(crate) fn shift(self) -> &'static str {
        match self.hour {
            h if (6.0..14.0).contains(&h) => "Early",
            h if (14.0..22.0).contains(&h) => "Late",
            _ => "Night",
        }
    }

    /// How warm the day is, -1 before dawn to 1 at 15:00.
    pub(crate) fn daylight(self) -> f64 {
        (std::f64::consts::TAU * (self.hour - 15.0) / 24.0).cos()
    }

    /// How busy the site is: 0 deep in the night, 1 in the day.
    pub(crate) fn activity(self) -> f64 {
        0.5 - 0.5 * (std::f64::consts::TAU * (self.hour - 2.5) / 24.0).cos()
    }

    /// `yymmdd` of the local day, for batch numbers.
    pub(crate) fn date_code(self) -> String {
        let (year, month, day) = civil(self.day);
        format!("{:02}{month:02}{day:02}", year.rem_euclid(100))
    }
}

/// `2026-01-02T03:04:05.678Z` appended to `out`.
pub(crate) fn write_rfc3339(out: &mut String, micros: i64) {
    use std::fmt::Write;
    let millis = micros.div_euclid(1_000);
    let (year, month, day) = civil(millis.div_euclid(DAY * 1_000));
    let of_day = millis.rem_euclid(DAY * 1_000);
    let (h, m, s, ms) = (
        of_day / 3_600_000,
        of_day / 60_000 % 60,
        of_day / 1_000 % 60,
        of_day % 1_000,
    );
    // Writing to a string cannot fail.
    write!(out, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z").unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_offset(unix: i64, hours: i64) {
        assert_eq!(offset_secs(unix), hours * 3_600, "{unix}");
    }

    #[test]
    fn summer_time_begins_and_ends_on_last_sundays() {
        check_offset(1_774_745_999, 1); // 2026-03-29 00:59:59 UTC
        check_offset(1_774_746_000, 2);
        check_offset(1_792_889_999, 2); // 2026-10-25 00:59:59 UTC
        check_offset(1_792_890_000, 1);
        check_offset(1_735_689_600, 1); // New year 2025.
        check_offset(1_751_328_000, 2); // July 2025.
    }

    #[test]
    fn stamps_are_rfc3339() {
        let mut out = String::new();
        write_rfc3339(&mut out, 1_767_323_045_678_000);
        assert_eq!(out, "2026-01-02T03:04:05.678Z");
    }

    #[test]
    fn shifts_cover_the_day() {
        let at = |hour: f64| Moment {
            secs: 0.0,
            hour,
            day: 0,
        };
        assert_eq!(at(6.0).shift(), "Early");
        assert_eq!(at(13.99).shift(), "Early");
        assert_eq!(at(14.0).shift(), "Late");
        assert_eq!(at(22.0).shift(), "Night");
        assert_eq!(at(3.0).shift(), "Night");
    }
}

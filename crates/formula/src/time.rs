//! Instants, the civil calendar and zones. The crate carries no zone data: who calls brings it.

use std::sync::Arc;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub i64);

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;

impl Time {
    /// From whole seconds; saturates.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(MICROS))
    }

    /// Seconds since the epoch, with their fraction.
    #[must_use]
    pub fn secs(self) -> f64 {
        self.0 as f64 / MICROS as f64
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn whole_secs(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// Seconds from `earlier` to here.
    #[must_use]
    pub fn since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / MICROS as f64
    }

    /// Later by so many microseconds.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

/// Zone data of the world, brought by the caller.
pub trait Zones {
    /// Seconds east of UTC in a region at an instant; none for a region nobody knows.
    fn offset_at(&self, region: &str, utc_secs: i64) -> Option<i32>;
    /// Seconds east of UTC when the clocks of a region show so many seconds since 1970. The
    /// earlier of two, and across a gap the offset before it.
    fn offset_of_wall(&self, region: &str, wall_secs: i64) -> Option<i32>;
}

/// No zone data: only fixed offsets are known.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoZones;

impl Zones for NoZones {
    fn offset_at(&self, _region: &str, _utc_secs: i64) -> Option<i32> {
        None
    }

    fn offset_of_wall(&self, _region: &str, _wall_secs: i64) -> Option<i32> {
        None
    }
}

/// A zone as named in a formula.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    /// An IANA region.
    Region(Arc<str>),
}

/// Three letters and what they mean: AWS IoT SiteWise user guide,
/// expression-date-and-time-functions.md, "Supported time zone abbreviations".
const ABBREVIATIONS: [(&str, &str); 25] = [
    ("ACT", "Australia/Darwin"),
    ("AET", "Australia/Sydney"),
    ("AGT", "America/Argentina/Buenos_Aires"),
    ("ART", "Africa/Cairo"),
    ("AST", "America/Anchorage"),
    ("BET", "America/Sao_Paulo"),
    ("BST", "Asia/Dhaka"),
    ("CAT", "Africa/Harare"),
    ("CNT", "America/St_Johns"),
    ("CST", "America/Chicago"),
    ("CTT", "Asia/Shanghai"),
    ("EAT", "Africa/Addis_Ababa"),
    ("CET", "Europe/Paris"),
    ("IET", "America/Indiana/Indianapolis"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("MIT", "Pacific/Apia"),
    ("NET", "Asia/Yerevan"),
    ("NST", "Pacific/Auckland"),
    ("PLT", "Asia/Karachi"),
    ("PRT", "America/Puerto_Rico"),
    ("PST", "America/Los_Angeles"),
    ("SST", "Pacific/Guadalcanal"),
    ("TRT", "Europe/Istanbul"),
    ("VST", "Asia/Ho_Chi_Minh"),
];

impl Zone {
    /// UTC.
    pub const UTC: Self = Self::Fixed(0);

    /// `Z`, `+2`, `UTC-01:00`, `GMT+2`, three letters, or a region's id.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let fixed = match name {
            "Z" | "UTC" | "GMT" | "UT" => Some(0),
            "EST" => Some(-5),
            "HST" => Some(-10),
            "MST" => Some(-7),
            _ => None,
        };
        if let Some(hours) = fixed {
            return Some(Self::Fixed(hours * 3600));
        }
        if let Some((_, region)) = ABBREVIATIONS.iter().find(|(short, _)| *short == name) {
            return Some(Self::Region(Arc::from(*region)));
        }
        let signed = name
            .strip_prefix("UTC")
            .or_else(|| name.strip_prefix("GMT"))
            .unwrap_or(name);
        if signed.starts_with(['+', '-']) {
            return offset_secs(signed).map(Self::Fixed);
        }
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '-');
        (name.len() <= 64 && name.len() > 1 && name.chars().all(letters))
            .then(|| Self::Region(Arc::from(name)))
    }

    /// Whether anybody knows it.
    #[must_use]
    pub fn known(&self, zones: &dyn Zones) -> bool {
        self.offset_at(zones, 0).is_some()
    }

    /// Seconds east of UTC at an instant.
    #[must_use]
    pub fn offset_at(&self, zones: &dyn Zones, utc_secs: i64) -> Option<i32> {
        match self {
            Self::Fixed(offset) => Some(*offset),
            Self::Region(region) => zones.offset_at(region, utc_secs),
        }
    }

    /// The instant at which its clocks show so many seconds since 1970.
    #[must_use]
    pub fn utc_of_wall(&self, zones: &dyn Zones, wall_secs: i64) -> Option<i64> {
        let offset = match self {
            Self::Fixed(offset) => *offset,
            Self::Region(region) => zones.offset_of_wall(region, wall_secs)?,
        };
        Some(wall_secs - i64::from(offset))
    }
}

/// `+2`, `-05`, `+0530`, `-01:00`, `+01:30:00`.
fn offset_secs(signed: &str) -> Option<i32> {
    let sign = if signed.starts_with('-') { -1 } else { 1 };
    let digits = signed.get(1..)?;
    let mut parts = if digits.contains(':') {
        digits.split(':').map(str::to_owned).collect::<Vec<_>>()
    } else {
        match digits.len() {
            1 | 2 => vec![digits.to_owned()],
            4 => vec![digits.get(..2)?.to_owned(), digits.get(2..)?.to_owned()],
            _ => return None,
        }
    };
    parts.resize(3, "0".to_owned());
    let number = |text: &String, most: i32| {
        let digits = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|n| digits && *n <= most)
    };
    let [hours, minutes, secs] = parts.as_slice() else {
        return None;
    };
    let total = number(hours, 18)? * 3600 + number(minutes, 59)? * 60 + number(secs, 59)?;
    (total <= 18 * 3600).then_some(sign * total)
}

/// What the clocks and calendars of a place show.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct LocalTime {
    /// Whole seconds since 1970 on the wall clock.
    pub wall_secs: i64,
    /// The part of a second beyond them.
    pub fraction: f64,
}

impl LocalTime {
    pub(crate) fn date(self) -> (i64, u32, u32) {
        date_of_days(self.wall_secs.div_euclid(DAY))
    }

    /// Day of the year from 1.
    pub(crate) fn day_of_year(self) -> i64 {
        let (year, _, _) = self.date();
        self.wall_secs.div_euclid(DAY) - days_of_date(year, 1, 1) + 1
    }

    /// Day of the week, Sunday is 0.
    pub(crate) fn day_of_week(self) -> i64 {
        (self.wall_secs.div_euclid(DAY) + 4).rem_euclid(7)
    }

    pub(crate) fn second_of_day(self) -> i64 {
        self.wall_secs.rem_euclid(DAY)
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
#[must_use]
pub fn days_of_date(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of days since 1970-01-01; `civil_from_days` of the same source.
#[must_use]
pub fn date_of_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

/// Days of a month.
pub(crate) fn days_in_month(year: i64, month: u32) -> u32 {
    let (next_year, next) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    (days_of_date(next_year, next, 1) - days_of_date(year, month, 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_in_every_published_form() {
        for (name, expect) in [
            ("Z", Some(0)),
            ("+2", Some(7200)),
            ("-5", Some(-18_000)),
            ("GMT+2", Some(7200)),
            ("UTC-01:00", Some(-3600)),
            ("UTC+5:30", Some(19_800)),
            ("+0530", Some(19_800)),
            ("EST", Some(-18_000)),
            ("+25", None),
            ("+1:99", None),
            ("", None),
        ] {
            let offset = match Zone::parse(name) {
                Some(Zone::Fixed(offset)) => Some(offset),
                _ => None,
            };
            assert_eq!(offset, expect, "{name}");
        }
        assert_eq!(Zone::parse("CET"), Some(Zone::Region("Europe/Paris".into())));
        assert_eq!(Zone::parse("Etc/GMT+12"), Some(Zone::Region("Etc/GMT+12".into())));
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for (date, days) in [
            ((1970, 1, 1), 0),
            ((2000, 2, 29), 11_016),
            ((2026, 11, 22), 20_779),
            ((1969, 12, 31), -1),
        ] {
            assert_eq!(days_of_date(date.0, date.1, date.2), days);
            assert_eq!(date_of_days(days), date);
        }
        assert_eq!(
            (
                days_in_month(2024, 2),
                days_in_month(2023, 2),
                days_in_month(2023, 12)
            ),
            (29, 28, 31)
        );
    }
}

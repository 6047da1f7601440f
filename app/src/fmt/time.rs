//! Dates and times in a site's zone, from the zone's periods; the browser carries no zone data.

use wire::page::{Zone, ZonePeriod};

use super::Fmt;
use crate::i18n::Locale;

const DAY_MILLIS: i64 = 86_400_000;

/// An instant as a wall shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Civil {
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 is Monday.
    pub weekday: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub milli: u16,
}

/// The period that holds at an instant; before the first, the first.
fn period(zone: &Zone, millis: i64) -> Option<&ZonePeriod> {
    zone.periods
        .iter()
        .rev()
        .find(|period| period.from_millis <= millis)
        .or_else(|| zone.periods.first())
}

/// The wall-clock time at an instant in a zone; UTC when the zone has no periods.
#[must_use]
pub fn civil(zone: &Zone, millis: i64) -> Civil {
    let offset = period(zone, millis).map_or(0, |period| i64::from(period.offset_secs) * 1_000);
    let local = millis.saturating_add(offset);
    let (days, of_day) = (local.div_euclid(DAY_MILLIS), local.rem_euclid(DAY_MILLIS));
    let (year, month, day) = date_of_days(days);
    Civil {
        year,
        month,
        day,
        // 1970-01-01 was a Thursday.
        weekday: (days + 3).rem_euclid(7) as u8,
        hour: (of_day / 3_600_000) as u8,
        minute: (of_day / 60_000 % 60) as u8,
        second: (of_day / 1_000 % 60) as u8,
        milli: (of_day % 1_000) as u16,
    }
}

/// Howard Hinnant's `civil_from_days`: the proleptic Gregorian date so many days after 1970-01-01.
fn date_of_days(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 {
        month_shifted + 3
    } else {
        month_shifted - 9
    };
    (
        year_of_era + era * 400 + i64::from(month <= 2),
        month as u8,
        day as u8,
    )
}

const WEEKDAYS: [[&str; 7]; 3] = [
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
    ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."],
];

const MONTHS: [[&str; 12]; 3] = [
    [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
    [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
    ],
];

const fn row(locale: Locale) -> usize {
    match locale {
        Locale::En | Locale::Pseudo => 0,
        Locale::Fr => 1,
        Locale::De => 2,
    }
}

impl Fmt {
    /// `14:05:22 CET`.
    #[must_use]
    pub fn clock(self, zone: &Zone, millis: i64) -> String {
        with_zone(self.time(zone, millis), zone, millis)
    }

    /// `14:05:22`.
    #[must_use]
    pub fn time(self, zone: &Zone, millis: i64) -> String {
        let at = civil(zone, millis);
        format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second)
    }

    /// `14:05`.
    #[must_use]
    pub fn time_short(self, zone: &Zone, millis: i64) -> String {
        let at = civil(zone, millis);
        format!("{:02}:{:02}", at.hour, at.minute)
    }

    /// `14:05:21.480`.
    #[must_use]
    pub fn time_exact(self, zone: &Zone, millis: i64) -> String {
        format!(
            "{}{}{:03}",
            self.time(zone, millis),
            self.decimal_sign(),
            civil(zone, millis).milli
        )
    }

    /// `Tue 3 Nov`.
    #[must_use]
    pub fn date(self, zone: &Zone, millis: i64) -> String {
        let at = civil(zone, millis);
        let row = row(self.locale());
        let pick =
            |names: &[&'static str], index: u8| names.get(usize::from(index)).copied().unwrap_or_default();
        let weekday = pick(&WEEKDAYS[row], at.weekday);
        let month = pick(&MONTHS[row], at.month.saturating_sub(1));
        match self.locale() {
            Locale::De => format!("{weekday}, {}. {month}", at.day),
            Locale::En | Locale::Fr | Locale::Pseudo => format!("{weekday} {} {month}", at.day),
        }
    }

    /// `Tue 3 Nov 2026`.
    #[must_use]
    pub fn date_year(self, zone: &Zone, millis: i64) -> String {
        format!("{} {}", self.date(zone, millis), civil(zone, millis).year)
    }

    /// As short as it can be seen from `now`: `14:05:22` today, `Tue 3 Nov 14:05` this year, else with the year.
    #[must_use]
    pub fn moment(self, zone: &Zone, millis: i64, now_millis: i64) -> String {
        let (at, now) = (civil(zone, millis), civil(zone, now_millis));
        if (at.year, at.month, at.day) == (now.year, now.month, now.day) {
            self.time(zone, millis)
        } else if at.year == now.year {
            format!("{} {}", self.date(zone, millis), self.time_short(zone, millis))
        } else {
            format!(
                "{} {}",
                self.date_year(zone, millis),
                self.time_short(zone, millis)
            )
        }
    }

    /// In full, for a provenance or a title: `Tue 3 Nov 2026 14:05:21.480 CET`.
    #[must_use]
    pub fn moment_full(self, zone: &Zone, millis: i64) -> String {
        let text = format!(
            "{} {}",
            self.date_year(zone, millis),
            self.time_exact(zone, millis)
        );
        with_zone(text, zone, millis)
    }
}

fn with_zone(text: String, zone: &Zone, millis: i64) -> String {
    format!("{text} {}", abbreviation(zone, millis))
}

/// UTC, which has no periods. Milliseconds of a wall's clock are read in it, too.
pub const UTC: Zone = Zone {
    name: String::new(),
    periods: Vec::new(),
};

/// `2026-11-03T13:05:21.480Z`, for `datetime` attributes and file names.
#[must_use]
pub fn iso(millis: i64) -> String {
    format!("{}Z", plain(&UTC, millis, 'T'))
}

/// `2026-11-03 14:05:21.480`: the wall's time in a zone, without saying which.
#[must_use]
pub fn plain(zone: &Zone, millis: i64, between: char) -> String {
    let at = civil(zone, millis);
    format!(
        "{:04}-{:02}-{:02}{between}{:02}:{:02}:{:02}.{:03}",
        at.year, at.month, at.day, at.hour, at.minute, at.second, at.milli
    )
}

/// What the zone is called at an instant: `CET`.
#[must_use]
pub fn abbreviation(zone: &Zone, millis: i64) -> &str {
    period(zone, millis).map_or("UTC", |period| &period.abbreviation)
}

//! Sites: a zone and holidays.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use twin::Timestamp;

use crate::id::SiteId;
use crate::span::Stretch;

/// A zone of the IANA database, as it came with the program: no file of the machine is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

/// There is no such zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone(pub Box<str>);

impl std::fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "there is no time zone `{}`; use a name such as Europe/Paris",
            self.0
        )
    }
}

impl std::error::Error for UnknownZone {}

impl Zone {
    /// The zone with this name, `Europe/Paris` for example.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        match TimeZone::get(name) {
            Ok(zone) => Ok(Self(zone)),
            Err(_unknown) => Err(UnknownZone(name.into())),
        }
    }

    /// Without an offset and without summer time.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The instant at which clocks show this. One that they skip counts as much later as they skip, one that they
    /// show twice is the first of both (RFC 5545, 3.3.5). None beyond the calendar.
    #[must_use]
    pub fn instant(&self, civil: DateTime) -> Option<Timestamp> {
        let there = self.0.to_timestamp(civil).ok()?;
        Some(Timestamp::from_micros(there.as_microsecond()))
    }

    /// What clocks show at an instant. None beyond the calendar.
    #[must_use]
    pub fn civil(&self, at: Timestamp) -> Option<DateTime> {
        let at = jiff::Timestamp::from_microsecond(at.micros()).ok()?;
        Some(self.0.to_datetime(at))
    }

    /// The first instant of a day.
    #[must_use]
    pub fn start_of(&self, day: Date) -> Option<Timestamp> {
        let start = day.to_zoned(self.0.clone()).ok()?.start_of_day().ok()?;
        Some(Timestamp::from_micros(start.timestamp().as_microsecond()))
    }

    /// A day from its first instant to the first of the next: 23 to 25 hours.
    #[must_use]
    pub fn day(&self, day: Date) -> Option<Stretch> {
        Stretch::new(self.start_of(day)?, self.start_of(day.tomorrow().ok()?)?)
    }
}

/// A place with one clock and one list of holidays.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Which.
    pub id: SiteId,
    /// What it is called.
    pub name: Box<str>,
    /// Where its clocks are.
    pub zone: Zone,
    /// Its holidays, by day.
    pub holidays: BTreeMap<Date, Box<str>>,
}

//! Plans by date: every so many days, weeks, months or years, in the zone of the site.

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use twin::Timestamp;

use crate::calendar::Zone;
use crate::words::words;

use super::Last;

words! {
    /// What an interval counts.
    Unit {
        /// Days of the calendar, 23 to 25 hours long.
        Day = "day",
        /// Weeks.
        Week = "week",
        /// Months; the 31st falls on the last day of shorter ones.
        Month = "month",
        /// Years.
        Year = "year",
    }
}

words! {
    /// From what an interval is counted.
    Anchor {
        /// From the first date: what was done late does not move what follows.
        Fixed = "fixed",
        /// From when it was done.
        Floating = "floating",
    }
}

/// Every so many days, weeks, months or years.
#[derive(Clone, Debug, PartialEq)]
pub struct Every {
    /// How many; at least one.
    pub count: u16,
    /// Of what.
    pub unit: Unit,
    /// The first time, as clocks at the site show it.
    pub first: DateTime,
    /// From what it is counted.
    pub anchor: Anchor,
    /// The zone of the site.
    pub zone: Zone,
}

impl Every {
    /// The occurrence with this number from the first, counted from the first itself, so that short months do
    /// not add up. None beyond the calendar.
    #[must_use]
    pub fn occurrence(&self, number: u32) -> Option<Timestamp> {
        self.zone.instant(self.from(self.first, number)?)
    }

    fn from(&self, start: DateTime, times: u32) -> Option<DateTime> {
        let count = i64::from(self.count.max(1)).checked_mul(i64::from(times))?;
        // The bounds of what the calendar can count; beyond them jiff's spans panic.
        if count > 100_000 {
            return None;
        }
        let span = match self.unit {
            Unit::Day => count.days(),
            Unit::Week => count.weeks(),
            Unit::Month => count.months(),
            Unit::Year if count < 10_000 => count.years(),
            Unit::Year => return None,
        };
        start.checked_add(span).ok()
    }

    /// When it is due next, and how many dates passed without it.
    pub(super) fn next(&self, now: Timestamp, last: Option<Last>) -> Option<(Timestamp, u32)> {
        match (self.anchor, last) {
            (Anchor::Floating, Some(last)) => {
                let done = self.zone.civil(last.done)?;
                Some((self.zone.instant(self.from(done, 1)?)?, 0))
            }
            (_, last) => self.next_fixed(now, last.map(|last| last.due)),
        }
    }

    /// The last date that is over and was not met, else the first to come.
    fn next_fixed(&self, now: Timestamp, met: Option<Timestamp>) -> Option<(Timestamp, u32)> {
        let first = met.map_or(Some(0), |met| self.first_after(met))?;
        let to_come = self.first_after(now)?;
        if to_come <= first {
            return Some((self.occurrence(first)?, 0));
        }
        let due = to_come.saturating_sub(1);
        Some((self.occurrence(due)?, due - first))
    }

    /// The number of the first occurrence after an instant, by halving.
    fn first_after(&self, at: Timestamp) -> Option<u32> {
        let is_after = |number: u32| self.occurrence(number).is_none_or(|there| there > at);
        let mut high: u32 = 1;
        while !is_after(high) {
            high = high.checked_mul(2)?;
        }
        let mut low = 0;
        while low < high {
            let middle = low.midpoint(high);
            if is_after(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Some(low)
    }
}

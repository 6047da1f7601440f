//! Shift patterns: a cycle of days, each with its shifts. A week is a cycle of seven that begins on a Monday.

use jiff::civil::{Date, Time};

use crate::span::{Stretch, Times};

use super::zone::Site;

/// Longest cycle, in days.
pub const LONGEST_CYCLE: usize = 366;
/// Longest span that is expanded at once, in days.
pub const LONGEST_SPAN: i32 = 5_000;

/// A shift as clocks show it. One that ends when or before it starts ends on the next day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// What it is called: early, late, night.
    pub name: Box<str>,
    /// When it starts.
    pub from: Time,
    /// When it ends.
    pub to: Time,
    /// Breaks inside it.
    pub breaks: Vec<(Time, Time)>,
}

/// A cycle of days with their shifts.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it is called.
    pub name: Box<str>,
    /// The first day of some cycle.
    pub anchor: Date,
    /// The days of the cycle, each with its shifts.
    pub days: Vec<Vec<Shift>>,
    /// Whether it runs on holidays too.
    pub on_holidays: bool,
}

/// A shift that is worked: when, and which.
#[derive(Clone, Debug, PartialEq)]
pub struct Worked<'p> {
    /// The day on which it starts.
    pub day: Date,
    /// Which shift.
    pub shift: &'p Shift,
    /// From when to when, breaks included.
    pub time: Stretch,
    /// Without its breaks.
    pub working: Times,
}

/// Why a pattern cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPattern {
    /// It has no days.
    NoDays,
    /// Its cycle is longer than [`LONGEST_CYCLE`].
    TooLong(usize),
}

impl Pattern {
    /// The same shifts on the days from Monday on, as many as there are in `days`.
    #[must_use]
    pub fn weekly(name: &str, days: [Vec<Shift>; 7]) -> Self {
        Self {
            name: name.into(),
            // A Monday.
            anchor: Date::constant(2024, 1, 1),
            days: days.into(),
            on_holidays: false,
        }
    }

    /// Whether it can be.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub const fn check(&self) -> Result<(), BadPattern> {
        match self.days.len() {
            0 => Err(BadPattern::NoDays),
            1..=LONGEST_CYCLE => Ok(()),
            long => Err(BadPattern::TooLong(long)),
        }
    }

    /// The shifts of a day.
    #[must_use]
    pub fn on(&self, day: Date) -> &[Shift] {
        let Ok(cycle) = i32::try_from(self.days.len()) else {
            return &[];
        };
        if cycle == 0 {
            return &[];
        }
        let since = day.since(self.anchor).map_or(0, |span| span.get_days());
        let place = usize::try_from(since.rem_euclid(cycle)).unwrap_or_default();
        self.days.get(place).map_or(&[], Vec::as_slice)
    }

    /// Every shift that has time in the stretch, in the order of days. At most [`LONGEST_SPAN`] days.
    #[must_use]
    pub fn worked(&self, site: &Site, over: Stretch) -> Vec<Worked<'_>> {
        let Some(first) = site.zone.civil(over.from()) else {
            return Vec::new();
        };
        // A shift of the day before may last into it.
        let mut day = first.date().yesterday().unwrap_or(first.date());
        let mut worked = Vec::new();
        for _ in 0..LONGEST_SPAN {
            if site.zone.start_of(day).is_none_or(|start| start >= over.to()) {
                break;
            }
            if self.on_holidays || !site.holidays.contains_key(&day) {
                let shifts = self.on(day).iter().filter_map(|shift| shift.worked(site, day));
                worked.extend(shifts.filter(|shift| shift.time.and(over).is_some()));
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        worked
    }

    /// The time worked in the stretch, without breaks.
    #[must_use]
    pub fn working(&self, site: &Site, over: Stretch) -> Times {
        let worked = self.worked(site, over);
        let stretches = worked
            .iter()
            .flat_map(|shift| shift.working.stretches().iter().copied());
        Times::of(stretches).within(over)
    }
}

impl Shift {
    /// When it is worked if it starts on this day.
    fn worked<'p>(&'p self, site: &Site, day: Date) -> Option<Worked<'p>> {
        let time = self.between(site, day, self.from, self.to)?;
        let breaks = self.breaks.iter().filter_map(|(from, to)| {
            // A break after midnight is on the next day.
            let day = if *from < self.from {
                day.tomorrow().ok()?
            } else {
                day
            };
            self.between(site, day, *from, *to)
        });
        Some(Worked {
            day,
            shift: self,
            time,
            working: Times::of([time]).without(&Times::of(breaks)),
        })
    }

    fn between(&self, site: &Site, day: Date, from: Time, to: Time) -> Option<Stretch> {
        let last = if to <= from { day.tomorrow().ok()? } else { day };
        let (from, to) = (day.to_datetime(from), last.to_datetime(to));
        Stretch::new(site.zone.instant(from)?, site.zone.instant(to)?)
    }
}

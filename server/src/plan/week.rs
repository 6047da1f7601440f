//! A week by a site's clocks, and where in it an instant stands on a board whose nights are folded.

use jiff::civil::{Date, ISOWeekDate, Weekday};
use maintenance::calendar::Zone;
use maintenance::span::{Stretch, Times};
use twin::Timestamp;

/// A week from Monday to Sunday (ISO 8601).
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    pub monday: Date,
    zone: Zone,
}

impl Week {
    /// The week of a word such as `2026-W48`.
    #[must_use]
    pub fn read(word: &str, zone: &Zone) -> Option<Self> {
        let (year, week) = word.split_once("-W")?;
        let week = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?;
        let (monday, zone) = (week.date(), zone.clone());
        // Far enough from the calendar's ends to look around.
        (1..9_000)
            .contains(&monday.year())
            .then_some(Self { monday, zone })
    }

    /// The week an instant is in.
    #[must_use]
    pub fn of(at: Timestamp, zone: &Zone) -> Self {
        let day = zone.civil(at).map(|at| at.date()).unwrap_or_default();
        let monday = day.iso_week_date();
        let monday = ISOWeekDate::new(monday.year(), monday.week(), Weekday::Monday);
        Self {
            monday: monday.map_or(day, ISOWeekDate::date),
            zone: zone.clone(),
        }
    }

    /// So many weeks later.
    #[must_use]
    pub fn later(&self, weeks: i32) -> Self {
        let days = jiff::Span::new().try_days(i64::from(weeks) * 7);
        let monday = days.and_then(|days| self.monday.checked_add(days));
        Self {
            monday: monday.unwrap_or(self.monday),
            zone: self.zone.clone(),
        }
    }

    /// As addresses say it.
    #[must_use]
    pub fn word(&self) -> String {
        let week = self.monday.iso_week_date();
        format!("{}-W{:02}", week.year(), week.week())
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> i8 {
        self.monday.iso_week_date().week()
    }

    /// Its days.
    #[must_use]
    pub fn days(&self) -> Vec<Date> {
        self.monday.series(jiff::Span::new().days(1)).take(7).collect()
    }

    /// From its first instant to the first of the next.
    #[must_use]
    pub fn stretch(&self) -> Option<Stretch> {
        Stretch::new(
            self.zone.start_of(self.monday)?,
            self.zone.start_of(self.later(1).monday)?,
        )
    }
}

/// Where instants of a week stand from left to right, in per cent; hours in which nobody works are folded away.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What is shown of each day.
    pub days: Vec<Stretch>,
    /// The first and the last hour shown.
    pub hours: (i8, i8),
}

impl Axis {
    /// The days of a week from the first to the last hour in which anybody works; 6 to 22 at least.
    #[must_use]
    pub fn new(week: &Week, zone: &Zone, worked: &Times) -> Self {
        let (mut first, mut last) = (6, 22);
        for shift in worked.stretches() {
            let (from, to) = (zone.civil(shift.from()), zone.civil(shift.to()));
            let (Some(from), Some(to)) = (from, to) else {
                continue;
            };
            if from.date() != to.date() {
                (first, last) = (0, 24);
                break;
            }
            first = first.min(from.hour());
            last = last.max(to.hour() + i8::from(to.minute() > 0));
        }
        let at = |day: Date, hour: i8| match hour {
            24 => zone.start_of(day.tomorrow().ok()?),
            hour => zone.instant(day.at(hour, 0, 0, 0)),
        };
        let shown = |day: Date| Stretch::new(at(day, first)?, at(day, last)?);
        Self {
            days: week.days().into_iter().filter_map(shown).collect(),
            hours: (first, last),
        }
    }

    /// Where an instant stands, 0 to 100.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "days of a week, microseconds of a day")]
    pub fn at(&self, at: Timestamp) -> f64 {
        let each = 100.0 / self.days.len().max(1) as f64;
        let before = self.days.iter().take_while(|day| day.to() <= at).count();
        let inside = self.days.get(before).map_or(0.0, |day| {
            let into = at.since(day.from()).micros().max(0) as f64;
            into / day.len().micros() as f64
        });
        each * (before as f64 + inside)
    }

    /// From where to where a stretch goes: its left edge and its width. None where nothing of it is shown.
    #[must_use]
    pub fn bar(&self, time: Stretch) -> Option<(f64, f64)> {
        let (from, to) = (self.at(time.from()), self.at(time.to()));
        (to > from).then_some((from, to - from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_read_written_and_gone_on_from_over_a_year() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let week = Week::read("2026-W53", &paris).unwrap();
        assert_eq!(week.later(1).word(), "2027-W01");
        assert_eq!(week.later(-53).word(), "2025-W52");
        let end = week.stretch().unwrap().to();
        assert_eq!(Week::of(end, &paris).word(), "2027-W01");
        for bad in ["2026", "2026-W54", "W48", "2026-Wx"] {
            assert_eq!(Week::read(bad, &paris), None, "{bad}");
        }
    }

    #[test]
    fn nights_take_no_room_unless_somebody_works_in_them() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let week = Week::read("2026-W48", &paris).unwrap();
        let at = |day: usize, hour: i8| paris.instant(week.days()[day].at(hour, 0, 0, 0)).unwrap();
        let axis = Axis::new(&week, &paris, &Times::default());
        assert!((axis.at(at(1, 14)) - 100.0 / 7.0 * 1.5).abs() < 1e-9);
        assert!((axis.at(at(1, 3)) - axis.at(at(0, 23))).abs() < 1e-9);
        assert_eq!(axis.bar(Stretch::new(at(0, 23), at(1, 5)).unwrap()), None);
        let night = Times::of([Stretch::new(at(0, 22), at(1, 6)).unwrap()]);
        assert_eq!(Axis::new(&week, &paris, &night).hours, (0, 24));
    }
}

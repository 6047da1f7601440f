//! Windows of metrics: how long, how often, from where they are counted. A day in a zone is a
//! calendar day, with 23 or 25 hours when the clocks are changed; so is a shift of eight hours.

use crate::eval::Window;
use crate::time::{Time, Zone, Zones, days_in_month, days_of_date};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// 2024-01-01, when a zone's minutes and seconds are looked up.
const ANY_TIME: Time = Time(1_704_067_200 * SECOND);

/// Shortest and longest window, in microseconds.
const LENGTHS: std::ops::RangeInclusive<i64> = SECOND..=366 * DAY;

/// The windows of a metric.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Windows {
    /// Microseconds from the start of a window to its end.
    length: i64,
    /// Microseconds from one end to the next: the length, or less for sliding windows.
    step: i64,
    /// Where ends are counted from: microseconds on the wall clock.
    anchor: i64,
    zone: Zone,
}

impl Windows {
    /// Windows one after the other: `1m`, `15m`, `1h`, `1d`, `1w`, `2h30m`, `PT5M`. Counted in
    /// UTC; a week ends with Sunday.
    pub fn tumbling(length: &str) -> Result<Self, String> {
        let length = duration(length).ok_or_else(|| {
            format!("`{length}` is no length of time; write for example `1m`, `8h`, `1d` or `1w`")
        })?;
        if !LENGTHS.contains(&length) {
            return Err("a window is between 1 second and 366 days long".to_owned());
        }
        // 1970-01-01 was a Thursday; weeks begin on Monday.
        let anchor = if length % WEEK == 0 { -3 * DAY } else { 0 };
        Ok(Self {
            length,
            step: length,
            anchor,
            zone: Zone::UTC,
        })
    }

    /// The same windows, one beginning after each of these steps.
    pub fn sliding(self, step: &str) -> Result<Self, String> {
        let micros =
            duration(step).ok_or_else(|| format!("`{step}` is no length of time; write for example `1m`"))?;
        if !(SECOND..=self.length).contains(&micros) {
            return Err(
                "windows follow each other by 1 second at least and by their length at most".to_owned(),
            );
        }
        Ok(Self { step: micros, ..self })
    }

    /// Ends counted from later: by a length of time (`18h`, `PT18H`), a clock time (`06:00`), or
    /// an instant (`2021-07-23T18:00:00+02:00`).
    pub fn offset(self, offset: &str) -> Result<Self, String> {
        let unknown =
            || format!("`{offset}` is no offset; write for example `6h`, `06:00` or `2021-07-23T06:00:00Z`");
        if let Some(micros) = duration(offset).or_else(|| clock(offset)) {
            let anchor = self.anchor + micros.rem_euclid(self.step.max(DAY));
            return Ok(Self { anchor, ..self });
        }
        let (wall, zone) = instant(offset).ok_or_else(unknown)?;
        Ok(Self {
            anchor: wall,
            zone: zone.unwrap_or(self.zone),
            ..self
        })
    }

    /// Days and shifts of this zone.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// The end of the first window that is not over before `time`.
    #[must_use]
    pub fn end_from(&self, time: Time, zones: &dyn Zones) -> Time {
        self.end(self.count_from(time, zones), zones)
    }

    /// The number of the first end that is not before `time`. Ends are in the order of their numbers.
    fn count_from(&self, time: Time, zones: &dyn Zones) -> i64 {
        let is_over = |count: i64| self.end(count, zones) < time;
        let count_at = |offset: i64| {
            let wall = time.0.saturating_add(offset).saturating_sub(self.anchor);
            wall.div_euclid(self.step)
        };
        let guess = count_at(self.offset_at(time, zones));
        if is_over(guess) && !is_over(guess.saturating_add(1)) {
            return guess.saturating_add(1);
        }
        // Around a change of the clocks, which never go further than this.
        let (mut over, mut open) = (count_at(-2 * DAY), count_at(2 * DAY).saturating_add(1));
        while open.saturating_sub(over) > 1 {
            let middle = over + (open - over) / 2;
            match is_over(middle) {
                true => over = middle,
                false => open = middle,
            }
        }
        open
    }

    /// Whether windows overlap.
    pub(crate) fn is_sliding(&self) -> bool {
        self.step < self.length
    }

    /// The end of the last window that is over at `now`.
    #[must_use]
    pub(crate) fn end_until(&self, now: Time, zones: &dyn Zones) -> Time {
        let next = self.count_from(now.plus_micros(1), zones);
        self.end(next.saturating_sub(1), zones)
    }

    /// The end after this one.
    #[must_use]
    pub fn end_after(&self, end: Time, zones: &dyn Zones) -> Time {
        self.end_from(end.plus_micros(1), zones)
    }

    /// The window with this end.
    #[must_use]
    pub fn ending(&self, end: Time, zones: &dyn Zones) -> Window {
        let count = self.count_from(end, zones);
        let start = if self.end(count, zones) != end {
            // One that ends between the others.
            end.plus_micros(-self.length)
        } else if self.is_sliding() {
            self.at_wall(self.wall(count).saturating_sub(self.length), zones)
        } else {
            // Where the one before ended, so that every moment is in one of them.
            self.end(count.saturating_sub(1), zones)
        };
        Window { start, end }
    }

    fn offset_at(&self, time: Time, zones: &dyn Zones) -> i64 {
        let secs = self.zone.offset_at(zones, time.whole_secs()).unwrap_or_default();
        i64::from(secs) * SECOND
    }

    /// What the clocks show at an end, or would show had they not been changed.
    fn wall(&self, count: i64) -> i64 {
        self.anchor.saturating_add(count.saturating_mul(self.step))
    }

    fn end(&self, count: i64, zones: &dyn Zones) -> Time {
        self.at_wall(self.wall(count), zones)
    }

    /// When the clocks show this: the earlier of two times, and when they are put forward over it, then.
    /// Never later than what is shown later.
    fn at_wall(&self, wall: i64, zones: &dyn Zones) -> Time {
        // What divides an hour is the same on every clock, and would be torn apart in the hour that
        // comes twice.
        if HOUR % self.step == 0 {
            return Time(wall.saturating_sub(self.offset_at(ANY_TIME, zones)));
        }
        let found = self.utc_of_wall(wall, zones);
        let shown = found.0.saturating_add(self.offset_at(found, zones));
        if shown <= wall {
            return found;
        }
        // It is in a gap: the clocks were changed between here and what they show now.
        let offset = self.offset_at(found, zones);
        let mut before = Time(wall.saturating_sub(offset)).whole_secs();
        let mut after = found.whole_secs();
        while after.saturating_sub(before) > 1 {
            let middle = before + (after - before) / 2;
            match self.offset_at(Time::from_secs(middle), zones) == offset {
                true => after = middle,
                false => before = middle,
            }
        }
        Time::from_secs(after)
    }

    fn utc_of_wall(&self, wall: i64, zones: &dyn Zones) -> Time {
        let secs = self.zone.utc_of_wall(zones, wall.div_euclid(SECOND));
        secs.map_or(Time(wall), |secs| {
            Time::from_secs(secs).plus_micros(wall.rem_euclid(SECOND))
        })
    }
}

/// Microseconds of `90s`, `1h30m`, `2w3d` or ISO 8601's `PT5M`, `P1DT12H`.
#[must_use]
pub fn duration(text: &str) -> Option<i64> {
    let (mut rest, iso) = match text.strip_prefix('P') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (mut total, mut clock, mut any) = (0i64, !iso, false);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T').filter(|_| iso && !clock) {
            clock = true;
            rest = after;
            continue;
        }
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = rest.split_at_checked(digits)?;
        let mut letters = unit.chars();
        let micros = match letters.next()?.to_ascii_lowercase() {
            's' if clock => SECOND,
            'm' if clock => 60 * SECOND,
            'h' if clock => HOUR,
            'd' => DAY,
            'w' => WEEK,
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(micros)?)?;
        rest = letters.as_str();
        any = true;
    }
    any.then_some(total)
}

/// Microseconds since midnight of `06:00`, `22:30:15`, `5:00 PM`.
fn clock(text: &str) -> Option<i64> {
    let upper = text.trim().to_ascii_uppercase();
    let (digits, half) = match upper.strip_suffix("PM") {
        Some(digits) => (digits, Some(12)),
        None => match upper.strip_suffix("AM") {
            Some(digits) => (digits, Some(0)),
            None => (upper.as_str(), None),
        },
    };
    let numbers: Vec<i64> = digits
        .trim()
        .split(':')
        .map(|part| part.parse().ok().filter(|_| (1..=2).contains(&part.len())))
        .collect::<Option<_>>()?;
    let (hour, minute, second) = match numbers.as_slice() {
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        None if hour < 24 => hour,
        _ => return None,
    };
    (minute < 60 && second < 60).then_some(((hour * 60 + minute) * 60 + second) * SECOND)
}

/// Wall time and zone of `2021-07-23T18:00:00`, with `Z`, `+02:00` or ` Europe/Paris` behind.
fn instant(text: &str) -> Option<(i64, Option<Zone>)> {
    let date = text.get(..10)?;
    let mut parts = date.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (i64::from(parts.next()??), parts.next()??, parts.next()??);
    if !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let rest = text.get(10..)?.strip_prefix(['T', ' ']).unwrap_or_default();
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != ':')
        .unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(end)?;
    let time = if time.is_empty() { 0 } else { clock(time)? };
    let zone = zone.trim();
    let zone = if zone.is_empty() {
        None
    } else {
        Some(Zone::parse(zone)?)
    };
    Some((days_of_date(year, month, day) * DAY + time, zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::NoZones;

    #[test]
    fn lengths_are_read() {
        for (text, secs) in [
            ("1m", Some(60)),
            ("90s", Some(90)),
            ("2h30m", Some(9000)),
            ("1w", Some(604_800)),
            ("PT5S", Some(5)),
            ("PT5M", Some(300)),
            ("P1DT12H", Some(129_600)),
            ("", None),
            ("5", None),
            ("P5M", None),
            ("m", None),
            ("1x", None),
            ("99999999999999999999s", None),
            ("9223372036854775807w", None),
        ] {
            assert_eq!(duration(text), secs.map(|secs: i64| secs * SECOND), "{text}");
        }
        assert_eq!(clock("5:00 PM"), Some(17 * HOUR));
        assert_eq!(clock("12:30am"), Some(30 * 60 * SECOND));
    }

    #[test]
    fn ends_lie_on_round_times_and_belong_to_their_window() {
        let minute = Windows::tumbling("1m").unwrap();
        let end = minute.end_from(Time::from_secs(120), &NoZones);
        assert_eq!(end, Time::from_secs(120));
        assert_eq!(minute.end_from(Time(120_000_001), &NoZones), Time::from_secs(180));
        assert_eq!(minute.end_after(end, &NoZones), Time::from_secs(180));
        assert_eq!(minute.ending(end, &NoZones).start, Time::from_secs(60));
    }

    #[test]
    fn weeks_end_with_sunday_and_offsets_shift() {
        // 2026-11-22 is a Sunday.
        let noon = Time::from_secs(20_779 * 86_400 + 43_200);
        let midnight = Time::from_secs(20_780 * 86_400);
        let week = Windows::tumbling("1w").unwrap();
        assert_eq!(week.end_from(noon, &NoZones), midnight);
        for (offset, secs) in [
            ("18h", 18),
            ("18:00", 18),
            ("2021-07-23T18:00:00Z", 18),
            ("2021-07-23T18:00:00+02:00", 16),
        ] {
            let day = Windows::tumbling("1d").unwrap().offset(offset).unwrap();
            let expect = Time::from_secs(20_779 * 86_400 + secs * 3600);
            assert_eq!(day.end_from(noon, &NoZones), expect, "{offset}");
        }
    }

    #[test]
    fn sliding_windows_overlap() {
        let sliding = Windows::tumbling("10m").unwrap().sliding("1m").unwrap();
        let end = sliding.end_from(Time::from_secs(61), &NoZones);
        assert_eq!(
            sliding.ending(end, &NoZones),
            Window {
                start: Time::from_secs(-480),
                end: Time::from_secs(120)
            }
        );
        assert!(Windows::tumbling("1m").unwrap().sliding("2m").is_err());
        assert!(Windows::tumbling("400d").is_err());
    }
}

//! The site's wall clock: the browser carries no zone data, so pages get the periods they need.

use jiff::tz::TimeZone;
use twin::{Span, Timestamp};
use wire::page::{Zone, ZonePeriod};

/// A time zone by its name, or the machine's.
pub fn find(name: Option<&str>) -> Result<TimeZone, jiff::Error> {
    name.map_or_else(|| Ok(TimeZone::system()), TimeZone::get)
}

/// The periods of constant offset that cover a range, and the next one.
#[must_use]
pub fn periods(zone: &TimeZone, from: Timestamp, to: Timestamp) -> Zone {
    let mut periods = Vec::new();
    let mut at = instant(from);
    loop {
        let offset = zone.to_offset_info(at);
        periods.push(ZonePeriod {
            from_millis: if periods.is_empty() {
                from.millis()
            } else {
                at.as_millisecond()
            },
            offset_secs: offset.offset().seconds(),
            abbreviation: offset.abbreviation().to_owned(),
        });
        let next = zone.following(at).next().map(|transition| transition.timestamp());
        match next {
            Some(next) if at <= instant(to) && periods.len() < 64 => at = next,
            _ => break,
        }
    }
    Zone {
        name: zone.iana_name().unwrap_or("UTC").to_owned(),
        periods,
    }
}

/// The periods around now that a live page needs: a week back, a day ahead.
#[must_use]
pub fn around(zone: &TimeZone, now: Timestamp) -> Zone {
    periods(
        zone,
        now - Span::from_secs(8 * 86_400),
        now + Span::from_secs(86_400),
    )
}

/// The same zone as calendars of maintenance know it; UTC where it has no name.
#[must_use]
pub fn of_calendars(zone: &TimeZone) -> maintenance::calendar::Zone {
    use maintenance::calendar::Zone;
    let named = zone.iana_name().and_then(|name| Zone::named(name).ok());
    named.unwrap_or_else(Zone::utc)
}

/// As jiff has it.
#[must_use]
pub fn instant(time: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(time.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// Local times without a zone, as some devices send them, are in the site's.
pub struct SiteZone(pub TimeZone);

impl decode::LocalZone for SiteZone {
    fn utc_offset_secs(&self, wall: Timestamp) -> i32 {
        let wall = TimeZone::UTC.to_datetime(instant(wall));
        self.0
            .to_ambiguous_zoned(wall)
            .compatible()
            .map_or(0, |zoned| zoned.offset().seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_over_the_end_of_summer_time_has_two_offsets_and_the_next() {
        let paris = find(Some("Europe/Paris")).unwrap();
        let october = Timestamp::from_millis(1_792_800_000_000);
        let zone = periods(&paris, october, october + Span::from_secs(7 * 86_400));
        let offsets: Vec<_> = zone
            .periods
            .iter()
            .map(|p| (p.offset_secs, p.abbreviation.as_str()))
            .collect();
        assert_eq!(offsets, [(7200, "CEST"), (3600, "CET"), (7200, "CEST")]);
    }
}

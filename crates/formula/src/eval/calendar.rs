//! Dates and clock times.

use super::Context;
use crate::functions::Fun;
use crate::node::Node;
use crate::time::{LocalTime, Zone, days_in_month, days_of_date};
use crate::value::Datum;

const DAY: i64 = 86_400;

impl Context<'_> {
    pub(super) fn calendar(&self, fun: Fun, args: &[Node]) -> Datum {
        let values: Vec<Datum> = args.iter().map(|arg| self.eval(arg)).collect();
        match (fun, values.as_slice()) {
            (Fun::Mktime, values) => Datum::from(self.mktime(values)),
            (Fun::Localtime, [Datum::Number(secs)]) => self.localtime(*secs, &Zone::UTC),
            (
                Fun::Localtime,
                [Datum::Number(secs), Datum::Text(zone)] | [Datum::Text(zone), Datum::Number(secs)],
            ) => Zone::parse(zone).map_or(Datum::None, |zone| self.localtime(*secs, &zone)),
            (_, [Datum::Local(local)]) => Datum::from(part(fun, *local)),
            _ => Datum::None,
        }
    }

    fn localtime(&self, secs: f64, zone: &Zone) -> Datum {
        // Years 0 to 9999.
        if !(-62_167_219_200.0..=253_402_300_799.0).contains(&secs) {
            return Datum::None;
        }
        let whole = secs.floor();
        let offset = zone.offset_at(self.moment.zones, whole as i64);
        offset.map_or(Datum::None, |offset| {
            Datum::Local(LocalTime {
                wall_secs: whole as i64 + i64::from(offset),
                fraction: secs - whole,
            })
        })
    }

    /// Within the limits the user guide names: years 1970 to 2250, seconds 0 to 60.
    fn mktime(&self, values: &[Datum]) -> Option<f64> {
        let (zone, numbers) = match values {
            [Datum::Text(zone), numbers @ ..] | [numbers @ .., Datum::Text(zone)] => {
                (Zone::parse(zone)?, numbers)
            }
            numbers => (Zone::UTC, numbers),
        };
        let whole = |at: usize, default: i64, least: i64, most: i64| {
            numbers
                .get(at)
                .map_or(Some(default), Datum::integer)
                .filter(|number| (least..=most).contains(number))
        };
        if !(3..=6).contains(&numbers.len()) {
            return None;
        }
        let year = whole(0, 0, 1970, 2250)?;
        let month = whole(1, 0, 1, 12)? as u32;
        let day = whole(2, 0, 1, i64::from(days_in_month(year, month)))? as u32;
        let (hour, minute) = (whole(3, 0, 0, 23)?, whole(4, 0, 0, 59)?);
        let second = numbers.get(5).map_or(Some(0.0), Datum::number)?;
        if !(0.0..=60.0).contains(&second) {
            return None;
        }
        let wall = days_of_date(year, month, day) * DAY + hour * 3600 + minute * 60;
        Some(zone.utc_of_wall(self.moment.zones, wall)? as f64 + second)
    }
}

fn part(fun: Fun, local: LocalTime) -> Option<f64> {
    let (year, month, day) = local.date();
    let second_of_day = local.second_of_day();
    let whole = match fun {
        Fun::Year => year,
        Fun::Mon => i64::from(month),
        Fun::Mday => i64::from(day),
        Fun::Wday => local.day_of_week(),
        Fun::Yday => local.day_of_year(),
        Fun::Hour => second_of_day / 3600,
        Fun::Minute => second_of_day / 60 % 60,
        Fun::Sec => return Some((second_of_day % 60) as f64 + local.fraction),
        _ => return None,
    };
    Some(whole as f64)
}

//! Reads and writes spare parts.

use twin::Timestamp;

use crate::calendar::Zone;
use crate::order::event::Money;

use super::runs::money;
use super::sheet::{Wrong, WrongCell, rows};
use super::write::guarded;

const CODE: &str = "code";
const NAME: &str = "name";
const UNIT: &str = "unit";
const ON_HAND: &str = "on_hand";
const LEAD_DAYS: &str = "lead_days";
const PRICE: &str = "price";
const DELIVERIES: &str = "deliveries";
const COLUMNS: [&str; 7] = [CODE, NAME, UNIT, ON_HAND, LEAD_DAYS, PRICE, DELIVERIES];

/// Deliveries of one part.
const MOST_DELIVERIES: usize = 50;

/// A part of a file; none where its cell was empty or its column missing: what is known of it stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartRow {
    /// Its number in the plant.
    pub code: Box<str>,
    /// What it is called.
    pub name: Option<Box<str>>,
    /// In what it is counted, as a UCUM code; `1` for pieces.
    pub unit: Option<Box<str>>,
    /// How many are on the shelf now.
    pub on_hand: Option<f64>,
    /// How long it takes to get more, in days.
    pub lead_days: Option<u32>,
    /// What one costs.
    pub price: Option<Money>,
    /// How many come when.
    pub deliveries: Option<Vec<(Timestamp, f64)>>,
}

/// Reads parts: `code` is needed, and `name`, `unit`, `on_hand`, `lead_days`, `price` (in the currency, with a point)
/// and `deliveries` (`2026-12-04 10; 2026-12-18 5`, or `-` for none any more) where there is something to say. A row
/// with anything wrong is left out and told.
#[must_use]
pub fn read_parts(bytes: &[u8], site: &Zone) -> (Vec<PartRow>, Vec<WrongCell>) {
    rows(bytes, &COLUMNS, &[CODE], site, |cells| {
        let mut number = |column: &'static str, most: f64| {
            let text = cells.text(column)?;
            let value = text.parse().ok().filter(|value| (0.0..=most).contains(value));
            if value.is_none() {
                cells.tell(Some(column), Wrong::NoNumber(text.into()));
            }
            value
        };
        let on_hand = number(ON_HAND, 1e9);
        let lead = number(LEAD_DAYS, 3_660.0);
        let price = cells.text(PRICE).and_then(|text| {
            let value = money(&text);
            if value.is_none() {
                cells.tell(Some(PRICE), Wrong::NoNumber(text.into()));
            }
            value
        });
        let deliveries = cells.text(DELIVERIES).and_then(|text| {
            let all = deliveries(&text, site);
            if all.is_none() {
                cells.tell(Some(DELIVERIES), Wrong::NoTime(text.into()));
            }
            all
        });
        let (name, unit) = (cells.text(NAME), cells.text(UNIT));
        let code = cells.needed(CODE);
        if !cells.is_right() {
            return None;
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be in range"
        )]
        let lead_days = lead.map(|days: f64| days as u32);
        Some(PartRow {
            code: code?,
            name: name.map(String::into_boxed_str),
            unit: unit.map(String::into_boxed_str),
            on_hand,
            lead_days,
            price,
            deliveries,
        })
    })
}

/// `2026-12-04 10; 2026-12-18 5`: at the beginning of these days by the site's calendar.
fn deliveries(text: &str, site: &Zone) -> Option<Vec<(Timestamp, f64)>> {
    if text.trim() == "-" {
        return Some(Vec::new());
    }
    let parts: Vec<&str> = text
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() > MOST_DELIVERIES {
        return None;
    }
    let one = |part: &&str| {
        let (day, count) = part.split_once(' ')?;
        let day: jiff::civil::Date = day.parse().ok()?;
        let count: f64 = count.trim().parse().ok()?;
        let at = site.instant(day.at(0, 0, 0, 0))?;
        (count.is_finite() && count > 0.0).then_some((at, count))
    };
    parts.iter().map(one).collect()
}

/// Parts as [`read_parts`] reads them, all columns.
#[must_use]
pub fn write_parts(parts: &[PartRow], site: &Zone) -> String {
    let mut lines = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // Writing into memory does not fail.
    let mut is_written = lines.write_record(COLUMNS).is_ok();
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for part in parts {
        let deliveries = part.deliveries.iter().flatten();
        let deliveries: Vec<String> = deliveries
            .filter_map(|(at, count)| Some(format!("{} {count}", site.civil(*at)?.date())))
            .collect();
        #[allow(clippy::cast_precision_loss, reason = "an amount of money")]
        let price = part.price.map(|price| price.0 as f64 / 100.0);
        let cells = [
            guarded(&part.code),
            guarded(part.name.as_deref().unwrap_or_default()),
            guarded(part.unit.as_deref().unwrap_or_default()),
            number(part.on_hand),
            part.lead_days.map_or_else(String::new, |days| days.to_string()),
            number(price),
            deliveries.join("; "),
        ];
        is_written &= lines.write_record(cells).is_ok();
    }
    debug_assert!(is_written, "writing into memory");
    let bytes = lines.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_as_they_were_written() {
        let zone = Zone::named("Europe/Paris").unwrap();
        let text = "code,name,unit,on_hand,lead_days,price,deliveries\r\n\
            6205,Bearing,1,4,21,12.5,2026-12-04 10; 2026-12-18 5\r\n'=X,Oil,L,2.5,,,\r\n";
        let (parts, wrong) = read_parts(text.as_bytes(), &zone);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(parts[0].price, Some(Money(1_250)));
        assert_eq!(parts[0].deliveries.as_ref().map(Vec::len), Some(2));
        assert_eq!((&*parts[1].code, parts[1].on_hand), ("=X", Some(2.5)));
        assert_eq!(write_parts(&parts, &zone), text);
    }

    #[test]
    fn a_bad_cell_is_told_with_its_line_and_its_row_left_out() {
        let zone = Zone::named("UTC").unwrap();
        let text = "code,on_hand,deliveries\nA,-1,\nB,2,tomorrow 3\n,1,\nC,1,-\n";
        let (parts, wrong) = read_parts(text.as_bytes(), &zone);
        assert_eq!(parts.len(), 1, "{parts:?}");
        assert_eq!(parts[0].deliveries, Some(Vec::new()));
        let lines: Vec<u64> = wrong.iter().map(|one| one.line).collect();
        assert_eq!(lines, [2, 3, 4]);
    }
}

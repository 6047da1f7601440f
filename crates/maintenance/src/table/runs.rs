//! Reads production plans.

use crate::calendar::{Run, Zone};
use crate::order::event::Money;

use super::sheet::{Wrong, WrongCell, rows};

const LINE: &str = "line";
const ORDER: &str = "order";
const PRODUCT: &str = "product";
const START: &str = "start";
const END: &str = "end";
const HOUR_VALUE: &str = "hour_value";

/// Reads a file of production orders with the columns `line`, `order`, `start` and `end`, which are needed, and
/// `product` and `hour_value` (in the currency, with a point). Gives each with its line as it was written; the edge
/// knows which asset that is. A row with anything wrong is left out and told.
#[must_use]
pub fn read_runs(bytes: &[u8], site: &Zone) -> (Vec<(Box<str>, Run)>, Vec<WrongCell>) {
    let names = [LINE, ORDER, PRODUCT, START, END, HOUR_VALUE];
    rows(bytes, &names, &[LINE, ORDER, START, END], site, |cells| {
        let (line, name) = (cells.needed(LINE), cells.needed(ORDER));
        let product = cells.text(PRODUCT).unwrap_or_default();
        let time = cells.stretch(START, END);
        if cells.is_right() && time.is_none() {
            cells.tell(Some(START), Wrong::Empty);
        }
        let hour = cells.text(HOUR_VALUE).and_then(|text| {
            let value = money(&text);
            if value.is_none() {
                cells.tell(Some(HOUR_VALUE), Wrong::NoNumber(text.into()));
            }
            value
        });
        let run = Run {
            name: name?,
            product: product.into(),
            time: time?,
            hour,
        };
        Some((line?, run))
    })
}

/// An amount of the currency; not below zero.
pub(super) fn money(text: &str) -> Option<Money> {
    let value: f64 = text.parse().ok()?;
    if !(0.0..1e12).contains(&value) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, reason = "checked to be in range")]
    let cents = libm::round(value * 100.0) as i64;
    Some(Money(cents))
}

//! The spare parts that the demo begins with: the same at each site.

use twin::{AssetId, Span, Timestamp};

use super::entry::Entry;

const DAY: i64 = 86_400;

/// A part: code, name, unit, how many there are, lead time in days, price in cents, and the day from now on which so
/// many come.
type Shelf = (
    &'static str,
    &'static str,
    &'static str,
    f64,
    Option<u32>,
    i64,
    Option<(i64, f64)>,
);

const PARTS: [Shelf; 8] = [
    (
        "6205-2RS",
        "Ball bearing 25 × 52 × 15",
        "1",
        4.0,
        Some(5),
        1_240,
        None,
    ),
    (
        "6309-C3",
        "Ball bearing 45 × 100 × 25",
        "1",
        0.0,
        Some(14),
        6_900,
        Some((4, 2.0)),
    ),
    (
        "MS-32",
        "Mechanical seal 32 mm",
        "1",
        1.0,
        Some(21),
        31_500,
        Some((9, 2.0)),
    ),
    ("VB-A56", "V-belt A56", "1", 6.0, Some(3), 1_890, None),
    ("OIL-220", "Gear oil ISO VG 220", "L", 38.5, Some(7), 920, None),
    ("GR-EP2", "Grease EP 2", "kg", 5.0, Some(7), 1_480, None),
    ("FLT-G4", "Filter mat G4", "1", 12.0, Some(10), 2_350, None),
    ("LS-SALT", "Level switch, salt tank", "1", 0.0, None, 18_700, None),
];

/// What is on the shelf of a site, numbered from `first`.
#[must_use]
pub fn entries(site: AssetId, first: u32, now: Timestamp) -> Vec<Entry> {
    let one = |(id, part): (u32, &Shelf)| {
        let (code, name, unit, counted, lead_days, price, comes) = *part;
        let comes = comes.map(|(days, count)| ((now + Span::from_secs(days * DAY)).micros(), count));
        Entry::Part {
            id,
            site: site.get(),
            code: code.to_owned(),
            name: name.to_owned(),
            unit: unit.to_owned(),
            counted,
            at: now.micros(),
            deliveries: comes.into_iter().collect(),
            lead_days,
            price: Some(price),
            is_gone: false,
        }
    };
    (first..).zip(&PARTS).map(one).collect()
}

//! In which unit a value is shown to whom: from the unit as measured and the reader's choice to a factor and an
//! offset. Pure; the browser and every page only multiply and add.

mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use formula::units::{Conversion, Unit};
use twin::{Point, UnitOrigin};
use wire::page::{Measured, Scale, Units};

use table::{Of, Row, SI, US};

/// Digits after the decimal sign at most.
const MOST_DECIMALS: u8 = 6;
/// Numbers are converted back to this many significant digits, so that 68.0 °F is 20 °C and not
/// 19.999999999999996.
const DIGITS: usize = 12;
/// Significant digits of a converted attribute.
const PLATE_DIGITS: usize = 5;
/// Words of a name that say a temperature is the difference of two.
const DIFFERENCES: [&str; 10] = [
    "approach",
    "delta",
    "diff",
    "difference",
    "dt",
    "lift",
    "rise",
    "spread",
    "subcooling",
    "superheat",
];
/// Words of a name that say it is of air or a gas.
const GASES: [&str; 6] = ["air", "exhaust", "flue", "gas", "nitrogen", "vacuum"];

/// A unit to show, and the way to it.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    /// As people write it.
    pub symbol: String,
    pub scale: Scale,
}

struct Entry {
    of: Of,
    measured: Unit,
    shown: Shown,
}

/// Both tables with their factors; a row that UCUM cannot convert is left out, which the tests do not allow.
static ENTRIES: LazyLock<(Vec<Entry>, Vec<Entry>)> = LazyLock::new(|| {
    let entries = |rows: &[Row]| rows.iter().filter_map(entry).collect();
    (entries(SI), entries(US))
});

fn entry((of, measured, shown, symbol): &Row) -> Option<Entry> {
    let (measured, unit) = (Unit::parse(measured).ok()?, Unit::parse(shown).ok()?);
    let (factor, offset) = Conversion::between(&measured, &unit)?.linear()?;
    Some(Entry {
        of: *of,
        measured,
        shown: Shown {
            symbol: (*symbol).to_owned(),
            scale: Scale { factor, offset },
        },
    })
}

/// In what `symbol` is shown, when that is something else; `words` is what is known of its name.
#[must_use]
pub fn shown(units: Units, symbol: &str, words: &str) -> Option<Shown> {
    let entries = match units {
        Units::Measured => return None,
        Units::Si => &ENTRIES.0,
        Units::Us => &ENTRIES.1,
    };
    let measured = met(symbol)?;
    let is_difference = match measured.code() {
        "K" | "[degR]" => true,
        "Cel" | "[degF]" => says(words, &DIFFERENCES),
        _ => false,
    };
    // A difference has no zero to start from: it converts as kelvins do, whatever its unit is called.
    let measured = if is_difference {
        measured.of_difference()?
    } else {
        measured
    };
    let is_gas = says(words, &GASES);
    let fits = |entry: &&Entry| {
        let is_of = match entry.of {
            Of::Any => true,
            Of::Gas => is_gas,
            Of::Difference => is_difference,
        };
        is_of && entry.measured.same(&measured)
    };
    let mut shown = entries.iter().find(fits)?.shown.clone();
    // Gauge and absolute stay what they are.
    for (ending, suffix) in [("(g)", "g"), ("(a)", "a")] {
        if symbol.ends_with(ending) {
            shown.symbol.push_str(suffix);
        }
    }
    Some(shown)
}

/// The way from a unit that a message states to the unit of its property, both as people write them.
#[must_use]
pub fn conversion(from: &str, to: &str) -> twin::Conversion {
    let (Some(from), Some(to)) = (met(from), met(to)) else {
        return twin::Conversion::Unknown;
    };
    // Kelvins are differences here, also those of degrees.
    let from = match to.code() {
        "K" | "[degR]" => from.of_difference().unwrap_or(from),
        _ => from,
    };
    let linear = Conversion::between(&from, &to).and_then(|way| way.linear());
    linear.map_or(twin::Conversion::None, |(factor, offset)| {
        twin::Conversion::Linear(factor, offset)
    })
}

/// Units by the symbols met so far: to read one takes longer than all else here.
static MET: LazyLock<RwLock<BTreeMap<Box<str>, Option<Unit>>>> = LazyLock::new(RwLock::default);
/// Symbols remembered.
const MOST_MET: usize = 1_000;

fn met(symbol: &str) -> Option<Unit> {
    let known = MET.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(unit) = known.get(symbol) {
        return unit.clone();
    }
    drop(known);
    // As `model::symbol` writes thousands.
    let unit = match symbol.strip_prefix("10³ ") {
        Some(of) => learn::unit_from_symbol(&format!("10*3.{}", of.replace('³', "3"))),
        None => learn::unit_from_symbol(symbol),
    };
    let mut known = MET.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() < MOST_MET {
        known.insert(symbol.into(), unit.clone());
    }
    unit
}

fn says(words: &str, wanted: &[&str]) -> bool {
    words.contains('Δ') && wanted.contains(&"delta")
        || words
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)))
}

/// The way from a point's readings to what is shown of them, and the symbol of that.
#[must_use]
pub fn of_point(units: Units, point: &Point) -> Option<(String, Measured)> {
    let unit = point.unit.as_ref().filter(|_| units != Units::Measured)?;
    let property = point.property.as_deref().unwrap_or_default();
    let tag = point.tag();
    // A K read off a name may well be absolute.
    if unit.origin == UnitOrigin::Guessed && &*unit.symbol == "K" {
        return None;
    }
    let shown = shown(units, &unit.symbol, &words(&[&point.name, property, &tag]))?;
    let measured = Measured {
        scale: shown.scale,
        symbol: unit.symbol.to_string(),
        decimals: point.decimals,
    };
    Some((shown.symbol, measured))
}

/// A number of a point in the unit shown, to be compared with others.
#[must_use]
pub fn number(units: Units, point: &Point, value: f64) -> f64 {
    of_point(units, point).map_or(value, |(_, measured)| measured.scale.show(value))
}

/// In what `symbol` is shown for what has these names, when that is something else.
#[must_use]
pub fn shown_of(units: Units, symbol: &str, names: &[&str]) -> Option<Shown> {
    shown(units, symbol, &words(names))
}

/// The symbol of the unit in which `symbol` is shown.
#[must_use]
pub fn symbol(units: Units, symbol: String, names: &[&str]) -> String {
    shown_of(units, &symbol, names).map_or(symbol, |shown| shown.symbol)
}

/// What is known of a name, as words.
fn words(names: &[&str]) -> String {
    names.join(" ").replace('_', " ")
}

/// Digits after the decimal sign that show as much as `decimals` did before.
#[must_use]
pub fn decimals(decimals: u8, factor: f64) -> u8 {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the exponent of a double is below 400"
    )]
    let fewer = factor.abs().log10().floor() as i32;
    u8::try_from(
        i32::from(decimals)
            .saturating_sub(fewer)
            .clamp(0, i32::from(MOST_DECIMALS)),
    )
    .unwrap_or(MOST_DECIMALS)
}

/// What a number in the unit shown is in the unit as measured.
#[must_use]
pub fn back(scale: Scale, value: f64) -> f64 {
    rounded((value - scale.offset) / scale.factor)
}

/// A converted number without the tail that binary fractions leave.
#[must_use]
pub fn rounded(value: f64) -> f64 {
    to_digits(value, DIGITS)
}

/// A converted number as exact as what is written on a name plate.
#[must_use]
pub fn short(value: f64) -> f64 {
    to_digits(value, PLATE_DIGITS)
}

fn to_digits(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits.saturating_sub(1))
        .parse()
        .unwrap_or(value)
}

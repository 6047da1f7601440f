//! Units read off the name of a tag. A guess, and always marked as one.

mod symbol;

use std::borrow::Cow;

use crate::text;

/// Words that stand for a unit wherever they end a tag. Compared without case.
const PLAIN: &[(&str, &str)] = &[
    ("bar", "bar"),
    ("barg", "bar(g)"),
    ("bara", "bar(a)"),
    ("celsius", "°C"),
    ("cm", "cm"),
    ("db", "dB"),
    ("dba", "dB(A)"),
    ("deg", "°"),
    ("degc", "°C"),
    ("degf", "°F"),
    ("fahrenheit", "°F"),
    ("gpm", "gal/min"),
    ("hpa", "hPa"),
    ("hz", "Hz"),
    ("kelvin", "K"),
    ("kg", "kg"),
    ("kgh", "kg/h"),
    ("kgm3", "kg/m³"),
    ("khz", "kHz"),
    ("km", "km"),
    ("knm", "kN·m"),
    ("kpa", "kPa"),
    ("kv", "kV"),
    ("kva", "kVA"),
    ("kvar", "kvar"),
    ("kw", "kW"),
    ("kwh", "kWh"),
    ("lh", "l/h"),
    ("lmin", "l/min"),
    ("lpm", "l/min"),
    ("lps", "l/s"),
    ("lux", "lx"),
    ("ma", "mA"),
    ("mbar", "mbar"),
    ("mgl", "mg/l"),
    ("mm", "mm"),
    ("mms", "mm/s"),
    ("mpa", "MPa"),
    ("ms", "ms"),
    ("m2", "m²"),
    ("m3", "m³"),
    ("m3h", "m³/h"),
    ("m3hr", "m³/h"),
    ("mv", "mV"),
    ("mwh", "MWh"),
    ("ntu", "NTU"),
    ("pa", "Pa"),
    ("pct", "%"),
    ("percent", "%"),
    ("ppb", "ppb"),
    ("ppm", "ppm"),
    ("psi", "psi"),
    ("rpm", "1/min"),
    ("sec", "s"),
    ("secs", "s"),
    ("tc", "°C"),
    ("us", "µs"),
    ("uscm", "µS/cm"),
    ("volt", "V"),
    ("volts", "V"),
    ("watt", "W"),
    ("watts", "W"),
];

/// Single letters, and words whose case decides: only after another word.
const AFTER_A_WORD: &[(&str, &str)] = &[
    ("A", "A"),
    ("C", "°C"),
    ("F", "°F"),
    ("K", "K"),
    ("MW", "MW"),
    ("Nm", "N·m"),
    ("V", "V"),
    ("VA", "VA"),
    ("W", "W"),
    ("Wh", "Wh"),
    ("g", "g"),
    ("h", "h"),
    ("l", "l"),
    ("m", "m"),
    ("mW", "mW"),
    ("min", "min"),
    ("s", "s"),
    ("t", "t"),
];

/// Small letters that mean a unit only after `temp` or `temperature`.
const OF_A_TEMPERATURE: &[(&str, &str)] = &[("c", "°C"), ("f", "°F"), ("k", "K")];

/// Compound units as two words at the end: `m3_h`, `l_min`.
const PAIRS: &[(&str, &str, &str)] = &[
    ("kg", "h", "kg/h"),
    ("kg", "m3", "kg/m³"),
    ("l", "h", "l/h"),
    ("l", "min", "l/min"),
    ("l", "s", "l/s"),
    ("m", "s", "m/s"),
    ("m3", "h", "m³/h"),
    ("m3", "s", "m³/s"),
    ("mg", "l", "mg/l"),
    ("mm", "s", "mm/s"),
    ("us", "cm", "µS/cm"),
];

/// The words of a tag that are its name, and the unit that ends it.
pub(crate) fn apart(tag: &str) -> (Vec<&str>, Option<Cow<'static, str>>) {
    if let Some((name, symbol)) = symbol::split(tag) {
        return (text::words(name), Some(Cow::Owned(symbol)));
    }
    let mut words = text::words(tag);
    let Some((symbol, taken)) = guess(&words) else {
        return (words, None);
    };
    let left = words.len().saturating_sub(taken);
    // A name of one letter says less than one with its unit.
    if words.iter().take(left).map(|word| word.len()).sum::<usize>() >= 2 {
        words.truncate(left);
    }
    (words, Some(Cow::Borrowed(symbol)))
}

/// The unit the last words of a tag name, and how many words that takes.
fn guess(words: &[&str]) -> Option<(&'static str, usize)> {
    let (last, before) = words.split_last()?;
    if let Some(first) = before.last() {
        let is_pair = |pair: &&(&str, &str, &str)| is_word(first, pair.0) && is_word(last, pair.1);
        if let Some(pair) = PAIRS.iter().find(is_pair) {
            return Some((pair.2, 2));
        }
        if let Some((_, symbol)) = OF_A_TEMPERATURE.iter().find(|(word, _)| word == last)
            && first
                .get(..4)
                .is_some_and(|begin| begin.eq_ignore_ascii_case("temp"))
        {
            return Some((symbol, 1));
        }
        if let Some((_, symbol)) = AFTER_A_WORD.iter().find(|(word, _)| word == last) {
            return Some((symbol, 1));
        }
    }
    PLAIN
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(last))
        .map(|(_, symbol)| (*symbol, 1))
}

/// Whether a word is this one, written in plain letters or not: `m³` is `m3`.
fn is_word(word: &str, plain: &str) -> bool {
    let letter = |c| match c {
        '²' => '2',
        '³' => '3',
        'µ' | 'μ' => 'u',
        c => c.to_ascii_lowercase(),
    };
    word.chars().map(letter).eq(plain.chars())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    #[track_caller]
    fn check(tag: &str, expect: Option<&str>) {
        assert_eq!(guess(&words(tag)).map(|(symbol, _)| symbol), expect, "{tag}");
    }

    #[test]
    fn units_are_read_off_names() {
        check("temp_C", Some("°C"));
        check("tC", Some("°C"));
        check("temperature_c", Some("°C"));
        check("Temp f", Some("°F"));
        check("phase_c", None);
        check("length_mm", Some("mm"));
        check("pressure_bar", Some("bar"));
        check("hPa", Some("hPa"));
        check("powerKW", Some("kW"));
        check("tempC", Some("°C"));
        check("illuminance_lux", Some("lx"));
        check("power_kW", Some("kW"));
        check("motor.rpm", Some("1/min"));
        check("level_pct", Some("%"));
        check("flow_m3h", Some("m³/h"));
        check("flow_m3_h", Some("m³/h"));
        check("vibration_mm_s", Some("mm/s"));
        check("runtime_h", Some("h"));
        check("flow_m³_h", Some("m³/h"));
        check("conductivity_µS_cm", Some("µS/cm"));
    }

    #[test]
    fn the_unit_is_no_part_of_the_name() {
        for (tag, name, unit) in [
            ("supply_°C", "Supply", Some("°C")),
            ("supplyTemp [m³/h]", "Supply temp", Some("m³/h")),
            ("pressure_bar", "Pressure", Some("bar")),
            ("t_°C", "T", Some("°C")),
            ("t_C", "T C", Some("°C")),
            ("speed", "Speed", None),
        ] {
            let (words, symbol) = apart(tag);
            assert_eq!(text::name_from_words(&words), name, "{tag}");
            assert_eq!(symbol.as_deref(), unit, "{tag}");
        }
    }

    #[test]
    fn what_is_no_unit_is_not_guessed() {
        check("C", None);
        check("temperature", None);
        check("phase_a", None);
        check("battery", None);
        check("", None);
        check("steam", None);
    }
}

//! From a unit as it is shown to its UCUM code.

use formula::units::Unit;

/// Written forms that UCUM writes differently, beyond those `formula` knows.
const SHOWN: &[(&str, &str)] = &[
    ("NTU", "{NTU}"),
    ("bar(a)", "bar"),
    ("bar(g)", "bar"),
    ("dB(A)", "dB"),
    ("gE", "{gE}"),
    ("kN·m", "kN.m"),
    ("kVA", "kV.A"),
    ("kvar", "kV.A"),
    ("pH", "[pH]"),
    ("rpm", "/min"),
    ("VA", "V.A"),
    ("var", "V.A"),
    ("°dH", "{dH}"),
    ("1/min", "/min"),
    ("l/min", "L/min"),
];

/// The unit of a symbol, as far as UCUM knows it.
#[must_use]
pub fn unit_from_symbol(symbol: &str) -> Option<Unit> {
    let symbol = symbol.trim();
    if let Some((_, code)) = SHOWN.iter().find(|(shown, _)| *shown == symbol) {
        return Unit::parse(code).ok();
    }
    read(symbol).or_else(|| read(&plain(symbol)))
}

/// The code, or the one that was likely meant.
fn read(symbol: &str) -> Option<Unit> {
    match Unit::parse(symbol) {
        Ok(unit) => Some(unit),
        Err((_, help)) => {
            // Another spelling of the same; what is only near may be another unit.
            let help = help?;
            let code = help.strip_prefix("write `")?.strip_suffix('`')?;
            Unit::parse(code).ok()
        }
    }
}

/// Powers and products as UCUM writes them.
fn plain(symbol: &str) -> String {
    let mut plain = String::new();
    for part in symbol.split('/') {
        if !plain.is_empty() {
            plain.push('/');
        }
        let part = part
            .replace('³', "3")
            .replace('²', "2")
            .replace(['·', ' ', '*'], ".");
        let part = part
            .replace(['µ', 'μ'], "u")
            .replace('Ω', "Ohm")
            .replace("Wh", "W.h")
            .replace("°C", "Cel")
            .replace("Ah", "A.h");
        plain.push_str(&part);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_units_have_codes() {
        for (symbol, code) in [
            ("bar", Some("bar")),
            ("°C", Some("Cel")),
            ("m³/h", Some("m3/h")),
            ("m³/s", Some("m3/s")),
            ("kWh", Some("kW.h")),
            ("kWh/m³", Some("kW.h/m3")),
            ("N m", Some("N.m")),
            ("N·m", Some("N.m")),
            ("µS/cm", Some("uS/cm")),
            ("mS/cm", Some("mS/cm")),
            ("mg/L", Some("mg/L")),
            ("rpm", Some("/min")),
            ("%", Some("%")),
            ("kvar", Some("kV.A")),
            ("psi", Some("[psi]")),
            ("t/d", Some("t/d")),
            ("mm/s", Some("mm/s")),
            ("l/min", Some("L/min")),
            ("°F", Some("[degF]")),
            ("°", Some("deg")),
            ("µg/m³", Some("ug/m3")),
            ("W/m²", Some("W/m2")),
            ("m/s²", Some("m/s2")),
            ("MΩ", Some("MOhm")),
            ("µm", Some("um")),
            ("widgets", None),
            ("", None),
        ] {
            let unit = unit_from_symbol(symbol);
            assert_eq!(unit.as_ref().map(Unit::code), code, "{symbol}");
        }
    }
}

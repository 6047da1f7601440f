//! Units written as proper symbols at the end of a name: `supply_°C`, `Flow [m³/h]`, `humidity%`. What no
//! word in plain letters looks like is read by its parts: prefix, unit, power, quotient, product.

/// Signs that no plain word has: with one of them, a word is meant as a unit.
const SIGNS: [char; 8] = ['°', '%', '‰', '²', '³', 'µ', 'Ω', '·'];
/// The longest symbol that is looked at, in bytes.
const MOST_BYTES: usize = 24;

/// Written one way of several.
const ALIKE: [(&str, &str); 10] = [
    ("\u{3bc}", "µ"),
    ("\u{2126}", "Ω"),
    ("℃", "°C"),
    ("℉", "°F"),
    ("⋅", "·"),
    ("*", "·"),
    ("%RH", "%"),
    ("%rH", "%"),
    ("% RH", "%"),
    ("º", "°"),
];
/// Units that take no prefix.
const PLAIN: [&str; 11] = ["°", "°C", "°F", "°dH", "%", "‰", "min", "h", "d", "ppm", "psi"];
/// Units that take one.
const PREFIXED: [&str; 25] = [
    "m", "g", "s", "A", "K", "Hz", "N", "Pa", "J", "W", "Wh", "V", "VA", "var", "Ah", "Ω", "S", "C", "F",
    "l", "L", "mol", "lx", "bar", "t",
];
const PREFIXES: [&str; 9] = ["n", "µ", "m", "c", "d", "h", "k", "M", "G"];

/// The name and the unit that ends it.
pub(crate) fn split(tag: &str) -> Option<(&str, String)> {
    let (name, unit) = find(tag.trim_end())?;
    name.contains(char::is_alphanumeric).then_some((name, unit))
}

fn find(tag: &str) -> Option<(&str, String)> {
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some((name, inside)) = tag.strip_suffix(close).and_then(|rest| rest.rsplit_once(open)) {
            return Some((name, in_brackets(inside.trim())?));
        }
    }
    let apart = tag.rfind(['_', ' ', '.', '-']).map(|at| at + 1);
    let joined = tag.find(['°', '℃', '℉', '%', '‰']);
    let mut ends = [apart, joined].into_iter().flatten();
    ends.find_map(|at| {
        let (name, end) = tag.split_at_checked(at)?;
        Some((name, symbol(end)?))
    })
}

/// Brackets say that a unit is meant: one without a sign will do too, if it is no single letter.
fn in_brackets(text: &str) -> Option<String> {
    symbol(text).or_else(|| {
        let known = text.chars().nth(1).is_some() && (text == "ppm" || text == "psi" || is_product(text));
        known.then(|| text.to_owned())
    })
}

/// The symbol as it is shown, when it is one.
fn symbol(text: &str) -> Option<String> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let mut text = text.to_owned();
    for (from, to) in ALIKE {
        text = text.replace(from, to);
    }
    (text.contains(SIGNS) && is_product(&text)).then_some(text)
}

/// Factors over factors.
fn is_product(text: &str) -> bool {
    let mut parts = text.split('/');
    let above = parts.next().unwrap_or_default();
    let below: Vec<&str> = parts.collect();
    let factors = |part: &str| part.split('·').all(is_factor);
    (factors(above) || (above == "1" && !below.is_empty()))
        && below.len() <= 2
        && below.into_iter().all(factors)
}

/// A unit with its prefix and power.
fn is_factor(factor: &str) -> bool {
    let base = factor.trim_end_matches(['²', '³']);
    if factor.len() - base.len() > '²'.len_utf8() {
        return false;
    }
    let has_prefix = || PREFIXES.iter().filter_map(|prefix| base.strip_prefix(prefix));
    PLAIN.contains(&base) || PREFIXED.contains(&base) || has_prefix().any(|base| PREFIXED.contains(&base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proper_symbols_are_read_off_the_end() {
        for (tag, name, unit) in [
            ("supply_°C", "supply_", "°C"),
            ("supply °C", "supply ", "°C"),
            ("supply.°C", "supply.", "°C"),
            ("supply-°F", "supply-", "°F"),
            ("supply℃", "supply", "°C"),
            ("supply_℃", "supply_", "°C"),
            ("Temp°C", "Temp", "°C"),
            ("Temp [°C]", "Temp ", "°C"),
            ("Temp(°C)", "Temp", "°C"),
            ("angle_°", "angle_", "°"),
            ("humidity_%", "humidity_", "%"),
            ("humidity%", "humidity", "%"),
            ("humidity_%RH", "humidity_", "%"),
            ("salinity_‰", "salinity_", "‰"),
            ("hardness_°dH", "hardness_", "°dH"),
            ("volume_m³", "volume_", "m³"),
            ("area_m²", "area_", "m²"),
            ("flow_m³/h", "flow_", "m³/h"),
            ("density_kg/m³", "density_", "kg/m³"),
            ("dust_µg/m³", "dust_", "µg/m³"),
            ("dust_\u{3bc}g/m³", "dust_", "µg/m³"),
            ("conductivity_µS/cm", "conductivity_", "µS/cm"),
            ("acceleration_m/s²", "acceleration_", "m/s²"),
            ("radiation_W/m²", "radiation_", "W/m²"),
            ("transfer_W/m²·K", "transfer_", "W/m²·K"),
            ("torque_N·m", "torque_", "N·m"),
            ("torque_kN*m", "torque_", "kN·m"),
            ("insulation_MΩ", "insulation_", "MΩ"),
            ("thickness_µm", "thickness_", "µm"),
            ("ramp_°C/min", "ramp_", "°C/min"),
            ("specific_kWh/m³", "specific_", "kWh/m³"),
            ("Power (kW)", "Power ", "kW"),
            ("Vibration [mm/s]", "Vibration ", "mm/s"),
            ("Concentration [ppm]", "Concentration ", "ppm"),
        ] {
            assert_eq!(split(tag), Some((name, unit.to_owned())), "{tag}");
        }
    }

    #[test]
    fn what_is_no_symbol_stays_a_name() {
        for tag in [
            "",
            "°C",
            "_°C",
            "%",
            "m³",
            "temperature",
            "phase (A)",
            "values[0]",
            "Pump [north]",
            "load_%_max",
            "cost_€/m³",
            "width_m³³",
            "x_²",
            "x_/m³",
            "x_m³/",
            "50%_level",
            "flow_m3_h",
            "a_°°C",
            "100 % sure",
        ] {
            assert_eq!(split(tag), None, "{tag}");
        }
        assert_eq!(split(&format!("x_{}", "µ".repeat(10_000))), None);
    }
}

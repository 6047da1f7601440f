//! Units as people write them: UCUM codes are for machines (`m3/h` is shown as m³/h, `Cel` as °C).

/// Atoms that are written otherwise than their code.
const ATOMS: [(&str, &str); 32] = [
    ("Cel", "°C"),
    ("[degF]", "°F"),
    ("[degR]", "°R"),
    ("deg", "°"),
    ("Ohm", "Ω"),
    ("[ppm]", "ppm"),
    ("[ppb]", "ppb"),
    ("[pH]", "pH"),
    ("[psi]", "psi"),
    ("[in_i]", "in"),
    ("[ft_i]", "ft"),
    ("[yd_i]", "yd"),
    ("[mi_i]", "mi"),
    ("[gal_us]", "gal"),
    ("[lb_av]", "lb"),
    ("[lbf_av]", "lbf"),
    ("[oz_av]", "oz"),
    ("[ton_us]", "ton"),
    ("[HP]", "hp"),
    ("[Btu_IT]", "Btu"),
    ("[Btu]", "Btu"),
    ("m[H2O]", "mH₂O"),
    ("m[Hg]", "mHg"),
    ("[in_i'H2O]", "inH₂O"),
    ("[in_i'Hg]", "inHg"),
    ("[g]", "g₀"),
    ("[kn_i]", "kn"),
    ("[cfm]", "cfm"),
    ("u", "u"),
    ("a", "a"),
    ("wk", "wk"),
    ("mo", "mo"),
];

/// A UCUM code as people write it.
#[must_use]
pub fn symbol(code: &str) -> String {
    let mut out = String::with_capacity(code.len() + 4);
    let mut rest = code;
    if rest.starts_with('/') {
        out.push('1');
    }
    while let Some(first) = rest.chars().next() {
        match first {
            '/' | '(' | ')' => out.push(first),
            // What a power of ten multiplies stands apart from it.
            '.' => out.push(if ends_in_power(&out) { ' ' } else { '·' }),
            _ => {
                let (atom, after) = term(rest);
                out.push_str(&shown(atom));
                rest = after;
                continue;
            }
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    out
}

fn ends_in_power(text: &str) -> bool {
    text.starts_with("10")
        && text
            .chars()
            .last()
            .is_some_and(|last| SUPERSCRIPTS.contains(&last))
}

/// Up to the next operator outside of brackets.
fn term(code: &str) -> (&str, &str) {
    let mut depth = 0_u32;
    for (at, c) in code.char_indices() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '.' | '/' | '(' | ')' if depth == 0 => return code.split_at(at),
            _ => {}
        }
    }
    (code, "")
}

fn shown(term: &str) -> String {
    // An annotation says what is counted; beside a unit it says nothing about the size.
    if let Some(inside) = term.strip_prefix('{').and_then(|term| term.strip_suffix('}')) {
        return match inside {
            "dH" => "°dH".to_owned(),
            "gE" => "g".to_owned(),
            other => other.to_owned(),
        };
    }
    let term = term.split('{').next().unwrap_or(term);
    if let Some(power) = term.strip_prefix("10*").or_else(|| term.strip_prefix("10^")) {
        return format!("10{}", raised(power));
    }
    let digits = term
        .rfind(|c: char| !(c.is_ascii_digit() || c == '-' || c == '+'))
        .map_or(0, |at| {
            at + term
                .get(at..)
                .and_then(|t| t.chars().next())
                .map_or(1, char::len_utf8)
        });
    let (atom, power) = term.split_at(digits);
    if atom.is_empty() {
        return term.to_owned();
    }
    format!("{}{}", atom_shown(atom), raised(power))
}

fn atom_shown(atom: &str) -> String {
    if let Some((_, shown)) = ATOMS.iter().find(|(code, _)| *code == atom) {
        return (*shown).to_owned();
    }
    // A prefix before a bracket: `k[Btu_IT]`; micro is a `u`.
    for (code, shown) in ATOMS {
        if let Some(prefix) = atom
            .strip_suffix(code)
            .filter(|prefix| is_prefix(prefix) && code.len() > 2)
        {
            return format!("{}{shown}", micro(prefix));
        }
    }
    match atom.strip_prefix('u') {
        Some(rest) if !rest.is_empty() => format!("µ{rest}"),
        _ => atom.to_owned(),
    }
}

fn is_prefix(text: &str) -> bool {
    ["u", "m", "c", "d", "h", "k", "M", "G", "n"].contains(&text)
}

fn micro(prefix: &str) -> &str {
    if prefix == "u" { "µ" } else { prefix }
}

const SUPERSCRIPTS: [char; 11] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '⁻'];

fn raised(power: &str) -> String {
    let raise = |c: char| match c {
        '-' => Some('⁻'),
        _ => SUPERSCRIPTS.get(c.to_digit(10)? as usize).copied(),
    };
    power.chars().filter_map(raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_as_people_write_them() {
        for (code, expect) in [
            ("m3/h", "m³/h"),
            ("Cel", "°C"),
            ("K", "K"),
            ("%", "%"),
            ("10*3.m3/h", "10³ m³/h"),
            ("10*3/h", "10³/h"),
            ("/min", "1/min"),
            ("kW.h/m3", "kW·h/m³"),
            ("kV.A", "kV·A"),
            ("[ppm]", "ppm"),
            ("ug/L", "µg/L"),
            ("uS/cm", "µS/cm"),
            ("L/(m2.h)", "L/(m²·h)"),
            ("{NTU}", "NTU"),
            ("{dH}", "°dH"),
            ("W/(m3/s)", "W/(m³/s)"),
            ("kW/(m3/min)", "kW/(m³/min)"),
            ("m.s-2", "m·s⁻²"),
            ("kg{dry}/h", "kg/h"),
            ("[psi]", "psi"),
            ("k[Btu_IT]", "kBtu"),
            ("mbar", "mbar"),
            ("N.m", "N·m"),
            ("1", "1"),
            ("", ""),
            ("m[H2O]", "mH₂O"),
            ("min", "min"),
            ("a", "a"),
            ("µ", "µ"),
        ] {
            assert_eq!(symbol(code), expect, "{code}");
        }
    }
}

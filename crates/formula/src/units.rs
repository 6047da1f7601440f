//! Units by their UCUM codes: what they measure, whether two agree, how to convert.
//!
//! The tables and the arithmetic are those of `octofhir-ucum` (docs/decisions/0005). Formulas take
//! UCUM codes only; the written forms people know are answered with the code they mean.

use std::sync::Arc;

use octofhir_ucum::{
    AdvancedConversionContext, Dimension, EvalResult, Number, convert_with_context, evaluate,
    parse_expression,
};

/// Bytes of a unit's code.
const MAX_CODE: usize = 64;

/// A unit.
#[derive(Clone, PartialEq, Debug)]
pub struct Unit {
    code: Arc<str>,
    meaning: EvalResult,
}

/// Written forms met on drawings and in tags, and their UCUM codes.
const WRITTEN: &[(&str, &str)] = &[
    ("%rh", "%"),
    ("1/min", "/min"),
    ("bar(a)", "bar"),
    ("bar(g)", "bar"),
    ("barg", "bar"),
    ("c", "Cel"),
    ("celsius", "Cel"),
    ("cfm", "[cft_i]/min"),
    ("degc", "Cel"),
    ("degf", "[degF]"),
    ("f", "[degF]"),
    ("ft", "[ft_i]"),
    ("gal", "[gal_us]"),
    ("gpm", "[gal_us]/min"),
    ("hp", "[HP]"),
    ("in", "[in_i]"),
    ("kwh", "kW.h"),
    ("lb", "[lb_av]"),
    ("m3/hr", "m3/h"),
    ("mwh", "MW.h"),
    ("nm", "N.m"),
    ("ohm", "Ohm"),
    ("ppb", "[ppb]"),
    ("ppm", "[ppm]"),
    ("psi", "[psi]"),
    ("rpm", "/min"),
    ("sec", "s"),
    ("wh", "W.h"),
    ("°", "deg"),
    ("°c", "Cel"),
    ("°f", "[degF]"),
    ("µm", "um"),
    ("µs/cm", "uS/cm"),
    ("m²", "m2"),
    ("m³", "m3"),
    ("m³/h", "m3/h"),
    ("kg/m³", "kg/m3"),
    ("n·m", "N.m"),
    ("ω", "Ohm"),
];

/// Codes that are met most, for those that were nearly written.
const COMMON: [&str; 46] = [
    "A", "Cel", "GJ", "Hz", "J", "K", "L", "MJ", "MPa", "MW", "N", "Ohm", "Pa", "V", "W", "bar", "cm", "d",
    "g", "h", "hPa", "kA", "kHz", "kJ", "kN", "kPa", "kV", "kW", "kg", "km", "m", "mA", "mL", "mV", "mbar",
    "mg", "min", "mm", "mol", "ms", "rad", "s", "t", "uS", "um", "lx",
];

/// The code that was likely meant: the whole as people write it, or each of its parts; with parts that
/// are only nearly right where `guess` is set.
fn meant(written: &str, guess: bool) -> Option<String> {
    if let Some(code) = as_written(written) {
        return Some(code.to_owned());
    }
    let plain = written.replace(['·', '*'], ".").replace('^', "");
    let plain = plain
        .replace('²', "2")
        .replace('³', "3")
        .replace(['µ', 'μ'], "u")
        .replace('Ω', "Ohm");
    let mut code = String::new();
    for part in plain.split_inclusive(['.', '/']) {
        let end = part.trim_end_matches(['.', '/']);
        let atom = end.trim_end_matches(|c: char| c.is_ascii_digit());
        let power = end.get(atom.len()..).unwrap_or_default();
        let known = |code: &str| Unit::of_code(code).is_some();
        let atom = match atom {
            "" => "",
            atom if known(atom) => atom,
            // Of two letters any other two are near.
            atom => as_written(atom).or_else(|| {
                crate::nearest(atom, COMMON.into_iter()).filter(|_| guess && atom.chars().count() > 2)
            })?,
        };
        // What is below the line stays there as a whole.
        if code.ends_with('/') && atom.contains(['.', '/']) {
            code.push_str(&format!("({atom}){power}"));
        } else {
            code.push_str(&format!("{atom}{power}"));
        }
        code.push_str(part.get(end.len()..).unwrap_or_default());
    }
    (code != written && Unit::of_code(&code).is_some()).then_some(code)
}

fn as_written(text: &str) -> Option<&'static str> {
    let wanted = text.to_lowercase();
    let known = WRITTEN.iter().find(|(written, _)| *written == wanted);
    known.map(|(_, code)| *code)
}

impl Unit {
    /// The unit of a UCUM code, or what is wrong with it and the code that was likely meant.
    pub fn parse(code: &str) -> Result<Self, (String, Option<String>)> {
        let meant = || {
            let meant = meant(code, false).map(|code| format!("write `{code}`"));
            meant.or_else(|| Some(format!("did you mean `{}`?", self::meant(code, true)?)))
        };
        if code.len() > MAX_CODE {
            return Err((format!("the unit is longer than {MAX_CODE} bytes"), None));
        }
        Self::of_code(code).ok_or_else(|| (format!("`{code}` is not a UCUM code"), meant()))
    }

    fn of_code(code: &str) -> Option<Self> {
        let expr = parse_expression(code).ok()?;
        let meaning = evaluate(&expr).ok()?;
        Some(Self {
            code: Arc::from(code),
            meaning,
        })
    }

    /// Its UCUM code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether a number in one of them can be had in the other.
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        self.meaning.is_commensurable(&other.meaning)
    }

    /// Whether the same number means the same in both.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.meaning == other.meaning
    }

    /// Whether it is a pure number: a count, a share.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.meaning.is_scalar()
    }

    /// Whether numbers in it do not start at zero (°C) or are not linear (pH, dB): no product and
    /// no power of them means anything.
    #[must_use]
    pub fn is_special(&self) -> bool {
        self.meaning.special.is_some()
    }

    /// Whether it is an angle that is not the radian.
    pub(crate) fn is_angle(&self) -> bool {
        let radian = Dimension([0, 0, 0, 1, 0, 0, 0]);
        self.meaning.dim == radian && self.meaning.special.is_none()
    }

    /// The unit of the difference of two numbers in it.
    #[must_use]
    pub fn of_difference(&self) -> Option<Self> {
        match self.code() {
            _ if !self.is_special() => Some(self.clone()),
            "Cel" => Self::of_code("K"),
            "[degF]" => Self::of_code("[degR]"),
            _ => None,
        }
    }

    /// The unit of a product.
    pub(crate) fn times(&self, other: &Self) -> Option<Self> {
        match (self.code(), other.code()) {
            ("1", _) => Some(other.clone()),
            (_, "1") => Some(self.clone()),
            (a, b) => Self::combined(&format!("{a}.{}", grouped(b))),
        }
    }

    /// The unit of a quotient.
    pub(crate) fn over(&self, other: &Self) -> Option<Self> {
        match (self.code(), other.code()) {
            (_, "1") => Some(self.clone()),
            (a, b) if a == b && !self.is_special() => Self::of_code("1"),
            ("1", b) => Self::combined(&format!("/{}", grouped(b))),
            (a, b) => Self::combined(&format!("{a}/{}", grouped(b))),
        }
    }

    /// The unit of a power.
    pub(crate) fn power(&self, exponent: i64) -> Option<Self> {
        match exponent {
            0 => Self::of_code("1"),
            1 => Some(self.clone()),
            2..=9 => (1..exponent).try_fold(self.clone(), |power, _| power.times(self)),
            -9..=-1 => Self::of_code("1")?.over(&self.power(-exponent)?),
            _ => None,
        }
    }

    fn combined(code: &str) -> Option<Self> {
        Self::of_code(code).filter(|_| code.len() <= MAX_CODE)
    }
}

/// In brackets where the operator before it would bind to a part of it only; UCUM reads from the
/// left.
fn grouped(code: &str) -> String {
    if code.contains(['.', '/']) {
        format!("({code})")
    } else {
        code.to_owned()
    }
}

/// How to turn numbers in one unit into numbers in another.
#[derive(Clone, PartialEq, Debug)]
pub struct Conversion {
    kind: Kind,
}

#[derive(Clone, PartialEq, Debug)]
enum Kind {
    Same,
    /// `value × factor + offset`, in decimals, so that 1.1 bar is 110 kPa.
    Linear(Number, Number),
    /// Through the functions of logarithmic units.
    Curve(Arc<str>, Arc<str>),
}

impl Conversion {
    /// None when the two measure different things.
    #[must_use]
    pub fn between(from: &Unit, to: &Unit) -> Option<Self> {
        if !from.agrees(to) {
            return None;
        }
        if from.same(to) {
            return Some(Self { kind: Kind::Same });
        }
        let probe =
            convert_with_context(1.0, from.code(), to.code(), &AdvancedConversionContext::default()).ok();
        let linear = probe.and_then(|probe| Some((probe.factor?, probe.offset?)));
        Some(Self {
            kind: linear.map_or_else(
                || Kind::Curve(Arc::clone(&from.code), Arc::clone(&to.code)),
                |(factor, offset)| Kind::Linear(factor, offset),
            ),
        })
    }

    /// Factor and offset, `value × factor + offset`; none for logarithmic units.
    #[must_use]
    pub fn linear(&self) -> Option<(f64, f64)> {
        match &self.kind {
            Kind::Same => Some((1.0, 0.0)),
            Kind::Linear(factor, offset) => Some((factor.to_f64(), offset.to_f64())),
            Kind::Curve(..) => None,
        }
    }

    /// The number in the other unit; none where it has no answer there.
    #[must_use]
    pub fn apply(&self, value: f64) -> Option<f64> {
        match &self.kind {
            Kind::Same => Some(value),
            Kind::Linear(factor, offset) => Number::from_f64(value)
                .and_then(|value| value.checked_mul(*factor)?.checked_add(*offset))
                .map(Number::to_f64),
            Kind::Curve(from, to) => octofhir_ucum::convert(value, from, to).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str) -> Unit {
        Unit::parse(code).unwrap()
    }

    #[test]
    fn conversions_give_the_numbers_of_the_tables() {
        // Factors of NIST SP 811, appendix B.8.
        for (value, from, to, expect) in [
            (3.2, "bar", "kPa", 320.0),
            (1.1, "bar", "kPa", 110.0),
            (100.0, "Cel", "[degF]", 212.0),
            (20.0, "Cel", "K", 293.15),
            (1.0, "[psi]", "kPa", 6.894757293168362),
            (1.0, "[gal_us]/min", "L/min", 3.785411784),
            (3.6, "km/h", "m/s", 1.0),
            (1.0, "kW.h", "MJ", 3.6),
            (1500.0, "/min", "Hz", 25.0),
            (50.0, "%", "1", 0.5),
            (7.0, "[pH]", "mol/L", 1e-7),
        ] {
            let got = Conversion::between(&unit(from), &unit(to))
                .and_then(|conversion| conversion.apply(value))
                .unwrap();
            assert!(
                (got - expect).abs() <= 1e-15 * expect.abs(),
                "{value} {from} is {got} {to}"
            );
        }
        assert_eq!(Conversion::between(&unit("bar"), &unit("Cel")), None);
    }

    #[test]
    fn written_forms_are_answered_with_their_code() {
        for (written, help) in [
            ("psi", "write `[psi]`"),
            ("°C", "write `Cel`"),
            ("m³/h", "write `m3/h`"),
            ("m^3/h", "write `m3/h`"),
            ("barr", "did you mean `bar`?"),
            ("µg/m³", "write `ug/m3`"),
            ("kWh/m³", "write `kW.h/m3`"),
            ("m3/kWh", "write `m3/(kW.h)`"),
            ("N·mm^2", "write `N.mm2`"),
            ("l/sec", "write `l/s`"),
        ] {
            assert_eq!(
                Unit::parse(written).unwrap_err().1.as_deref(),
                Some(help),
                "{written}"
            );
        }
        for far in ["qwerty", "", "/", "xy", "bananas/h"] {
            assert_eq!(Unit::parse(far).err().and_then(|(_, help)| help), None, "{far}");
        }
        for code in COMMON {
            assert!(Unit::parse(code).is_ok(), "{code}");
        }
        for (written, code) in WRITTEN {
            assert!(Unit::parse(code).is_ok(), "{written} is answered with {code}");
        }
    }

    #[test]
    fn products_and_powers_compose() {
        assert!(unit("kW").times(&unit("h")).unwrap().same(&unit("kW.h")));
        assert!(unit("kW.h").over(&unit("m3")).unwrap().agrees(&unit("J/m3")));
        assert!(unit("m").power(3).unwrap().same(&unit("m3")));
        assert!(unit("s").power(-1).unwrap().same(&unit("Hz")));
        assert_eq!(unit("Cel").of_difference().unwrap().code(), "K");
        assert!(unit("[pH]").of_difference().is_none());
    }
}

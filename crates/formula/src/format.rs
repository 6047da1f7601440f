//! Formats in the manner of Java's `String.format`, which SiteWise follows: `%.2f`, `%d`, `%s`.

use crate::value::{Datum, MAX_TEXT};

/// A format, read once when the formula is checked.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Pattern {
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Debug)]
enum Piece {
    Text(String),
    Place(Place),
}

#[derive(Clone, PartialEq, Debug)]
struct Place {
    argument: usize,
    left: bool,
    plus: bool,
    space: bool,
    zeros: bool,
    grouped: bool,
    upper: bool,
    width: usize,
    precision: Option<usize>,
    conversion: Conversion,
}

/// What a place makes of its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Conversion {
    Decimal,
    Hex,
    Octal,
    Fixed,
    Scientific,
    General,
    Text,
    Truth,
    /// One character, also by its Unicode number.
    Character,
    /// Java's `hashCode`, in hexadecimal digits.
    Hash,
}

impl Conversion {
    pub fn is_numeric(self) -> bool {
        !matches!(self, Self::Text | Self::Truth | Self::Character | Self::Hash)
    }

    pub fn letter(self) -> char {
        match self {
            Self::Decimal => 'd',
            Self::Hex => 'x',
            Self::Octal => 'o',
            Self::Fixed => 'f',
            Self::Scientific => 'e',
            Self::General => 'g',
            Self::Text => 's',
            Self::Truth => 'b',
            Self::Character => 'c',
            Self::Hash => 'h',
        }
    }
}

/// Digits after the point, and characters of a field.
const MAX_WIDTH: usize = 100;

impl Pattern {
    /// The short form after a colon: `f`, `.2f`, or a whole pattern.
    pub fn of_one(format: &str) -> Result<Self, String> {
        if format.contains('%') {
            Self::parse(format)
        } else {
            Self::parse(&format!("%{format}"))
        }
    }

    /// A whole pattern.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut rest, mut next) = (Vec::new(), text, 0);
        while let Some((before, after)) = rest.split_once('%') {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let letter_at = after
                .find(|c: char| c.is_alphabetic() || c == '%')
                .ok_or_else(|| "`%` without a letter that says how to write the value".to_owned())?;
            let (head, tail) = after.split_at(letter_at);
            let mut chars = tail.chars();
            match chars.next().unwrap_or('%') {
                '%' => pieces.push(Piece::Text("%".to_owned())),
                'n' => pieces.push(Piece::Text("\n".to_owned())),
                letter => pieces.push(Piece::Place(place(head, letter, &mut next)?)),
            }
            rest = chars.as_str();
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// The values it takes and what becomes of each.
    pub fn arguments(&self) -> impl Iterator<Item = (usize, Conversion)> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Place(place) => Some((place.argument, place.conversion)),
        })
    }

    /// The text; none when a value does not go where it stands.
    pub fn fill(&self, values: &[Datum]) -> Datum {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Place(place) => {
                    let Some(written) = values.get(place.argument).and_then(|value| place.write(value))
                    else {
                        return Datum::None;
                    };
                    text.push_str(&written);
                }
            }
            if text.len() > 4 * MAX_TEXT {
                return Datum::None;
            }
        }
        Datum::text(&text)
    }
}

/// `[argument$][flags][width][.precision]letter`
fn place(head: &str, letter: char, next: &mut usize) -> Result<Place, String> {
    let wrong = || format!("`%{head}{letter}` is no format");
    let (argument, head) = match head.split_once('$') {
        Some((number, head)) => (number.parse::<usize>().ok().and_then(|n| n.checked_sub(1)), head),
        None => {
            *next += 1;
            (Some(*next - 1), head)
        }
    };
    let argument = argument.filter(|n| *n < 64).ok_or_else(wrong)?;
    let flags_end = head.find(|c: char| !"-+ 0,#(".contains(c)).unwrap_or(head.len());
    let (flags, sizes) = head.split_at(flags_end);
    let (width, precision) = sizes
        .split_once('.')
        .map_or((sizes, None), |(width, precision)| (width, Some(precision)));
    let size = |text: &str| {
        text.parse::<usize>()
            .ok()
            .filter(|size| *size <= MAX_WIDTH)
            .ok_or_else(wrong)
    };
    let conversion = match letter.to_ascii_lowercase() {
        'd' => Conversion::Decimal,
        'x' => Conversion::Hex,
        'o' => Conversion::Octal,
        'f' => Conversion::Fixed,
        'e' => Conversion::Scientific,
        'g' => Conversion::General,
        's' => Conversion::Text,
        'b' => Conversion::Truth,
        'c' if precision.is_none() => Conversion::Character,
        'h' => Conversion::Hash,
        _ => return Err(wrong()),
    };
    Ok(Place {
        argument,
        left: flags.contains('-'),
        plus: flags.contains('+'),
        space: flags.contains(' '),
        zeros: flags.contains('0'),
        grouped: flags.contains(','),
        upper: letter.is_uppercase(),
        width: if width.is_empty() { 0 } else { size(width)? },
        precision: precision.map(size).transpose()?,
        conversion,
    })
}

impl Place {
    fn write(&self, value: &Datum) -> Option<String> {
        let text = match self.conversion {
            Conversion::Text => {
                let text = value.written()?;
                match self.precision {
                    Some(most) => text.chars().take(most).collect(),
                    None => text,
                }
            }
            Conversion::Truth => {
                let is_known = *value != Datum::None && value.number().is_none_or(f64::is_finite);
                is_known.then(|| value.holds())?.to_string()
            }
            Conversion::Character => character(value)?.to_string(),
            Conversion::Hash => {
                let hash = format!("{:x}", hash(value)?);
                hash.chars().take(self.precision.unwrap_or(hash.len())).collect()
            }
            _ => return self.number(value),
        };
        Some(self.finish(text))
    }

    fn number(&self, value: &Datum) -> Option<String> {
        let number = value.number().filter(|number| number.is_finite())?;
        let digits = match self.conversion {
            Conversion::Decimal => value.integer()?.unsigned_abs().to_string(),
            Conversion::Hex => format!("{:x}", value.integer()?),
            Conversion::Octal => format!("{:o}", value.integer()?),
            Conversion::Fixed => fixed(number.abs(), self.precision.unwrap_or(6)),
            Conversion::Scientific => scientific(number.abs(), self.precision.unwrap_or(6)),
            _ => general(number.abs(), self.precision.unwrap_or(6).max(1)),
        };
        let digits = if self.grouped { grouped(&digits) } else { digits };
        let signed = !matches!(self.conversion, Conversion::Hex | Conversion::Octal);
        let sign = match () {
            () if signed && number < 0.0 => "-",
            () if self.plus => "+",
            () if self.space => " ",
            () => "",
        };
        let missing = self
            .width
            .saturating_sub(sign.len() + digits.len())
            .min(MAX_WIDTH);
        let zeros = if self.zeros && !self.left { missing } else { 0 };
        Some(self.finish(format!("{sign}{}{digits}", "0".repeat(zeros))))
    }

    fn finish(&self, text: String) -> String {
        let text = if self.upper { text.to_uppercase() } else { text };
        let width = self.width;
        if self.left {
            format!("{text:<width$}")
        } else {
            format!("{text:>width$}")
        }
    }
}

/// The one character of a text, or that of a Unicode number.
fn character(value: &Datum) -> Option<char> {
    match value {
        Datum::Text(text) => {
            let mut letters = text.chars();
            letters.next().filter(|_| letters.next().is_none())
        }
        value => char::from_u32(u32::try_from(value.integer()?).ok()?),
    }
}

/// What Java's `String.hashCode`, `Integer.hashCode` and `Double.hashCode` give.
fn hash(value: &Datum) -> Option<u32> {
    match value {
        Datum::Number(number) if !number.is_finite() => None,
        Datum::Number(number) => match value.integer().map(i32::try_from) {
            Some(Ok(whole)) => Some(whole as u32),
            _ => {
                let bits = number.to_bits();
                Some((bits ^ (bits >> 32)) as u32)
            }
        },
        Datum::Text(text) => Some(text.encode_utf16().fold(0, |hash: u32, unit| {
            hash.wrapping_mul(31).wrapping_add(u32::from(unit))
        })),
        Datum::None | Datum::List(_) | Datum::Local(_) => None,
    }
}

/// Shortest decimal digits of a number and the power of ten of the first.
fn digits_of(number: f64) -> (Vec<u8>, i32) {
    let written = format!("{number:e}");
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let digits = digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| digit - b'0')
        .collect();
    (digits, exponent.parse().unwrap_or_default())
}

/// The first `keep` digits, half rounded up as Java does; whether a digit was carried out in front.
fn rounded(mut digits: Vec<u8>, keep: usize) -> (Vec<u8>, bool) {
    let up = digits.get(keep).is_some_and(|digit| *digit >= 5);
    digits.resize(keep, 0);
    if !up {
        return (digits, false);
    }
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return (digits, false);
        }
        *digit = 0;
    }
    digits.insert(0, 1);
    (digits, true)
}

fn written(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

/// With so many digits after the point.
fn fixed(number: f64, places: usize) -> String {
    let (digits, exponent) = digits_of(number);
    let before = i64::from(exponent) + 1;
    let keep = before + places as i64;
    let all = if keep < 0 {
        vec![0; places + 1]
    } else {
        // Zeros in front, so that there is a digit before the point.
        let lead = usize::try_from(1 - before).unwrap_or_default();
        let mut padded = vec![0; lead];
        padded.extend(digits);
        rounded(padded, keep as usize + lead).0
    };
    let point = all.len() - places.min(all.len());
    let (whole, part) = all.split_at(point);
    if part.is_empty() {
        written(whole)
    } else {
        format!("{}.{}", written(whole), written(part))
    }
}

/// `1.234560e+01`
fn scientific(number: f64, places: usize) -> String {
    let (digits, exponent) = digits_of(number);
    let (mut digits, carried) = rounded(digits, places + 1);
    digits.truncate(places + 1);
    let exponent = exponent + i32::from(carried);
    let (first, part) = digits.split_at(1);
    let point = if part.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{}{point}{}e{sign}{:02}",
        written(first),
        written(part),
        exponent.unsigned_abs()
    )
}

/// Java's `%g`: so many significant digits, with an exponent below 1e-4 and from 10^precision.
fn general(number: f64, precision: usize) -> String {
    let (digits, exponent) = digits_of(number);
    let (_, carried) = rounded(digits, precision);
    let exponent = exponent + i32::from(carried);
    if number != 0.0 && (exponent < -4 || exponent >= precision as i32) {
        return scientific(number, precision - 1);
    }
    let places = precision as i32 - 1 - if number == 0.0 { 0 } else { exponent };
    fixed(number, usize::try_from(places).unwrap_or_default())
}

/// With commas between thousands.
fn grouped(digits: &str) -> String {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if part.is_empty() {
        text
    } else {
        format!("{text}.{part}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_java_writes_them() {
        for (format, number, expect) in [
            ("d", 101.0, Some("101")),
            ("d", 1.5, None),
            ("f", 3.0, Some("3.000000")),
            (".2f", 1.005, Some("1.01")),
            (".1f", 0.25, Some("0.3")),
            (".0f", 0.5, Some("1")),
            (".2f", 9.999, Some("10.00")),
            (".2f", 0.001, Some("0.00")),
            (".3f", 0.0004999, Some("0.000")),
            (".3f", -0.0005, Some("-0.001")),
            ("8.2f", 3.25, Some("    3.25")),
            ("-8.2f|", 3.25, Some("3.25    |")),
            ("08.2f", -3.25, Some("-0003.25")),
            ("+d", 5.0, Some("+5")),
            (",d", 1_234_567.0, Some("1,234,567")),
            (",.1f", 123_456.75, Some("123,456.8")),
            ("e", 12.3456, Some("1.234560e+01")),
            (".2E", 0.000_99, Some("9.90E-04")),
            (".0e", 9.5, Some("1e+01")),
            ("g", 0.0001, Some("0.000100000")),
            ("g", 1_000_000.0, Some("1.00000e+06")),
            ("g", 0.0, Some("0.00000")),
            ("x", 255.0, Some("ff")),
            ("s", 2.5, Some("2.5")),
            ("f", 1e20, Some("100000000000000000000.000000")),
            ("c", 8364.0, Some("€")),
            ("C", 97.0, Some("A")),
            ("3c|", 65.0, Some("  A|")),
            ("c", 1.5, None),
            ("c", -1.0, None),
            ("c", 55_296.0, None),
            // Java: Integer.toHexString(Integer.hashCode(255)), of -1, Double.hashCode(2.5).
            ("h", 255.0, Some("ff")),
            ("h", -1.0, Some("ffffffff")),
            ("h", 2.5, Some("40040000")),
        ] {
            let made = Pattern::of_one(format).map(|pattern| pattern.fill(&[Datum::Number(number)]));
            match (expect, made) {
                (Some(expect), made) => assert_eq!(made, Ok(Datum::text(expect)), "{format} of {number}"),
                (None, Ok(Datum::None)) => {}
                (None, made) => panic!("{format} of {number}: {made:?}"),
            }
        }
    }

    #[test]
    fn patterns_take_many_values() {
        let values = [Datum::Number(2.0), Datum::text("bar")];
        let fill = |text: &str| Pattern::parse(text).map(|pattern| pattern.fill(&values));
        assert_eq!(fill("%d %s %% %n"), Ok(Datum::text("2 bar % \n")));
        assert_eq!(fill("%2$s %1$.1f %S"), Ok(Datum::text("bar 2.0 2")));
        assert_eq!(fill("%2$S %1$.1f"), Ok(Datum::text("BAR 2.0")));
        // "bar".hashCode() is 97299.
        assert_eq!(fill("%2$h %2$H"), Ok(Datum::text("17c13 17C13")));
        assert_eq!(fill("%2$c"), Ok(Datum::None), "three characters");
        for broken in ["%", "%q", "%500d", "%.d", "%0$s", "%.1c"] {
            assert!(Pattern::parse(broken).is_err(), "{broken}");
        }
    }
}

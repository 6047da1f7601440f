//! The binary form's letters: variable-length integers, text, and numbers in as few bytes as hold them exactly.

use super::DecodeError;

/// Collects bytes.
#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Seven bits a byte, lowest first; the eighth says that more follow.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "only the lowest seven bits are kept on purpose"
    )]
    pub fn uint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// Zigzag: small numbers of either sign are short.
    pub fn int(&mut self, number: i64) {
        self.uint(zigzag(number));
    }

    pub fn text(&mut self, text: &str) {
        self.uint(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    pub fn option<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T)) {
        self.byte(u8::from(value.is_some()));
        if let Some(value) = value {
            put(self, value);
        }
    }

    pub fn list<T>(&mut self, items: &[T], mut put: impl FnMut(&mut Self, &T)) {
        self.uint(items.len() as u64);
        for item in items {
            put(self, item);
        }
    }

    /// Ids or indices, each as the step from the one before: neighbours take one byte.
    pub fn ids(&mut self, ids: &[u32]) {
        let mut before = 0;
        self.list(ids, |writer, id| writer.step(&mut before, *id));
    }

    /// One id as the step from `before`.
    pub fn step(&mut self, before: &mut u32, id: u32) {
        self.int(i64::from(id) - i64::from(*before));
        *before = id;
    }
}

/// Reads bytes; every call may find that there are none left.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn finish(&self) -> Result<(), DecodeError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::Malformed("bytes left over"))
        }
    }

    /// Nothing is left.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> Result<u8, DecodeError> {
        let (byte, rest) = self
            .0
            .split_first()
            .ok_or(DecodeError::Malformed("it ends too soon"))?;
        self.0 = rest;
        Ok(*byte)
    }

    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (bytes, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(DecodeError::Malformed("it ends too soon"))?;
        self.0 = rest;
        Ok(bytes)
    }

    pub fn uint(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(DecodeError::Malformed("an integer is too large"))
    }

    pub fn uint32(&mut self) -> Result<u32, DecodeError> {
        u32::try_from(self.uint()?).map_err(too_large)
    }

    pub fn int(&mut self) -> Result<i64, DecodeError> {
        Ok(unzigzag(self.uint()?))
    }

    pub fn text(&mut self) -> Result<String, DecodeError> {
        let length = self.length()?;
        let text = std::str::from_utf8(self.bytes(length)?);
        text.map(str::to_owned)
            .map_err(|_not_utf8| DecodeError::Malformed("a text is not UTF-8"))
    }

    pub fn option<T>(
        &mut self,
        get: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        match self.byte()? {
            0 => Ok(None),
            1 => get(self).map(Some),
            _ => Err(DecodeError::Malformed("neither there nor not there")),
        }
    }

    pub fn list<T>(
        &mut self,
        mut get: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let length = self.length()?;
        // Small first, so that a claim alone takes no memory.
        let mut items = Vec::with_capacity(length.min(1_024));
        for _ in 0..length {
            items.push(get(self)?);
        }
        Ok(items)
    }

    pub fn ids(&mut self) -> Result<Vec<u32>, DecodeError> {
        let mut before = 0;
        self.list(|reader| reader.step(&mut before))
    }

    pub fn step(&mut self, before: &mut u32) -> Result<u32, DecodeError> {
        let id = i64::from(*before).wrapping_add(self.int()?);
        *before = u32::try_from(id).map_err(too_large)?;
        Ok(*before)
    }

    /// A length that the bytes left can hold, at one byte each.
    fn length(&mut self) -> Result<usize, DecodeError> {
        let length = usize::try_from(self.uint()?).map_err(too_large)?;
        if length > self.0.len() {
            Err(DecodeError::Malformed("it ends too soon"))
        } else {
            Ok(length)
        }
    }
}

fn too_large(_error: std::num::TryFromIntError) -> DecodeError {
    DecodeError::Malformed("an integer is too large")
}

#[allow(clippy::cast_sign_loss, reason = "the bits are meant")]
const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

#[allow(clippy::cast_possible_wrap, reason = "the bits are meant")]
const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// The shortest of the forms that hold a number exactly.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Exact {
    /// `mantissa / 10^exponent`, the exponent up to 7.
    Decimal {
        mantissa: i64,
        exponent: u8,
    },
    Single(f32),
    Double(f64),
}

const POWERS: [f64; 8] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7];

impl Exact {
    /// Finds the form; `number` is finite.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "each cast is checked by going back"
    )]
    pub fn of(number: f64) -> Self {
        let single = number as f32;
        let single_is_exact = f64::from(single).to_bits() == number.to_bits();
        for exponent in 0..8u8 {
            let mantissa = (number * POWERS[usize::from(exponent)]).round();
            // Beyond 2^48 a decimal is no shorter than the double itself.
            if mantissa.abs() > 281_474_976_710_656.0 {
                break;
            }
            if single_is_exact && mantissa.abs() >= 134_217_728.0 {
                break;
            }
            let mantissa = mantissa as i64;
            if Self::decimal(mantissa, exponent).to_bits() == number.to_bits() {
                return Self::Decimal { mantissa, exponent };
            }
        }
        if single_is_exact {
            Self::Single(single)
        } else {
            Self::Double(number)
        }
    }

    /// The number of a mantissa and an exponent: one correctly rounded division, as a decimal literal reads.
    #[allow(clippy::cast_precision_loss, reason = "mantissas written are below 2^48")]
    pub fn decimal(mantissa: i64, exponent: u8) -> f64 {
        mantissa as f64 / POWERS[usize::from(exponent & 7)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: f64, expect: Exact) {
        assert_eq!(Exact::of(number), expect);
    }

    #[test]
    fn a_number_takes_its_shortest_exact_form() {
        check(
            0.0,
            Exact::Decimal {
                mantissa: 0,
                exponent: 0,
            },
        );
        check(
            42.0,
            Exact::Decimal {
                mantissa: 42,
                exponent: 0,
            },
        );
        check(
            -4.2,
            Exact::Decimal {
                mantissa: -42,
                exponent: 1,
            },
        );
        check(0.1 + 0.2, Exact::Double(0.1 + 0.2));
        check(-0.0, Exact::Single(-0.0));
        check(1.5e30, Exact::Double(1.5e30));
        check(
            1_234.567,
            Exact::Decimal {
                mantissa: 1_234_567,
                exponent: 3,
            },
        );
        check(f64::from(0.1f32), Exact::Single(0.1));
        check(1_700_000_000.0, Exact::Single(1_700_000_000.0));
        check(f64::MIN_POSITIVE, Exact::Double(f64::MIN_POSITIVE));
    }
}

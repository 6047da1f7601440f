//! Readings as bytes: about six to eight bytes for a number that is stamped regularly.
//!
//! Every reading is coded against the one before it, in the order of arrival:
//!
//! - one control byte: the kind of value, whether it has a source time, whether quality or flags changed;
//! - quality and flags, when changed;
//! - arrival, as the change of the step since the reading before (zigzag varint, microseconds);
//! - source time, as the change of the lag behind arrival;
//! - the value: a number with few decimals as the change of its scaled integer, any other number as the
//!   bytes in which its bits differ, text by its length, or nothing when it is the same text again.
//!
//! Decoding checks everything and never panics.

use std::sync::Arc;

use twin::{Flags, Quality, Reading, Timestamp, Value};

const TAG: u8 = 0b0000_0111;
const HAS_SOURCE: u8 = 0b0000_1000;
const NEW_STATE: u8 = 0b0001_0000;
const UNUSED: u8 = 0b1110_0000;

const NONE: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const TEXT: u8 = 3;
const SAME_TEXT: u8 = 4;
const DECIMAL: u8 = 5;
const DECIMAL_NEW_SCALE: u8 = 6;
const RAW: u8 = 7;

/// Powers of ten that a double holds exactly, as far as a sensor's decimals reach.
const SCALES: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Integers up to here are exact in a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The bytes are not what an [`Encoder`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrupt;

/// What a reading is coded against. Both sides keep the same.
#[derive(Clone, Debug, Default)]
struct State {
    arrival: i64,
    step: i64,
    lag: i64,
    quality: u8,
    flags: u8,
    scale: u8,
    scaled: i64,
    bits: u64,
    text: Option<Arc<str>>,
}

/// Codes readings one after the other.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    state: State,
}

impl Encoder {
    /// What was coded so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Starts over and keeps the buffer.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.state = State::default();
    }

    /// Codes one reading. Grows the buffer in small steps: there is one for every point.
    pub fn push(&mut self, reading: &Reading) {
        if self.bytes.capacity() - self.bytes.len() < 32 {
            self.bytes.reserve_exact((self.bytes.len() / 4).max(64));
        }
        let control_at = self.bytes.len();
        self.bytes.push(0);
        let mut control = 0;

        let quality = byte_from_quality(reading.quality);
        let flags = reading.flags.bits();
        if quality != self.state.quality || flags != self.state.flags {
            control |= NEW_STATE;
            self.bytes.extend([quality, flags]);
            self.state.quality = quality;
            self.state.flags = flags;
        }

        let arrival = reading.arrival.micros();
        let step = arrival.wrapping_sub(self.state.arrival);
        put_signed(&mut self.bytes, step.wrapping_sub(self.state.step));
        self.state.arrival = arrival;
        self.state.step = step;

        if let Some(source) = reading.source_time {
            control |= HAS_SOURCE;
            let lag = arrival.wrapping_sub(source.micros());
            put_signed(&mut self.bytes, lag.wrapping_sub(self.state.lag));
            self.state.lag = lag;
        }

        control |= match &reading.value {
            None => NONE,
            Some(Value::Bool(false)) => FALSE,
            Some(Value::Bool(true)) => TRUE,
            Some(Value::Text(text)) => self.push_text(text),
            Some(Value::Number(number)) => self.push_number(*number),
        };
        if let Some(byte) = self.bytes.get_mut(control_at) {
            *byte = control;
        }
    }

    fn push_text(&mut self, text: &Arc<str>) -> u8 {
        if self.state.text.as_ref() == Some(text) {
            return SAME_TEXT;
        }
        put_unsigned(&mut self.bytes, text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
        self.state.text = Some(Arc::clone(text));
        TEXT
    }

    fn push_number(&mut self, number: f64) -> u8 {
        let state = &mut self.state;
        let decimal = scaled(number, state.scale)
            .map(|scaled| (state.scale, scaled))
            .or_else(|| {
                (0..SCALES.len() as u8).find_map(|scale| scaled(number, scale).map(|scaled| (scale, scaled)))
            });
        let before = state.bits;
        state.bits = number.to_bits();
        let Some((scale, scaled)) = decimal else {
            put_changed_bytes(&mut self.bytes, number.to_bits() ^ before);
            return RAW;
        };
        let tag = if scale == state.scale {
            DECIMAL
        } else {
            self.bytes.push(scale);
            state.scale = scale;
            state.scaled = 0;
            DECIMAL_NEW_SCALE
        };
        put_signed(&mut self.bytes, scaled.wrapping_sub(state.scaled));
        state.scaled = scaled;
        tag
    }
}

/// Decodes what an [`Encoder`] wrote; ends after the first corrupt reading.
pub struct Decoder<'a> {
    input: Input<'a>,
    state: State,
}

impl<'a> Decoder<'a> {
    /// Over the bytes of one encoder.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            input: Input(bytes),
            state: State::default(),
        }
    }

    fn next_reading(&mut self) -> Result<Reading, Corrupt> {
        let Self { input, state } = self;
        let control = input.byte()?;
        if control & UNUSED != 0 {
            return Err(Corrupt);
        }
        if control & NEW_STATE != 0 {
            state.quality = input.byte()?;
            state.flags = input.byte()?;
        }
        state.step = state.step.wrapping_add(input.signed()?);
        state.arrival = state.arrival.wrapping_add(state.step);
        let source_time = if control & HAS_SOURCE == 0 {
            None
        } else {
            state.lag = state.lag.wrapping_add(input.signed()?);
            Some(Timestamp::from_micros(state.arrival.wrapping_sub(state.lag)))
        };
        let value = match control & TAG {
            NONE => None,
            FALSE => Some(Value::Bool(false)),
            TRUE => Some(Value::Bool(true)),
            TEXT => {
                let length = usize::try_from(input.unsigned()?).map_err(corrupt)?;
                let text: Arc<str> = std::str::from_utf8(input.take(length)?).map_err(corrupt)?.into();
                state.text = Some(Arc::clone(&text));
                Some(Value::Text(text))
            }
            SAME_TEXT => Some(Value::Text(state.text.clone().ok_or(Corrupt)?)),
            RAW => {
                state.bits ^= input.changed_bytes()?;
                Some(Value::Number(f64::from_bits(state.bits)))
            }
            tag => {
                if tag == DECIMAL_NEW_SCALE {
                    state.scale = input.byte()?;
                    state.scaled = 0;
                }
                let scale = SCALES.get(usize::from(state.scale)).ok_or(Corrupt)?;
                state.scaled = state.scaled.wrapping_add(input.signed()?);
                let number = state.scaled as f64 / scale;
                state.bits = number.to_bits();
                Some(Value::Number(number))
            }
        };
        Ok(Reading {
            value,
            quality: quality_from_byte(state.quality)?,
            source_time,
            arrival: Timestamp::from_micros(state.arrival),
            flags: Flags::from_bits(state.flags),
        })
    }
}

impl Iterator for Decoder<'_> {
    type Item = Result<Reading, Corrupt>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.input.0.is_empty() {
            return None;
        }
        let reading = self.next_reading();
        if reading.is_err() {
            self.input = Input(&[]);
        }
        Some(reading)
    }
}

/// One reading on its own.
pub fn bytes_from_reading(reading: &Reading) -> Vec<u8> {
    let mut encoder = Encoder::default();
    encoder.push(reading);
    encoder.bytes
}

/// The number as an integer at this scale, where that loses nothing.
fn scaled(number: f64, scale: u8) -> Option<i64> {
    let factor = SCALES.get(usize::from(scale))?;
    let rounded = (number * factor).round();
    if rounded.abs() >= EXACT || rounded.is_nan() {
        return None;
    }
    let integer = rounded as i64;
    (integer as f64 / factor)
        .to_bits()
        .eq(&number.to_bits())
        .then_some(integer)
}

fn byte_from_quality(quality: Quality) -> u8 {
    match quality {
        Quality::Good => 0,
        Quality::Uncertain => 1,
        Quality::Bad => 2,
    }
}

fn quality_from_byte(byte: u8) -> Result<Quality, Corrupt> {
    match byte {
        0 => Ok(Quality::Good),
        1 => Ok(Quality::Uncertain),
        2 => Ok(Quality::Bad),
        _ => Err(Corrupt),
    }
}

fn corrupt<E>(_: E) -> Corrupt {
    Corrupt
}

/// Seven bits a byte, lowest first.
pub fn put_unsigned(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Small numbers of either sign in few bytes.
pub fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put_unsigned(bytes, ((number << 1) ^ (number >> 63)) as u64);
}

/// Where the first and how many bytes are not zero, then those bytes.
fn put_changed_bytes(bytes: &mut Vec<u8>, bits: u64) {
    let skip = (bits.leading_zeros() / 8).min(7) as usize;
    let length = 8 - skip - (bits.trailing_zeros() / 8).min(7 - skip as u32) as usize;
    bytes.push((skip << 4 | length) as u8);
    bytes.extend(bits.to_be_bytes().iter().skip(skip).take(length));
}

/// Bytes yet to be read.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Corrupt> {
        let (&first, rest) = self.0.split_first().ok_or(Corrupt)?;
        self.0 = rest;
        Ok(first)
    }

    /// The next `length` bytes.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Corrupt> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Corrupt)?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Corrupt> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Corrupt)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// What [`put_unsigned`] wrote.
    pub fn unsigned(&mut self) -> Result<u64, Corrupt> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Corrupt)
    }

    /// What [`put_signed`] wrote.
    pub fn signed(&mut self) -> Result<i64, Corrupt> {
        let number = self.unsigned()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn changed_bytes(&mut self) -> Result<u64, Corrupt> {
        let layout = self.byte()?;
        let (skip, length) = (usize::from(layout >> 4), usize::from(layout & 0x0f));
        let mut bits = [0; 8];
        let end = skip.checked_add(length).ok_or(Corrupt)?;
        bits.get_mut(skip..end)
            .ok_or(Corrupt)?
            .copy_from_slice(self.take(length)?);
        Ok(u64::from_be_bytes(bits))
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Readings as they may come, and worse.
    pub fn any_reading() -> impl Strategy<Value = Reading> {
        let number = prop_oneof![
            (-1_000_000_i64..1_000_000, 0_u32..5).prop_map(|(n, scale)| n as f64 / 10_f64.powi(scale as i32)),
            any::<f64>().prop_filter("finite", |number| number.is_finite()),
            Just(-0.0),
            Just(f64::MAX),
            Just(f64::MIN_POSITIVE),
        ];
        let value = prop_oneof![
            1 => Just(None),
            6 => number.prop_map(|number| Some(Value::Number(number))),
            1 => any::<bool>().prop_map(|on| Some(Value::Bool(on))),
            2 => "[a-c]{0,3}|\\PC{0,8}".prop_map(|text| Some(Value::Text(text.into()))),
        ];
        let time = prop_oneof![
            4 => 1_700_000_000_000_000_i64..1_700_000_900_000_000,
            1 => any::<i64>(),
            1 => -5_000_000_i64..5_000_000,
        ];
        (
            value,
            0_u8..3,
            proptest::option::of(time.clone()),
            time,
            any::<u8>(),
        )
            .prop_map(|(value, quality, source_time, arrival, flags)| Reading {
                value,
                quality: quality_from_byte(quality).unwrap(),
                source_time: source_time.map(Timestamp::from_micros),
                arrival: Timestamp::from_micros(arrival),
                flags: Flags::from_bits(flags),
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn decodes_what_was_encoded(readings in proptest::collection::vec(any_reading(), 0..60)) {
            let mut encoder = Encoder::default();
            readings.iter().for_each(|reading| encoder.push(reading));
            let decoded: Vec<_> = Decoder::new(encoder.bytes()).collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(&decoded, &readings);
            for (a, b) in decoded.iter().zip(&readings) {
                if let (Some(Value::Number(a)), Some(Value::Number(b))) = (&a.value, &b.value) {
                    prop_assert_eq!(a.to_bits(), b.to_bits());
                }
            }
        }

        #[test]
        fn takes_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let decoded = Decoder::new(&bytes).take(1_000).count();
            prop_assert!(decoded <= bytes.len());
        }

        #[test]
        fn takes_damaged_bytes(
            readings in proptest::collection::vec(any_reading(), 1..20),
            at in any::<prop::sample::Index>(),
            bits in 1_u8..,
        ) {
            let mut encoder = Encoder::default();
            readings.iter().for_each(|reading| encoder.push(reading));
            let mut bytes = encoder.bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= bits;
            let decoded = Decoder::new(&bytes).count();
            prop_assert!(decoded <= bytes.len());
        }
    }

    #[test]
    fn a_usual_reading_takes_few_bytes() {
        let check = |value: fn(i64) -> f64, at_most: usize| {
            let mut encoder = Encoder::default();
            for second in 0..512 {
                let jitter = second * 7_919 % 3_000;
                encoder.push(&Reading {
                    value: Some(Value::Number(value(second))),
                    quality: Quality::Good,
                    source_time: Some(Timestamp::from_millis(1_700_000_000_000 + second * 1_000)),
                    arrival: Timestamp::from_micros(1_700_000_000_004_000 + second * 1_000_000 + jitter),
                    flags: Flags::default(),
                });
            }
            let bytes = encoder.bytes().len();
            assert!(bytes <= at_most * 512, "{} bytes a reading", bytes as f64 / 512.0);
        };
        check(|second| (second % 40) as f64 / 100.0 + 21.0, 8);
        check(|second| (second as f64 / 50.0).sin(), 14);
    }
}

//! Readings and cadences in the binary form: nearly all that travels is this.

use super::DecodeError;
use super::binary::{Exact, Reader, Writer};
use crate::reading::{Cadence, Quality, Reading, Value};

type Result<T> = std::result::Result<T, DecodeError>;

// A reading's first byte: what the value is (3 bits), whether a source time follows, whether quality
// and flags follow (else good and none), and the decimal exponent (3 bits).
const NOTHING: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const DECIMAL: u8 = 3;
const SINGLE: u8 = 4;
const DOUBLE: u8 = 5;
const TEXT: u8 = 6;
const KIND: u8 = 7;
const HAS_SOURCE: u8 = 8;
const HAS_FLAGS: u8 = 16;
const FLAG_BITS: u8 = 63;
/// In place of a quality: a third byte has it, and the flags from 64 on.
const FURTHER: u8 = 3;

pub fn put_reading(w: &mut Writer, reading: &Reading, base: i64) {
    let exact = match &reading.value {
        Some(Value::Number(number)) if number.is_finite() => Some(Exact::of(*number)),
        _ => None,
    };
    let kind = match (&reading.value, exact) {
        (_, Some(Exact::Decimal { exponent, .. })) => DECIMAL | (exponent << 5),
        (_, Some(Exact::Single(_))) => SINGLE,
        (_, Some(Exact::Double(_))) => DOUBLE,
        (Some(Value::Bool(false)), None) => FALSE,
        (Some(Value::Bool(true)), None) => TRUE,
        (Some(Value::Text(_)), None) => TEXT,
        (None | Some(Value::Number(_)), None) => NOTHING,
    };
    let quality = match reading.quality {
        Quality::Good => 0,
        Quality::Uncertain => 1,
        Quality::Bad => 2,
    };
    let further = reading.flags >> 6;
    let flags = (reading.flags & FLAG_BITS) | (if further == 0 { quality } else { FURTHER } << 6);
    let source = if reading.source_millis.is_some() {
        HAS_SOURCE
    } else {
        0
    };
    w.byte(kind | source | if flags == 0 { 0 } else { HAS_FLAGS });
    if flags != 0 {
        w.byte(flags);
    }
    if further != 0 {
        w.byte(quality | (further << 2));
    }
    match (exact, &reading.value) {
        (Some(Exact::Decimal { mantissa, .. }), _) => w.int(mantissa),
        (Some(Exact::Single(number)), _) => w.bytes(&number.to_le_bytes()),
        (Some(Exact::Double(number)), _) => w.bytes(&number.to_le_bytes()),
        (None, Some(Value::Text(text))) => w.text(text),
        (None, _) => {}
    }
    w.int(base.wrapping_sub(reading.arrival_millis));
    if let Some(source) = reading.source_millis {
        w.int(reading.arrival_millis.wrapping_sub(source));
    }
}

pub fn get_reading(r: &mut Reader<'_>, base: i64) -> Result<Reading> {
    let first = r.byte()?;
    let flags = if first & HAS_FLAGS == 0 { 0 } else { r.byte()? };
    let (quality, further) = match flags >> 6 {
        FURTHER => r.byte().map(|third| (third & 3, (third >> 2) & 3))?,
        quality => (quality, 0),
    };
    let value = match first & KIND {
        NOTHING => None,
        FALSE => Some(Value::Bool(false)),
        TRUE => Some(Value::Bool(true)),
        DECIMAL => Some(Value::Number(Exact::decimal(r.int()?, first >> 5))),
        SINGLE => Some(finite(f64::from(f32::from_le_bytes(array(r.bytes(4)?))))?),
        DOUBLE => Some(finite(f64::from_le_bytes(array(r.bytes(8)?)))?),
        TEXT => Some(Value::Text(r.text()?)),
        _ => return Err(DecodeError::Malformed("a value of no known kind")),
    };
    let quality = match quality {
        0 => Quality::Good,
        1 => Quality::Uncertain,
        _ => Quality::Bad,
    };
    let arrival_millis = base.wrapping_sub(r.int()?);
    let source_millis = match first & HAS_SOURCE {
        0 => None,
        _ => Some(arrival_millis.wrapping_sub(r.int()?)),
    };
    Ok(Reading {
        value,
        quality,
        source_millis,
        arrival_millis,
        flags: (flags & FLAG_BITS) | (further << 6),
    })
}

fn finite(number: f64) -> Result<Value> {
    if number.is_finite() {
        Ok(Value::Number(number))
    } else {
        Err(DecodeError::Malformed("not a finite number"))
    }
}

/// `bytes` has `N` bytes; were it shorter, the rest would be zero.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    for (to, from) in array.iter_mut().zip(bytes) {
        *to = *from;
    }
    array
}

pub fn put_cadence(w: &mut Writer, cadence: Cadence) {
    match cadence {
        Cadence::Learning => w.byte(0),
        Cadence::OnChange => w.byte(1),
        Cadence::Learned(millis) => {
            w.byte(2);
            w.uint(millis);
        }
        Cadence::Declared(millis) => {
            w.byte(3);
            w.uint(millis);
        }
    }
}

pub fn get_cadence(r: &mut Reader<'_>) -> Result<Cadence> {
    Ok(match r.byte()? {
        0 => Cadence::Learning,
        1 => Cadence::OnChange,
        2 => Cadence::Learned(r.uint()?),
        3 => Cadence::Declared(r.uint()?),
        _ => return Err(DecodeError::Malformed("no such cadence")),
    })
}

//! Numbers that need a clock or dice: keys, and how long to wait.

/// Longest wait before something is sent again, microseconds.
const LONGEST: i64 = 60_000_000;

/// A key: a `UUIDv7` (RFC 9562, section 5.7) of a moment in milliseconds since 1970 and random bits, as 32 hexadecimal
/// digits. Its last eight bits are nought: the events of an item have this key and the ones after it.
#[must_use]
pub fn key(millis: i64, random: u128) -> String {
    let time = u128::try_from(millis.max(0)).unwrap_or_default() & 0xFFFF_FFFF_FFFF;
    let (high, low) = ((random >> 64) & 0xFFF, random & 0x3FFF_FFFF_FFFF_FF00);
    let bits = (time << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low;
    format!("{bits:032x}")
}

/// How long to wait after so many failures in a row, microseconds: doubled each time up to a minute, and a random half
/// of it, so that tablets that lost the network together do not come back together.
#[must_use]
pub fn wait(tries: u32, random: u32) -> i64 {
    let full = 1_000_000_i64
        .checked_shl(tries.min(10))
        .map_or(LONGEST, |wait| wait.min(LONGEST));
    let half = full / 2;
    half + half * i64::from(random % 1_000) / 1_000
}

//! The code on an asset's label: eight letters that people can read out and type.
//!
//! It says which asset and holds no secret: who follows it still signs in and still needs the right to look. Part
//! of it is a check of this server's own, so that a slip of the finger, or a label of another server whose
//! numbers mean other things, leads nowhere instead of to the wrong machine.

use sha2::{Digest as _, Sha256};
use store::{Records, RecordsError, Settings as _};

/// Crockford's: no letter is taken for a digit.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code.
const LENGTH: usize = 8;
/// Bits that say which asset; as many as the check leaves.
const ASSET_BITS: u32 = 24;

/// What makes this server's codes its own. Kept with the records, and so in backups.
///
/// # Errors
/// When the records cannot be read or written.
pub async fn key(records: &Records) -> Result<u64, RecordsError> {
    let kept = records.setting("label_key").await?;
    if let Some(key) = kept.and_then(|kept| kept.parse().ok()) {
        return Ok(key);
    }
    let key = crate::random::number();
    records.set_setting("label_key", Some(&key.to_string())).await?;
    Ok(key)
}

/// The code of an asset; none for numbers that no code can hold.
#[must_use]
pub fn code_of(key: u64, asset: u32) -> Option<String> {
    if asset >> ASSET_BITS != 0 {
        return None;
    }
    let number = u64::from(check(key, asset)) << ASSET_BITS | u64::from(asset);
    let letter = |at: usize| {
        let bits = number >> (5 * (LENGTH - 1 - at)) & 31;
        LETTERS
            .get(usize::try_from(bits).unwrap_or(0))
            .copied()
            .map(char::from)
    };
    (0..LENGTH).map(letter).collect()
}

/// Which asset a code is of; none where it is no code of this server's.
#[must_use]
pub fn asset_of(key: u64, code: &str) -> Option<u32> {
    let mut number = 0_u64;
    let mut length = 0;
    for letter in code.chars().filter(|letter| !matches!(letter, ' ' | '-')) {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let bits = LETTERS.iter().position(|known| char::from(*known) == letter)?;
        number = number << 5 | u64::try_from(bits).ok()?;
        length += 1;
        if length > LENGTH {
            return None;
        }
    }
    let asset = u32::try_from(number & ((1 << ASSET_BITS) - 1)).ok()?;
    let is_ours = number >> ASSET_BITS == u64::from(check(key, asset));
    (length == LENGTH && is_ours).then_some(asset)
}

fn check(key: u64, asset: u32) -> u16 {
    let mut digest = Sha256::new();
    digest.update(key.to_le_bytes());
    digest.update(asset.to_le_bytes());
    let digest: [u8; 32] = digest.finalize().into();
    let [first, second, ..] = digest;
    u16::from_le_bytes([first, second])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_type_for_a_letter_is_taken_for_it() {
        let code = code_of(7, 1).unwrap();
        let (first, last) = code.split_at(4);
        let typed = format!("{first} {}", last.to_lowercase());
        for typed in [
            code.clone(),
            typed,
            code.replace('0', "o"),
            code.replace('1', "l"),
            code.replace('1', "I"),
        ] {
            assert_eq!(asset_of(7, &typed), Some(1), "{typed}");
        }
        for typed in ["", "1", "UUUUUUUU", "🦀🦀🦀🦀🦀🦀🦀🦀", &format!("{code}0")] {
            assert_eq!(asset_of(7, typed), None, "{typed}");
        }
        assert_eq!(code_of(7, 1 << ASSET_BITS), None);
    }

    proptest! {
        #[test]
        fn a_code_leads_to_its_asset(key: u64, asset in 0_u32..1 << ASSET_BITS) {
            let code = code_of(key, asset).unwrap();
            prop_assert_eq!(code.len(), LENGTH);
            prop_assert_eq!(asset_of(key, &code), Some(asset));
        }

        #[test]
        fn nothing_typed_breaks_it(key: u64, code in "\\PC{0,20}") {
            if let Some(asset) = asset_of(key, &code) {
                prop_assert!(asset >> ASSET_BITS == 0);
            }
        }

        /// One in 65,536 slips leads somewhere; so few trials meet none but by a rare accident, which is allowed once.
        #[test]
        fn another_servers_codes_lead_nowhere(key: u64, other: u64, first in 0_u32..1 << 20) {
            prop_assume!(key != other);
            let astray = (first..first + 64).filter(|asset| {
                code_of(other, *asset).and_then(|code| asset_of(key, &code)).is_some()
            });
            prop_assert!(astray.count() <= 1);
        }
    }
}

//! Secrets: made of the system's randomness, given out once, kept as hashes.

use sha2::{Digest as _, Sha256};
use store::records::access::Hash;

/// Letters of a secret: those of base64url.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// 192 random bits as 32 letters that need no escaping in an address.
#[must_use]
pub fn new() -> String {
    let bytes: [u8; 32] = crate::random::bytes();
    let letter = |byte: u8| LETTERS.get(usize::from(byte & 63)).copied().unwrap_or(b'A');
    bytes.into_iter().map(letter).map(char::from).collect()
}

/// Six digits, each sequence as likely as any other.
#[must_use]
pub fn code() -> String {
    loop {
        let number = u32::from_le_bytes(crate::random::bytes());
        // The last part of the range would make small numbers more likely.
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

/// What is kept of a secret. One round is enough: there is nothing to guess in 192 random bits.
#[must_use]
pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether a text could be one of ours: what cannot is not looked up, and never logged.
#[must_use]
pub fn is_one(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| LETTERS.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike_and_all_letters_come() {
        let many: std::collections::BTreeSet<String> = (0..200).map(|_| new()).collect();
        assert_eq!(many.len(), 200);
        assert!(many.iter().all(|secret| is_one(secret)));
        let letters: std::collections::BTreeSet<char> =
            many.iter().flat_map(|secret| secret.chars()).collect();
        assert_eq!(letters.len(), 64);
    }

    #[test]
    fn a_code_has_six_digits() {
        for _ in 0..1_000 {
            let code = code();
            assert!(
                code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()),
                "{code}"
            );
        }
    }

    #[test]
    fn what_is_none_is_not_looked_up() {
        for text in ["", "short", "../../../../etc/passwd..........", &"a".repeat(33)] {
            assert!(!is_one(text), "{text}");
        }
    }
}

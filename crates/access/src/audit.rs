//! The audit chain: each entry carries the hash of the one before, so that none can be changed, taken out or
//! put in without every later hash telling.
//!
//! What names a person (who, from where) is hashed with a salt of its own and only that digest is chained:
//! a person can be forgotten by dropping name and salt, and the chain still holds.

use sha2::{Digest as _, Sha256};
use twin::Timestamp;

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// What every chain begins from.
pub const START: Hash = [0; 32];

/// What is chained of one entry.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// From 1, each one more than the one before.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What was done, a stable word: `sign_in`, `share.revoke`.
    pub action: &'a str,
    /// With what: `account 3`, `link 12`, `point 40`.
    pub subject: &'a str,
    /// What it was before and is after, as JSON, without names of people.
    pub details: &'a str,
    /// Digest of who and from where: [`person`].
    pub person: Hash,
}

/// Digest of what names a person, with a salt that is dropped to forget them.
#[must_use]
pub fn person(salt: &[u8; 16], text: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"gemba person 1\0");
    hasher.update(salt);
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

/// The hash of an entry after the one with hash `before`. Every text is preceded by its length, so that no two
/// entries read the same.
#[must_use]
pub fn link(before: &Hash, entry: &Entry<'_>) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"gemba audit 1\0");
    hasher.update(before);
    hasher.update(entry.number.to_be_bytes());
    hasher.update(entry.at.micros().to_be_bytes());
    for text in [entry.action, entry.subject, entry.details] {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.update(entry.person);
    hasher.finalize().into()
}

/// What is wrong with a chain, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The entry that should have this number has another: something was taken out or put in.
    Gap {
        /// The number that should come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The entry says something else than when it was written.
    Changed {
        /// Which.
        number: u64,
    },
    /// Who is named in the entry is not who was when it was written.
    Person {
        /// Which.
        number: u64,
    },
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gap { expected, found } => {
                write!(f, "entry {expected} is missing: {found} comes in its place")
            }
            Self::Changed { number } => write!(f, "entry {number} was changed after it was written"),
            Self::Person { number } => {
                write!(f, "entry {number} names somebody else than when it was written")
            }
        }
    }
}

/// Walks a chain and remembers where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Verifier {
    number: u64,
    hash: Hash,
}

impl Default for Verifier {
    fn default() -> Self {
        Self {
            number: 0,
            hash: START,
        }
    }
}

impl Verifier {
    /// Entries seen, and the hash of the last.
    #[must_use]
    pub const fn stands(&self) -> (u64, Hash) {
        (self.number, self.hash)
    }

    /// Takes the next entry with the hash stored beside it, and who is named in it where that is still known.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn take(
        &mut self,
        entry: &Entry<'_>,
        stored: &Hash,
        named: Option<(&[u8; 16], &str)>,
    ) -> Result<(), Broken> {
        let number = self.number + 1;
        if entry.number != number {
            return Err(Broken::Gap {
                expected: number,
                found: entry.number,
            });
        }
        if link(&self.hash, entry) != *stored {
            return Err(Broken::Changed { number });
        }
        if named.is_some_and(|(salt, text)| person(salt, text) != entry.person) {
            return Err(Broken::Person { number });
        }
        (self.number, self.hash) = (number, *stored);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALT: [u8; 16] = [7; 16];

    fn entry(number: u64, details: &str) -> (u64, String, Hash) {
        (number, details.to_owned(), person(&SALT, "Ada"))
    }

    fn view((number, details, person): &(u64, String, Hash)) -> Entry<'_> {
        Entry {
            number: *number,
            at: Timestamp::from_micros(5),
            action: "sign_in",
            subject: "account 1",
            details,
            person: *person,
        }
    }

    fn chain(count: u64) -> Vec<((u64, String, Hash), Hash)> {
        let mut before = START;
        let next = |number| {
            let entry = entry(number, &format!("{{\"n\":{number}}}"));
            before = link(&before, &view(&entry));
            (entry, before)
        };
        (1..=count).map(next).collect()
    }

    fn verify(chain: &[((u64, String, Hash), Hash)]) -> Result<(), Broken> {
        let mut verifier = Verifier::default();
        chain
            .iter()
            .try_for_each(|(entry, hash)| verifier.take(&view(entry), hash, Some((&SALT, "Ada"))))
    }

    #[test]
    fn a_person_can_be_forgotten_and_not_exchanged() {
        let chain = chain(3);
        let mut verifier = Verifier::default();
        for (entry, hash) in &chain {
            assert_eq!(verifier.take(&view(entry), hash, None), Ok(()));
        }
        let mut verifier = Verifier::default();
        let named = Some((&SALT, "Grace"));
        let first = chain
            .first()
            .map(|(entry, hash)| verifier.take(&view(entry), hash, named));
        assert_eq!(first, Some(Err(Broken::Person { number: 1 })));
    }

    proptest! {
        #[test]
        fn nothing_can_be_changed_taken_out_or_put_in(count in 2u64..20, at in 0usize..20, how in 0u8..4) {
            let mut chain = chain(count);
            prop_assert_eq!(verify(&chain), Ok(()));
            let at = at % (chain.len() - 1);
            match how {
                0 => drop(chain.remove(at)),
                1 => { let copy = chain[at].clone(); chain.insert(at, copy); }
                2 => chain[at].0.1.push(' '),
                _ => chain.swap(at, at + 1),
            }
            prop_assert!(verify(&chain).is_err());
        }
    }
}

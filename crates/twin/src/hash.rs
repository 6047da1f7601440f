//! Hashing for the engine's tables: quick, seeded by the caller, and never an order that shows.
//!
//! The tables hold numbers only; what they are keyed by lives with the things themselves.

use std::hash::{BuildHasher as _, Hash};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// How everything here is hashed.
#[derive(Clone, Debug)]
pub(crate) struct Seeded(FixedState);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(FixedState::with_seed(seed))
    }

    pub(crate) fn hash(&self, key: impl Hash) -> u64 {
        self.0.hash_one(key)
    }
}

/// Finds numbers by a key that is stored elsewhere. Has no iterator on purpose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index(HashTable<u32>);

impl Index {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(HashTable::with_capacity(capacity))
    }

    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.0.find(hash, |number| is_it(*number)).copied()
    }

    /// `number` must not be in the table yet; `rehash` tells the hash of any number in it.
    pub(crate) fn insert(&mut self, hash: u64, number: u32, rehash: impl Fn(u32) -> u64) {
        self.0.insert_unique(hash, number, |number| rehash(*number));
    }

    /// Takes a number out; `hash` is the one it was put in with.
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        if let Ok(entry) = self.0.find_entry(hash, |known| *known == number) {
            entry.remove();
        }
    }
}

//! Whether something was built from exactly these sources: one hash over names and contents.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::paths::{files_below, root, shown, target};

/// FNV-1a over 64 bits: no secret, only "the same or not".
#[derive(Clone, Copy)]
pub struct Hash(u64);

impl Hash {
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub fn hex(self) -> String {
        format!("{:016x}", self.0)
    }
}

/// The hash of files and folders of the repository; what does not exist counts as empty.
pub fn hash_of(inputs: &[&str]) -> String {
    let mut hash = Hash::new();
    for input in inputs {
        let path = root().join(input);
        let files = if path.is_dir() {
            files_below(&path)
        } else {
            vec![path]
        };
        for file in files {
            hash.add(shown(&file).as_bytes());
            hash.add(&[0]);
            hash.add(&std::fs::read(&file).unwrap_or_default());
            hash.add(&[0]);
        }
    }
    hash.hex()
}

/// A note of what something was last built from.
pub struct Stamp(PathBuf);

impl Stamp {
    pub fn new(name: &str) -> Self {
        Self(target().join("xtask").join(name))
    }

    pub fn is(&self, hash: &str) -> bool {
        std::fs::read_to_string(&self.0).is_ok_and(|noted| noted == hash)
    }

    pub fn set(&self, hash: &str) -> Result<()> {
        if let Some(folder) = self.0.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&self.0, hash).with_context(|| format!("{} cannot be written", shown(&self.0)))
    }
}

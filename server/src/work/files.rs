//! Photos and files of work orders: kept by what they contain, in a folder of the data directory. A file is whole
//! under its name or not there; nothing is ever changed or removed.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use maintenance::order::{Answer, What};
use sha2::{Digest as _, Sha256};

/// A file by its content.
pub type Hash = [u8; 32];

/// Why a file is not kept.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It has another hash than it was said to have.
    #[error("its content is another than was said")]
    OtherContent,
    /// It is of no kind that is kept.
    #[error("files of this kind are not kept")]
    OtherKind,
    /// There are as many bytes as there may be.
    #[error("there is no room for more files")]
    Full,
    /// The file system said no.
    #[error("it cannot be written: {0}")]
    Io(#[from] io::Error),
    /// What was to write it came to an end.
    #[error("it cannot be written: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// See the module.
#[derive(Debug)]
pub struct WorkFiles {
    folder: PathBuf,
    /// Bytes of all together.
    most: u64,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    sizes: BTreeMap<Hash, u64>,
    bytes: u64,
}

impl WorkFiles {
    /// Finds what is in the folder; what was not written to its end is taken away.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(folder: &Path, most: u64) -> io::Result<Arc<Self>> {
        std::fs::create_dir_all(folder)?;
        let mut held = Held::default();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            match hash_from(&entry.file_name().to_string_lossy()) {
                Some(hash) => {
                    let size = entry.metadata()?.len();
                    held.bytes += size;
                    held.sizes.insert(hash, size);
                }
                None if entry.path().extension().is_some_and(|end| end == "part") => {
                    std::fs::remove_file(entry.path())?;
                }
                None => {}
            }
        }
        Ok(Arc::new(Self {
            folder: folder.to_owned(),
            most,
            held: Mutex::new(held),
        }))
    }

    /// Where they are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn held<R>(&self, look: impl FnOnce(&mut Held) -> R) -> R {
        look(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it is there.
    #[must_use]
    pub fn has(&self, hash: &Hash) -> bool {
        self.held(|held| held.sizes.contains_key(hash))
    }

    /// Keeps a file: on disk when this returns.
    ///
    /// # Errors
    /// See [`FileError`].
    pub async fn put(
        self: &Arc<Self>,
        hash: Hash,
        bytes: impl AsRef<[u8]> + Send + 'static,
    ) -> Result<(), FileError> {
        if self.has(&hash) {
            return Ok(());
        }
        let files = self.clone();
        tokio::task::spawn_blocking(move || files.put_now(hash, bytes.as_ref())).await?
    }

    fn put_now(&self, hash: Hash, bytes: &[u8]) -> Result<(), FileError> {
        if Hash::from(Sha256::digest(bytes)) != hash {
            return Err(FileError::OtherContent);
        }
        media_of(bytes).ok_or(FileError::OtherKind)?;
        let size = bytes.len() as u64;
        let has_room = self.held(|held| {
            let has_room = held.bytes.saturating_add(size) <= self.most;
            held.bytes += if has_room { size } else { 0 };
            has_room
        });
        if !has_room {
            return Err(FileError::Full);
        }
        let written = self.write(hash, bytes);
        self.held(|held| match &written {
            // Somebody else may have brought the same meanwhile.
            Ok(()) => held.bytes -= held.sizes.insert(hash, size).unwrap_or(0),
            Err(_) => held.bytes -= size,
        });
        Ok(written?)
    }

    fn write(&self, hash: Hash, bytes: &[u8]) -> io::Result<()> {
        let name = name_of(&hash);
        let part = self
            .folder
            .join(format!("{name}.{:016x}.part", crate::random::number()));
        let mut file = std::fs::File::create(&part)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        let whole = written.and_then(|()| std::fs::rename(&part, self.folder.join(name)));
        if whole.is_err() {
            // What stays is taken away by the next start.
            drop(std::fs::remove_file(&part));
        }
        whole?;
        std::fs::File::open(&self.folder)?.sync_all()
    }

    /// Its content and media type; none where it is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn get(&self, hash: &Hash) -> io::Result<Option<(Vec<u8>, &'static str)>> {
        if !self.has(hash) {
            return Ok(None);
        }
        let bytes = tokio::fs::read(self.folder.join(name_of(hash))).await?;
        let media = media_of(&bytes).unwrap_or("application/octet-stream");
        Ok(Some((bytes, media)))
    }
}

/// What a file is by what it begins with; none for what is not kept.
#[must_use]
pub fn media_of(bytes: &[u8]) -> Option<&'static str> {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some("image/png"),
        _ if is_webp => Some("image/webp"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        _ => {
            let is_text = |char: char| !char.is_control() || matches!(char, '\n' | '\r' | '\t');
            let text = std::str::from_utf8(bytes).ok()?;
            (!text.is_empty() && text.chars().all(is_text)).then_some("text/plain; charset=utf-8")
        }
    }
}

/// The file that an event names.
#[must_use]
pub const fn named_by(what: &What) -> Option<Hash> {
    match what {
        What::Answered {
            answer: Answer::Photo(hash) | Answer::Signed(hash),
            ..
        } => Some(*hash),
        What::Attached(file) => Some(file.hash),
        _ => None,
    }
}

/// As its file is called.
#[must_use]
pub fn name_of(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// From 64 digits in lower case; nothing else is a name of ours.
#[must_use]
pub fn hash_from(name: &str) -> Option<Hash> {
    let is_digits = name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let mut hash = [0; 32];
    if !is_digits {
        return None;
    }
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(name.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

    fn hash(bytes: &[u8]) -> Hash {
        Sha256::digest(bytes).into()
    }

    #[tokio::test]
    async fn a_file_is_there_again_after_a_restart_and_half_a_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let files = WorkFiles::open(dir.path(), 100).unwrap();
        files.put(hash(PNG), PNG).await.unwrap();
        std::fs::write(
            dir.path().join(format!("{}.1.part", name_of(&hash(PNG)))),
            b"half",
        )
        .unwrap();
        let again = WorkFiles::open(dir.path(), 100).unwrap();
        let (bytes, media) = again.get(&hash(PNG)).await.unwrap().unwrap();
        assert_eq!((bytes.as_slice(), media), (PNG, "image/png"));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn what_is_other_than_it_says_or_too_much_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let files = WorkFiles::open(dir.path(), 20).unwrap();
        let other = files.put(hash(b"other"), PNG).await;
        assert!(matches!(other, Err(FileError::OtherContent)), "{other:?}");
        let program = b"MZ\x90\x00program";
        let kind = files.put(hash(program), program).await;
        assert!(matches!(kind, Err(FileError::OtherKind)), "{kind:?}");
        files.put(hash(PNG), PNG).await.unwrap();
        files.put(hash(PNG), PNG).await.unwrap();
        let full = files.put(hash(b"a longer text"), b"a longer text").await;
        assert!(matches!(full, Err(FileError::Full)), "{full:?}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_a_hash_is_a_name() {
        let name = name_of(&hash(PNG));
        assert_eq!(hash_from(&name), Some(hash(PNG)));
        for bad in [
            "",
            "..",
            &name.to_uppercase(),
            &format!("{name}0"),
            "../../../../etc/passwd",
            &"é".repeat(32),
        ] {
            assert_eq!(hash_from(bad), None, "{bad}");
        }
    }
}

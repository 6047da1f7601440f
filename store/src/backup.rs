//! One file with everything, taken while the server runs; and back.
//!
//! The file: a line that says what it is, then frames (kind, length, content) of history and records, then
//! a checksum over all of it. It is written beside its name and renamed when whole, so a backup that is
//! there is a backup.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use crate::data_dir::{DataDir, DataDirError, private};
use crate::history::transfer::{Chunk, ChunkSink, Import};
use crate::history::{History, HistoryError};
use crate::records::{Records, RecordsError};

const TITLE: &[u8] = b"Gemba backup 1\n";
const ENTRIES: u8 = b'e';
const READINGS: u8 = b'r';
const RECORDS: u8 = b'd';
/// A photo or file of a work order: its hash, then its content.
const FILE: u8 = b'f';
/// What is in it was made by a simulator.
const DEMO: u8 = b's';
const END: u8 = b'.';
/// Longer frames are not believed.
const FRAME_BYTES_MAX: u64 = 256 << 20;
const COPY_BYTES: usize = 1 << 20;
/// Of SHA-256.
const HASH_BYTES: usize = 32;

/// Why a backup or a restore failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The place to restore to holds something already.
    #[error("{} is not empty", path.display())]
    NotEmpty {
        /// Which directory.
        path: PathBuf,
    },
    /// The file that would be replaced is something else.
    #[error("{} is there and is no Gemba backup", path.display())]
    Other {
        /// Which file.
        path: PathBuf,
    },
    /// The file is not a backup, or is damaged.
    #[error("{} is not a whole Gemba backup: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The file system said no.
    #[error("cannot {operation} {}: {source}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The history said no.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The records said no.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The place to restore to could not be taken.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The work was broken off, by a server that stops for example.
    #[error("the backup was broken off")]
    BrokenOff,
}

impl BackupError {
    fn io(operation: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            operation,
            path,
            source,
        }
    }
}

/// What goes into a backup.
#[derive(Clone)]
pub struct Contents {
    /// Every reading.
    pub history: Arc<History>,
    /// Everything else.
    pub records: Records,
    /// The folder of photos and files of work orders; it may not be there.
    pub files: PathBuf,
    /// Whether the data directory is marked as the demo's: what is restored must say so too.
    pub is_demo: bool,
}

/// Writes everything acknowledged so far into `file`, while history and records are in use.
/// An older backup of that name is replaced once the new one is whole.
pub async fn backup(contents: Contents, file: &Path) -> Result<(), BackupError> {
    let Contents {
        history,
        records,
        files,
        is_demo,
    } = contents;
    let draft = Draft {
        part: with_suffix(file, ".part"),
        records: with_suffix(file, ".records"),
    };
    refuse_other(file)?;
    draft.remove();
    let part = draft.part.clone();
    // History first: every point it mentions is then in the records.
    let exported = tokio::task::spawn_blocking(move || {
        let mut frames = FrameWriter::create(&part)?;
        if is_demo {
            frames.frame(DEMO, &[])?;
        }
        history.export(&mut frames)?;
        Ok::<_, BackupError>(frames)
    });
    let frames = exported.await.map_err(broken_off)??;
    records.copy_to(&draft.records).await?;
    let file = file.to_owned();
    let finished = tokio::task::spawn_blocking(move || {
        let mut frames = frames;
        // After the records: a file that an order names is in it, unless it never came.
        frames.files(&files)?;
        frames.finish(&draft.records)?;
        std::fs::rename(&draft.part, &file).map_err(BackupError::io("write", &file))
    });
    finished.await.map_err(broken_off)?
}

/// An older backup may be replaced, a database or a key not.
fn refuse_other(file: &Path) -> Result<(), BackupError> {
    let mut there = match File::open(file) {
        Ok(there) => there,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(BackupError::io("read", file)(error)),
    };
    let mut title = [0; TITLE.len()];
    if there.read_exact(&mut title).is_ok() && title == TITLE {
        return Ok(());
    }
    Err(BackupError::Other {
        path: file.to_owned(),
    })
}

/// Restores `file` into `dir`, which must be empty or missing. Blocks. On an error what was made is removed.
pub fn restore(file: &Path, dir: &Path) -> Result<(), BackupError> {
    FrameReader::open(file)?.verify()?;
    if dir.exists()
        && std::fs::read_dir(dir)
            .map_err(BackupError::io("read", dir))?
            .next()
            .is_some()
    {
        return Err(BackupError::NotEmpty { path: dir.to_owned() });
    }
    let data = DataDir::open(dir)?;
    let restored = restore_frames(FrameReader::open(file)?, &data);
    if restored.is_err() {
        drop(data);
        std::fs::remove_dir_all(dir).map_err(BackupError::io("clear", dir))?;
    }
    restored
}

fn restore_frames(mut frames: FrameReader, data: &DataDir) -> Result<(), BackupError> {
    let records_path = data.records();
    let write_records = |source| BackupError::io("write", &records_path)(source);
    let mut records = private()
        .create_new(true)
        .open(&records_path)
        .map_err(write_records)?;
    let mut history = Import::new(&data.history())?;
    loop {
        let (kind, content) = frames.next_frame()?;
        let chunk = match kind {
            END => break,
            RECORDS => {
                records.write_all(&content).map_err(write_records)?;
                continue;
            }
            FILE => {
                let (hash, content) = content
                    .split_at_checked(HASH_BYTES)
                    .ok_or_else(|| frames.damaged("it has a file without a name"))?;
                restore_file(&data.files(), hash, content)?;
                continue;
            }
            DEMO => {
                data.mark_demo()?;
                continue;
            }
            ENTRIES => Chunk::Entries(content),
            READINGS => Chunk::Readings(content),
            _ => return Err(frames.damaged("it has a part of an unknown kind")),
        };
        if history.chunk(&chunk)?.is_err() {
            return Err(frames.damaged("its history cannot be read"));
        }
    }
    records.sync_all().map_err(write_records)?;
    history.finish()?;
    Ok(())
}

/// A file back under its hash; the checksum over all says that it is the same.
fn restore_file(folder: &Path, hash: &[u8], content: &[u8]) -> Result<(), BackupError> {
    std::fs::create_dir_all(folder).map_err(BackupError::io("make", folder))?;
    let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = folder.join(name);
    let mut file = private()
        .create_new(true)
        .open(&path)
        .map_err(BackupError::io("make", &path))?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    written.map_err(BackupError::io("write", &path))
}

/// The hash that a file's name is.
fn hash_of(name: &str) -> Option<[u8; HASH_BYTES]> {
    let mut hash = [0; HASH_BYTES];
    if name.len() != 2 * HASH_BYTES || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(name.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// Files in the making; gone when it ends early.
struct Draft {
    part: PathBuf,
    records: PathBuf,
}

impl Draft {
    fn remove(&self) {
        // Nearly always one or both are not there.
        std::fs::remove_file(&self.part).ok();
        std::fs::remove_file(&self.records).ok();
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.remove();
    }
}

struct FrameWriter {
    path: PathBuf,
    file: BufWriter<File>,
    sum: Xxh3,
}

impl FrameWriter {
    fn create(path: &Path) -> Result<Self, BackupError> {
        let file = private()
            .create(true)
            .truncate(true)
            .open(path)
            .map_err(BackupError::io("make", path))?;
        let mut frames = Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
            sum: Xxh3::new(),
        };
        frames.write(TITLE)?;
        Ok(frames)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.sum.update(bytes);
        self.file
            .write_all(bytes)
            .map_err(BackupError::io("write", &self.path))
    }

    fn frame(&mut self, kind: u8, content: &[u8]) -> Result<(), BackupError> {
        self.write(&[kind])?;
        self.write(&(content.len() as u64).to_le_bytes())?;
        self.write(content)
    }

    /// Every whole file of a folder.
    fn files(&mut self, folder: &Path) -> Result<(), BackupError> {
        if !folder.exists() {
            return Ok(());
        }
        let failed = |source| BackupError::io("read", folder)(source);
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Some(hash) = hash_of(&entry.file_name().to_string_lossy()) else {
                continue;
            };
            let path = entry.path();
            let mut content = hash.to_vec();
            content.extend(std::fs::read(&path).map_err(BackupError::io("read", &path))?);
            self.frame(FILE, &content)?;
        }
        Ok(())
    }

    fn finish(mut self, records: &Path) -> Result<(), BackupError> {
        let mut input = File::open(records).map_err(BackupError::io("read", records))?;
        let mut buffer = Vec::with_capacity(COPY_BYTES);
        loop {
            buffer.clear();
            let mut part = (&mut input).take(COPY_BYTES as u64);
            part.read_to_end(&mut buffer)
                .map_err(BackupError::io("read", records))?;
            if buffer.is_empty() {
                break;
            }
            self.frame(RECORDS, &buffer)?;
        }
        let sum = self.sum.digest().to_le_bytes();
        self.frame(END, &sum)?;
        let written = self
            .file
            .into_inner()
            .map_err(|error| error.into_error())
            .and_then(|file| file.sync_all());
        written.map_err(BackupError::io("write", &self.path))
    }
}

impl ChunkSink for FrameWriter {
    type Error = BackupError;

    fn chunk(&mut self, chunk: Chunk) -> Result<(), BackupError> {
        match chunk {
            Chunk::Entries(bytes) => self.frame(ENTRIES, &bytes),
            Chunk::Readings(bytes) => self.frame(READINGS, &bytes),
        }
    }
}

struct FrameReader {
    path: PathBuf,
    file: BufReader<File>,
    sum: Xxh3,
}

impl FrameReader {
    fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(BackupError::io("read", path))?;
        let mut frames = Self {
            path: path.to_owned(),
            file: BufReader::new(file),
            sum: Xxh3::new(),
        };
        let title = frames.read(TITLE.len() as u64)?;
        if title != TITLE {
            return Err(frames.damaged("it does not begin like one"));
        }
        frames.sum.update(&title);
        Ok(frames)
    }

    fn read(&mut self, length: u64) -> Result<Vec<u8>, BackupError> {
        let mut bytes = Vec::new();
        let read = (&mut self.file).take(length).read_to_end(&mut bytes);
        read.map_err(BackupError::io("read", &self.path))?;
        if bytes.len() as u64 == length {
            Ok(bytes)
        } else {
            Err(self.damaged("it ends too early"))
        }
    }

    fn next_frame(&mut self) -> Result<(u8, Vec<u8>), BackupError> {
        let sum = self.sum.digest();
        let head = self.read(9)?;
        let (kind, length) = head.split_first().unwrap_or((&0, &[]));
        let length = length.try_into().map_or(u64::MAX, u64::from_le_bytes);
        if length > FRAME_BYTES_MAX {
            return Err(self.damaged("a part of it is too long"));
        }
        let content = self.read(length)?;
        if *kind == END && content != sum.to_le_bytes() {
            return Err(self.damaged("its checksum is wrong"));
        }
        self.sum.update(&head);
        self.sum.update(&content);
        Ok((*kind, content))
    }

    /// Reads all of it.
    fn verify(mut self) -> Result<(), BackupError> {
        while self.next_frame()?.0 != END {}
        Ok(())
    }

    fn damaged(&self, reason: &'static str) -> BackupError {
        BackupError::Damaged {
            path: self.path.clone(),
            reason,
        }
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn broken_off(_: tokio::task::JoinError) -> BackupError {
    BackupError::BrokenOff
}

//! History as a stream: out of a running server, and into an empty directory.

use std::path::Path;

use fjall::{Database, KeyspaceCreateOptions, PersistMode, Readable};
use twin::{PointId, Reading};

use super::codec::{Corrupt, Input, put_unsigned};
use super::log::{decode_records, encode};
use super::{Durability, History, HistoryConfig, HistoryError};

/// Bytes in one chunk, about.
const CHUNK_BYTES: usize = 1 << 20;
/// Readings appended at once on the way in.
const READINGS: usize = 10_000;

/// A piece of the stream.
pub enum Chunk {
    /// Keys and values of the block store.
    Entries(Vec<u8>),
    /// Readings that are not in blocks yet.
    Readings(Vec<u8>),
}

/// Where a stream goes.
pub trait ChunkSink {
    /// What it may fail with.
    type Error: From<HistoryError>;
    /// Takes the next piece.
    fn chunk(&mut self, chunk: Chunk) -> Result<(), Self::Error>;
}

impl History {
    /// Streams everything appended so far, while appending goes on.
    pub fn export<S: ChunkSink>(&self, sink: &mut S) -> Result<(), S::Error> {
        let blocks = self.blocks()?;
        let (view, heads) = {
            // No commit is half in blocks and half in heads while this is held; copying takes moments.
            let _appender = self.appender();
            let heads = self.heads();
            let copies: Vec<_> = heads
                .points()
                .into_iter()
                .filter_map(|point| Some((point, heads.get(point)?)))
                .collect();
            (blocks.view(), copies)
        };
        let mut entries = Vec::new();
        for (name, keyspace) in blocks.keyspaces(&view) {
            for entry in view.snapshot.iter(&keyspace) {
                let (key, value) = entry
                    .into_inner()
                    .map_err(HistoryError::blocks("read for a backup"))?;
                for part in [name.as_bytes(), &key, &value] {
                    put_unsigned(&mut entries, part.len() as u64);
                    entries.extend_from_slice(part);
                }
                if entries.len() >= CHUNK_BYTES {
                    sink.chunk(Chunk::Entries(std::mem::take(&mut entries)))?;
                }
            }
        }
        sink.chunk(Chunk::Entries(entries))?;
        let mut readings = Vec::new();
        for (point, head) in heads {
            readings.extend(head.readings().into_iter().map(|reading| (point, reading)));
            if readings.len() >= READINGS {
                sink.chunk(chunk_from_readings(&std::mem::take(&mut readings)))?;
            }
        }
        sink.chunk(chunk_from_readings(&readings))
    }
}

fn chunk_from_readings(readings: &[(PointId, Reading)]) -> Chunk {
    let mut bytes = Vec::new();
    encode(&mut bytes, &mut super::codec::Encoder::default(), readings);
    Chunk::Readings(bytes)
}

/// Builds a history from a stream, in an empty directory. Entries come before readings.
pub struct Import {
    dir: std::path::PathBuf,
    db: Option<Database>,
    history: Option<History>,
}

impl Import {
    /// Starts in `dir`, which must be empty or missing.
    pub fn new(dir: &Path) -> Result<Self, HistoryError> {
        let blocks = dir.join("blocks");
        std::fs::create_dir_all(&blocks).map_err(HistoryError::io("make", &blocks))?;
        let db = Database::builder(&blocks)
            .open()
            .map_err(HistoryError::blocks("make"))?;
        Ok(Self {
            dir: dir.to_owned(),
            db: Some(db),
            history: None,
        })
    }

    /// Takes the next piece. Says whether it could be understood.
    pub fn chunk(&mut self, chunk: &Chunk) -> Result<Result<(), Corrupt>, HistoryError> {
        match chunk {
            Chunk::Entries(bytes) => self.entries(bytes),
            Chunk::Readings(bytes) => {
                let Ok(readings) = decode_records(bytes) else {
                    return Ok(Err(Corrupt));
                };
                let history = match self.history.take() {
                    Some(history) => history,
                    None => {
                        self.close_blocks()?;
                        History::open(&self.dir, HistoryConfig::default())?
                    }
                };
                history.append(&readings, Durability::Synced)?;
                self.history = Some(history);
                Ok(Ok(()))
            }
        }
    }

    /// Makes it durable.
    pub fn finish(mut self) -> Result<(), HistoryError> {
        self.close_blocks()?;
        self.history.map_or(Ok(()), |history| history.sync())
    }

    fn entries(&self, bytes: &[u8]) -> Result<Result<(), Corrupt>, HistoryError> {
        let Some(db) = &self.db else {
            return Ok(Err(Corrupt));
        };
        let mut batch = db.batch();
        let mut input = Input(bytes);
        while !input.0.is_empty() {
            let mut part = || input.unsigned().and_then(|length| input.take(length as usize));
            let (Ok(name), Ok(key), Ok(value)) = (part(), part(), part()) else {
                return Ok(Err(Corrupt));
            };
            let Some(name) = std::str::from_utf8(name).ok().filter(|name| is_keyspace(name)) else {
                return Ok(Err(Corrupt));
            };
            let options = || KeyspaceCreateOptions::default().max_memtable_size(16 << 20);
            let keyspace = db.keyspace(name, options).map_err(HistoryError::blocks("make"))?;
            batch.insert(&keyspace, key, value);
        }
        batch.commit().map_err(HistoryError::blocks("write"))?;
        Ok(Ok(()))
    }

    fn close_blocks(&mut self) -> Result<(), HistoryError> {
        self.db
            .take()
            .map_or(Ok(()), |db| db.persist(PersistMode::SyncAll))
            .map_err(HistoryError::blocks("sync"))
    }
}

fn is_keyspace(name: &str) -> bool {
    name == "latest"
        || name == "meta"
        || name
            .strip_prefix('g')
            .is_some_and(|number| number.parse::<u32>().is_ok())
}

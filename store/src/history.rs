//! The history of readings: an append log that is durable first, and blocks that are quick to query.
#![expect(unused, reason = "skeleton")]

use std::path::{Path, PathBuf};

use twin::{PointId, Reading, Span, Timestamp};

/// How much is kept, and what it may cost in memory.
#[derive(Clone, Debug)]
pub struct HistoryConfig {
    /// Readings older than this many days go.
    pub keep_days: u32,
    /// Beyond this size on disk the oldest go.
    pub keep_bytes: u64,
    /// Block cache.
    pub cache_bytes: u64,
    /// Write buffer of the block store.
    pub memtable_bytes: u64,
    /// The append log is folded into blocks beyond this size.
    pub log_bytes: u64,
}

impl Default for HistoryConfig {
    fn default() -> Self {
        Self {
            keep_days: 7,
            keep_bytes: 2 << 30,
            cache_bytes: 8 << 20,
            memtable_bytes: 4 << 20,
            log_bytes: 32 << 20,
        }
    }
}

/// What an append promises when it returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durability {
    /// On disk: survives a power cut.
    Synced,
    /// With the operating system: survives the end of this process.
    Buffered,
}

/// Why the history could not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The file system said no.
    #[error("{operation} {}: {source}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The block store said no.
    #[error("{operation} in the block store: {source}")]
    Blocks {
        /// What was tried.
        operation: &'static str,
        /// What it said.
        source: fjall::Error,
    },
}

/// A number at a time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample {
    /// When.
    pub time: Timestamp,
    /// How much; a switch counts as 0 or 1.
    pub value: f64,
}

/// What happened in one slice of time. Bad and empty readings are not in it, except in `unusable`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bucket {
    /// The lowest.
    pub min: Sample,
    /// The highest.
    pub max: Sample,
    /// The earliest.
    pub first: Sample,
    /// The latest.
    pub last: Sample,
    /// How many numbers.
    pub count: u64,
    /// How many readings without a usable number.
    pub unusable: u64,
}

/// Embedded history in one directory. All methods block: call them from a blocking thread.
pub struct History {}

impl History {
    /// Opens or makes the history in `dir`; replays what was committed but is not yet in blocks.
    pub fn open(dir: &Path, config: HistoryConfig) -> Result<Self, HistoryError> {
        Ok(Self {})
    }

    /// Appends readings in one commit. After an error nothing of the batch is promised, and the same
    /// batch may be appended again: readings seen twice are stored once.
    pub fn append(&self, batch: &[(PointId, Reading)], durability: Durability) -> Result<(), HistoryError> {
        Ok(())
    }

    /// Makes everything appended so far durable.
    pub fn sync(&self) -> Result<(), HistoryError> {
        Ok(())
    }

    /// The latest reading of every point, in no particular order.
    pub fn each_latest(&self, each: impl FnMut(PointId, Reading)) -> Result<(), HistoryError> {
        Ok(())
    }

    /// Readings with `from <= time < to`, oldest first, at most `limit`.
    pub fn series(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Reading>, HistoryError> {
        Ok(Vec::new())
    }

    /// The last reading at or before `time`.
    pub fn at(&self, point: PointId, time: Timestamp) -> Result<Option<Reading>, HistoryError> {
        Ok(None)
    }

    /// The range cut into equal `buckets`, every extreme kept; none where there is no reading.
    pub fn extremes(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        buckets: usize,
    ) -> Result<Vec<Option<Bucket>>, HistoryError> {
        Ok(vec![None; buckets])
    }

    /// How many readings with `from <= time < to`.
    pub fn count(&self, point: PointId, from: Timestamp, to: Timestamp) -> Result<u64, HistoryError> {
        Ok(0)
    }

    /// How far back it reaches; none while empty.
    pub fn reach(&self) -> Option<Timestamp> {
        None
    }

    /// Bytes on disk.
    pub fn size_bytes(&self) -> u64 {
        0
    }

    /// Drops what is too old or too much. To be called now and then, every few minutes.
    pub fn enforce_retention(&self, now: Timestamp) -> Result<(), HistoryError> {
        Ok(())
    }

    /// Records that nothing could be written from `from` to `to`.
    pub fn record_gap(&self, from: Timestamp, to: Timestamp) -> Result<(), HistoryError> {
        Ok(())
    }

    /// The recorded gaps that touch the range, oldest first, at most 1,000.
    pub fn gaps(&self, from: Timestamp, to: Timestamp) -> Result<Vec<(Timestamp, Timestamp)>, HistoryError> {
        Ok(Vec::new())
    }
}

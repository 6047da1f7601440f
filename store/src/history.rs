//! The history of readings: an append log that is durable first, and blocks that are quick to query.
//!
//! A commit goes to the `log` (one write, one fdatasync) and into the `heads` in memory. A head that is as
//! large as a block, or whose readings hold up the oldest segment of the log, becomes `blocks`; then that
//! segment goes. After a crash the log is read back into heads. Queries look at blocks and heads together.
//!
//! The log is our own, not the block store's journal: that one refuses all further writes after one failed
//! write until it is opened anew, while a full disk must heal by itself.

mod aside;
mod block;
mod blocks;
mod codec;
mod error;
mod fold;
mod heads;
mod log;
mod query;
pub(crate) mod transfer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use twin::{PointId, Reading, Timestamp};

pub use self::error::HistoryError;

use self::blocks::Blocks;
use self::fold::Appender;
use self::heads::Heads;
use self::query::{Count, Extremes, Series};

/// Gaps that are handed out.
const GAPS_MAX: usize = 1_000;

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

/// Embedded history in one directory. All methods block: call them from a thread that may.
pub struct History {
    dir: PathBuf,
    set_aside: Vec<PathBuf>,
    config: HistoryConfig,
    /// Held for the length of a commit; taken before the two below.
    appender: Mutex<Appender>,
    /// Held for moments.
    heads: Mutex<Heads>,
    /// None after a failed attempt to open the block store again.
    blocks: RwLock<Option<Arc<Blocks>>>,
}

impl History {
    /// Opens or makes the history in `dir`; replays what was committed but is not yet in blocks.
    ///
    /// A block store whose files are damaged is set aside whole, and a new one begun: a plant is watched on
    /// even where its past cannot be read. See [`History::set_aside`].
    pub fn open(dir: &Path, config: HistoryConfig) -> Result<Self, HistoryError> {
        std::fs::create_dir_all(dir).map_err(HistoryError::io("make", dir))?;
        let (blocks, heads, log) = match fold::open_parts(dir, &config) {
            Err(error) if error.is_damage() => {
                let place = aside::set_aside(dir)?;
                tracing::error!(
                    %error, place = %place.display(),
                    "the history's blocks are damaged and were set aside: older readings are not shown",
                );
                fold::open_parts(dir, &config)?
            }
            opened => opened?,
        };
        let history = Self {
            set_aside: aside::places(dir)?,
            dir: dir.to_owned(),
            config,
            appender: Mutex::new(Appender::new(log)),
            heads: Mutex::new(heads),
            blocks: RwLock::new(Some(Arc::new(blocks))),
        };
        history.fold_after_commit(&mut history.appender());
        Ok(history)
    }

    /// Appends readings in one commit. After an error nothing of the batch is promised, and the same
    /// batch may be appended again: readings seen twice are stored once.
    pub fn append(&self, batch: &[(PointId, Reading)], durability: Durability) -> Result<(), HistoryError> {
        if batch.is_empty() {
            return if durability == Durability::Synced {
                self.sync()
            } else {
                Ok(())
            };
        }
        let mut appender = self.appender();
        self.make_room(&mut appender)?;
        let appended = appender.log.append(batch, durability)?;
        let mut heads = self.heads();
        for ((point, reading), sequence) in batch.iter().zip(appended.first..) {
            heads.push(*point, reading, appended.segment, sequence);
        }
        drop(heads);
        self.fold_after_commit(&mut appender);
        Ok(())
    }

    /// Makes everything appended so far durable.
    pub fn sync(&self) -> Result<(), HistoryError> {
        self.appender().log.sync()
    }

    /// The latest reading of every point, in no particular order.
    pub fn each_latest(&self, mut each: impl FnMut(PointId, Reading)) -> Result<(), HistoryError> {
        let mut newest = HashMap::new();
        let points = self.heads().points();
        for point in points {
            if let Some(reading) = self.head(point).pop() {
                newest.insert(point, reading);
            }
        }
        self.blocks()?.each_latest(|point, _, stored| {
            let head = newest
                .remove(&point)
                .filter(|reading| reading.time() >= stored.time());
            each(point, head.unwrap_or(stored));
        })?;
        newest
            .into_iter()
            .for_each(|(point, reading)| each(point, reading));
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
        let mut series = Series {
            readings: Vec::new(),
            limit,
        };
        if limit > 0 {
            self.scan(point, from, to, &mut series)?;
        }
        Ok(series.readings)
    }

    /// The last reading at or before `time`.
    pub fn at(&self, point: PointId, time: Timestamp) -> Result<Option<Reading>, HistoryError> {
        let head = self
            .head(point)
            .into_iter()
            .rfind(|reading| reading.time() <= time);
        let stored = self.blocks()?.view().at(point, time)?;
        Ok(
            if head.as_ref().map(Reading::time) >= stored.as_ref().map(Reading::time) {
                head
            } else {
                stored
            },
        )
    }

    /// The range cut into equal `buckets`, every extreme kept; none where there is no number.
    pub fn extremes(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        buckets: usize,
    ) -> Result<Vec<Option<Bucket>>, HistoryError> {
        let mut extremes = Extremes::new(from, to, buckets);
        if buckets > 0 {
            self.scan(point, from, to, &mut extremes)?;
        }
        Ok(extremes.finish())
    }

    /// How many readings with `from <= time < to`.
    pub fn count(&self, point: PointId, from: Timestamp, to: Timestamp) -> Result<u64, HistoryError> {
        let mut count = Count(0);
        self.scan(point, from, to, &mut count)?;
        Ok(count.0)
    }

    /// How far back it reaches; none while empty.
    pub fn reach(&self) -> Option<Timestamp> {
        let heads = self.heads().earliest();
        let blocks = self.blocks().ok().and_then(|blocks| blocks.earliest());
        [heads, blocks].into_iter().flatten().min()
    }

    /// Where damaged blocks were set aside, by this run or an earlier one, and still are.
    pub fn set_aside(&self) -> &[PathBuf] {
        &self.set_aside
    }

    /// Bytes on disk. Walks the directory: for a status page, not for every second.
    pub fn size_bytes(&self) -> u64 {
        directory_bytes(&self.dir)
    }

    /// Drops what is too old or too much. To be called now and then, every few minutes.
    pub fn enforce_retention(&self, now: Timestamp) -> Result<(), HistoryError> {
        let mut appender = self.appender();
        let done = self.blocks()?.enforce_retention(now);
        appender.note(&done);
        done
    }

    /// Records that nothing could be written from `from` to `to`.
    pub fn record_gap(&self, from: Timestamp, to: Timestamp) -> Result<(), HistoryError> {
        let mut appender = self.appender();
        let done = self.blocks()?.record_gap(from, to);
        appender.note(&done);
        done
    }

    /// The recorded gaps that touch the range, oldest first, at most 1,000.
    pub fn gaps(&self, from: Timestamp, to: Timestamp) -> Result<Vec<(Timestamp, Timestamp)>, HistoryError> {
        self.blocks()?.gaps(from, to, GAPS_MAX)
    }

    fn scan(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        sink: &mut impl query::Sink,
    ) -> Result<(), HistoryError> {
        // The head first: what goes into a block in between is then seen twice, which is sorted out.
        let head = self.head(point);
        self.blocks()?.view().scan(point, from, to, head, sink)
    }

    fn head(&self, point: PointId) -> Vec<Reading> {
        let head = self.heads().get(point);
        head.map(|head| head.readings()).unwrap_or_default()
    }

    fn appender(&self) -> MutexGuard<'_, Appender> {
        self.appender.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn heads(&self) -> MutexGuard<'_, Heads> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn blocks(&self) -> Result<Arc<Blocks>, HistoryError> {
        let blocks = self.blocks.read().unwrap_or_else(PoisonError::into_inner);
        blocks.clone().ok_or_else(|| HistoryError::Unavailable {
            reason: "the history is being opened again after a failure".to_owned(),
        })
    }
}

/// What the files under `dir` take on disk (a block store's journal is made larger than it is filled).
fn directory_bytes(dir: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => directory_bytes(&entry.path()),
            Ok(metadata) => disk_bytes(&metadata),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(unix)]
fn disk_bytes(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

#[cfg(not(unix))]
fn disk_bytes(metadata: &std::fs::Metadata) -> u64 {
    metadata.len()
}

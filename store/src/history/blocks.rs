//! Blocks on disk, in generations: one keyspace of the block store for each stretch of writing.
//!
//! A generation holds the blocks and marks that were written while it was the newest, whatever their times.
//! Retention drops whole generations, which frees their space at once and costs nothing.
//! Beside them: `latest` (for every point its latest reading and how far its log is in blocks), and `meta`
//! (what each generation spans, and the recorded gaps).

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode, Snapshot};
use twin::{PointId, Reading, Span, Timestamp};

use super::block::blocks_from_readings;
use super::codec::{Corrupt, Decoder, Input, bytes_from_reading};
use super::{HistoryConfig, HistoryError};

/// Generations into which the kept range is cut, by size and by days.
const GENERATIONS: u64 = 16;
const DAY_MICROS: i64 = 86_400_000_000;
const GAP: u8 = b'p';
const FACTS: u8 = b'g';

/// The block store, open.
pub struct Blocks {
    db: Database,
    latest: Keyspace,
    meta: Keyspace,
    /// Oldest first; the last one is written to.
    generations: RwLock<Vec<Arc<Generation>>>,
    config: HistoryConfig,
}

/// What was written in one stretch.
pub struct Generation {
    number: u32,
    /// Marks and blocks.
    pub keyspace: Keyspace,
    facts: Mutex<Facts>,
}

/// What a generation spans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// Time of its earliest reading.
    pub earliest: Timestamp,
    /// Time of its latest reading.
    pub latest: Timestamp,
    /// Bytes of its keys and values.
    pub bytes: u64,
    /// Blocks written to it: the number of the next one.
    pub blocks: u32,
}

/// A consistent look at all of it.
pub struct View {
    /// What was committed when the view was taken.
    pub snapshot: Snapshot,
    /// Oldest first.
    pub generations: Vec<Arc<Generation>>,
}

/// Readings of one point on their way from a head into blocks.
pub struct Cut {
    /// Whose.
    pub point: PointId,
    /// In time order, each once.
    pub readings: Vec<Reading>,
    /// Up to here the log of this point is in blocks.
    pub sequence: u64,
}

impl Blocks {
    /// Opens or makes the block store in `dir`.
    pub fn open(dir: &Path, config: &HistoryConfig) -> Result<Self, HistoryError> {
        // Without its version marker a store was never finished making (a full disk) and holds nothing.
        if dir.exists() && !dir.join("version").exists() {
            std::fs::remove_dir_all(dir).map_err(HistoryError::io("clear", dir))?;
        }
        let db = Database::builder(dir)
            .cache_size(config.cache_bytes)
            .max_journaling_size(64 << 20)
            .worker_threads(1)
            .manual_journal_persist(true)
            .open()
            .map_err(HistoryError::blocks("open"))?;
        let small = || KeyspaceCreateOptions::default().max_memtable_size(config.memtable_bytes);
        let latest = db
            .keyspace("latest", small)
            .map_err(HistoryError::blocks("open latest"))?;
        let meta = db
            .keyspace("meta", small)
            .map_err(HistoryError::blocks("open meta"))?;
        let blocks = Self {
            db,
            latest,
            meta,
            generations: RwLock::default(),
            config: config.clone(),
        };
        blocks.open_generations()?;
        Ok(blocks)
    }

    fn open_generations(&self) -> Result<(), HistoryError> {
        let names = self.db.list_keyspace_names();
        let mut numbers: Vec<u32> = names
            .iter()
            .filter_map(|name| name.strip_prefix('g').and_then(|number| number.parse().ok()))
            .collect();
        numbers.sort_unstable();
        for number in numbers {
            let stored = self
                .meta
                .get(facts_key(number))
                .map_err(HistoryError::blocks("read meta"))?;
            let facts = stored
                .and_then(|bytes| Facts::from_bytes(&bytes).ok())
                .unwrap_or_default();
            self.add_generation(number, facts)?;
        }
        if self.read_generations().is_empty() {
            self.add_generation(1, Facts::default())?;
        }
        Ok(())
    }

    fn add_generation(&self, number: u32, facts: Facts) -> Result<(), HistoryError> {
        let options = || {
            KeyspaceCreateOptions::default()
                .max_memtable_size(self.config.memtable_bytes)
                .expect_point_read_hits(true)
        };
        let keyspace = self
            .db
            .keyspace(&format!("g{number}"), options)
            .map_err(HistoryError::blocks("open a generation"))?;
        let generation = Generation {
            number,
            keyspace,
            facts: Mutex::new(facts),
        };
        self.generations
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::new(generation));
        Ok(())
    }

    fn read_generations(&self) -> Vec<Arc<Generation>> {
        self.generations
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A consistent look at all blocks.
    pub fn view(&self) -> View {
        // Generations first: one dropped in between is still held, one added in between is still empty.
        let generations = self.read_generations();
        View {
            snapshot: self.db.snapshot(),
            generations,
        }
    }

    /// Every keyspace and its name, as of this view.
    pub fn keyspaces(&self, view: &View) -> Vec<(String, Keyspace)> {
        let mut keyspaces = vec![
            ("meta".to_owned(), self.meta.clone()),
            ("latest".to_owned(), self.latest.clone()),
        ];
        let generations = view.generations.iter();
        keyspaces.extend(
            generations.map(|generation| (format!("g{}", generation.number), generation.keyspace.clone())),
        );
        keyspaces
    }

    /// Writes heads as blocks, in one transaction. Not synced. Only one thread at a time may write.
    pub fn write(&self, cuts: &[Cut]) -> Result<(), HistoryError> {
        let Some(generation) = self.read_generations().pop() else {
            return Ok(());
        };
        let mut facts = *generation.facts();
        let mut batch = self.db.batch();
        for cut in cuts {
            for block in blocks_from_readings(cut.point, &cut.readings, facts.blocks) {
                facts.include(block.mark.start, block.mark.end);
                let mark = block.mark.bytes();
                facts.bytes += (2 * super::block::KEY_BYTES + mark.len() + block.bytes.len()) as u64;
                facts.blocks = facts.blocks.wrapping_add(1);
                batch.insert(&generation.keyspace, block.mark.block_key(), block.bytes);
                batch.insert(&generation.keyspace, block.mark.key(), mark);
            }
            let key = cut.point.get().to_be_bytes();
            let stored = self
                .latest
                .get(key)
                .map_err(HistoryError::blocks("read latest"))?;
            let stored = stored.and_then(|bytes| Latest::from_bytes(&bytes).ok());
            let latest = Latest::after(stored, cut);
            if let Some(latest) = latest {
                batch.insert(&self.latest, key, latest.bytes());
            }
        }
        batch.insert(&self.meta, facts_key(generation.number), facts.bytes());
        batch.commit().map_err(HistoryError::blocks("write blocks"))?;
        *generation.facts() = facts;
        if self.is_complete(&facts) {
            self.next_generation(&generation)?;
        }
        Ok(())
    }

    fn is_complete(&self, facts: &Facts) -> bool {
        let days = Span::from_micros(
            i64::from(self.config.keep_days).saturating_mul(DAY_MICROS) / GENERATIONS as i64,
        );
        let long = facts.latest.since(facts.earliest) >= days;
        // Old readings among new ones make a generation long at once; it must also be worth a keyspace.
        facts.bytes >= self.config.keep_bytes / GENERATIONS
            || (long && facts.bytes >= self.config.keep_bytes / GENERATIONS / 4)
    }

    fn next_generation(&self, last: &Generation) -> Result<(), HistoryError> {
        self.add_generation(last.number + 1, Facts::default())?;
        // What is still in memory of the last one would hold on to the store's journals.
        last.keyspace
            .rotate_memtable()
            .map_err(HistoryError::blocks("flush a generation"))?;
        Ok(())
    }

    /// Makes what was written durable.
    pub fn sync(&self) -> Result<(), HistoryError> {
        self.db
            .persist(PersistMode::SyncData)
            .map_err(HistoryError::blocks("sync"))
    }

    /// The latest reading of every point, and up to which sequence number its log is in blocks.
    pub fn each_latest(&self, mut each: impl FnMut(PointId, u64, Reading)) -> Result<(), HistoryError> {
        for entry in self.latest.iter() {
            let (key, value) = entry.into_inner().map_err(HistoryError::blocks("read latest"))?;
            let point = Input(&key)
                .array()
                .map(|bytes| PointId::new(u32::from_be_bytes(bytes)));
            if let (Ok(point), Ok(latest)) = (point, Latest::from_bytes(&value)) {
                each(point, latest.sequence, latest.reading);
            } else {
                tracing::warn!("the latest reading of a point is damaged and skipped");
            }
        }
        Ok(())
    }

    /// Time of the earliest reading in any block.
    pub fn earliest(&self) -> Option<Timestamp> {
        let generations = self.read_generations();
        generations
            .iter()
            .map(|generation| *generation.facts())
            .filter(|facts| facts.blocks > 0)
            .map(|facts| facts.earliest)
            .min()
    }

    /// Drops what is too old or too much, oldest first.
    pub fn enforce_retention(&self, now: Timestamp) -> Result<(), HistoryError> {
        let cutoff = now - Span::from_micros(i64::from(self.config.keep_days).saturating_mul(DAY_MICROS));
        let generations = self.read_generations();
        if let Some(newest) = generations.last()
            && newest.facts().blocks > 0
            && newest.facts().latest < cutoff
        {
            self.next_generation(newest)?;
        }
        let mut bytes: u64 = generations
            .iter()
            .map(|generation| generation.facts().bytes)
            .sum();
        for generation in generations
            .iter()
            .take(self.read_generations().len().saturating_sub(1))
        {
            let facts = *generation.facts();
            if bytes > self.config.keep_bytes || facts.latest < cutoff {
                self.drop_generation(generation)?;
                bytes = bytes.saturating_sub(facts.bytes);
            }
        }
        self.drop_gaps(cutoff)
    }

    fn drop_generation(&self, generation: &Generation) -> Result<(), HistoryError> {
        let dropped = HistoryError::blocks("drop a generation");
        self.db
            .delete_keyspace(generation.keyspace.clone())
            .map_err(dropped)?;
        self.generations
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|other| other.number != generation.number);
        self.meta
            .remove(facts_key(generation.number))
            .map_err(HistoryError::blocks("write meta"))
    }

    /// Records that nothing could be written from `from` to `to`.
    pub fn record_gap(&self, from: Timestamp, to: Timestamp) -> Result<(), HistoryError> {
        self.meta
            .insert(gap_key(from), to.micros().to_be_bytes())
            .map_err(HistoryError::blocks("write a gap"))?;
        self.sync()
    }

    /// The recorded gaps that touch the range.
    pub fn gaps(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, Timestamp)>, HistoryError> {
        let mut gaps = Vec::new();
        for entry in self
            .meta
            .range(gap_key(Timestamp::from_micros(i64::MIN))..gap_key(to))
        {
            let (key, value) = entry.into_inner().map_err(HistoryError::blocks("read gaps"))?;
            let mut key = Input(&key);
            let start = key.byte().and_then(|_| key.array()).map(u64::from_be_bytes);
            let end = Input(&value).array().map(i64::from_be_bytes);
            if let (Ok(start), Ok(end)) = (start, end)
                && end > from.micros()
                && gaps.len() < limit
            {
                gaps.push((
                    Timestamp::from_micros((start ^ (1 << 63)) as i64),
                    Timestamp::from_micros(end),
                ));
            }
        }
        Ok(gaps)
    }

    fn drop_gaps(&self, cutoff: Timestamp) -> Result<(), HistoryError> {
        let old = self.gaps(Timestamp::from_micros(i64::MIN), cutoff, usize::MAX)?;
        for (from, _) in old.iter().filter(|(_, to)| *to < cutoff) {
            self.meta
                .remove(gap_key(*from))
                .map_err(HistoryError::blocks("drop a gap"))?;
        }
        Ok(())
    }
}

impl Generation {
    /// What it spans.
    pub fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            earliest: Timestamp::from_micros(i64::MAX),
            latest: Timestamp::from_micros(i64::MIN),
            bytes: 0,
            blocks: 0,
        }
    }
}

impl Facts {
    fn include(&mut self, start: Timestamp, end: Timestamp) {
        self.earliest = self.earliest.min(start);
        self.latest = self.latest.max(end);
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.earliest.micros().to_be_bytes().to_vec();
        bytes.extend(self.latest.micros().to_be_bytes());
        bytes.extend(self.bytes.to_be_bytes());
        bytes.extend(self.blocks.to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Corrupt> {
        let mut input = Input(bytes);
        Ok(Self {
            earliest: Timestamp::from_micros(i64::from_be_bytes(input.array()?)),
            latest: Timestamp::from_micros(i64::from_be_bytes(input.array()?)),
            bytes: u64::from_be_bytes(input.array()?),
            blocks: u32::from_be_bytes(input.array()?),
        })
    }
}

/// The latest reading of a point, and up to where its log is in blocks.
struct Latest {
    sequence: u64,
    reading: Reading,
}

impl Latest {
    fn after(stored: Option<Self>, cut: &Cut) -> Option<Self> {
        let newest = cut.readings.last()?;
        let reading = match stored {
            Some(stored) if stored.reading.time() > newest.time() => stored.reading,
            _ => newest.clone(),
        };
        Some(Self {
            sequence: cut.sequence,
            reading,
        })
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.sequence.to_be_bytes().to_vec();
        bytes.extend(bytes_from_reading(&self.reading));
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Corrupt> {
        let mut input = Input(bytes);
        let sequence = u64::from_be_bytes(input.array()?);
        let reading = Decoder::new(input.0).next().ok_or(Corrupt)??;
        Ok(Self { sequence, reading })
    }
}

fn facts_key(generation: u32) -> [u8; 5] {
    let mut key = [FACTS; 5];
    key.iter_mut()
        .skip(1)
        .zip(generation.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    key
}

fn gap_key(from: Timestamp) -> [u8; 9] {
    let mut key = [GAP; 9];
    let start = (from.micros() as u64) ^ (1 << 63);
    key.iter_mut()
        .skip(1)
        .zip(start.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    key
}

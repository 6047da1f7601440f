//! Folding the log into blocks, and starting over when the block store fails.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::blocks::{Blocks, Cut};
use super::heads::Heads;
use super::log::Log;
use super::{History, HistoryConfig, HistoryError};
use twin::PointId;

/// Heads that go into blocks in one transaction.
const CUTS: usize = 256;
/// Heads that one append folds into blocks for the log's sake, while there is time.
const FOLDS: usize = 512;
/// Segments of the log, about.
const SEGMENTS: u64 = 8;
/// The pause before the block store is opened again after a failure, doubled up to the longest.
const REPAIR_FIRST: Duration = Duration::from_millis(500);
const REPAIR_LONGEST: Duration = Duration::from_secs(5);

/// The writing side.
pub struct Appender {
    /// Where readings become durable.
    pub log: Log,
    /// Set while the block store does not work. It may be read all the same; the log goes on, up to a size.
    fault: Option<Fault>,
}

struct Fault {
    reason: String,
    again_at: Instant,
    pause: Duration,
}

impl Appender {
    /// With a block store that works.
    pub fn new(log: Log) -> Self {
        Self { log, fault: None }
    }

    /// Notes when the block store failed.
    pub fn note(&mut self, done: &Result<(), HistoryError>) {
        if let Err(error) = done {
            let pause = self
                .fault
                .as_ref()
                .map_or(REPAIR_FIRST, |fault| (fault.pause * 2).min(REPAIR_LONGEST));
            tracing::warn!(%error, "readings stay in the history log, since blocks cannot be written");
            self.fault = Some(Fault {
                reason: error.to_string(),
                again_at: Instant::now() + pause,
                pause,
            });
        }
    }
}

impl History {
    /// Sees to it that the log may grow by one commit: without a block store it would do so without bound.
    pub(super) fn make_room(&self, appender: &mut Appender) -> Result<(), HistoryError> {
        if appender.log.bytes() <= 2 * self.config.log_bytes {
            return Ok(());
        }
        self.fold_after_commit(appender);
        match &appender.fault {
            Some(fault) if appender.log.bytes() > 2 * self.config.log_bytes => {
                Err(HistoryError::Unavailable {
                    reason: fault.reason.clone(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Folds what is due. The commit is durable already, so a failure is noted and tried again later.
    pub(super) fn fold_after_commit(&self, appender: &mut Appender) {
        if let Some(fault) = &appender.fault {
            if Instant::now() < fault.again_at {
                return;
            }
            let repaired = self.repair(&mut appender.log);
            appender.note(&repaired);
            if repaired.is_err() {
                return;
            }
        }
        let folded = self.fold(&mut appender.log);
        appender.note(&folded);
        if folded.is_ok() && appender.fault.take().is_some() {
            tracing::info!("blocks are being written again");
        }
    }

    /// Puts full heads into blocks, and those that hold up the log when it is long.
    fn fold(&self, log: &mut Log) -> Result<(), HistoryError> {
        let full = self.heads().take_full();
        self.cut(&full)?;
        while log.bytes() > self.config.log_bytes
            && let Some(oldest) = log.oldest_sealed()
        {
            let points = self.heads().began_up_to(oldest, FOLDS);
            self.cut(&points)?;
            if points.len() < FOLDS {
                self.blocks()?.sync()?;
                log.remove_oldest()?;
            } else if log.bytes() < self.config.log_bytes / 2 * 3 {
                // The rest with the next commits, so that none takes long.
                break;
            }
        }
        Ok(())
    }

    fn cut(&self, points: &[PointId]) -> Result<(), HistoryError> {
        let blocks = self.blocks()?;
        let mut points = points.to_vec();
        points.sort_unstable();
        points.dedup();
        let mut rest = points.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(CUTS));
            let heads: Vec<_> = {
                let heads = self.heads();
                now.iter()
                    .filter_map(|point| Some((*point, heads.get(*point)?)))
                    .collect()
            };
            let cuts: Vec<Cut> = heads
                .into_iter()
                .map(|(point, head)| Cut {
                    point,
                    sequence: head.sequence(),
                    readings: head.readings(),
                })
                .collect();
            if let Err(error) = blocks.write(&cuts) {
                self.heads().give_back(rest);
                return Err(error);
            }
            self.heads().remove(now);
            rest = later;
        }
        Ok(())
    }

    /// Opens everything anew from disk, where all that was promised is: a block store that failed once
    /// takes no more, and what it had only in memory is still in the log.
    fn repair(&self, log: &mut Log) -> Result<(), HistoryError> {
        log.close()?;
        let mut blocks = self.blocks.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = blocks.take() {
            // Its files are locked until the last query has let go of it.
            match Arc::try_unwrap(old) {
                Ok(old) => drop(old),
                Err(old) => {
                    *blocks = Some(old);
                    return Err(HistoryError::Unavailable {
                        reason: "the history is being read".to_owned(),
                    });
                }
            }
        }
        let (new_blocks, new_heads, new_log) = open_parts(&self.dir, &self.config)?;
        *self.heads() = new_heads;
        *blocks = Some(Arc::new(new_blocks));
        *log = new_log;
        Ok(())
    }
}

/// Opens the block store, and reads what the log has beyond it into heads.
pub fn open_parts(dir: &Path, config: &HistoryConfig) -> Result<(Blocks, Heads, Log), HistoryError> {
    let blocks = Blocks::open(&dir.join("blocks"), config)?;
    let mut folded = HashMap::new();
    let mut newest = 0;
    blocks.each_latest(|point, sequence, _| {
        newest = newest.max(sequence);
        folded.insert(point, sequence);
    })?;
    let mut heads = Heads::default();
    let mut replayed = 0_u64;
    let segment_bytes = config.log_bytes / SEGMENTS;
    let log = Log::open(
        &dir.join("log"),
        segment_bytes,
        newest + 1,
        |segment, sequence, point, reading| {
            if folded.get(&point).is_none_or(|folded| sequence > *folded) {
                heads.push(point, &reading, segment, sequence);
                replayed += 1;
            }
        },
    )?;
    tracing::debug!(replayed, points = folded.len(), "history opened");
    Ok((blocks, heads, log))
}

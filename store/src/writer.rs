//! The thread that writes history: commits as soon as the last commit has ended, and says what is durable.
//!
//! Everything that waits goes into one commit, so the slower the disk the larger the commits, and no timer
//! delays an acknowledgement. When the disk says no, the same commit is tried again for as long as it takes;
//! the queue then fills, submitters are told, and the broker keeps what is not acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use twin::{PointId, Reading, Timestamp, Value};

use crate::history::{Durability, History, HistoryError};

/// Weight of one commit, about: more waits for the next one. A reading weighs 1, and its text extra.
const COMMIT_WEIGHT: usize = 20_000;
/// So much text weighs as much as a reading.
const TEXT_BYTES: usize = 64;
/// Readings without an acknowledgement are on disk after this long.
const SYNC_EVERY: Duration = Duration::from_millis(100);
/// The pause after a failed commit, doubled up to the longest.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LONGEST: Duration = Duration::from_secs(1);

/// Readings to be written, and what to hand back once they are durable.
#[derive(Debug, PartialEq)]
pub struct Batch<T> {
    /// The readings.
    pub readings: Vec<(PointId, Reading)>,
    /// Acknowledgements that wait for them. Without any, the batch is given to the system at once
    /// and is on disk within 100 ms.
    pub tokens: Vec<T>,
}

/// What has become durable in one commit.
#[derive(Debug)]
pub struct Committed<T> {
    /// The tokens of the batches in it, in the order they were submitted.
    pub tokens: Vec<T>,
    /// How many readings.
    pub readings: usize,
    /// How long write and sync took.
    pub took: Duration,
}

/// Whether history is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriterState {
    /// Yes.
    Writing,
    /// No: the same commit is tried again and again.
    Failing {
        /// Since when.
        since: Timestamp,
        /// In the words of the system.
        reason: String,
    },
}

/// How the writer runs.
#[derive(Clone)]
pub struct WriterConfig {
    /// Batches that may wait.
    pub capacity: usize,
    /// The wall clock, for [`WriterState::Failing`].
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// The writing thread's handle. Dropped without [`Writer::stop`], it writes what is queued all the same,
/// and nobody waits for it.
pub struct Writer<T> {
    queue: SyncSender<Batch<T>>,
    thread: JoinHandle<Result<(), HistoryError>>,
    shared: Arc<Shared>,
    state: watch::Receiver<WriterState>,
}

struct Shared {
    depth: AtomicUsize,
    stopping: AtomicBool,
}

impl<T: Send + 'static> Writer<T> {
    /// Starts the thread. Completions must be received, or the writer waits; when the receiver is dropped
    /// they are dropped too.
    pub fn start(
        history: Arc<History>,
        config: WriterConfig,
    ) -> std::io::Result<(Self, mpsc::Receiver<Committed<T>>)> {
        let capacity = config.capacity.max(1);
        let (queue, batches) = sync_channel(capacity);
        let (completions, committed) = mpsc::channel(capacity);
        let (state_out, state) = watch::channel(WriterState::Writing);
        let shared = Arc::new(Shared {
            depth: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
        });
        let run = Run {
            history,
            batches,
            completions,
            state: state_out,
            clock: config.clock,
            shared: Arc::clone(&shared),
            unsynced_since: None,
        };
        let thread = std::thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || run.run())?;
        Ok((
            Self {
                queue,
                thread,
                shared,
                state,
            },
            committed,
        ))
    }

    /// Queues a batch, or hands it back when the queue is full or the thread has ended.
    pub fn try_submit(&self, batch: Batch<T>) -> Result<(), Batch<T>> {
        self.shared.depth.fetch_add(1, Ordering::Relaxed);
        self.queue.try_send(batch).map_err(|error| {
            self.shared.depth.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(batch) | TrySendError::Disconnected(batch) => batch,
            }
        })
    }

    /// Batches that wait or are being written.
    pub fn depth(&self) -> usize {
        self.shared.depth.load(Ordering::Relaxed)
    }

    /// Whether history is being written.
    pub fn state(&self) -> watch::Receiver<WriterState> {
        self.state.clone()
    }

    /// Writes what is queued, syncs, and ends the thread. Blocks; completions must still be received
    /// meanwhile (or their receiver dropped).
    /// While commits fail it tries once more and gives up: what was not acknowledged the broker still has.
    pub fn stop(self) -> Result<(), HistoryError> {
        self.shared.stopping.store(true, Ordering::Release);
        drop(self.queue);
        self.thread.thread().unpark();
        self.thread.join().unwrap_or_else(|_panic| {
            Err(HistoryError::Unavailable {
                reason: "the history writer has panicked".to_owned(),
            })
        })
    }
}

/// The thread.
struct Run<T> {
    history: Arc<History>,
    batches: Receiver<Batch<T>>,
    completions: mpsc::Sender<Committed<T>>,
    state: watch::Sender<WriterState>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    shared: Arc<Shared>,
    /// Since when something written waits for its sync.
    unsynced_since: Option<Instant>,
}

/// What goes into one commit.
struct Commit<T> {
    readings: Vec<(PointId, Reading)>,
    tokens: Vec<T>,
    batches: usize,
}

impl<T> Run<T> {
    fn run(mut self) -> Result<(), HistoryError> {
        loop {
            let first = match self.unsynced_since {
                None => self
                    .batches
                    .recv()
                    .map_err(|_gone| RecvTimeoutError::Disconnected),
                Some(since) => self
                    .batches
                    .recv_timeout(SYNC_EVERY.saturating_sub(since.elapsed())),
            };
            match first {
                Ok(batch) => {
                    let commit = self.gather(batch);
                    self.commit(commit)?;
                }
                Err(RecvTimeoutError::Timeout) => self.sync()?,
                Err(RecvTimeoutError::Disconnected) => return self.sync(),
            }
        }
    }

    /// Everything that waits now, up to a size.
    fn gather(&self, first: Batch<T>) -> Commit<T> {
        let mut weight = weight(&first.readings);
        let mut commit = Commit {
            readings: first.readings,
            tokens: first.tokens,
            batches: 1,
        };
        while weight < COMMIT_WEIGHT {
            match self.batches.try_recv() {
                Ok(mut batch) => {
                    weight += self::weight(&batch.readings);
                    commit.readings.append(&mut batch.readings);
                    commit.tokens.append(&mut batch.tokens);
                    commit.batches += 1;
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        commit
    }

    fn commit(&mut self, commit: Commit<T>) -> Result<(), HistoryError> {
        let overdue = self
            .unsynced_since
            .is_some_and(|since| since.elapsed() >= SYNC_EVERY);
        let durability = if commit.tokens.is_empty() && !overdue {
            Durability::Buffered
        } else {
            Durability::Synced
        };
        let started = Instant::now();
        let written = self.until_done(|history| history.append(&commit.readings, durability));
        self.shared.depth.fetch_sub(commit.batches, Ordering::Relaxed);
        written?;
        match durability {
            Durability::Synced => self.unsynced_since = None,
            Durability::Buffered => {
                self.unsynced_since.get_or_insert(started);
            }
        }
        let committed = Committed {
            tokens: commit.tokens,
            readings: commit.readings.len(),
            took: started.elapsed(),
        };
        // Nobody waits for it any more: then it is only durable.
        self.completions.blocking_send(committed).ok();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), HistoryError> {
        if self.unsynced_since.take().is_some() {
            self.until_done(History::sync)?;
        }
        Ok(())
    }

    /// Tries again until it works, or until the writer is to stop.
    fn until_done(&self, work: impl Fn(&History) -> Result<(), HistoryError>) -> Result<(), HistoryError> {
        let mut pause = RETRY_FIRST;
        let mut since = None;
        loop {
            let stopping = self.shared.stopping.load(Ordering::Acquire);
            let error = match work(&self.history) {
                Ok(()) => break,
                Err(error) => error,
            };
            if stopping {
                return Err(error);
            }
            let since = *since.get_or_insert_with(|| {
                tracing::error!(%error, "history is not being written; trying again until it is");
                (self.clock)()
            });
            self.state.send_replace(WriterState::Failing {
                since,
                reason: error.to_string(),
            });
            std::thread::park_timeout(pause);
            pause = (pause * 2).min(RETRY_LONGEST);
        }
        if since.is_some() {
            tracing::info!("history is being written again");
            self.state.send_replace(WriterState::Writing);
        }
        Ok(())
    }
}

fn weight(readings: &[(PointId, Reading)]) -> usize {
    let weight = |reading: &Reading| match &reading.value {
        Some(Value::Text(text)) => 1 + text.len() / TEXT_BYTES,
        _ => 1,
    };
    readings.iter().map(|(_, reading)| weight(reading)).sum()
}

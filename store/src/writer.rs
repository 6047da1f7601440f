//! The thread that writes history: commits as soon as the last commit has ended, and says what is durable.
#![expect(unused, reason = "skeleton")]

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use twin::{PointId, Reading, Timestamp};

use crate::history::{History, HistoryError};

/// Readings to be written, and what to hand back once they are durable.
#[derive(Debug)]
pub struct Batch<T> {
    /// The readings.
    pub readings: Vec<(PointId, Reading)>,
    /// Acknowledgements that wait for them. Without any, the batch is written to the system at once
    /// and to disk within 100 ms.
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
    pub took: std::time::Duration,
}

/// Whether history is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriterState {
    /// Yes.
    Writing,
    /// No: the same batch is tried again and again.
    Failing {
        /// Since when.
        since: Timestamp,
        /// In the words of the system.
        reason: String,
    },
}

/// How the writer runs.
pub struct WriterConfig {
    /// Batches that may wait.
    pub capacity: usize,
    /// The wall clock, for [`WriterState::Failing`].
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// The writing thread's handle.
pub struct Writer<T> {
    queue: std::sync::mpsc::SyncSender<Batch<T>>,
}

impl<T: Send + 'static> Writer<T> {
    /// Starts the thread. Completions must be received, or the writer waits.
    pub fn start(history: Arc<History>, config: WriterConfig) -> std::io::Result<(Self, mpsc::Receiver<Committed<T>>)> {
        let (queue, _) = std::sync::mpsc::sync_channel(config.capacity);
        let (_, completions) = mpsc::channel(config.capacity);
        Ok((Self { queue }, completions))
    }

    /// Queues a batch, or hands it back when the queue is full (or the writer is gone).
    pub fn try_submit(&self, batch: Batch<T>) -> Result<(), Batch<T>> {
        Err(batch)
    }

    /// Batches that wait now.
    pub fn depth(&self) -> usize {
        0
    }

    /// Whether history is being written.
    pub fn state(&self) -> watch::Receiver<WriterState> {
        watch::channel(WriterState::Writing).1
    }

    /// Writes what is queued, syncs, ends the thread. Blocks. Fails when the last batch could not be written.
    pub fn stop(self) -> Result<(), HistoryError> {
        Ok(())
    }
}

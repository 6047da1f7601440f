//! What was done on work orders: a log that only grows. What it comes to is the server's to say.

use std::future::Future;

use twin::Timestamp;

use super::RecordsError;

/// One event of an order as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkEventRecord {
    /// From 1, each one more than the one before, over all orders: the order in which they were received.
    pub sequence: u64,
    /// Of which order.
    pub order: u32,
    /// Makes sending it again harmless; unique.
    pub key: u128,
    /// When the server received it.
    pub received: Timestamp,
    /// The event, JSON.
    pub document: String,
}

/// The log of work. There is no way to change or remove an entry.
pub trait WorkLog {
    /// Every event in its order, without holding them.
    fn each_work_event(
        &self,
        each: impl FnMut(WorkEventRecord) + Send,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Adds events, all of them or none; refused where a sequence or a key is taken.
    fn add_work_events(
        &self,
        events: &[WorkEventRecord],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
}

//! What was told of needs for maintenance and of preventive plans: a log that only grows. What it comes to is the
//! server's to say.

use std::future::Future;

use twin::Timestamp;

use super::RecordsError;

/// One entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedEntryRecord {
    /// From 1, each one more than the one before.
    pub sequence: u64,
    /// When it was told.
    pub at: Timestamp,
    /// What was told, JSON.
    pub document: String,
}

/// The log of needs. There is no way to change or remove an entry.
pub trait NeedLog {
    /// Every entry in its order, without holding them.
    fn each_need_entry(
        &self,
        each: impl FnMut(NeedEntryRecord) + Send,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Adds entries, all of them or none; refused where a sequence is taken.
    fn add_need_entries(
        &self,
        entries: &[NeedEntryRecord],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
}

//! Crews, people, production plans and drafts of plans: a log that only grows. What it comes to is the server's
//! to say.

use std::future::Future;

use twin::Timestamp;

use super::RecordsError;

/// One entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRecord {
    /// From 1, each one more than the one before.
    pub sequence: u64,
    /// When it was written.
    pub at: Timestamp,
    /// The account that wrote it; 0 for none.
    pub account: u32,
    /// What was written, JSON.
    pub document: String,
}

/// The log of rosters and drafts. There is no way to change or remove an entry.
pub trait RosterLog {
    /// Every entry in its order, without holding them.
    fn each_roster_entry(
        &self,
        each: impl FnMut(RosterRecord) + Send,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Adds entries, all of them or none; refused where a sequence is taken.
    fn add_roster_entries(
        &self,
        entries: &[RosterRecord],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
}

//! What could not be read: counted by source and reason, with one sample each; bounded.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use twin::{SourceId, Timestamp};
use wire::page::ProblemRow;

/// Reasons are few and sources bounded, so this is never reached in earnest.
const MOST_ROWS: usize = 500;

/// All problems so far.
#[derive(Debug, Default)]
pub struct ProblemBook {
    rows: Mutex<BTreeMap<(SourceId, &'static str), ProblemRow>>,
}

impl ProblemBook {
    /// Counts one; the newest topic and sample stand for the reason. `sample` is only made when kept.
    pub fn note(
        &self,
        source: SourceId,
        reason: &'static str,
        at: Timestamp,
        topic: &str,
        sample: impl FnOnce() -> String,
    ) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() >= MOST_ROWS && !rows.contains_key(&(source, reason)) {
            return;
        }
        let row = rows.entry((source, reason)).or_insert_with(|| ProblemRow {
            source: source.get(),
            reason: reason.to_owned(),
            count: 0,
            last_millis: 0,
            topic: String::new(),
            sample: String::new(),
        });
        // A stream of junk must not cost a sample each: at most one a second.
        if row.count == 0 || at.millis() - row.last_millis >= 1_000 {
            row.topic = decode::sample(topic.as_bytes(), 200);
            row.sample = sample();
            row.last_millis = at.millis();
        }
        row.count += 1;
    }

    /// The rows, most frequent first.
    #[must_use]
    pub fn rows(&self) -> Vec<ProblemRow> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows: Vec<ProblemRow> = rows.values().cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.count));
        rows
    }
}

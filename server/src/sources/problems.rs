//! What could not be read: counted by source and reason, with one sample each; bounded, and kept over restarts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::{ProblemRecord, Problems as _, Records};
use tokio_util::sync::CancellationToken;
use twin::{SourceId, Span, Timestamp};
use wire::page::ProblemRow;

use crate::clock::Clock;

/// Reasons are few and sources bounded, so this is never reached in earnest.
const MOST_ROWS: usize = 500;
/// Rows are written at most this often; a crash loses no more.
const EVERY: Duration = Duration::from_secs(60);
/// What an earlier run saw longer ago than this is forgotten at start.
const KEPT: Span = Span::from_secs(30 * 24 * 3_600);

/// All problems so far.
#[derive(Debug, Default)]
pub struct ProblemBook {
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    rows: BTreeMap<(SourceId, Cow<'static, str>), ProblemRow>,
    is_changed: bool,
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
        let mut book = self.lock();
        let key = (source, Cow::Borrowed(reason));
        if book.rows.len() >= MOST_ROWS && !book.rows.contains_key(&key) {
            return;
        }
        book.is_changed = true;
        let row = book.rows.entry(key).or_insert_with(|| ProblemRow {
            source: source.get(),
            reason: reason.to_owned(),
            count: 0,
            since_millis: at.millis(),
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
        let mut rows: Vec<ProblemRow> = self.lock().rows.values().cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.count));
        rows
    }

    /// How many a source has.
    #[must_use]
    pub fn count_of(&self, source: SourceId) -> u64 {
        let book = self.lock();
        let own = book.rows.values().filter(|row| row.source == source.get());
        own.map(|row| row.count).sum()
    }

    /// Goes on counting where an earlier run ended.
    fn take_back(&self, records: Vec<ProblemRecord>, now: Timestamp) {
        let mut book = self.lock();
        for record in records {
            let key = (record.source, Cow::Owned(record.reason.clone()));
            let is_old = now.since(record.last) > KEPT;
            if is_old || (book.rows.len() >= MOST_ROWS && !book.rows.contains_key(&key)) {
                continue;
            }
            let before = row_from_record(record);
            match book.rows.get_mut(&key) {
                Some(row) => {
                    row.count += before.count;
                    row.since_millis = before.since_millis;
                }
                None => drop(book.rows.insert(key, before)),
            }
        }
    }

    /// What is to be stored; none when nothing happened since the last time.
    fn news(&self) -> Option<Vec<ProblemRecord>> {
        let mut book = self.lock();
        std::mem::take(&mut book.is_changed).then(|| book.rows.values().map(record_from_row).collect())
    }

    /// A poisoned lock here holds figures, not invariants: go on with them.
    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes back what an earlier run counted, then writes what is counted now and then, and once more at the end.
pub async fn keep(
    records: Records,
    problems: Arc<ProblemBook>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) {
    match records.problems().await {
        Ok(known) => problems.take_back(known, clock.now()),
        Err(error) => tracing::error!(%error, "counts of what could not be read cannot be read"),
    }
    let mut every = tokio::time::interval(EVERY);
    every.reset();
    loop {
        let is_last = tokio::select! {
            _ = every.tick() => false,
            () = stop.cancelled() => true,
        };
        if let Some(news) = problems.news()
            && let Err(error) = records.put_problems(&news).await
        {
            tracing::error!(%error, "counts of what could not be read cannot be stored");
        }
        if is_last {
            return;
        }
    }
}

fn row_from_record(record: ProblemRecord) -> ProblemRow {
    ProblemRow {
        source: record.source.get(),
        reason: record.reason,
        count: record.count,
        since_millis: record.first.millis(),
        last_millis: record.last.millis(),
        topic: record.topic,
        sample: record.sample,
    }
}

fn record_from_row(row: &ProblemRow) -> ProblemRecord {
    ProblemRecord {
        source: SourceId::new(row.source),
        reason: row.reason.clone(),
        count: row.count,
        first: Timestamp::from_millis(row.since_millis),
        last: Timestamp::from_millis(row.last_millis),
        topic: row.topic.clone(),
        sample: row.sample.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: SourceId = SourceId::new(1);

    fn note(book: &ProblemBook, reason: &'static str, millis: i64, sample: &str) {
        let at = Timestamp::from_millis(millis);
        book.note(SOURCE, reason, at, "a/b", || sample.to_owned());
    }

    #[test]
    fn counting_goes_on_after_a_restart_and_old_news_is_forgotten() {
        let month = 31 * 24 * 3_600 * 1_000;
        let earlier = ProblemBook::default();
        note(&earlier, "empty", 0, "long ago");
        note(&earlier, "bad_json", month, "first");
        note(&earlier, "bad_json", month + 10, "within a second");
        let stored = earlier.news().unwrap_or_default();
        assert!(earlier.news().is_none(), "nothing since");
        let book = ProblemBook::default();
        note(&book, "bad_json", month + 5_000, "after the start");
        book.take_back(stored, Timestamp::from_millis(month + 6_000));
        let [row] = &book.rows()[..] else {
            panic!("{:?}", book.rows());
        };
        assert_eq!(
            (row.count, row.since_millis, row.last_millis, row.sample.as_str()),
            (3, month, month + 5_000, "after the start")
        );
        assert_eq!(book.count_of(SOURCE), 3);
    }
}

//! The one owner of rosters and drafts: folds their log at the start, and writes before it answers.

use std::sync::{Arc, PoisonError, RwLock};

use store::records::roster::{RosterLog as _, RosterRecord};
use store::{Records, RecordsError};

use super::book::{Book, DraftKey};
use super::entry::Entry;
use crate::clock::Clock;

/// People, crews, absences and parts of one server, each.
pub const MOST: usize = 5_000;
/// Production orders of one line.
pub const MOST_RUNS: usize = 5_000;
/// Orders in one draft.
pub const MOST_DRAFTED: usize = 2_000;
/// Named copies of one planner.
pub const MOST_COPIES: usize = 10;

/// Why entries were not taken; nothing of them is stored then.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The records could not be written.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// There are as many as there may be.
    #[error("there are as many as there may be")]
    Full,
    /// They do not fit what is there.
    #[error("{0}")]
    Bad(&'static str),
}

/// See the module.
pub struct RosterDesk {
    records: Records,
    clock: Arc<dyn Clock>,
    book: RwLock<Arc<Book>>,
    /// The last sequence; held while entries are decided on and stored.
    writing: tokio::sync::Mutex<u64>,
}

impl RosterDesk {
    /// Reads and folds the whole log. An entry that cannot be read is left out, and the server's log says so.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn open(records: Records, clock: Arc<dyn Clock>) -> Result<Arc<Self>, RecordsError> {
        let (mut book, mut last) = (Book::default(), 0);
        records
            .each_roster_entry(|record| {
                last = record.sequence;
                let entry = serde_json::from_str::<Entry>(&record.document);
                let taken = entry
                    .map_err(|error| error.to_string())
                    .and_then(|entry| book.take(entry).map_err(str::to_owned));
                if let Err(why) = taken {
                    tracing::error!(
                        sequence = record.sequence,
                        why,
                        "an entry of the roster cannot be read"
                    );
                }
            })
            .await?;
        Ok(Arc::new(Self {
            records,
            clock,
            book: RwLock::new(Arc::new(book)),
            writing: tokio::sync::Mutex::new(last),
        }))
    }

    /// All of it as it is now.
    #[must_use]
    pub fn book(&self) -> Arc<Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what `decide` makes of the roster as it is: all of it is on disk when this returns, or nothing.
    ///
    /// # Errors
    /// Why it is not taken.
    pub async fn write(
        &self,
        account: u32,
        decide: impl FnOnce(&Book) -> Result<Vec<Entry>, &'static str> + Send,
    ) -> Result<(), RosterError> {
        let mut last = self.writing.lock().await;
        let mut book = Book::clone(&self.book());
        let entries = decide(&book).map_err(RosterError::Bad)?;
        let (now, mut records) = (self.clock.now(), Vec::with_capacity(entries.len()));
        for (entry, sequence) in entries.into_iter().zip(*last + 1..) {
            records.push(RosterRecord {
                sequence,
                at: now,
                account,
                // Plain fields can always be written.
                document: serde_json::to_string(&entry).unwrap_or_default(),
            });
            book.take(entry).map_err(RosterError::Bad)?;
        }
        if records.is_empty() {
            return Ok(());
        }
        if is_full(&book, account) {
            return Err(RosterError::Full);
        }
        self.records.add_roster_entries(&records).await?;
        *last += records.len() as u64;
        *self.book.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(book);
        Ok(())
    }

    /// A draft; empty where there is none.
    #[must_use]
    pub fn draft(&self, key: &DraftKey) -> super::book::Draft {
        self.book().drafts.get(key).cloned().unwrap_or_default()
    }
}

fn is_full(book: &Book, account: u32) -> bool {
    let copies = book
        .drafts
        .keys()
        .filter(|(owner, _, name)| *owner == account && !name.is_empty());
    [
        book.crews.len(),
        book.people.len(),
        book.absences.len(),
        book.parts.len(),
    ]
    .into_iter()
    .any(|count| count > MOST)
        || copies.count() > MOST_COPIES
        || book.production.values().any(|(_, runs)| runs.len() > MOST_RUNS)
        || book.drafts.values().any(|draft| draft.len() > MOST_DRAFTED)
}

//! The one owner of needs and plans: folds their log at the start, and takes entries one act at a time. What it has
//! taken is on disk before it counts; nothing is ever changed or removed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use maintenance::id::{NeedId, OrderId, PersonId, PlanId};
use maintenance::need::{Needs, NotPossible, State};
use maintenance::plan::Last;
use store::records::needs::{NeedEntryRecord, NeedLog as _};
use store::{Records, RecordsError};
use twin::Timestamp;

use super::{Entry, PlanState};
use crate::clock::Clock;

/// Needs of one server, all that ever were.
pub const MOST_NEEDS: usize = 50_000;
/// Plans of one server.
pub const MOST_PLANS: usize = 5_000;

/// Why an act was not taken. Nothing of it is stored then.
#[derive(Debug, thiserror::Error)]
pub enum NeedError {
    /// The records could not be written.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// There are as many as there may be.
    #[error("there are as many as there may be")]
    Full,
    /// A need does not take it.
    #[error("the need does not take it: {0:?}")]
    NotPossible(NotPossible),
    /// A plan cannot be so.
    #[error("the plan cannot be so: {0}")]
    BadPlan(&'static str),
    /// A word in it stands for nothing.
    #[error("the entry cannot be read")]
    Unread,
    /// What was to take it came to an end.
    #[error("the desk of needs: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// What is told at once: all of it holds, or nothing.
pub type Act = Vec<Entry>;

/// Needs and plans as the log has them.
#[derive(Clone, Default)]
pub struct Book {
    pub needs: Needs,
    pub plans: BTreeMap<PlanId, PlanState>,
    count: usize,
    sequence: u64,
}

impl Book {
    fn take(&mut self, entry: &Entry) -> Result<(), NeedError> {
        let need = |id: &u32| NeedId::new(*id);
        let at = |micros: &i64| Timestamp::from_micros(*micros);
        let done = match entry {
            Entry::Raised(form) => {
                if self.count >= MOST_NEEDS {
                    return Err(NeedError::Full);
                }
                let draft = form.read().ok_or(NeedError::Unread)?;
                self.needs.raise(draft);
                self.count = self.needs.len();
                Ok(())
            }
            Entry::Split { need: id, .. } => self.needs.split(need(id)),
            Entry::Ordered { need: id, order, .. } => self.needs.order(need(id), OrderId::new(*order)),
            Entry::Reopened { need: id } => self.needs.reopen(need(id)),
            Entry::Dismissed {
                need: id,
                by,
                at: when,
                reason,
            } => self.needs.dismiss(need(id), PersonId::new(*by), at(when), reason),
            Entry::Met { need: id, at: when } => self.needs.meet(need(id), at(when)),
            Entry::Planned { .. } | Entry::Passed { .. } | Entry::Metered { .. } => {
                return self.take_plan(entry);
            }
        };
        done.map_err(NeedError::NotPossible)
    }

    fn take_plan(&mut self, entry: &Entry) -> Result<(), NeedError> {
        if let Entry::Planned { sheet, .. } = entry {
            let id = PlanId::new(sheet.id);
            if let Some(state) = self.plans.get_mut(&id) {
                return state.change(sheet.clone()).map_err(NeedError::BadPlan);
            }
            if self.plans.len() >= MOST_PLANS {
                return Err(NeedError::Full);
            }
            let state = PlanState::new(sheet.clone()).map_err(NeedError::BadPlan)?;
            self.plans.insert(id, state);
            return Ok(());
        }
        let Some(state) = super::plans::plan_of(entry).and_then(|plan| self.plans.get_mut(&plan)) else {
            return Err(NeedError::BadPlan("unknown"));
        };
        match entry {
            Entry::Passed { done, due, meter, .. } => {
                state.last = Some(Last {
                    done: Timestamp::from_micros(*done),
                    due: Timestamp::from_micros(*due),
                    meter: *meter,
                });
            }
            Entry::Metered { at, total, shown, .. } if state.meter.last().is_none() => {
                state.restore_meter(Timestamp::from_micros(*at), *total, *shown);
            }
            _ => {}
        }
        Ok(())
    }

    /// The number after the last plan's.
    #[must_use]
    pub fn next_plan(&self) -> u32 {
        let last = self.plans.keys().next_back();
        last.map_or(1, |id| id.get().saturating_add(1))
    }

    /// Those that nobody has decided and those that are ordered; what merged is told in them.
    pub fn heads(&self) -> impl Iterator<Item = &maintenance::need::Need> {
        let is_live = |need: &&maintenance::need::Need| matches!(need.state, State::Open | State::Ordered(_));
        self.needs.all().filter(is_live)
    }
}

/// See the module.
pub struct NeedDesk {
    records: Records,
    clock: Arc<dyn Clock>,
    book: RwLock<Book>,
    /// Held while an act is decided on and stored, so that acts come one after the other.
    writing: tokio::sync::Mutex<()>,
    /// A write failed, and what is stored may be more than what is known: it is read again before the next.
    is_doubtful: AtomicBool,
}

impl NeedDesk {
    /// Reads and folds the whole log. What cannot be read is left out, and the server's log says so.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn open(records: Records, clock: Arc<dyn Clock>) -> Result<Arc<Self>, RecordsError> {
        let book = fold(&records).await?;
        Ok(Arc::new(Self {
            records,
            clock,
            book: RwLock::new(book),
            writing: tokio::sync::Mutex::default(),
            is_doubtful: AtomicBool::new(false),
        }))
    }

    /// Looks at the book; keep it short.
    pub fn read<R>(&self, look: impl FnOnce(&Book) -> R) -> R {
        look(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what is known of plans beside the log: meters and conditions. Entries are told by [`Self::take`].
    pub(super) fn update<R>(&self, change: impl FnOnce(&mut Book) -> R) -> R {
        change(&mut self.book.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes what `decide` makes of the book as it is: on disk when this returns.
    ///
    /// # Errors
    /// Why it is not taken; nothing changed then.
    pub async fn take(
        self: &Arc<Self>,
        decide: impl FnOnce(&Book, Timestamp) -> Result<Act, NeedError> + Send + 'static,
    ) -> Result<Act, NeedError> {
        let desk = self.clone();
        // Whoever hangs up meanwhile does not stop it half way.
        tokio::spawn(async move { desk.take_whole(decide).await }).await?
    }

    async fn take_whole(
        &self,
        decide: impl FnOnce(&Book, Timestamp) -> Result<Act, NeedError> + Send,
    ) -> Result<Act, NeedError> {
        let _one = self.writing.lock().await;
        if self.is_doubtful.load(Ordering::Relaxed) {
            let book = fold(&self.records).await?;
            self.update(|known| *known = book);
            self.is_doubtful.store(false, Ordering::Relaxed);
        }
        let now = self.clock.now();
        let (act, changed) = self.read(|book| {
            let act = decide(book, now)?;
            if act.is_empty() {
                return Ok((act, None));
            }
            let mut changed = book.clone();
            act.iter().try_for_each(|entry| changed.take(entry))?;
            Ok::<_, NeedError>((act, Some(changed)))
        })?;
        let Some(mut changed) = changed else {
            return Ok(act);
        };
        let records: Vec<NeedEntryRecord> = (changed.sequence + 1..)
            .zip(&act)
            .map(|(sequence, entry)| NeedEntryRecord {
                sequence,
                at: now,
                // A form of plain fields can always be written.
                document: serde_json::to_string(entry).unwrap_or_default(),
            })
            .collect();
        if let Err(error) = self.records.add_need_entries(&records).await {
            self.is_doubtful.store(true, Ordering::Relaxed);
            return Err(error.into());
        }
        changed.sequence = records.last().map_or(changed.sequence, |record| record.sequence);
        self.update(|book| {
            // Meters and conditions may have been looked at meanwhile.
            for (id, state) in &book.plans {
                if let Some(kept) = changed.plans.get_mut(id).filter(|kept| kept.sheet == state.sheet) {
                    kept.meter = state.meter.clone();
                    (kept.truth, kept.wrong) = (state.truth, state.wrong.clone());
                }
            }
            *book = changed;
        });
        Ok(act)
    }
}

/// What the whole log comes to.
async fn fold(records: &Records) -> Result<Book, RecordsError> {
    let mut book = Book::default();
    records
        .each_need_entry(|record| {
            book.sequence = book.sequence.max(record.sequence);
            let entry: Result<Entry, String> =
                serde_json::from_str(&record.document).map_err(|error| error.to_string());
            let taken = entry.and_then(|entry| {
                if let Entry::Metered { plan, .. } = &entry
                    && let Some(state) = book.plans.get_mut(&PlanId::new(*plan))
                {
                    // The last one that was written holds.
                    state.meter = maintenance::plan::Meter::default();
                }
                book.take(&entry).map_err(|error| error.to_string())
            });
            if let Err(why) = taken {
                let sequence = record.sequence;
                tracing::error!(
                    sequence,
                    why,
                    "what was told of needs cannot be read: it is kept, and left out"
                );
            }
        })
        .await?;
    Ok(book)
}

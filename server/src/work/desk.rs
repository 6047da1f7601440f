//! The one owner of work orders: folds their log at the start, and takes events one act at a time. What it has
//! taken is on disk before it answers; nothing is ever changed or removed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use maintenance::form::EventForm;
use maintenance::id::{Key, OrderId};
use maintenance::order::event::{Author, External};
use maintenance::order::{Event, Order, Outcome, Refusal, Rights, What};
use sha2::{Digest as _, Sha256};
use store::records::work::{WorkEventRecord, WorkLog as _};
use store::{Records, RecordsError};
use twin::Timestamp;

use super::files::{Hash, named_by};
use crate::clock::Clock;

/// Orders of one server.
pub const MOST_ORDERS: usize = 100_000;
/// Events of one order.
pub const MOST_EVENTS: usize = 2_000;
/// Longest of anything said, in characters; a title is checked by its form.
pub const LONGEST: usize = 4_000;

/// Why an act was not taken. Nothing of it is stored then.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The records could not be written.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// There is no such order.
    #[error("there is no such order")]
    None,
    /// There are as many orders, or events of this one, as there may be.
    #[error("there are as many as there may be")]
    Full,
    /// The order does not take it.
    #[error("the order does not take it: {0:?}")]
    Refused(Refusal),
    /// What was to take it came to an end.
    #[error("the desk of work orders: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// What somebody does on one order at once: all of it holds, or nothing.
#[derive(Clone, Debug)]
pub struct Act {
    /// Which order; none to open one.
    pub order: Option<OrderId>,
    /// Made by the page that sends it, once: sending it again is harmless. Each event has one of its own, made of it.
    pub key: Key,
    /// Who.
    pub author: Author,
    /// On which page or tablet.
    pub device: Key,
    /// How much of the order's log it had seen.
    pub seen: u32,
    /// When, by the clock of the device, where it was written before it could be sent; none for now.
    pub at: Option<Timestamp>,
    /// What, in order.
    pub what: Vec<What>,
}

/// What became of an act.
#[derive(Clone, Debug)]
pub struct Done {
    /// On which order.
    pub order: OrderId,
    /// What became of each event.
    pub outcomes: Vec<Outcome>,
}

impl Done {
    /// Whether all of it was there already.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.outcomes
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Repeated))
    }
}

/// See the module.
pub struct WorkDesk {
    records: Records,
    clock: Arc<dyn Clock>,
    book: RwLock<Book>,
    /// Held while an act is decided on and stored, so that acts come one after the other.
    writing: tokio::sync::Mutex<()>,
    /// A write failed, and what is stored may be more than what is known: it is read again before the next.
    is_doubtful: AtomicBool,
}

#[derive(Default)]
struct Book {
    orders: BTreeMap<OrderId, Order>,
    /// Of which order each key is.
    keys: BTreeMap<Key, OrderId>,
    /// Which order each one of another system is.
    externals: BTreeMap<External, OrderId>,
    /// Which orders name each photo or file.
    files: BTreeMap<Hash, BTreeSet<OrderId>>,
    /// Orders whose log cannot be read: kept as they are, shown nowhere.
    unread: BTreeSet<OrderId>,
    sequence: u64,
}

impl Book {
    /// Takes a stored event; says what is wrong where it cannot.
    fn take(&mut self, record: &WorkEventRecord) -> Result<(), String> {
        self.sequence = self.sequence.max(record.sequence);
        let id = OrderId::new(record.order);
        self.keys.insert(Key::new(record.key), id);
        if self.unread.contains(&id) {
            return Ok(());
        }
        let taken = event_from_text(&record.document).and_then(|event| {
            self.note_file(&event);
            let refused = |refusal| format!("{refusal:?}");
            match self.orders.get_mut(&id) {
                Some(order) => order.apply(event).map(drop).map_err(refused),
                None => Order::open(event).map_err(refused).map(|order| self.keep(order)),
            }
        });
        if taken.is_err() {
            self.orders.remove(&id);
            self.unread.insert(id);
        }
        taken
    }

    fn keep(&mut self, order: Order) {
        if let Some(external) = &order.request().external {
            self.externals.insert(external.clone(), order.id());
        }
        self.orders.insert(order.id(), order);
    }

    fn note_file(&mut self, event: &Event) {
        if let Some(hash) = named_by(&event.what) {
            self.files.entry(hash).or_default().insert(event.order);
        }
    }

    /// The number after the last that was given.
    fn next(&self) -> OrderId {
        let last = |id: Option<&OrderId>| id.map_or(0, |id| id.get());
        let known = last(self.orders.keys().next_back()).max(last(self.unread.last()));
        OrderId::new(known.saturating_add(1))
    }
}

impl WorkDesk {
    /// Reads and folds the whole log. An order whose log cannot be read is left out, and the log says so.
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

    fn read<R>(&self, look: impl FnOnce(&Book) -> R) -> R {
        look(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at an order.
    #[must_use]
    pub fn order<R>(&self, id: OrderId, look: impl FnOnce(&Order) -> R) -> Option<R> {
        self.read(|book| book.orders.get(&id).map(look))
    }

    /// The order that is this one in another system.
    #[must_use]
    pub fn of_external(&self, external: &External) -> Option<OrderId> {
        self.read(|book| book.externals.get(external).copied())
    }

    /// Looks at every order, by number.
    pub fn each(&self, mut look: impl FnMut(&Order)) {
        self.read(|book| book.orders.values().for_each(&mut look));
    }

    /// Looks at every order after this one, by number.
    pub fn after(&self, id: Option<OrderId>, look: impl FnMut(&Order)) {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = id.map_or(Unbounded, Excluded);
        self.read(|book| {
            book.orders
                .range((from, Unbounded))
                .map(|(_, order)| order)
                .for_each(look);
        });
    }

    /// Looks at all orders at once; keep it short.
    pub fn look<R>(&self, look: impl FnOnce(&BTreeMap<OrderId, Order>) -> R) -> R {
        self.read(|book| look(&book.orders))
    }

    /// Of which order an act with this key was, where it was taken.
    #[must_use]
    pub fn of_key(&self, key: Key) -> Option<OrderId> {
        self.read(|book| book.keys.get(&part(key, 0)).copied())
    }

    /// The orders that name a photo or file.
    #[must_use]
    pub fn orders_of_file(&self, hash: &Hash) -> Vec<OrderId> {
        self.read(|book| book.files.get(hash).into_iter().flatten().copied().collect())
    }

    /// Takes an act of somebody with these rights: on disk when this returns.
    ///
    /// # Errors
    /// Why it is not taken; nothing changed then.
    pub async fn take(self: &Arc<Self>, act: Act, rights: Rights) -> Result<Done, WorkError> {
        let desk = self.clone();
        // Whoever hangs up meanwhile does not stop it half way.
        tokio::spawn(async move { desk.take_whole(act, rights).await }).await?
    }

    async fn take_whole(&self, act: Act, rights: Rights) -> Result<Done, WorkError> {
        let _one = self.writing.lock().await;
        if self.is_doubtful.load(Ordering::Relaxed) {
            let book = fold(&self.records).await?;
            *self.book.write().unwrap_or_else(PoisonError::into_inner) = book;
            self.is_doubtful.store(false, Ordering::Relaxed);
        }
        let (changed, events, outcomes) = self.decide(act, rights)?;
        let id = changed.id();
        if events.is_empty() {
            return Ok(Done { order: id, outcomes });
        }
        let first = self.read(|book| book.sequence) + 1;
        let records: Vec<WorkEventRecord> = events.iter().zip(first..).map(to_record).collect();
        if let Err(error) = self.records.add_work_events(&records).await {
            self.is_doubtful.store(true, Ordering::Relaxed);
            return Err(error.into());
        }
        let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
        book.sequence = records.last().map_or(book.sequence, |record| record.sequence);
        book.keys.extend(events.iter().map(|event| (event.key, id)));
        events.iter().for_each(|event| book.note_file(event));
        book.keep(changed);
        Ok(Done { order: id, outcomes })
    }

    /// What an act comes to, before anything is stored: the order with it, its new events, what became of each.
    fn decide(&self, act: Act, rights: Rights) -> Result<(Order, Vec<Event>, Vec<Outcome>), WorkError> {
        self.read(|book| {
            let known = book.keys.get(&part(act.key, 0)).copied();
            if known.is_some() && act.order.is_some() && known != act.order {
                return Err(WorkError::Refused(Refusal::KeyTaken));
            }
            let id = act.order.or(known).unwrap_or_else(|| book.next());
            let mut order = book.orders.get(&id).cloned();
            if (act.order.is_some() && order.is_none()) || book.unread.contains(&id) {
                return Err(WorkError::None);
            }
            if order.is_none() && book.orders.len() >= MOST_ORDERS {
                return Err(WorkError::Full);
            }
            let (now, mut events, mut outcomes) = (self.clock.now(), Vec::new(), Vec::new());
            for event in events_of(act, id, order.as_ref(), now) {
                if book.keys.get(&event.key).is_some_and(|other| *other != id) {
                    return Err(WorkError::Refused(Refusal::KeyTaken));
                }
                let outcome = apply(&mut order, event.clone(), rights).map_err(WorkError::Refused)?;
                if outcome != Outcome::Repeated {
                    events.push(event);
                }
                outcomes.push(outcome);
            }
            let order = order.ok_or(WorkError::None)?;
            if !events.is_empty() && order.log().len() > MOST_EVENTS {
                return Err(WorkError::Full);
            }
            Ok((order, events, outcomes))
        })
    }
}

/// What the whole log comes to.
async fn fold(records: &Records) -> Result<Book, RecordsError> {
    let mut book = Book::default();
    records
        .each_work_event(|record| {
            if let Err(why) = book.take(&record) {
                let (order, sequence) = (record.order, record.sequence);
                tracing::error!(
                    order,
                    sequence,
                    why,
                    "a work order cannot be read: it is kept, and shown nowhere"
                );
            }
        })
        .await?;
    Ok(book)
}

/// The events of an act. One that is there already is sent as it was: when it was done is not the page's to say.
fn events_of(act: Act, id: OrderId, order: Option<&Order>, now: Timestamp) -> Vec<Event> {
    let Act {
        key,
        author,
        device,
        seen,
        at,
        what,
        ..
    } = act;
    let event = |(place, what)| {
        let key = part(key, place);
        let known = order.and_then(|order| order.entry(key));
        Event {
            key,
            order: id,
            author: author.clone(),
            device,
            at: known.map_or(at.unwrap_or(now), |entry| entry.event.at),
            received: now,
            seen,
            what,
        }
    };
    (0..).zip(what).map(event).collect()
}

fn apply(order: &mut Option<Order>, event: Event, rights: Rights) -> Result<Outcome, Refusal> {
    match order {
        Some(order) => order.apply_as(event, rights),
        None if !rights.has(maintenance::order::Right::Request) => {
            Err(Refusal::NoRight(maintenance::order::Right::Request))
        }
        None => {
            *order = Some(Order::open(event)?);
            Ok(Outcome::Applied)
        }
    }
}

/// The key of one event of an act.
fn part(key: Key, place: u128) -> Key {
    Key::new(key.get().wrapping_add(place))
}

/// A key that stands for these words, always the same.
#[must_use]
pub fn key_of(words: &str) -> Key {
    let hash = Sha256::digest(words.as_bytes());
    let bits = hash
        .iter()
        .take(16)
        .fold(0, |bits: u128, byte| bits << 8 | u128::from(*byte));
    Key::new(bits)
}

fn to_record((event, sequence): (&Event, u64)) -> WorkEventRecord {
    // A form of plain fields can always be written.
    let document = serde_json::to_string(&EventForm::from(event)).unwrap_or_default();
    WorkEventRecord {
        sequence,
        order: event.order.get(),
        key: event.key.get(),
        received: event.received,
        document,
    }
}

fn event_from_text(text: &str) -> Result<Event, String> {
    let form: EventForm = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Event::try_from(form).map_err(|error| error.to_string())
}

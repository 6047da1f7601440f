//! The views that somebody watches: who, how often, and which have something to say when.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use access::Sight;
use wire::message::{Selector, ViewDelta};
use wire::view::{Coverage, View};

use super::outbox::Outbox;
use super::values::{Seen, Values};

/// One subscription of one socket.
#[derive(Clone, Debug)]
pub struct Subscriber {
    pub outbox: Arc<Outbox>,
    pub sub: u32,
}

/// What one view has to say, ready to be encoded without any lock.
#[derive(Debug)]
pub struct Due {
    pub view: u32,
    pub from: u64,
    pub to: u64,
    pub server_millis: i64,
    pub delta: ViewDelta,
    pub subscribers: Arc<Vec<Subscriber>>,
}

/// What makes two subscriptions one view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub selector: Selector,
    pub max_hz: Option<u8>,
    /// What of the plant is shown, where the plant is.
    pub sight: Sight,
}

/// The least time between two frames of a view for each subscription there is, up to [`SLOWEST`]: about 10,000
/// frames a second in all. Fewer frames with more in them reach a thousand sockets sooner than so many writes would.
const PACE: Duration = Duration::from_micros(100);
/// Nobody notices a value that is a tenth of a second old.
const SLOWEST: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Debug, Default)]
pub struct Views {
    entries: BTreeMap<u32, Entry>,
    by_key: BTreeMap<Arc<Key>, u32>,
    due: BTreeSet<(Instant, u32)>,
    last: u32,
    /// Of all views together.
    subscriptions: u32,
}

#[derive(Debug)]
struct Entry {
    key: Arc<Key>,
    view: View,
    window: Duration,
    /// When it was last drained.
    drained: Option<Instant>,
    subscribers: Arc<Vec<Subscriber>>,
}

impl Views {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// The view of an equal subscription.
    #[must_use]
    pub fn find(&self, key: &Key) -> Option<u32> {
        self.by_key.get(key).copied()
    }

    /// A view of its own; gives its number, never used twice.
    pub fn add(&mut self, key: Key, window: Duration, coverage: Coverage, at: u64) -> u32 {
        self.last += 1;
        let key = Arc::new(key);
        self.by_key.insert(key.clone(), self.last);
        let entry = Entry {
            key,
            view: View::new(coverage, at),
            window,
            drained: None,
            subscribers: Arc::default(),
        };
        self.entries.insert(self.last, entry);
        self.last
    }

    /// The view of this number.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&View> {
        self.entries.get(&number).map(|entry| &entry.view)
    }

    /// Which selector a view is of.
    #[must_use]
    pub fn selector(&self, number: u32) -> Option<&Selector> {
        self.entries.get(&number).map(|entry| &entry.key.selector)
    }

    /// What of the plant a view shows.
    #[must_use]
    pub fn sight(&self, number: u32) -> Option<&Sight> {
        self.entries.get(&number).map(|entry| &entry.key.sight)
    }

    /// Marks something in a view and sees to it that it is drained in time. True when it was clean before.
    pub fn mark(&mut self, number: u32, now: Instant, mark: impl FnOnce(&mut View)) -> bool {
        let pace = (PACE * self.subscriptions).min(SLOWEST);
        let Some(entry) = self.entries.get_mut(&number) else {
            return false;
        };
        let was_marked = entry.view.is_marked();
        mark(&mut entry.view);
        let is_new = !was_marked && entry.view.is_marked();
        if is_new {
            let due = entry
                .drained
                .map_or(now, |drained| now.max(drained + entry.window.max(pace)));
            self.due.insert((due, number));
        }
        is_new
    }

    /// A socket subscribes; again with the same number replaces.
    pub fn subscribe(&mut self, number: u32, subscriber: Subscriber) {
        if let Some(entry) = self.entries.get_mut(&number) {
            let subscribers = Arc::make_mut(&mut entry.subscribers);
            let same = |known: &Subscriber| {
                known.outbox.id() == subscriber.outbox.id() && known.sub == subscriber.sub
            };
            let before = subscribers.len();
            subscribers.retain(|known| !same(known));
            self.subscriptions += u32::from(subscribers.len() == before);
            subscribers.push(subscriber);
        }
    }

    /// A socket leaves. When nobody is left the view is gone: gives what it covered.
    pub fn unsubscribe(&mut self, number: u32, outbox: u64, sub: u32) -> Option<(Arc<Key>, Coverage)> {
        let entry = self.entries.get_mut(&number)?;
        let subscribers = Arc::make_mut(&mut entry.subscribers);
        let before = subscribers.len();
        subscribers.retain(|known| known.outbox.id() != outbox || known.sub != sub);
        let gone = u32::try_from(before - subscribers.len()).unwrap_or(u32::MAX);
        self.subscriptions = self.subscriptions.saturating_sub(gone);
        if !entry.subscribers.is_empty() {
            return None;
        }
        let entry = self.entries.remove(&number)?;
        self.by_key.remove(&entry.key);
        self.due.retain(|(_, due)| *due != number);
        Some((entry.key, entry.view.coverage().clone()))
    }

    /// When the next view is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Drains views that are due, at most so many; they stand at `to` then.
    pub fn drain(
        &mut self,
        now: Instant,
        most: usize,
        to: u64,
        server_millis: i64,
        values: &Values,
    ) -> Vec<Due> {
        let mut drained = Vec::new();
        while drained.len() < most && self.due.first().is_some_and(|(due, _)| *due <= now) {
            let Some((_, number)) = self.due.pop_first() else {
                break;
            };
            let Some(entry) = self.entries.get_mut(&number) else {
                continue;
            };
            entry.drained = Some(now);
            let seen = Seen {
                values,
                sight: &entry.key.sight,
            };
            if let Some((from, delta)) = entry.view.drain(to, &seen) {
                let subscribers = entry.subscribers.clone();
                drained.push(Due {
                    view: number,
                    from,
                    to,
                    server_millis,
                    delta,
                    subscribers,
                });
            }
        }
        drained
    }
}

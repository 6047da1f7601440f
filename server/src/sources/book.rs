//! The list of sources and what is known of each, as pages read it.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use app::i18n::Messages;
use connect::{Ack, BrokerConfig, BrokerUrl, Connection, FilterGrant, Trouble, Words};
use twin::{SourceId, Timestamp};
use wire::page::{FilterStatus, SourceCard, SourceOrigin, SourceState, SourceStatus};

use super::words::{is_gap, link_words, trouble_words};

/// One source.
pub struct SourceEntry {
    pub id: SourceId,
    pub name: String,
    pub config: BrokerConfig,
    /// Who decides whether it is used.
    pub origin: SourceOrigin,
    /// Another address of the same broker: our own has one for each version of MQTT.
    pub also_at: Option<BrokerUrl>,
    pub messages: AtomicU64,
    pub readings: AtomicU64,
    last_message: AtomicI64,
    /// Messages at the last look, to tell the rate.
    rate: Mutex<Rate>,
    link: Mutex<Link>,
    connection: Mutex<Option<Arc<Connection>>>,
    has_spoken: AtomicBool,
    /// Highest QoS seen.
    pub qos: AtomicU8,
}

#[derive(Clone, Debug, Default)]
struct Rate {
    at: Timestamp,
    messages: u64,
    per_sec: f64,
}

#[derive(Clone, Debug, Default)]
struct Link {
    state: SourceState,
    since: Timestamp,
    detail: Option<Words>,
    grants: Vec<FilterGrant>,
    gap: Option<Timestamp>,
    trouble: Option<Trouble>,
}

impl SourceEntry {
    /// A source that is not connected yet.
    #[must_use]
    pub fn new(id: SourceId, config: BrokerConfig, origin: SourceOrigin, now: Timestamp) -> Self {
        Self {
            id,
            name: config.name.clone(),
            config,
            origin,
            also_at: None,
            messages: AtomicU64::new(0),
            readings: AtomicU64::new(0),
            last_message: AtomicI64::new(0),
            rate: Mutex::new(Rate {
                at: now,
                ..Rate::default()
            }),
            link: Mutex::new(Link {
                since: now,
                ..Link::default()
            }),
            connection: Mutex::new(None),
            has_spoken: AtomicBool::new(false),
            qos: AtomicU8::new(0),
        }
    }

    /// Whether this address leads to it.
    #[must_use]
    pub fn is_at(&self, url: &BrokerUrl) -> bool {
        self.config.url.is_same_place(url)
            || self.also_at.as_ref().is_some_and(|also| also.is_same_place(url))
    }

    /// Whether it is used, connected or not.
    #[must_use]
    pub fn is_used(&self) -> bool {
        lock(&self.link).state != SourceState::Stopped
    }

    /// Notes a message that arrived.
    pub fn note_message(&self, at: Timestamp, qos: u8) {
        self.messages.fetch_add(1, Relaxed);
        self.last_message.store(at.millis(), Relaxed);
        self.has_spoken.store(true, Relaxed);
        self.qos.fetch_max(qos, Relaxed);
    }

    /// Notes where the link stands; returns whether connected and lost swapped.
    pub fn note_state(&self, state: SourceState, at: Timestamp, detail: Option<Words>) -> bool {
        let mut link = lock(&self.link);
        let changed = link.state != state;
        if changed {
            link.since = at;
        }
        // Why messages are missing is told on.
        if state == SourceState::Connected {
            link.trouble.take_if(|trouble| !is_gap(trouble));
        }
        link.state = state;
        link.detail = detail;
        changed
    }

    /// Notes the broker's answers to our filters.
    pub fn note_grants(&self, grants: Vec<FilterGrant>) {
        lock(&self.link).grants = grants;
    }

    /// Whether the broker has answered our filters since the server's start.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        !lock(&self.link).grants.is_empty()
    }

    /// Notes that something was or may have been lost.
    pub fn note_trouble(&self, at: Timestamp, trouble: Trouble) {
        let mut link = lock(&self.link);
        if is_gap(&trouble) {
            link.gap = Some(at);
        }
        link.trouble = Some(trouble);
    }

    /// Notes that readings until then are missing.
    pub fn note_gap(&self, to: Timestamp) {
        lock(&self.link).gap = Some(to);
    }

    /// Takes the connection to acknowledge over.
    pub fn attach(&self, connection: Arc<Connection>) {
        *lock(&self.connection) = Some(connection);
    }

    /// Gives the connection back, for stopping it.
    #[must_use]
    pub fn detach(&self) -> Option<Arc<Connection>> {
        lock(&self.connection).take()
    }

    /// Acknowledges messages that are durable now.
    pub fn acknowledge(&self, acks: Vec<Ack>) {
        if let Some(connection) = lock(&self.connection).as_ref() {
            connection.ack(acks);
        }
    }

    /// The source in a word.
    #[must_use]
    pub fn status(&self) -> SourceStatus {
        let link = lock(&self.link);
        SourceStatus {
            source: self.id.get(),
            name: self.name.clone(),
            state: link.state,
            since_millis: link.since.millis(),
        }
    }

    /// The source with its figures, in the reader's words.
    #[must_use]
    pub fn card(&self, m: Messages, now: Timestamp, points: u32, problems: u64) -> SourceCard {
        let status = self.status();
        let per_sec = self.rate_at(now);
        let link = lock(&self.link);
        let last = self.last_message.load(Relaxed);
        SourceCard {
            status,
            address: self.config.url.to_string(),
            protocol: format!("MQTT {}", self.config.version.as_str()),
            client_id: self.config.client_id.clone(),
            filters: self
                .config
                .filters
                .iter()
                .map(|filter| filter_status(m, filter, &link.grants))
                .collect(),
            messages: self.messages.load(Relaxed),
            messages_per_sec: per_sec,
            readings: self.readings.load(Relaxed),
            points,
            problems,
            last_message_millis: self.has_spoken.load(Relaxed).then_some(last),
            detail: match (&link.detail, &link.trouble) {
                (Some(words), _) => Some(link_words(m, words)),
                (None, trouble) => trouble.as_ref().map(|trouble| trouble_words(m, trouble)),
            },
            gap_millis: link.gap.map(Timestamp::millis),
            origin: self.origin,
        }
    }

    /// Messages a second since the look before last, at least two seconds apart.
    fn rate_at(&self, now: Timestamp) -> f64 {
        let mut rate = lock(&self.rate);
        let elapsed = now.since(rate.at).micros();
        if elapsed >= 2_000_000 {
            let messages = self.messages.load(Relaxed);
            rate.per_sec = messages.saturating_sub(rate.messages) as f64 * 1e6 / elapsed as f64;
            rate.messages = messages;
            rate.at = now;
        }
        rate.per_sec
    }
}

fn filter_status(m: Messages, filter: &str, grants: &[FilterGrant]) -> FilterStatus {
    let granted = grants
        .iter()
        .find(|grant| grant.filter == filter)
        .map(|grant| &grant.granted);
    FilterStatus {
        filter: filter.to_owned(),
        qos: granted.and_then(|granted| granted.as_ref().ok().copied()),
        refused: granted
            .and_then(|granted| granted.as_ref().err())
            .map(|words| link_words(m, words)),
    }
}

/// All sources, in the order they were added.
#[derive(Default)]
pub struct SourceBook {
    entries: RwLock<Vec<Arc<SourceEntry>>>,
}

impl SourceBook {
    /// Adds one, or puts it in the place of the one with its id.
    pub fn put(&self, entry: Arc<SourceEntry>) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        match entries.iter_mut().find(|known| known.id == entry.id) {
            Some(known) => *known = entry,
            None => entries.push(entry),
        }
    }

    /// The one that an address leads to.
    #[must_use]
    pub fn at(&self, url: &BrokerUrl) -> Option<Arc<SourceEntry>> {
        self.all().into_iter().find(|entry| entry.is_at(url))
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<SourceEntry>> {
        self.entries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// One by its id.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<Arc<SourceEntry>> {
        self.entries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|entry| entry.id == id)
            .cloned()
    }

    /// Readings until then are missing, nobody knows of which.
    pub fn note_gap(&self, to: Timestamp) {
        for entry in self.all().iter().filter(|entry| entry.is_used()) {
            entry.note_gap(to);
        }
    }

    /// Each in a word.
    #[must_use]
    pub fn statuses(&self) -> Vec<SourceStatus> {
        self.all().iter().map(|entry| entry.status()).collect()
    }
}

/// A poisoned lock here holds figures, not invariants: go on with them.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Real brokers on free ports, a connection under test, and patience with a limit.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part of this"
)]

pub mod mosquitto;
pub mod publisher;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use connect::{
    Ack, BrokerConfig, BrokerUrl, Clock, Connection, Event, Message, State, Trouble, Version, Words,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use twin::{SourceId, Timestamp};

/// Longest wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

pub fn config(port: u16, version: Version) -> BrokerConfig {
    let config = BrokerConfig::new("test", BrokerUrl::tcp("127.0.0.1", port), "gemba-00000001");
    BrokerConfig { version, ..config }
}

/// A connection and what was seen of it.
pub struct Subject {
    pub connection: Option<Connection>,
    pub events: mpsc::Receiver<Event>,
    pub troubles: Vec<Trouble>,
    pub states: Vec<(State, Option<String>)>,
    pub grants: Vec<BTreeMap<String, Result<u8, Words>>>,
    pub acknowledge: bool,
}

impl Subject {
    pub fn start(config: BrokerConfig) -> Self {
        Self::start_with(config, 2_048)
    }

    pub fn start_with(config: BrokerConfig, queue: usize) -> Self {
        let (connection, events) = Connection::start(SourceId::new(7), config, Arc::new(SystemClock), queue);
        Self {
            connection: Some(connection),
            events,
            troubles: Vec::new(),
            states: Vec::new(),
            grants: Vec::new(),
            acknowledge: true,
        }
    }

    /// Starts, and waits until the subscription is answered.
    pub async fn subscribed(config: BrokerConfig) -> Self {
        let mut subject = Self::start(config);
        subject.until_subscribed(1).await;
        subject
    }

    async fn next(&mut self, what: &str) -> Option<Message> {
        let event = timeout_at(Instant::now() + PATIENCE, self.events.recv()).await;
        let event = event.unwrap_or_else(|_| panic!("no {what}; seen {:?} {:?}", self.states, self.troubles));
        match event.expect("the connection ended") {
            Event::Message(message) => {
                if self.acknowledge {
                    self.ack(message.ack.into_iter().collect());
                }
                return Some(message);
            }
            Event::State { state, detail, .. } => {
                self.states.push((state, detail.map(|words| words.to_string())))
            }
            Event::Subscribed(grants) => {
                self.grants.push(
                    grants
                        .into_iter()
                        .map(|grant| (grant.filter, grant.granted))
                        .collect(),
                );
            }
            Event::Trouble(trouble) => self.troubles.push(trouble),
        }
        None
    }

    /// Events that keep coming are no progress.
    fn in_time(&self, until: Instant, what: &str) {
        assert!(
            Instant::now() < until,
            "no {what}; seen {:?} {:?}",
            self.states,
            self.troubles
        );
    }

    pub fn ack(&self, acks: Vec<Ack>) {
        self.connection.as_ref().unwrap().ack(acks);
    }

    pub async fn until_subscribed(&mut self, times: usize) {
        let until = Instant::now() + PATIENCE;
        while self.grants.len() < times {
            self.next("subscription").await;
            self.in_time(until, "subscription");
        }
    }

    pub async fn until_state(&mut self, wanted: State) -> Option<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            self.next(&format!("{wanted:?}")).await;
            self.in_time(until, &format!("{wanted:?}"));
            if let Some((state, detail)) = self.states.last()
                && *state == wanted
            {
                return detail.clone();
            }
        }
    }

    /// Whether the broker kept our session.
    pub async fn until_connected(&mut self) -> bool {
        let until = Instant::now() + PATIENCE;
        loop {
            self.next("connected").await;
            self.in_time(until, "connected");
            if let Some((State::Connected { is_continued }, _)) = self.states.last() {
                return *is_continued;
            }
        }
    }

    pub async fn until_trouble(&mut self, wanted: impl Fn(&Trouble) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !self.troubles.iter().any(&wanted) {
            self.next("trouble").await;
            self.in_time(until, "trouble");
        }
    }

    pub async fn message(&mut self) -> Message {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(message) = self.next("message").await {
                return message;
            }
            self.in_time(until, "message");
        }
    }

    /// The next message on this topic; others are passed over.
    pub async fn message_on(&mut self, topic: &str) -> Message {
        loop {
            let message = self.message().await;
            if message.topic == topic {
                return message;
            }
        }
    }

    /// No more messages, please.
    pub fn deafen(&mut self) {
        self.events = mpsc::channel(1).1;
    }

    pub async fn stop(mut self) {
        self.connection.take().unwrap().stop().await;
    }
}

/// Asks again and again until it is so.
pub async fn eventually(what: &str, mut ask: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !ask() {
        assert!(Instant::now() < until, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

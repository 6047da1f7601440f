//! A small face over rumqttc's two clients, so that both protocol versions share one loop.
//! A link lives for one connection: rumqttc's own reconnect would carry packet ids over.

mod v311;
mod v5;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rumqttc::{NetworkOptions, TlsConfiguration};
use rustls::ClientConfig;

use crate::config::{BrokerConfig, Transport};
use crate::reason::Words;

pub(crate) use v5::open as open_v5;
pub(crate) use v311::open as open_v311;

/// Requests waiting to be written; acknowledgements beyond it wait in [`crate::acks`].
const REQUESTS: usize = 2_048;
/// We publish nothing; rumqttc allocates this many slots up front.
const OUTGOING: u16 = 16;
/// Time for TCP, TLS, WebSocket and MQTT greetings together.
const CONNECT_SECS: u64 = 5;

/// How this connection differs from the configuration.
#[derive(Clone)]
pub(crate) struct Attempt {
    /// Throw the session away.
    pub(crate) clean: bool,
    /// Largest packet taken.
    pub(crate) max_packet_bytes: u32,
    /// Messages are acknowledged by the owner, not by rumqttc.
    pub(crate) manual_acks: bool,
    /// Ready-made TLS settings, for secure transports.
    pub(crate) tls: Option<Arc<ClientConfig>>,
}

/// What a link reports.
#[derive(Debug)]
pub(crate) enum Signal {
    /// The broker accepted us.
    Connected { session_present: bool },
    /// A message.
    Publish(Publication),
    /// The answer to our subscription, one entry a filter.
    Granted(Vec<Result<u8, Words>>),
    /// Our goodbye is on the wire.
    Left,
    /// Anything else; there may be room for requests again.
    Other,
}

/// A message as it came.
#[derive(Debug)]
pub(crate) struct Publication {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) qos: u8,
    pub(crate) retain: bool,
    pub(crate) packet: u16,
}

/// Why a link ended, in words for a plant engineer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) words: Words,
}

/// What to do about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FailureKind {
    /// Try again soon.
    Broken,
    /// The broker said no, or our settings are wrong: try again slowly.
    Refused,
    /// A packet of about this size is over the limit.
    TooLarge { bytes: u64 },
}

impl Failure {
    pub(crate) fn broken(words: impl Into<Words>) -> Self {
        Self {
            kind: FailureKind::Broken,
            words: words.into(),
        }
    }

    pub(crate) fn refused(words: impl Into<Words>) -> Self {
        Self {
            kind: FailureKind::Refused,
            words: words.into(),
        }
    }
}

/// One connection to a broker. A message proves that the broker is alive as well as the answer to a ping
/// does, and that answer may be stuck behind thousands of messages: both implementations tell rumqttc.
pub(crate) trait Link: Send {
    /// The next thing that happens. Not cancel safe once connected: a request taken from the channel
    /// could be lost.
    fn poll(&mut self) -> impl Future<Output = Result<Signal, Failure>> + Send;
}

/// Requests to the broker; none of them waits. `false` when there is no room just now.
pub(crate) trait Requests: Send + Sync {
    fn try_ack(&self, packet: u16, qos: u8) -> bool;
    fn try_subscribe(&self, filters: &[String], qos: u8) -> bool;
    fn try_unsubscribe(&self, filters: &[String]);
    fn try_disconnect(&self) -> bool;
}

fn keep_alive(config: &BrokerConfig) -> Duration {
    Duration::from_secs(u64::from(config.keep_alive_secs.max(5)))
}

/// Host as rumqttc wants it: the whole address for WebSockets, brackets around a v6 address for TCP.
fn address(config: &BrokerConfig) -> String {
    match config.url.transport {
        Transport::Tcp => config.url.bracketed_host(),
        Transport::Tls => config.url.host.clone(),
        Transport::WebSocket | Transport::SecureWebSocket => config.url.to_string(),
    }
}

fn transport(config: &BrokerConfig, attempt: &Attempt) -> rumqttc::Transport {
    let tls = || {
        attempt
            .tls
            .clone()
            .map(TlsConfiguration::Rustls)
            .unwrap_or_default()
    };
    match config.url.transport {
        Transport::Tcp => rumqttc::Transport::Tcp,
        Transport::Tls => rumqttc::Transport::Tls(tls()),
        Transport::WebSocket => rumqttc::Transport::Ws,
        Transport::SecureWebSocket => rumqttc::Transport::Wss(tls()),
    }
}

fn network_options() -> NetworkOptions {
    let mut options = NetworkOptions::new();
    options.set_tcp_nodelay(true);
    options.set_connection_timeout(CONNECT_SECS);
    options
}

fn qos_number(qos: rumqttc::QoS) -> u8 {
    match qos {
        rumqttc::QoS::AtMostOnce => 0,
        rumqttc::QoS::AtLeastOnce => 1,
        rumqttc::QoS::ExactlyOnce => 2,
    }
}

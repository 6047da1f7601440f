//! Connections to the plant. [`Connection`] keeps one MQTT session alive (v5 or v3.1.1; TCP, TLS or
//! WebSocket) and hands its messages on through a bounded queue; they are acknowledged only when the
//! caller says so. [`listen_briefly`] is the *Test* button. [`embedded`] is the broker for a site that
//! has none.

mod acks;
mod backoff;
mod client;
mod config;
mod connection;
pub mod embedded;
mod event;
mod listen;
mod outlet;
mod reason;
mod stop;
mod tls;
mod words;

pub use config::{BrokerConfig, BrokerUrl, BrokerUrlError, Secret, Tls, Transport, Version};
pub use connection::Connection;
pub use event::{Ack, Event, FilterGrant, Message, State, Trouble};
pub use listen::{ConnectError, Heard, Sample, listen_briefly};
pub use reason::{Reason, Words};
pub use tls::trusting;

use twin::Timestamp;

/// Where the time comes from. The server has one for the whole process; tests have their own.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

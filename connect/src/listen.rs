//! The *Test* button: a short look at what a broker has to say.

use std::time::Duration;

use bytes::Bytes;

use crate::{BrokerConfig, FilterGrant};

/// What was heard in a short while.
#[derive(Debug)]
pub struct Heard {
    /// Answers to our filters.
    pub grants: Vec<FilterGrant>,
    /// Time until the broker had accepted us.
    pub connected_in: Duration,
    /// Messages heard, including those of which no sample was kept.
    pub messages: u64,
    /// Their payload bytes.
    pub bytes: u64,
    /// In order of arrival; the number and the total size are bounded.
    pub samples: Vec<Sample>,
}

/// One message heard.
#[derive(Debug)]
pub struct Sample {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Bytes,
    /// Sent from the broker's memory.
    pub retain: bool,
}

/// Why nothing could be heard.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The broker answered and said no.
    #[error("{0}")]
    Refused(String),
    /// It could not be reached, or the link broke.
    #[error("{0}")]
    Unreachable(String),
    /// Our own settings are wrong (a certificate file, a filter).
    #[error("{0}")]
    Config(String),
}

/// Connects with a throw-away session and client id, listens for `duration` or until `max_messages` samples are
/// kept, and leaves.
#[expect(clippy::unused_async, reason = "skeleton")]
pub async fn listen_briefly(
    config: &BrokerConfig,
    duration: Duration,
    max_messages: usize,
) -> Result<Heard, ConnectError> {
    let _ = (config, duration, max_messages);
    Err(ConnectError::Unreachable("not yet".to_owned()))
}

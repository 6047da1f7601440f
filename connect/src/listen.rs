//! The *Test* button: a short look at what a broker has to say.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use crate::backoff::random;
use crate::client::{self, Attempt, Failure, FailureKind, Link, Requests, Signal};
use crate::config::{BrokerConfig, Version};
use crate::reason::{Reason, Words};
use crate::{FilterGrant, tls, words};

/// Payload bytes kept, all samples together.
const SAMPLE_BYTES: usize = 8 * 1024 * 1024;
/// Time for the greeting, beyond which the listening has not even begun.
const GREETING: Duration = Duration::from_secs(6);

/// What was heard in a short while.
#[derive(Debug, Default)]
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
    /// The link ended before the time was over; why, in words.
    pub cut_short: Option<Words>,
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

/// Why nothing could be heard, in words for a plant engineer.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The broker answered and said no.
    #[error("{0}")]
    Refused(Words),
    /// It could not be reached, or the link broke.
    #[error("{0}")]
    Unreachable(Words),
    /// Our own settings are wrong (a certificate file, a filter).
    #[error("{0}")]
    Config(Words),
}

impl From<Failure> for ConnectError {
    fn from(failure: Failure) -> Self {
        match failure.kind {
            FailureKind::Refused => Self::Refused(failure.words),
            FailureKind::Broken | FailureKind::TooLarge { .. } => Self::Unreachable(failure.words),
        }
    }
}

/// Connects with a throw-away session and client id, listens for `duration` or until `max_messages`
/// samples are kept, and leaves. Nothing is acknowledged in anybody's name, nothing stays in the broker.
pub async fn listen_briefly(
    config: &BrokerConfig,
    duration: Duration,
    max_messages: usize,
) -> Result<Heard, ConnectError> {
    let config = BrokerConfig {
        client_id: format!("gemba-test-{:08x}", random() & 0xffff_ffff),
        clean_session: Some(true),
        session_expiry_secs: 0,
        ..config.clone()
    };
    if let Some(bad) = config
        .filters
        .iter()
        .find(|filter| !rumqttc::valid_filter(filter))
    {
        return Err(ConnectError::Config(Words::said(
            Reason::FilterInvalid,
            bad.clone(),
        )));
    }
    let tls = if config.url.transport.secure() {
        let settings = config.tls.clone();
        let loaded = tokio::task::spawn_blocking(move || tls::client_config(&settings)).await;
        let loaded =
            loaded.map_err(|error| ConnectError::Config(Words::said(Reason::Files, error.to_string())))?;
        Some(loaded.map_err(|error| ConnectError::Config(Words::said(Reason::Files, error.to_string())))?)
    } else {
        None
    };
    let max_packet_bytes = config.max_packet_bytes;
    let attempt = Attempt {
        clean: true,
        max_packet_bytes,
        manual_acks: false,
        tls,
    };
    match config.version {
        Version::V5 => {
            let (requests, link) = client::open_v5(&config, &attempt);
            listen(&config, &requests, link, duration, max_messages).await
        }
        Version::V311 => {
            let (requests, link) = client::open_v311(&config, &attempt);
            listen(&config, &requests, link, duration, max_messages).await
        }
    }
}

async fn listen(
    config: &BrokerConfig,
    requests: &Arc<dyn Requests>,
    mut link: impl Link,
    duration: Duration,
    max_messages: usize,
) -> Result<Heard, ConnectError> {
    let started = Instant::now();
    let greeted = timeout_at(started + GREETING, link.poll()).await;
    let greeted = greeted.map_err(|_elapsed| ConnectError::Unreachable(Reason::NoAnswer.into()))?;
    greeted.map_err(|failure| words::during_greeting(failure, config.version == Version::V5))?;
    let mut heard = Heard {
        connected_in: started.elapsed(),
        ..Heard::default()
    };
    if !requests.try_subscribe(&config.filters, config.qos.min(1)) {
        return Err(ConnectError::Config(Reason::FilterInvalid.into()));
    }
    let until = Instant::now() + duration;
    let mut room = SAMPLE_BYTES;
    while heard.samples.len() < max_messages {
        let Ok(signal) = timeout_at(until, pin!(link.poll())).await else {
            break;
        };
        match signal {
            Ok(Signal::Publish(publication)) => {
                heard.messages += 1;
                let size = publication.payload.len();
                heard.bytes = heard
                    .bytes
                    .saturating_add(u64::try_from(size).unwrap_or(u64::MAX));
                if size <= room {
                    room -= size;
                    let payload = Bytes::copy_from_slice(&publication.payload);
                    heard.samples.push(Sample {
                        topic: publication.topic,
                        payload,
                        retain: publication.retain,
                    });
                }
            }
            Ok(Signal::Granted(codes)) => {
                let filters = config.filters.iter().cloned();
                let grants = filters
                    .zip(codes)
                    .map(|(filter, granted)| FilterGrant { filter, granted });
                heard.grants = grants.collect();
            }
            Ok(Signal::Connected { .. } | Signal::Left | Signal::Other) => {}
            Err(failure) => {
                heard.cut_short = Some(failure.words);
                return Ok(heard);
            }
        }
    }
    goodbye(requests, link).await;
    Ok(heard)
}

/// So that the broker's log does not show us as lost.
async fn goodbye(requests: &Arc<dyn Requests>, mut link: impl Link) {
    let until = Instant::now() + Duration::from_millis(500);
    if requests.try_disconnect() {
        while let Ok(Ok(signal)) = timeout_at(until, link.poll()).await {
            if matches!(signal, Signal::Left) {
                return;
            }
        }
    }
}

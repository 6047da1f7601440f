//! One MQTT session, kept alive for ever.

use std::sync::Arc;

use tokio::sync::mpsc;
use twin::SourceId;

use crate::{Ack, BrokerConfig, Clock, Event};

/// A running connection. Dropping it cuts the link; [`Connection::stop`] says goodbye first.
pub struct Connection {}

impl Connection {
    /// Starts connecting, in a task of the current runtime. The queue holds `queue` events.
    #[must_use]
    pub fn start(
        source: SourceId,
        config: BrokerConfig,
        clock: Arc<dyn Clock>,
        queue: usize,
    ) -> (Self, mpsc::Receiver<Event>) {
        let _ = (source, config, clock);
        let (_, events) = mpsc::channel(queue);
        (Self {}, events)
    }

    /// Acknowledges messages in this order. Never blocks; acknowledgements of an earlier link are
    /// ignored, since the broker sends those messages again.
    pub fn ack(&self, acks: Vec<Ack>) {
        drop(acks);
    }

    /// Sends the outstanding acknowledgements, says goodbye to the broker and ends.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn stop(self) {}
}

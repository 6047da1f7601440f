//! One MQTT session, kept alive for ever.

mod link;
mod pressure;
mod task;

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use twin::SourceId;

use crate::acks::Acks;
use crate::{Ack, BrokerConfig, Clock, Event};

/// A running connection. Dropping it cuts the link; [`Connection::stop`] says goodbye first.
pub struct Connection {
    acks: Arc<Acks>,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl Connection {
    /// Starts connecting, in a task of the current runtime. The queue holds `queue` events; what comes
    /// while it is full waits in a bounded spill, and is not acknowledged. Dropping the receiver ends the
    /// taking of messages; the link stays up for acknowledgements until [`Connection::stop`].
    #[must_use]
    pub fn start(
        source: SourceId,
        config: BrokerConfig,
        clock: Arc<dyn Clock>,
        queue: usize,
    ) -> (Self, mpsc::Receiver<Event>) {
        let (sender, events) = mpsc::channel(queue.max(1));
        let (stop, stopped) = watch::channel(false);
        let acks = Arc::new(Acks::default());
        let task = task::Task::new(source, config, clock, sender, Arc::clone(&acks), stopped);
        let task = Some(tokio::spawn(task.run()));
        (Self { acks, stop, task }, events)
    }

    /// Acknowledges messages. Never blocks. They are sent in the order of delivery whatever the order
    /// here, so *every* message with an [`Ack`] must be acknowledged in the end, also one that could not
    /// be used. Acknowledgements of an earlier link are ignored: the broker sends those messages again.
    pub fn ack(&self, acks: Vec<Ack>) {
        self.acks.acknowledge(&acks);
    }

    /// Sends the outstanding acknowledgements, says goodbye to the broker and ends; takes a second at
    /// most. The broker keeps a persistent session.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(task) = &mut self.task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the connection's task failed");
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

//! A consumer that is slower than the broker: what happens to messages that find no room.

use std::pin::pin;
use std::time::Duration;

use tokio::time::sleep;

use super::task::Task;
use crate::client::Publication;
use crate::event::{Message, Trouble};
use crate::outlet::Overflow;
use crate::stop;

/// For this long we stop reading when there is no room, which slows a broker down that sends more than
/// it should (Mosquitto does once its queue is long). Well under the keep-alive.
const CATCH_UP: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

impl Task {
    /// Before each message: gives the consumer time when there is no room. A stuck one gets no more of
    /// it than the link can bear.
    pub(super) async fn make_room(&mut self, leaving: bool) {
        if !self.outlet.crowded() {
            self.stuck = false;
            return;
        }
        if self.stuck || leaving {
            return;
        }
        self.wait_for_room().await;
        self.stuck = self.outlet.crowded();
        if self.stuck && !self.config.clean() {
            self.withhold();
        }
    }

    fn withhold(&mut self) {
        if !std::mem::replace(&mut self.withholding, true) {
            self.trouble(Trouble::QueueFull {
                dropped: 0,
                withheld: true,
            });
        }
    }

    async fn wait_for_room(&mut self) {
        let queue = self.outlet.queue();
        let mut stop = self.stop.clone();
        let mut over = pin!(sleep(CATCH_UP));
        while self.outlet.crowded() {
            tokio::select! {
                () = &mut over => return,
                permit = queue.clone().reserve_owned(), if self.outlet.waiting() => match permit {
                    Ok(permit) => self.outlet.fill(permit),
                    Err(_) => return,
                },
                // Bytes are given back without a sign.
                () = sleep(LOOK_AGAIN) => {}
                () = stop::asked(&mut stop) => return,
            }
        }
    }

    /// Hands a message on, or decides what becomes of it.
    pub(super) fn publication(&mut self, publication: Publication) {
        let Publication {
            topic,
            payload,
            qos,
            retain,
            packet,
        } = publication;
        if self.outlet.closed() || (self.withholding && qos > 0) {
            return;
        }
        let arrival = self.clock.now();
        let ack = (qos > 0).then(|| self.acks.delivered(packet, qos));
        if payload.len() > usize::try_from(self.config.max_packet_bytes).unwrap_or(usize::MAX) {
            self.throw_away(payload.len());
            self.acks.acknowledge(ack.as_slice());
            return;
        }
        let message = Message {
            source: self.source,
            topic,
            payload,
            retain,
            qos,
            arrival,
            ack,
        };
        match self.outlet.message(message) {
            Ok(()) => {}
            // Nothing brings it back on a clean session: count it, and let the next one come.
            Err(Overflow) if self.config.clean() => {
                self.acks.acknowledge(ack.as_slice());
                self.outlet.count_drop(arrival);
            }
            Err(Overflow) => {
                self.acks.withheld();
                self.withhold();
            }
        }
    }

    /// Taken only to get past it; see [`Self::oversized`].
    fn throw_away(&mut self, bytes: usize) {
        self.trouble(Trouble::PacketTooLarge {
            bytes: u64::try_from(bytes).ok(),
            limit: u64::from(self.config.max_packet_bytes),
            session_given_up: false,
        });
    }
}

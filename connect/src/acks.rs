//! Acknowledgements on their way back to the broker: in the order in which messages came (MQTT asks for
//! it, and some brokers cut the link otherwise), only on the link the message came over, never waiting.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client::Requests;
use crate::event::Ack;

/// Counts links of all connections: one that takes another's place must not take its acknowledgements.
static LINKS: AtomicU32 = AtomicU32::new(0);

/// Shared by the poll loop and the handle.
pub(crate) struct Acks(Mutex<Inner>);

impl Default for Acks {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            epoch: LINKS.fetch_add(1, Relaxed),
            requests: None,
            open: VecDeque::new(),
            first: 0,
        }))
    }
}

struct Inner {
    /// The number of the link: an acknowledgement of another one is void.
    epoch: u32,
    requests: Option<Arc<dyn Requests>>,
    /// Delivered and not yet sent back, in order of delivery.
    open: VecDeque<Open>,
    /// The number of the first of them. Numbers go up by one with each message, over all links.
    first: u64,
}

struct Open {
    packet: u16,
    qos: u8,
    done: bool,
}

impl Acks {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new link is up.
    pub(crate) fn opened(&self, requests: Arc<dyn Requests>) {
        let mut inner = self.lock();
        inner.requests = Some(requests);
        inner.forget();
    }

    /// The link is gone, and with it every acknowledgement not sent.
    pub(crate) fn closed(&self) {
        let mut inner = self.lock();
        inner.epoch = LINKS.fetch_add(1, Relaxed);
        inner.requests = None;
        inner.forget();
    }

    /// A message goes to the owner, who will acknowledge it.
    pub(crate) fn delivered(&self, packet: u16, qos: u8) -> Ack {
        let mut inner = self.lock();
        let number = inner.first + inner.open.len() as u64;
        inner.open.push_back(Open {
            packet,
            qos,
            done: false,
        });
        Ack {
            epoch: inner.epoch,
            number,
        }
    }

    /// The message delivered last did not reach the owner after all: the broker keeps it.
    pub(crate) fn withheld(&self) {
        self.lock().open.pop_back();
    }

    /// Whether the owner has acknowledged everything, and the broker has been told.
    pub(crate) fn settled(&self) -> bool {
        self.lock().open.is_empty()
    }

    /// The owner acknowledges.
    pub(crate) fn acknowledge(&self, acks: &[Ack]) {
        let mut inner = self.lock();
        let (epoch, first) = (inner.epoch, inner.first);
        for ack in acks.iter().filter(|ack| ack.epoch == epoch) {
            if let Some(open) = ack
                .number
                .checked_sub(first)
                .and_then(|at| inner.open.get_mut(usize::try_from(at).ok()?))
            {
                open.done = true;
            }
        }
        inner.send();
    }

    /// Sends what had no room before.
    pub(crate) fn flush(&self) {
        self.lock().send();
    }

    /// Whether an acknowledgement given by the owner is still to be sent.
    pub(crate) fn unsent(&self) -> bool {
        self.lock().open.front().is_some_and(|open| open.done)
    }
}

impl Inner {
    fn forget(&mut self) {
        self.first += self.open.len() as u64;
        self.open.clear();
    }

    fn send(&mut self) {
        let Some(requests) = &self.requests else { return };
        while let Some(open) = self.open.front() {
            if !open.done || !requests.try_ack(open.packet, open.qos) {
                return;
            }
            self.open.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes three requests, then is full until emptied.
    #[derive(Default)]
    struct Narrow(Mutex<Vec<u16>>);

    impl Requests for Narrow {
        fn try_ack(&self, packet: u16, _: u8) -> bool {
            let mut sent = self.0.lock().unwrap();
            let room = sent.len() < 3;
            if room {
                sent.push(packet);
            }
            room
        }
        fn try_subscribe(&self, _: &[String], _: u8) -> bool {
            true
        }
        fn try_unsubscribe(&self, _: &[String]) {}
        fn try_disconnect(&self) -> bool {
            true
        }
    }

    fn sent(link: &Narrow) -> Vec<u16> {
        std::mem::take(&mut link.0.lock().unwrap())
    }

    #[test]
    fn in_order_of_delivery_whatever_the_owner_does() {
        let (acks, link) = (Acks::default(), Arc::new(Narrow::default()));
        acks.opened(link.clone());
        let given: Vec<Ack> = (1..=5).map(|packet| acks.delivered(packet, 1)).collect();
        acks.acknowledge(&[given[1], given[2]]);
        assert!(sent(&link).is_empty());
        acks.acknowledge(&[given[0]]);
        assert_eq!(sent(&link), [1, 2, 3]);
        acks.acknowledge(&[given[4], given[3], given[3]]);
        assert_eq!(sent(&link), [4, 5]);
    }

    #[test]
    fn the_rest_waits_for_room() {
        let (acks, link) = (Acks::default(), Arc::new(Narrow::default()));
        acks.opened(link.clone());
        let given: Vec<Ack> = (1..=5).map(|packet| acks.delivered(packet, 1)).collect();
        acks.acknowledge(&given);
        assert_eq!(sent(&link), [1, 2, 3]);
        assert!(acks.unsent());
        acks.flush();
        assert_eq!(sent(&link), [4, 5]);
        assert!(!acks.unsent());
    }

    #[test]
    fn void_after_a_reconnect() {
        let (acks, link) = (Acks::default(), Arc::new(Narrow::default()));
        acks.opened(link.clone());
        let old = acks.delivered(7, 1);
        acks.closed();
        acks.acknowledge(&[old]);
        acks.opened(link.clone());
        let new = acks.delivered(7, 1);
        acks.acknowledge(&[old]);
        assert!(sent(&link).is_empty());
        acks.acknowledge(&[new]);
        assert_eq!(sent(&link), [7]);
    }

    #[test]
    fn void_for_the_connection_that_comes_after() {
        let (acks, after, link) = (Acks::default(), Acks::default(), Arc::new(Narrow::default()));
        acks.opened(link.clone());
        after.opened(link.clone());
        let old = acks.delivered(7, 1);
        after.delivered(7, 1);
        after.acknowledge(&[old]);
        assert!(sent(&link).is_empty());
    }
}

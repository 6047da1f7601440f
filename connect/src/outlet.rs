//! The way out of the poll loop, which may never wait: a bounded queue, and before it a bounded spill for
//! what is just being read, and for what arrives while the queue is full. At QoS 1 nothing is dropped (the broker stops sending once its
//! window is unacknowledged); at QoS 0 the oldest spilled message gives way and is counted.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::sync::mpsc;
use twin::{Span, Timestamp};

use crate::event::{Event, Message, Trouble};

const REPORT_EVERY: Span = Span::from_secs(5);
/// Spilled QoS 1 messages, beyond those that the broker may have in flight.
const SPILL: usize = 1_024;
/// Spilled QoS 0 messages: a burst, or a third of a second of the fastest stream.
const LOOSE: usize = 16_384;
/// Messages handed on at once while more are ready to be read.
const BATCH: usize = 64;
/// Places left when the spill counts as crowded.
const HEADROOM: usize = 32;
/// Places kept free for link events when the spill is full of messages.
const EVENTS: usize = 64;
/// Payloads smaller than this are not counted one by one; the number of messages bounds them.
const COUNTED_BYTES: usize = 1_024;

/// There is no room for a message that must not be dropped.
#[derive(Debug)]
pub(crate) struct Overflow;

/// Queue and spill.
pub(crate) struct Outlet {
    queue: mpsc::Sender<Event>,
    /// QoS 1 messages and link events, numbered by arrival.
    kept: VecDeque<(u64, Event)>,
    /// QoS 0 messages, numbered by arrival.
    loose: VecDeque<(u64, Event)>,
    arrivals: u64,
    kept_limit: usize,
    held_bytes: Arc<AtomicUsize>,
    bytes_limit: usize,
    dropped: u64,
    reported: Option<Timestamp>,
}

/// A large payload, counted as long as anybody holds it.
struct Counted {
    payload: Bytes,
    held: Arc<AtomicUsize>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.payload
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.held.fetch_sub(self.payload.len(), Ordering::Relaxed);
    }
}

impl Outlet {
    pub(crate) fn new(queue: mpsc::Sender<Event>, receive_maximum: u16, bytes_limit: usize) -> Self {
        Self {
            queue,
            kept: VecDeque::new(),
            loose: VecDeque::new(),
            arrivals: 0,
            kept_limit: usize::from(receive_maximum).max(1) + SPILL,
            held_bytes: Arc::default(),
            bytes_limit,
            dropped: 0,
            reported: None,
        }
    }

    /// To wait for room in the queue.
    pub(crate) fn queue(&self) -> mpsc::Sender<Event> {
        self.queue.clone()
    }

    /// Whether the receiver is gone for good.
    pub(crate) fn closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// Nobody will take what waits.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
        self.loose.clear();
    }

    /// Whether something waits for room.
    pub(crate) fn waiting(&self) -> bool {
        !self.kept.is_empty() || !self.loose.is_empty()
    }

    /// Whether the next messages may find no room: time to let the consumer catch up.
    pub(crate) fn crowded(&self) -> bool {
        self.kept.len() + HEADROOM >= self.kept_limit
            || self.held_bytes.load(Ordering::Relaxed) > self.bytes_limit / 2
    }

    /// Hands a message on, at the latest with the next [`Self::drain`]. With [`Overflow`] it was not taken.
    pub(crate) fn message(&mut self, mut message: Message) -> Result<(), Overflow> {
        let size = message.payload.len();
        let keep = message.ack.is_some();
        if size >= COUNTED_BYTES {
            if self.held_bytes.load(Ordering::Relaxed).saturating_add(size) > self.bytes_limit
                && self.held_bytes.load(Ordering::Relaxed) > 0
            {
                return self.no_room(keep, message.arrival);
            }
            self.held_bytes.fetch_add(size, Ordering::Relaxed);
            let held = Arc::clone(&self.held_bytes);
            message.payload = Bytes::from_owner(Counted {
                payload: message.payload,
                held,
            });
        }
        if keep {
            if self.kept.len() >= self.kept_limit {
                return Err(Overflow);
            }
            self.spill_kept(Event::Message(message));
        } else {
            if self.loose.len() >= LOOSE {
                self.loose.pop_front();
                self.count_drop(message.arrival);
            }
            self.arrivals += 1;
            self.loose.push_back((self.arrivals, Event::Message(message)));
        }
        if self.kept.len() + self.loose.len() >= BATCH {
            self.drain();
        }
        Ok(())
    }

    fn no_room(&mut self, keep: bool, now: Timestamp) -> Result<(), Overflow> {
        if keep {
            return Err(Overflow);
        }
        self.count_drop(now);
        Ok(())
    }

    /// Hands a link event on; while the spill is full of them only the newest are kept.
    pub(crate) fn event(&mut self, event: Event) {
        if self.kept.len() >= self.kept_limit + EVENTS {
            let oldest = self
                .kept
                .iter()
                .position(|(_, event)| !matches!(event, Event::Message(_)));
            match oldest {
                Some(at) => drop(self.kept.remove(at)),
                None => return,
            }
        }
        self.spill_kept(event);
        self.drain();
        if self.closed() {
            self.clear();
        }
    }

    fn spill_kept(&mut self, event: Event) {
        self.arrivals += 1;
        self.kept.push_back((self.arrivals, event));
    }

    /// Moves what fits from the spill to the queue, oldest first. All at once: the consumer is woken by
    /// the first and finds the others there.
    pub(crate) fn drain(&mut self) {
        let fits = (self.kept.len() + self.loose.len()).min(self.queue.capacity());
        if fits > 0
            && let Ok(permits) = self.queue.try_reserve_many(fits)
        {
            for permit in permits {
                if let Some(event) = oldest(&mut self.kept, &mut self.loose) {
                    permit.send(event);
                }
            }
        }
        if !self.waiting() {
            self.report();
        }
    }

    /// Takes the place that came free; then whatever else fits.
    pub(crate) fn fill(&mut self, permit: mpsc::OwnedPermit<Event>) {
        if let Some(event) = oldest(&mut self.kept, &mut self.loose) {
            permit.send(event);
        }
        self.drain();
    }

    pub(crate) fn count_drop(&mut self, now: Timestamp) {
        self.dropped += 1;
        let due = self
            .reported
            .is_none_or(|at| now.since(at) >= REPORT_EVERY || now < at);
        if due {
            self.reported = Some(now);
            self.report();
        }
    }

    fn report(&mut self) {
        if self.dropped > 0 {
            let dropped = std::mem::take(&mut self.dropped);
            self.event(Event::Trouble(Trouble::QueueFull {
                dropped,
                withheld: false,
            }));
        }
    }
}

fn oldest(kept: &mut VecDeque<(u64, Event)>, loose: &mut VecDeque<(u64, Event)>) -> Option<Event> {
    let from_kept = match (kept.front(), loose.front()) {
        (Some((kept, _)), Some((loose, _))) => kept < loose,
        (kept, _) => kept.is_some(),
    };
    let side = if from_kept { kept } else { loose };
    side.pop_front().map(|(_, event)| event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Ack, State};
    use twin::SourceId;

    fn message(number: u16, qos: u8, bytes: usize) -> Message {
        Message {
            source: SourceId::new(1),
            topic: number.to_string(),
            payload: Bytes::from(vec![0; bytes]),
            retain: false,
            qos,
            arrival: Timestamp::from_millis(0),
            ack: (qos > 0).then_some(Ack {
                epoch: 0,
                number: u64::from(number),
            }),
        }
    }

    fn drain_all(outlet: &mut Outlet, events: &mut mpsc::Receiver<Event>) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            outlet.drain();
            match events.try_recv() {
                Ok(Event::Message(message)) => seen.push(message.topic),
                Ok(other) => seen.push(format!("{other:?}")),
                Err(_) => return seen,
            }
        }
    }

    #[test]
    fn order_is_kept_across_the_spill() {
        let (queue, mut events) = mpsc::channel(3);
        let mut outlet = Outlet::new(queue, 10, 1 << 20);
        for number in 0..20 {
            outlet
                .message(message(number, u8::try_from(number % 2).unwrap(), 1))
                .unwrap();
        }
        let expect: Vec<String> = (0..20).map(|number| number.to_string()).collect();
        assert_eq!(drain_all(&mut outlet, &mut events), expect);
    }

    #[test]
    fn oldest_loose_message_gives_way_and_is_counted() {
        let (queue, mut events) = mpsc::channel(1);
        let mut outlet = Outlet::new(queue, 10, 1 << 20);
        for number in 0..u16::try_from(LOOSE + 4).unwrap() {
            outlet.message(message(number, 0, 1)).unwrap();
        }
        outlet.message(message(60_000, 1, 1)).unwrap();
        let seen = drain_all(&mut outlet, &mut events);
        assert_eq!(seen[0], "0");
        assert_eq!(seen[1], "4");
        assert!(seen.contains(&"60000".to_owned()));
        let dropped: Vec<_> = seen.iter().filter(|text| text.contains("QueueFull")).collect();
        assert_eq!(dropped.len(), 2, "{dropped:?}");
    }

    #[test]
    fn a_full_spill_of_kept_messages_overflows() {
        let (queue, mut events) = mpsc::channel(1);
        let mut outlet = Outlet::new(queue, 10, 1 << 20);
        let fits = u16::try_from(1 + 10 + SPILL).unwrap();
        for number in 0..fits {
            outlet.message(message(number, 1, 1)).unwrap();
        }
        assert!(outlet.message(message(fits, 1, 1)).is_err());
        assert_eq!(drain_all(&mut outlet, &mut events).len(), usize::from(fits));
    }

    #[test]
    fn bytes_are_bounded_and_given_back() {
        let (queue, mut events) = mpsc::channel(10);
        let mut outlet = Outlet::new(queue, 10, 100_000);
        outlet.message(message(0, 1, 60_000)).unwrap();
        assert!(outlet.message(message(1, 1, 60_000)).is_err());
        outlet.message(message(2, 0, 60_000)).unwrap();
        assert_eq!(drain_all(&mut outlet, &mut events).len(), 2);
        outlet.message(message(3, 1, 60_000)).unwrap();
        assert_eq!(drain_all(&mut outlet, &mut events), ["3"]);
    }

    #[test]
    fn one_payload_over_the_limit_still_passes() {
        let (queue, mut events) = mpsc::channel(10);
        let mut outlet = Outlet::new(queue, 10, 10);
        outlet.message(message(0, 1, 60_000)).unwrap();
        assert_eq!(drain_all(&mut outlet, &mut events), ["0"]);
    }

    #[test]
    fn link_events_are_bounded() {
        let (queue, mut events) = mpsc::channel(1);
        let mut outlet = Outlet::new(queue, 1, 10);
        for second in 0..5_000 {
            let at = Timestamp::from_millis(second);
            outlet.event(Event::State {
                state: State::Down,
                at,
                detail: None,
            });
        }
        let seen = drain_all(&mut outlet, &mut events);
        assert!(seen.len() < 1_100);
        assert!(seen.last().unwrap().contains("4999000"));
    }
}

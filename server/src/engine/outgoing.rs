//! What the engine hands on to persistence, and when.
//!
//! What somebody waits for goes at once. What nobody waits for (readings at QoS 0, which carries no promise;
//! the points of a model) is gathered for a moment: at some hundred messages a second, handing on and
//! committing each by itself costs more than all the rest.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::Instant;

use crate::persist::Job;

/// Readings that nobody waits for are gathered for so long.
const GATHER_FOR: Duration = Duration::from_millis(100);
/// And no more of it than this.
const MOST_GATHERED: usize = 2_048;

/// See the module.
pub(super) struct Outgoing {
    gathered: Job,
    since: Option<Instant>,
    /// In order; found no room in the persister's queue.
    waiting: VecDeque<Job>,
    most_waiting: usize,
}

impl Outgoing {
    /// Nothing yet; at most so many jobs are to wait.
    pub(super) fn new(most_waiting: usize) -> Self {
        Self {
            gathered: Job::default(),
            since: None,
            waiting: VecDeque::new(),
            most_waiting,
        }
    }

    /// Takes in what came of one slice. True when it is to be handed on at once.
    pub(super) fn gather(&mut self, job: Job, now: Instant) -> bool {
        let at_once = job.acks.is_some() || self.gathered.len() + job.len() >= MOST_GATHERED;
        self.since.get_or_insert(now);
        self.gathered.append(job);
        at_once
    }

    /// Hands on what was gathered, or lets it wait for room; answers how many readings found none.
    pub(super) fn hand_on(&mut self, persist: &mpsc::Sender<Job>) -> usize {
        self.since = None;
        let job = std::mem::take(&mut self.gathered);
        if job.is_empty() {
            return 0;
        }
        if self.waiting.is_empty() {
            if let Err(TrySendError::Full(job)) = persist.try_send(job) {
                self.waiting.push_back(job);
            }
        } else if job.is_awaited() || self.waiting.len() < self.most_waiting {
            self.waiting.push_back(job);
        } else {
            return job.readings.len();
        }
        0
    }

    /// Whether jobs wait for room.
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The job that has waited longest.
    pub(super) fn pop(&mut self) -> Option<Job> {
        self.waiting.pop_front()
    }

    /// Whether something is being gathered.
    pub(super) const fn has_gathered(&self) -> bool {
        self.since.is_some()
    }

    /// When it is to be handed on.
    pub(super) fn due(&self) -> Instant {
        self.since.map_or_else(Instant::now, |since| since + GATHER_FOR)
    }

    /// Whether it is.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.since.is_some_and(|since| since + GATHER_FOR <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use twin::{Flags, PointId, Quality, Reading, SourceId, Timestamp};

    fn readings(count: usize) -> Job {
        let reading = Reading {
            value: None,
            quality: Quality::Good,
            source_time: None,
            arrival: Timestamp::from_millis(1),
            flags: Flags::default(),
        };
        Job {
            readings: vec![(PointId::new(1), reading); count],
            ..Job::default()
        }
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_gathered_and_goes_before_what_is_awaited() {
        let (persist, mut jobs) = mpsc::channel(4);
        let mut out = Outgoing::new(1);
        let now = Instant::now();
        assert!(!out.gather(readings(1), now) && !out.gather(readings(2), now + GATHER_FOR / 2));
        assert!(out.has_gathered() && !out.is_due(now + GATHER_FOR / 2));
        assert!(out.is_due(now + GATHER_FOR) && out.due() == now + GATHER_FOR);
        assert_eq!(out.hand_on(&persist), 0);
        assert_eq!(jobs.recv().await.unwrap().readings.len(), 3);
        assert!(!out.has_gathered());

        assert!(!out.gather(readings(1), now));
        let awaited = Job {
            acks: Some((SourceId::new(1), Vec::new())),
            ..readings(1)
        };
        assert!(out.gather(awaited, now), "an acknowledgement waits for no timer");
        out.hand_on(&persist);
        let job = jobs.recv().await.unwrap();
        assert!(job.readings.len() == 2 && job.acks.is_some());
        assert!(out.gather(readings(MOST_GATHERED), now), "bounded");
    }

    #[tokio::test]
    async fn without_room_only_what_nobody_waits_for_is_left_out() {
        let (persist, _jobs) = mpsc::channel(1);
        let mut out = Outgoing::new(1);
        for expect in [0, 0, 7] {
            out.gather(readings(7), Instant::now());
            assert_eq!(out.hand_on(&persist), expect);
        }
        let awaited = Job {
            acks: Some((SourceId::new(1), Vec::new())),
            ..readings(7)
        };
        out.gather(awaited, Instant::now());
        assert_eq!(out.hand_on(&persist), 0);
        assert!(out.pop().is_some() && out.pop().is_some_and(|job| job.acks.is_some()));
        assert!(!out.has_waiting());
    }
}

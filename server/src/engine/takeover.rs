//! What takes long, done a part at a time between other inputs: a model that takes its place, the first
//! values of its formulas. And what happens meanwhile, for formulas that are being built beside it.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use twin::{Change, Flags, Input, ModelPart, Outputs, PointId, Reading};

/// Computed values applied under one hold of the lock.
pub(super) const COMPUTED_PART: usize = 500;
/// While other inputs wait, they are taken for so long before the next part.
const OTHERS_FIRST: Duration = Duration::from_millis(10);

/// Parts that wait for their turn, and who waits for them.
pub(super) struct Takeover {
    work: VecDeque<Work>,
    /// When the last part was done.
    last: Instant,
}

enum Work {
    Model(std::vec::IntoIter<ModelPart>, oneshot::Sender<()>),
    Values(Values, oneshot::Sender<()>),
}

/// First values of formulas, the last of them first.
struct Values {
    waiting: Vec<(PointId, Reading)>,
    /// What was computed anew meanwhile.
    superseded: BTreeSet<PointId>,
}

impl Default for Takeover {
    fn default() -> Self {
        Self {
            work: VecDeque::new(),
            last: Instant::now(),
        }
    }
}

impl Takeover {
    /// Whether it has its turn now; `is_idle`: no other input waits.
    pub(super) fn is_due(&self, is_idle: bool) -> bool {
        self.is_busy() && (is_idle || self.last.elapsed() >= OTHERS_FIRST)
    }

    /// A part is done.
    pub(super) fn rest(&mut self) {
        self.last = Instant::now();
    }

    pub(super) fn add_model(&mut self, parts: Vec<ModelPart>, done: oneshot::Sender<()>) {
        self.work.push_back(Work::Model(parts.into_iter(), done));
    }

    pub(super) fn add_values(&mut self, mut waiting: Vec<(PointId, Reading)>, done: oneshot::Sender<()>) {
        waiting.reverse();
        let superseded = BTreeSet::new();
        self.work
            .push_back(Work::Values(Values { waiting, superseded }, done));
    }

    /// Newer values than those that wait.
    pub(super) fn supersede(&mut self, newer: &[(PointId, Reading)]) {
        for work in &mut self.work {
            if let Work::Values(values, _) = work {
                values.superseded.extend(newer.iter().map(|(point, _)| *point));
            }
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.work.is_empty()
    }

    /// The next part; whoever waits is told when there is none left.
    pub(super) fn next(&mut self) -> Option<Input> {
        let input = match self.work.front_mut()? {
            Work::Model(parts, _) => parts.next().map(Input::Model),
            Work::Values(values, _) => {
                let rest = values.waiting.len().saturating_sub(COMPUTED_PART);
                let is_last = values.waiting.is_empty();
                let mut part: Vec<_> = values.waiting.drain(rest..).rev().collect();
                part.retain(|(point, _)| !values.superseded.contains(point));
                (!is_last).then_some(Input::Computed(part))
            }
        };
        if input.is_none() {
            let (Work::Model(_, done) | Work::Values(_, done)) = self.work.pop_front()?;
            // Nobody waiting any more is no reason to stop.
            let _gone = done.send(());
        }
        input
    }
}

/// What changed since somebody began to look at the twin: no more points than there are, and a bounded
/// number of readings.
#[derive(Debug, Default)]
pub struct Noted {
    /// Became or ceased to be properties of the model.
    pub placed: BTreeSet<PointId>,
    /// Have another reading, or are believed otherwise.
    pub told: BTreeSet<PointId>,
    /// The readings that came, in their order: windows count each.
    pub readings: Vec<(PointId, Reading)>,
}

/// Readings that are noted; of those after them only the last of each point is told.
const MOST_NOTED: usize = 200_000;

impl Noted {
    pub(super) fn note(&mut self, outputs: &Outputs) {
        self.placed.extend(&outputs.placed);
        let room = MOST_NOTED.saturating_sub(self.readings.len());
        let live = outputs
            .stored
            .iter()
            .filter(|(_, reading)| !reading.flags.has(Flags::RETAINED));
        self.readings.extend(live.take(room).cloned());
        self.told
            .extend(outputs.changes.iter().filter_map(|change| match change {
                Change::Reading(point) | Change::Freshness(point) => Some(*point),
                _ => None,
            }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use twin::{Quality, Timestamp};

    fn value(point: usize) -> (PointId, Reading) {
        let reading = Reading {
            value: None,
            quality: Quality::Good,
            source_time: None,
            arrival: Timestamp::from_millis(1),
            flags: Flags::default(),
        };
        (PointId::new(u32::try_from(point).unwrap()), reading)
    }

    #[test]
    fn parts_come_in_order_and_whoever_waits_is_told_after_the_last() {
        let mut takeover = Takeover::default();
        let (done, mut taken) = oneshot::channel();
        takeover.add_model(vec![ModelPart::Begin, ModelPart::End], done);
        for expect in [ModelPart::Begin, ModelPart::End] {
            assert_eq!(takeover.next(), Some(Input::Model(expect)));
            assert!(taken.try_recv().is_err() && takeover.is_busy());
        }
        assert_eq!(takeover.next(), None);
        assert!(taken.try_recv().is_ok() && !takeover.is_busy());
    }

    #[test]
    fn first_values_give_way_to_newer_ones() {
        let mut takeover = Takeover::default();
        let (done, mut taken) = oneshot::channel();
        let all = COMPUTED_PART + 2;
        takeover.add_values((1..=all).map(value).collect(), done);
        takeover.supersede(&[value(2), value(all)]);
        let mut told = Vec::new();
        while let Some(Input::Computed(values)) = takeover.next() {
            told.extend(values.into_iter().map(|(point, _)| point.index()));
        }
        let expect: Vec<usize> = (1..all).filter(|point| *point != 2).collect();
        assert_eq!(told, expect);
        assert!(taken.try_recv().is_ok());
    }

    #[test]
    fn other_inputs_go_first_but_not_for_ever() {
        let mut takeover = Takeover::default();
        assert!(!takeover.is_due(true), "there is nothing to do");
        takeover.add_model(vec![ModelPart::Begin], oneshot::channel().0);
        takeover.rest();
        assert!(takeover.is_due(true));
        takeover.last = Instant::now();
        let is_due = takeover.is_due(false);
        assert!(!is_due || takeover.last.elapsed() >= OTHERS_FIRST);
        takeover.last -= OTHERS_FIRST;
        assert!(takeover.is_due(false));
    }
}

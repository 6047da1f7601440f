//! A metric as it runs: samples come in, windows close, values come out. Bounded in samples.

use std::sync::Arc;

use crate::Formula;
use crate::eval::{Inputs, Moment, Window};
use crate::time::{Time, Zones};
use crate::value::{Sample, Value};
use crate::windows::Windows;

/// Samples kept for one input; beyond it the oldest go and are counted.
pub const MAX_SAMPLES: usize = 200_000;
/// Samples dropped when there are too many.
const DROPPED_AT_ONCE: usize = MAX_SAMPLES / 16;
/// Windows closed by one call; after a longer silence the rest comes with the next.
pub const MAX_CLOSED: usize = 10_000;

/// A closed window and what came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Closed {
    /// The window; its value stands at its end.
    pub window: Window,
    /// The value; none when there is no output.
    pub value: Option<Value>,
}

/// A metric of one asset.
#[derive(Clone, Debug)]
pub struct Metric {
    formula: Arc<Formula>,
    windows: Windows,
    buffers: Buffers,
    /// End of the window that closes next; none before the first sample.
    next: Option<Time>,
    /// Whether it began with a window, and not with a sample.
    begun: bool,
    closed_until: Option<Time>,
    late: u64,
    dropped: u64,
}

#[derive(Clone, Debug)]
struct Buffers {
    /// Samples in order of time, by slot and member.
    samples: Vec<Vec<Vec<Sample>>>,
}

impl Inputs for Buffers {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.member(slot, 0)
    }

    fn good(&self, slot: usize) -> Option<&Sample> {
        self.samples(slot, 0).iter().rfind(|sample| sample.is_good())
    }

    fn members(&self, slot: usize) -> usize {
        self.samples.get(slot).map_or(0, Vec::len)
    }

    fn member(&self, slot: usize, member: usize) -> Option<&Sample> {
        self.samples(slot, member).last()
    }

    fn samples(&self, slot: usize, member: usize) -> &[Sample] {
        self.samples
            .get(slot)
            .and_then(|members| members.get(member))
            .map_or(&[], Vec::as_slice)
    }
}

impl Metric {
    /// A metric with so many members behind each input; 1 for all but groups of children.
    #[must_use]
    pub fn new(formula: Arc<Formula>, windows: Windows, members: &[usize]) -> Self {
        let samples = (0..formula.inputs().len())
            .map(|slot| vec![Vec::new(); members.get(slot).copied().unwrap_or(1)])
            .collect();
        Self {
            formula,
            windows,
            buffers: Buffers { samples },
            next: None,
            begun: false,
            closed_until: None,
            late: 0,
            dropped: 0,
        }
    }

    /// Begins with the last window that is over at `now`: it has a value where its past is known.
    /// Without it the first sample begins.
    pub fn begin(&mut self, now: Time, zones: &dyn Zones) {
        self.next = Some(self.windows.end_until(now, zones));
        self.begun = true;
    }

    /// The window that would end at `now`.
    #[must_use]
    pub fn up_to(&self, now: Time, zones: &dyn Zones) -> Window {
        self.windows.ending(now, zones)
    }

    /// The start of the window that closes next.
    #[must_use]
    pub fn open_since(&self, zones: &dyn Zones) -> Option<Time> {
        Some(self.windows.ending(self.next?, zones).start)
    }

    /// Takes a sample of the past, before or in the window that closes next; one that is known
    /// already is left out.
    pub fn recall(&mut self, slot: usize, member: usize, sample: Sample) {
        let _known = self.insert(slot, member, sample);
    }

    /// Its formula.
    #[must_use]
    pub fn formula(&self) -> &Arc<Formula> {
        &self.formula
    }

    /// What is known of a member in a window: the seconds of it in which its newest value was good,
    /// and whether a good one came in it.
    #[must_use]
    pub fn known_of(&self, slot: usize, member: usize, window: Window) -> (f64, bool) {
        window.known(self.buffers.samples(slot, member))
    }

    /// The last good value of a member, in the window or before it.
    #[must_use]
    pub fn last_good(&self, slot: usize, member: usize) -> Option<&Value> {
        let samples = self.buffers.samples(slot, member);
        samples.iter().rfind(|sample| sample.is_good())?.value.as_ref()
    }

    /// Takes a sample. One that belongs to a window that was closed is counted, and leaves its value as
    /// it is; windows that are open still see it.
    pub fn push(&mut self, slot: usize, member: usize, sample: Sample, zones: &dyn Zones) {
        let steady = self.formula.is_steady(slot);
        let until = self.closed_until.filter(|until| !steady && sample.time <= *until);
        let first = !self.begun && self.closed_until.is_none();
        if !steady && first && self.next.is_none_or(|next| sample.time < next) {
            let end = self.windows.end_from(sample.time, zones);
            self.next = Some(self.next.map_or(end, |next| next.min(end)));
        }
        let is_good = sample.is_good();
        let came = self.insert(slot, member, sample);
        if let Some((until, at)) = until.zip(came) {
            // Of what is not there nothing comes late.
            self.late += u64::from(is_good);
            self.correct_border(slot, member, at, until);
        }
    }

    /// Its place; none when it was known already.
    fn insert(&mut self, slot: usize, member: usize, sample: Sample) -> Option<usize> {
        let samples = self.buffers.samples.get_mut(slot)?.get_mut(member)?;
        let at = samples.partition_point(|known| known.time <= sample.time);
        let mut same_time = samples
            .iter()
            .take(at)
            .rev()
            .take_while(|known| known.time == sample.time);
        // What history told already comes again.
        if same_time.any(|known| *known == sample) {
            return None;
        }
        samples.insert(at, sample);
        if samples.len() <= MAX_SAMPLES {
            return Some(at);
        }
        // Many at once: every one by itself would move all the others.
        samples.drain(..DROPPED_AT_ONCE);
        self.dropped += DROPPED_AT_ONCE as u64;
        at.checked_sub(DROPPED_AT_ONCE)
    }

    /// What was held up to the end of a window that is closed is what came late for it.
    fn correct_border(&mut self, slot: usize, member: usize, at: usize, end: Time) {
        if !self.formula.is_linear() {
            return;
        }
        let samples = self
            .buffers
            .samples
            .get_mut(slot)
            .and_then(|slot| slot.get_mut(member));
        let after = samples.and_then(|samples| samples.get_mut(at..));
        if let Some([late, border, ..]) = after
            && (border.time, border.resumed) == (end, true)
        {
            (border.value, border.quality) = (late.value.clone(), late.quality);
        }
    }

    /// Closes every window that ends by `now`.
    pub fn advance(&mut self, now: Time, zones: &dyn Zones) -> Vec<Closed> {
        let mut closed = Vec::new();
        while let Some(end) = self.next.filter(|end| *end <= now) {
            if closed.len() >= MAX_CLOSED {
                break;
            }
            let window = self.windows.ending(end, zones);
            let moment = Moment {
                now,
                trigger: end,
                zones,
            };
            let value = self.formula.eval_window(&self.buffers, window, moment);
            closed.push(Closed { window, value });
            if self.formula.is_linear() && !self.windows.is_sliding() {
                self.mark_border(end);
            }
            let next = self.windows.end_after(end, zones);
            // At the end of all time there is no next window.
            self.next = (next > end).then_some(next);
            self.closed_until = Some(end);
            self.forget_before(self.windows.ending(next, zones).start);
        }
        closed
    }

    /// Where the straight line over the end of a window is not known yet, the value was held up to
    /// there: the next window goes on from that, so that nothing is counted twice.
    fn mark_border(&mut self, end: Time) {
        for samples in self.buffers.samples.iter_mut().flatten() {
            let is_last = |sample: &&mut Sample| sample.time < end && sample.is_good();
            if let Some(last) = samples.last_mut().filter(is_last) {
                let held = Sample {
                    time: end,
                    resumed: true,
                    ..last.clone()
                };
                samples.push(held);
            }
        }
    }

    /// When the next window closes.
    #[must_use]
    pub fn due(&self) -> Option<Time> {
        self.next
    }

    /// Samples that came after their window was closed, and those left out as there were too many.
    #[must_use]
    pub fn left_out(&self) -> (u64, u64) {
        (self.late, self.dropped)
    }

    /// Keeps what later windows need: all from here on, and of what lies before, the last sample
    /// and the last good one.
    fn forget_before(&mut self, start: Time) {
        for samples in self.buffers.samples.iter_mut().flatten() {
            let first = samples.partition_point(|sample| sample.time <= start);
            let good = samples.iter().take(first).rposition(Sample::is_good);
            let last = first.saturating_sub(1);
            let mut at = 0;
            samples.retain(|_| {
                at += 1;
                at > first || at - 1 == last || Some(at - 1) == good
            });
        }
    }
}

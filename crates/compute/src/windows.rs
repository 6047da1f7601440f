//! Metrics: their samples come in, their windows close in order of time and rank.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use formula::metric::{Closed, Metric};
use formula::{Quality, Sample, Time, Window, Zones};

use crate::coverage::{Cover, WHOLE};
use crate::spec::is_steady;

/// A window's value comes so long after its end, in microseconds, so that what was on its way
/// counts.
pub(crate) const GRACE: i64 = 1_000_000;

/// From this share on a window counts as whole: a reading that comes late tears no hole.
const ALMOST: f64 = 0.99;

/// Members without a sample that are kept for explanations.
const MAX_SILENT: usize = 200;

/// A metric of an asset.
pub(crate) struct Running {
    pub metric: Metric,
    pub cell: u32,
    pub output: u32,
    pub rank: u32,
    /// Cells by slot and member.
    pub inputs: Vec<Vec<u32>>,
    /// The least share of inputs it needs, where it goes on without some.
    pub least: Option<f64>,
    /// The end of the last window; none before there was one of which anything is known.
    pub closed: Option<Time>,
    /// The share of the last window that was seen.
    pub share: f64,
    /// The window that closes next was over before the start.
    pub is_past: bool,
    /// Those of many assets of which no good sample came in the last window; the first ones.
    pub silent: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Feed {
    metric: u32,
    slot: u32,
    member: u32,
}

#[derive(Default)]
pub(crate) struct Metrics {
    list: Vec<Running>,
    readings: Vec<u32>,
    /// The metrics that a cell feeds.
    fed: BTreeMap<u32, Vec<Feed>>,
    /// When windows close, the lower ranks first.
    queue: BinaryHeap<Reverse<(Time, u32, u32)>>,
}

/// A window that closed, and what of its inputs was there.
pub(crate) struct Outcome {
    pub cell: u32,
    pub output: u32,
    pub sample: Sample,
    /// Whether a part of it was missing.
    pub partial: bool,
    /// What of its readings was there, in parts.
    pub parts: u64,
}

impl Metrics {
    pub fn add(&mut self, running: Running) -> u32 {
        let metric = self.list.len() as u32;
        for (slot, members) in running.inputs.iter().enumerate() {
            for (member, cell) in members.iter().enumerate() {
                self.fed.entry(*cell).or_default().push(Feed {
                    metric,
                    slot: slot as u32,
                    member: member as u32,
                });
            }
        }
        self.list.push(running);
        self.readings.push(0);
        metric
    }

    pub fn get(&self, metric: u32) -> Option<&Running> {
        self.list.get(metric as usize)
    }

    /// Samples that came after their window was closed, and those that found no room.
    pub fn left_out(&self) -> (u64, u64) {
        let counts = self.list.iter().map(|running| running.metric.left_out());
        counts.fold((0, 0), |sum, (late, dropped)| (sum.0 + late, sum.1 + dropped))
    }

    /// Each input of each that is a property: its cell, and whether its samples are counted.
    pub fn inputs(&self) -> impl Iterator<Item = (u32, bool)> + '_ {
        self.list.iter().flat_map(|running| {
            let slots = running.inputs.iter().enumerate();
            slots.flat_map(|(slot, cells)| {
                let counts = running.metric.formula().counts_samples(slot);
                cells.iter().map(move |cell| (*cell, counts))
            })
        })
    }

    /// The cell of each.
    pub fn cells(&self) -> impl Iterator<Item = u32> + '_ {
        self.list.iter().map(|running| running.cell)
    }

    pub fn get_mut(&mut self, metric: u32) -> Option<&mut Running> {
        self.list.get_mut(metric as usize)
    }

    pub fn each_mut(&mut self) -> impl Iterator<Item = &mut Running> {
        self.list.iter_mut()
    }

    pub fn begin(&mut self, now: Time, zones: &dyn Zones) {
        for (at, running) in self.list.iter_mut().enumerate() {
            running.metric.begin(now, zones);
            running.is_past = true;
            let due = running.metric.due();
            self.queue
                .extend(due.map(|due| Reverse((due, running.rank, at as u32))));
        }
    }

    pub fn fed_by(&self, cell: u32) -> impl Iterator<Item = u32> + use<'_> {
        self.fed.get(&cell).into_iter().flatten().map(|feed| feed.metric)
    }

    pub fn count(&mut self, metric: u32, readings: u32) {
        if let Some(count) = self.readings.get_mut(metric as usize) {
            *count = count.saturating_add(readings);
        }
    }

    /// Its cell, and the readings below it.
    pub fn readings(&self, metric: u32) -> (u32, u32) {
        let cell = self.get(metric).map_or(u32::MAX, |running| running.cell);
        (
            cell,
            self.readings.get(metric as usize).copied().unwrap_or_default(),
        )
    }

    /// All of them, the lower ranks first.
    pub fn by_rank(&self) -> Vec<u32> {
        let mut all: Vec<u32> = (0..self.list.len() as u32).collect();
        all.sort_by_key(|at| self.get(*at).map(|running| running.rank));
        all
    }

    /// When the next window's value comes.
    pub fn due(&self) -> Option<Time> {
        self.queue
            .peek()
            .map(|Reverse((due, _, _))| due.plus_micros(GRACE))
    }

    /// Gives a cell's sample to the metrics it feeds: as it is, or as those see it that go on
    /// without a part of their inputs.
    pub fn push(&mut self, cell: u32, sample: &Sample, usable: &Sample, zones: &dyn Zones) {
        for feed in self.fed.get(&cell).into_iter().flatten() {
            if let Some(running) = self.list.get_mut(feed.metric as usize) {
                let seen = if running.least.is_some() { usable } else { sample };
                let (slot, member) = (feed.slot as usize, feed.member as usize);
                running.metric.push(slot, member, seen.clone(), zones);
            }
        }
    }

    /// Gives what a formula came to. The value it had before its inputs were lost is no new one when they
    /// come back.
    pub fn push_change(&mut self, cell: u32, sample: &Sample, usable: &Sample, zones: &dyn Zones) {
        for feed in self.fed.get(&cell).into_iter().flatten() {
            if let Some(running) = self.list.get_mut(feed.metric as usize) {
                let seen = if running.least.is_some() { usable } else { sample };
                let (slot, member) = (feed.slot as usize, feed.member as usize);
                let is_last = || running.metric.last_good(slot, member) == seen.value.as_ref();
                let resumed = seen.resumed && seen.is_good() && is_last();
                let seen = Sample {
                    resumed,
                    ..seen.clone()
                };
                running.metric.push(slot, member, seen, zones);
            }
        }
    }

    /// Gives a sample of the past to the metrics a cell feeds.
    pub fn recall(&mut self, cell: u32, sample: &Sample) {
        for feed in self.fed.get(&cell).into_iter().flatten() {
            if let Some(running) = self.list.get_mut(feed.metric as usize) {
                let (slot, member) = (feed.slot as usize, feed.member as usize);
                running.metric.recall(slot, member, sample.clone());
            }
        }
    }

    /// Nobody looked from here on, until the next samples come.
    pub fn unseen(&mut self, from: Time, is_heard: impl Fn(u32) -> bool) {
        let nothing = Sample {
            resumed: false,
            time: from,
            value: None,
            quality: Quality::Bad,
        };
        let cells: Vec<u32> = self.fed.keys().copied().filter(|cell| is_heard(*cell)).collect();
        for cell in cells {
            self.recall(cell, &nothing);
        }
    }

    /// The cells that feed metrics.
    pub fn feeding(&self) -> Vec<u32> {
        self.fed.keys().copied().collect()
    }

    /// The cells that feed metrics, and since when their samples count in a window that is open.
    pub fn wanted(&self, zones: &dyn Zones) -> BTreeMap<u32, Time> {
        let mut wanted: BTreeMap<u32, Time> = BTreeMap::new();
        for running in &self.list {
            let Some(since) = running.metric.open_since(zones) else {
                continue;
            };
            for cell in running.inputs.iter().flatten() {
                let earliest = wanted.entry(*cell).or_insert(since);
                *earliest = since.min(*earliest);
            }
        }
        wanted
    }

    /// Closes the windows that end first, those of one rank, if they are over; none when none is.
    pub fn close_next(
        &mut self,
        now: Time,
        zones: &Arc<dyn Zones + Send + Sync>,
        cover: &Cover,
    ) -> Option<(Time, Vec<Outcome>)> {
        let mut outcomes = Vec::new();
        let mut first: Option<(Time, u32)> = None;
        while let Some(Reverse((due, rank, at))) = self.queue.peek().copied() {
            // Nothing is on its way to a window that was over before the start.
            let is_past = self.get(at).is_some_and(|running| running.is_past);
            let over = due.plus_micros(if is_past { 0 } else { GRACE }) <= now;
            if !over || first.is_some_and(|first| first != (due, rank)) {
                break;
            }
            first = Some((due, rank));
            self.queue.pop();
            let readings = self.readings.get(at as usize).copied().unwrap_or_default();
            let Some(running) = self.list.get_mut(at as usize) else {
                continue;
            };
            let start = running.metric.open_since(&**zones).unwrap_or(due);
            let (share, silent) = running.known(Window { start, end: due }, cover);
            let is_past = std::mem::take(&mut running.is_past);
            for closed in running.metric.advance(due, &**zones) {
                // Of what was before the start nothing is told where nothing is known.
                if !is_past || share > 0.0 {
                    outcomes.push(running.outcome(closed, share, silent.clone(), readings));
                }
            }
            let next = running.metric.due();
            self.queue.extend(next.map(|next| Reverse((next, rank, at))));
        }
        first.map(|(end, _)| (end, outcomes))
    }
}

impl Running {
    /// What is known of the window that closes: the share of its time in which its inputs were
    /// good, each as often as there are readings below it; and the members of groups of which no good
    /// sample came: aggregations would pass them over in silence.
    pub fn known(&self, window: Window, cover: &Cover) -> (f64, Vec<u32>) {
        let (mut known, mut all) = (0.0, 0.0);
        let mut silent = Vec::new();
        for (slot, members) in self.inputs.iter().enumerate() {
            if is_steady(self.metric.formula(), slot) {
                continue;
            }
            let inputs = self.metric.formula().inputs();
            let is_group = inputs.get(slot).is_some_and(|input| input.declared.is_group);
            for (member, cell) in members.iter().enumerate() {
                let (secs, any) = self.metric.known_of(slot, member, window);
                let weight = f64::from(cover.all(*cell));
                known += weight * secs / window.secs().max(1e-6);
                all += weight;
                if is_group && !any && silent.len() < MAX_SILENT {
                    silent.push(*cell);
                }
            }
        }
        let share = if all > 0.0 { known / all } else { 1.0 };
        let share = if share >= ALMOST { 1.0 } else { share.max(0.0) };
        (share, silent)
    }

    /// Goes on with what an earlier one saw.
    pub fn go_on_from(&mut self, earlier: &Self, silent: Vec<u32>) {
        self.metric = earlier.metric.clone();
        self.closed = earlier.closed;
        self.share = earlier.share;
        self.is_past = earlier.is_past;
        self.silent = silent;
    }

    /// How much was seen of the last window, or of the one that is the first, and its length; in
    /// seconds.
    pub fn seen(&self, now: Time, zones: &dyn Zones, cover: &Cover) -> (f64, f64) {
        let window = self.metric.up_to(self.closed.unwrap_or(now), zones);
        let share = match self.closed {
            Some(_) => self.share,
            None => self.known(window, cover).0,
        };
        (share * window.secs(), window.secs())
    }

    fn outcome(&mut self, closed: Closed, share: f64, silent: Vec<u32>, readings: u32) -> Outcome {
        let enough = match self.least {
            Some(least) => share >= least,
            None => share >= 1.0 && silent.is_empty(),
        };
        let value = closed.value.filter(|_| enough);
        self.closed = Some(closed.window.end);
        self.share = share;
        let partial = self.least.is_some() && (!silent.is_empty() || share < 1.0);
        self.silent = silent;
        Outcome {
            cell: self.cell,
            output: self.output,
            partial,
            parts: (share * f64::from(readings) * WHOLE as f64).round() as u64,
            sample: Sample {
                resumed: false,
                time: closed.window.end,
                quality: if value.is_some() {
                    Quality::Good
                } else {
                    Quality::Bad
                },
                value,
            },
        }
    }
}

//! What equal subscriptions share: one table of points, what of it changed, and where it stands.
//!
//! A view is marked when something changes and drained when its window allows; in between the newest
//! value wins. Snapshots are labelled with the view's own revision but carry the present, so that a
//! delta which overlaps a snapshot only says again what is already known.

use crate::message::{PointState, Summary, ViewDelta, ViewState};
use crate::page::PlantStatus;
use crate::reading::{Cadence, Reading};

/// Where a view finds the present.
pub trait Present {
    /// The newest reading of a point; none until the first.
    fn reading(&self, point: u32) -> Option<Reading>;
    /// How often it is expected to speak.
    fn cadence(&self, point: u32) -> Cadence;
    /// Counts over an asset and all below it.
    fn summary(&self, asset: u32) -> Summary;
    /// The freshness bar.
    fn plant(&self) -> PlantStatus;
}

/// The revision at which each thing last changed; 0 when not in this run of the server.
pub trait Changed {
    /// When its reading last changed.
    fn reading_at(&self, point: u32) -> u64;
    /// When its cadence last changed.
    fn cadence_at(&self, point: u32) -> u64;
    /// When its counts last changed.
    fn summary_at(&self, asset: u32) -> u64;
    /// When the plant's status last changed.
    fn plant_at(&self) -> u64;
}

/// What a view covers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// Points, each with the index of its position here.
    pub points: Vec<u32>,
    /// Assets whose summary is shown, likewise.
    pub assets: Vec<u32>,
    /// Whether the freshness bar is shown.
    pub plant: bool,
    /// The revision at which assets or points last joined or left what is covered.
    pub structure: u64,
}

const READING: u8 = 1;
const CADENCE: u8 = 2;

/// One view: see the module.
#[derive(Debug)]
pub struct View {
    coverage: Coverage,
    at: u64,
    marks: Vec<u8>,
    marked: Vec<u32>,
    summary_marks: Vec<bool>,
    marked_summaries: Vec<u32>,
    joined: Vec<u32>,
    plant_marked: bool,
    structure_marked: bool,
}

impl View {
    /// A view of `coverage`, at revision `at`.
    #[must_use]
    pub fn new(coverage: Coverage, at: u64) -> Self {
        Self {
            marks: vec![0; coverage.points.len()],
            summary_marks: vec![false; coverage.assets.len()],
            coverage,
            at,
            marked: Vec::new(),
            marked_summaries: Vec::new(),
            joined: Vec::new(),
            plant_marked: false,
            structure_marked: false,
        }
    }

    /// What it covers now.
    #[must_use]
    pub const fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Where its readers stand who have everything.
    #[must_use]
    pub const fn at(&self) -> u64 {
        self.at
    }

    /// Whether there is something to send.
    #[must_use]
    pub const fn is_marked(&self) -> bool {
        !self.marked.is_empty()
            || !self.marked_summaries.is_empty()
            || !self.joined.is_empty()
            || self.plant_marked
            || self.structure_marked
    }

    /// The point at this index has a new reading.
    pub fn mark_reading(&mut self, index: u32) {
        self.mark(index, READING);
    }

    /// The point at this index has a new cadence.
    pub fn mark_cadence(&mut self, index: u32) {
        self.mark(index, CADENCE);
    }

    fn mark(&mut self, index: u32, bit: u8) {
        if let Some(mark) = self.marks.get_mut(index as usize) {
            if *mark == 0 {
                self.marked.push(index);
            }
            *mark |= bit;
        }
    }

    /// The asset at this index has new counts.
    pub fn mark_summary(&mut self, index: u32) {
        if let Some(mark) = self.summary_marks.get_mut(index as usize)
            && !std::mem::replace(mark, true)
        {
            self.marked_summaries.push(index);
        }
    }

    /// The plant's status changed.
    pub const fn mark_plant(&mut self) {
        self.plant_marked = self.coverage.plant;
    }

    /// Something joined or left what is covered.
    pub const fn mark_structure(&mut self, structure: u64) {
        self.coverage.structure = structure;
        self.structure_marked = true;
    }

    /// A point joins; gives its index.
    pub fn join(&mut self, point: u32) -> u32 {
        let index = u32::try_from(self.coverage.points.len()).unwrap_or(u32::MAX);
        self.coverage.points.push(point);
        self.marks.push(0);
        self.joined.push(point);
        self.mark(index, READING | CADENCE);
        index
    }

    /// Everything marked since the last time, each with its present value; none when there is nothing.
    /// The view stands at `to` then. Gives where it stood, and the delta.
    pub fn drain(&mut self, to: u64, present: &impl Present) -> Option<(u64, ViewDelta)> {
        if !self.is_marked() {
            return None;
        }
        let mut delta = ViewDelta {
            joined: std::mem::take(&mut self.joined),
            ..ViewDelta::default()
        };
        self.marked.sort_unstable();
        delta.readings.reserve_exact(self.marked.len());
        for index in self.marked.drain(..) {
            let Some((mark, point)) = self
                .marks
                .get_mut(index as usize)
                .zip(self.coverage.points.get(index as usize))
            else {
                continue;
            };
            let mark = std::mem::take(mark);
            if mark & READING != 0
                && let Some(reading) = present.reading(*point)
            {
                delta.readings.push((index, reading));
            }
            if mark & CADENCE != 0 {
                delta.cadences.push((index, present.cadence(*point)));
            }
        }
        self.marked_summaries.sort_unstable();
        for index in self.marked_summaries.drain(..) {
            if let Some(mark) = self.summary_marks.get_mut(index as usize) {
                *mark = false;
            }
            if let Some(asset) = self.coverage.assets.get(index as usize) {
                delta.summaries.push((index, present.summary(*asset)));
            }
        }
        if std::mem::take(&mut self.plant_marked) {
            delta.plant = Some(present.plant());
        }
        if std::mem::take(&mut self.structure_marked) {
            delta.structure = Some(self.coverage.structure);
        }
        let from = self.at;
        self.at = to.max(from);
        Some((from, delta))
    }

    /// All of it as it is now.
    #[must_use]
    pub fn snapshot(&self, present: &impl Present) -> ViewState {
        let point = |&point: &u32| PointState {
            point,
            cadence: present.cadence(point),
            reading: present.reading(point),
        };
        ViewState {
            points: self.coverage.points.iter().map(point).collect(),
            summaries: self
                .coverage
                .assets
                .iter()
                .map(|asset| (*asset, present.summary(*asset)))
                .collect(),
            plant: self.coverage.plant.then(|| present.plant()),
            structure: self.coverage.structure,
        }
    }

    /// What changed after `since`, for one who has everything up to there.
    #[must_use]
    pub fn resume(&self, since: u64, changed: &impl Changed, present: &impl Present) -> ViewDelta {
        let mut delta = ViewDelta::default();
        for (index, &point) in (0u32..).zip(&self.coverage.points) {
            if changed.reading_at(point) > since
                && let Some(reading) = present.reading(point)
            {
                delta.readings.push((index, reading));
            }
            if changed.cadence_at(point) > since {
                delta.cadences.push((index, present.cadence(point)));
            }
        }
        for (index, &asset) in (0u32..).zip(&self.coverage.assets) {
            if changed.summary_at(asset) > since {
                delta.summaries.push((index, present.summary(asset)));
            }
        }
        if self.coverage.plant && changed.plant_at() > since {
            delta.plant = Some(present.plant());
        }
        delta.structure = (self.coverage.structure > since).then_some(self.coverage.structure);
        delta
    }
}

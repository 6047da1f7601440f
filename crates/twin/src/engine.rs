//! The twin and its one way in: [`Twin::handle`]. What an input does is in the modules below.

mod account;
mod asking;
mod convert;
mod discover;
mod ignore;
mod ingest;
mod links;
mod model;
mod reads;
mod restore;
mod settings;
mod shared;

pub use convert::{Conversion, Convert};
pub use ingest::HELD_EVERY;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::due::DueList;
use crate::graph::Graph;
use crate::hash::{Index, Seeded};
use crate::id::{AssetId, PointId, SourceId};
use crate::input::Input;
use crate::live::{Live, NOT_DUE};
use crate::needs::Needs;
use crate::output::{Change, Outputs};
use crate::point::Point;
use crate::reading::{CLOCK_TOLERANCE, Flags};
use crate::search::SearchIndex;
use crate::source::Source;
use crate::time::{Span, Timestamp};

/// Overdue points looked at within one call; the rest follows in the next, at once.
const OVERDUE_AT_ONCE: usize = 5_000;
/// The clock may step back by so much before that is taken for a new time.
const STEP_BACK: Span = Span::from_secs(1);

/// What bounds the twin.
#[derive(Clone, Copy, Debug)]
pub struct TwinConfig {
    /// Points taken in by discovery; the rest is counted.
    pub max_points: usize,
    /// Assets taken in by discovery.
    pub max_assets: usize,
    /// A topic longer than this many bytes is not taken in.
    pub max_topic_bytes: usize,
    /// A level with more one-shot children than this is taken for request ids and grows no more.
    pub max_one_shots: usize,
    /// A child that spoke once counts as one-shot after so much silence.
    pub one_shot_after: Span,
    /// A source clock may run ahead of ours by this much before its stamps are mistrusted.
    pub clock_tolerance: Span,
    /// The way from a unit that a message states to the model's.
    pub convert: Convert,
    /// Seed of the hash tables, so that hostile topics cannot aim at them. Never changes a result.
    pub seed: u64,
}

impl Default for TwinConfig {
    fn default() -> Self {
        Self {
            max_points: 200_000,
            max_assets: 200_000,
            max_topic_bytes: 1_024,
            max_one_shots: 1_000,
            one_shot_after: Span::from_secs(60),
            clock_tolerance: CLOCK_TOLERANCE,
            convert: |_, _| Conversion::Unknown,
            seed: 0,
        }
    }
}

/// A level that looks like request ids: many children, each heard once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IgnoreProposal {
    /// The asset whose children they are.
    pub asset: AssetId,
    /// How many children were heard once.
    pub children: u32,
    /// How many were turned away since; at least so many.
    pub refused: u64,
    /// What a person decided: turn them away, or take them in. Until then new ones are turned away.
    pub decision: Option<bool>,
}

/// Everything known of a plant.
#[derive(Debug)]
pub struct Twin {
    config: TwinConfig,
    revision: u64,
    now: Timestamp,
    graph: Graph,
    /// By id; the first is unused, as may be others.
    points: Vec<Option<Point>>,
    /// By the same id.
    live: Vec<Live>,
    point_count: usize,
    /// How many of them are computed.
    computed_count: usize,
    topics: Vec<Topic>,
    by_topic: Index,
    by_tag: Index,
    seeded: Seeded,
    sources: Vec<Source>,
    /// Sources an earlier run knew and this one not yet: how many points, and the asset of one.
    restored_sources: BTreeMap<SourceId, (u32, AssetId)>,
    due: DueList,
    watches: BTreeSet<(Timestamp, Watch)>,
    /// News of sources that not all of their points have heard: at most three a source.
    rounds: VecDeque<links::Round>,
    /// Decisions on topics that spoke once, on their way to the points: at most one a level.
    sortings: VecDeque<ignore::Sorting>,
    /// An earlier run's points came back, and their levels are not judged yet.
    is_restored: bool,
    needs: Needs,
    search: SearchIndex,
    described: settings::Described,
    modelling: model::Modelling,
    refused: discover::Refused,
    proposals: BTreeMap<AssetId, IgnoreProposal>,
    /// Points whose newest value was made with factor and offset of what came.
    scaled: BTreeMap<PointId, (f64, f64)>,
    /// From stated units to own ones, as they were met.
    conversions: BTreeMap<(Box<str>, Box<str>), Conversion>,
    /// Assets whose device may have fallen silent or woken; empty between calls.
    silence_checks: Vec<AssetId>,
    touched: Touched,
}

/// One topic of one source that has points.
#[derive(Clone, Debug)]
struct Topic {
    source: SourceId,
    text: Arc<str>,
}

/// Something to look at again at a given time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Watch {
    /// Whether the children of an asset are request ids.
    OneShots(AssetId),
    /// The points of a source have had their time to speak after it connected.
    Settled(SourceId),
}

/// What changed as a whole within one call.
#[derive(Clone, Copy, Debug, Default)]
struct Touched {
    plant: bool,
    needs: bool,
    sources: bool,
}

impl Twin {
    /// An empty twin.
    #[must_use]
    pub fn new(config: TwinConfig) -> Self {
        let seeded = Seeded::new(config.seed);
        Self {
            config,
            revision: 0,
            now: Timestamp::from_micros(i64::MIN),
            graph: Graph::new(seeded.clone(), config.max_assets.min(1 << 20)),
            points: vec![None],
            live: vec![Live::default()],
            point_count: 0,
            computed_count: 0,
            topics: Vec::new(),
            by_topic: Index::with_capacity(config.max_points.min(1 << 20)),
            by_tag: Index::with_capacity(config.max_points.min(1 << 20)),
            seeded,
            sources: Vec::new(),
            restored_sources: BTreeMap::new(),
            due: DueList::default(),
            watches: BTreeSet::new(),
            rounds: VecDeque::new(),
            sortings: VecDeque::new(),
            is_restored: false,
            needs: Needs::default(),
            search: SearchIndex::default(),
            described: settings::Described::default(),
            modelling: model::Modelling::default(),
            refused: discover::Refused::default(),
            proposals: BTreeMap::new(),
            scaled: BTreeMap::new(),
            conversions: BTreeMap::new(),
            silence_checks: Vec::new(),
            touched: Touched::default(),
        }
    }

    /// Takes in one input and answers all that came of it. Time goes on with every call: what has
    /// become overdue by `now` is found whatever the input.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Outputs {
        let mut out = Outputs::default();
        let now = self.advance(now, &mut out);
        match input {
            Input::Messages(messages) => {
                for message in messages {
                    self.message(now, message, &mut out);
                }
            }
            Input::SourceAdded { source, name } => self.add_source(now, source, name),
            Input::SourceSimulated(source) => self.source_simulated(now, source),
            Input::SourceConnected { source, is_continued } => {
                self.source_connected(now, source, is_continued)
            }
            Input::SourceLost(source) => self.source_lost(now, source),
            Input::SourceStopped(source) => self.source_stopped(now, source),
            Input::SetPoint { point, settings } => self.set_point(now, point, settings, &mut out),
            Input::NameAsset { asset, name } => self.name_asset(asset, name, &mut out),
            Input::Ignore { asset, ignored } => self.decide_ignore(asset, ignored),
            Input::Describe(descriptions) => self.describe(now, descriptions, &mut out),
            Input::Model(part) => self.model(now, part, &mut out),
            Input::Computed(readings) => self.computed(now, readings, &mut out),
            Input::Confirmed(values) => self.confirmed(now, &values, &mut out),
            Input::Tick => {}
        }
        self.watch(now);
        self.go_round(now, &mut out);
        self.go_sort(now, &mut out);
        self.overdue(now, &mut out);
        self.check_silence(now, &mut out);
        self.finish(now, out)
    }

    fn finish(&mut self, now: Timestamp, mut out: Outputs) -> Outputs {
        let touched = std::mem::take(&mut self.touched);
        out.changes.extend(touched.plant.then_some(Change::PlantSummary));
        out.changes.extend(touched.needs.then_some(Change::Needs));
        out.changes.extend(touched.sources.then_some(Change::Sources));
        out.changes.sort_unstable();
        out.changes.dedup();
        self.revision += u64::from(!out.changes.is_empty());
        out.revision = self.revision;
        let watch = self.watches.first().map(|(at, _)| *at);
        let is_busy = !self.rounds.is_empty() || !self.sortings.is_empty();
        let at_once = is_busy.then_some(now);
        let wake = [self.due.next(), watch, at_once].into_iter().flatten().min();
        out.wake = wake.map(|wake| wake.max(now));
        out
    }

    /// Time never runs back by jitter; when the clock was put back, what we know is put back with it.
    fn advance(&mut self, now: Timestamp, out: &mut Outputs) -> Timestamp {
        if now >= self.now - STEP_BACK {
            self.now = self.now.max(now);
            return self.now;
        }
        self.now = now;
        self.due.clear();
        for number in 1..self.live.len() {
            let Some(live) = self.live.get_mut(number) else {
                continue;
            };
            live.due = NOT_DUE;
            let Some(reading) = live.reading.as_mut().filter(|reading| reading.arrival > now) else {
                continue;
            };
            reading.arrival = now;
            let is_ahead = reading
                .source_time
                .is_some_and(|time| time > now + self.config.clock_tolerance);
            reading.flags = reading.flags.with(Flags::CLOCK_AHEAD, is_ahead);
            out.changes.push(Change::Reading(point_id(number)));
        }
        for number in 1..self.live.len() {
            self.settle(now, point_id(number), out);
            self.schedule(now, point_id(number));
        }
        now
    }

    /// Looks at the points whose second has passed.
    fn overdue(&mut self, now: Timestamp, out: &mut Outputs) {
        let mut left = OVERDUE_AT_ONCE;
        while left > 0 {
            let Some((bucket, points)) = self.due.pop(now, left) else {
                return;
            };
            left = left.saturating_sub(points.len());
            for point in &points {
                let Some(live) = self.live.get_mut(point.index()).filter(|live| live.due == bucket) else {
                    continue;
                };
                live.due = NOT_DUE;
                self.settle(now, *point, out);
                self.schedule(now, *point);
            }
            self.due.reuse(points);
        }
    }

    /// Makes sure that a point is looked at again when its freshness may change by itself.
    fn schedule(&mut self, now: Timestamp, point: PointId) {
        let Some(live) = self.live.get_mut(point.index()) else {
            return;
        };
        let Some(reading) = &live.reading else { return };
        let Some(next) = crate::freshness::next_transition(now, reading, live.cadence) else {
            return;
        };
        let bucket = DueList::bucket(next);
        if bucket < live.due {
            live.due = bucket;
            self.due.push(bucket, point);
        }
    }

    fn watch(&mut self, now: Timestamp) {
        while let Some((at, watch)) = self.watches.first().copied().filter(|(at, _)| *at <= now) {
            self.watches.remove(&(at, watch));
            match watch {
                Watch::OneShots(asset) => self.judge_one_shots(now, asset),
                Watch::Settled(source) => self.settled(now, source),
            }
        }
    }
}

/// The id at a position of the dense tables.
fn point_id(number: usize) -> PointId {
    PointId::new(u32::try_from(number).unwrap_or(u32::MAX))
}

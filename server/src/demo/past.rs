//! The demo plant's past: hours of it simulated straight into history after the first start.
//!
//! Pages are served meanwhile, with the live plant on them. The past's messages go the way all messages
//! go (decoded, judged by a twin), but the twin is one of their own: to the live one they would turn the
//! clock back. Each reading is then filed under the point the live plant has given that tag.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use compute::StateTotals;
use plantsim::Plant;
use store::{Durability, History, Points as _, Records, Settings as _};
use tokio_util::sync::CancellationToken;
use twin::{
    Description, Input, ModelPart, Outputs, PointId, PointSettings, SourceId, Span, Timestamp, Twin,
    TwinConfig,
};

use super::DemoPlan;
use crate::computing::{Computing, Property, SharedComputing};
use crate::core::Core;
use crate::model::shelf::LoadedModel;
use crate::model::{placing, totals};

/// The source the demo's messages come by; the embedded broker is the first.
const SOURCE: SourceId = SourceId::new(1);
/// Readings written at once: a live reading waits for no more than that.
const CHUNK: usize = 10_000;
/// The live plant says everything at its start; after this the past goes without what is missing.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked whether the live plant has said everything.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// When the demo plant's clock started, kept so that a restart goes on with the same plant.
const STARTED: &str = "demo_started_micros";
/// Where the past ends, kept until all of it is made: a start that was cut short is made up for.
const ENDS: &str = "demo_past_ends_micros";

/// How much of the past is made.
#[derive(Debug)]
pub struct Progress(AtomicU8);

impl Progress {
    const DONE: u8 = 100;

    /// Per cent made; none when there is nothing (more) to make.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        let percent = self.0.load(Relaxed);
        (percent < Self::DONE).then_some(percent)
    }
}

/// A past that has still to be made.
pub struct Past {
    plant: Box<Plant>,
    start: i64,
    end: i64,
    history: Arc<History>,
    records: Records,
    progress: Arc<Progress>,
    /// What is computed of the past as it is of the present.
    model: Arc<LoadedModel>,
}

/// What the demo starts with.
pub struct Prepared {
    /// When the plant's clock started, in microseconds since 1970.
    pub start: i64,
    /// None when it is made already.
    pub past: Option<Past>,
    pub progress: Arc<Progress>,
    /// What the plant's counters showed last: topic, field, number.
    pub counters: Vec<(String, String, f64)>,
}

/// Describes the demo plant to the twin, and finds out what of its past is missing.
pub async fn prepare(plan: &DemoPlan, core: &Core) -> anyhow::Result<Prepared> {
    let now = core.clock.now();
    let number = |text: Option<String>| text.and_then(|text| text.parse::<i64>().ok());
    let started = number(core.records.setting(STARTED).await?);
    let start =
        started.unwrap_or_else(|| (now - Span::from_secs(i64::from(plan.history_hours) * 3_600)).micros());
    if started.is_none() {
        core.records
            .set_setting(ENDS, Some(&now.micros().to_string()))
            .await?;
        core.records
            .set_setting(STARTED, Some(&start.to_string()))
            .await?;
    }
    let ends = number(core.records.setting(ENDS).await?).filter(|end| *end > start);
    let seed = plan.seed;
    let plant = tokio::task::spawn_blocking(move || Box::new(Plant::new(seed, start))).await?;
    let counters = last_shown(core, &plant);
    describe(core, &plant, now);
    let done = if ends.is_some() { 0 } else { Progress::DONE };
    let progress = Arc::new(Progress(AtomicU8::new(done)));
    let past = ends.map(|end| Past {
        plant,
        start,
        end,
        history: core.history.clone(),
        records: core.records.clone(),
        progress: progress.clone(),
        model: core.model.current(),
    });
    Ok(Prepared {
        start,
        past,
        progress,
        counters,
    })
}

/// What the plant's counters showed in an earlier run.
fn last_shown(core: &Core, plant: &Plant) -> Vec<(String, String, f64)> {
    let counters = plant.counters();
    let twin = core.twin.read().unwrap_or_else(PoisonError::into_inner);
    let shown = twin
        .points()
        .filter(|point| point.source == SOURCE)
        .filter_map(|point| {
            let tag = counters
                .iter()
                .find(|tag| *tag.topic == *point.topic && *tag.field == *point.full_field())?;
            let number = twin.reading(point.id)?.value.as_ref()?.as_number()?;
            Some((tag.topic.clone(), tag.field.clone(), number))
        });
    shown.collect()
}

/// Names, units, limits and intervals, as an engineer would have entered them.
fn describe(core: &Core, plant: &Plant, now: Timestamp) {
    let tags = plant.tags().into_iter().map(|tag| Description::Tag {
        source: None,
        topic: tag.topic.as_str().into(),
        field: tag.field.as_str().into(),
        settings: settings(&tag),
    });
    let assets = plant.assets().into_iter().map(|asset| Description::Asset {
        levels: asset.path.as_str().into(),
        name: asset.name.as_str().into(),
    });
    let mut twin = core
        .twin
        .write()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    announce_source(&mut twin, now);
    twin.handle(now, Input::Describe(tags.chain(assets).collect()));
}

fn announce_source(twin: &mut Twin, now: Timestamp) {
    let name = "embedded".into();
    twin.handle(now, Input::SourceAdded { source: SOURCE, name });
    twin.handle(now, Input::SourceSimulated(SOURCE));
}

fn settings(tag: &plantsim::TagSpec) -> PointSettings {
    PointSettings {
        name: Some(tag.name.as_str().into()),
        // The plant knows its units: where it has none, none is to be guessed.
        unit: Some(tag.unit.as_deref().unwrap_or_default().into()),
        expected: tag
            .period_millis
            .map(|millis| Span::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))),
        normal: tag.normal,
        limits: twin::Limits {
            low_low: tag.limits.low_low,
            low: tag.limits.low,
            high: tag.limits.high,
            high_high: tag.limits.high_high,
        },
        range: tag.range,
        decimals: Some(tag.decimals),
        ..PointSettings::default()
    }
}

impl Past {
    /// Makes it, beside everything else. What is not made when `stop` comes is made after the next start.
    pub async fn make(self, live: SharedComputing, stop: CancellationToken) {
        let progress = self.progress.clone();
        let began = Instant::now();
        match self.try_make(&live, &stop).await {
            Ok(_) if stop.is_cancelled() => {}
            Ok(readings) => {
                let seconds = began.elapsed().as_secs_f32();
                tracing::info!(readings, seconds, "the demo plant's past is made");
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the demo plant's past cannot be made"
                );
            }
        }
        progress.0.store(Progress::DONE, Relaxed);
    }

    async fn try_make(self, live: &SharedComputing, stop: &CancellationToken) -> anyhow::Result<usize> {
        let hours = (self.end - self.start) / 3_600_000_000;
        tracing::info!(hours, "making the demo plant's past; pages are served meanwhile");
        let points = self.live_points(stop).await?;
        let (records, stop) = (self.records.clone(), stop.clone());
        let stopped = stop.clone();
        let now = Timestamp::from_micros(self.end);
        let (written, states) = tokio::task::spawn_blocking(move || self.write(&points, &stopped)).await??;
        if !stop.is_cancelled() {
            if let Some(computing) = live.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
                computing.precede_totals(states);
            }
            totals::write(&records, live, now).await?;
            records.set_setting(ENDS, None).await?;
        }
        Ok(written)
    }

    /// The points of the live plant as they are recorded: no reading is written before its point is.
    async fn live_points(&self, stop: &CancellationToken) -> anyhow::Result<BTreeMap<Tag, PointId>> {
        let wanted = self.plant.tags().len();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut points = BTreeMap::new();
            self.records
                .each_point(|point| {
                    let tag = (point.source, point.topic, point.field, point.leaf_asset);
                    points.insert(tag, point.id);
                })
                .await?;
            let heard = points.keys().filter(|(source, ..)| *source == SOURCE).count();
            if heard >= wanted || Instant::now() > deadline || stop.is_cancelled() {
                return Ok(points);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Lives through the past and writes its readings; answers how many, and how long which state held.
    fn write(mut self, points: &BTreeMap<Tag, PointId>, stop: &CancellationToken) -> anyhow::Result<Made> {
        let start = Timestamp::from_micros(self.start);
        let mut twin = Twin::new(TwinConfig::default());
        announce_source(&mut twin, start);
        let mut live = Live {
            known: points,
            by_number: Vec::new(),
        };
        let (mut twin, mut computing) = lay_model(twin, &self.model, start, &mut live);
        let mut waiting = Vec::with_capacity(CHUNK);
        let mut written = 0;
        let step = i64::from(plantsim::HISTORY_STEP_SECS) * 1_000_000;
        let mut at = self.start;
        while at < self.end && !stop.is_cancelled() {
            at = (at + step).min(self.end);
            let now = Timestamp::from_micros(at);
            let outputs = twin.handle(now, Input::Messages(messages(&mut self.plant, at)));
            computing.follow(&twin, &outputs);
            live.file(outputs, &mut waiting);
            let computed = computing.settle(now, true);
            live.file(twin.handle(now, Input::Computed(computed)), &mut waiting);
            let held = computing.confirmed(now);
            live.file(twin.handle(now, Input::Confirmed(held)), &mut waiting);
            if waiting.len() >= CHUNK || at >= self.end {
                self.history.append(&waiting, Durability::Buffered)?;
                written += waiting.len();
                waiting.clear();
                let percent = (at - self.start) * 100 / (self.end - self.start).max(1);
                let percent = u8::try_from(percent).unwrap_or(0).min(Progress::DONE - 1);
                self.progress.0.store(percent, Relaxed);
            }
        }
        self.history.sync()?;
        let end = Timestamp::from_micros(self.end);
        let counted = |state: Property| {
            let totals = computing.totals(&state.0, &state.1, end)?;
            Some((state, totals))
        };
        Ok((
            written,
            computing.states().into_iter().filter_map(counted).collect(),
        ))
    }
}

/// How many readings were written, and how long which state held.
type Made = (usize, Vec<(Property, StateTotals)>);

/// A tag as it is recorded: source, topic, field, and the asset its payload names.
type Tag = (SourceId, String, String, Option<String>);

/// The points of the live plant that those of the past stand for.
struct Live<'p> {
    known: &'p BTreeMap<Tag, PointId>,
    /// By the number of the point in the twin of the past.
    by_number: Vec<Option<PointId>>,
}

impl Live<'_> {
    /// Files the readings of the past under the live points.
    fn file(&mut self, outputs: Outputs, waiting: &mut Vec<(PointId, twin::Reading)>) {
        for point in outputs.new_points {
            let tag = (
                point.source,
                point.topic.to_string(),
                point.field.to_string(),
                point.leaf_asset.map(String::from),
            );
            let index = point.id.index();
            self.by_number.resize(self.by_number.len().max(index + 1), None);
            if let Some(slot) = self.by_number.get_mut(index) {
                *slot = self.known.get(&tag).copied();
            }
        }
        waiting.extend(outputs.stored.into_iter().filter_map(|(point, reading)| {
            let point = self.by_number.get(point.index()).copied().flatten()?;
            Some((point, reading))
        }));
    }
}

/// Lays the model over the twin of the past, and its formulas beside it. The past speaks less often than
/// the model expects of the plant: nothing is late in it.
fn lay_model(
    mut twin: Twin,
    model: &LoadedModel,
    start: Timestamp,
    live: &mut Live<'_>,
) -> (Twin, Computing) {
    for part in placing::parts(&model.model, &model.resolved, start) {
        let part = match part {
            ModelPart::Points(points) => ModelPart::Points(points.into_iter().map(unhurried).collect()),
            part => part,
        };
        live.file(twin.handle(start, Input::Model(part)), &mut Vec::new());
    }
    let mut computing = Computing::new(model, start);
    let twin = RwLock::new(twin);
    computing.meet(&twin);
    (
        twin.into_inner().unwrap_or_else(PoisonError::into_inner),
        computing,
    )
}

fn unhurried(point: twin::ModelPoint) -> twin::ModelPoint {
    let settings = PointSettings {
        expected: None,
        ..PointSettings::clone(&point.settings)
    };
    twin::ModelPoint {
        settings: Arc::new(settings),
        ..point
    }
}

/// Lets the plant go on to `at` and decodes what it says.
fn messages(plant: &mut Plant, at: i64) -> Vec<twin::Message> {
    let limits = decode::Limits::default();
    let mut messages = Vec::new();
    plant.step(at, &mut |publication| {
        let arrival = Timestamp::from_micros(publication.time_micros);
        let (topic, payload) = (&publication.topic, &publication.payload);
        let decoded = decode::decode(topic, payload, arrival, &limits, &decode::Utc);
        messages.push(twin::Message {
            source: SOURCE,
            topic: topic.as_str().into(),
            arrival,
            retained: false,
            qos: publication.qos,
            leaves: decoded.leaves,
            availability: decoded.availability,
        });
    });
    messages
}

//! The demo plant's past: hours of it simulated straight into history at first start.
//!
//! The messages go the way all messages go (decoded, applied to the twin), so that ids, names and
//! freshness are those of the live plant; only the broker is left out.

use std::sync::{Arc, PoisonError};
use std::time::Instant;

use store::{Assets as _, Durability, Settings as _};
use twin::{AssetRecord, Description, Input, PointRecord, PointSettings, SourceId, Span, Timestamp, Twin};

use super::DemoPlan;
use crate::core::Core;
use crate::persist::{stored_asset, stored_point};

/// The source the demo's messages come by; the embedded broker is the first.
const SOURCE: SourceId = SourceId::new(1);
/// Readings written at once.
const CHUNK: usize = 20_000;
/// When the demo plant's clock started, kept so that a restart goes on with the same plant.
const STARTED: &str = "demo_started_micros";

/// Makes the past unless it is there; answers when the plant's clock started.
pub async fn fill(plan: &DemoPlan, core: &Core) -> anyhow::Result<i64> {
    let now = core.clock.now();
    let known = core
        .records
        .setting(STARTED)
        .await?
        .and_then(|text| text.parse().ok());
    let start =
        known.unwrap_or_else(|| (now - Span::from_secs(i64::from(plan.history_hours) * 3_600)).micros());
    let plant = plantsim::Plant::new(plan.seed, start);
    describe(core, &plant, now);
    if core.is_new() {
        let began = Instant::now();
        tracing::info!(hours = plan.history_hours, "making the demo plant's past");
        let (twin, history, seed) = (core.twin.clone(), core.history.clone(), plan.seed);
        let made = tokio::task::spawn_blocking(move || make(&twin, &history, seed, start, now)).await??;
        core.records
            .add_structure(&made.assets(now), &made.points(now))
            .await?;
        core.records
            .set_setting(STARTED, Some(&start.to_string()))
            .await?;
        tracing::info!(
            readings = made.readings,
            seconds = began.elapsed().as_secs_f32(),
            "the past is made"
        );
    }
    Ok(start)
}

/// Names, units, limits and intervals, as an engineer would have entered them.
fn describe(core: &Core, plant: &plantsim::Plant, now: Timestamp) {
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
    let mut twin = core.twin.write().unwrap_or_else(PoisonError::into_inner);
    twin.handle(
        now,
        Input::SourceAdded {
            source: SOURCE,
            name: "embedded".into(),
        },
    );
    twin.handle(now, Input::SourceSimulated(SOURCE));
    twin.handle(now, Input::Describe(tags.chain(assets).collect()));
}

fn settings(tag: &plantsim::TagSpec) -> PointSettings {
    PointSettings {
        name: Some(tag.name.as_str().into()),
        unit: tag.unit.as_deref().map(Into::into),
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
    }
}

#[derive(Default)]
struct Made {
    assets: Vec<AssetRecord>,
    points: Vec<PointRecord>,
    waiting: Vec<(twin::PointId, twin::Reading)>,
    readings: usize,
}

impl Made {
    fn assets(&self, now: Timestamp) -> Vec<store::AssetRecord> {
        self.assets.iter().map(|asset| stored_asset(asset, now)).collect()
    }

    fn points(&self, now: Timestamp) -> Vec<store::PointRecord> {
        self.points.iter().map(|point| stored_point(point, now)).collect()
    }
}

fn make(
    twin: &std::sync::RwLock<Twin>,
    history: &Arc<store::History>,
    seed: u64,
    start: i64,
    now: Timestamp,
) -> anyhow::Result<Made> {
    let mut made = Made::default();
    let mut failed = None;
    let limits = decode::Limits::default();
    plantsim::history(seed, start, now.micros(), &mut |at, publication| {
        let arrival = Timestamp::from_micros(at);
        let decoded = decode::decode(
            &publication.topic,
            &publication.payload,
            arrival,
            &limits,
            &decode::Utc,
        );
        let message = twin::Message {
            source: SOURCE,
            topic: publication.topic.as_str().into(),
            arrival,
            retained: false,
            qos: publication.qos,
            leaves: decoded.leaves,
            availability: decoded.availability,
        };
        let mut twin = twin.write().unwrap_or_else(PoisonError::into_inner);
        let outputs = twin.handle(arrival, Input::Messages(vec![message]));
        made.assets.extend(outputs.new_assets);
        made.points.extend(outputs.new_points);
        made.waiting.extend(outputs.stored);
        if made.waiting.len() >= CHUNK {
            made.readings += made.waiting.len();
            failed = failed
                .take()
                .or(history.append(&made.waiting, Durability::Buffered).err());
            made.waiting.clear();
        }
    });
    made.readings += made.waiting.len();
    history.append(&made.waiting, Durability::Synced)?;
    failed.map_or(Ok(made), |error| Err(error.into()))
}

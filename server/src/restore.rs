//! At start: what an earlier run knew goes back into the twin.

use std::collections::{BTreeMap, BTreeSet};

use store::{Assets, History, Ignored, Points, Records, TagRecord};
use twin::{AssetRecord, Cadence, PointRecord, PointSettings, Reading, Twin};

use crate::model;

/// Reads records and last readings into a new twin. Blocking reads of the history run on a thread of their own.
pub async fn restore(
    twin: &mut Twin,
    records: &Records,
    history: &std::sync::Arc<History>,
) -> anyhow::Result<usize> {
    let mut assets = Vec::new();
    let names: BTreeMap<_, _> = records.asset_names().await?.into_iter().collect();
    records
        .each_asset(|asset| {
            assets.push(AssetRecord {
                id: asset.id,
                parent: asset.parent,
                level: asset.name.into(),
                slug: asset.segment.into(),
                name: names.get(&asset.id).map(|name| name.as_str().into()),
                key: asset.model_key.map(Into::into),
            });
        })
        .await?;
    let (points, latest) = tokio::join!(points(records), latest(history));
    let (mut points, mut latest) = (points?, latest?);
    let mut settings = settings(records).await?;
    let mut cadences: BTreeMap<_, _> = records.cadences().await?.into_iter().collect();
    let ignored: BTreeSet<_> = records.ignored_points().await?.into_iter().collect();
    for point in &mut points {
        point.is_ignored = ignored.contains(&point.id);
        point.settings = settings.remove(&point.id).unwrap_or_default();
        point.cadence = cadences.remove(&point.id).unwrap_or(Cadence::Learning);
        point.reading = latest.remove(&point.id);
    }
    let known = points.len();
    let misfits = twin.restore(assets, points);
    twin.restore_decisions(records.decisions().await?);
    let redirects = records.redirects().await?.into_iter();
    twin.restore_redirects(redirects.map(|(path, asset)| (path.into(), asset)));
    if misfits > 0 {
        tracing::error!(misfits, "stored records do not fit together and were left out");
    }
    Ok(known)
}

async fn points(records: &Records) -> anyhow::Result<Vec<PointRecord>> {
    let mut points = Vec::new();
    let last = records.last_point().await?;
    records.each_tag(1..=last, |tag| points.push(record(tag))).await?;
    Ok(points)
}

fn record(tag: TagRecord) -> PointRecord {
    PointRecord {
        id: tag.id,
        asset: tag.asset,
        source: tag.source,
        topic: tag.topic.into(),
        field: tag.field.into(),
        leaf_asset: tag.leaf_asset.map(Into::into),
        unit: tag.unit.map(Into::into),
        is_ignored: false,
        settings: PointSettings::default(),
        cadence: Cadence::Learning,
        reading: None,
    }
}

async fn settings(records: &Records) -> anyhow::Result<BTreeMap<twin::PointId, PointSettings>> {
    let stored = records.point_settings().await?;
    let read = |(point, json): (twin::PointId, String)| match model::settings_from_json(&json) {
        Ok(settings) => Some((point, settings)),
        Err(error) => {
            tracing::error!(%point, %error, "stored settings of a point cannot be read");
            None
        }
    };
    Ok(stored.into_iter().filter_map(read).collect())
}

async fn latest(history: &std::sync::Arc<History>) -> anyhow::Result<BTreeMap<twin::PointId, Reading>> {
    let history = history.clone();
    tokio::task::spawn_blocking(move || {
        let mut latest = BTreeMap::new();
        history.each_latest(|point, reading| {
            latest.insert(point, reading);
        })?;
        Ok(latest)
    })
    .await?
}

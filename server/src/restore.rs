//! At start: what an earlier run knew goes back into the twin.

use std::collections::BTreeMap;

use store::{Assets, History, Points, Records};
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
            });
        })
        .await?;
    let mut settings = settings(records).await?;
    let mut latest = latest(history).await?;
    let mut cadences: BTreeMap<_, _> = records.cadences().await?.into_iter().collect();
    let mut points = Vec::new();
    records
        .each_point(|point| {
            points.push(PointRecord {
                id: point.id,
                asset: point.asset,
                source: point.source,
                topic: point.topic.into(),
                field: point.field.into(),
                leaf_asset: point.leaf_asset.map(Into::into),
                settings: settings.remove(&point.id).unwrap_or_default(),
                cadence: cadences.remove(&point.id).unwrap_or(Cadence::Learning),
                reading: latest.remove(&point.id),
            });
        })
        .await?;
    let known = points.len();
    let misfits = twin.restore(assets, points);
    if misfits > 0 {
        tracing::error!(misfits, "stored records do not fit together and were left out");
    }
    Ok(known)
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

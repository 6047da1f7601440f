//! From rows to records.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use twin::{AssetId, PointId, SourceId, Timestamp};

use super::StoredTag;
use crate::records::{AssetRecord, PointRecord, SourceRecord, TagRecord};

pub(super) fn asset_from_row(row: &SqliteRow) -> Result<AssetRecord, sqlx::Error> {
    let parent: Option<i64> = row.try_get(1)?;
    Ok(AssetRecord {
        id: AssetId::new(id(row, 0)?),
        parent: parent.map(id_from_number).transpose()?.map(AssetId::new),
        segment: row.try_get(2)?,
        name: row.try_get(3)?,
        path: row.try_get(4)?,
        created: Timestamp::from_micros(row.try_get(5)?),
        model_key: row.try_get(6)?,
    })
}

pub(super) fn point_from_row(row: &SqliteRow) -> Result<PointRecord, sqlx::Error> {
    Ok(PointRecord {
        id: PointId::new(id(row, 0)?),
        asset: AssetId::new(id(row, 1)?),
        source: SourceId::new(id(row, 2)?),
        topic: row.try_get(3)?,
        field: row.try_get(4)?,
        leaf_asset: row.try_get(5)?,
        name: row.try_get(6)?,
        unit: row.try_get(7)?,
        unit_guessed: row.try_get::<i64, _>(8)? != 0,
        created: Timestamp::from_micros(row.try_get(9)?),
    })
}

pub(super) fn tag_from_stored((id, asset, source, topic, field, leaf_asset, unit): StoredTag) -> TagRecord {
    TagRecord {
        id: PointId::new(id),
        asset: AssetId::new(asset),
        source: SourceId::new(source),
        topic,
        field,
        leaf_asset,
        unit,
    }
}

pub(super) fn source_from_row(row: &SqliteRow) -> Result<SourceRecord, sqlx::Error> {
    Ok(SourceRecord {
        id: SourceId::new(id(row, 0)?),
        name: row.try_get(1)?,
        url: row.try_get(2)?,
        config: row.try_get(3)?,
        enabled: row.try_get::<i64, _>(4)? != 0,
        order: row.try_get(5)?,
    })
}

pub(super) fn id(row: &SqliteRow, column: usize) -> Result<u32, sqlx::Error> {
    id_from_number(row.try_get(column)?)
}

pub(super) fn id_from_number(number: i64) -> Result<u32, sqlx::Error> {
    u32::try_from(number).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

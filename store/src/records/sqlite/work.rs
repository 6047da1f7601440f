//! The log of work in SQLite.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use twin::Timestamp;

use super::{id, writing};
use crate::records::work::{WorkEventRecord, WorkLog};
use crate::records::{Records, RecordsError};

impl WorkLog for Records {
    async fn each_work_event(&self, each: impl FnMut(WorkEventRecord) + Send) -> Result<(), RecordsError> {
        let query = "SELECT sequence, order_id, key, received, document FROM work_events ORDER BY sequence";
        self.each_row("the log of work", sqlx::query(query), event_from_row, each)
            .await
    }

    async fn add_work_events(&self, events: &[WorkEventRecord]) -> Result<(), RecordsError> {
        let failed = writing("the log of work");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for event in events {
            let insert = sqlx::query(
                "INSERT INTO work_events (sequence, order_id, key, received, document)
                 VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(i64::try_from(event.sequence).unwrap_or(i64::MAX))
            .bind(i64::from(event.order))
            .bind(&event.key.to_be_bytes()[..])
            .bind(event.received.micros())
            .bind(&event.document);
            insert.execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

fn event_from_row(row: &SqliteRow) -> Result<WorkEventRecord, sqlx::Error> {
    let key: Vec<u8> = row.try_get(2)?;
    let key = <[u8; 16]>::try_from(key)
        .map_err(|key| sqlx::Error::Decode(format!("a key of {} bytes instead of 16", key.len()).into()))?;
    Ok(WorkEventRecord {
        sequence: u64::try_from(row.try_get::<i64, _>(0)?)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        order: id(row, 1)?,
        key: u128::from_be_bytes(key),
        received: Timestamp::from_micros(row.try_get(3)?),
        document: row.try_get(4)?,
    })
}

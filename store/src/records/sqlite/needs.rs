//! The log of needs in SQLite.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use twin::Timestamp;

use super::writing;
use crate::records::needs::{NeedEntryRecord, NeedLog};
use crate::records::{Records, RecordsError};

impl NeedLog for Records {
    async fn each_need_entry(&self, each: impl FnMut(NeedEntryRecord) + Send) -> Result<(), RecordsError> {
        let query = "SELECT sequence, at, document FROM need_entries ORDER BY sequence";
        self.each_row("the log of needs", sqlx::query(query), entry_from_row, each)
            .await
    }

    async fn add_need_entries(&self, entries: &[NeedEntryRecord]) -> Result<(), RecordsError> {
        let failed = writing("the log of needs");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for entry in entries {
            let insert = sqlx::query("INSERT INTO need_entries (sequence, at, document) VALUES ($1, $2, $3)")
                .bind(i64::try_from(entry.sequence).unwrap_or(i64::MAX))
                .bind(entry.at.micros())
                .bind(&entry.document);
            insert.execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

fn entry_from_row(row: &SqliteRow) -> Result<NeedEntryRecord, sqlx::Error> {
    let sequence = row.try_get::<i64, _>(0)?;
    Ok(NeedEntryRecord {
        sequence: u64::try_from(sequence).map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        at: Timestamp::from_micros(row.try_get(1)?),
        document: row.try_get(2)?,
    })
}

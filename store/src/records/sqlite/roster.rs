//! The log of rosters in SQLite.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use twin::Timestamp;

use super::{id, writing};
use crate::records::roster::{RosterLog, RosterRecord};
use crate::records::{Records, RecordsError};

const WHAT: &str = "the log of rosters";

impl RosterLog for Records {
    async fn each_roster_entry(&self, each: impl FnMut(RosterRecord) + Send) -> Result<(), RecordsError> {
        let query = "SELECT sequence, at, account, document FROM roster_entries ORDER BY sequence";
        self.each_row(WHAT, sqlx::query(query), entry_from_row, each)
            .await
    }

    async fn add_roster_entries(&self, entries: &[RosterRecord]) -> Result<(), RecordsError> {
        let failed = writing(WHAT);
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for entry in entries {
            let insert = sqlx::query(
                "INSERT INTO roster_entries (sequence, at, account, document) VALUES ($1, $2, $3, $4)",
            )
            .bind(i64::try_from(entry.sequence).unwrap_or(i64::MAX))
            .bind(entry.at.micros())
            .bind(i64::from(entry.account))
            .bind(&entry.document);
            insert.execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

fn entry_from_row(row: &SqliteRow) -> Result<RosterRecord, sqlx::Error> {
    Ok(RosterRecord {
        sequence: u64::try_from(row.try_get::<i64, _>(0)?)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        at: Timestamp::from_micros(row.try_get(1)?),
        account: id(row, 2)?,
        document: row.try_get(3)?,
    })
}

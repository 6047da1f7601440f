//! Totals of states in SQLite.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::{ROWS, writing};
use crate::records::{Records, RecordsError, StateTotals, StateTotalsRecord};

impl StateTotals for Records {
    async fn put_state_totals(&self, totals: &[StateTotalsRecord]) -> Result<(), RecordsError> {
        let failed = writing("times in states");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for rows in totals.chunks(ROWS) {
            let mut insert =
                QueryBuilder::<Sqlite>::new("INSERT INTO state_totals (asset, property, document) ");
            insert.push_values(rows, |mut row, of| {
                row.push_bind(&of.asset)
                    .push_bind(&of.property)
                    .push_bind(&of.document);
            });
            insert.push(" ON CONFLICT (asset, property) DO UPDATE SET document = excluded.document");
            insert.build().execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn state_totals(&self) -> Result<Vec<StateTotalsRecord>, RecordsError> {
        let query = "SELECT asset, property, document FROM state_totals ORDER BY asset, property";
        let from_row = |row: &SqliteRow| {
            Ok(StateTotalsRecord {
                asset: row.try_get(0)?,
                property: row.try_get(1)?,
                document: row.try_get(2)?,
            })
        };
        self.all_rows("times in states", query, from_row).await
    }
}

//! What was turned away: by a person's decision, or because it could not be read.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use twin::{AssetId, IgnoreProposal, PointId, SourceId, Timestamp};

use super::{ROWS, id, writing};
use crate::{Ignored, ProblemRecord, Problems, Records, RecordsError};

impl Ignored for Records {
    async fn put_decision(&self, of: &IgnoreProposal) -> Result<(), RecordsError> {
        let query = sqlx::query(
            "INSERT INTO ignored_levels (asset, ignored, topics) VALUES ($1, $2, $3)
             ON CONFLICT (asset) DO UPDATE SET ignored = excluded.ignored, topics = excluded.topics",
        );
        let query = query
            .bind(i64::from(of.asset.get()))
            .bind(i64::from(of.decision == Some(true)))
            .bind(i64::from(of.children));
        let done = query.execute(&self.pool).await;
        done.map(drop).map_err(writing("a decision on topics"))
    }

    async fn decisions(&self) -> Result<Vec<IgnoreProposal>, RecordsError> {
        let query = "SELECT asset, ignored, topics FROM ignored_levels ORDER BY asset";
        let from_row = |row: &SqliteRow| {
            Ok(IgnoreProposal {
                asset: AssetId::new(id(row, 0)?),
                decision: Some(row.try_get::<i64, _>(1)? != 0),
                children: id(row, 2)?,
                refused: 0,
            })
        };
        self.all_rows("decisions on topics", query, from_row).await
    }

    async fn set_ignored(&self, points: &[(PointId, bool)]) -> Result<(), RecordsError> {
        let failed = writing("ignored points");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for (point, is_ignored) in points {
            let query = if *is_ignored {
                "INSERT INTO ignored_points (point) VALUES ($1) ON CONFLICT (point) DO NOTHING"
            } else {
                "DELETE FROM ignored_points WHERE point = $1"
            };
            let query = sqlx::query(query).bind(i64::from(point.get()));
            query.execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn ignored_points(&self) -> Result<Vec<PointId>, RecordsError> {
        let query = "SELECT point FROM ignored_points ORDER BY point";
        self.all_rows("ignored points", query, |row| Ok(PointId::new(id(row, 0)?)))
            .await
    }
}

impl Problems for Records {
    async fn put_problems(&self, problems: &[ProblemRecord]) -> Result<(), RecordsError> {
        let failed = writing("reading problems");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        let emptied = sqlx::query("DELETE FROM reading_problems").execute(&mut *transaction);
        emptied.await.map_err(&failed)?;
        for rows in problems.chunks(ROWS) {
            let mut insert = QueryBuilder::<Sqlite>::new(
                "INSERT INTO reading_problems (source, reason, problems, first, last, topic, sample) ",
            );
            insert.push_values(rows, |mut row, of| {
                row.push_bind(i64::from(of.source.get()))
                    .push_bind(&of.reason)
                    .push_bind(i64::try_from(of.count).unwrap_or(i64::MAX))
                    .push_bind(of.first.micros())
                    .push_bind(of.last.micros())
                    .push_bind(&of.topic)
                    .push_bind(&of.sample);
            });
            insert.build().execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn problems(&self) -> Result<Vec<ProblemRecord>, RecordsError> {
        let query = "SELECT source, reason, problems, first, last, topic, sample FROM reading_problems";
        let from_row = |row: &SqliteRow| {
            Ok(ProblemRecord {
                source: SourceId::new(id(row, 0)?),
                reason: row.try_get(1)?,
                count: u64::try_from(row.try_get::<i64, _>(2)?).unwrap_or_default(),
                first: Timestamp::from_micros(row.try_get(3)?),
                last: Timestamp::from_micros(row.try_get(4)?),
                topic: row.try_get(5)?,
                sample: row.try_get(6)?,
            })
        };
        self.all_rows("reading problems", query, from_row).await
    }
}

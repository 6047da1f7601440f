//! Versions of the model in SQLite. A text is stored once for all versions in which its file says it.

use std::collections::BTreeMap;

use sqlx::query::QueryScalar;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite, Transaction};
use twin::Timestamp;

use super::{id, id_from_number, reading, writing};
use crate::records::{
    MODEL_BYTES, MODEL_VERSIONS, ModelFile, ModelOrigin, ModelVersion, ModelVersions, Records, RecordsError,
};

const WHAT: &str = "a version of the model";

impl ModelVersions for Records {
    async fn model_versions(&self) -> Result<Vec<ModelVersion>, RecordsError> {
        let query = "SELECT number, created, author, comment, restored, origin FROM model_versions ORDER BY number DESC";
        self.all_rows("versions of the model", query, version_from_row)
            .await
    }

    async fn current_model(&self) -> Result<Option<ModelVersion>, RecordsError> {
        let query = sqlx::query(
            "SELECT number, created, author, comment, restored, origin FROM model_versions
             ORDER BY number DESC LIMIT 1",
        );
        let row = query.fetch_optional(&self.pool).await.map_err(reading(WHAT))?;
        row.as_ref()
            .map(version_from_row)
            .transpose()
            .map_err(reading(WHAT))
    }

    async fn model_files(&self, number: u32) -> Result<Option<Vec<ModelFile>>, RecordsError> {
        // One snapshot: a version may be dropped between the two reads.
        let mut transaction = self.pool.begin().await.map_err(reading(WHAT))?;
        let known = sqlx::query("SELECT 1 FROM model_versions WHERE number = $1")
            .bind(i64::from(number))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(reading(WHAT))?;
        if known.is_none() {
            return Ok(None);
        }
        let rows = sqlx::query(
            "SELECT model_files.path, model_texts.document
             FROM model_files JOIN model_texts ON model_texts.id = model_files.text
             WHERE model_files.version = $1 ORDER BY model_files.path",
        );
        let rows = rows.bind(i64::from(number)).fetch_all(&mut *transaction).await;
        let file = |row: &SqliteRow| {
            Ok(ModelFile {
                path: row.try_get(0)?,
                text: row.try_get(1)?,
            })
        };
        let rows = rows.map_err(reading(WHAT))?;
        let files: Result<_, sqlx::Error> = rows.iter().map(file).collect();
        files.map(Some).map_err(reading(WHAT))
    }

    async fn knows_model_file(&self, file: &ModelFile) -> Result<bool, RecordsError> {
        let known = text_of(&file.path, &file.text).fetch_optional(&self.pool).await;
        known.map(|id| id.is_some()).map_err(reading(WHAT))
    }

    async fn add_model_version(
        &self,
        version: &ModelVersion,
        files: &[ModelFile],
    ) -> Result<(), RecordsError> {
        let mut transaction = self.pool.begin().await.map_err(writing(WHAT))?;
        if !insert_version(&mut transaction, version)
            .await
            .map_err(writing(WHAT))?
        {
            drop(transaction);
            let current = self.current_model().await?;
            return Err(RecordsError::ModelMoved {
                base: version.number.saturating_sub(1),
                current: current.map_or(0, |current| current.number),
            });
        }
        insert_files(&mut transaction, version.number, files)
            .await
            .map_err(writing(WHAT))?;
        drop_oldest(&mut transaction, MODEL_VERSIONS, MODEL_BYTES)
            .await
            .map_err(writing(WHAT))?;
        transaction.commit().await.map_err(writing(WHAT))
    }
}

/// Whether it is the next one. Written first, so that the lock is taken before anything is read.
async fn insert_version(
    transaction: &mut Transaction<'_, Sqlite>,
    version: &ModelVersion,
) -> Result<bool, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO model_versions (number, created, author, comment, restored, origin)
         SELECT $1, $2, $3, $4, $5, $6
         WHERE $1 = 1 + (SELECT COALESCE(MAX(number), 0) FROM model_versions)",
    );
    let done = insert
        .bind(i64::from(version.number))
        .bind(version.created.micros())
        .bind(&version.author)
        .bind(&version.comment)
        .bind(version.restored.map(i64::from))
        .bind(version.origin.word())
        .execute(&mut **transaction)
        .await?;
    Ok(done.rows_affected() == 1)
}

async fn insert_files(
    transaction: &mut Transaction<'_, Sqlite>,
    number: u32,
    files: &[ModelFile],
) -> Result<(), sqlx::Error> {
    let mut next: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) + 1 FROM model_texts")
        .fetch_one(&mut **transaction)
        .await?;
    let files: BTreeMap<&str, &str> = files
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_str()))
        .collect();
    for (path, text) in files {
        let bytes = i64::try_from(text.len()).unwrap_or(i64::MAX);
        let same = text_of(path, text).fetch_optional(&mut **transaction).await?;
        let text_id = match same {
            Some(known) => known,
            None => {
                let insert = sqlx::query("INSERT INTO model_texts (id, bytes, document) VALUES ($1, $2, $3)");
                let insert = insert.bind(next).bind(bytes).bind(text);
                insert.execute(&mut **transaction).await?;
                next += 1;
                next - 1
            }
        };
        sqlx::query("INSERT INTO model_files (version, path, text) VALUES ($1, $2, $3)")
            .bind(i64::from(number))
            .bind(path)
            .bind(text_id)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// The text of a file, where some version has it with just this text.
fn text_of<'q>(path: &'q str, text: &'q str) -> QueryScalar<'q, Sqlite, i64, SqliteArguments> {
    sqlx::query_scalar(
        "SELECT model_texts.id FROM model_files JOIN model_texts ON model_texts.id = model_files.text
         WHERE model_files.path = $1 AND model_texts.bytes = $2 AND model_texts.document = $3 LIMIT 1",
    )
    .bind(path)
    .bind(i64::try_from(text.len()).unwrap_or(i64::MAX))
    .bind(text)
}

/// Drops the oldest versions beyond so many, or so many bytes; the current one stays.
async fn drop_oldest(
    transaction: &mut Transaction<'_, Sqlite>,
    most: u32,
    most_bytes: u64,
) -> Result<(), sqlx::Error> {
    loop {
        let row = sqlx::query(
            "SELECT COUNT(*), MIN(number), (SELECT COALESCE(SUM(bytes), 0) FROM model_texts)
             FROM model_versions",
        )
        .fetch_one(&mut **transaction)
        .await?;
        let (count, bytes): (i64, i64) = (row.try_get(0)?, row.try_get(2)?);
        let fits = count <= i64::from(most) && u64::try_from(bytes).unwrap_or(0) <= most_bytes;
        if fits || count <= 1 {
            return Ok(());
        }
        let oldest: i64 = row.try_get(1)?;
        for statement in [
            "DELETE FROM model_texts WHERE id IN (SELECT text FROM model_files WHERE version = $1)
             AND NOT EXISTS (SELECT 1 FROM model_files
                             WHERE model_files.text = model_texts.id AND model_files.version <> $1)",
            "DELETE FROM model_files WHERE version = $1",
            "DELETE FROM model_versions WHERE number = $1",
        ] {
            sqlx::query(statement)
                .bind(oldest)
                .execute(&mut **transaction)
                .await?;
        }
    }
}

fn version_from_row(row: &SqliteRow) -> Result<ModelVersion, sqlx::Error> {
    let restored: Option<i64> = row.try_get(4)?;
    Ok(ModelVersion {
        number: id(row, 0)?,
        created: Timestamp::from_micros(row.try_get(1)?),
        author: row.try_get(2)?,
        comment: row.try_get(3)?,
        origin: ModelOrigin::from_word(row.try_get(5)?)
            .ok_or_else(|| sqlx::Error::Decode("an unknown origin of a version".into()))?,
        restored: restored.map(id_from_number).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn kept(records: &Records, most: u32, most_bytes: u64) -> (Vec<u32>, i64) {
        let mut transaction = records.pool.begin().await.unwrap();
        drop_oldest(&mut transaction, most, most_bytes).await.unwrap();
        let texts: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM model_texts")
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let versions = records.model_versions().await.unwrap();
        (versions.iter().map(|version| version.number).collect(), texts)
    }

    #[tokio::test]
    async fn the_oldest_go_when_there_are_too_many_or_they_are_too_large() {
        let dir = tempfile::tempdir().unwrap();
        let records = Records::open(&dir.path().join("records.db")).await.unwrap();
        for number in 1..=6 {
            let version = ModelVersion {
                number,
                created: Timestamp::from_millis(1),
                author: "anyone".to_owned(),
                comment: String::new(),
                origin: ModelOrigin::Files,
                restored: None,
            };
            let file = |path: &str, text: String| ModelFile {
                path: path.to_owned(),
                text,
            };
            let files = [
                file("same.toml", "# same".to_owned()),
                file("new.toml", format!("# {number}{}", "x".repeat(97))),
            ];
            records.add_model_version(&version, &files).await.unwrap();
        }
        // Six texts of 100 bytes, and one of 6 that all share.
        assert_eq!(kept(&records, 6, 606).await, (vec![6, 5, 4, 3, 2, 1], 7));
        assert_eq!(kept(&records, 5, 606).await, (vec![6, 5, 4, 3, 2], 6));
        assert_eq!(kept(&records, 5, 306).await, (vec![6, 5, 4], 4));
        assert_eq!(kept(&records, 5, 305).await, (vec![6, 5], 3));
        assert_eq!(records.model_files(4).await.unwrap(), None);
        assert_eq!(records.model_files(5).await.unwrap().unwrap().len(), 2);
        // The current one stays, however large.
        assert_eq!(kept(&records, 0, 0).await, (vec![6], 2));
    }
}

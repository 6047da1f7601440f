//! Records in one SQLite file.

mod access;
mod audit;
mod model;
mod needs;
mod refused;
mod roster;
mod rows;
mod totals;
mod work;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{QueryBuilder, Row, Sqlite, migrate::Migrator};
use twin::{AssetId, Cadence, PointId, SourceId, Span};

use self::rows::{asset_from_row, id, id_from_number, point_from_row, source_from_row, tag_from_stored};
use crate::data_dir::keep_database_private;

use super::{
    AssetRecord, Assets, PointRecord, Points, Records, RecordsError, Settings, SourceRecord, Sources,
    TagRecord,
};

fn make_private(path: &Path) -> Result<(), RecordsError> {
    keep_database_private(path).map_err(|source| RecordsError::Open {
        path: path.to_owned(),
        source: sqlx::Error::Io(source),
    })
}

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
/// Rows in one INSERT: as many as all engines allow parameters for, with room.
const ROWS: usize = 500;
/// A page reads while the engine writes; more connections only cost memory.
const CONNECTIONS: u32 = 3;
/// Points that one row brings at a start.
const TAGS: u32 = 2_000;

/// Id, asset, source, topic, field, leaf asset.
type StoredTag = (u32, u32, u32, String, String, Option<String>, Option<String>);

impl Records {
    /// Opens or makes the file at `path` and brings its tables up to date.
    ///
    /// Every commit is on disk when it returns: an id that was forgotten would be given again, to another.
    pub async fn open(path: &Path) -> Result<Self, RecordsError> {
        make_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(std::time::Duration::from_secs(10))
            .row_buffer_size(1_000);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options)
            .await
            .map_err(|source| RecordsError::Open {
                path: path.to_owned(),
                source,
            })?;
        MIGRATIONS
            .run(&pool)
            .await
            .map_err(|source| RecordsError::Migrate { source })?;
        Ok(Self { pool })
    }

    /// Finishes what is under way and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Writes a copy of everything, consistent while others write, into a file that must not exist.
    pub async fn copy_to(&self, path: &Path) -> Result<(), RecordsError> {
        make_private(path)?;
        let path = path.to_string_lossy().into_owned();
        let copied = sqlx::query("VACUUM INTO $1").bind(path).execute(&self.pool).await;
        copied.map(drop).map_err(writing("a copy of the records"))
    }

    /// Feeds every row of a query to `each` without holding them.
    async fn each_row<R>(
        &self,
        what: &'static str,
        query: Query<'_, Sqlite, SqliteArguments>,
        from_row: impl Fn(&SqliteRow) -> Result<R, sqlx::Error> + Send,
        mut each: impl FnMut(R) + Send,
    ) -> Result<(), RecordsError> {
        let mut rows = query.fetch(&self.pool);
        loop {
            let row = std::future::poll_fn(|context| rows.as_mut().poll_next(context)).await;
            let Some(row) = row.transpose().map_err(reading(what))? else {
                return Ok(());
            };
            each(from_row(&row).map_err(reading(what))?);
        }
    }

    async fn all_rows<R: Send>(
        &self,
        what: &'static str,
        query: &'static str,
        from_row: impl Fn(&SqliteRow) -> Result<R, sqlx::Error> + Send,
    ) -> Result<Vec<R>, RecordsError> {
        let mut rows = Vec::new();
        self.each_row(what, sqlx::query(query), from_row, |row| rows.push(row))
            .await?;
        Ok(rows)
    }
}

impl Assets for Records {
    async fn each_asset(&self, each: impl FnMut(AssetRecord) + Send) -> Result<(), RecordsError> {
        let query = "SELECT id, parent, segment, name, path, created, model_key FROM assets";
        self.each_row("assets", sqlx::query(query), asset_from_row, each)
            .await
    }

    async fn add_structure(
        &self,
        assets: &[AssetRecord],
        points: &[PointRecord],
    ) -> Result<(), RecordsError> {
        let failed = writing("assets and points");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for assets in assets.chunks(ROWS) {
            let mut insert = QueryBuilder::<Sqlite>::new(
                "INSERT INTO assets (id, parent, segment, name, path, created, model_key) ",
            );
            insert.push_values(assets, |mut row, asset| {
                row.push_bind(i64::from(asset.id.get()))
                    .push_bind(asset.parent.map(|parent| i64::from(parent.get())))
                    .push_bind(&asset.segment)
                    .push_bind(&asset.name)
                    .push_bind(&asset.path)
                    .push_bind(asset.created.micros())
                    .push_bind(asset.model_key.as_deref());
            });
            insert.push(" ON CONFLICT (id) DO NOTHING");
            insert.build().execute(&mut *transaction).await.map_err(&failed)?;
        }
        for points in points.chunks(ROWS) {
            let mut insert = QueryBuilder::<Sqlite>::new(
                "INSERT INTO points (id, asset, source, topic, field, leaf_asset, name, unit, unit_guessed, created) ",
            );
            insert.push_values(points, |mut row, point| {
                row.push_bind(i64::from(point.id.get()))
                    .push_bind(i64::from(point.asset.get()))
                    .push_bind(i64::from(point.source.get()))
                    .push_bind(&point.topic)
                    .push_bind(&point.field)
                    .push_bind(point.leaf_asset.as_deref())
                    .push_bind(&point.name)
                    .push_bind(point.unit.as_deref())
                    .push_bind(i64::from(point.unit_guessed))
                    .push_bind(point.created.micros());
            });
            insert.push(" ON CONFLICT (id) DO NOTHING");
            insert.build().execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn set_asset_name(&self, asset: AssetId, name: Option<&str>) -> Result<(), RecordsError> {
        let asset = i64::from(asset.get());
        let query = match name {
            Some(name) => sqlx::query(
                "INSERT INTO asset_names (asset, name) VALUES ($1, $2)
                 ON CONFLICT (asset) DO UPDATE SET name = excluded.name",
            )
            .bind(asset)
            .bind(name),
            None => sqlx::query("DELETE FROM asset_names WHERE asset = $1").bind(asset),
        };
        query
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(writing("the name of an asset"))
    }

    async fn set_asset_keys(&self, keys: &[(AssetId, Option<&str>)]) -> Result<(), RecordsError> {
        let failed = writing("keys of assets");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for keys in keys.chunks(ROWS) {
            let mut update =
                QueryBuilder::<Sqlite>::new("UPDATE assets SET model_key = given.column2 FROM (");
            update.push_values(keys, |mut row, (asset, key)| {
                row.push_bind(i64::from(asset.get())).push_bind(*key);
            });
            update.push(") AS given WHERE assets.id = given.column1");
            update.build().execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn set_asset_key(&self, asset: AssetId, key: Option<&str>) -> Result<(), RecordsError> {
        self.set_asset_keys(&[(asset, key)]).await
    }

    async fn asset_names(&self) -> Result<Vec<(AssetId, String)>, RecordsError> {
        let query = "SELECT asset, name FROM asset_names";
        self.all_rows("names of assets", query, |row| {
            Ok((AssetId::new(id(row, 0)?), row.try_get(1)?))
        })
        .await
    }

    async fn add_redirects(&self, redirects: &[(Box<str>, AssetId)]) -> Result<(), RecordsError> {
        let failed = writing("redirects");
        // One statement takes a path once: the last place counts.
        let last: BTreeMap<&str, AssetId> = redirects.iter().map(|(path, asset)| (&**path, *asset)).collect();
        let last: Vec<_> = last.into_iter().collect();
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for rows in last.chunks(ROWS) {
            let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO redirects (path, asset) ");
            insert.push_values(rows, |mut row, (path, asset)| {
                row.push_bind(*path).push_bind(i64::from(asset.get()));
            });
            insert.push(" ON CONFLICT (path) DO UPDATE SET asset = excluded.asset");
            insert.build().execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn redirects(&self) -> Result<Vec<(String, AssetId)>, RecordsError> {
        let query = "SELECT path, asset FROM redirects";
        self.all_rows("redirects", query, |row| {
            Ok((row.try_get(0)?, AssetId::new(id(row, 1)?)))
        })
        .await
    }
}

impl Points for Records {
    async fn each_point(&self, each: impl FnMut(PointRecord) + Send) -> Result<(), RecordsError> {
        let query = "SELECT id, asset, source, topic, field, leaf_asset, name, unit, unit_guessed, created FROM points";
        self.each_row("points", sqlx::query(query), point_from_row, each)
            .await
    }

    async fn each_tag(
        &self,
        ids: RangeInclusive<u32>,
        mut each: impl FnMut(TagRecord) + Send,
    ) -> Result<(), RecordsError> {
        // A row costs several allocations under a lock that both sides of the connection share, so a row
        // brings many points.
        let query = "SELECT json_group_array(json_array(id, asset, source, topic, field, leaf_asset,
                         CASE unit_guessed WHEN 0 THEN unit END))
                     FROM points WHERE id BETWEEN $1 AND $2";
        let end = *ids.end();
        let mut from = *ids.start();
        while from <= end {
            let to = end.min(from.saturating_add(TAGS - 1));
            let query = sqlx::query_scalar::<_, String>(query)
                .bind(i64::from(from))
                .bind(i64::from(to));
            let json = query.fetch_one(&self.pool).await.map_err(reading("points"))?;
            let tags: Vec<StoredTag> = serde_json::from_str(&json)
                .map_err(|error| reading("points")(sqlx::Error::Decode(Box::new(error))))?;
            tags.into_iter().map(tag_from_stored).for_each(&mut each);
            let Some(next) = to.checked_add(1) else { break };
            from = next;
        }
        Ok(())
    }

    async fn last_point(&self) -> Result<u32, RecordsError> {
        let query = sqlx::query("SELECT COALESCE(MAX(id), 0) FROM points");
        let row = query.fetch_one(&self.pool).await.map_err(reading("points"))?;
        id(&row, 0).map_err(reading("points"))
    }

    async fn set_point_settings(&self, point: PointId, json: Option<&str>) -> Result<(), RecordsError> {
        let point = i64::from(point.get());
        let query = match json {
            Some(json) => sqlx::query(
                "INSERT INTO point_settings (point, document) VALUES ($1, $2)
                 ON CONFLICT (point) DO UPDATE SET document = excluded.document",
            )
            .bind(point)
            .bind(json),
            None => sqlx::query("DELETE FROM point_settings WHERE point = $1").bind(point),
        };
        query
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(writing("the settings of a point"))
    }

    async fn point_settings(&self) -> Result<Vec<(PointId, String)>, RecordsError> {
        let query = "SELECT point, document FROM point_settings";
        let from_row = |row: &SqliteRow| Ok((PointId::new(id(row, 0)?), row.try_get(1)?));
        self.all_rows("settings of points", query, from_row).await
    }

    async fn set_units(&self, units: &[(PointId, &str)]) -> Result<(), RecordsError> {
        let failed = writing("units");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for (point, unit) in units {
            sqlx::query("UPDATE points SET unit = $1, unit_guessed = 0 WHERE id = $2")
                .bind(*unit)
                .bind(i64::from(point.get()))
                .execute(&mut *transaction)
                .await
                .map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn put_cadences(&self, cadences: &[(PointId, Cadence)]) -> Result<(), RecordsError> {
        let failed = writing("cadences");
        let learned: Vec<(i64, i64)> = cadences
            .iter()
            .filter_map(|(point, cadence)| match cadence {
                Cadence::Learned(interval) => Some((i64::from(point.get()), interval.micros())),
                Cadence::OnChange => Some((i64::from(point.get()), 0)),
                Cadence::Learning | Cadence::Declared(_) => None,
            })
            .collect();
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for rows in learned.chunks(ROWS) {
            let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO cadences (point, micros) ");
            insert.push_values(rows, |mut row, (point, micros)| {
                row.push_bind(point).push_bind(micros);
            });
            insert.push(" ON CONFLICT (point) DO UPDATE SET micros = excluded.micros");
            insert.build().execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn cadences(&self) -> Result<Vec<(PointId, Cadence)>, RecordsError> {
        let query = "SELECT point, micros FROM cadences";
        let from_row = |row: &SqliteRow| {
            let cadence = match row.try_get(1)? {
                0 => Cadence::OnChange,
                micros => Cadence::Learned(Span::from_micros(micros)),
            };
            Ok((PointId::new(id(row, 0)?), cadence))
        };
        self.all_rows("cadences", query, from_row).await
    }
}

impl Sources for Records {
    async fn sources(&self) -> Result<Vec<SourceRecord>, RecordsError> {
        let query = "SELECT id, name, url, config, enabled, place FROM sources ORDER BY place, id";
        self.all_rows("sources", query, source_from_row).await
    }

    async fn put_source(&self, source: &SourceRecord) -> Result<(), RecordsError> {
        let query = sqlx::query(
            "INSERT INTO sources (id, name, url, config, enabled, place) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url,
                 config = excluded.config, enabled = excluded.enabled, place = excluded.place",
        );
        let query = query
            .bind(i64::from(source.id.get()))
            .bind(&source.name)
            .bind(&source.url)
            .bind(&source.config)
            .bind(i64::from(source.enabled))
            .bind(source.order);
        query
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(writing("a source"))
    }

    async fn remove_source(&self, source: SourceId) -> Result<(), RecordsError> {
        let query = sqlx::query("DELETE FROM sources WHERE id = $1").bind(i64::from(source.get()));
        query
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(writing("a source"))
    }
}

impl Settings for Records {
    async fn setting(&self, key: &str) -> Result<Option<String>, RecordsError> {
        let query = sqlx::query_scalar("SELECT value FROM settings WHERE name = $1").bind(key);
        query
            .fetch_optional(&self.pool)
            .await
            .map_err(reading("a setting"))
    }

    async fn set_setting(&self, key: &str, value: Option<&str>) -> Result<(), RecordsError> {
        let query = match value {
            Some(value) => sqlx::query(
                "INSERT INTO settings (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )
            .bind(key)
            .bind(value),
            None => sqlx::query("DELETE FROM settings WHERE name = $1").bind(key),
        };
        query
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(writing("a setting"))
    }

    async fn next_number(&self, key: &str) -> Result<u64, RecordsError> {
        let query = sqlx::query_scalar::<_, String>(
            "INSERT INTO settings (name, value) VALUES ($1, '1')
             ON CONFLICT (name) DO UPDATE
                 SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT)
             RETURNING value",
        );
        let number = query
            .bind(key)
            .fetch_one(&self.pool)
            .await
            .map_err(writing("a counter"))?;
        number
            .parse()
            .map_err(|error| writing("a counter")(sqlx::Error::Decode(Box::new(error))))
    }
}

fn reading(what: &'static str) -> impl Fn(sqlx::Error) -> RecordsError {
    move |source| RecordsError::Read { what, source }
}

fn writing(what: &'static str) -> impl Fn(sqlx::Error) -> RecordsError {
    move |source| RecordsError::Write { what, source }
}

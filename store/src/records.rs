//! Records: assets, points, sources, settings and the model, behind one small trait per aggregate.
//!
//! The traits say what is kept, `sqlite` how. The text of the statements is what SQLite and PostgreSQL
//! have in common, so that a second engine is a second folder of migrations and a second pool.

pub mod access;
pub mod needs;
pub mod roster;
mod sqlite;
pub mod work;

use std::future::Future;
use std::path::PathBuf;

use twin::{AssetId, Cadence, IgnoreProposal, PointId, SourceId, Timestamp};

/// Why a record could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// The database file could not be opened.
    #[error("cannot open the records in {}: {source}", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// The tables could not be brought up to date.
    #[error("cannot migrate the records: {source}")]
    Migrate {
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// A read failed.
    #[error("cannot read {what}: {source}")]
    Read {
        /// Which records.
        what: &'static str,
        /// Why.
        source: sqlx::Error,
    },
    /// A write failed; nothing of it was stored.
    #[error("cannot write {what}: {source}")]
    Write {
        /// Which records.
        what: &'static str,
        /// Why.
        source: sqlx::Error,
    },
    /// Somebody else stored a version of the model since; nothing was written.
    #[error("the model is at version {current} now, not at {base}")]
    ModelMoved {
        /// The version that was to be replaced.
        base: u32,
        /// The version that is current.
        current: u32,
    },
}

/// One asset as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetRecord {
    /// Its id, for ever.
    pub id: AssetId,
    /// What it is part of; none for a root.
    pub parent: Option<AssetId>,
    /// Its own part of the path.
    pub segment: String,
    /// Its name as shown.
    pub name: String,
    /// Its whole path, `lyon/utilities/water/ro-1`.
    pub path: String,
    /// When it was first seen.
    pub created: Timestamp,
    /// The key of the model's asset that it is; none where only discovery knows it.
    pub model_key: Option<String>,
}

/// One point as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PointRecord {
    /// Its id, for ever.
    pub id: PointId,
    /// Whose property it is.
    pub asset: AssetId,
    /// Where its readings come from.
    pub source: SourceId,
    /// The topic they come on.
    pub topic: String,
    /// The leaf in the payload; empty for a scalar.
    pub field: String,
    /// Asset the payload names below the topic's, levels joined by `/`.
    pub leaf_asset: Option<String>,
    /// Its name as shown.
    pub name: String,
    /// Its unit, where the payload states it or it was guessed.
    pub unit: Option<String>,
    /// Whether the unit is a guess.
    pub unit_guessed: bool,
    /// When it was first seen.
    pub created: Timestamp,
}

/// What a point is found by and belongs to: all of it that a start needs.
#[derive(Clone, Debug, PartialEq)]
pub struct TagRecord {
    /// Its id, for ever.
    pub id: PointId,
    /// Whose property it is.
    pub asset: AssetId,
    /// Where its readings come from.
    pub source: SourceId,
    /// The topic they come on.
    pub topic: String,
    /// The leaf in the payload; empty for a scalar.
    pub field: String,
    /// Asset the payload names below the topic's, levels joined by `/`.
    pub leaf_asset: Option<String>,
    /// The unit its payload states, where it does.
    pub unit: Option<String>,
}

/// One source as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRecord {
    /// Its id, for ever.
    pub id: SourceId,
    /// Its name as shown.
    pub name: String,
    /// Its address, without a password.
    pub url: String,
    /// The rest of its configuration, JSON.
    pub config: String,
    /// Whether it is in use.
    pub enabled: bool,
    /// Its place in lists.
    pub order: i64,
}

/// A version of the model as stored, without its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVersion {
    /// From 1, each one more than the one before.
    pub number: u32,
    /// When it was applied.
    pub created: Timestamp,
    /// Who applied it.
    pub author: String,
    /// What they said of it.
    pub comment: String,
    /// How it was made.
    pub origin: ModelOrigin,
    /// The older version whose files it brought back.
    pub restored: Option<u32>,
}

/// How a version of the model was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelOrigin {
    /// From a folder of files, which are somebody's to look after.
    Files,
    /// In the browser: whoever looks after the files may not know yet.
    Browser,
}

impl ModelOrigin {
    /// As it is stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Browser => "browser",
        }
    }

    /// From how it is stored.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Files, Self::Browser]
            .into_iter()
            .find(|origin| origin.word() == word)
    }
}

/// A file of the model, as it was given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelFile {
    /// Where it is in the model's folder, `types/pump.toml`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// The hierarchy.
pub trait Assets {
    /// Every asset, in the order they were stored (parents are not always before their children).
    fn each_asset(
        &self,
        each: impl FnMut(AssetRecord) + Send,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Stores new assets and points in one transaction; those whose id is known are left as they are.
    fn add_structure(
        &self,
        assets: &[AssetRecord],
        points: &[PointRecord],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// The name a person gave; none takes it away.
    fn set_asset_name(
        &self,
        asset: AssetId,
        name: Option<&str>,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// The model's asset that each of these is; none where it is one no more. In one transaction.
    fn set_asset_keys(
        &self,
        keys: &[(AssetId, Option<&str>)],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// The same for one.
    fn set_asset_key(
        &self,
        asset: AssetId,
        key: Option<&str>,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// The names that people gave.
    fn asset_names(&self) -> impl Future<Output = Result<Vec<(AssetId, String)>, RecordsError>> + Send;
    /// Remembers the paths at which assets once stood, so that links keep working. In one transaction.
    fn add_redirects(
        &self,
        redirects: &[(Box<str>, AssetId)],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Every path an asset once stood at.
    fn redirects(&self) -> impl Future<Output = Result<Vec<(String, AssetId)>, RecordsError>> + Send;
}

/// The points of the hierarchy. New ones are stored by [`Assets::add_structure`].
pub trait Points {
    /// Every point, in the order they were stored.
    fn each_point(
        &self,
        each: impl FnMut(PointRecord) + Send,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// The same in the order of their ids, without what only people look at: quick for a million of them.
    fn each_tag(
        &self,
        ids: std::ops::RangeInclusive<u32>,
        each: impl FnMut(TagRecord) + Send,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// The highest id given; 0 before the first.
    fn last_point(&self) -> impl Future<Output = Result<u32, RecordsError>> + Send;
    /// What a person set for a point, JSON; none takes it away.
    fn set_point_settings(
        &self,
        point: PointId,
        json: Option<&str>,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// What people set for points.
    fn point_settings(&self) -> impl Future<Output = Result<Vec<(PointId, String)>, RecordsError>> + Send;
    /// Keeps the units that payloads state; a guess before is none any more.
    fn set_units(&self, units: &[(PointId, &str)]) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Keeps what was learned of how often points speak. What a person set is in their settings, and what is
    /// still being learned is nothing to keep: both are passed over.
    fn put_cadences(
        &self,
        cadences: &[(PointId, Cadence)],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// What was learned of how often points speak.
    fn cadences(&self) -> impl Future<Output = Result<Vec<(PointId, Cadence)>, RecordsError>> + Send;
}

/// How long the states of an asset lasted, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateTotalsRecord {
    /// The asset's id in the model.
    pub asset: String,
    /// The state property.
    pub property: String,
    /// The totals, JSON.
    pub document: String,
}

/// How long each state lasted and how often it began.
pub trait StateTotals {
    /// Stores totals, new or changed.
    fn put_state_totals(
        &self,
        totals: &[StateTotalsRecord],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// All of them, by asset and property.
    fn state_totals(&self) -> impl Future<Output = Result<Vec<StateTotalsRecord>, RecordsError>> + Send;
}

/// What people decided on topics that spoke once.
pub trait Ignored {
    /// Stores a decision, new or changed.
    fn put_decision(&self, of: &IgnoreProposal) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// All of them, as many as there are levels; how many topics were turned away is not kept.
    fn decisions(&self) -> impl Future<Output = Result<Vec<IgnoreProposal>, RecordsError>> + Send;
    /// Points that were taken out of the plant (true), or put back. In one transaction.
    fn set_ignored(
        &self,
        points: &[(PointId, bool)],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// All points that are out of the plant.
    fn ignored_points(&self) -> impl Future<Output = Result<Vec<PointId>, RecordsError>> + Send;
}

/// What could not be read, for one source and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemRecord {
    /// Where it came from.
    pub source: SourceId,
    /// Why, as a stable word.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// When it happened first.
    pub first: Timestamp,
    /// When last.
    pub last: Timestamp,
    /// Of the last.
    pub topic: String,
    /// Of the last, with what was wrong.
    pub sample: String,
}

/// Counts of what could not be read.
pub trait Problems {
    /// Stores these in place of all that are stored.
    fn put_problems(
        &self,
        problems: &[ProblemRecord],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// All of them.
    fn problems(&self) -> impl Future<Output = Result<Vec<ProblemRecord>, RecordsError>> + Send;
}

/// Where readings come from.
pub trait Sources {
    /// Every source, in list order.
    fn sources(&self) -> impl Future<Output = Result<Vec<SourceRecord>, RecordsError>> + Send;
    /// Stores a source, new or changed.
    fn put_source(&self, source: &SourceRecord) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Forgets a source. Take ids from [`Settings::next_number`], so that none is given again.
    fn remove_source(&self, source: SourceId) -> impl Future<Output = Result<(), RecordsError>> + Send;
}

/// Single facts by key: client id, epoch counter, seed of the demo.
pub trait Settings {
    /// The value of `key`.
    fn setting(&self, key: &str) -> impl Future<Output = Result<Option<String>, RecordsError>> + Send;
    /// Sets `key`; none takes it away.
    fn set_setting(
        &self,
        key: &str,
        value: Option<&str>,
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
    /// Adds one to the number at `key` and returns it, 1 at first: for epochs and ids.
    fn next_number(&self, key: &str) -> impl Future<Output = Result<u64, RecordsError>> + Send;
}

/// The semantic model, version by version.
///
/// The newest [`MODEL_VERSIONS`] are kept, fewer when their texts exceed [`MODEL_BYTES`]; the current
/// one always is.
pub trait ModelVersions {
    /// Every version that is kept, the newest first.
    fn model_versions(&self) -> impl Future<Output = Result<Vec<ModelVersion>, RecordsError>> + Send;
    /// The newest version; none before the first.
    fn current_model(&self) -> impl Future<Output = Result<Option<ModelVersion>, RecordsError>> + Send;
    /// The files of a version by path; none where the version is not kept.
    fn model_files(
        &self,
        number: u32,
    ) -> impl Future<Output = Result<Option<Vec<ModelFile>>, RecordsError>> + Send;
    /// Whether a version that is kept has this file.
    fn knows_model_file(&self, file: &ModelFile) -> impl Future<Output = Result<bool, RecordsError>> + Send;
    /// Stores the version whose number is the next, with its files, in one transaction. Refused
    /// ([`RecordsError::ModelMoved`]) where the one before it is not the current one any more.
    fn add_model_version(
        &self,
        version: &ModelVersion,
        files: &[ModelFile],
    ) -> impl Future<Output = Result<(), RecordsError>> + Send;
}

/// Versions of the model that are kept.
pub const MODEL_VERSIONS: u32 = 500;
/// Bytes of texts that versions of the model may hold together.
pub const MODEL_BYTES: u64 = 1 << 30;

/// The records of one server, in SQLite. Clones share the same connections.
#[derive(Clone, Debug)]
pub struct Records {
    pool: sqlx::SqlitePool,
}

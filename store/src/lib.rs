//! What outlives a restart.
//!
//! - [`history`]: every reading of every point, durable before it is acknowledged, queried by range.
//! - [`writer`]: the thread that commits batches to the history and says what is now durable.
//! - [`records`]: assets, points, sources, settings and versions of the model, in SQLite.
//! - [`data_dir`]: the directory that holds all of it, locked to one server at a time.
//! - [`backup`]: one file with everything, taken while the server runs.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod backup;
pub mod data_dir;
pub mod history;
pub mod records;
pub mod writer;

pub use data_dir::{DataDir, DataDirError};
pub use history::{Bucket, Durability, History, HistoryConfig, HistoryError, Sample};
pub use records::{
    AssetRecord, Assets, Ignored, MODEL_VERSIONS, ModelFile, ModelOrigin, ModelVersion, ModelVersions,
    PointRecord, Points, ProblemRecord, Problems, Records, RecordsError, Settings, SourceRecord, Sources,
    StateTotals, StateTotalsRecord, TagRecord,
};
pub use writer::{Batch, Committed, Writer, WriterConfig, WriterState};

//! One file with everything, taken while the server runs; and back.
#![expect(unused, reason = "skeleton")]

use std::path::{Path, PathBuf};

use crate::history::{History, HistoryError};
use crate::records::{Records, RecordsError};

/// Why a backup or a restore failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The place to restore to holds something already.
    #[error("{} is not empty", path.display())]
    NotEmpty {
        /// Which directory.
        path: PathBuf,
    },
    /// The file is not a backup, or is damaged.
    #[error("{} is not a whole Gemba backup: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The file system said no.
    #[error("{operation} {}: {source}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The history said no.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The records said no.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

/// Writes everything acknowledged so far into `file`, while history and records are in use.
pub async fn backup(history: std::sync::Arc<History>, records: &Records, file: &Path) -> Result<(), BackupError> {
    Ok(())
}

/// Restores `file` into `dir`, which must be empty or missing. Blocks.
pub fn restore(file: &Path, dir: &Path) -> Result<(), BackupError> {
    Ok(())
}

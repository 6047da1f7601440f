//! Why the history could not do it.

use std::path::{Path, PathBuf};

/// Why the history could not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The file system said no.
    #[error("cannot {operation} {}: {source}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The block store said no.
    #[error("cannot {operation} in the block store: {}", words(source))]
    Blocks {
        /// What was tried.
        operation: &'static str,
        /// What it said.
        source: fjall::Error,
    },
    /// The block store failed before and does not work again yet.
    #[error("{reason}")]
    Unavailable {
        /// What it failed with.
        reason: String,
    },
}

/// The system's own words, where that is what went wrong.
fn words(error: &fjall::Error) -> String {
    match error {
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => error.to_string(),
        fjall::Error::Poisoned => "a write in the background failed".to_owned(),
        error => error.to_string(),
    }
}

impl HistoryError {
    pub(crate) fn io(operation: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            operation,
            path,
            source,
        }
    }

    pub(crate) fn blocks(operation: &'static str) -> impl Fn(fjall::Error) -> Self {
        move |source| Self::Blocks { operation, source }
    }
}

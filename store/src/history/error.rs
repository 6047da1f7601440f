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

/// Of what a file holds, not of whether it may be opened.
fn is_of_content(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput
    )
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
    /// Whether files of the block store cannot be what it wrote: missing, cut short, altered. Trying again
    /// would not help; a full disk or a missing right is something else.
    pub(crate) fn is_damage(&self) -> bool {
        use fjall::Error;
        match self {
            Self::Blocks { source, .. } => match source {
                Error::Locked | Error::Poisoned => false,
                Error::Io(error) | Error::Storage(fjall::LsmError::Io(error)) => is_of_content(error),
                _ => true,
            },
            Self::Io { .. } | Self::Unavailable { .. } => false,
        }
    }

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

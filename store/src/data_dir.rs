//! The directory that holds everything a server keeps, locked to one server at a time.
#![expect(unused, reason = "skeleton")]

use std::path::{Path, PathBuf};

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataDirError {
    /// Another server has it.
    #[error("{} is in use by process {}", path.display(), pid.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string()))]
    InUse {
        /// Which directory.
        path: PathBuf,
        /// Who, where it could be read.
        pid: Option<u32>,
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
}

/// A data directory, held until dropped.
#[derive(Debug)]
pub struct DataDir {
    root: PathBuf,
}

impl DataDir {
    /// Makes the directory where it is missing, and takes it for this process.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        Ok(Self { root: path.to_owned() })
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the history lives.
    pub fn history(&self) -> PathBuf {
        self.root.join("history")
    }

    /// The file of the records.
    pub fn records(&self) -> PathBuf {
        self.root.join("records.db")
    }

    /// Where the embedded broker keeps its lock and its log.
    pub fn broker(&self) -> PathBuf {
        self.root.join("broker")
    }

    /// The secret by which the command line proves itself to the server: 32 hex digits, made once,
    /// readable by its owner only.
    pub fn token(&self) -> Result<String, DataDirError> {
        read_token(&self.root)
    }

    /// Whether the directory belongs to the demo.
    pub fn is_demo(&self) -> bool {
        self.root.join("demo").exists()
    }

    /// Marks the directory as the demo's.
    pub fn mark_demo(&self) -> Result<(), DataDirError> {
        Ok(())
    }
}

/// The token of the server that runs on `root`, for a command that does not take the lock.
pub fn read_token(root: &Path) -> Result<String, DataDirError> {
    Ok(String::new())
}

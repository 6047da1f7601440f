//! The embedded broker: a child process that outlives a crash of the server, so that what the plant sends
//! meanwhile is still there when the server is back.
//!
//! The child holds a lock in the data directory, writes its ports beside it, and listens on a control port
//! of the loopback. The server keeps one control connection open: when it breaks without a goodbye the
//! child waits ten minutes for a server and then ends; when the child breaks, the server starts another.

mod args;
mod careful;
mod control;
mod listeners;
mod ports;
mod serve;
mod supervise;

pub use args::{BrokerArgs, Ports};
pub use ports::taken_by;
pub use serve::run_broker;
pub use supervise::EmbeddedBroker;

use std::path::{Path, PathBuf};

/// Why there is no embedded broker.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Reading or writing in the data directory.
    #[error("cannot use {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another one runs with this data directory.
    #[error("an embedded broker already runs for this data directory")]
    Locked,
    /// Open to the network without a password.
    #[error("the embedded broker listens on other addresses than loopback only with user and password")]
    Unprotected,
    /// A flag that is not known, or has no value.
    #[error("gemba broker: {0}")]
    Flag(String),
    /// No free ports.
    #[error("no free pair of ports at or above {0}")]
    NoPorts(u16),
    /// The child did not come up.
    #[error("the embedded broker did not start: {0}")]
    Start(String),
    /// The broker stopped.
    #[error("the embedded broker failed: {0}")]
    Run(String),
}

/// Where the broker's files are.
#[derive(Clone, Debug)]
struct Files {
    folder: PathBuf,
}

impl Files {
    fn new(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join("broker"),
        }
    }

    fn create(&self) -> Result<(), BrokerError> {
        std::fs::create_dir_all(&self.folder).map_err(|source| failed(&self.folder, source))
    }

    /// Locked as long as the broker lives.
    fn lock(&self) -> PathBuf {
        self.folder.join("lock")
    }

    /// Ports, process and control token of the running broker.
    fn state(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    /// What the broker prints.
    fn log(&self) -> PathBuf {
        self.folder.join("broker.log")
    }
}

fn failed(path: &Path, source: std::io::Error) -> BrokerError {
    BrokerError::File {
        path: path.to_owned(),
        source,
    }
}

/// The lock, when nobody has it.
fn try_lock(files: &Files) -> Result<Option<std::fs::File>, BrokerError> {
    let path = files.lock();
    let file = std::fs::File::options().create(true).append(true).open(&path);
    let file = file.map_err(|source| failed(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(&path, source)),
    }
}

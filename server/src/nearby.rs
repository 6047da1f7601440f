//! Whom a command on this machine asks: the server that runs on a data directory, or the store itself where none
//! does.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use store::{DataDir, DataDirError, Records};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// Another command holds the directory for less than this; a server that starts answers by then.
const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(50);

/// A way to what a data directory holds.
pub enum Nearby {
    /// The store is ours as long as this lives.
    Here { lock: DataDir, records: Records },
    /// A server answers.
    There { address: String, token: String },
}

impl Nearby {
    /// Finds it.
    ///
    /// # Errors
    /// When nothing is there, or nobody answers.
    pub async fn find(data: &Path) -> anyhow::Result<Self> {
        ensure!(
            data.join("records.db").exists(),
            "no server has run with its data in {}; name the directory with --data, or start one: \
             gemba serve --model DIR",
            data.display()
        );
        let deadline = Instant::now() + PATIENCE;
        loop {
            match DataDir::open(data) {
                Ok(lock) => {
                    let records = Records::open(&lock.records()).await?;
                    return Ok(Self::Here { lock, records });
                }
                Err(error @ DataDirError::InUse { .. }) => {
                    if let Some(address) = answering(data).await {
                        let token = store::data_dir::read_token(data)?;
                        return Ok(Self::There { address, token });
                    }
                    if Instant::now() > deadline {
                        return Err(error).context("nobody answers there");
                    }
                }
                Err(error) => return Err(error.into()),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

async fn answering(data: &Path) -> Option<String> {
    let address = std::fs::read_to_string(data.join("address")).ok()?;
    let address = address.trim().to_owned();
    TcpStream::connect(&address).await.ok()?;
    Some(address)
}

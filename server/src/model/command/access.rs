//! Whom a command asks: the server that runs on a data directory, or the store itself where none does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use store::{DataDir, DataDirError, Records};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{Answer, Head, Request, unexpected};
use crate::clock::SystemClock;
use crate::loopback;
use crate::model::desk;
use crate::model::shelf::ModelShelf;

/// Another command holds the directory for less than this; a server that starts answers by then.
const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(50);

/// A way to the model.
pub enum Access {
    /// The store is ours as long as this lives.
    Here { _lock: DataDir, shelf: Arc<ModelShelf> },
    /// A server answers.
    There { address: String, token: String },
}

impl Access {
    /// Finds it.
    pub async fn open(data: &Path) -> anyhow::Result<Self> {
        ensure!(
            data.join("records.db").exists(),
            "no server has run with its data in {}; name the directory with --data, or start one: \
             gemba serve --model DIR",
            data.display()
        );
        let deadline = Instant::now() + PATIENCE;
        loop {
            match DataDir::open(data) {
                Ok(dir) => {
                    let records = Records::open(&dir.records()).await?;
                    let shelf = ModelShelf::open(records, Arc::new(SystemClock)).await?;
                    return Ok(Self::Here { _lock: dir, shelf });
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

    /// Asks.
    pub async fn ask(&self, request: Request) -> anyhow::Result<Answer> {
        match self {
            Self::Here { shelf, .. } => desk::answer(shelf, None, request).await,
            Self::There { address, token } => {
                let body = serde_json::to_string(&request)?;
                let most = desk::MOST_BYTES as u64;
                let answer = loopback::post_for(address, "/api/local/model", token, &body, most).await?;
                Ok(serde_json::from_str(&answer)?)
            }
        }
    }

    /// Lets go of the store.
    pub async fn close(self) {
        if let Self::Here { shelf, .. } = &self {
            shelf.records().close().await;
        }
    }
}

async fn answering(data: &Path) -> Option<String> {
    let address = std::fs::read_to_string(data.join("address")).ok()?;
    let address = address.trim().to_owned();
    TcpStream::connect(&address).await.ok()?;
    Some(address)
}

/// The versions that are kept, the newest first.
pub async fn versions(access: &Access) -> anyhow::Result<Vec<Head>> {
    match access.ask(Request::Versions).await? {
        Answer::Versions(heads) => Ok(heads),
        other => Err(unexpected(&other)),
    }
}

/// A version and its files; the one that holds when none is named.
pub async fn read(
    access: &Access,
    number: Option<u32>,
) -> anyhow::Result<(Option<Head>, Vec<store::ModelFile>)> {
    match access.ask(Request::Read(number)).await? {
        Answer::Version(head, files) => Ok((head, files.into_iter().map(Into::into).collect())),
        Answer::NotKept(number) => {
            bail!("version {number} is not kept; `gemba model versions` lists those that are")
        }
        other => Err(unexpected(&other)),
    }
}

//! Whom a command asks: the server that runs on a data directory, or the store itself where none does.

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use store::DataDir;

use super::{Answer, Head, Request, unexpected};
use crate::accounts::audit::AuditLog;
use crate::clock::SystemClock;
use crate::loopback;
use crate::model::desk;
use crate::model::shelf::ModelShelf;
use crate::nearby::Nearby;

/// A way to the model.
pub enum Access {
    /// The store is ours as long as this lives.
    Here {
        _lock: DataDir,
        shelf: Arc<ModelShelf>,
        audit: AuditLog,
    },
    /// A server answers.
    There { address: String, token: String },
}

impl Access {
    /// Finds it.
    pub async fn open(data: &Path) -> anyhow::Result<Self> {
        Ok(match Nearby::find(data).await? {
            Nearby::Here { lock, records } => {
                let clock = Arc::new(SystemClock);
                let audit = AuditLog::open(records.clone(), clock.clone()).await?;
                let shelf = ModelShelf::open(records, clock).await?;
                Self::Here {
                    _lock: lock,
                    shelf,
                    audit,
                }
            }
            Nearby::There { address, token } => Self::There { address, token },
        })
    }

    /// Asks.
    pub async fn ask(&self, request: Request) -> anyhow::Result<Answer> {
        match self {
            Self::Here { shelf, audit, .. } => desk::answer(shelf, None, audit, request).await,
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

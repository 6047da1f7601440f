//! What commands ask of the model: one request, one answer, whether a server runs and is asked over
//! HTTP or the store is open here.

use std::sync::{Arc, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{ModelFile, ModelOrigin, ModelVersion, ModelVersions as _};
use twin::{Timestamp, Twin};

use super::edits::{self, Edit};
use super::shelf::{Applied, Content, ModelShelf, Proposal};
use crate::accounts::audit::{AuditLog, Doer};

/// Bytes of a request or an answer: a whole model, written as JSON.
pub const MOST_BYTES: usize = 2 * model::MAX_BYTES + (1 << 20);

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Which versions are kept.
    Versions,
    /// A version with its files; none for the one that holds.
    Read(Option<u32>),
    /// Whether some version has each of these files.
    Known(Vec<TravellingFile>),
    /// What people set in the browser.
    Edits,
    /// To replace the version `base` by these files.
    Apply {
        /// The version that holds, as far as whoever asks knows; 0 before the first.
        base: u32,
        /// The files of the new one.
        files: Vec<TravellingFile>,
        /// Who asks.
        author: String,
        /// What they say of it.
        comment: String,
    },
    /// To replace the version `base` by the files of an older one.
    Restore {
        /// The version that holds, as far as whoever asks knows.
        base: u32,
        /// The older version.
        version: u32,
        /// Who asks.
        author: String,
        /// What they say of it.
        comment: String,
    },
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Which versions are kept, the newest first.
    Versions(Vec<Head>),
    /// A version; nothing of it before the first.
    Version(Option<Head>, Vec<TravellingFile>),
    /// That version is not kept.
    NotKept(u32),
    /// Whether some version has each of the files.
    Known(Vec<bool>),
    /// What people set in the browser.
    Edits(Vec<Edit>),
    /// It holds now.
    Applied(u32),
    /// It is what holds already.
    Unchanged(u32),
    /// This version holds instead.
    Moved(u32),
    /// It has errors: they are in the text.
    Wrong(String),
    /// It is no version at all, for this reason.
    Refused(String),
}

/// A version without its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Head {
    /// From 1.
    pub number: u32,
    /// When it was applied.
    pub micros: i64,
    /// Who applied it.
    pub author: String,
    /// What they said of it.
    pub comment: String,
    /// It was made in the browser.
    pub is_from_browser: bool,
    /// The older version it brought back.
    pub restored: Option<u32>,
}

/// A file on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TravellingFile {
    path: String,
    text: String,
}

impl From<ModelFile> for TravellingFile {
    fn from(ModelFile { path, text }: ModelFile) -> Self {
        Self { path, text }
    }
}

impl From<TravellingFile> for ModelFile {
    fn from(TravellingFile { path, text }: TravellingFile) -> Self {
        Self { path, text }
    }
}

impl From<ModelVersion> for Head {
    fn from(version: ModelVersion) -> Self {
        Self {
            number: version.number,
            micros: version.created.micros(),
            author: version.author,
            comment: version.comment,
            is_from_browser: version.origin == ModelOrigin::Browser,
            restored: version.restored,
        }
    }
}

impl Head {
    /// When it was applied.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        Timestamp::from_micros(self.micros)
    }
}

/// Answers; with the twin where a server runs.
pub async fn answer(
    shelf: &Arc<ModelShelf>,
    twin: Option<&RwLock<Twin>>,
    audit: &AuditLog,
    request: Request,
) -> anyhow::Result<Answer> {
    let records = shelf.records();
    Ok(match request {
        Request::Versions => {
            let versions = records.model_versions().await?;
            Answer::Versions(versions.into_iter().map(Head::from).collect())
        }
        Request::Read(None) => {
            let current = shelf.current();
            let files = current.files.iter().cloned().map(TravellingFile::from);
            Answer::Version(current.about.clone().map(Head::from), files.collect())
        }
        Request::Read(Some(number)) => {
            let versions = records.model_versions().await?;
            let about = versions.into_iter().find(|version| version.number == number);
            match records.model_files(number).await? {
                Some(files) => {
                    let files = files.into_iter().map(TravellingFile::from).collect();
                    Answer::Version(about.map(Head::from), files)
                }
                None => Answer::NotKept(number),
            }
        }
        Request::Known(files) => {
            let mut known = Vec::with_capacity(files.len());
            for file in files {
                known.push(records.knows_model_file(&file.into()).await?);
            }
            Answer::Known(known)
        }
        Request::Edits => Answer::Edits(edits::find(records, &shelf.current(), twin).await?),
        Request::Apply {
            base,
            files,
            author,
            comment,
        } => {
            let content = Content::Files(files.into_iter().map(ModelFile::from).collect());
            apply(shelf, audit, base, content, author, comment).await?
        }
        Request::Restore {
            base,
            version,
            author,
            comment,
        } => apply(shelf, audit, base, Content::Restore(version), author, comment).await?,
    })
}

async fn apply(
    shelf: &Arc<ModelShelf>,
    audit: &AuditLog,
    base: u32,
    content: Content,
    author: String,
    comment: String,
) -> anyhow::Result<Answer> {
    let proposal = Proposal {
        base: Some(base),
        content,
        author,
        comment,
        origin: ModelOrigin::Files,
    };
    Ok(match shelf.apply(proposal).await? {
        Applied::New(loaded) => {
            let subject = format!("model {}", loaded.version);
            let details = json!({"from": "files", "before": base});
            audit
                .note(Doer::command(), "model.apply", subject, details)
                .await?;
            Answer::Applied(loaded.version)
        }
        Applied::Unchanged(loaded) => Answer::Unchanged(loaded.version),
        Applied::Moved { current } => Answer::Moved(current),
        Applied::NotKept(number) => Answer::NotKept(number),
        Applied::Wrong(checked) => Answer::Wrong(checked.render()),
        Applied::Refused(why) => Answer::Refused(why),
    })
}

//! The model a server begins with: a folder named at its first start.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use store::ModelOrigin;

use super::command::checked_in;
use super::folder;
use super::shelf::{Applied, Content, ModelShelf, Proposal};

/// Applies the files of a folder where there is no model yet. One with mistakes stops the start: every
/// one of them is told.
pub async fn apply(shelf: &Arc<ModelShelf>, dir: &Path) -> anyhow::Result<()> {
    let current = shelf.current().version;
    if current > 0 {
        tracing::info!(
            version = current,
            dir = %dir.display(),
            "there is a model already; `gemba model apply` brings in another"
        );
        return Ok(());
    }
    let files = match folder::read(dir) {
        Ok(files) => files,
        Err(wrong) => bail!("the model cannot be read\n{}", wrong.join("\n")),
    };
    let proposal = Proposal {
        base: Some(0),
        content: Content::Files(files.clone()),
        author: "first start".to_owned(),
        comment: format!("From {}", dir.display()),
        origin: ModelOrigin::Files,
    };
    match shelf
        .apply(proposal)
        .await
        .context("the model cannot be stored")?
    {
        Applied::New(_) | Applied::Unchanged(_) => Ok(()),
        Applied::Wrong(_) => bail!("the model has mistakes\n\n{}", checked_in(dir, &files).render()),
        Applied::Refused(why) => bail!("the model cannot be applied: {why}"),
        Applied::Moved { .. } | Applied::NotKept(_) => bail!("somebody else applied a model meanwhile"),
    }
}

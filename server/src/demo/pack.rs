//! The demo plant's model: the utilities pack and the plant described with it, as they stand in `packs/`.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use include_dir::{Dir, include_dir};
use store::{ModelFile, ModelOrigin};

use crate::model::{Applied, Content, ModelShelf, Proposal};

static UTILITIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../packs/utilities/model");
static DEMO: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../packs/demo/model");

/// Applies it where there is no model yet; one that somebody applied stays.
pub async fn apply(shelf: &Arc<ModelShelf>) -> anyhow::Result<()> {
    if shelf.current().version > 0 {
        return Ok(());
    }
    let proposal = Proposal {
        base: Some(0),
        content: Content::Files(files()),
        author: "gemba demo".to_owned(),
        comment: "The demo plant with the utilities pack".to_owned(),
        origin: ModelOrigin::Files,
    };
    match shelf.apply(proposal).await.context("the demo plant's model")? {
        Applied::New(_) | Applied::Unchanged(_) | Applied::Moved { .. } => Ok(()),
        Applied::Wrong(checked) => {
            let first = checked.problems.first().map(ToString::to_string);
            bail!(
                "the demo plant's model has mistakes: {}",
                first.unwrap_or_default()
            )
        }
        other => bail!("the demo plant's model was not taken: {other:?}"),
    }
}

/// Both packs as the files of one model.
#[must_use]
pub fn files() -> Vec<ModelFile> {
    let mut files = Vec::new();
    collect(&UTILITIES, "utilities", &mut files);
    collect(&DEMO, "demo", &mut files);
    files
}

/// The utilities pack alone.
#[must_use]
pub fn utilities() -> Vec<ModelFile> {
    let mut files = Vec::new();
    collect(&UTILITIES, "utilities", &mut files);
    files
}

fn collect(dir: &Dir<'_>, below: &str, files: &mut Vec<ModelFile>) {
    for file in dir.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            files.push(ModelFile {
                path: format!("{below}/{path}"),
                text: text.to_owned(),
            });
        }
    }
    for inner in dir.dirs() {
        collect(inner, below, files);
    }
}

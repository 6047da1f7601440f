//! `gemba model export`.

use store::ModelFile;

use super::access::{Access, read, versions};
use super::{Answer, ExportArgs, NOTHING_DONE, OK, Request, Terminal, WRONG, unexpected};
use crate::model::folder;

pub(super) async fn run(args: &ExportArgs, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    let dir = &args.folder.dir;
    let access = Access::open(&args.data.dir()).await?;
    let (head, files) = read(&access, args.version).await?;
    let Some(head) = head else {
        terminal.complain("There is no version yet; nothing was written.\n");
        return Ok(NOTHING_DONE);
    };
    let begun = match (&head, args.version) {
        (head, None) if head.is_from_browser => before_browser(&access).await?,
        _ => Vec::new(),
    };
    let mut writing = match folder::compare(dir, files) {
        Ok(writing) => writing,
        Err(wrong) => {
            terminal.complain(&format!("{}\nNothing was written.\n", wrong.join("\n")));
            return Ok(WRONG);
        }
    };
    // What was changed here only, while other files were in the browser, stays.
    let (kept, other) = writing
        .other
        .into_iter()
        .partition(|(file, _)| !args.force && begun.contains(file));
    writing.other = other;
    let kept: Vec<(ModelFile, String)> = kept;
    let changed = if args.force {
        Vec::new()
    } else {
        changed(&access, &writing.other).await?
    };
    access.close().await;
    if !changed.is_empty() {
        terminal.complain(&format!(
            "These files were changed, and no version has them as they are:\n{}\
             Nothing was written. Apply them, move them away, or overwrite them with --force.\n",
            lines(changed.iter().map(|path| dir.join(path).display().to_string()))
        ));
        return Ok(NOTHING_DONE);
    }
    let (new, other) = (writing.new.len(), writing.other.len());
    let replacing = writing.other.into_iter().map(|(file, _)| file);
    for file in writing.new.into_iter().chain(replacing) {
        folder::write(dir, &file)
            .map_err(|error| anyhow::anyhow!("{}: {error}", dir.join(&file.path).display()))?;
    }
    terminal.say(&format!(
        "Version {} in {}: {new} new, {other} replaced, {} the same.\n",
        head.number,
        dir.display(),
        writing.same
    ));
    if !kept.is_empty() {
        terminal.say(&format!(
            "Changed here, not in the browser, and left alone:\n{}",
            lines(
                kept.iter()
                    .map(|(file, _)| dir.join(&file.path).display().to_string())
            )
        ));
    }
    if !writing.extra.is_empty() {
        terminal.say(&format!(
            "Not in version {}, and left alone:\n{}",
            head.number,
            lines(
                writing
                    .extra
                    .iter()
                    .map(|path| dir.join(path).display().to_string())
            )
        ));
    }
    Ok(OK)
}

/// The files of the last version that was not made in the browser.
async fn before_browser(access: &Access) -> anyhow::Result<Vec<ModelFile>> {
    let heads = versions(access).await?;
    match heads.iter().find(|head| !head.is_from_browser) {
        Some(head) => Ok(read(access, Some(head.number)).await?.1),
        None => Ok(Vec::new()),
    }
}

/// Files whose texts no version has: what would be lost.
async fn changed(access: &Access, other: &[(ModelFile, String)]) -> anyhow::Result<Vec<String>> {
    if other.is_empty() {
        return Ok(Vec::new());
    }
    let there = other.iter().map(|(file, text)| ModelFile {
        path: file.path.clone(),
        text: text.clone(),
    });
    let request = Request::Known(there.map(Into::into).collect());
    match access.ask(request).await? {
        Answer::Known(known) => {
            let lost = other.iter().zip(known).filter(|(_, known)| !known);
            Ok(lost.map(|((file, _), _)| file.path.clone()).collect())
        }
        answer => Err(unexpected(&answer)),
    }
}

fn lines(paths: impl Iterator<Item = String>) -> String {
    paths.map(|path| format!("  {path}\n")).collect()
}

//! `gemba model check`.

use std::path::Path;

use model::{Checked, Severity};
use serde_json::{Value, json};
use store::ModelFile;

use super::{CheckArgs, OK, Terminal, WRONG, files_of};
use crate::model::shelf;

pub(super) fn run(args: &CheckArgs, terminal: &mut dyn Terminal) -> u8 {
    let dir = &args.folder.dir;
    let Some(files) = files_of(dir, terminal) else {
        return WRONG;
    };
    let checked = checked_in(dir, &files);
    if args.json {
        terminal.say(&format!("{:#}\n", as_json(&checked)));
    } else {
        terminal.say(&checked.render());
    }
    if checked.is_ok() { OK } else { WRONG }
}

/// Checks files; problems name them as they stand in the folder.
pub(in crate::model) fn checked_in(dir: &Path, files: &[ModelFile]) -> Checked {
    let shown = |file: &ModelFile| ModelFile {
        path: dir.join(&file.path).display().to_string(),
        text: file.text.clone(),
    };
    let files: Vec<ModelFile> = files.iter().map(shown).collect();
    shelf::check(&files)
}

fn as_json(checked: &Checked) -> Value {
    let problems: Vec<Value> = checked
        .problems
        .iter()
        .map(|problem| {
            let place = problem.place.as_ref();
            json!({
                "severity": if problem.severity == Severity::Error { "error" } else { "warning" },
                "file": place.map(|place| &*place.file),
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
                "text": place.map(|place| &place.text),
                "element": problem.element,
                "message": problem.message,
                "help": problem.help,
            })
        })
        .collect();
    json!({
        "ok": checked.is_ok(),
        "types": checked.model.types.len(),
        "assets": checked.model.assets.len(),
        "problems": problems,
        "more_problems": checked.more,
    })
}

//! What the tests share.

use std::collections::BTreeMap;

use formula::NoZones;
use model::{Checked, File, Model, check_files};

/// Reads one file.
pub fn read(text: &str) -> Checked {
    check_files(&[File { path: "m.toml", text }], &NoZones)
}

/// The model of a file without a mistake.
#[track_caller]
pub fn model(text: &str) -> Model {
    let checked = read(text);
    assert!(checked.is_ok(), "{}", checked.render());
    checked.model
}

/// Its problems without the file's name.
pub fn problems(checked: &Checked) -> Vec<String> {
    let short = |problem: &model::Problem| problem.to_string().replace("m.toml:", "");
    checked.problems.iter().map(short).collect()
}

/// Reads files as they were exported.
pub fn read_files(files: &BTreeMap<String, String>) -> Checked {
    let files: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
    check_files(&files, &NoZones)
}

//! What the tests share.

use std::collections::BTreeMap;

use formula::NoZones;
use model::{Checked, File, Model, Severity, check_files};

/// Reads one file. Whatever is wrong with it: every problem says where, shows the text, and has a way out.
#[track_caller]
pub fn read(text: &str) -> Checked {
    let checked = check_files(&[File { path: "m.toml", text }], &NoZones);
    check_ways_out(&checked);
    checked
}

#[track_caller]
fn check_ways_out(checked: &Checked) {
    for problem in checked
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
    {
        assert!(
            problem.help.as_ref().is_some_and(|help| !help.is_empty()),
            "no way out of: {problem}"
        );
        let place = problem.place.as_ref();
        assert!(
            place.is_some_and(|place| place.line > 0 && !place.source_line.is_empty()),
            "no place: {problem}"
        );
    }
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
    let checked = check_files(&files, &NoZones);
    check_ways_out(&checked);
    checked
}

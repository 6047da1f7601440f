//! The body of the fuzz target, also run by the tests: any text is read, checked, planned, exported
//! and read again, without a panic.

use formula::NoZones;

use crate::plan::plan;
use crate::plant::Model;
use crate::read::{File, check_files};
use crate::write::export;

/// Reads what the bytes say as a model file.
pub fn body(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let checked = check_files(
        &[File {
            path: "any.toml",
            text,
        }],
        &NoZones,
    );
    assert!(checked.render().ends_with('\n'));
    assert!(plan(&checked.model, &checked.model).is_empty());
    let (none, all) = (Model::default(), &checked.model);
    assert_eq!(plan(&none, all).apply(&none).as_ref(), Ok(all));
    assert_eq!(plan(all, &none).apply(all), Ok(none));
    let files = export(&checked.model);
    let files: Vec<File<'_>> = files.iter().map(|(path, text)| File { path, text }).collect();
    let again = check_files(&files, &NoZones);
    assert_eq!(again.model, checked.model, "what is exported reads back");
}

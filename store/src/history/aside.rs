//! Damaged blocks: kept beside the history under another name, for somebody who can mend them.

use std::path::{Path, PathBuf};

use super::HistoryError;

/// Begins the name of a directory of damaged blocks; a number follows.
const PREFIX: &str = "damaged-";

/// Moves the blocks out of the way; answers where they are now.
pub fn set_aside(dir: &Path) -> Result<PathBuf, HistoryError> {
    let blocks = dir.join("blocks");
    let mut number = 1;
    let place = loop {
        let place = dir.join(format!("{PREFIX}{number}"));
        if !place.exists() {
            break place;
        }
        number += 1;
    };
    std::fs::rename(&blocks, &place).map_err(HistoryError::io("set aside", &blocks))?;
    Ok(place)
}

/// Everything that was set aside, in order of name.
pub fn places(dir: &Path) -> Result<Vec<PathBuf>, HistoryError> {
    let entries = std::fs::read_dir(dir).map_err(HistoryError::io("list", dir))?;
    let is_aside = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(PREFIX))
    };
    let mut places: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_aside)
        .collect();
    places.sort();
    Ok(places)
}

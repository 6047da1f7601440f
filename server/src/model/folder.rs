//! Model files in a folder: every `.toml` below it, by its path from there.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ::model::{MAX_BYTES, MAX_FILE, MAX_FILES};
use store::ModelFile;

/// Folders in folders.
const MAX_DEPTH: usize = 16;
/// Bytes of a file's path in the folder.
const MAX_PATH: usize = 512;

/// Reads every `.toml` file below `dir`, in order of their paths; hidden ones are passed over. What
/// cannot be read is told, a line each.
pub fn read(dir: &Path) -> Result<Vec<ModelFile>, Vec<String>> {
    let mut walk = Walk::default();
    walk.folder(dir, "", 0);
    if walk.files.is_empty() && walk.wrong.is_empty() {
        walk.wrong
            .push(format!("{}: the folder has no .toml file", dir.display()));
    }
    if !walk.wrong.is_empty() {
        return Err(walk.wrong);
    }
    walk.files.sort();
    Ok(walk.files)
}

#[derive(Default)]
struct Walk {
    files: Vec<ModelFile>,
    bytes: usize,
    wrong: Vec<String>,
}

impl Walk {
    fn tell(&mut self, path: &Path, what: impl std::fmt::Display) {
        // Past so many nobody reads on.
        if self.wrong.len() < 100 {
            self.wrong.push(format!("{}: {what}", path.display()));
        }
    }

    fn folder(&mut self, dir: &Path, inside: &str, depth: usize) {
        if depth > MAX_DEPTH {
            return self.tell(dir, format!("folders are more than {MAX_DEPTH} deep"));
        }
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) if depth == 0 && error.kind() == ErrorKind::NotFound => {
                return self.tell(
                    dir,
                    "there is no such folder; name the one that has the model files",
                );
            }
            Err(error) if depth == 0 && error.kind() == ErrorKind::NotADirectory => {
                return self.tell(
                    dir,
                    "this is a file; name the folder that has it, all files are read together",
                );
            }
            Err(error) => return self.tell(dir, error),
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.tell(dir, error);
                    continue;
                }
            };
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                self.tell(&path, "the name is not UTF-8");
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let inside = if inside.is_empty() {
                name
            } else {
                format!("{inside}/{name}")
            };
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            match fs::metadata(&path) {
                Ok(meta) if meta.is_dir() && is_link => {
                    self.tell(&path, "this is a link to a folder; put the folder itself there");
                }
                Ok(meta) if meta.is_dir() => self.folder(&path, &inside, depth + 1),
                Ok(meta) if inside.ends_with(".toml") => self.file(&path, inside, meta.len()),
                Ok(_) => {}
                Err(error) => self.tell(&path, error),
            }
        }
    }

    fn file(&mut self, path: &Path, inside: String, length: u64) {
        if let Some(wrong) = wrong_path(&inside) {
            return self.tell(path, wrong);
        }
        if length > MAX_FILE as u64 {
            return self.tell(path, format!("the file is larger than {} MiB", MAX_FILE >> 20));
        }
        if self.files.len() >= MAX_FILES || self.bytes > MAX_BYTES {
            let most = format!(
                "a model has at most {MAX_FILES} files of {} MiB together",
                MAX_BYTES >> 20
            );
            return self.tell(path, most);
        }
        match fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => {
                self.bytes += text.len();
                self.files.push(ModelFile { path: inside, text });
            }
            Ok(Err(error)) => {
                let valid = error.utf8_error().valid_up_to();
                let before = error.as_bytes().get(..valid).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                self.tell(path, format!("line {line} is not UTF-8; save the file as UTF-8"));
            }
            Err(error) => self.tell(path, error),
        }
    }
}

/// Why a path is none of a model file: it must stay in its folder, wherever it is written again.
#[must_use]
pub fn wrong_path(path: &str) -> Option<&'static str> {
    if path.len() > MAX_PATH {
        return Some("the path is too long");
    }
    if !path.ends_with(".toml") {
        return Some("a model file's name ends in .toml");
    }
    if path.contains(|c: char| c == '\\' || c.is_control()) {
        return Some("the path has a backslash or a control character in it");
    }
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.');
    (!path.split('/').all(is_part)).then_some("the path leads out of the folder, or to a hidden file")
}

/// What writing a version into a folder would do.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Writing {
    /// Files that are not there yet.
    pub new: Vec<ModelFile>,
    /// Files that are there and say something else: what is to be written, what is there.
    pub other: Vec<(ModelFile, String)>,
    /// Files that say the same.
    pub same: usize,
    /// Files in the folder that the version does not have.
    pub extra: Vec<String>,
}

/// Holds a version against a folder, which may be missing.
pub fn compare(dir: &Path, files: Vec<ModelFile>) -> Result<Writing, Vec<String>> {
    let mut writing = Writing::default();
    let there = if dir.exists() {
        let mut walk = Walk::default();
        walk.folder(dir, "", 0);
        if !walk.wrong.is_empty() {
            return Err(walk.wrong);
        }
        walk.files
    } else {
        Vec::new()
    };
    let mut there: std::collections::BTreeMap<String, String> =
        there.into_iter().map(|file| (file.path, file.text)).collect();
    for file in files {
        if let Some(wrong) = wrong_path(&file.path) {
            return Err(vec![format!("{}: {wrong}", file.path)]);
        }
        match there.remove(&file.path) {
            None => writing.new.push(file),
            Some(text) if text == file.text => writing.same += 1,
            Some(text) => writing.other.push((file, text)),
        }
    }
    writing.extra = there.into_keys().collect();
    Ok(writing)
}

/// Writes one file, whole or not at all.
pub fn write(dir: &Path, file: &ModelFile) -> std::io::Result<()> {
    let path = dir.join(&file.path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let draft = hidden(&path);
    fs::write(&draft, &file.text)?;
    fs::rename(&draft, &path)
}

/// A name beside it that nobody reads as a model file.
fn hidden(path: &Path) -> PathBuf {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    path.with_file_name(format!(".{name}.part"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> ModelFile {
        ModelFile {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn reads_what_was_written_and_passes_over_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let files = [
            file("b/sites.toml", "# \u{1f321}\r\n"),
            file("a.toml", ""),
            file("b/c/d.toml", "\u{feff}x = 1"),
        ];
        for file in &files {
            write(dir.path(), file).unwrap();
        }
        for other in [".hidden.toml", "README.md", "b/old.toml.bak"] {
            fs::write(dir.path().join(other), "no").unwrap();
        }
        fs::create_dir(dir.path().join(".git")).unwrap();
        fs::write(dir.path().join(".git/config.toml"), "no").unwrap();
        let mut sorted = files.to_vec();
        sorted.sort();
        assert_eq!(read(dir.path()).unwrap(), sorted);
    }

    #[test]
    fn every_file_that_cannot_be_read_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let told = |dir: &Path| read(dir).unwrap_err().join("\n");
        assert!(told(&dir.path().join("no")).contains("there is no such folder"));
        assert!(told(dir.path()).contains("has no .toml file"));
        fs::write(dir.path().join("latin.toml"), b"# ok\n# K\xfchler").unwrap();
        fs::write(dir.path().join("a\\b.toml"), "").unwrap();
        fs::create_dir(dir.path().join("real")).unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("real/loop")).unwrap();
        let told = told(dir.path());
        for part in [
            "latin.toml: line 2 is not UTF-8",
            "a\\b.toml: the path has a backslash",
            "real/loop: this is a link",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }

    #[test]
    fn paths_stay_in_their_folder() {
        for good in ["a.toml", "types/pump.toml", "x/y..z.toml", "Täl er.toml"] {
            assert_eq!(wrong_path(good), None, "{good}");
        }
        let long = format!("{}.toml", "x".repeat(600));
        for bad in [
            "",
            "a.txt",
            "/a.toml",
            "../a.toml",
            "a/../../b.toml",
            "a//b.toml",
            ".a.toml",
            ".git/a.toml",
            "a\\b.toml",
            "a\nb.toml",
            &long,
        ] {
            assert!(wrong_path(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_version_is_held_against_what_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let version = vec![
            file("new.toml", "n"),
            file("other.toml", "o"),
            file("same.toml", "s"),
        ];
        assert_eq!(
            compare(&dir.path().join("no"), version.clone()).unwrap().new,
            version
        );
        for (path, text) in [("other.toml", "mine"), ("same.toml", "s"), ("extra.toml", "")] {
            write(dir.path(), &file(path, text)).unwrap();
        }
        let expect = Writing {
            new: vec![file("new.toml", "n")],
            other: vec![(file("other.toml", "o"), "mine".to_owned())],
            same: 1,
            extra: vec!["extra.toml".to_owned()],
        };
        assert_eq!(compare(dir.path(), version).unwrap(), expect);
        assert!(compare(dir.path(), vec![file("../x.toml", "")]).is_err());
    }
}

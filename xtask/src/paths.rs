//! Where things are: the repository and its target directory.

use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> PathBuf {
    // The manifest's own directory at build time; xtask is always run from its checkout.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Cargo's target directory.
pub fn target() -> PathBuf {
    #[allow(clippy::disallowed_methods, reason = "the variable is Cargo's")]
    let dir = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    root().join(dir.unwrap_or_else(|| PathBuf::from("target")))
}

/// The built web files, as the server takes them.
pub fn site() -> PathBuf {
    target().join("site")
}

/// The server's binary of a profile.
pub fn gemba(profile: &str) -> PathBuf {
    target().join(profile).join("gemba")
}

/// All files below `dir` in stable order, without what is built or fetched.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    const LEFT_OUT: [&str; 9] = [
        ".git",
        "target",
        "node_modules",
        "gemba-data",
        "dist",
        "test-results",
        "playwright-report",
        "artifacts",
        "corpus",
    ];
    let mut found = Vec::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !LEFT_OUT.iter().any(|left| name == *left) {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

/// A path as people write it, from the repository on.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

//! The tablet's program (`app/src/crew`): a second binary of the same library, built by the same flags, so that only
//! its own few files are compiled for it. It goes into one folder named by its contents: `crew.js`, which the
//! shell starts (`server/src/http/crew/boot.js`), `crew_bg.wasm` and `crew.css`.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::fresh::Hash;
use crate::paths::{files_below, root, target};
use crate::run::{cargo, run};
use crate::split;

/// What the browser does for it; goes before the program.
const DEVICE: &str = "app/src/crew/device.js";

/// How it looks, beside the style sheet of all pages.
const LOOKS: &str = "app/src/crew/crew.css";

/// Builds it with Cargo. `flags` are those of the client: with others, the library would be compiled again.
pub fn build(flags: &str) -> Result<()> {
    let mut command = cargo();
    command
        .args([
            "build",
            "--package",
            "app",
            "--bin",
            "crew",
            "--features",
            "hydrate",
        ])
        .args([
            "--profile",
            "wasm-release",
            "--target",
            "wasm32-unknown-unknown",
            "--offline",
        ])
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    run(&mut command)
}

/// Puts it below `pkg`.
pub fn pack(pkg: &Path) -> Result<()> {
    let out = target().join("tablet");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let built = target().join("wasm32-unknown-unknown/wasm-release/crew.wasm");
    split::whole(&built, "crew", &out)?;
    let script = out.join("crew.js");
    let device = std::fs::read_to_string(root().join(DEVICE))?;
    let program = std::fs::read_to_string(&script)?;
    std::fs::write(&script, format!("{}\n{program}", without_notes(&device)))?;
    std::fs::write(out.join("crew.css"), std::fs::read_to_string(root().join(LOOKS))?)?;
    let mut hash = Hash::new();
    for file in files_below(&out) {
        hash.add(&std::fs::read(&file)?);
    }
    let folder = pkg.join(format!("crew-{}", hash.hex()));
    std::fs::rename(&out, &folder).with_context(|| format!("{} cannot be made", folder.display()))
}

/// The script without lines that only say something, and without indents.
fn without_notes(script: &str) -> String {
    let lines = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"));
    lines.fold(String::new(), |all, line| all + line + "\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn notes_go_and_code_stays() {
        assert_eq!(super::without_notes("// a\n  b(); // c\n"), "b(); // c\n");
    }
}

//! The browser's half: one style sheet, Trunk's client split by pages, the tablet's program, the public files and plotly, compressed.
//!
//! `target/site` then holds what the server serves: `index.html` (read once, to learn the hashed
//! names), `pkg/` (Trunk's), everything of `public/`, `vendor/` (plotly), and a `.br` beside
//! each file that shrinks.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::fresh::{Stamp, hash_of};
use crate::paths::{files_below, root, site, target};
use crate::run::{cargo, program, run as run_program, timed};
use crate::{css, setup, split, tablet};

/// Everything the built files are made from.
pub const INPUTS: [&str; 14] = [
    ".cargo",
    "app",
    "crates",
    "style",
    "public",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "rust-toolchain.toml",
    "end2end/package-lock.json",
    "xtask/src/snip.rs",
    "xtask/src/split.rs",
    "xtask/src/tablet.rs",
    "xtask/src/web.rs",
];

/// plotly.js, pinned by `end2end/package-lock.json`; loaded when the first chart is looked at.
const PLOTLY: &str = "end2end/node_modules/plotly.js-basic-dist-min/plotly-basic.min.js";

/// Compresses every file it is given that shrinks; Node is there anyway and its brotli is the real one.
const COMPRESS: &str = r#"
const fs = require('fs'), zlib = require('zlib');
for (const name of process.argv.slice(1)) {
  const plain = fs.readFileSync(name);
  zlib.brotliCompress(plain, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: plain.length } },
    (error, small) => { if (error) throw error; if (small.length < plain.length) fs.writeFileSync(name + '.br', small); });
}"#;

/// `cargo xtask web`
pub fn run(_args: &[String]) -> Result<()> {
    setup::build_tools()?;
    build()
}

/// Whether the site was built from exactly these sources.
pub fn is_fresh() -> bool {
    site().join("index.html").is_file() && Stamp::new("web").is(&hash_of(&INPUTS))
}

/// Builds the site, unless it is fresh.
pub fn build() -> Result<()> {
    if is_fresh() {
        return Ok(());
    }
    // What changes while it builds makes the next run build again.
    let hash = hash_of(&INPUTS);
    timed(
        "the browser's half (first run: about 5 minutes; after a change: 1 to 2)",
        || {
            let dist = target().join("trunk");
            trunk(&dist)?;
            tablet::build(&without_paths()?)?;
            assemble(&dist)?;
            compress()
        },
    )?;
    Stamp::new("web").set(&hash)
}

fn trunk(dist: &Path) -> Result<()> {
    // Trunk builds offline, so that it never fetches tools; the crates must be there.
    run_program(cargo().args(["fetch", "--locked", "--quiet"]))?;
    let mut command = program("trunk");
    command
        .args(["build", "--release", "--offline", "--dist"])
        .arg(dist);
    // Trunk takes NO_COLOR for a flag of its own and refuses the value 1.
    command
        .env("PATH", setup::path())
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", without_paths()?)
        .env_remove("NO_COLOR");
    run_program(&mut command)
}

/// Compiler flags that cut the folders of whoever builds from the names of source files: they are in
/// what browsers get, and its bytes were others in every place it was built.
fn without_paths() -> Result<String> {
    let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(
        || Path::new(&std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        Into::into,
    );
    let mut folders = vec![root().to_path_buf()];
    for registry in std::fs::read_dir(cargo_home.join("registry/src"))? {
        folders.push(registry?.path());
    }
    let flags: Vec<String> = folders
        .iter()
        .map(|folder| format!("--remap-path-prefix={}/=", folder.display()))
        .collect();
    Ok(flags.join(" "))
}

fn assemble(dist: &Path) -> Result<()> {
    let site = site();
    if site.exists() {
        std::fs::remove_dir_all(&site)?;
    }
    copy_below(&root().join("public"), &site)?;
    copy_below(dist, &site.join("pkg"))?;
    let index = std::fs::read_to_string(dist.join("index.html")).context("Trunk wrote no index.html")?;
    std::fs::remove_file(site.join("pkg/index.html"))?;
    std::fs::write(site.join("index.html"), with_parts(&site.join("pkg"), &index)?)?;
    tablet::pack(&site.join("pkg"))?;
    for sheet in files_below(&site.join("pkg"))
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "css"))
    {
        std::fs::write(sheet, css::without_comments(&std::fs::read_to_string(sheet)?))?;
    }
    let vendor = site.join("vendor");
    std::fs::create_dir_all(&vendor)?;
    std::fs::copy(root().join(PLOTLY), vendor.join("plotly-basic.min.js"))
        .context("plotly.js is not installed")?;
    Ok(())
}

/// Puts the split client in the place of Trunk's whole one, and its names into the index.
fn with_parts(pkg: &Path, index: &str) -> Result<String> {
    let folder = split::split(pkg)?;
    let mut index = index.to_owned();
    for file in files_below(pkg) {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let ours = match file.extension().and_then(|end| end.to_str()) {
            Some("js") => format!("{folder}/client.js"),
            Some("wasm") => format!("{folder}/client_bg.wasm"),
            _ => continue,
        };
        if file.parent() == Some(pkg) {
            index = index.replace(&format!("/pkg/{name}"), &format!("/pkg/{ours}"));
            std::fs::remove_file(&file)?;
        }
    }
    Ok(index)
}

fn copy_below(from: &Path, to: &Path) -> Result<()> {
    for file in files_below(from) {
        let target = to.join(file.strip_prefix(from)?);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(&file, &target)?;
    }
    Ok(())
}

fn compress() -> Result<()> {
    let shrinks = |file: &Path| {
        let end = file.extension().and_then(|end| end.to_str()).unwrap_or_default();
        matches!(
            end,
            "js" | "mjs" | "css" | "wasm" | "svg" | "html" | "json" | "webmanifest" | "txt"
        )
    };
    let files: Vec<_> = files_below(&site())
        .into_iter()
        .filter(|file| shrinks(file))
        .collect();
    run_program(program("node").args(["-e", COMPRESS]).args(files))
}

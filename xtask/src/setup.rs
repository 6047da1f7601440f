//! What building and testing need, installed once: from the package registries and nowhere else.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::fresh::{Stamp, hash_of};
use crate::paths::{root, target};
use crate::run::{cargo, output, program, run as run_program, timed, version};

const TRUNK: &str = "0.21.14";
const WASM: &str = "wasm32-unknown-unknown";

/// Something only the machine's owner can install: xtask ends with exit code 3.
#[derive(Debug)]
pub struct Missing(String);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// `cargo xtask setup`
pub fn run(_args: &[String]) -> Result<()> {
    build_tools()?;
    test_tools()
}

/// What the browser's half is built with.
pub fn build_tools() -> Result<()> {
    wasm_target()?;
    npm_packages()?;
    let bindgen = bindgen_version()?;
    if !has("trunk", TRUNK) {
        let why = "Trunk packs the browser's half (first run only: 3 to 6 minutes)";
        timed(why, || install("trunk", TRUNK, &["--locked"]))?;
    }
    if !has("wasm-bindgen", &bindgen) {
        let why = "wasm-bindgen joins WebAssembly and JavaScript (first run only: about 2 minutes)";
        timed(why, || install("wasm-bindgen-cli", &bindgen, &[]))?;
    }
    Ok(())
}

/// What the tests need beyond that: a real browser and a real broker.
pub fn test_tools() -> Result<()> {
    let wanted = [
        ("chromium", "chromium"),
        ("mosquitto", "mosquitto"),
        ("mosquitto_pub", "mosquitto-clients"),
    ];
    let missing: Vec<&str> = wanted
        .into_iter()
        .filter(|(binary, _)| find(binary).is_none())
        .map(|(_, package)| package)
        .collect();
    debian(&missing)?;
    promtool()
}

fn debian(missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let advice = format!(
        "the tests need {list}: install with `apt-get install {list}` (as root), or run only the steps that do without: `cargo xtask test fmt tidy lint`"
    );
    if find("apt-get").is_none() || output(program("id").arg("-u"))?.trim() != "0" {
        bail!(Missing(advice));
    }
    timed(
        &format!("Debian packages {list} (first run only: about 1 minute)"),
        || {
            let apt = || {
                let mut apt = program("apt-get");
                apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
                apt
            };
            run_program(apt().arg("update"))?;
            run_program(
                apt()
                    .args(["install", "-y", "--no-install-recommends"])
                    .args(missing),
            )
        },
    )
    .map_err(|error| anyhow::Error::new(Missing(format!("{error:#}; {advice}"))))
}

/// What checks the figures for monitoring, out of Debian's package of Prometheus: only the program, because
/// the package itself would start a server on this machine.
fn promtool() -> Result<()> {
    if find("promtool").is_some() {
        return Ok(());
    }
    let advice = "the tests need promtool: install Debian's package `prometheus` (as root), or put promtool on the path";
    let is_root = || anyhow::Ok(output(program("id").arg("-u"))?.trim() == "0");
    if find("apt-get").is_none() || find("dpkg-deb").is_none() || !is_root()? {
        bail!(Missing(advice.to_owned()));
    }
    let fetch = || {
        let folder = tools().join("prometheus");
        std::fs::create_dir_all(&folder)?;
        std::fs::create_dir_all(tools().join("bin"))?;
        let download = || {
            let mut apt = program("apt-get");
            apt.current_dir(&folder);
            apt.args(["-qq", "-o", "APT::Sandbox::User=root", "download", "prometheus"]);
            run_program(&mut apt)
        };
        if download().is_err() {
            run_program(program("apt-get").args(["-qq", "update"]))?;
            download()?;
        }
        let is_package = |path: &PathBuf| path.extension().is_some_and(|end| end == "deb");
        let mut files = std::fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path()));
        let package = files.find(is_package).context("apt-get downloaded no package")?;
        run_program(program("dpkg-deb").arg("--extract").arg(&package).arg(&folder))?;
        std::fs::rename(folder.join("usr/bin/promtool"), tools().join("bin/promtool"))?;
        std::fs::remove_dir_all(&folder)?;
        Ok(())
    };
    timed(
        "promtool from Debian's package prometheus (first run only: about 10 s)",
        fetch,
    )
    .map_err(|error| anyhow::Error::new(Missing(format!("{error:#}; {advice}"))))
}

/// `PATH` with our tools in front.
pub fn path() -> std::ffi::OsString {
    #[allow(clippy::disallowed_methods, reason = "the variable is the shell's")]
    let old = std::env::var_os("PATH").unwrap_or_default();
    let ours = [tools().join("bin"), root().join("end2end/node_modules/.bin")];
    std::env::join_paths(ours.into_iter().chain(std::env::split_paths(&old))).unwrap_or(old)
}

/// A program on that path, or where Debian keeps servers.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = path();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn tools() -> PathBuf {
    target().join("tools")
}

fn wasm_target() -> Result<()> {
    let libdir = output(program("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if PathBuf::from(libdir.trim()).is_dir() {
        return Ok(());
    }
    timed("Rust's WebAssembly target", || {
        run_program(program("rustup").args(["target", "add", WASM]))
    })
}

fn npm_packages() -> Result<()> {
    let hash = hash_of(&["end2end/package.json", "end2end/package-lock.json"]);
    let stamp = Stamp::new("npm");
    if stamp.is(&hash) && root().join("end2end/node_modules").is_dir() {
        return Ok(());
    }
    timed(
        "npm packages: plotly.js, wasm-opt, Playwright's library (about 20 s)",
        || {
            // The browser is Debian's; Playwright's own is a download from elsewhere.
            let install = [
                "ci",
                "--prefix",
                "end2end",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ];
            run_program(
                program("npm")
                    .args(install)
                    .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
            )
            .context("Node 20 or later is needed")?;
            stamp.set(&hash)
        },
    )
}

/// The CLI must be of exactly the library's version.
fn bindgen_version() -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock cannot be read")?;
    let mut lines = lock.lines().skip_while(|line| *line != "name = \"wasm-bindgen\"");
    let version = lines
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    Ok(version.context("Cargo.lock names no wasm-bindgen")?.to_owned())
}

fn has(name: &str, wanted: &str) -> bool {
    find(name)
        .and_then(version)
        .is_some_and(|line| line.split_whitespace().any(|word| word == wanted))
}

/// Builds a tool once, quick to build before quick to run.
fn install(package: &str, version: &str, more: &[&str]) -> Result<()> {
    let build = target().join("tools-build");
    let mut command = cargo();
    command
        .args(["install", package, "--version", &format!("={version}"), "--root"])
        .arg(tools())
        .args(more);
    command
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "none")
        .env("CARGO_TARGET_DIR", &build);
    run_program(&mut command)?;
    std::fs::remove_dir_all(&build).context("the tool's build directory cannot be removed")
}

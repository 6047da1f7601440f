//! Splits the client by its pages: what all of them need in one file, the rest in files that are fetched with a
//! page (`app/src/pages/split.rs` says which).
//!
//! Trunk cannot do it: the split needs the linker's relocations, which are gone after wasm-bindgen. So it is done
//! again here from Cargo's file: split, wasm-bindgen, wasm-opt. All of it goes into one folder named by its
//! contents, since the files name each other.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use wasm_encoder::{ExportKind, ExportSection, Module, RawSection};
use wasm_split_cli_support::{Options, transform};
use wasmparser::{ExternalKind, Parser, Payload};

use crate::fresh::Hash;
use crate::paths::{files_below, target};
use crate::run::{program, run};
use crate::setup;
use crate::snip::snip;

/// Which files a page needs beside the first, by the name of its part; for the server's preloads.
pub const PARTS: &str = "parts.json";

/// What Rust's compiler takes for granted of a browser; wasm-opt has to be told.
const FEATURES: [&str; 6] = [
    "bulk-memory",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// Small as brotli sees it: flat code is 1 % smaller after it than `-Oz` alone.
const PASSES: [&str; 6] = [
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--strip-debug",
    "--strip-producers",
];

/// Puts the split client below `pkg` and returns its folder's name.
pub fn split(pkg: &Path) -> Result<String> {
    let work = target().join("split");
    if work.exists() {
        std::fs::remove_dir_all(&work)?;
    }
    let (plain, out) = (work.join("plain"), work.join("out"));
    let parts = cut(&plain, &out)?;
    bind(&plain.join("client.wasm"), &out)?;
    for file in files_below(&out)
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "wasm"))
    {
        std::fs::write(file, snip(&std::fs::read(file)?)?)?;
        optimise(file)?;
    }
    std::fs::write(out.join(PARTS), serde_json::to_string(&parts)?)?;
    let mut hash = Hash::new();
    for file in files_below(&out) {
        hash.add(&std::fs::read(&file)?);
    }
    let name = format!("client-{}", hash.hex());
    let folder = pkg.join(&name);
    std::fs::rename(&out, &folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(name)
}

/// Cargo's file into one for all pages (in `plain`, for wasm-bindgen) and the parts (in `out`).
fn cut(plain: &Path, out: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    std::fs::create_dir_all(plain)?;
    let built = target().join("wasm32-unknown-unknown/wasm-release/client.wasm");
    let client = std::fs::read(&built).with_context(|| format!("{} was not built", built.display()))?;
    let main = plain.join("client.wasm");
    let mut options = Options::new(&client);
    options.output_dir = out;
    options.main_out_path = &main;
    options.main_module = "./client.js";
    let split = transform(options).map_err(|error| anyhow!("the client cannot be split: {error:#}"))?;
    Ok(sorted(split.prefetch_map))
}

fn sorted(map: HashMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    map.into_iter()
        .map(|(part, mut files)| {
            files.sort();
            (part, files)
        })
        .collect()
}

/// Makes `.wasm` and `.js` of Cargo's file for a page that loads all at once.
pub fn whole(built: &Path, name: &str, out: &Path) -> Result<()> {
    let mut bindgen = program(tool("wasm-bindgen")?);
    bindgen
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--no-demangle",
            "--out-name",
            name,
            "--out-dir",
        ])
        .arg(out)
        .arg(built);
    run(&mut bindgen)?;
    let file = out.join(format!("{name}_bg.wasm"));
    std::fs::write(&file, snip(&without_links(&std::fs::read(&file)?)?)?)?;
    optimise(&file)
}

/// A module without the linker's relocations: only the split needs them, and wasm-opt takes what has them for a file
/// that is still to be linked.
fn without_links(module: &[u8]) -> Result<Vec<u8>> {
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::CustomSection(custom) = &payload
            && (custom.name() == "linking" || custom.name().starts_with("reloc."))
        {
            continue;
        }
        if let Payload::ExportSection(exports) = &payload {
            let mut kept = ExportSection::new();
            for export in exports.clone() {
                let export = export?;
                // Pages of the office, which the split would look for: nothing here calls them.
                if !export.name.starts_with("__wasm_split_") {
                    kept.export(export.name, kind_of(export.kind), export.index);
                }
            }
            out.section(&kept);
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            let data = module.get(range).context("a section ends beyond its module")?;
            out.section(&RawSection { id, data });
        }
    }
    Ok(out.finish())
}

const fn kind_of(kind: ExternalKind) -> ExportKind {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        ExternalKind::Tag => ExportKind::Tag,
    }
}

fn bind(main: &Path, out: &Path) -> Result<()> {
    let mut bindgen = program(tool("wasm-bindgen")?);
    bindgen
        // The parts link to the first file by the linker's names.
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--keep-lld-exports",
            "--no-demangle",
        ])
        .args(["--out-name", "client", "--out-dir"])
        .arg(out)
        .arg(main);
    run(&mut bindgen)
}

fn optimise(file: &Path) -> Result<()> {
    let mut optimiser = program(tool("wasm-opt")?);
    optimiser
        .args(PASSES)
        .args(FEATURES.map(|feature| format!("--enable-{feature}")))
        .arg(file)
        .arg("-o")
        .arg(file);
    run(&mut optimiser)
}

fn tool(name: &str) -> Result<PathBuf> {
    setup::find(name).with_context(|| format!("{name} is not installed: run `cargo xtask setup`"))
}

//! The size gate: what a first view loads, as served. Budgets: `docs/benchmarks.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::paths::{files_below, root, shown, site};
use crate::split;

/// Brotli bytes of style, font, JavaScript and WebAssembly of a first view without a chart, and
/// what is kept free for its HTML (Playwright measures the whole).
///
/// The budget is that of a product with maintenance; the gate holds what was measured, so that it
/// cannot grow unseen.
const FIRST_VIEW_BUDGET: u64 = 400_000;
const FIRST_VIEW_BYTES: u64 = 358_000;
const HTML_BYTES: u64 = 16_000;

/// What the largest page loads in all, with its part of the client and a chart; the budget is 750,000.
const CHART_VIEW_BYTES: u64 = 870_000;

/// What a tablet keeps to begin without a network; the budget is 500,000. It is missed, because the pages of the
/// office are exported for the split and so stay in (`docs/benchmarks.md`).
const TABLET_BYTES: u64 = 790_000;

/// Checks the built site.
pub fn check() -> Result<()> {
    check_tablet()?;
    let first: Vec<PathBuf> = files_below(&site().join("pkg"))
        .into_iter()
        .filter(|path| !is_part(path) && !is_tablet(path))
        .chain(
            files_below(&site().join("fonts"))
                .into_iter()
                .filter(|path| path.to_string_lossy().contains("latin-var")),
        )
        .filter(|path| path.extension().is_some_and(|end| end != "br"))
        .collect();
    let mut sum = HTML_BYTES;
    for path in &first {
        let bytes = served_bytes(path);
        println!("  {:>9} bytes  {}", bytes, name(path));
        sum += bytes;
    }
    println!(
        "  {sum:>9} bytes  first view with {HTML_BYTES} for its HTML, of {FIRST_VIEW_BYTES} (budget {FIRST_VIEW_BUDGET})"
    );
    let part = largest_part()?;
    println!("  {part:>9} bytes  more for the page with the largest part");
    let chart = sum + part + served_bytes(&site().join("vendor/plotly-basic.min.js"));
    println!("  {chart:>9} bytes  that page with a chart, of {CHART_VIEW_BYTES}");
    if sum > FIRST_VIEW_BYTES {
        bail!(
            "the first view is {} bytes over its budget",
            sum - FIRST_VIEW_BYTES
        );
    }
    if chart > CHART_VIEW_BYTES {
        bail!(
            "a view with a chart is {} bytes over its budget",
            chart - CHART_VIEW_BYTES
        );
    }
    Ok(())
}

/// The tablet's program, the style sheet, the font, and what is kept free for its document.
fn check_tablet() -> Result<()> {
    let is_its = |path: &PathBuf| is_tablet(path) || path.extension().is_some_and(|end| end == "css");
    let pkg = files_below(&site().join("pkg"));
    let font = files_below(&site().join("fonts"));
    let font = font
        .into_iter()
        .filter(|path| path.to_string_lossy().contains("latin-var"));
    let kept = pkg.into_iter().filter(is_its).chain(font);
    let mut sum = HTML_BYTES;
    for path in kept.filter(|path| path.extension().is_some_and(|end| end != "br")) {
        let bytes = served_bytes(&path);
        println!("  {:>9} bytes  {}", bytes, name(&path));
        sum += bytes;
    }
    println!("  {sum:>9} bytes  the tablet with {HTML_BYTES} for its document, of {TABLET_BYTES}");
    if sum > TABLET_BYTES {
        bail!("the tablet is {} bytes over its budget", sum - TABLET_BYTES);
    }
    Ok(())
}

/// Whether it is of the tablet's program.
fn is_tablet(path: &Path) -> bool {
    path.parent()
        .and_then(Path::file_name)
        .is_some_and(|folder| folder.to_string_lossy().starts_with("crew-"))
}

/// The bytes of the heaviest part of the client.
fn largest_part() -> Result<u64> {
    let list = files_below(&site().join("pkg"))
        .into_iter()
        .find(|path| path.ends_with(split::PARTS))
        .context("the client has no list of its parts")?;
    let parts: BTreeMap<String, Vec<String>> = serde_json::from_str(&std::fs::read_to_string(&list)?)?;
    let bytes = |file: &String| served_bytes(&list.with_file_name(format!("{file}.wasm")));
    let heaviest = parts.values().map(|files| files.iter().map(bytes).sum()).max();
    heaviest.context("the client has no parts")
}

/// Whether it comes with some pages only.
fn is_part(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("split_") || name.starts_with("chunk_") || name.starts_with(split::PARTS)
}

fn served_bytes(path: &Path) -> u64 {
    let mut compressed = path.as_os_str().to_owned();
    compressed.push(".br");
    std::fs::metadata(Path::new(&compressed))
        .or_else(|_| std::fs::metadata(path))
        .map_or(0, |file| file.len())
}

fn name(path: &Path) -> String {
    path.strip_prefix(site())
        .map_or_else(|_| shown(&root().join(path)), |path| path.display().to_string())
}

//! The size gate: what a first view loads, as served. Budgets: `docs/benchmarks.md`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::paths::{files_below, root, shown, site};

/// Brotli bytes of style, font, JavaScript and WebAssembly of a first view without a chart, and
/// what is kept free for its HTML (Playwright measures the whole).
///
/// The budget is missed (docs/benchmarks.md says by how much). Until it is met this gate holds what
/// was measured, so that it cannot grow further unseen.
const FIRST_VIEW_BUDGET: u64 = 300_000;
const FIRST_VIEW_BYTES: u64 = 740_000;
const HTML_BYTES: u64 = 15_000;

/// What a page with a chart loads in all; the budget is 750,000.
const CHART_VIEW_BYTES: u64 = 1_070_000;

/// Checks the built site.
pub fn check() -> Result<()> {
    let first: Vec<PathBuf> = files_below(&site().join("pkg"))
        .into_iter()
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
    let chart = sum + served_bytes(&site().join("vendor/plotly-basic.min.js"));
    println!("  {chart:>9} bytes  with a chart, of {CHART_VIEW_BYTES}");
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

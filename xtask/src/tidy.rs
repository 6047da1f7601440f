//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! Each rule is a function from files to findings, with a test that shows it bites. An exception
//! stands in [`EXCEPTIONS`] with its reason, nowhere else.

use std::path::Path;

use anyhow::{Result, bail};

use crate::paths::{files_below, root, shown};

mod crates;
mod licence;
mod protocol;
mod text;
mod threats;

pub use crates::DOMAIN;

/// A broken rule: where, and what.
pub type Finding = String;

/// Files allowed to break a rule: path, rule, reason.
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

/// `cargo xtask tidy [--fix]`
pub fn run(args: &[String]) -> Result<()> {
    if args.iter().any(|arg| arg == "--fix") {
        protocol::fix()?;
    }
    check()
}

/// Every rule over the whole repository.
pub fn check() -> Result<()> {
    let mut findings = Vec::new();
    let mut count = 0;
    for path in files_below(&root()) {
        let name = shown(&path);
        if !is_source(&path) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        count += 1;
        for (rule, found) in text::rules(&name, &text) {
            if !EXCEPTIONS
                .iter()
                .any(|(path, excepted, _)| *path == name && *excepted == rule)
            {
                findings.push(format!("{name}: {found} [{rule}]"));
            }
        }
    }
    findings.extend(loose_styles());
    findings.extend(protocol::check());
    findings.extend(crates::check()?);
    findings.extend(threats::check()?);
    for finding in &findings {
        println!("  {finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    println!("  {count} files, nothing found");
    Ok(())
}

fn is_source(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    matches!(
        end,
        "rs" | "css"
            | "ts"
            | "js"
            | "mjs"
            | "html"
            | "toml"
            | "md"
            | "json"
            | "svg"
            | "webmanifest"
            | "service"
            | "sh"
    ) && path.file_name().is_none_or(|name| name != "package-lock.json")
}

/// Style sheets that no page gets.
fn loose_styles() -> Vec<Finding> {
    crate::css::left_out()
        .iter()
        .map(|path| {
            format!(
                "{}: no page gets it; name it in style/bundle.sh or move it beside its component [styles]",
                shown(path)
            )
        })
        .collect()
}

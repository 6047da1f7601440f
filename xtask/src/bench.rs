//! `cargo xtask bench`: how fast, beside a bare floor in the same run; writes `docs/benchmarks.md`.
//!
//! What is measured stands in `end2end/bench`, what it should be in [`paper`].

mod figures;
mod paper;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::paths::{gemba, root, shown, site, target};
use crate::run::{cargo, program, run as run_program, timed};
use crate::{dist, setup};

const PAPER: &str = "docs/benchmarks.md";
const RELEASE: &str = "release";

/// What was asked for.
#[derive(Debug, Default, PartialEq)]
struct Wanted {
    /// None: all.
    rows: Vec<String>,
    /// Short and once: to see that it works, not how fast.
    quick: bool,
    /// Measure what is built already.
    as_built: bool,
    /// Another than the release profile, for trying the bench itself.
    profile: Option<String>,
    /// Measure nothing: write the paper again from the last results.
    paper: bool,
    /// The folder of the peer harness, with its peers installed.
    peers: Option<PathBuf>,
}

impl Wanted {
    fn read(args: &[String]) -> Result<Self> {
        let mut wanted = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().with_context(|| format!("{arg} wants a value"));
            match arg.as_str() {
                "--quick" => wanted.quick = true,
                "--as-built" => wanted.as_built = true,
                "--paper" => wanted.paper = true,
                "--profile" => wanted.profile = Some(value()?.clone()),
                "--peers" => wanted.peers = Some(PathBuf::from(value()?)),
                row if !row.starts_with('-') => wanted.rows.push(row.to_owned()),
                _ => {
                    bail!(
                        "cargo xtask bench [ROW…] [--quick] [--as-built] [--paper] [--profile NAME] [--peers FOLDER]"
                    )
                }
            }
        }
        Ok(wanted)
    }

    fn profile(&self) -> &str {
        self.profile.as_deref().unwrap_or(RELEASE)
    }

    /// Whether its numbers are for the paper.
    fn is_whole(&self) -> bool {
        self.rows.is_empty() && !self.quick && self.profile() == RELEASE
    }
}

/// `cargo xtask bench [ROW…] [--quick] [--as-built] [--paper] [--profile NAME] [--peers FOLDER]`
pub fn run(args: &[String]) -> Result<()> {
    let wanted = Wanted::read(args)?;
    // Some rows only, or in haste, never stand in for a whole run.
    let file = if wanted.is_whole() {
        "results.json"
    } else {
        "some.json"
    };
    let file = target().join("bench").join(file);
    let outcome = if wanted.paper {
        Ok(())
    } else {
        setup::test_tools()?;
        if !wanted.as_built {
            build(&wanted)?;
        }
        let what = "measuring (all of it: about 15 minutes, with peers 20; Ctrl-C stops everything)";
        timed(what, || measure(&wanted, &file))
    };
    let text = std::fs::read_to_string(&file).with_context(|| format!("{} was not written", shown(&file)))?;
    let results: Value = serde_json::from_str(&text)?;
    let tables = paper::tables(&results);
    println!("\n{tables}");
    // What failed is told in the paper.
    if wanted.is_whole() {
        let path = root().join(PAPER);
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, paper::with_tables(&old, &tables)?)?;
        println!("{PAPER} is written.");
    }
    outcome
}

fn build(wanted: &Wanted) -> Result<()> {
    let profile = wanted.profile();
    if profile == RELEASE {
        dist::run(&[])?;
    } else {
        run_program(cargo().args(["build", "--profile", profile, "--locked", "--package", "server"]))?;
    }
    timed("the floor and the load", || {
        run_program(cargo().args([
            "build",
            "--profile",
            profile,
            "--locked",
            "--package",
            "xtask",
            "--examples",
        ]))
    })
}

fn measure(wanted: &Wanted, results: &Path) -> Result<()> {
    // Old results are not taken for new ones.
    std::fs::remove_file(results).ok();
    let profile = wanted.profile();
    let mut node = program("node");
    node.arg("end2end/bench/main.mjs");
    if profile == RELEASE {
        node.arg("--gemba").arg(target().join("dist/gemba"));
    } else {
        node.arg("--gemba").arg(gemba(profile)).arg("--site").arg(site());
    }
    node.arg("--programs")
        .arg(target().join(profile).join("examples"))
        .arg("--out")
        .arg(results);
    if wanted.quick {
        node.arg("--quick");
    }
    if !wanted.rows.is_empty() {
        node.args(["--rows", &wanted.rows.join(",")]);
    }
    if let Some(peers) = &wanted.peers {
        node.arg("--peers").arg(peers);
    }
    for (name, variable) in [("chromium", "CHROMIUM"), ("mosquitto", "MOSQUITTO")] {
        let found = setup::find(name).with_context(|| format!("there is no {name}"))?;
        node.env(variable, found);
    }
    run_program(&mut node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_run_is_for_the_paper() {
        for (args, whole) in [
            (&[][..], true),
            (&["--peers", "../shared/bench"], true),
            (&["--as-built"], true),
            (&["--quick"], false),
            (&["latency"], false),
            (&["--profile", "ci"], false),
        ] {
            let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
            let wanted = Wanted::read(&args).unwrap();
            assert_eq!(wanted.is_whole(), whole, "{args:?}");
        }
        assert!(Wanted::read(&["--slow".to_owned()]).is_err());
        assert!(Wanted::read(&["--peers".to_owned()]).is_err());
    }
}

//! `cargo xtask test`: every check, in the order in which failures are cheapest.
//!
//! `.ci/run` calls exactly this. It stops at the first step that fails.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::demo::PROFILE;
use crate::paths::{gemba, root, site};
use crate::run::{cargo, duration, program, run as run_program};
use crate::tidy::DOMAIN;
use crate::{demo, setup, size, tidy, web};

/// A step: its name, what it checks, and its code.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<()>,
}

const STEPS: [Step; 9] = [
    Step {
        name: "setup",
        about: "tools, packages, a real browser and a real broker",
        run: set_up,
    },
    Step {
        name: "fmt",
        about: "formatting",
        run: fmt,
    },
    Step {
        name: "tidy",
        about: "sizes, module docs, colours, dependencies, licences",
        run: tidy::check,
    },
    Step {
        name: "lint",
        about: "clippy, server and browser",
        run: lint,
    },
    Step {
        name: "pure",
        about: "the domain builds for WebAssembly",
        run: pure,
    },
    Step {
        name: "unit",
        about: "unit, property and integration tests",
        run: unit,
    },
    Step {
        name: "docs",
        about: "the domain's documentation",
        run: docs,
    },
    Step {
        name: "size",
        about: "bytes of a first view",
        run: web_and_size,
    },
    Step {
        name: "e2e",
        about: "end to end in Chromium",
        run: end_to_end,
    },
];

/// `cargo xtask test [STEP…]`
pub fn run(args: &[String]) -> Result<()> {
    if let Some(unknown) = args
        .iter()
        .find(|arg| STEPS.iter().all(|step| step.name != **arg))
    {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step {unknown}; there are {}", names.join(", "));
    }
    let chosen: Vec<&Step> = STEPS
        .iter()
        .filter(|step| args.is_empty() || args.iter().any(|arg| arg == step.name))
        .collect();
    let mut done: Vec<(&Step, Duration)> = Vec::new();
    let start = Instant::now();
    let mut failed = None;
    for step in &chosen {
        println!("\n━━ {}: {}", step.name, step.about);
        let begun = Instant::now();
        let result = (step.run)();
        done.push((step, begun.elapsed()));
        if let Err(error) = result {
            failed = Some(error.context(format!("step {} failed", step.name)));
            break;
        }
    }
    println!();
    for (at, (step, time)) in done.iter().enumerate() {
        let mark = if failed.is_some() && at + 1 == done.len() {
            "✗"
        } else {
            "✓"
        };
        println!("{mark} {:6} {:>12}  {}", step.name, duration(*time), step.about);
    }
    let not_run = chosen.len() - done.len();
    let failures = usize::from(failed.is_some());
    println!(
        "{} in all{}",
        duration(start.elapsed()),
        if not_run > 0 {
            format!(", {not_run} steps not run")
        } else {
            String::new()
        }
    );
    if let Some(error) = &failed {
        println!("{error:#}");
    }
    println!("{} passed, {failures} failed", done.len() - failures);
    failed.map_or(Ok(()), Err)
}

fn set_up() -> Result<()> {
    setup::build_tools()?;
    setup::test_tools()
}

fn fmt() -> Result<()> {
    run_program(cargo().args(["fmt", "--all", "--check"]))
}

/// Natively with `app` for the server (through `server`), then `app` for the browser; never both.
fn lint() -> Result<()> {
    let deny = ["--", "--deny", "warnings"];
    run_program(
        cargo()
            .args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--profile",
                PROFILE,
                "--locked",
            ])
            .args(deny),
    )?;
    let browser = [
        "--package",
        "app",
        "--features",
        "hydrate",
        "--target",
        "wasm32-unknown-unknown",
    ];
    run_program(
        cargo()
            .args(["clippy", "--profile", PROFILE, "--locked"])
            .args(browser)
            .args(deny),
    )
}

fn pure() -> Result<()> {
    let packages = DOMAIN.iter().flat_map(|name| ["--package", name]);
    run_program(
        cargo()
            .args([
                "check",
                "--profile",
                PROFILE,
                "--locked",
                "--target",
                "wasm32-unknown-unknown",
            ])
            .args(packages),
    )
}

fn unit() -> Result<()> {
    let sources = demo::Sources::of_tests()?;
    let promtool = setup::find("promtool").context("there is no promtool")?;
    run_program(cargo().env("PROMTOOL", promtool).args([
        "test",
        "--workspace",
        "--profile",
        PROFILE,
        "--locked",
        "--no-fail-fast",
    ]))?;
    sources.are_built()?;
    // A million updates of formulas against brute force; it fails at the first that differs.
    let brute_force = [
        "run",
        "--package",
        "formula",
        "--example",
        "incremental",
        "--locked",
    ];
    run_program(cargo().args(brute_force).args(["--profile", PROFILE]))
}

fn docs() -> Result<()> {
    let packages = DOMAIN.iter().flat_map(|name| ["--package", name]);
    let mut command = cargo();
    command
        .args([
            "doc",
            "--no-deps",
            "--document-private-items",
            "--profile",
            PROFILE,
            "--locked",
        ])
        .args(packages);
    run_program(command.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn web_and_size() -> Result<()> {
    setup::build_tools()?;
    web::build()?;
    size::check()
}

fn end_to_end() -> Result<()> {
    setup::build_tools()?;
    setup::test_tools()?;
    web::build()?;
    demo::server()?;
    playwright("tests", &[])
}

/// Runs a project of `end2end/playwright.config.ts` against the built server and site.
pub fn playwright(project: &str, args: &[String]) -> Result<()> {
    let chromium = setup::find("chromium").context("there is no chromium")?;
    let mosquitto = setup::find("mosquitto").context("there is no mosquitto")?;
    let mut command = program("npx");
    command.current_dir(root().join("end2end"));
    command
        .args(["playwright", "test", &format!("--project={project}")])
        .args(args);
    command
        .env("GEMBA_BIN", gemba(PROFILE))
        .env("GEMBA_SITE", site())
        .env("CHROMIUM", chromium)
        .env("MOSQUITTO", mosquitto);
    run_program(&mut command)
}

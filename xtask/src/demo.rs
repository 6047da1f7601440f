//! `cargo xtask demo`: from a fresh machine to a living plant.

use anyhow::Result;

use crate::fresh::{Stamp, hash_of};
use crate::paths::{gemba, site, target};
use crate::run::{cargo, program, run as run_program, timed};
use crate::{setup, web};

/// One profile for demo and tests, so that nothing is built twice.
pub const PROFILE: &str = "ci";

const SERVER_INPUTS: [&str; 10] = [
    ".cargo",
    "app",
    "connect",
    "crates",
    "packs",
    "server",
    "store",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
];

/// `cargo xtask demo [flags of gemba demo]`
pub fn run(args: &[String]) -> Result<()> {
    build()?;
    println!("Starting. Ctrl-C stops everything.");
    become_server(args)
}

/// Sets up and builds both halves.
pub fn build() -> Result<()> {
    if !gemba(PROFILE).is_file() {
        println!(
            "First run: sets up and builds everything, 15 to 20 minutes on two cores. Later runs take seconds."
        );
    }
    if !setup_is_fresh() {
        setup::build_tools()?;
    }
    web::build()?;
    server()
}

/// When the last build used these tools and packages, looking for them again is time lost.
fn setup_is_fresh() -> bool {
    web::is_fresh() && gemba(PROFILE).is_file()
}

/// Builds the server, unless it was built from exactly these sources.
pub fn server() -> Result<()> {
    let hash = hash_of(&SERVER_INPUTS);
    let stamp = Stamp::new("server");
    if stamp.is(&hash) && gemba(PROFILE).is_file() {
        return Ok(());
    }
    timed(
        "the server (first run: about 8 minutes; after a change: 1 or less)",
        || run_program(cargo().args(["build", "--profile", PROFILE, "--package", "server"])),
    )?;
    stamp.set(&hash)
}

/// The sources that a run of the tests builds the server from, and leaves where [`server`] would.
pub struct Sources(String);

impl Sources {
    /// Before the run: what was noted holds no longer.
    ///
    /// # Errors
    /// When the note cannot be written.
    pub fn of_tests() -> Result<Self> {
        Stamp::new("server").set("being built by the tests")?;
        Ok(Self(hash_of(&SERVER_INPUTS)))
    }

    /// After it: the server is built, and once is enough. It differs in nothing but features that only tests ask for
    /// of packages it is made of.
    ///
    /// # Errors
    /// When the note cannot be written.
    pub fn are_built(&self) -> Result<()> {
        Stamp::new("server").set(&self.0)
    }
}

/// The command that serves the demo plant from the built files.
pub fn command(args: &[String]) -> std::process::Command {
    let mut command = program(gemba(PROFILE));
    command.arg("demo").arg("--site").arg(site());
    if !args.iter().any(|arg| arg.starts_with("--data")) {
        command.arg("--data").arg(target().join("demo-data"));
    }
    command.args(args);
    command
}

/// Turns this process into the server, so that signals and the exit code are its own.
#[cfg(unix)]
fn become_server(args: &[String]) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    let error = command(args).exec();
    Err(anyhow::Error::new(error).context("gemba cannot be started"))
}

#[cfg(not(unix))]
fn become_server(args: &[String]) -> Result<()> {
    run_program(&mut command(args))
}

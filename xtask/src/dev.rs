//! `cargo xtask dev`: the demo, built and started again whenever a source changes.
//!
//! It looks at the sources twice a second; no watcher is as simple, and none misses less.

use std::process::Child;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::demo;
use crate::fresh::Hash;
use crate::paths::{files_below, root, shown};

const WATCHED: [&str; 8] = [
    "app", "connect", "crates", "packs", "public", "server", "store", "style",
];

/// `cargo xtask dev [flags of gemba demo]`
pub fn run(args: &[String]) -> Result<()> {
    let mut server: Option<Child> = None;
    let mut built = String::new();
    loop {
        let seen = state();
        if seen != built {
            built = seen;
            match demo::build() {
                Ok(()) => {
                    if let Some(old) = server.take() {
                        stop(old)?;
                    }
                    server = Some(demo::command(args).spawn().context("gemba cannot be started")?);
                }
                Err(error) => println!("{error:#}\nThe last good build goes on; waiting for a change."),
            }
        }
        #[allow(
            clippy::disallowed_methods,
            reason = "looking at files has no condition to wait for"
        )]
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Asks it to stop in order, and waits.
fn stop(mut server: Child) -> Result<()> {
    crate::run::program("kill")
        .args(["-TERM", &server.id().to_string()])
        .status()
        .context("kill cannot be started")?;
    server.wait()?;
    Ok(())
}

/// Names, sizes and times of all sources.
fn state() -> String {
    let mut hash = Hash::new();
    for file in WATCHED
        .iter()
        .flat_map(|folder| files_below(&root().join(folder)))
    {
        let Ok(meta) = file.metadata() else { continue };
        hash.add(shown(&file).as_bytes());
        hash.add(&meta.len().to_le_bytes());
        hash.add(format!("{:?}", meta.modified().ok()).as_bytes());
    }
    hash.hex()
}

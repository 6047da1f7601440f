//! `cargo xtask dist`: one self-contained release binary, web files inside.

use anyhow::{Context as _, Result};

use crate::paths::{gemba, shown, site, target};
use crate::run::{cargo, run as run_program, timed};
use crate::{setup, web};

/// `cargo xtask dist`
pub fn run(_args: &[String]) -> Result<()> {
    setup::build_tools()?;
    web::build()?;
    timed("the release binary (10 to 15 minutes)", || {
        // `server/build.rs` embeds the files of this directory.
        run_program(
            cargo()
                .args(["build", "--release", "--locked", "--package", "server"])
                .env("GEMBA_EMBED_SITE", site()),
        )
    })?;
    let dist = target().join("dist");
    std::fs::create_dir_all(&dist)?;
    let binary = dist.join("gemba");
    std::fs::copy(gemba("release"), &binary).context("the binary cannot be copied")?;
    println!("{}: {} MB", shown(&binary), binary.metadata()?.len() / 1_000_000);
    Ok(())
}

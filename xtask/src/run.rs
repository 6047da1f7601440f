//! Starting programs, with a word before and the time after.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Cargo, as it was called, in the repository.
pub fn cargo() -> Command {
    program("cargo")
}

/// A program, started in the repository.
pub fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(crate::paths::root());
    // Cargo's own variables of the `cargo xtask` around us would make the inner one rebuild.
    for name in [
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_PKG_NAME",
        "CARGO_PKG_VERSION",
        "CARGO_PKG_RUST_VERSION",
        "RUSTUP_TOOLCHAIN_SOURCE",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs to the end; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command
        .status()
        .with_context(|| format!("{} cannot be started", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs and returns what it printed; its errors go through.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} cannot be started", shown(command)))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", shown(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} printed no text", shown(command)))
}

/// What `program --version` prints, where there is such a program.
pub fn version(program: impl AsRef<std::ffi::OsStr>) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stderr(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Announces, runs and times a piece of work.
pub fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▸ {what} …");
    let start = Instant::now();
    let result = work()?;
    println!("✓ {what}: {}", duration(start.elapsed()));
    Ok(result)
}

/// A duration as people say it.
pub fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        secs => format!("{} min {:02} s", secs / 60, secs % 60),
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| {
            let word = word.to_string_lossy();
            let word = word.replace(&*crate::paths::root().to_string_lossy(), ".");
            if word.contains(' ') || word.contains('\n') {
                format!("'{}'", word.lines().next().unwrap_or_default())
            } else {
                word
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

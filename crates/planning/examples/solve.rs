//! Solves files of public benchmarks, as `gemba schedule solve` does:
//! `cargo run --release -p planning --example solve -- --format psplib --seconds 5 --out DIR FILE…`.

#![allow(clippy::print_stdout, reason = "a measurement for the shell")]
#![allow(clippy::disallowed_methods, reason = "it measures")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use planning::formats::Format;

fn main() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let (mut format, mut seconds, mut seed, mut out) = (Format::Psplib, 5.0, 1, None);
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--format" => format = value()?.parse()?,
            "--seconds" => seconds = value()?.parse().map_err(|error| format!("--seconds: {error}"))?,
            "--seed" => seed = value()?.parse().map_err(|error| format!("--seed: {error}"))?,
            "--out" => out = Some(PathBuf::from(value()?)),
            _ => files.push(PathBuf::from(arg)),
        }
    }
    for file in files {
        let shown = file.display();
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{shown}: {error}"))?;
        let begun = Instant::now();
        let cap = Duration::from_secs_f64(seconds);
        let mut best = (f64::INFINITY, 0.0);
        let solved = planning::solve(format, &text, seed, &mut |progress| {
            if progress.best < best.0 {
                best = (progress.best, begun.elapsed().as_secs_f64());
            }
            begun.elapsed() < cap
        });
        let solved = solved.map_err(|error| format!("{shown}: {error}"))?;
        let (progress, secs) = (solved.progress, begun.elapsed().as_secs_f64());
        let name = file.file_name().unwrap_or_default();
        println!(
            "{} {:.4} bound {:.4} tried {} in {secs:.2} s, last better at {:.2} s, {} breaches",
            name.display(),
            progress.best,
            progress.bound,
            progress.tried,
            best.1,
            solved.breaches.len()
        );
        if let Some(out) = &out {
            let to = out.join(name).with_extension("txt");
            std::fs::write(&to, solved.text).map_err(|error| format!("{}: {error}", to.display()))?;
        }
    }
    Ok(())
}

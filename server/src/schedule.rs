//! `gemba schedule solve`: a problem of a public benchmark, solved by the scheduler of the planner. A thin
//! edge: it reads flags, the clock and the file; the crate `planning` does the rest.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use planning::core::Progress;
use planning::formats::Format;

use crate::shell::unreadable;

/// What `gemba schedule` can do.
#[derive(Debug, Clone, Subcommand)]
pub enum ScheduleCommand {
    /// Solve a scheduling problem of a public benchmark; see docs/scheduling.md.
    Solve(SolveArgs),
}

/// Flags of `schedule solve`.
#[derive(Debug, Clone, Args)]
pub struct SolveArgs {
    /// What the file is: psplib (.sm), imopse (.def) or roadef (JSON).
    #[arg(long, value_name = "FORMAT")]
    pub format: Format,
    /// The problem.
    pub file: PathBuf,
    /// Seconds to search at most; a proven best ends it sooner.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60.0,
        allow_negative_numbers = true
    )]
    pub seconds: f64,
    /// The same seed and the same number of answers come to the same solution.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// File to write the solution to, in the format's own form [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What a problem came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// For standard output: the solution, where no file was named.
    pub out: String,
    /// For standard error: how good it is.
    pub err: String,
    /// Whether the solution breaks nothing.
    pub is_feasible: bool,
}

/// Solves; errors are texts that name the place.
pub fn solve(args: &SolveArgs) -> Result<Answer, String> {
    let cap = Duration::try_from_secs_f64(args.seconds).map_err(|error| {
        format!(
            "--seconds {}: {error}; write for example --seconds 60",
            args.seconds
        )
    })?;
    let begun = Instant::now();
    let text = std::fs::read_to_string(&args.file).map_err(|error| unreadable(&args.file, &error))?;
    let solved = planning::solve(args.format, &text, args.seed, &mut |_| begun.elapsed() < cap)
        .map_err(|error| format!("{}: {error}", args.file.display()))?;
    let mut err = summary(&solved.progress, begun.elapsed());
    for breach in &solved.breaches {
        err.push_str("\nnot kept: ");
        err.push_str(breach);
    }
    let out = match &args.out {
        Some(path) => {
            std::fs::write(path, &solved.text).map_err(|error| format!("{}: {error}", path.display()))?;
            String::new()
        }
        None => solved.text,
    };
    Ok(Answer {
        out,
        err,
        is_feasible: solved.breaches.is_empty(),
    })
}

/// In words: what it costs, what is proven, how long it took.
fn summary(progress: &Progress, took: Duration) -> String {
    let proven = if progress.is_proven() {
        "proven to be the best".to_owned()
    } else {
        match progress.gap() {
            Some(gap) => format!(
                "nothing below {} is possible, {:.2} % less",
                shown(progress.bound),
                100.0 * gap / (1.0 + gap)
            ),
            None => format!("nothing below {} is possible", shown(progress.bound)),
        }
    };
    format!(
        "{}: {proven}; {} answers in {:.1} s",
        shown(progress.best),
        progress.tried,
        took.as_secs_f64()
    )
}

/// Whole numbers without a fraction, others with four digits of it.
fn shown(cost: f64) -> String {
    if cost.fract() == 0.0 {
        format!("{cost}")
    } else {
        format!("{cost:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_what_is_proven() {
        let progress = |best, bound| Progress {
            best,
            bound,
            tried: 30,
        };
        let took = Duration::from_millis(1_500);
        for (progress, expect) in [
            (
                progress(43.0, 43.0),
                "43: proven to be the best; 30 answers in 1.5 s",
            ),
            (
                progress(50.0, 40.0),
                "50: nothing below 40 is possible, 20.00 % less; 30 answers in 1.5 s",
            ),
            (
                progress(2.5, 0.0),
                "2.5000: nothing below 0 is possible; 30 answers in 1.5 s",
            ),
        ] {
            assert_eq!(summary(&progress, took), expect);
        }
    }
}

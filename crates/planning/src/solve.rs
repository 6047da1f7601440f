//! `gemba schedule solve` as far as it is pure: a text in, a text out, and a caller who says when to stop.

use crate::core::{Progress, run};
use crate::formats::{Format, FormatError, imopse, psplib, roadef};
use crate::grid::{GridSearch, check_grid};
use crate::project::{check_project, check_staffed};

/// What a file came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Solved {
    /// The solution in the format's own form.
    pub text: String,
    /// How good it is.
    pub progress: Progress,
    /// What it breaks by the independent checker, in words; empty when nothing.
    pub breaches: Vec<String>,
}

/// Answers between two questions to the caller: some milliseconds of work.
const BUDGET: u32 = 200;
/// The same where an answer is one move.
const MOVES: u32 = 5_000;

/// Reads a problem, searches until it is proven solved or `go_on` says no, and writes the best found.
///
/// # Errors
/// What cannot be read, with its line.
pub fn solve(
    format: Format,
    text: &str,
    seed: u64,
    go_on: &mut dyn FnMut(&Progress) -> bool,
) -> Result<Solved, FormatError> {
    match format {
        Format::Psplib => {
            let mut search = psplib::read(text)?.search(seed);
            let progress = run(&mut search, BUDGET, go_on);
            let starts = &search.best().starts;
            Ok(Solved {
                text: psplib::write(starts),
                progress,
                breaches: said(&check_project(search.decoder().project(), starts)),
            })
        }
        Format::Imopse => {
            let definition = imopse::read(text)?;
            let mut search = definition.staffed.clone().search(seed);
            let progress = run(&mut search, BUDGET, go_on);
            let best = search.best();
            Ok(Solved {
                text: imopse::write(&definition, &best.starts, &best.modes),
                progress,
                breaches: said(&check_staffed(&definition.staffed, &best.starts, &best.modes)),
            })
        }
        Format::Roadef => {
            let mut search = GridSearch::new(roadef::read(text)?, seed);
            let mut progress = run(&mut search, MOVES, go_on);
            progress.best = search.objective().total;
            Ok(Solved {
                text: roadef::write(search.grid(), search.best()),
                progress,
                breaches: said(&check_grid(search.grid(), search.best())),
            })
        }
    }
}

fn said<B: std::fmt::Debug>(breaches: &[B]) -> Vec<String> {
    breaches.iter().map(|breach| format!("{breach:?}")).collect()
}

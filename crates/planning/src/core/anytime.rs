//! A search that has an answer at every moment, and the loop that drives one.

/// How far a search is. Costs are to be made small.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Progress {
    /// Cost of the best answer so far; infinite while there is none without a violation.
    pub best: f64,
    /// No answer costs less: proven.
    pub bound: f64,
    /// Answers tried.
    pub tried: u64,
}

impl Progress {
    /// Whether the best is proven to be one.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.best <= self.bound
    }

    /// How much the best may cost too much, as a share of the bound; 0.02 is two per cent. None
    /// without an answer or with a bound of nothing.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        (self.best.is_finite() && self.bound > 0.0).then(|| (self.best - self.bound).max(0.0) / self.bound)
    }
}

/// A search that can be stopped at any moment and goes on where it was.
///
/// With one seed it comes to the same whatever the budgets it is given in: nothing depends on a clock.
pub trait Anytime {
    /// Tries about `budget` answers, fewer when one is proven to be best.
    fn step(&mut self, budget: u32) -> Progress;
}

/// Lets a search work until its answer is proven or `go_on` says no. `go_on` is asked after each
/// `budget` answers and is where the caller's clock is.
pub fn run(search: &mut dyn Anytime, budget: u32, go_on: &mut dyn FnMut(&Progress) -> bool) -> Progress {
    loop {
        let progress = search.step(budget);
        if progress.is_proven() || !go_on(&progress) {
            return progress;
        }
    }
}

//! When a worse answer is taken on: simulated annealing in cycles.
//!
//! Kirkpatrick, Gelatt, Vecchi: *Optimization by simulated annealing*, Science 220 (1983). A search
//! that may be stopped at any moment cannot plan one long cooling; it cools in cycles, each twice as
//! long as the one before and a little hotter, so that at least a third of any run went into one slow
//! cooling.

use super::Rng;

/// The temperature of a search, in units of cost.
#[derive(Clone, Debug)]
pub struct Annealing {
    hot: f64,
    cold: f64,
    length: u64,
    at: u64,
    longest: u64,
    temperature: f64,
    /// No cycle begins hotter.
    hottest: f64,
}

/// How many times hotter the next cycle begins: what has longer to cool may begin hotter, and gets out of
/// where the shorter ones ended.
const HOTTER: f64 = 1.5;
/// How many times hotter than the first a cycle begins at most.
const HOTTEST: f64 = 20.0;

impl Annealing {
    /// Cools from `hot` to `cold` in `length` moves, then in twice as many, up to `longest`.
    #[must_use]
    pub fn new(hot: f64, cold: f64, length: u64, longest: u64) -> Self {
        Self {
            hot: hot.max(f64::MIN_POSITIVE),
            cold: cold.clamp(f64::MIN_POSITIVE, hot.max(f64::MIN_POSITIVE)),
            length: length.max(1),
            at: 0,
            longest,
            temperature: hot,
            hottest: hot.max(f64::MIN_POSITIVE) * HOTTEST,
        }
    }

    /// One move further; says whether a new cycle begins.
    pub fn cool(&mut self) -> bool {
        self.at += 1;
        let again = self.at >= self.length;
        if again {
            self.at = 0;
            self.length = (self.length * 2).min(self.longest.max(1));
            self.hot = (self.hot * HOTTER).min(self.hottest);
        }
        if again || self.at.is_multiple_of(64) {
            let done = self.at as f64 / self.length as f64;
            self.temperature = self.hot * (self.cold / self.hot).powf(done);
        }
        again
    }

    /// Whether a change of cost by `delta` is taken on.
    pub fn takes(&self, delta: f64, rng: &mut Rng) -> bool {
        delta <= 0.0 || rng.unit() < (-delta / self.temperature).exp()
    }

    /// The most that a change may cost to be taken on, drawn beforehand: what a search needs that
    /// gives up a move as soon as it is too dear.
    pub fn allowance(&self, rng: &mut Rng) -> f64 {
        -self.temperature * (1.0 - rng.unit()).ln()
    }
}

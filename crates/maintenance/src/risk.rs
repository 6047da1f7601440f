//! The 5 × 5 risk matrix: how likely, how bad, and what class that is (IEC 31010:2019, B.10.3, consequence and
//! likelihood matrix). The bands are a site's own to set; the ones here are a start.

use crate::order::event::Money;
use crate::words::words;

words! {
    /// How likely it is to fail before the work would be done.
    Likelihood {
        /// 1: it has not been seen.
        Rare = "rare",
        /// 2: not expected.
        Unlikely = "unlikely",
        /// 3: it may.
        Possible = "possible",
        /// 4: more likely than not.
        Likely = "likely",
        /// 5: expected.
        AlmostCertain = "almost_certain",
    }
}

words! {
    /// How bad it would be.
    Severity {
        /// 1: hardly noticed.
        Negligible = "negligible",
        /// 2: small.
        Minor = "minor",
        /// 3: felt.
        Moderate = "moderate",
        /// 4: large.
        Major = "major",
        /// 5: what the plant must never see.
        Severe = "severe",
    }
}

words! {
    /// What is to be done about it.
    Class {
        /// Accept it.
        Low = "low",
        /// Plan for it.
        Medium = "medium",
        /// Do it soon.
        High = "high",
        /// Do it now.
        Extreme = "extreme",
    }
}

/// A square of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Risk {
    /// How likely.
    pub likelihood: Likelihood,
    /// How bad.
    pub severity: Severity,
}

/// Where likelihoods, severities and classes begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Probabilities from which likelihoods 2 to 5 begin, rising.
    pub likely: [f64; 4],
    /// Costs from which severities 2 to 5 begin, rising.
    pub cost: [Money; 4],
    /// Scores from which medium, high and extreme begin, rising; a score is likelihood × severity, 1 to 25.
    pub classes: [u8; 3],
}

impl Default for Bands {
    fn default() -> Self {
        Self {
            likely: [0.01, 0.1, 0.33, 0.66],
            // 1 000, 10 000, 100 000 and a million of the currency.
            cost: [
                Money(100_000),
                Money(1_000_000),
                Money(10_000_000),
                Money(100_000_000),
            ],
            classes: [5, 10, 17],
        }
    }
}

fn step<T: Copy>(all: &[T], first: T, place: usize) -> T {
    all.get(place).copied().unwrap_or(first)
}

impl Bands {
    /// How likely a probability is; none when it is not one.
    #[must_use]
    pub fn likelihood(&self, probability: f64) -> Option<Likelihood> {
        if !(0.0..=1.0).contains(&probability) {
            return None;
        }
        let place = self.likely.iter().filter(|from| probability >= **from).count();
        Some(step(Likelihood::ALL, Likelihood::Rare, place))
    }

    /// How bad a cost is.
    #[must_use]
    pub fn severity(&self, cost: Money) -> Severity {
        let place = self.cost.iter().filter(|from| cost >= **from).count();
        step(Severity::ALL, Severity::Negligible, place)
    }

    /// What class a risk is.
    #[must_use]
    pub fn class(&self, risk: Risk) -> Class {
        let place = self.classes.iter().filter(|from| risk.score() >= **from).count();
        step(Class::ALL, Class::Low, place)
    }
}

impl Risk {
    /// Likelihood × severity, each from 1 to 5.
    #[must_use]
    pub const fn score(self) -> u8 {
        (self.likelihood as u8 + 1) * (self.severity as u8 + 1)
    }
}

/// What stands in each square.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<T> {
    squares: [[Vec<T>; 5]; 5],
}

impl<T> Matrix<T> {
    /// Each thing in its square, in the order given.
    #[must_use]
    pub fn of(things: impl IntoIterator<Item = (Risk, T)>) -> Self {
        let mut squares: [[Vec<T>; 5]; 5] = std::array::from_fn(|_| std::array::from_fn(|_| Vec::new()));
        for (risk, thing) in things {
            let row = squares.get_mut(risk.likelihood as usize);
            if let Some(square) = row.and_then(|row| row.get_mut(risk.severity as usize)) {
                square.push(thing);
            }
        }
        Self { squares }
    }

    /// What stands in a square.
    #[must_use]
    pub fn at(&self, risk: Risk) -> &[T] {
        let row = self.squares.get(risk.likelihood as usize);
        row.and_then(|row| row.get(risk.severity as usize))
            .map_or(&[], Vec::as_slice)
    }
}

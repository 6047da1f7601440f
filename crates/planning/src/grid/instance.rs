//! An instance of the grid problem. Steps are numbered from 0.

use thiserror::Error;

use crate::core::Row;

/// A team or other resource with a least and a most of work at every step.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// The least work at each step.
    pub least: Vec<f64>,
    /// The most work at each step.
    pub most: Vec<f64>,
}

/// What an intervention comes to when it starts at one step.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Slot {
    /// How many steps it takes.
    pub length: usize,
    /// Team, step and work, where there is some.
    pub work: Vec<(usize, usize, f64)>,
    /// For each of its steps the risk in each scenario of that step.
    pub risk: Vec<Vec<f64>>,
}

/// Something to be done once.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Intervention {
    /// Its name.
    pub name: String,
    /// What it comes to for each step at which it may start: the first `slots.len()`.
    pub slots: Vec<Slot>,
}

/// Two interventions that must not run at the same time in a season.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exclusion {
    /// Its name.
    pub name: String,
    /// The two.
    pub pair: (usize, usize),
    /// For each step whether it is in the season.
    pub season: Vec<bool>,
}

/// The whole instance.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Grid {
    /// How many steps.
    pub steps: usize,
    /// How many scenarios each step has.
    pub scenarios: Vec<usize>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Interventions.
    pub interventions: Vec<Intervention>,
    /// Exclusions.
    pub exclusions: Vec<Exclusion>,
    /// Which quantile of the scenarios is bad: above 0, up to 1.
    pub quantile: f64,
    /// Weight of the mean against the excess: 0 to 1.
    pub alpha: f64,
}

/// Why an instance cannot be scheduled.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum GridError {
    /// It may start nowhere, or would end after the last step wherever it starts.
    #[error("{0} can start at no step: wherever it does, it ends after the last one")]
    Nowhere(String),
    /// Numbers for steps are missing, or for scenarios.
    #[error("{name}: {what}")]
    Uneven {
        /// Of whom.
        name: String,
        /// What is missing.
        what: String,
    },
    /// A share out of bounds.
    #[error("{0} must lie between 0 and 1")]
    Share(&'static str),
}

impl Grid {
    /// Which of the sorted scenarios of a step is the quantile, from 0.
    #[must_use]
    pub fn quantile_place(&self, step: usize) -> usize {
        let count = self.scenarios.get(step).copied().unwrap_or(0);
        ((count as f64 * self.quantile).ceil() as usize).clamp(1, count.max(1)) - 1
    }

    /// What an intervention comes to at a start.
    #[must_use]
    pub fn slot(&self, intervention: usize, start: usize) -> Option<&Slot> {
        self.interventions.get(intervention)?.slots.get(start)
    }

    /// Cuts off starts that end too late, and checks that everything is there.
    ///
    /// # Errors
    /// What is missing, by name.
    pub fn checked(mut self) -> Result<Self, GridError> {
        if !(0.0..=1.0).contains(&self.alpha) {
            return Err(GridError::Share("Alpha"));
        }
        if !(0.0..=1.0).contains(&self.quantile) {
            return Err(GridError::Share("Quantile"));
        }
        let uneven = |name: &str, what: String| GridError::Uneven {
            name: name.to_owned(),
            what,
        };
        if self.scenarios.len() != self.steps {
            return Err(uneven(
                "Scenarios_number",
                format!("{} steps expected", self.steps),
            ));
        }
        for team in &self.teams {
            if team.least.len() != self.steps || team.most.len() != self.steps {
                return Err(uneven(
                    &team.name,
                    format!("min and max for {} steps expected", self.steps),
                ));
            }
        }
        for intervention in &mut self.interventions {
            let too_late = |(start, slot): (usize, &Slot)| start + slot.length > self.steps;
            if let Some(end) = intervention.slots.iter().enumerate().position(too_late) {
                intervention.slots.truncate(end);
            }
            if intervention.slots.is_empty() {
                return Err(GridError::Nowhere(intervention.name.clone()));
            }
            for (start, slot) in intervention.slots.iter().enumerate() {
                for offset in 0..slot.length {
                    let expected = self.scenarios.get(start + offset).copied().unwrap_or(0);
                    let found = slot.risk.row(offset).len();
                    if found != expected {
                        let (start, step) = (start + 1, start + offset + 1);
                        let what = format!(
                            "{found} risks at step {step} when started at {start}, {expected} scenarios"
                        );
                        return Err(uneven(&intervention.name, what));
                    }
                }
            }
        }
        Ok(self)
    }
}

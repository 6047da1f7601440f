//! Job plans: how a kind of work is done. An order carries a copy, so that a plan that changes later changes
//! nothing that is under way.

use twin::PointId;

use crate::id::{JobPlanId, PartId, StepId};

use super::event::Answer;

/// Most steps of one job: longer lists are not followed.
pub const MOST_STEPS: usize = 40;

/// How a kind of work is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// The job plan it was copied from.
    pub from: Option<JobPlanId>,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// Who is needed, and for how long.
    pub labour: Vec<Labour>,
    /// What is needed from stock.
    pub parts: Vec<NeededPart>,
    /// Permits that must be given before it starts.
    pub permits: Vec<Box<str>>,
    /// Where energy is locked out before it starts.
    pub locks: Vec<Lock>,
    /// Whether the equipment must stand still.
    pub needs_stop: bool,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which, within the job.
    pub id: StepId,
    /// What to do.
    pub text: Box<str>,
    /// What comes out.
    pub kind: StepKind,
    /// Whether the work is not done without it.
    pub is_required: bool,
}

/// What comes out of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// It was done.
    Check,
    /// A value.
    Reading {
        /// In which unit, as a UCUM code.
        unit: Box<str>,
        /// What is normal; beyond it the tablet asks, and never refuses.
        low: Option<f64>,
        /// What is normal.
        high: Option<f64>,
        /// The point whose reading it becomes.
        point: Option<PointId>,
    },
    /// A photo.
    Photo,
    /// One of several.
    Choice(Vec<Box<str>>),
    /// A signature.
    Signature,
}

/// Who is needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Labour {
    /// The craft.
    pub craft: Box<str>,
    /// A qualification they must have.
    pub qualification: Option<Box<str>>,
    /// How many at once.
    pub people: u16,
    /// Hours of each.
    pub hours: f64,
}

/// What is needed from stock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NeededPart {
    /// Which part.
    pub part: PartId,
    /// How many, in its unit.
    pub quantity: f64,
}

/// Where energy is locked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Where, in words.
    pub at: Box<str>,
    /// Which energy: electrical, pressure, heat.
    pub energy: Box<str>,
}

/// Why a job cannot be worked by.
#[derive(Clone, Debug, PartialEq)]
pub enum BadJob {
    /// More steps than [`MOST_STEPS`].
    TooLong(usize),
    /// Two steps with one id.
    Twice(StepId),
    /// A step without words.
    NoText(StepId),
    /// A choice of fewer than two.
    NoChoice(StepId),
    /// A normal range that is upside down or not finite.
    BadRange(StepId),
    /// Hours or quantities that are negative or not finite.
    BadAmount,
}

impl Job {
    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// All hours of all people.
    #[must_use]
    pub fn hours(&self) -> f64 {
        self.labour
            .iter()
            .map(|one| f64::from(one.people) * one.hours)
            .sum()
    }

    /// Whether it can be worked by.
    ///
    /// # Errors
    /// Says the first thing that is wrong.
    pub fn check(&self) -> Result<(), BadJob> {
        if self.steps.len() > MOST_STEPS {
            return Err(BadJob::TooLong(self.steps.len()));
        }
        for (place, step) in self.steps.iter().enumerate() {
            if self.steps.iter().take(place).any(|one| one.id == step.id) {
                return Err(BadJob::Twice(step.id));
            }
            step.check()?;
        }
        let is_amount = |number: f64| number.is_finite() && number >= 0.0;
        let fine = self.labour.iter().all(|one| is_amount(one.hours))
            && self.parts.iter().all(|one| is_amount(one.quantity));
        if fine { Ok(()) } else { Err(BadJob::BadAmount) }
    }
}

impl Step {
    fn check(&self) -> Result<(), BadJob> {
        if self.text.trim().is_empty() {
            return Err(BadJob::NoText(self.id));
        }
        match &self.kind {
            StepKind::Choice(choices) if choices.len() < 2 => Err(BadJob::NoChoice(self.id)),
            StepKind::Reading { low, high, .. } => {
                let finite = [low, high].into_iter().flatten().all(|limit| limit.is_finite());
                let upside_down = low.zip(*high).is_some_and(|(low, high)| low > high);
                if finite && !upside_down {
                    Ok(())
                } else {
                    Err(BadJob::BadRange(self.id))
                }
            }
            StepKind::Check | StepKind::Photo | StepKind::Choice(_) | StepKind::Signature => Ok(()),
        }
    }

    /// Whether this kind of answer fits this kind of step.
    #[must_use]
    pub fn takes(&self, answer: &Answer) -> bool {
        match (&self.kind, answer) {
            (StepKind::Check, Answer::Checked)
            | (StepKind::Photo, Answer::Photo(_))
            | (StepKind::Signature, Answer::Signed(_))
            | (_, Answer::Skipped(_)) => true,
            (StepKind::Reading { .. }, Answer::Read { value, .. }) => value.is_finite(),
            (StepKind::Choice(choices), Answer::Chosen(place)) => usize::from(*place) < choices.len(),
            _ => false,
        }
    }

    /// Whether a value read is within what is normal; none for other kinds.
    #[must_use]
    pub fn is_normal(&self, value: f64) -> Option<bool> {
        match &self.kind {
            StepKind::Reading { low, high, .. } => {
                Some(low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high))
            }
            StepKind::Check | StepKind::Photo | StepKind::Choice(_) | StepKind::Signature => None,
        }
    }
}

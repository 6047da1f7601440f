//! The serialised form of a job.

use serde::{Deserialize, Serialize};
use twin::PointId;

use crate::id::{JobPlanId, PartId, StepId};
use crate::order::job::{Job, Labour, Lock, NeededPart, Step, StepKind};

/// How an order is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobForm {
    from: Option<u32>,
    steps: Vec<StepForm>,
    labour: Vec<LabourForm>,
    parts: Vec<(u32, f64)>,
    permits: Vec<Box<str>>,
    locks: Vec<LockForm>,
    needs_stop: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepForm {
    id: u32,
    text: Box<str>,
    kind: StepKindForm,
    is_required: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StepKindForm {
    Check,
    Reading {
        unit: Box<str>,
        low: Option<f64>,
        high: Option<f64>,
        point: Option<u32>,
    },
    Photo,
    Choice(Vec<Box<str>>),
    Signature,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabourForm {
    craft: Box<str>,
    qualification: Option<Box<str>>,
    people: u16,
    hours: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockForm {
    at: Box<str>,
    energy: Box<str>,
}

impl From<&Job> for JobForm {
    fn from(job: &Job) -> Self {
        Self {
            from: job.from.map(JobPlanId::get),
            steps: job.steps.iter().map(StepForm::from).collect(),
            labour: job.labour.iter().map(LabourForm::from).collect(),
            parts: job
                .parts
                .iter()
                .map(|part| (part.part.get(), part.quantity))
                .collect(),
            permits: job.permits.clone(),
            locks: job
                .locks
                .iter()
                .map(|lock| LockForm {
                    at: lock.at.clone(),
                    energy: lock.energy.clone(),
                })
                .collect(),
            needs_stop: job.needs_stop,
        }
    }
}

impl From<JobForm> for Job {
    fn from(form: JobForm) -> Self {
        let part = |(part, quantity)| NeededPart {
            part: PartId::new(part),
            quantity,
        };
        Self {
            from: form.from.map(JobPlanId::new),
            steps: form.steps.into_iter().map(Step::from).collect(),
            labour: form.labour.into_iter().map(Labour::from).collect(),
            parts: form.parts.into_iter().map(part).collect(),
            permits: form.permits,
            locks: form
                .locks
                .into_iter()
                .map(|lock| Lock {
                    at: lock.at,
                    energy: lock.energy,
                })
                .collect(),
            needs_stop: form.needs_stop,
        }
    }
}

impl From<&Step> for StepForm {
    fn from(step: &Step) -> Self {
        Self {
            id: step.id.get(),
            text: step.text.clone(),
            kind: match &step.kind {
                StepKind::Check => StepKindForm::Check,
                StepKind::Reading {
                    unit,
                    low,
                    high,
                    point,
                } => StepKindForm::Reading {
                    unit: unit.clone(),
                    low: *low,
                    high: *high,
                    point: point.map(PointId::get),
                },
                StepKind::Photo => StepKindForm::Photo,
                StepKind::Choice(choices) => StepKindForm::Choice(choices.clone()),
                StepKind::Signature => StepKindForm::Signature,
            },
            is_required: step.is_required,
        }
    }
}

impl From<StepForm> for Step {
    fn from(form: StepForm) -> Self {
        Self {
            id: StepId::new(form.id),
            text: form.text,
            kind: match form.kind {
                StepKindForm::Check => StepKind::Check,
                StepKindForm::Reading {
                    unit,
                    low,
                    high,
                    point,
                } => StepKind::Reading {
                    unit,
                    low,
                    high,
                    point: point.map(PointId::new),
                },
                StepKindForm::Photo => StepKind::Photo,
                StepKindForm::Choice(choices) => StepKind::Choice(choices),
                StepKindForm::Signature => StepKind::Signature,
            },
            is_required: form.is_required,
        }
    }
}

impl From<&Labour> for LabourForm {
    fn from(labour: &Labour) -> Self {
        Self {
            craft: labour.craft.clone(),
            qualification: labour.qualification.clone(),
            people: labour.people,
            hours: labour.hours,
        }
    }
}

impl From<LabourForm> for Labour {
    fn from(form: LabourForm) -> Self {
        Self {
            craft: form.craft,
            qualification: form.qualification,
            people: form.people,
            hours: form.hours,
        }
    }
}

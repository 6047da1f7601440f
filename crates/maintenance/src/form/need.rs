//! The serialised form of evidence.

use serde::{Deserialize, Serialize};
use twin::{LimitKind, PointId, Quality};

use crate::id::PlanId;
use crate::need::Evidence;
use crate::trend::Reaches;

use super::{BadForm, hash, hash_form, time, word};

/// What a reason rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EvidenceForm {
    /// A value.
    #[allow(missing_docs, reason = "as in the domain")]
    Value {
        point: u32,
        at: i64,
        value: f64,
        quality: Box<str>,
    },
    /// A value beyond a limit.
    #[allow(missing_docs, reason = "as in the domain")]
    Beyond {
        point: u32,
        since: i64,
        kind: Box<str>,
        limit: f64,
    },
    /// A line through readings.
    #[allow(missing_docs, reason = "as in the domain")]
    Trend {
        point: u32,
        limit: f64,
        earliest: i64,
        likely: i64,
        latest: Option<i64>,
        slope: f64,
        slopes: (f64, f64),
        scatter: f64,
        count: usize,
    },
    /// A plan's date.
    #[allow(missing_docs, reason = "as in the domain")]
    Due { plan: u32, at: i64 },
    /// Somebody's words.
    #[allow(missing_docs, reason = "as in the domain")]
    Words { at: i64, text: Box<str> },
    /// A file, by its hash.
    File(String),
}

const fn quality_word(quality: Quality) -> &'static str {
    match quality {
        Quality::Good => "good",
        Quality::Uncertain => "uncertain",
        Quality::Bad => "bad",
    }
}

fn quality_of(text: &str) -> Option<Quality> {
    let all = [Quality::Good, Quality::Uncertain, Quality::Bad];
    all.into_iter().find(|one| quality_word(*one) == text)
}

const fn limit_word(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::LowLow => "low_low",
        LimitKind::Low => "low",
        LimitKind::High => "high",
        LimitKind::HighHigh => "high_high",
    }
}

fn limit_of(text: &str) -> Option<LimitKind> {
    let all = [
        LimitKind::LowLow,
        LimitKind::Low,
        LimitKind::High,
        LimitKind::HighHigh,
    ];
    all.into_iter().find(|one| limit_word(*one) == text)
}

impl From<&Evidence> for EvidenceForm {
    fn from(evidence: &Evidence) -> Self {
        match evidence {
            Evidence::Value {
                point,
                at,
                value,
                quality,
            } => Self::Value {
                point: point.get(),
                at: at.micros(),
                value: *value,
                quality: quality_word(*quality).into(),
            },
            Evidence::Beyond {
                point,
                since,
                kind,
                limit,
            } => Self::Beyond {
                point: point.get(),
                since: since.micros(),
                kind: limit_word(*kind).into(),
                limit: *limit,
            },
            Evidence::Trend {
                point,
                limit,
                reaches,
            } => Self::Trend {
                point: point.get(),
                limit: *limit,
                earliest: reaches.earliest.micros(),
                likely: reaches.likely.micros(),
                latest: reaches.latest.map(twin::Timestamp::micros),
                slope: reaches.slope,
                slopes: reaches.slopes,
                scatter: reaches.scatter,
                count: reaches.count,
            },
            Evidence::Due { plan, at } => Self::Due {
                plan: plan.get(),
                at: at.micros(),
            },
            Evidence::Words { at, text } => Self::Words {
                at: at.micros(),
                text: text.clone(),
            },
            Evidence::File(hash) => Self::File(hash_form(hash)),
        }
    }
}

impl TryFrom<EvidenceForm> for Evidence {
    type Error = BadForm;

    fn try_from(form: EvidenceForm) -> Result<Self, BadForm> {
        Ok(match form {
            EvidenceForm::Value {
                point,
                at,
                value,
                quality,
            } => Self::Value {
                point: PointId::new(point),
                at: time(at),
                value,
                quality: word("quality", &quality, quality_of)?,
            },
            EvidenceForm::Beyond {
                point,
                since,
                kind,
                limit,
            } => Self::Beyond {
                point: PointId::new(point),
                since: time(since),
                kind: word("kind", &kind, limit_of)?,
                limit,
            },
            EvidenceForm::Trend {
                point,
                limit,
                earliest,
                likely,
                latest,
                slope,
                slopes,
                scatter,
                count,
            } => Self::Trend {
                point: PointId::new(point),
                limit,
                reaches: Reaches {
                    earliest: time(earliest),
                    likely: time(likely),
                    latest: latest.map(time),
                    slope,
                    slopes,
                    scatter,
                    count,
                },
            },
            EvidenceForm::Due { plan, at } => Self::Due {
                plan: PlanId::new(plan),
                at: time(at),
            },
            EvidenceForm::Words { at, text } => Self::Words { at: time(at), text },
            EvidenceForm::File(text) => Self::File(hash(&text)?),
        })
    }
}

//! What the log of needs consists of, and how it is stored.
//!
//! Folding the same log comes to the same book, so what is decided (which source raised what, whose word it was) is
//! written, and what follows from that (what merges into what) is the book's own.

use maintenance::form::EvidenceForm;
use maintenance::id::{Key, NeedId, OrderId, PersonId, PlanId};
use maintenance::iso14224::FailureMode;
use maintenance::need::{Consequence, Criticality, Draft, Evidence, Source, Urgency};
use maintenance::order::Dates;
use maintenance::order::event::Money;
use serde::{Deserialize, Serialize};
use twin::{AssetId, LimitKind, PointId, Span, Timestamp};

use super::Sheet;

/// One thing that was told. Times are microseconds since 1970, UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// A source raised a need, or raised it again.
    Raised(DraftForm),
    /// Somebody said that a need is not the one it merged into.
    Split { need: u32, by: u32 },
    /// Work is ordered for it; by nobody where the order itself says so.
    Ordered { need: u32, order: u32, by: Option<u32> },
    /// That work was cancelled.
    Reopened { need: u32 },
    /// Somebody said why nothing is to be done.
    Dismissed {
        need: u32,
        by: u32,
        at: i64,
        reason: String,
    },
    /// What asked for it is over.
    Met { need: u32, at: i64 },
    /// A plan as it is from now on; by nobody where it is the demo's.
    Planned { sheet: Sheet, by: Option<u32> },
    /// A plan was done, or left out for once: what follows is counted from here.
    Passed {
        plan: u32,
        done: i64,
        due: i64,
        meter: Option<f64>,
    },
    /// What a plan's meter had counted when its counter showed so much.
    Metered {
        plan: u32,
        at: i64,
        total: f64,
        shown: f64,
    },
}

/// A draft as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftForm {
    asset: u32,
    mode: String,
    source: SourceForm,
    urgency: String,
    earliest: Option<i64>,
    latest: Option<i64>,
    consequence: Option<ConsequenceForm>,
    evidence: Vec<EvidenceForm>,
    at: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum SourceForm {
    Plan(u32),
    Limit { point: u32, kind: String },
    Trend { point: u32, kind: String },
    Report { by: Option<u32>, key: String },
    Inspection { order: u32, key: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsequenceForm {
    criticality: String,
    stop: i64,
    productive: i64,
    cost: i64,
    per_hour: i64,
}

/// The word of a limit in records.
#[must_use]
pub const fn limit_word(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::LowLow => "low_low",
        LimitKind::Low => "low",
        LimitKind::High => "high",
        LimitKind::HighHigh => "high_high",
    }
}

fn limit_of(word: &str) -> Option<LimitKind> {
    let all = [
        LimitKind::LowLow,
        LimitKind::Low,
        LimitKind::High,
        LimitKind::HighHigh,
    ];
    all.into_iter().find(|kind| limit_word(*kind) == word)
}

impl From<&Draft> for DraftForm {
    fn from(draft: &Draft) -> Self {
        Self {
            asset: draft.asset.get(),
            mode: draft.mode.code().to_owned(),
            source: SourceForm::from(&draft.source),
            urgency: draft.urgency.word().to_owned(),
            earliest: draft.dates.earliest.map(Timestamp::micros),
            latest: draft.dates.latest.map(Timestamp::micros),
            consequence: draft.consequence.map(|one| ConsequenceForm {
                criticality: one.criticality.word().to_owned(),
                stop: one.stop.micros(),
                productive: one.productive.micros(),
                cost: one.cost.0,
                per_hour: one.per_hour.0,
            }),
            evidence: draft.evidence.iter().map(EvidenceForm::from).collect(),
            at: draft.at.micros(),
        }
    }
}

impl From<&Source> for SourceForm {
    fn from(source: &Source) -> Self {
        match source {
            Source::Plan(plan) => Self::Plan(plan.get()),
            Source::Limit { point, kind } => Self::Limit {
                point: point.get(),
                kind: limit_word(*kind).to_owned(),
            },
            Source::Trend { point, kind } => Self::Trend {
                point: point.get(),
                kind: limit_word(*kind).to_owned(),
            },
            Source::Report { by, key } => Self::Report {
                by: by.map(|by| by.get()),
                key: key.to_string(),
            },
            Source::Inspection { order, key } => Self::Inspection {
                order: order.get(),
                key: key.to_string(),
            },
        }
    }
}

impl SourceForm {
    fn read(&self) -> Option<Source> {
        Some(match self {
            Self::Plan(plan) => Source::Plan(PlanId::new(*plan)),
            Self::Limit { point, kind } => Source::Limit {
                point: PointId::new(*point),
                kind: limit_of(kind)?,
            },
            Self::Trend { point, kind } => Source::Trend {
                point: PointId::new(*point),
                kind: limit_of(kind)?,
            },
            Self::Report { by, key } => Source::Report {
                by: by.map(PersonId::new),
                key: Key::from_text(key)?,
            },
            Self::Inspection { order, key } => Source::Inspection {
                order: OrderId::new(*order),
                key: Key::from_text(key)?,
            },
        })
    }
}

impl DraftForm {
    /// The draft; none where a word in it stands for nothing.
    #[must_use]
    pub fn read(&self) -> Option<Draft> {
        let evidence: Result<Vec<Evidence>, _> =
            self.evidence.iter().cloned().map(Evidence::try_from).collect();
        let consequence = match &self.consequence {
            None => None,
            Some(form) => Some(Consequence {
                criticality: Criticality::from_word(&form.criticality)?,
                stop: Span::from_micros(form.stop),
                productive: Span::from_micros(form.productive),
                cost: Money(form.cost),
                per_hour: Money(form.per_hour),
            }),
        };
        Some(Draft {
            asset: AssetId::new(self.asset),
            mode: FailureMode::from_code(&self.mode)?,
            source: self.source.read()?,
            urgency: Urgency::from_word(&self.urgency)?,
            dates: Dates {
                earliest: self.earliest.map(Timestamp::from_micros),
                latest: self.latest.map(Timestamp::from_micros),
            },
            consequence,
            evidence: evidence.ok()?,
            at: Timestamp::from_micros(self.at),
        })
    }
}

impl Entry {
    /// That a source raised this.
    #[must_use]
    pub fn raised(draft: &Draft) -> Self {
        Self::Raised(DraftForm::from(draft))
    }

    /// That what asked for a need is over.
    #[must_use]
    pub fn met(need: NeedId, at: Timestamp) -> Self {
        Self::Met {
            need: need.get(),
            at: at.micros(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use maintenance::trend::Reaches;

    #[test]
    fn every_source_and_evidence_comes_back_as_it_was() {
        let at = Timestamp::from_millis(1_772_431_200_000);
        let point = PointId::new(7);
        let sources = [
            Source::Plan(PlanId::new(3)),
            Source::Limit {
                point,
                kind: LimitKind::HighHigh,
            },
            Source::Trend {
                point,
                kind: LimitKind::Low,
            },
            Source::Report {
                by: None,
                key: Key::new(u128::MAX),
            },
            Source::Inspection {
                order: OrderId::new(4),
                key: Key::new(1),
            },
        ];
        for source in sources {
            let draft = Draft {
                asset: AssetId::new(2),
                mode: FailureMode::Vibration,
                source,
                urgency: Urgency::Pressing,
                dates: Dates {
                    earliest: Some(at),
                    latest: None,
                },
                consequence: Some(Consequence {
                    criticality: Criticality::High,
                    stop: Span::from_secs(3_600),
                    productive: Span::from_secs(1_800),
                    cost: Money(12),
                    per_hour: Money(12),
                }),
                evidence: vec![Evidence::Trend {
                    point,
                    limit: 0.1 + 0.2,
                    reaches: Reaches {
                        earliest: at,
                        likely: at,
                        latest: None,
                        slope: 1.0 / 3.0,
                        slopes: (0.1, 0.7),
                        scatter: 1e-9,
                        count: 9,
                    },
                }],
                at,
            };
            let text = serde_json::to_string(&Entry::raised(&draft)).unwrap();
            let Entry::Raised(form) = serde_json::from_str(&text).unwrap() else {
                panic!("{text}");
            };
            assert_eq!(form.read(), Some(draft), "{text}");
        }
    }
}

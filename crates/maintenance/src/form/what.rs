//! The serialised form of what was done.

use serde::{Deserialize, Serialize};

use crate::id::{PartId, PersonId, StepId};
use crate::order::conflict::Keep;
use crate::order::event::{Attachment, Cost, CostKind, Money, TimeKind, Work};
use crate::order::{Status, What};

use super::fields::{AnswerForm, ChangeForm, DowntimeForm, FindingForm, RequestForm};
use super::{BadForm, StretchForm, Word, hash, hash_form, key, stretch, stretch_form, time, word};

/// What was done. Each is one of the domain's, by the same name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in the domain")]
pub enum WhatForm {
    Requested(Box<RequestForm>),
    Moved {
        to: Word,
        reason: Option<Word>,
    },
    Mirrored {
        to: Word,
    },
    Changed(ChangeForm),
    Answered {
        step: u32,
        answer: AnswerForm,
    },
    Commented {
        text: Word,
        mentions: Vec<u32>,
    },
    Watched {
        person: u32,
        is_on: bool,
    },
    Attached {
        hash: String,
        name: Word,
        media: Word,
        bytes: u64,
    },
    Worked {
        person: u32,
        craft: Word,
        time: StretchForm,
        kind: Word,
    },
    Used {
        part: u32,
        quantity: f64,
    },
    Reserved {
        part: u32,
        quantity: f64,
        arrives: Option<i64>,
    },
    Permit {
        permit: u16,
        number: Option<Word>,
    },
    Lock {
        point: u16,
        is_on: bool,
    },
    Stopped(DowntimeForm),
    Found(FindingForm),
    Spent {
        kind: Word,
        amount: i64,
        text: Word,
    },
    Withdrawn {
        of: String,
        reason: Word,
    },
    Settled {
        of: String,
        keep: Word,
    },
}

impl From<&What> for WhatForm {
    fn from(what: &What) -> Self {
        match what {
            What::Requested(request) => Self::Requested(Box::new(RequestForm::from(&**request))),
            What::Moved { to, reason } => Self::Moved {
                to: to.word().into(),
                reason: reason.clone(),
            },
            What::Mirrored { to } => Self::Mirrored { to: to.word().into() },
            What::Changed(change) => Self::Changed(ChangeForm::from(change)),
            What::Answered { step, answer } => Self::Answered {
                step: step.get(),
                answer: AnswerForm::from(answer),
            },
            What::Commented { text, mentions } => Self::Commented {
                text: text.clone(),
                mentions: mentions.iter().map(|person| person.get()).collect(),
            },
            What::Watched { person, is_on } => Self::Watched {
                person: person.get(),
                is_on: *is_on,
            },
            What::Attached(file) => Self::Attached {
                hash: hash_form(&file.hash),
                name: file.name.clone(),
                media: file.media.clone(),
                bytes: file.bytes,
            },
            other => Self::of_work(other),
        }
    }
}

impl WhatForm {
    /// The rest of them: what is done with hands.
    fn of_work(what: &What) -> Self {
        match what {
            What::Worked(work) => Self::Worked {
                person: work.person.get(),
                craft: work.craft.clone(),
                time: stretch_form(work.time),
                kind: work.kind.word().into(),
            },
            What::Used { part, quantity } => Self::Used {
                part: part.get(),
                quantity: *quantity,
            },
            What::Reserved {
                part,
                quantity,
                arrives,
            } => Self::Reserved {
                part: part.get(),
                quantity: *quantity,
                arrives: arrives.map(twin::Timestamp::micros),
            },
            What::Permit { permit, number } => Self::Permit {
                permit: *permit,
                number: number.clone(),
            },
            What::Lock { point, is_on } => Self::Lock {
                point: *point,
                is_on: *is_on,
            },
            What::Stopped(stop) => Self::Stopped(DowntimeForm::from(stop)),
            What::Found(finding) => Self::Found(FindingForm::from(finding)),
            What::Spent(cost) => Self::Spent {
                kind: cost.kind.word().into(),
                amount: cost.amount.0,
                text: cost.text.clone(),
            },
            What::Withdrawn { of, reason } => Self::Withdrawn {
                of: of.to_string(),
                reason: reason.clone(),
            },
            What::Settled { of, keep } => Self::Settled {
                of: of.to_string(),
                keep: keep.word().into(),
            },
            // Those that `from` has, so that neither of both is too long to read.
            What::Requested(_)
            | What::Moved { .. }
            | What::Mirrored { .. }
            | What::Changed(_)
            | What::Answered { .. }
            | What::Commented { .. }
            | What::Watched { .. }
            | What::Attached(_) => Self::from(what),
        }
    }
}

impl TryFrom<WhatForm> for What {
    type Error = BadForm;

    fn try_from(form: WhatForm) -> Result<Self, BadForm> {
        Ok(match form {
            WhatForm::Requested(request) => Self::Requested(Box::new((*request).try_into()?)),
            WhatForm::Moved { to, reason } => Self::Moved {
                to: word("to", &to, Status::from_word)?,
                reason,
            },
            WhatForm::Mirrored { to } => Self::Mirrored {
                to: word("to", &to, Status::from_word)?,
            },
            WhatForm::Changed(change) => Self::Changed(change.try_into()?),
            WhatForm::Answered { step, answer } => Self::Answered {
                step: StepId::new(step),
                answer: answer.try_into()?,
            },
            WhatForm::Commented { text, mentions } => Self::Commented {
                text,
                mentions: mentions.into_iter().map(PersonId::new).collect(),
            },
            WhatForm::Watched { person, is_on } => Self::Watched {
                person: PersonId::new(person),
                is_on,
            },
            WhatForm::Attached {
                hash: text,
                name,
                media,
                bytes,
            } => Self::Attached(Attachment {
                hash: hash(&text)?,
                name,
                media,
                bytes,
            }),
            other => return other.into_work(),
        })
    }
}

impl WhatForm {
    /// The rest of them, as [`WhatForm::of_work`].
    fn into_work(self) -> Result<What, BadForm> {
        Ok(match self {
            Self::Worked {
                person,
                craft,
                time,
                kind,
            } => What::Worked(Work {
                person: PersonId::new(person),
                craft,
                time: stretch("time", time)?,
                kind: word("kind", &kind, TimeKind::from_word)?,
            }),
            Self::Used { part, quantity } => What::Used {
                part: PartId::new(part),
                quantity,
            },
            Self::Reserved {
                part,
                quantity,
                arrives,
            } => What::Reserved {
                part: PartId::new(part),
                quantity,
                arrives: arrives.map(time),
            },
            Self::Permit { permit, number } => What::Permit { permit, number },
            Self::Lock { point, is_on } => What::Lock { point, is_on },
            Self::Stopped(stop) => What::Stopped(stop.try_into()?),
            Self::Found(finding) => What::Found(finding.try_into()?),
            Self::Spent { kind, amount, text } => What::Spent(Cost {
                kind: word("kind", &kind, CostKind::from_word)?,
                amount: Money(amount),
                text,
            }),
            Self::Withdrawn { of, reason } => What::Withdrawn {
                of: key("of", &of)?,
                reason,
            },
            Self::Settled { of, keep } => What::Settled {
                of: key("of", &of)?,
                keep: word("keep", &keep, Keep::from_word)?,
            },
            // Those that `try_from` has.
            Self::Requested(_)
            | Self::Moved { .. }
            | Self::Mirrored { .. }
            | Self::Changed(_)
            | Self::Answered { .. }
            | Self::Commented { .. }
            | Self::Watched { .. }
            | Self::Attached { .. } => return What::try_from(self),
        })
    }
}

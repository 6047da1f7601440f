//! The serialised form of what was done.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use twin::AssetId;

use crate::id::{CrewId, NeedId, PartId, PersonId, StepId};
use crate::iso14224::{Activity, Cause, FailureMode, Mechanism};
use crate::order::conflict::Keep;
use crate::order::event::{
    Answer, Attachment, Cost, CostKind, Downtime, External, Finding, Money, TimeKind, Work,
};
use crate::order::{Assignee, Change, Dates, Priority, Request, Status, What, WorkKind};

use super::{
    BadForm, EvidenceForm, JobForm, StretchForm, hash, hash_form, key, stretch, stretch_form, time, word,
};

type Word = Box<str>;

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

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestForm {
    asset: u32,
    title: Word,
    kind: Word,
    mode: Word,
    priority: Word,
    dates: DatesForm,
    needs: Vec<u32>,
    external: Option<(Word, Word)>,
}

/// Earliest and latest.
type DatesForm = (Option<i64>, Option<i64>);

/// A field that is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in the domain")]
pub enum ChangeForm {
    Title(Word),
    Priority(Word),
    Dates(DatesForm),
    Slot(Option<StretchForm>),
    Assignee { crew: Option<u32>, people: Vec<u32> },
    Job(Box<JobForm>),
}

/// What came out of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "as in the domain")]
pub enum AnswerForm {
    Checked,
    Read { value: f64, note: Option<Word> },
    Photo(String),
    Chosen(u16),
    Signed(String),
    Skipped(Word),
}

/// The equipment stood still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DowntimeForm {
    from: i64,
    to: Option<i64>,
    is_failure: bool,
    reason: Word,
    evidence: Option<EvidenceForm>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingForm {
    mode: Word,
    mechanism: Option<Word>,
    cause: Option<Word>,
    activity: Word,
    text: Word,
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
            WhatForm::Worked {
                person,
                craft,
                time,
                kind,
            } => Self::Worked(Work {
                person: PersonId::new(person),
                craft,
                time: stretch("time", time)?,
                kind: word("kind", &kind, TimeKind::from_word)?,
            }),
            WhatForm::Used { part, quantity } => Self::Used {
                part: PartId::new(part),
                quantity,
            },
            WhatForm::Reserved {
                part,
                quantity,
                arrives,
            } => Self::Reserved {
                part: PartId::new(part),
                quantity,
                arrives: arrives.map(time),
            },
            WhatForm::Permit { permit, number } => Self::Permit { permit, number },
            WhatForm::Lock { point, is_on } => Self::Lock { point, is_on },
            WhatForm::Stopped(stop) => Self::Stopped(stop.try_into()?),
            WhatForm::Found(finding) => Self::Found(finding.try_into()?),
            WhatForm::Spent { kind, amount, text } => Self::Spent(Cost {
                kind: word("kind", &kind, CostKind::from_word)?,
                amount: Money(amount),
                text,
            }),
            WhatForm::Withdrawn { of, reason } => Self::Withdrawn {
                of: key("of", &of)?,
                reason,
            },
            WhatForm::Settled { of, keep } => Self::Settled {
                of: key("of", &of)?,
                keep: word("keep", &keep, Keep::from_word)?,
            },
        })
    }
}

fn dates_form(dates: Dates) -> DatesForm {
    let micros = |at: Option<twin::Timestamp>| at.map(twin::Timestamp::micros);
    (micros(dates.earliest), micros(dates.latest))
}

fn dates((earliest, latest): DatesForm) -> Dates {
    Dates {
        earliest: earliest.map(time),
        latest: latest.map(time),
    }
}

impl From<&Request> for RequestForm {
    fn from(request: &Request) -> Self {
        let external = request.external.as_ref();
        Self {
            asset: request.asset.get(),
            title: request.title.clone(),
            kind: request.kind.word().into(),
            mode: request.mode.code().into(),
            priority: request.priority.word().into(),
            dates: dates_form(request.dates),
            needs: request.needs.iter().map(|need| need.get()).collect(),
            external: external.map(|external| (external.system.clone(), external.id.clone())),
        }
    }
}

impl TryFrom<RequestForm> for Request {
    type Error = BadForm;

    fn try_from(form: RequestForm) -> Result<Self, BadForm> {
        Ok(Self {
            asset: AssetId::new(form.asset),
            title: form.title,
            kind: word("kind", &form.kind, WorkKind::from_word)?,
            mode: word("mode", &form.mode, FailureMode::from_code)?,
            priority: word("priority", &form.priority, Priority::from_word)?,
            dates: dates(form.dates),
            needs: form.needs.into_iter().map(NeedId::new).collect(),
            external: form.external.map(|(system, id)| External { system, id }),
        })
    }
}

impl From<&Change> for ChangeForm {
    fn from(change: &Change) -> Self {
        match change {
            Change::Title(title) => Self::Title(title.clone()),
            Change::Priority(priority) => Self::Priority(priority.word().into()),
            Change::Dates(dates) => Self::Dates(dates_form(*dates)),
            Change::Slot(slot) => Self::Slot(slot.map(stretch_form)),
            Change::Assignee(assignee) => Self::Assignee {
                crew: assignee.crew.map(CrewId::get),
                people: assignee.people.iter().map(|person| person.get()).collect(),
            },
            Change::Job(job) => Self::Job(Box::new(JobForm::from(&**job))),
        }
    }
}

impl TryFrom<ChangeForm> for Change {
    type Error = BadForm;

    fn try_from(form: ChangeForm) -> Result<Self, BadForm> {
        Ok(match form {
            ChangeForm::Title(title) => Self::Title(title),
            ChangeForm::Priority(priority) => {
                Self::Priority(word("priority", &priority, Priority::from_word)?)
            }
            ChangeForm::Dates(form) => Self::Dates(dates(form)),
            ChangeForm::Slot(slot) => Self::Slot(slot.map(|slot| stretch("slot", slot)).transpose()?),
            ChangeForm::Assignee { crew, people } => Self::Assignee(Assignee {
                crew: crew.map(CrewId::new),
                people: people.into_iter().map(PersonId::new).collect::<BTreeSet<_>>(),
            }),
            ChangeForm::Job(job) => Self::Job(Box::new((*job).into())),
        })
    }
}

impl From<&Answer> for AnswerForm {
    fn from(answer: &Answer) -> Self {
        match answer {
            Answer::Checked => Self::Checked,
            Answer::Read { value, note } => Self::Read {
                value: *value,
                note: note.clone(),
            },
            Answer::Photo(hash) => Self::Photo(hash_form(hash)),
            Answer::Chosen(choice) => Self::Chosen(*choice),
            Answer::Signed(hash) => Self::Signed(hash_form(hash)),
            Answer::Skipped(reason) => Self::Skipped(reason.clone()),
        }
    }
}

impl TryFrom<AnswerForm> for Answer {
    type Error = BadForm;

    fn try_from(form: AnswerForm) -> Result<Self, BadForm> {
        Ok(match form {
            AnswerForm::Checked => Self::Checked,
            AnswerForm::Read { value, note } => Self::Read { value, note },
            AnswerForm::Photo(text) => Self::Photo(hash(&text)?),
            AnswerForm::Chosen(choice) => Self::Chosen(choice),
            AnswerForm::Signed(text) => Self::Signed(hash(&text)?),
            AnswerForm::Skipped(reason) => Self::Skipped(reason),
        })
    }
}

impl From<&Downtime> for DowntimeForm {
    fn from(stop: &Downtime) -> Self {
        Self {
            from: stop.from.micros(),
            to: stop.to.map(twin::Timestamp::micros),
            is_failure: stop.is_failure,
            reason: stop.reason.clone(),
            evidence: stop.evidence.as_ref().map(EvidenceForm::from),
        }
    }
}

impl TryFrom<DowntimeForm> for Downtime {
    type Error = BadForm;

    fn try_from(form: DowntimeForm) -> Result<Self, BadForm> {
        Ok(Self {
            from: time(form.from),
            to: form.to.map(time),
            is_failure: form.is_failure,
            reason: form.reason,
            evidence: form.evidence.map(TryInto::try_into).transpose()?,
        })
    }
}

impl From<&Finding> for FindingForm {
    fn from(finding: &Finding) -> Self {
        Self {
            mode: finding.mode.code().into(),
            mechanism: finding.mechanism.map(|mechanism| mechanism.code().into()),
            cause: finding.cause.map(|cause| cause.code().into()),
            activity: finding.activity.code().into(),
            text: finding.text.clone(),
        }
    }
}

impl TryFrom<FindingForm> for Finding {
    type Error = BadForm;

    fn try_from(form: FindingForm) -> Result<Self, BadForm> {
        let mechanism = form
            .mechanism
            .map(|code| word("mechanism", &code, Mechanism::from_code));
        let cause = form.cause.map(|code| word("cause", &code, Cause::from_code));
        Ok(Self {
            mode: word("mode", &form.mode, FailureMode::from_code)?,
            mechanism: mechanism.transpose()?,
            cause: cause.transpose()?,
            activity: word("activity", &form.activity, Activity::from_code)?,
            text: form.text,
        })
    }
}

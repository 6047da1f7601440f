//! The serialised forms of requests, changes, answers, stops and findings.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use twin::AssetId;

use crate::id::{CrewId, NeedId, PersonId};
use crate::iso14224::{Activity, Cause, FailureMode, Mechanism};
use crate::order::event::{Answer, Downtime, External, Finding};
use crate::order::{Assignee, Change, Dates, Priority, Request, WorkKind};

use super::{
    BadForm, EvidenceForm, JobForm, StretchForm, Word, hash, hash_form, stretch, stretch_form, time, word,
};

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

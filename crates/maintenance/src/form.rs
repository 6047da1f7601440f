//! The serialised form of events: what a tablet keeps in its outbox and sends, and what the log is stored as.
//!
//! The types of the domain are not serialisable; these stand beside them. Words are those of the catalogue, times
//! microseconds since 1970 in UTC, keys and hashes hexadecimal. A field that is not known here is an error: a newer
//! tablet's word is not to be lost silently.
//!
//! An event that is sent again must be the same to the last digit ([`Event::is_same`]), so a reader of JSON has to
//! bring numbers back exactly: `serde_json` does with its feature `float_roundtrip`.

mod fields;
mod job;
mod need;
mod what;

use serde::{Deserialize, Serialize};
use twin::Timestamp;

use crate::id::{Key, LinkId, OrderId, PersonId};
use crate::order::Event;
use crate::order::event::Author;
use crate::span::Stretch;

pub use fields::{AnswerForm, ChangeForm, DowntimeForm, FindingForm, RequestForm};
pub use job::JobForm;
pub use need::EvidenceForm;
pub use what::WhatForm;

/// A word of a closed set, or words of people.
type Word = Box<str>;

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventForm {
    key: String,
    order: u32,
    author: AuthorForm,
    device: String,
    at: i64,
    received: i64,
    seen: u32,
    what: WhatForm,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AuthorForm {
    Person(u32),
    Gemba,
    System(Word),
    Link(u32),
}

/// A form that stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadForm {
    /// Which field.
    pub field: &'static str,
    /// What stands in it.
    pub value: Box<str>,
}

impl std::fmt::Display for BadForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` cannot be in the field {}", self.value, self.field)
    }
}

impl std::error::Error for BadForm {}

impl From<&Event> for EventForm {
    fn from(event: &Event) -> Self {
        Self {
            key: event.key.to_string(),
            order: event.order.get(),
            author: match &event.author {
                Author::Person(person) => AuthorForm::Person(person.get()),
                Author::Gemba => AuthorForm::Gemba,
                Author::System(name) => AuthorForm::System(name.clone()),
                Author::Link(link) => AuthorForm::Link(link.get()),
            },
            device: event.device.to_string(),
            at: event.at.micros(),
            received: event.received.micros(),
            seen: event.seen,
            what: WhatForm::from(&event.what),
        }
    }
}

impl TryFrom<EventForm> for Event {
    type Error = BadForm;

    fn try_from(form: EventForm) -> Result<Self, BadForm> {
        Ok(Self {
            key: key("key", &form.key)?,
            order: OrderId::new(form.order),
            author: match form.author {
                AuthorForm::Person(person) => Author::Person(PersonId::new(person)),
                AuthorForm::Gemba => Author::Gemba,
                AuthorForm::System(name) => Author::System(name),
                AuthorForm::Link(link) => Author::Link(LinkId::new(link)),
            },
            device: key("device", &form.device)?,
            at: time(form.at),
            received: time(form.received),
            seen: form.seen,
            what: form.what.try_into()?,
        })
    }
}

const fn time(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn bad(field: &'static str, value: impl std::fmt::Display) -> BadForm {
    BadForm {
        field,
        value: value.to_string().into(),
    }
}

fn key(field: &'static str, text: &str) -> Result<Key, BadForm> {
    Key::from_text(text).ok_or_else(|| bad(field, text))
}

/// The one with this word, by its own `from_word` or `from_code`.
fn word<T>(field: &'static str, text: &str, from: fn(&str) -> Option<T>) -> Result<T, BadForm> {
    from(text).ok_or_else(|| bad(field, text))
}

/// A stretch as its two ends.
type StretchForm = (i64, i64);

const fn stretch_form(stretch: Stretch) -> StretchForm {
    (stretch.from().micros(), stretch.to().micros())
}

fn stretch(field: &'static str, (from, to): StretchForm) -> Result<Stretch, BadForm> {
    Stretch::new(time(from), time(to)).ok_or_else(|| bad(field, format_args!("{from} to {to}")))
}

fn hash_form(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(text: &str) -> Result<[u8; 32], BadForm> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|char| char.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let bytes: Option<Vec<u8>> = digits.map(|digits| {
        let pairs = digits.chunks(2);
        pairs
            .map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit))
            .collect()
    });
    let is_whole = text.len() == 64;
    bytes
        .filter(|_| is_whole)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| bad("hash", text))
}

//! What each member of an object is for: a reading, or something said about one.

use twin::{Quality, Timestamp};

use crate::json::{Json, Member};
use crate::keys::{Meaning, TimeKey, meaning};
use crate::printable::sample;
use crate::problem::Reason;
use crate::walk::{About, QUOTE_BYTES, Walk};
use crate::{quality, time};

/// 2001-09-09: what a `time` or `t` before it says is taken for a reading.
const FIRST_LIKELY: Timestamp = Timestamp::from_millis(1_000_000_000_000);

/// What one member of an object is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Walked into.
    Data,
    /// The value of this object itself.
    Value,
    /// Used up: time, quality, unit, name.
    Used,
}

impl Walk<'_> {
    /// What each member is for, and what is known about the values below.
    pub(crate) fn roles<'j>(
        &mut self,
        members: &'j [Member<'_>],
        name_at: Option<usize>,
        mut about: About<'j>,
    ) -> (Vec<Role>, About<'j>) {
        let meanings: Vec<Meaning> = members.iter().map(|(key, _)| meaning(key)).collect();
        let typed = meanings.contains(&Meaning::Plumbing);
        let value_at = meanings
            .iter()
            .position(|meaning| *meaning == Meaning::Value)
            .or_else(|| {
                meanings
                    .iter()
                    .position(|meaning| typed && *meaning == Meaning::Body)
            });
        let mut rank = u8::MAX;
        let mut roles = Vec::with_capacity(members.len());
        for (at, ((key, json), meaning)) in members.iter().zip(&meanings).enumerate() {
            roles.push(match *meaning {
                _ if Some(at) == value_at => Role::Value,
                _ if Some(at) == name_at => Role::Used,
                Meaning::Time(time_key) => self.time(key, json, time_key, &mut rank, &mut about),
                Meaning::Quality { status_code } => {
                    self.quality(json, status_code, value_at.is_some(), &mut about)
                }
                Meaning::Status if value_at.is_some() => match quality::from_json(json, false) {
                    Some(quality) => {
                        about.quality = quality;
                        Role::Used
                    }
                    None => Role::Data,
                },
                Meaning::Unit if value_at.is_some() || lone_number(members, &meanings) => match json {
                    Json::Text(unit) => {
                        about.unit = Some(unit);
                        Role::Used
                    }
                    Json::Null => Role::Used,
                    Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => Role::Data,
                },
                Meaning::Plumbing if value_at.is_some() => Role::Used,
                // A number beside the name that was taken.
                Meaning::Name { .. } if value_at.is_some() && name_at.is_some() => Role::Used,
                Meaning::Name { .. }
                | Meaning::Value
                | Meaning::Body
                | Meaning::Status
                | Meaning::Unit
                | Meaning::Plumbing
                | Meaning::Data => Role::Data,
            });
        }
        (roles, about)
    }

    fn time(
        &mut self,
        key: &str,
        json: &Json<'_>,
        time_key: TimeKey,
        rank: &mut u8,
        about: &mut About<'_>,
    ) -> Role {
        match self.read_time(json, time_key) {
            Some(time) => {
                if time_key.rank < *rank {
                    *rank = time_key.rank;
                    about.time = Some(time);
                }
                Role::Used
            }
            None if !time_key.sure || matches!(json, Json::Object(_) | Json::Array(_)) => Role::Data,
            None => {
                if *json != Json::Null {
                    self.problem(Reason::UnreadableTime, || {
                        format!("{}: {}", sample(key.as_bytes(), QUOTE_BYTES), quote(json))
                    });
                }
                Role::Used
            }
        }
    }

    /// The time a member says, where it says one that can be meant.
    pub(crate) fn read_time(&self, json: &Json<'_>, key: TimeKey) -> Option<Timestamp> {
        let time = match json {
            Json::Number(text) => time::from_number(text, key.unit)?,
            Json::Text(text) => {
                time::from_text(text, self.zone()).or_else(|| time::from_number(text, key.unit))?
            }
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => return None,
        };
        // A text is a time or none; a bare number under `time` must be likely as well.
        let likely = || time >= FIRST_LIKELY && time.since(self.arrival()).secs() < 86_400;
        (key.sure || matches!(json, Json::Text(_)) || likely()).then_some(time)
    }

    fn quality(
        &mut self,
        json: &Json<'_>,
        status_code: bool,
        beside_value: bool,
        about: &mut About<'_>,
    ) -> Role {
        // Away from a value only words count: `"quality": 0.97` is a rate of good parts.
        let read = match json {
            Json::Null => return if beside_value { Role::Used } else { Role::Data },
            Json::Text(word) if !beside_value => quality::from_word(word, status_code),
            _ if beside_value => quality::from_json(json, status_code),
            _ => None,
        };
        match read {
            Some(quality) => about.quality = quality,
            None if beside_value => {
                about.quality = Quality::Uncertain;
                self.problem(Reason::UnknownQuality, || quote(json));
            }
            None => return Role::Data,
        }
        Role::Used
    }
}

/// A unit beside exactly one number belongs to it, whatever the number is called.
fn lone_number(members: &[Member<'_>], meanings: &[Meaning]) -> bool {
    let mut rest = members
        .iter()
        .zip(meanings)
        .filter(|(_, meaning)| !matches!(meaning, Meaning::Unit | Meaning::Time(_)));
    matches!(
        (rest.next(), rest.next()),
        (Some(((_, Json::Number(_)), _)), None)
    )
}

fn quote(json: &Json<'_>) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(on) => on.to_string(),
        Json::Number(text) => sample(text.as_bytes(), QUOTE_BYTES),
        Json::Text(text) => sample(text.as_bytes(), QUOTE_BYTES),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}

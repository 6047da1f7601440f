//! The rules every JSON shape shares: what stands beside a value belongs to it (time, quality,
//! unit), objects are flattened by `.`, lists go by the names of their records.
//!
//! One object is read in two steps: [`crate::roles`] says what each member is for, then every
//! member that is a reading is walked into with what was learned. No recursion is deeper than the
//! parsed tree, whose depth is limited.

use twin::{Leaf, Quality, Timestamp, Value};

use crate::json::{Json, Member};
use crate::keys::{Meaning, meaning, wraps};
use crate::printable::sample;
use crate::problem::{Problems, Reason};
use crate::roles::Role;
use crate::scalar::{self, Scalar};
use crate::time::LocalZone;

/// Longest name of a point and of an asset, in bytes.
const NAME_BYTES: usize = 512;
/// Longest unit, in bytes; a longer one is a sentence.
const UNIT_BYTES: usize = 32;
/// A list of plain values makes at most this many points.
const LIST_POINTS: usize = 64;
/// Bytes of a name or value quoted in a problem.
pub(crate) const QUOTE_BYTES: usize = 40;
/// What is known about the values at some place of the tree.
#[derive(Clone, Copy)]
pub(crate) struct About<'j> {
    pub time: Option<Timestamp>,
    pub quality: Quality,
    pub unit: Option<&'j str>,
}

impl About<'_> {
    pub(crate) const NOTHING: Self = Self {
        time: None,
        quality: Quality::Good,
        unit: None,
    };
}

/// A walk over one message.
pub(crate) struct Walk<'w> {
    leaves: Vec<Leaf>,
    most: usize,
    left_out: usize,
    path: String,
    /// The asset the payload names, levels joined by `/`.
    pub asset: Option<Box<str>>,
    arrival: Timestamp,
    zone: &'w dyn LocalZone,
    problems: &'w mut Problems,
    /// Units stated once for all values of a kind: (ending of the key, unit).
    pub unit_hints: Vec<(&'static str, &'static str)>,
}

impl<'w> Walk<'w> {
    pub(crate) fn new(
        most: usize,
        arrival: Timestamp,
        zone: &'w dyn LocalZone,
        problems: &'w mut Problems,
    ) -> Self {
        Self {
            leaves: Vec::new(),
            most,
            left_out: 0,
            path: String::new(),
            asset: None,
            arrival,
            zone,
            problems,
            unit_hints: Vec::new(),
        }
    }

    /// The leaves, and a word on what was left out.
    pub(crate) fn finish(self) -> Vec<Leaf> {
        let (most, left_out) = (self.most, self.left_out);
        if left_out > 0 {
            self.problems.add(Reason::TooManyLeaves, || {
                format!("{} values, the first {most} are kept", most + left_out)
            });
        }
        self.leaves
    }

    /// How many leaves were made or left out so far.
    pub(crate) fn seen(&self) -> usize {
        self.leaves.len() + self.left_out
    }

    pub(crate) const fn arrival(&self) -> Timestamp {
        self.arrival
    }

    pub(crate) const fn zone(&self) -> &'w dyn LocalZone {
        self.zone
    }

    /// Counts something that could not be read.
    pub(crate) fn problem(&mut self, reason: Reason, detail: impl FnOnce() -> String) {
        self.problems.add(reason, detail);
    }

    /// Walks any value at the present path.
    pub(crate) fn value(&mut self, json: &Json<'_>, about: About<'_>) {
        match json {
            Json::Object(members) => self.object(members, about),
            Json::Array(items) => self.array(items, about),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => self.scalar(json, about, false),
        }
    }

    /// Walks `json` one level down, at `key`.
    pub(crate) fn below(&mut self, key: &str, json: &Json<'_>, about: About<'_>) {
        let end = self.path.len();
        if end > 0 {
            self.path.push('.');
        }
        self.path.push_str(if key.is_empty() { "\"\"" } else { key });
        self.value(json, about);
        self.path.truncate(end);
    }

    /// Walks an object: a value with its company, or a group of values.
    pub(crate) fn object<'j>(&mut self, members: &'j [Member<'_>], about: About<'j>) {
        if self.time_series(members, about) {
            return;
        }
        if self.path.is_empty()
            && let Some((name_at, name)) = own_name(members)
        {
            self.named(name_at, name, members, about);
            return;
        }
        let (roles, about) = self.roles(members, None, about);
        self.members(members, &roles, about);
    }

    /// Walks the members of an object that are readings.
    fn members<'j>(&mut self, members: &'j [Member<'_>], roles: &[Role], about: About<'j>) {
        let data = || members.iter().zip(roles).filter(|(_, role)| **role == Role::Data);
        let value = members
            .iter()
            .zip(roles)
            .find(|(_, role)| **role == Role::Value)
            .map(|(member, _)| member);
        // Only a wrapper: `{"timestamp":…,"values":{…}}`.
        if value.is_none() && self.path.is_empty() {
            let mut two = data();
            if let (Some(((key, inner), _)), None) = (two.next(), two.next())
                && wraps(key)
                && holds_objects(inner)
            {
                self.value(inner, about);
                return;
            }
        }
        if let Some((key, inner)) = value {
            // At the root further readings make this an object whose `value` is one of them.
            if self.path.is_empty() && data().next().is_some() {
                self.below(key, inner, about);
            } else if matches!(inner, Json::Object(_) | Json::Array(_)) {
                self.value(inner, about);
            } else {
                self.scalar(inner, about, true);
            }
        }
        let beside = About { unit: None, ..about };
        let inherit = if value.is_some() { beside } else { about };
        for ((key, inner), _) in data() {
            self.below(key, inner, inherit);
        }
    }

    /// Walks a list: records by their names, batches by their times, the rest by position.
    fn array(&mut self, items: &[Json<'_>], about: About<'_>) {
        let plain = !holds_objects_only(items);
        for (at, item) in items.iter().enumerate() {
            if let Json::Object(members) = item {
                self.record(at, members, about);
            } else if plain && at >= LIST_POINTS && !matches!(item, Json::Array(_)) {
                let path = &self.path;
                self.problems.add(Reason::LongArray, || {
                    format!(
                        "{}: {} values, the first {LIST_POINTS} are kept",
                        sample(path.as_bytes(), QUOTE_BYTES),
                        items.len()
                    )
                });
                return;
            } else {
                self.below(&at.to_string(), item, about);
            }
        }
    }

    /// Walks one record of a list.
    fn record(&mut self, at: usize, members: &[Member<'_>], about: About<'_>) {
        if let Some((name_at, name)) = record_name(members) {
            self.named(name_at, name, members, about);
            return;
        }
        // Several times in one message: the same points, not one point a position.
        let timed = members.iter().any(|(key, json)| match meaning(key) {
            Meaning::Time(key) => self.read_time(json, key).is_some(),
            _ => false,
        });
        if timed {
            self.object(members, about);
            return;
        }
        let end = self.path.len();
        if end > 0 {
            self.path.push('.');
        }
        self.path.push_str(&at.to_string());
        self.object(members, about);
        self.path.truncate(end);
    }

    /// Walks an object that says by name what it is about.
    fn named(&mut self, name_at: usize, name: &str, members: &[Member<'_>], about: About<'_>) {
        let (roles, about) = self.roles(members, Some(name_at), about);
        // What is called a name is what people wrote, a slash and all; a tag's address has levels.
        let is_name = members
            .get(name_at)
            .is_some_and(|(key, _)| key.eq_ignore_ascii_case("name"));
        let may_split = roles.contains(&Role::Value) && !(is_name && name.contains('/'));
        let address = may_split.then(|| self.address(name)).flatten();
        let (asset, field) = address.map_or((None, name), |(asset, field)| (Some(asset), field));
        let outer = asset.map(|asset| self.asset.replace(asset));
        let end = self.path.len();
        if end > 0 {
            self.path.push('.');
        }
        self.path.push_str(field);
        self.members(members, &roles, about);
        self.path.truncate(end);
        if let Some(outer) = outer {
            self.asset = outer;
        }
    }

    /// Splits the full address of a tag at the root: Kepware's `Channel1.Device1.Tag1` is tag
    /// `Tag1` of asset `Channel1/Device1`. OPC UA's `ns=2;s=` in front is left out.
    fn address<'n>(&self, name: &'n str) -> Option<(Box<str>, &'n str)> {
        if !self.path.is_empty() {
            return None;
        }
        let tag = name.split_once(";s=").map_or(name, |(_, tag)| tag);
        let separator = if tag.contains('/') { '/' } else { '.' };
        let (asset, field) = tag.rsplit_once(separator)?;
        let mut levels: Vec<&str> = self.asset.as_deref().into_iter().collect();
        levels.extend(asset.split(separator).filter(|level| !level.is_empty()));
        let asset = levels.join("/");
        (!asset.is_empty() && asset.len() <= NAME_BYTES && !field.is_empty()).then(|| (asset.into(), field))
    }

    /// MTConnect's time series: `{"count":10,"frequency":100,"values":[…]}`. The time beside it is
    /// that of the last value (MTConnect part 3, TimeSeries); without a rate only that one is kept.
    fn time_series(&mut self, members: &[Member<'_>], about: About<'_>) -> bool {
        let find = |wanted: &[&str]| {
            members
                .iter()
                .find(|(key, _)| wanted.iter().any(|word| key.eq_ignore_ascii_case(word)))
                .map(|(_, json)| json)
        };
        let Some(Json::Array(values)) = find(&["values", "samples"]) else {
            return false;
        };
        let rate = find(&["frequency", "sampleRate"]);
        if (rate.is_none() && find(&["count", "sampleCount"]).is_none())
            || !values
                .iter()
                .all(|value| matches!(value, Json::Number(_) | Json::Null))
        {
            return false;
        }
        let (_, about) = self.roles(members, None, about);
        let rate_hz = match rate {
            Some(Json::Number(text)) => text.parse().ok().filter(|hz: &f64| (1e-6..=1e6).contains(hz)),
            _ => None,
        };
        if let (Some(rate_hz), Some(last)) = (rate_hz, about.time) {
            for (at, value) in values.iter().enumerate() {
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_precision_loss,
                    reason = "at most a few million steps of at most 10^12 µs each"
                )]
                let back = ((values.len() - 1 - at) as f64 * 1e6 / rate_hz).round() as i64;
                let time = Some(last - twin::Span::from_micros(back));
                self.scalar(value, About { time, ..about }, false);
            }
        } else if let Some(value) = values.last() {
            self.scalar(value, about, false);
        }
        true
    }

    /// Makes a leaf. `spoken` tells that the value stood in a slot for values, where a text may
    /// be a number (OPC UA writes 64-bit integers so).
    fn scalar(&mut self, json: &Json<'_>, about: About<'_>, spoken: bool) {
        if self.leaves.len() >= self.most {
            self.left_out += 1;
            return;
        }
        if self.path.len() > NAME_BYTES {
            let path = &self.path;
            self.problems
                .add(Reason::LongName, || sample(path.as_bytes(), QUOTE_BYTES));
            return;
        }
        let mut leaf = match json {
            Json::Bool(on) => plain_leaf(Some(Value::Bool(*on))),
            Json::Number(text) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => plain_leaf(Some(Value::Number(number))),
                _ => leaf_from_scalar(Scalar::Unusable, text, self.problems),
            },
            Json::Text(text) => {
                let read = if spoken {
                    scalar::read(text)
                } else {
                    scalar::read_quoted(text)
                };
                leaf_from_scalar(read, text, self.problems)
            }
            Json::Null | Json::Array(_) | Json::Object(_) => plain_leaf(None),
        };
        leaf.quality = leaf.quality.max(about.quality);
        leaf.time = about.time;
        if let Some(unit) = about
            .unit
            .filter(|unit| !unit.is_empty() && unit.len() <= UNIT_BYTES)
        {
            leaf.unit = Some(unit.into());
        } else if leaf.unit.is_none() && matches!(leaf.value, Some(Value::Number(_))) {
            let hint = self
                .unit_hints
                .iter()
                .find(|(ending, _)| self.path.ends_with(ending));
            leaf.unit = hint.map(|(_, unit)| (*unit).into());
        }
        leaf.field = self.path.as_str().into();
        leaf.asset = self.asset.clone();
        self.leaves.push(leaf);
    }
}

/// A leaf from a text that was read, with a problem where it could not quite be.
pub(crate) fn leaf_from_scalar(read: Scalar<'_>, text: &str, problems: &mut Problems) -> Leaf {
    let quoted = || sample(text.as_bytes(), QUOTE_BYTES);
    match read {
        Scalar::Number(number) => plain_leaf(Some(Value::Number(number))),
        Scalar::Measured(number, unit) => Leaf {
            unit: Some(unit.into()),
            ..plain_leaf(Some(Value::Number(number)))
        },
        Scalar::Bool(on) => plain_leaf(Some(Value::Bool(on))),
        Scalar::Ambiguous(number) => {
            problems.add(Reason::AmbiguousNumber, quoted);
            Leaf {
                quality: Quality::Uncertain,
                ..plain_leaf(Some(Value::Number(number)))
            }
        }
        Scalar::Missing => Leaf {
            quality: Quality::Bad,
            ..plain_leaf(None)
        },
        Scalar::Unusable => {
            problems.add(Reason::UnusableNumber, quoted);
            Leaf {
                quality: Quality::Bad,
                ..plain_leaf(None)
            }
        }
        Scalar::Text(text) => {
            let (value, cut) = scalar::text_value(text);
            if cut {
                problems.add(Reason::LongText, || format!("{} bytes: {}", text.len(), quoted()));
            }
            plain_leaf(Some(value))
        }
    }
}

fn plain_leaf(value: Option<Value>) -> Leaf {
    Leaf {
        value,
        ..Leaf::default()
    }
}

fn holds_objects(json: &Json<'_>) -> bool {
    match json {
        Json::Object(_) => true,
        Json::Array(items) => holds_objects_only(items),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => false,
    }
}

fn holds_objects_only(items: &[Json<'_>]) -> bool {
    !items.is_empty() && items.iter().all(|item| matches!(item, Json::Object(_)))
}

/// Where a message names the point it is about: `{"tagname":…,"value":…}`.
fn own_name<'j>(members: &'j [Member<'_>]) -> Option<(usize, &'j str)> {
    let has_value = members.iter().any(|(key, _)| meaning(key) == Meaning::Value);
    has_value.then(|| named_by(members, true)).flatten()
}

/// The name of a record in a list, and where it stands; `name` before `id`.
fn record_name<'j>(members: &'j [Member<'_>]) -> Option<(usize, &'j str)> {
    named_by(members, true).or_else(|| named_by(members, false))
}

/// The first name of this kind: a text, or a whole number.
fn named_by<'j>(members: &'j [Member<'_>], wanted: bool) -> Option<(usize, &'j str)> {
    members.iter().enumerate().find_map(|(at, (key, json))| {
        let name = match json {
            Json::Text(name) if !name.is_empty() => name.as_ref(),
            Json::Number(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => number,
            _ => return None,
        };
        (meaning(key) == Meaning::Name { anywhere: wanted }).then_some((at, name))
    })
}

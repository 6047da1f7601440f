//! MQTT payload bytes to leaves: what one message says, value by value.
//!
//! Pure, total and bounded: any bytes give an answer, nothing panics, and no message makes more
//! than [`Limits`] allow. What cannot be read is a [`Problem`] beside the leaves that could.
//! `walk` holds the rules every JSON shape shares, `shapes` the envelopes of known products;
//! `tests/shapes.rs` shows each shape with what it gives. To add one, start there.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod json;
mod keys;
pub mod parts;
mod printable;
mod problem;
mod quality;
mod roles;
mod scalar;
mod shapes;
mod time;
mod topic;
mod walk;

pub mod fuzz;

pub use printable::sample;
pub use problem::{Problem, Reason};
pub use time::{LocalZone, Utc};

use twin::{Leaf, Timestamp};

use problem::Problems;

/// How large a message may be in each direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of payload.
    pub payload_bytes: usize,
    /// Levels of nesting; never more than 128, whatever is set.
    pub depth: usize,
    /// Leaves of one message.
    pub leaves: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            payload_bytes: 1 << 20,
            depth: 32,
            leaves: 10_000,
        }
    }
}

/// What one message says.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Decoded {
    /// Its values, in the order they stand.
    pub leaves: Vec<Leaf>,
    /// Whether its device says to be there (last will, availability topic).
    pub availability: Option<bool>,
    /// What could not be read, at most one entry a reason.
    pub problems: Vec<Problem>,
}

/// Bytes of a payload quoted in a problem.
const QUOTE_BYTES: usize = 60;

/// Decodes one message. `arrival` tells plausible times from other numbers; it is not copied into
/// the leaves. An empty payload (which deletes a retained message) is nothing at all.
#[must_use]
pub fn decode(
    topic: &str,
    payload: &[u8],
    arrival: Timestamp,
    limits: &Limits,
    zone: &dyn LocalZone,
) -> Decoded {
    let refuse = |reason, detail| Decoded {
        problems: vec![Problem { reason, detail }],
        ..Decoded::default()
    };
    if payload.is_empty() {
        return Decoded::default();
    }
    match topic::kind(topic) {
        topic::Kind::Readings => {}
        topic::Kind::Plumbing => return Decoded::default(),
        topic::Kind::Sparkplug => {
            return refuse(Reason::Sparkplug, "Sparkplug B is not decoded yet".to_owned());
        }
        topic::Kind::Inventory => {
            return refuse(
                Reason::NotReadings,
                "describes devices and holds no readings".to_owned(),
            );
        }
    }
    let text = match parts::text(payload, limits) {
        Ok(text) => text,
        Err(problem) => {
            return Decoded {
                problems: vec![problem],
                ..Decoded::default()
            };
        }
    };
    if let Some(there) = topic::availability(topic, text) {
        return Decoded {
            availability: Some(there),
            ..Decoded::default()
        };
    }
    match text.as_bytes().first() {
        Some(b'{' | b'[') => structured(text, arrival, limits, zone),
        _ => plain(text, limits),
    }
}

/// A payload that is one value.
fn plain(text: &str, limits: &Limits) -> Decoded {
    if limits.leaves == 0 {
        return Decoded::default();
    }
    let quoted = match text.starts_with('"').then(|| json::parse(text, 1, 1)) {
        Some(Ok(json::Json::Text(inner))) => Some(inner),
        _ => None,
    };
    let text = quoted.as_deref().unwrap_or(text);
    let mut problems = Problems::default();
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
    {
        problems.add(Reason::NotText, || sample(text.as_bytes(), QUOTE_BYTES));
        return Decoded {
            problems: problems.into_vec(),
            ..Decoded::default()
        };
    }
    let leaf = walk::leaf_from_scalar(scalar::read(text), text, &mut problems);
    Decoded {
        leaves: vec![leaf],
        availability: None,
        problems: problems.into_vec(),
    }
}

/// A payload that is a JSON object or array.
fn structured(text: &str, arrival: Timestamp, limits: &Limits, zone: &dyn LocalZone) -> Decoded {
    let mut problems = Problems::default();
    let leaves = match parts::tree(text, limits) {
        Ok(root) => {
            let mut walk = walk::Walk::new(limits.leaves, arrival, zone, &mut problems);
            shapes::root(&mut walk, &root);
            walk.finish()
        }
        Err(problem) => {
            problems.add(problem.reason, || problem.detail);
            Vec::new()
        }
    };
    Decoded {
        leaves,
        availability: None,
        problems: problems.into_vec(),
    }
}

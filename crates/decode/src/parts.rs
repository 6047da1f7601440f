//! The parts of decoding that mapping rules (crate `bind`) read with too, so that a time, a quality or
//! a number means the same whoever reads it.

use std::borrow::Cow;

use twin::{Leaf, Quality, Timestamp};

pub use crate::json::{Json, Member};
pub use crate::time::Unit as TimeUnit;

use crate::problem::Problems;
use crate::{Limits, LocalZone, Problem, QUOTE_BYTES, Reason, json, quality, sample, scalar, time, walk};

/// The text of a payload, without a byte order mark at its start and the NUL that ends a C string.
pub fn text<'p>(payload: &'p [u8], limits: &Limits) -> Result<&'p str, Problem> {
    let refuse = |reason, detail| Err(Problem { reason, detail });
    if payload.len() > limits.payload_bytes {
        return refuse(
            Reason::TooLarge,
            format!("{} bytes, the limit is {}", payload.len(), limits.payload_bytes),
        );
    }
    let Ok(text) = std::str::from_utf8(payload) else {
        return refuse(
            Reason::NotText,
            format!("{} bytes: {}", payload.len(), sample(payload, QUOTE_BYTES)),
        );
    };
    let text = text.trim_start_matches('\u{feff}').trim_end_matches('\0').trim();
    if text.is_empty() {
        return refuse(Reason::Empty, "nothing but spaces".to_owned());
    }
    Ok(text)
}

/// The JSON of a text, no deeper and no larger than allowed.
pub fn tree<'t>(text: &'t str, limits: &Limits) -> Result<Json<'t>, Problem> {
    // A leaf with all its company ({id, v, q, t, unit} in a list) is up to 8 nodes.
    let nodes = limits.leaves.saturating_mul(8).saturating_add(64);
    json::parse(text, limits.depth, nodes).map_err(|broken| match broken {
        json::Broken::Syntax(expected, at) => {
            let from = text.get(at..).unwrap_or_default();
            Problem {
                reason: Reason::BadJson,
                detail: match from.trim() {
                    "" => format!("it ends at byte {at}, where {expected} is expected"),
                    _ => format!(
                        "expected {expected} at byte {at}: {}",
                        sample(from.as_bytes(), QUOTE_BYTES)
                    ),
                },
            }
        }
        json::Broken::TooDeep => Problem {
            reason: Reason::TooDeep,
            detail: format!("more than {} levels", limits.depth),
        },
        json::Broken::TooMany => Problem {
            reason: Reason::TooManyLeaves,
            detail: format!("far more than {} values", limits.leaves),
        },
    })
}

/// A time in digits: in this unit, or in the one its size tells.
#[must_use]
pub fn time_of_number(digits: &str, unit: Option<TimeUnit>) -> Option<Timestamp> {
    time::from_number(digits, unit)
}

/// A time as a text, RFC 3339 and its relations; without a zone it is `zone`'s wall time.
#[must_use]
pub fn time_of_text(text: &str, zone: &dyn LocalZone) -> Option<Timestamp> {
    time::from_text(text, zone)
}

/// The quality that a word, a switch or a code says. `status_code` tells that numbers are OPC UA's.
#[must_use]
pub fn quality_of(json: &Json<'_>, status_code: bool) -> Option<Quality> {
    quality::from_json(json, status_code)
}

/// The value of a text: a number with or without its unit, a switch, a word. Beside it what was
/// doubtful.
#[must_use]
pub fn leaf_of_text(text: &str) -> (Leaf, Option<Problem>) {
    let mut problems = Problems::default();
    let leaf = walk::leaf_from_scalar(scalar::read(text), text, &mut problems);
    (leaf, problems.into_vec().pop())
}

/// A JSON text as this crate's.
#[must_use]
pub fn json_text(text: &str) -> Json<'_> {
    Json::Text(Cow::Borrowed(text))
}

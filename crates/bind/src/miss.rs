//! Why something of a message became no value.

use std::sync::Arc;

/// Misses of one message told in words; the rest is counted.
const MAX_TOLD: usize = 100;
/// The same where nobody asked for every word.
const MAX_LIVE: usize = 3;

/// Why.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// A condition of `when` does not hold.
    Condition,
    /// It was replayed by the broker, and the rule ignores that.
    Retained,
    /// The fan-out found nothing.
    NoItems,
    /// A path finds nothing, or a name stands for nothing.
    Absent,
    /// It is an object or a list.
    NotPlain,
    /// A text is not like the rule's pattern.
    Unlike,
    /// The formula has no output.
    NoOutput,
    /// No key of an asset, or no path of a property, can be made of it.
    NoName,
    /// There is no value in it that could be read.
    Unreadable,
    /// There is a value, but its time cannot be read; the arrival is used.
    UnreadableTime,
    /// There is a value, but nobody knows its quality; taken as uncertain.
    UnknownQuality,
    /// Another rule gave this property a value already.
    Twice,
    /// The payload cannot be read.
    Payload,
    /// It is beyond what one message may hold.
    TooMany,
}

impl Reason {
    /// Whether something is wrong, and not just meant for somebody else.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        !matches!(
            self,
            Self::Condition | Self::Retained | Self::NoItems | Self::Twice
        )
    }
}

/// One thing that became no value, or a value with a doubt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Miss {
    /// The binding.
    pub rule: Arc<str>,
    /// What it was looking at: names of members; empty for the message.
    pub at: String,
    /// Why.
    pub reason: Reason,
    /// In words.
    pub detail: String,
}

impl std::fmt::Display for Miss {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.at.is_empty() {
            write!(to, "{}: ", self.at)?;
        }
        to.write_str(&self.detail)
    }
}

/// Misses of one message.
pub(crate) struct Misses {
    /// Told too: what is meant for somebody else.
    all: bool,
    told: Vec<Miss>,
    more: usize,
}

impl Misses {
    pub fn new(all: bool) -> Self {
        Self {
            all,
            told: Vec::new(),
            more: 0,
        }
    }

    pub fn add(&mut self, reason: Reason, miss: impl FnOnce() -> Miss) {
        if !self.all && !reason.is_failure() {
            return;
        }
        if self.told.len() < if self.all { MAX_TOLD } else { MAX_LIVE } {
            self.told.push(miss());
        } else {
            self.more += 1;
        }
    }

    pub fn into_parts(self) -> (Vec<Miss>, usize) {
        (self.told, self.more)
    }
}

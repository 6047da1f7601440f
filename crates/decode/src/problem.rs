//! What could not be read, in words that can be counted and shown.

/// Why something in a message was not read. The words of [`Reason::as_str`] are stable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// The payload is over the limit.
    TooLarge,
    /// The payload is no UTF-8 text, or holds control characters.
    NotText,
    /// It begins like JSON and is none.
    BadJson,
    /// It is nested beyond the limit.
    TooDeep,
    /// It holds more values than the limit; the first ones are kept.
    TooManyLeaves,
    /// A list of numbers is too long for a point each; the first ones are kept.
    LongArray,
    /// There is no value in it.
    Empty,
    /// A time stands there and cannot be read; the arrival is used.
    UnreadableTime,
    /// A number that is none, or beyond a double.
    UnusableNumber,
    /// `1,234`: one and a bit, or a thousand and more.
    AmbiguousNumber,
    /// A quality nobody knows; taken as uncertain.
    UnknownQuality,
    /// A text too long for a value; its start is kept.
    LongText,
    /// A name too long for a point.
    LongName,
    /// A Sparkplug B message.
    Sparkplug,
    /// A message about devices, not from them.
    NotReadings,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 15] = [
        Self::TooLarge,
        Self::NotText,
        Self::BadJson,
        Self::TooDeep,
        Self::TooManyLeaves,
        Self::LongArray,
        Self::Empty,
        Self::UnreadableTime,
        Self::UnusableNumber,
        Self::AmbiguousNumber,
        Self::UnknownQuality,
        Self::LongText,
        Self::LongName,
        Self::Sparkplug,
        Self::NotReadings,
    ];

    /// A stable word for counters and catalogues.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotText => "not_text",
            Self::BadJson => "bad_json",
            Self::TooDeep => "too_deep",
            Self::TooManyLeaves => "too_many_values",
            Self::LongArray => "long_list",
            Self::Empty => "empty",
            Self::UnreadableTime => "unreadable_time",
            Self::UnusableNumber => "unusable_number",
            Self::AmbiguousNumber => "ambiguous_number",
            Self::UnknownQuality => "unknown_quality",
            Self::LongText => "long_text",
            Self::LongName => "long_name",
            Self::Sparkplug => "sparkplug",
            Self::NotReadings => "not_readings",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One kind of thing that could not be read in one message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Why.
    pub reason: Reason,
    /// The first case of it, short and printable, and how many more there were.
    pub detail: String,
}

/// Collects problems: the first of each reason in words, the others counted.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<(Problem, usize)>);

impl Problems {
    pub(crate) fn add(&mut self, reason: Reason, detail: impl FnOnce() -> String) {
        match self.0.iter_mut().find(|(problem, _)| problem.reason == reason) {
            Some((_, more)) => *more += 1,
            None => self.0.push((
                Problem {
                    reason,
                    detail: detail(),
                },
                0,
            )),
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.0
            .into_iter()
            .map(|(mut problem, more)| {
                if more > 0 {
                    problem.detail.push_str(&format!(" (and {more} more)"));
                }
                problem
            })
            .collect()
    }
}

//! Stretches of time with a start and without an end, and sets of them.

use twin::{Span, Timestamp};

/// From `from` on, until just before `to`. Empty ones do not exist: [`Stretch::new`] gives none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stretch {
    from: Timestamp,
    to: Timestamp,
}

impl Stretch {
    /// None where it would end before or when it starts.
    #[must_use]
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// Its first instant.
    #[must_use]
    pub const fn from(self) -> Timestamp {
        self.from
    }

    /// The first instant after it.
    #[must_use]
    pub const fn to(self) -> Timestamp {
        self.to
    }

    /// How long it is.
    #[must_use]
    pub const fn len(self) -> Span {
        self.to.since(self.from)
    }

    /// Never: there are no empty stretches.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        false
    }

    /// Whether the instant is inside.
    #[must_use]
    pub fn has(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether the other one lies inside, whole.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// What both have.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }
}

/// A set of instants: stretches in order that neither meet nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times(Vec<Stretch>);

impl Times {
    /// Everything that any of these has.
    #[must_use]
    pub fn of(stretches: impl IntoIterator<Item = Stretch>) -> Self {
        let mut all: Vec<Stretch> = stretches.into_iter().collect();
        all.sort_unstable();
        let mut joined: Vec<Stretch> = Vec::with_capacity(all.len());
        for next in all {
            match joined.last_mut() {
                Some(last) if next.from <= last.to => last.to = last.to.max(next.to),
                _ => joined.push(next),
            }
        }
        Self(joined)
    }

    /// The stretches, in order.
    #[must_use]
    pub fn stretches(&self) -> &[Stretch] {
        &self.0
    }

    /// Whether there is no instant in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How long all of it is together.
    #[must_use]
    pub fn total(&self) -> Span {
        self.0.iter().fold(Span::ZERO, |sum, one| {
            Span::from_micros(sum.micros() + one.len().micros())
        })
    }

    /// What either has.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied())
    }

    /// What both have.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            both.extend(a.and(**b));
            if a.to <= b.to {
                left.next();
            } else {
                right.next();
            }
        }
        Self(both)
    }

    /// What this has and the other has not.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        for one in &self.0 {
            let first = other.0.partition_point(|out| out.to <= one.from);
            let mut from = one.from;
            for out in other.0.iter().skip(first).take_while(|out| out.from < one.to) {
                rest.extend(Stretch::new(from, out.from));
                from = from.max(out.to);
            }
            rest.extend(Stretch::new(from, one.to));
        }
        Self(rest)
    }

    /// Whether the stretch lies inside, whole.
    #[must_use]
    pub fn covers(&self, stretch: Stretch) -> bool {
        self.0.iter().any(|one| one.covers(stretch))
    }

    /// What of it lies within the stretch.
    #[must_use]
    pub fn within(&self, stretch: Stretch) -> Self {
        Self(self.0.iter().filter_map(|one| one.and(stretch)).collect())
    }

    /// Those stretches that are at least so long.
    pub fn at_least(&self, len: Span) -> impl Iterator<Item = Stretch> + '_ {
        self.0.iter().copied().filter(move |one| one.len() >= len)
    }
}

/// Hours in a span.
#[must_use]
pub fn hours(span: Span) -> f64 {
    #[allow(
        clippy::cast_precision_loss,
        reason = "a thousand years of microseconds are exact enough"
    )]
    let micros = span.micros() as f64;
    micros / 3.6e9
}

/// The span of so many hours, rounded to the microsecond; none where it is not finite or too long.
#[must_use]
pub fn from_hours(hours: f64) -> Option<Span> {
    let micros = libm::round(hours * 3.6e9);
    #[allow(clippy::cast_possible_truncation, reason = "checked to be in range")]
    (micros.is_finite() && micros.abs() < 9e18).then(|| Span::from_micros(micros as i64))
}

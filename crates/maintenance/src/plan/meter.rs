//! Plans by meter: every so many run hours, starts or pieces. Counters are reset and run over; what was counted
//! is not lost by that.

use std::collections::VecDeque;

use twin::{Span, Timestamp};

use crate::span::hours;

/// Most readings kept for the pace.
const KEPT: usize = 64;

/// Every so much on a meter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeterRule {
    /// How much, in the meter's unit; above zero.
    pub every: f64,
    /// What the meter had counted when the plan began.
    pub from: f64,
    /// Over which time its pace is measured to say when it will be due.
    pub window: Span,
}

/// What a counter has counted since it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meter {
    total: f64,
    /// What it shows.
    shown: Option<f64>,
    /// The number after which it begins again at zero, for those that run over.
    turns_at: Option<f64>,
    resets: u32,
    /// Totals over time, thinned to equal gaps in count.
    seen: VecDeque<(Timestamp, f64)>,
}

impl Meter {
    /// A counter that has counted so much by now, and begins again at zero after `turns_at`.
    #[must_use]
    pub fn new(total: f64, turns_at: Option<f64>) -> Self {
        Self {
            total,
            turns_at,
            ..Self::default()
        }
    }

    /// Takes what the counter shows. One that shows less was reset or ran over: it ran over when it was in the
    /// last tenth before its end, otherwise it began again at zero. Readings older than the last, negative or not
    /// finite ones are left out: false.
    pub fn take(&mut self, at: Timestamp, shows: f64) -> bool {
        let is_newer = self.last().is_none_or(|last| at > last);
        if !shows.is_finite() || shows < 0.0 || !is_newer {
            return false;
        }
        let more = match self.shown {
            // How much it counted before it was known is not known.
            None => 0.0,
            Some(shown) if shows >= shown => shows - shown,
            Some(shown) => {
                self.resets = self.resets.saturating_add(1);
                match self.turns_at {
                    Some(end) if shown <= end && shown >= 0.9 * end => end - shown + shows,
                    _ => shows,
                }
            }
        };
        self.total += more;
        self.shown = Some(shows);
        self.keep(at);
        true
    }

    fn keep(&mut self, at: Timestamp) {
        self.seen.push_back((at, self.total));
        if self.seen.len() > KEPT {
            // Every second of the older half goes: far back a pace needs few points.
            let half = KEPT / 2;
            let mut place = 0;
            self.seen.retain(|_| {
                place += 1;
                place > half || place % 2 == 1
            });
        }
    }

    /// What it has counted.
    #[must_use]
    pub const fn total(&self) -> f64 {
        self.total
    }

    /// How often it began again.
    #[must_use]
    pub const fn resets(&self) -> u32 {
        self.resets
    }

    /// When it was read last.
    #[must_use]
    pub fn last(&self) -> Option<Timestamp> {
        self.seen.back().map(|(at, _)| *at)
    }

    /// How much an hour over the last while; none from fewer than two readings.
    #[must_use]
    pub fn pace(&self, window: Span) -> Option<f64> {
        let (last, total) = self.seen.back()?;
        let inside = |at: Timestamp| last.since(at) <= window;
        let (first, before) = self.seen.iter().find(|(at, _)| inside(*at))?;
        let over = hours(last.since(*first));
        (over > 0.0).then(|| (total - before) / over)
    }

    /// When it was first seen to have counted so much.
    #[must_use]
    pub fn reached(&self, total: f64) -> Option<Timestamp> {
        self.seen
            .iter()
            .find(|(_, there)| *there >= total)
            .map(|(at, _)| *at)
    }
}

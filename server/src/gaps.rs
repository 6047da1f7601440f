//! Remembers from when to when history missed something: nothing could be written, or readings were shown and
//! not stored. Status page and charts tell of it from then on.

use std::sync::Arc;
use std::time::Duration;

use store::History;
use tokio_util::sync::CancellationToken;
use twin::{Span, Timestamp};

use crate::clock::Clock;
use crate::plant::PlantReader;

/// What follows within this time belongs to the same gap.
const QUIET: Duration = Duration::from_secs(5);
/// A shorter one in which nothing was left out is none: what waited was written.
const SHORTEST: Span = Span::from_secs(5);

/// Watches how history is written.
pub struct Gaps {
    history: Arc<History>,
    plant: PlantReader,
    clock: Arc<dyn Clock>,
}

/// A gap that is not recorded yet.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Open {
    from: Timestamp,
    /// When it ended, unless it goes on.
    to: Option<Timestamp>,
    /// Readings were left out.
    is_lossy: bool,
}

impl Open {
    /// What is open now, by what was before and since when what fails fails.
    fn next(
        before: Option<Self>,
        failing: Option<Timestamp>,
        unstored: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Self> {
        let is_lossy = unstored.is_some() || before.is_some_and(|before| before.is_lossy);
        match [failing, unstored].into_iter().flatten().min() {
            Some(since) => Some(Self {
                from: before.map_or(since, |before| before.from.min(since)),
                to: None,
                is_lossy,
            }),
            None => before.map(|before| Self {
                to: before.to.or(Some(now)),
                ..before
            }),
        }
    }

    /// From when to when, where it is worth telling.
    fn told(self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let to = self.to.unwrap_or(now);
        (self.is_lossy || to.since(self.from) >= SHORTEST).then_some((self.from, to))
    }
}

impl Gaps {
    /// Gaps of this history, told of the sources of `plant`.
    #[must_use]
    pub const fn new(history: Arc<History>, plant: PlantReader, clock: Arc<dyn Clock>) -> Self {
        Self {
            history,
            plant,
            clock,
        }
    }

    /// Runs until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut health = self.plant.history.clone();
        let mut unstored = self.plant.unstored.watch();
        let mut open: Option<Open> = None;
        loop {
            let since = self.plant.unstored.since();
            open = Open::next(open, health.failing_since(), since, self.clock.now());
            let has_ended = open.is_some_and(|open| open.to.is_some());
            let goes_on = tokio::select! {
                changed = health.changed() => changed,
                changed = unstored.changed() => changed.is_ok(),
                () = tokio::time::sleep(QUIET), if has_ended => {
                    self.close(open.take()).await;
                    true
                }
                () = stop.cancelled() => false,
            };
            if !goes_on {
                return self.close(open).await;
            }
        }
    }

    async fn close(&self, open: Option<Open>) {
        let told = open.and_then(|open| open.told(self.clock.now()));
        let Some((from, to)) = told else { return };
        if open.is_some_and(|open| open.is_lossy) {
            self.plant.sources.note_gap(to);
        }
        let history = self.history.clone();
        match tokio::task::spawn_blocking(move || history.record_gap(from, to)).await {
            Ok(Ok(())) => tracing::warn!(?from, ?to, "history has a gap"),
            Ok(Err(error)) => tracing::error!(%error, ?from, ?to, "a gap of the history cannot be recorded"),
            Err(error) => tracing::error!(%error, "a gap of the history was not recorded"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_millis(secs * 1_000)
    }

    /// Each step is when it is, since when history fails, and since when readings are left out.
    fn told(steps: &[(i64, Option<i64>, Option<i64>)]) -> Option<(i64, i64)> {
        let mut open = None;
        let mut last = at(0);
        for (now, failing, unstored) in steps {
            last = at(*now);
            open = Open::next(open, failing.map(at), unstored.map(at), last);
        }
        let (from, to) = open?.told(last)?;
        Some((from.millis() / 1_000, to.millis() / 1_000))
    }

    #[test]
    fn what_was_left_out_or_stood_still_is_a_gap_and_a_moment_is_none() {
        let all_well = (99, None, None);
        for (steps, expect) in [
            (&[all_well][..], None),
            (&[(10, Some(10), None), (12, None, None), all_well], None),
            (
                &[(10, Some(10), None), (15, None, None), all_well],
                Some((10, 15)),
            ),
            (
                &[(10, None, Some(10)), (11, None, None), all_well],
                Some((10, 11)),
            ),
            // One after the other, and one within the other, are one gap.
            (
                &[
                    (10, None, Some(10)),
                    (11, None, None),
                    (12, Some(12), None),
                    (13, None, None),
                ],
                Some((10, 13)),
            ),
            (
                &[
                    (10, Some(10), None),
                    (20, Some(10), Some(20)),
                    (30, None, Some(20)),
                    (40, None, None),
                ],
                Some((10, 40)),
            ),
            (&[(10, Some(10), None), (20, Some(10), None)], Some((10, 20))),
        ] {
            assert_eq!(told(steps), expect, "{steps:?}");
        }
    }
}

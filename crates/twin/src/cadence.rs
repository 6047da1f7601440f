//! How often a point speaks, learned from its own gaps.

use crate::freshness::Cadence;
use crate::time::Span;

/// Gaps that are looked back on.
const WINDOW: usize = 32;
/// Gaps that must be known before anything is called late.
const LEARN_AFTER: u32 = 8;
/// Irregular from this ratio of the 95th percentile to the median.
const IRREGULAR: u32 = 10;
/// Regular again below this one, so that a point between the two does not flicker.
const REGULAR: u32 = 5;

/// The last gaps of one point, in milliseconds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Gaps {
    millis: [u32; WINDOW],
    seen: u32,
}

impl Gaps {
    /// Takes in one gap; true when it is time to judge again (every fourth).
    pub(crate) fn push(&mut self, gap: Span) -> bool {
        let millis = u32::try_from(gap.millis().max(0)).unwrap_or(u32::MAX);
        if let Some(slot) = self.millis.get_mut(self.seen as usize % WINDOW) {
            *slot = millis;
        }
        // Beyond the window only the position in it counts, so the counter may turn round there.
        self.seen = if self.seen >= 3 * WINDOW as u32 {
            self.seen - WINDOW as u32 + 1
        } else {
            self.seen + 1
        };
        self.seen >= LEARN_AFTER && self.seen.is_multiple_of(4)
    }

    /// What the gaps say, given what was said before.
    pub(crate) fn judge(&self, before: Cadence) -> Cadence {
        let count = (self.seen as usize).min(WINDOW);
        if self.seen < LEARN_AFTER {
            return before;
        }
        let mut sorted = self.millis;
        let Some(known) = sorted.get_mut(..count) else {
            return before;
        };
        known.sort_unstable();
        let at = |index: usize| known.get(index).copied().unwrap_or_default().max(1);
        let (median, p95) = (at(count / 2), at((count * 19).div_ceil(20).saturating_sub(1)));
        let ratio = if before == Cadence::OnChange {
            REGULAR
        } else {
            IRREGULAR
        };
        if p95 > median.saturating_mul(ratio) {
            return Cadence::OnChange;
        }
        let learned = Span::from_millis(i64::from(p95));
        match before {
            Cadence::Learned(known) if is_near(known, learned) => before,
            _ => Cadence::Learned(learned),
        }
    }
}

/// Within a fifth: not worth telling anybody.
fn is_near(known: Span, learned: Span) -> bool {
    (known.micros() - learned.micros()).abs() <= known.micros() / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(gaps: impl IntoIterator<Item = i64>, expect: Cadence) {
        let mut known = Gaps::default();
        let mut cadence = Cadence::Learning;
        for gap in gaps {
            if known.push(Span::from_millis(gap)) {
                cadence = known.judge(cadence);
            }
        }
        assert_eq!(cadence, expect);
    }

    fn learned(millis: i64) -> Cadence {
        Cadence::Learned(Span::from_millis(millis))
    }

    #[test]
    fn eight_gaps_are_needed() {
        check([1_000; 7], Cadence::Learning);
        check([1_000; 8], learned(1_000));
    }

    #[test]
    fn rare_outliers_do_not_count_and_common_ones_do() {
        check(
            (0..64).map(|i| if i % 32 == 7 { 9_000 } else { 1_000 }),
            learned(1_000),
        );
        check(
            (0..64).map(|i| if i % 8 == 7 { 4_000 } else { 1_000 }),
            learned(4_000),
        );
    }

    #[test]
    fn irregular_gaps_are_on_change() {
        check(
            (0..32).map(|i| if i % 4 == 0 { 60_000 } else { 100 }),
            Cadence::OnChange,
        );
    }

    #[test]
    fn a_new_pace_is_learned_and_small_drift_is_not_told() {
        check([vec![1_000; 40], vec![1_100; 40]].concat(), learned(1_000));
        check([vec![1_000; 40], vec![5_000; 40]].concat(), learned(5_000));
        check([vec![1_000; 400], vec![100; 400]].concat(), learned(100));
    }

    #[test]
    fn bursts_without_any_gap_are_no_division_by_zero() {
        check([0; 40], learned(1));
    }
}

//! How long to wait before the next attempt: quick at first, never giving up, never in step with others.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// For this long after a link was lost, attempts follow quickly: a broker that restarts is back soon.
const QUICK_PHASE: Duration = Duration::from_secs(10);
const QUICK_MILLIS: (u64, u64) = (100, 250);
const LONGEST_MILLIS: u64 = 10_000;
/// A broker that turned us away is asked again at this pace.
const REFUSED_MILLIS: (u64, u64) = (8_000, 15_000);

/// The pace of attempts since the link was last up.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    slow_attempts: u32,
}

impl Backoff {
    /// The link is up: start again from the beginning next time.
    pub(crate) fn reset(&mut self) {
        self.slow_attempts = 0;
    }

    /// The wait before the next attempt; `down_for` is the time since the link was lost.
    pub(crate) fn after_failure(&mut self, down_for: Duration) -> Duration {
        if down_for < QUICK_PHASE {
            return between(QUICK_MILLIS, random());
        }
        self.slow_attempts = self.slow_attempts.saturating_add(1).min(16);
        let ceiling = (QUICK_MILLIS.1 << self.slow_attempts).min(LONGEST_MILLIS);
        between((QUICK_MILLIS.0, ceiling), random())
    }

    /// The wait after the broker turned us away.
    pub(crate) fn after_refusal() -> Duration {
        between(REFUSED_MILLIS, random())
    }
}

fn between((low, high): (u64, u64), random: u64) -> Duration {
    Duration::from_millis(low + random % (high - low + 1))
}

/// Good enough to keep many clients from knocking at once.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_then_slower_but_bounded() {
        let mut backoff = Backoff::default();
        for _ in 0..100 {
            let wait = backoff.after_failure(Duration::from_secs(9));
            assert!((100..=250).contains(&wait.as_millis()), "{wait:?}");
        }
        for _ in 0..100 {
            let wait = backoff.after_failure(Duration::from_secs(60));
            assert!((100..=10_000).contains(&wait.as_millis()), "{wait:?}");
        }
        backoff.reset();
        assert!(backoff.after_failure(Duration::from_secs(11)) <= Duration::from_millis(500));
        assert!(Backoff::after_refusal() >= Duration::from_secs(8));
    }

    #[test]
    fn not_in_step() {
        let waits: std::collections::BTreeSet<u64> = (0..50).map(|_| random()).collect();
        assert!(waits.len() > 40);
    }
}

//! Slows down who guesses: after some failures the next try waits, twice as long each time.

use std::collections::BTreeMap;

use twin::{Span, Timestamp};

/// How patient a [`Throttle`] is.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Failures that cost nothing.
    pub free: u32,
    /// The wait after the next one; doubled by each that follows.
    pub first: Span,
    /// The longest wait.
    pub longest: Span,
    /// Failures are forgotten after so long without one.
    pub forget: Span,
    /// Keys remembered; beyond, what failed longest ago is forgotten.
    pub keys: usize,
}

impl Limits {
    /// For passwords, PINs and one-time codes: five tries, then 2 s, 4 s … up to a quarter of an hour.
    pub const GUESSES: Self = Self {
        free: 5,
        first: Span::from_secs(2),
        longest: Span::from_secs(900),
        forget: Span::from_secs(3_600),
        keys: 20_000,
    };
}

#[derive(Clone, Copy, Debug)]
struct Failed {
    times: u32,
    last: Timestamp,
}

/// Failures by key: an account's name, an address, a link.
#[derive(Clone, Debug)]
pub struct Throttle {
    limits: Limits,
    failed: BTreeMap<Box<str>, Failed>,
}

impl Throttle {
    /// One that has seen no failure.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            failed: BTreeMap::new(),
        }
    }

    /// How long a key must wait before its next try; none when it may try now.
    #[must_use]
    pub fn wait(&self, key: &str, now: Timestamp) -> Option<Span> {
        let failed = self.failed.get(key)?;
        let until = failed.last + self.wait_after(failed.times)?;
        (until > now).then(|| Span::from_micros(until.micros() - now.micros()))
    }

    /// Counts a failure.
    pub fn fail(&mut self, key: &str, now: Timestamp) {
        let forget = self.limits.forget;
        if !self.failed.contains_key(key) && self.failed.len() >= self.limits.keys {
            self.make_room(now);
        }
        let failed = self
            .failed
            .entry(key.into())
            .or_insert(Failed { times: 0, last: now });
        if failed.last + forget < now {
            failed.times = 0;
        }
        failed.times = failed.times.saturating_add(1);
        failed.last = now;
    }

    /// Counts one failure less: it was none.
    pub fn take_back(&mut self, key: &str) {
        if let Some(failed) = self.failed.get_mut(key) {
            failed.times = failed.times.saturating_sub(1);
        }
    }

    /// Forgets a key's failures: it proved itself.
    pub fn succeed(&mut self, key: &str) {
        self.failed.remove(key);
    }

    fn wait_after(&self, times: u32) -> Option<Span> {
        let beyond = times.checked_sub(self.limits.free)?.checked_sub(1)?;
        let doubled = self.limits.first.micros().saturating_mul(1 << beyond.min(40));
        Some(Span::from_micros(doubled.clamp(0, self.limits.longest.micros())))
    }

    fn make_room(&mut self, now: Timestamp) {
        let forget = self.limits.forget;
        self.failed.retain(|_, failed| failed.last + forget >= now);
        if self.failed.len() < self.limits.keys {
            return;
        }
        let oldest = self.failed.iter().min_by_key(|(_, failed)| failed.last);
        if let Some(key) = oldest.map(|(key, _)| key.clone()) {
            self.failed.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_micros(1_000_000 * secs)
    }

    #[test]
    fn five_tries_are_free_then_each_waits_twice_as_long() {
        let mut throttle = Throttle::new(Limits::GUESSES);
        for _ in 0..5 {
            assert_eq!(throttle.wait("ada", at(0)), None);
            throttle.fail("ada", at(0));
        }
        assert_eq!(throttle.wait("ada", at(0)), None);
        for (now, wait) in [(0, 2), (2, 4), (6, 8), (14, 16)] {
            throttle.fail("ada", at(now));
            assert_eq!(throttle.wait("ada", at(now)), Some(Span::from_secs(wait)));
            assert_eq!(throttle.wait("ada", at(now + wait)), None);
        }
        assert_eq!(throttle.wait("grace", at(0)), None);
        throttle.take_back("ada");
        throttle.fail("ada", at(14));
        assert_eq!(throttle.wait("ada", at(14)), Some(Span::from_secs(16)));
        throttle.succeed("ada");
        assert_eq!(throttle.wait("ada", at(14)), None);
    }

    #[test]
    fn the_wait_has_an_end_and_failures_are_forgotten() {
        let mut throttle = Throttle::new(Limits::GUESSES);
        for _ in 0..200 {
            throttle.fail("ada", at(0));
        }
        assert_eq!(throttle.wait("ada", at(0)), Some(Span::from_secs(900)));
        throttle.fail("ada", at(5_000));
        assert_eq!(throttle.wait("ada", at(5_000)), None);
    }

    #[test]
    fn it_remembers_only_so_many() {
        let limits = Limits {
            keys: 3,
            free: 0,
            ..Limits::GUESSES
        };
        let mut throttle = Throttle::new(limits);
        for (key, now) in [("a", 0), ("b", 1), ("c", 2), ("d", 3)] {
            throttle.fail(key, at(now));
        }
        assert_eq!(throttle.failed.len(), 3);
        assert_eq!(throttle.wait("a", at(3)), None);
        assert!(throttle.wait("d", at(3)).is_some());
    }
}

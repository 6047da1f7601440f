//! Token buckets by key (the generic cell rate algorithm): one number a key, so many keys at most.
//!
//! Pure: time is an argument. Not governor, whose keyed store grows with every address that asks and whose clock
//! is its own (docs/decisions/0011-own-token-buckets.md).

use std::collections::BTreeMap;

use twin::{Span, Timestamp};

/// How much and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// At once.
    burst: i64,
    /// One more after so many microseconds.
    every: i64,
}

impl Budget {
    /// So many a minute, all of them at once if need be; at least one.
    #[must_use]
    pub fn per_minute(count: u32) -> Self {
        let count = i64::from(count.max(1));
        Self {
            burst: count,
            every: 60_000_000 / count,
        }
    }

    /// From empty to full.
    const fn whole(self) -> i64 {
        self.burst * self.every
    }
}

/// A bucket for each key.
#[derive(Clone, Debug)]
pub struct Buckets<K> {
    budget: Budget,
    most: usize,
    /// When a bucket is full again (microseconds), and when in the order of use it was last asked for.
    known: BTreeMap<K, (i64, u64)>,
    by_use: BTreeMap<u64, K>,
    uses: u64,
}

impl<K: Ord + Clone> Buckets<K> {
    /// Full ones, for at most so many keys; beyond, the one used longest ago is taken for full.
    #[must_use]
    pub const fn new(budget: Budget, most: usize) -> Self {
        Self {
            budget,
            most,
            known: BTreeMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
        }
    }

    /// Takes one, or says how long until there is one. Somebody who is refused loses nothing by it.
    pub fn take(&mut self, key: K, now: Timestamp) -> Result<(), Span> {
        let now = now.micros();
        let before = self.known.get(&key).copied();
        if let Some((_, use_before)) = before {
            self.by_use.remove(&use_before);
        } else if self.known.len() >= self.most
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            self.known.remove(&oldest);
        }
        // A clock that was set back does not lock anybody out for longer than an empty bucket does.
        let full_at = before.map_or(now, |(full_at, _)| full_at.clamp(now, now + self.budget.whole()));
        let after = full_at + self.budget.every;
        let wait = after - now - self.budget.whole();
        self.uses += 1;
        self.by_use.insert(self.uses, key.clone());
        let full_at = if wait > 0 { full_at } else { after };
        self.known.insert(key, (full_at, self.uses));
        if wait > 0 {
            return Err(Span::from_micros(wait));
        }
        Ok(())
    }

    /// Keys remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether nobody has asked yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_minutes_worth_comes_at_once_then_one_by_one() {
        let mut buckets = Buckets::new(Budget::per_minute(3), 10);
        let at = |secs: i64| Timestamp::from_millis(1_000 * secs);
        for (now, expect) in [
            (0, None),
            (0, None),
            (0, None),
            (0, Some(20)),
            (15, Some(5)),
            (20, None),
            (20, Some(20)),
            (3_600, None),
            (3_600, None),
            (3_600, None),
            (3_600, Some(20)),
            // The clock was set back.
            (0, Some(20)),
            (20, None),
        ] {
            let wait = buckets.take("a", at(now)).err();
            assert_eq!(wait, expect.map(Span::from_secs), "at {now} s");
        }
    }

    proptest! {
        /// Within any stretch of time nobody gets more than a full bucket and what ran in meanwhile.
        #[test]
        fn no_pattern_of_asking_gets_more(
            count in 1_u32..200,
            steps in prop::collection::vec(0_i64..5_000_000, 1..400),
        ) {
            let budget = Budget::per_minute(count);
            let mut buckets = Buckets::new(budget, 4);
            let mut now = 1_000_000_000;
            let mut given = Vec::new();
            for step in steps {
                now += step;
                match buckets.take(0, Timestamp::from_micros(now)) {
                    Ok(()) => given.push(now),
                    // The wait that is told is enough, and not more than enough.
                    Err(wait) => {
                        let mut later = buckets.clone();
                        let before = Timestamp::from_micros(now + wait.micros() - 1);
                        prop_assert!(later.take(0, before).is_err());
                        let then = Timestamp::from_micros(now + wait.micros());
                        prop_assert!(later.take(0, then).is_ok());
                    }
                }
            }
            for (i, first) in given.iter().enumerate() {
                for (j, last) in given.iter().enumerate().skip(i) {
                    let most = i64::from(count) + (last - first) / budget.every;
                    prop_assert!((j - i + 1) as i64 <= most);
                }
            }
        }

        /// However many ask, only so many are remembered, and both tables agree.
        #[test]
        fn memory_is_bounded(most in 1_usize..20, keys in prop::collection::vec(0_u8..60, 1..300)) {
            let mut buckets = Buckets::new(Budget::per_minute(2), most);
            for (n, key) in keys.iter().enumerate() {
                let _answer = buckets.take(*key, Timestamp::from_millis(n as i64));
                prop_assert!(buckets.len() <= most);
                prop_assert_eq!(buckets.len(), buckets.by_use.len());
                prop_assert!(buckets.known.contains_key(key));
            }
        }
    }
}

//! One-time codes that prove an e-mail address: short, so they hold for minutes and bear few wrong tries.

use std::collections::BTreeMap;

use twin::{Span, Timestamp};

/// SHA-256 of a code and what it is for.
type Hash = [u8; 32];

/// How long a code holds.
pub const CODE_HOLDS: Span = Span::from_secs(600);
/// Wrong tries that end a code.
pub const CODE_TRIES: u8 = 5;

#[derive(Clone, Copy, Debug)]
struct Code {
    hash: Hash,
    until: Timestamp,
    wrong: u8,
}

/// Codes that were asked for, by what each is for. An address that nobody invited has one too, which nobody was
/// sent: it is not to be told from the others.
#[derive(Clone, Debug)]
pub struct Codes {
    most: usize,
    codes: BTreeMap<Box<str>, Code>,
}

impl Codes {
    /// None yet, and never more than so many.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self {
            most,
            codes: BTreeMap::new(),
        }
    }

    /// A new code; the one before it ends. Where there are too many the one that ends first goes.
    pub fn put(&mut self, what: &str, hash: Hash, now: Timestamp) {
        self.codes.remove(what);
        if self.codes.len() >= self.most {
            self.codes.retain(|_, code| code.until > now);
        }
        if self.codes.len() >= self.most {
            let first = self.codes.iter().min_by_key(|(_, code)| code.until);
            if let Some(what) = first.map(|(what, _)| what.clone()) {
                self.codes.remove(&what);
            }
        }
        let code = Code {
            hash,
            until: now + CODE_HOLDS,
            wrong: 0,
        };
        self.codes.insert(what.into(), code);
    }

    /// Whether a code is right. It ends by being right, by its time, and by [`CODE_TRIES`] wrong ones.
    pub fn take(&mut self, what: &str, hash: &Hash, now: Timestamp) -> bool {
        let Some(code) = self.codes.get_mut(what) else {
            return false;
        };
        let is_right = code.until > now && code.hash == *hash;
        code.wrong += 1;
        if is_right || code.until <= now || code.wrong >= CODE_TRIES {
            self.codes.remove(what);
        }
        is_right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_micros(1_000_000 * secs)
    }

    #[test]
    fn a_code_is_right_once_in_time_and_for_what_it_is() {
        let (right, wrong) = ([1; 32], [2; 32]);
        // What is tried, when, and whether it opens.
        for (name, tries) in [
            ("right", vec![("a", right, 599, true), ("a", right, 599, false)]),
            ("too late", vec![("a", right, 600, false), ("a", right, 1, false)]),
            ("another's", vec![("b", right, 1, false), ("a", right, 1, true)]),
            (
                "the fifth",
                [vec![("a", wrong, 1, false); 4], vec![("a", right, 1, true)]].concat(),
            ),
            (
                "after five",
                [vec![("a", wrong, 1, false); 5], vec![("a", right, 1, false)]].concat(),
            ),
        ] {
            let mut codes = Codes::new(10);
            codes.put("a", right, at(0));
            for (what, hash, now, opens) in tries {
                assert_eq!(codes.take(what, &hash, at(now)), opens, "{name}");
            }
        }
    }

    #[test]
    fn a_new_code_ends_the_one_before() {
        let mut codes = Codes::new(10);
        codes.put("a", [1; 32], at(0));
        codes.put("a", [2; 32], at(1));
        assert!(!codes.take("a", &[1; 32], at(2)));
        assert!(codes.take("a", &[2; 32], at(2)));
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut codes = Codes::new(2);
        for (what, now) in [("a", 0), ("b", 1), ("c", 2)] {
            codes.put(what, [1; 32], at(now));
        }
        assert_eq!(codes.codes.len(), 2);
        assert!(!codes.take("a", &[1; 32], at(3)));
        assert!(codes.take("b", &[1; 32], at(3)));
    }
}

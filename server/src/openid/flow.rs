//! One sign-in, from its beginning to its end: all of it comes from one secret that only the browser keeps.

use sha2::{Digest as _, Sha256};

use crate::accounts::desk::hex;
use crate::accounts::secret;

/// What the browser carries through the provider and back.
#[derive(Debug)]
pub struct Flow {
    seed: String,
    /// Where to go afterwards: a path of ours.
    pub next: String,
}

impl Flow {
    /// A new one.
    #[must_use]
    pub fn new(next: String) -> Self {
        Self {
            seed: secret::new(),
            next,
        }
    }

    /// The one of a cookie.
    #[must_use]
    pub fn from_cookie(text: &str) -> Option<Self> {
        let (seed, next) = text.split_once('.')?;
        let next = form_urlencoded::parse(next.as_bytes()).next()?.0.into_owned();
        secret::is_one(seed).then(|| Self {
            seed: seed.to_owned(),
            next,
        })
    }

    /// As the cookie keeps it.
    #[must_use]
    pub fn cookie(&self) -> String {
        let next: String = form_urlencoded::byte_serialize(self.next.as_bytes()).collect();
        format!("{}.{next}", self.seed)
    }

    /// What the provider gives back in the address.
    #[must_use]
    pub fn state(&self) -> String {
        self.part("state")
    }

    /// What the ID token must hold.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.part("nonce")
    }

    /// What proves that who asks for the tokens began the sign-in (RFC 7636), 64 letters.
    #[must_use]
    pub fn verifier(&self) -> String {
        self.part("verifier")
    }

    /// Whether a state that came back is ours. Digests tell nothing by how long they take to compare.
    #[must_use]
    pub fn is_back(&self, state: &str) -> bool {
        secret::hash(state) == secret::hash(&self.state())
    }

    fn part(&self, name: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(name.as_bytes());
        digest.update([0]);
        digest.update(self.seed.as_bytes());
        hex(&digest.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_brings_the_same_sign_in_back() {
        let flow = Flow::new("/h/Lyon?x=a b&y=é;".to_owned());
        let back = Flow::from_cookie(&flow.cookie()).unwrap();
        assert_eq!(
            (back.state(), back.nonce(), back.verifier(), back.next.as_str()),
            (flow.state(), flow.nonce(), flow.verifier(), flow.next.as_str())
        );
        assert!(!flow.cookie().contains([';', ' ', ',']), "{}", flow.cookie());
        assert!(back.is_back(&flow.state()));
        assert!(!back.is_back(&flow.nonce()));
        assert!(!back.is_back(""));
    }

    #[test]
    fn its_parts_tell_nothing_of_each_other() {
        let flow = Flow::new("/".to_owned());
        let parts = [flow.state(), flow.nonce(), flow.verifier()];
        assert!(parts.iter().all(|part| part.len() == 64));
        assert_eq!(parts.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    }

    #[test]
    fn what_is_no_cookie_of_ours_is_none() {
        for text in ["", ".", "short./", &format!("{}/", "a".repeat(32)), "é.x"] {
            assert!(Flow::from_cookie(text).is_none(), "{text:?}");
        }
    }
}

//! A map of a few entries: what one asset says. A `BTreeMap` takes room for eleven entries with its first
//! one, half a kilobyte for an asset that says a single thing.

use std::borrow::Borrow;

/// Entries in the order of their keys.
#[derive(Clone, PartialEq, Debug)]
pub struct Few<K, V>(Vec<(K, V)>);

impl<K, V> Default for Few<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Few<K, V> {
    fn at<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(own, _)| own.borrow().cmp(key))
    }

    /// The value of a key.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.at(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Whether there is such a key.
    #[must_use]
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.at(key).is_ok()
    }

    /// Puts a value in place of the one the key had.
    pub fn insert(&mut self, key: K, value: V) {
        match self.at(&key) {
            Ok(at) => {
                if let Some((_, own)) = self.0.get_mut(at) {
                    *own = value;
                }
            }
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (key, value));
            }
        }
    }

    /// Takes an entry out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.at(key).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// Every value.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Every entry.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.into_iter()
    }
}

impl<K: Ord, V: Default> Few<K, V> {
    /// The value of a key, made where it is not there.
    pub fn entry(&mut self, key: K) -> Option<&mut V> {
        let at = match self.at(&key) {
            Ok(at) => at,
            Err(at) => {
                self.0.reserve_exact(1);
                self.0.insert(at, (key, V::default()));
                at
            }
        };
        self.0.get_mut(at).map(|(_, value)| value)
    }
}

/// The entries of a [`Few`].
pub type Iter<'f, K, V> = std::iter::Map<std::slice::Iter<'f, (K, V)>, fn(&'f (K, V)) -> (&'f K, &'f V)>;

impl<'f, K, V> IntoIterator for &'f Few<K, V> {
    type Item = (&'f K, &'f V);
    type IntoIter = Iter<'f, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Few<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut few = Self::default();
        for (key, value) in entries {
            few.insert(key, value);
        }
        few
    }
}

#[cfg(test)]
mod tests {
    use super::Few;

    #[test]
    fn it_is_a_map() {
        let mut few: Few<Box<str>, u8> = [("b".into(), 1), ("a".into(), 2), ("b".into(), 3)]
            .into_iter()
            .collect();
        assert_eq!(
            few.iter()
                .map(|(key, value)| (&**key, *value))
                .collect::<Vec<_>>(),
            [("a", 2), ("b", 3)]
        );
        *few.entry("c".into()).unwrap() += 7;
        assert_eq!(
            (few.get("c").copied(), few.remove("a"), few.contains_key("a")),
            (Some(7), Some(2), false)
        );
        assert_eq!(few.keys().map(|key| &**key).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(few.values().copied().collect::<Vec<_>>(), [3, 7]);
        assert!(!few.is_empty());
    }
}

//! Places that may be taken at the same time, so many for each key; free again when dropped.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// See the module. Only keys that hold one are remembered.
#[derive(Clone, Debug)]
pub struct Seats<K: Ord> {
    taken: Arc<Mutex<BTreeMap<K, u32>>>,
}

/// One that is taken.
#[derive(Debug)]
pub struct Seat<K: Ord> {
    key: K,
    taken: Arc<Mutex<BTreeMap<K, u32>>>,
}

impl<K: Ord> Default for Seats<K> {
    fn default() -> Self {
        Self {
            taken: Arc::default(),
        }
    }
}

impl<K: Ord + Clone> Seats<K> {
    /// One for this key, of so many; none where none is left.
    #[must_use]
    pub fn take(&self, key: K, most: u32) -> Option<Seat<K>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(&key).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        taken.insert(key.clone(), count + 1);
        Some(Seat {
            key,
            taken: self.taken.clone(),
        })
    }

    /// Keys that hold one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nobody holds one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K: Ord> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_so_many_and_leaves_no_trace() {
        let seats = Seats::default();
        let held: Vec<_> = ["a", "a", "b"].map(|key| seats.take(key, 2)).into();
        assert!(held.iter().all(Option::is_some));
        assert!(seats.take("a", 2).is_none());
        assert!(seats.take("b", 2).is_some());
        assert_eq!(seats.len(), 2);
        drop(held);
        assert!(seats.is_empty());
        assert!(seats.take("c", 0).is_none());
        assert!(seats.is_empty());
    }
}

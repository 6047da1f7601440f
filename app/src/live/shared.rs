//! The registry behind a handle that is copied freely.
//!
//! On the server the parts of one page are drawn on several threads at once. A bare [`StoredValue`] that
//! another thread is writing to answers with nothing, and the page would say that there are no tags; here
//! the second one waits.

use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::*;

use super::registry::Registry;

/// See the module.
#[derive(Clone, Copy)]
pub struct Shared(StoredValue<Arc<Mutex<Registry>>>);

impl Default for Shared {
    fn default() -> Self {
        Self(StoredValue::new(Arc::default()))
    }
}

impl Shared {
    /// Looks at the registry or changes it; none when its page is gone.
    pub fn try_update_value<T>(self, change: impl FnOnce(&mut Registry) -> T) -> Option<T> {
        let registry = self.0.try_get_value()?;
        let mut registry = registry.lock().unwrap_or_else(PoisonError::into_inner);
        Some(change(&mut registry))
    }

    /// The same, on a page that is there.
    pub fn update_value(self, change: impl FnOnce(&mut Registry)) {
        self.try_update_value(change);
    }
}

//! When the counts of the freshness bar travel: soon after a change, at once when a connection came or went.

use std::time::Duration;

/// At most this often.
const PLANT_EVERY: Duration = Duration::from_millis(250);

/// When the freshness bar's counts travel next.
pub(super) struct PlantDue {
    /// Something changed since they were sent.
    pub dirty: bool,
    urgent: bool,
    last: tokio::time::Instant,
}

impl Default for PlantDue {
    fn default() -> Self {
        Self {
            dirty: true,
            urgent: true,
            last: tokio::time::Instant::now(),
        }
    }
}

impl PlantDue {
    /// At once: a connection came or went.
    pub const fn now(&mut self) {
        self.dirty = true;
        self.urgent = true;
    }

    pub fn at(&self) -> tokio::time::Instant {
        if self.urgent {
            self.last
        } else {
            self.last + PLANT_EVERY
        }
    }

    pub fn is_due(&self) -> bool {
        self.dirty && self.at() <= tokio::time::Instant::now()
    }

    pub fn sent(&mut self) {
        *self = Self {
            dirty: false,
            urgent: false,
            last: tokio::time::Instant::now(),
        };
    }
}

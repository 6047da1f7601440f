//! The freshness bar: of the whole plant, and of each part of it that somebody who sees only that part watches.

use std::collections::BTreeMap;

use access::Sight;
use twin::Twin;
use wire::page::PlantStatus;

use crate::plant::plant_within;

/// See the module.
#[derive(Debug, Default)]
pub struct Plants {
    whole: Status,
    parts: BTreeMap<Sight, Status>,
}

#[derive(Debug, Default)]
struct Status {
    now: PlantStatus,
    changed: u64,
}

impl Plants {
    /// Takes in the status of the whole. Gives for whom it is another than before.
    pub fn publish(&mut self, twin: &Twin, whole: PlantStatus, revision: u64) -> Vec<Sight> {
        let mut changed = Vec::new();
        for (sight, status) in &mut self.parts {
            if status.set(plant_within(sight, twin, whole.clone()), revision) {
                changed.push(sight.clone());
            }
        }
        if self.whole.set(whole, revision) {
            changed.push(Sight::Whole);
        }
        changed
    }

    /// Somebody watches what this sees.
    pub fn watch(&mut self, twin: &Twin, sight: &Sight, revision: u64) {
        if *sight != Sight::Whole {
            let status = Status {
                now: plant_within(sight, twin, self.whole.now.clone()),
                changed: revision,
            };
            self.parts.entry(sight.clone()).or_insert(status);
        }
    }

    /// Nobody does any more.
    pub fn unwatch(&mut self, sight: &Sight) {
        self.parts.remove(sight);
    }

    /// As this sees it; nothing where nobody watches it.
    #[must_use]
    pub fn now(&self, sight: &Sight) -> PlantStatus {
        self.of(sight)
            .map(|status| status.now.clone())
            .unwrap_or_default()
    }

    /// When that last changed.
    #[must_use]
    pub fn changed(&self, sight: &Sight) -> u64 {
        self.of(sight).map_or(0, |status| status.changed)
    }

    fn of(&self, sight: &Sight) -> Option<&Status> {
        match sight {
            Sight::Whole => Some(&self.whole),
            Sight::Below(_) => self.parts.get(sight),
        }
    }
}

impl Status {
    /// True when it is another.
    fn set(&mut self, now: PlantStatus, revision: u64) -> bool {
        let is_other = self.now != now;
        if is_other {
            *self = Self {
                now,
                changed: revision,
            };
        }
        is_other
    }
}

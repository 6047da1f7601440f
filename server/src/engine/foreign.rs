//! Messages whose unit measures something else than their property.

use std::sync::PoisonError;

use twin::{PointId, Timestamp};

use super::Engine;

impl Engine {
    /// Messages whose unit measures something else than their property are a problem of their source.
    pub(super) fn note_foreign_units(&self, now: Timestamp, foreign: &[(PointId, Box<str>)]) {
        let twin = self.twin.read().unwrap_or_else(PoisonError::into_inner);
        for (point, stated) in foreign {
            let Some(known) = twin.point(*point) else { continue };
            self.problems
                .note(known.source, "foreign_unit", now, &known.topic, || {
                    let own = known.unit.as_ref().map_or("", |unit| &*unit.symbol);
                    format!(
                        "{}: {} ({own})",
                        known.name,
                        decode::sample(stated.as_bytes(), 60)
                    )
                });
        }
    }
}

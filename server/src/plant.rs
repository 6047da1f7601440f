//! What the freshness bar shows, read off the twin and the sources.

use std::sync::{Arc, PoisonError, RwLock};

use twin::Twin;
use wire::message::Summary;
use wire::page::PlantStatus;

use crate::engine::Unstored;
use crate::persist::HistoryHealth;
use crate::sources::SourceBook;

/// Reads the plant's status.
#[derive(Clone)]
pub struct PlantReader {
    pub twin: Arc<RwLock<Twin>>,
    pub sources: Arc<SourceBook>,
    pub unstored: Arc<Unstored>,
    pub history: HistoryHealth,
}

impl PlantReader {
    /// The status now.
    #[must_use]
    pub fn status(&self) -> PlantStatus {
        let (summary, assets) = {
            let twin = self.twin.read().unwrap_or_else(PoisonError::into_inner);
            (summary_from_twin(twin.plant_summary()), twin.asset_count())
        };
        let stopped = self.history.failing_since().or_else(|| self.unstored.since());
        PlantStatus {
            summary,
            sources: self.sources.statuses(),
            history_stopped_millis: stopped.map(twin::Timestamp::millis),
            assets: u32::try_from(assets).unwrap_or(u32::MAX),
        }
    }
}

/// Counts on the wire.
#[must_use]
pub const fn summary_from_twin(summary: twin::Summary) -> Summary {
    Summary {
        points: summary.points,
        live: summary.live,
        late: summary.late,
        stale: summary.stale,
        offline: summary.offline,
        bad: summary.bad,
        high: summary.outer,
        medium: summary.inner,
    }
}

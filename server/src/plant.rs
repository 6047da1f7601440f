//! What the freshness bar shows, read off the twin and the sources.

use std::sync::{Arc, PoisonError, RwLock};

use access::Sight;
use twin::{AssetId, Twin};
use wire::message::Summary;
use wire::page::PlantStatus;

use crate::access::tops;
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

/// The status for who sees a part of the plant: the counts of that part, and of the sources only whether history
/// is written.
#[must_use]
pub fn plant_within(sight: &Sight, twin: &Twin, whole: PlantStatus) -> PlantStatus {
    if *sight == Sight::Whole {
        return whole;
    }
    let tops = tops(sight, twin);
    let mut summary = twin::Summary::default();
    for top in &tops {
        summary.shift(twin.summary(*top), twin::Shift::In);
    }
    PlantStatus {
        summary: summary_from_twin(summary),
        sources: Vec::new(),
        history_stopped_millis: whole.history_stopped_millis,
        assets: u32::try_from(count_below(twin, tops)).unwrap_or(u32::MAX),
    }
}

/// These assets and all below them.
fn count_below(twin: &Twin, mut open: Vec<AssetId>) -> usize {
    let mut count = 0;
    while let Some(asset) = open.pop() {
        count += 1;
        open.extend_from_slice(twin.children(asset));
    }
    count
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
        limited: summary.limited,
    }
}

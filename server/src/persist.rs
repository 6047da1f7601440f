//! What must outlive a restart, in the order the engine saw it: new assets and points first, then
//! readings, then the acknowledgements that waited for them.
//!
//! A reading is never written before the point it belongs to: ids would name something else after a crash.
//! What was learned of how often points speak is written now and then: it is convenient, not promised.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use connect::Ack;
use store::{Assets, Batch, Committed, Ignored as _, Points as _, Records, Writer, WriterState};
use tokio::sync::{Notify, mpsc, watch};
use twin::{AssetId, AssetRecord, Cadence, PointId, PointRecord, Reading, SourceId, Timestamp};

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::sources::SourceBook;

/// Jobs merged into one commit.
const MOST_JOBS: usize = 256;
/// A write to the records that failed is tried again after this long.
const RETRY: Duration = Duration::from_millis(500);
/// Cadences are written at most this often.
const CADENCES_EVERY: Duration = Duration::from_secs(5);

/// Acknowledgements of one connection.
pub type Token = (SourceId, Vec<Ack>);

/// What came of one slice of inputs.
#[derive(Debug, Default)]
pub struct Job {
    pub assets: Vec<AssetRecord>,
    pub points: Vec<PointRecord>,
    /// Discovered assets that the model named.
    pub keyed: Vec<(AssetId, Arc<str>)>,
    /// The units that payloads state, where that is news.
    pub units: Vec<(PointId, Box<str>)>,
    /// Addresses that assets had before they moved.
    pub redirects: Vec<(Box<str>, AssetId)>,
    /// Points that a decision took out of the plant, or put back.
    pub ignored: Vec<(PointId, bool)>,
    pub readings: Vec<(PointId, Reading)>,
    /// How often points speak, where that changed.
    pub cadences: Vec<(PointId, Cadence)>,
    pub acks: Option<Token>,
}

impl Job {
    /// Nothing to keep.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.readings.is_empty()
            && self.acks.is_none()
            && self.assets.is_empty()
            && self.points.is_empty()
            && self.keyed.is_empty()
            && self.units.is_empty()
            && self.redirects.is_empty()
            && self.ignored.is_empty()
            && self.cadences.is_empty()
    }

    /// Takes in what came after it. Only one of the two may have acknowledgements.
    pub fn append(&mut self, mut next: Self) {
        self.assets.append(&mut next.assets);
        self.points.append(&mut next.points);
        self.keyed.append(&mut next.keyed);
        self.units.append(&mut next.units);
        self.redirects.append(&mut next.redirects);
        self.ignored.append(&mut next.ignored);
        self.readings.append(&mut next.readings);
        self.cadences.append(&mut next.cadences);
        debug_assert!(
            self.acks.is_none() || next.acks.is_none(),
            "acknowledgements of two jobs"
        );
        self.acks = next.acks.or(self.acks.take());
    }

    /// How much there is to keep.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.readings.len()
            + self.assets.len()
            + self.points.len()
            + self.keyed.len()
            + self.redirects.len()
            + self.ignored.len()
            + self.cadences.len()
    }

    /// Something waits for it, or later readings need it: it may not be left out.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.acks.is_some()
            || !self.assets.is_empty()
            || !self.points.is_empty()
            || !self.keyed.is_empty()
            || !self.units.is_empty()
            || !self.redirects.is_empty()
            || !self.ignored.is_empty()
    }
}

/// Whether history is being written.
#[derive(Clone)]
pub struct HistoryHealth(watch::Receiver<WriterState>);

impl HistoryHealth {
    /// From the writer's own word.
    #[must_use]
    pub const fn new(state: watch::Receiver<WriterState>) -> Self {
        Self(state)
    }

    /// Since when it is not; none while it is.
    #[must_use]
    pub fn failing_since(&self) -> Option<Timestamp> {
        match &*self.0.borrow() {
            WriterState::Writing => None,
            WriterState::Failing { since, .. } => Some(*since),
        }
    }

    /// Why it is not, in the words of the system.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match &*self.0.borrow() {
            WriterState::Writing => None,
            WriterState::Failing { reason, .. } => Some(reason.clone()),
        }
    }

    /// Waits until it changes; false when the writer is gone.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// Takes jobs in order and makes them last.
pub struct Persister {
    pub records: Records,
    pub writer: Writer<Token>,
    pub clock: Arc<dyn Clock>,
    pub metrics: Arc<Metrics>,
    /// Rung after each commit: there may be room again.
    pub committed: Arc<Notify>,
}

impl Persister {
    /// Runs until the engine is gone and all its jobs are handed on; gives the writer back.
    pub async fn run(self, mut jobs: mpsc::Receiver<Job>) -> Writer<Token> {
        let mut taken = Vec::with_capacity(MOST_JOBS);
        let mut learned = Learned::default();
        while jobs.recv_many(&mut taken, MOST_JOBS).await > 0 {
            self.metrics
                .history_queue
                .set((jobs.len() + self.writer.depth()) as u64);
            let mut merged = Job::default();
            let mut tokens = Vec::new();
            for mut job in taken.drain(..) {
                tokens.extend(job.acks.take());
                merged.append(job);
            }
            learned.cadences.extend(std::mem::take(&mut merged.cadences));
            self.keep_structure(&merged).await;
            self.submit(Batch {
                readings: merged.readings,
                tokens,
            })
            .await;
            if learned.written.elapsed() > CADENCES_EVERY {
                self.keep_cadences(&mut learned).await;
            }
        }
        self.keep_cadences(&mut learned).await;
        self.writer
    }

    /// After a failure they are learned again; nothing is lost that was promised.
    async fn keep_cadences(&self, learned: &mut Learned) {
        let cadences: Vec<_> = std::mem::take(&mut learned.cadences).into_iter().collect();
        learned.written = Instant::now();
        if !cadences.is_empty()
            && let Err(error) = self.records.put_cadences(&cadences).await
        {
            tracing::warn!(%error, "how often points speak cannot be stored");
        }
    }

    async fn keep_structure(&self, job: &Job) {
        if !job.keyed.is_empty() {
            self.keep_keys(&job.keyed).await;
        }
        if !job.redirects.is_empty() {
            self.keep_redirects(&job.redirects).await;
        }
        self.keep_points(job).await;
        if !job.ignored.is_empty() {
            self.keep_ignored(&job.ignored).await;
        }
        if !job.units.is_empty() {
            self.keep_units(&job.units).await;
        }
    }

    async fn keep_points(&self, job: &Job) {
        if job.assets.is_empty() && job.points.is_empty() {
            return;
        }
        let now = self.clock.now();
        let assets: Vec<_> = job.assets.iter().map(|asset| stored_asset(asset, now)).collect();
        let points: Vec<_> = job.points.iter().map(|point| stored_point(point, now)).collect();
        while let Err(error) = self.records.add_structure(&assets, &points).await {
            tracing::error!(%error, assets = assets.len(), points = points.len(), "new assets cannot be stored; trying again");
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn keep_keys(&self, keyed: &[(AssetId, Arc<str>)]) {
        let keys: Vec<_> = keyed.iter().map(|(asset, key)| (*asset, Some(&**key))).collect();
        while let Err(error) = self.records.set_asset_keys(&keys).await {
            tracing::error!(%error, assets = keys.len(), "the model's ids of assets cannot be stored; trying again");
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn keep_redirects(&self, redirects: &[(Box<str>, AssetId)]) {
        while let Err(error) = self.records.add_redirects(redirects).await {
            tracing::error!(%error, addresses = redirects.len(), "addresses of moved assets cannot be stored; trying again");
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn keep_ignored(&self, ignored: &[(PointId, bool)]) {
        while let Err(error) = self.records.set_ignored(ignored).await {
            tracing::error!(%error, points = ignored.len(), "ignored points cannot be stored; trying again");
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn keep_units(&self, units: &[(PointId, Box<str>)]) {
        let units: Vec<_> = units.iter().map(|(point, unit)| (*point, &**unit)).collect();
        while let Err(error) = self.records.set_units(&units).await {
            tracing::error!(%error, points = units.len(), "units cannot be stored; trying again");
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn submit(&self, mut batch: Batch<Token>) {
        loop {
            let room = self.committed.notified();
            match self.writer.try_submit(batch) {
                Ok(()) => return,
                Err(refused) => batch = refused,
            }
            // The bell may have rung before we listened: look again soon in any case.
            let _rang = tokio::time::timeout(Duration::from_millis(20), room).await;
        }
    }
}

/// Cadences that are not written yet, the last of each point.
struct Learned {
    cadences: BTreeMap<PointId, Cadence>,
    written: Instant,
}

impl Default for Learned {
    fn default() -> Self {
        Self {
            cadences: BTreeMap::new(),
            written: Instant::now(),
        }
    }
}

/// Acknowledges what has become durable.
pub async fn acknowledge(
    mut completions: mpsc::Receiver<Committed<Token>>,
    sources: Arc<SourceBook>,
    metrics: Arc<Metrics>,
    committed: Arc<Notify>,
) {
    while let Some(done) = completions.recv().await {
        metrics.committed_readings.add(done.readings as u64);
        for (source, acks) in done.tokens {
            metrics.acknowledged.add(acks.len() as u64);
            if let Some(entry) = sources.get(source) {
                entry.acknowledge(acks);
            }
        }
        committed.notify_one();
    }
}

/// For the store.
pub(crate) fn stored_asset(asset: &AssetRecord, now: Timestamp) -> store::AssetRecord {
    store::AssetRecord {
        id: asset.id,
        parent: asset.parent,
        segment: asset.slug.to_string(),
        name: asset.level.to_string(),
        path: String::new(),
        created: now,
        model_key: asset.key.as_deref().map(str::to_owned),
    }
}

/// For the store.
pub(crate) fn stored_point(point: &PointRecord, now: Timestamp) -> store::PointRecord {
    store::PointRecord {
        id: point.id,
        asset: point.asset,
        source: point.source,
        topic: point.topic.to_string(),
        field: point.field.to_string(),
        leaf_asset: point.leaf_asset.as_deref().map(str::to_owned),
        name: String::new(),
        unit: point.unit.as_deref().map(str::to_owned),
        unit_guessed: false,
        created: now,
    }
}

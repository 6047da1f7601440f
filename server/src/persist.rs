//! What must outlive a restart, in the order the engine saw it: new assets and points first, then
//! readings, then the acknowledgements that waited for them.
//!
//! A reading is never written before the point it belongs to: ids would name something else after a crash.
//! What was learned of how often points speak is written now and then: it is convenient, not promised.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use connect::Ack;
use store::{
    Assets, Batch, Committed, Ignored as _, Points as _, Records, RecordsError, Writer, WriterState,
};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
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

/// Whether history is being written: readings, and the records they need first.
#[derive(Clone)]
pub struct HistoryHealth {
    readings: watch::Receiver<WriterState>,
    records: watch::Receiver<WriterState>,
}

impl HistoryHealth {
    /// From the words of the history's writer and of the [`Persister`].
    #[must_use]
    pub const fn new(readings: watch::Receiver<WriterState>, records: watch::Receiver<WriterState>) -> Self {
        Self { readings, records }
    }

    /// Since when it is not; none while it is.
    #[must_use]
    pub fn failing_since(&self) -> Option<Timestamp> {
        self.failing().map(|(since, _)| since)
    }

    /// Why it is not, in the words of the system.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.failing().map(|(_, reason)| reason)
    }

    fn failing(&self) -> Option<(Timestamp, String)> {
        let failing = |state: &watch::Receiver<WriterState>| match &*state.borrow() {
            WriterState::Writing => None,
            WriterState::Failing { since, reason } => Some((*since, reason.clone())),
        };
        [failing(&self.readings), failing(&self.records)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Waits until it changes; false when who writes is gone.
    pub async fn changed(&mut self) -> bool {
        tokio::select! {
            changed = self.readings.changed() => changed.is_ok(),
            changed = self.records.changed() => changed.is_ok(),
        }
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
    /// Whether records are being written, for [`HistoryHealth`].
    pub state: watch::Sender<WriterState>,
    /// The server ends: what cannot be written now is given up, and stays with the brokers.
    pub stop: CancellationToken,
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
            let batch = |readings| Batch { readings, tokens };
            // Without their points they may not be written.
            if !self.keep_structure(&merged).await || !self.submit(batch(merged.readings)).await {
                break;
            }
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

    /// False when the server is to end before all of it is written.
    async fn keep_structure(&self, job: &Job) -> bool {
        let now = self.clock.now();
        let keys: Vec<_> = job
            .keyed
            .iter()
            .map(|(asset, key)| (*asset, Some(&**key)))
            .collect();
        let assets: Vec<_> = job.assets.iter().map(|asset| stored_asset(asset, now)).collect();
        let points: Vec<_> = job.points.iter().map(|point| stored_point(point, now)).collect();
        let units: Vec<_> = job.units.iter().map(|(point, unit)| (*point, &**unit)).collect();
        let records = &self.records;
        (keys.is_empty() || self.until_kept(|| records.set_asset_keys(&keys)).await)
            && (job.redirects.is_empty() || self.until_kept(|| records.add_redirects(&job.redirects)).await)
            && (assets.is_empty() && points.is_empty()
                || self.until_kept(|| records.add_structure(&assets, &points)).await)
            && (job.ignored.is_empty() || self.until_kept(|| records.set_ignored(&job.ignored)).await)
            && (units.is_empty() || self.until_kept(|| records.set_units(&units)).await)
    }

    /// Tries again until it works, and says meanwhile that it does not; false when the server is to end before.
    async fn until_kept<F>(&self, write: impl Fn() -> F) -> bool
    where
        F: Future<Output = Result<(), RecordsError>>,
    {
        let mut since = None;
        while let Err(error) = write().await {
            tracing::error!(%error, "trying again");
            let since = *since.get_or_insert_with(|| self.clock.now());
            let reason = error.to_string();
            self.state.send_replace(WriterState::Failing { since, reason });
            if self.stop.is_cancelled() {
                return false;
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY) => {}
                () = self.stop.cancelled() => {}
            }
        }
        if since.is_some() {
            self.state.send_replace(WriterState::Writing);
        }
        true
    }

    /// False when the server is to end and history cannot be written.
    async fn submit(&self, mut batch: Batch<Token>) -> bool {
        loop {
            let room = self.committed.notified();
            match self.writer.try_submit(batch) {
                Ok(()) => return true,
                Err(refused) => batch = refused,
            }
            if self.stop.is_cancelled() && *self.writer.state().borrow() != WriterState::Writing {
                return false;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use store::{History, HistoryConfig, WriterConfig};
    use twin::{Flags, PointSettings, Quality};

    fn job() -> Job {
        let reading = Reading {
            value: None,
            quality: Quality::Good,
            source_time: None,
            arrival: SystemClock.now(),
            flags: Flags::default(),
        };
        let id = PointId::new(1);
        Job {
            points: vec![PointRecord {
                id,
                asset: AssetId::new(1),
                source: SourceId::new(1),
                topic: "a/b".into(),
                field: "".into(),
                leaf_asset: None,
                unit: None,
                is_ignored: false,
                settings: PointSettings::default(),
                cadence: Cadence::Learning,
                reading: None,
            }],
            readings: vec![(id, reading)],
            ..Job::default()
        }
    }

    #[tokio::test]
    async fn records_that_cannot_be_written_are_told_and_keep_their_readings_back() {
        let dir = tempfile::tempdir().unwrap();
        let records = Records::open(&dir.path().join("records.db")).await.unwrap();
        records.close().await;
        let history = Arc::new(History::open(&dir.path().join("history"), HistoryConfig::default()).unwrap());
        let config = WriterConfig {
            capacity: 4,
            clock: Arc::new(|| SystemClock.now()),
        };
        let (writer, _committed) = Writer::start(history.clone(), config).unwrap();
        let (state, seen) = watch::channel(WriterState::Writing);
        let mut health = HistoryHealth::new(writer.state(), seen);
        let (jobs, jobs_in) = mpsc::channel(4);
        let stop = CancellationToken::new();
        let persister = Persister {
            records,
            writer,
            clock: Arc::new(SystemClock),
            metrics: Arc::default(),
            committed: Arc::default(),
            state,
            stop: stop.clone(),
        };
        let running = tokio::spawn(persister.run(jobs_in));
        assert!(jobs.send(job()).await.is_ok());
        assert!(health.changed().await && health.failing_since().is_some());
        assert!(
            health
                .reason()
                .is_some_and(|reason| reason.contains("assets and points"))
        );
        stop.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(5), running).await;
        assert!(ended.unwrap().unwrap().stop().is_ok());
        let (from, to) = (
            Timestamp::from_millis(0),
            Timestamp::from_millis(i64::MAX / 1_000),
        );
        assert_eq!(history.count(PointId::new(1), from, to).unwrap(), 0);
    }
}

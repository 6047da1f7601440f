//! Starts and stops connections, and remembers sources between runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use connect::embedded::Ports;
use connect::{BrokerConfig, BrokerUrl, Connection, Secret, Tls, Version};
use serde::{Deserialize, Serialize};
use store::{Records, Settings as _, SourceRecord, Sources as _};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use twin::{SourceId, Timestamp};
use wire::page::{SourceOrigin, SourceState};

use super::ingest::Ingest;
use super::{SourceBook, SourceEntry, session};
use crate::config::MqttConfig;
use crate::engine::EngineInput;
use crate::persist::HistoryHealth;

/// History must fail this long before the view gets a connection of its own.
const VIEW_AFTER: Duration = Duration::from_secs(5);

/// Owns every connection.
pub struct SourceManager {
    pub book: Arc<SourceBook>,
    pub ingest: Ingest,
    pub records: Records,
    /// Events a connection may queue.
    pub queue: usize,
    /// Held by who changes which brokers are used: one at a time.
    pub changing: tokio::sync::Mutex<()>,
    tasks: Mutex<BTreeMap<SourceId, JoinHandle<()>>>,
}

/// What is stored of a source beside its address.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredSource {
    version: u8,
    user: Option<String>,
    password: Option<String>,
    /// Added on the sources page, not by configuration: started again at the next start.
    by_page: bool,
}

impl SourceManager {
    /// A manager without sources.
    #[must_use]
    pub fn new(book: Arc<SourceBook>, ingest: Ingest, records: Records, queue: usize) -> Self {
        Self {
            book,
            ingest,
            records,
            queue,
            changing: tokio::sync::Mutex::default(),
            tasks: Mutex::default(),
        }
    }

    /// Connects to a configured broker.
    pub async fn add_configured(&self, mqtt: &MqttConfig) -> anyhow::Result<()> {
        let url: BrokerUrl = mqtt
            .url
            .parse()
            .with_context(|| format!("the address of {}", mqtt.name))?;
        let id = self
            .id_of(
                &mqtt.name,
                &url,
                &StoredSource {
                    version: mqtt.version,
                    ..StoredSource::default()
                },
            )
            .await?;
        let client_id = match &mqtt.client_id {
            Some(client_id) => client_id.clone(),
            None => self.client_id(id).await?,
        };
        let mut config = BrokerConfig::new(mqtt.name.clone(), url, client_id);
        config.version = version(mqtt.version);
        config.user.clone_from(&mqtt.user);
        config.password.clone_from(&mqtt.password);
        config.filters.clone_from(&mqtt.filters);
        config.qos = mqtt.qos;
        config.clean_session = mqtt.clean_session;
        config.tls = Tls {
            ca: mqtt.ca_file.clone(),
            cert: mqtt.cert_file.clone(),
            key: mqtt.key_file.clone(),
        };
        session::recall(&self.records, id, &mut config).await?;
        self.start(SourceEntry::new(id, config, SourceOrigin::File, self.now()))
            .await
    }

    /// Connects to our own broker.
    pub async fn add_embedded(
        &self,
        ports: Ports,
        user: Option<String>,
        password: Option<Secret>,
    ) -> anyhow::Result<()> {
        let url = BrokerUrl::tcp("127.0.0.1", ports.v5);
        let id = self.id_of("embedded", &url, &StoredSource::default()).await?;
        let mut config = BrokerConfig::new("embedded", url, self.client_id(id).await?);
        config.user = user;
        config.password = password;
        session::recall(&self.records, id, &mut config).await?;
        let mut entry = SourceEntry::new(id, config, SourceOrigin::Embedded, self.now());
        entry.also_at = Some(BrokerUrl::tcp("127.0.0.1", ports.v311));
        self.start(entry).await
    }

    /// Connects to a broker somebody added on the sources page, and to it again at the next start.
    pub async fn add_by_page(
        &self,
        url: BrokerUrl,
        address: &wire::page::BrokerAddress,
    ) -> anyhow::Result<()> {
        let stored = StoredSource {
            version: address.version,
            user: address.user.clone(),
            password: address.password.clone(),
            by_page: true,
        };
        let name = match self.book.at(&url) {
            Some(known) => known.name.clone(),
            None => self.free_name(&url.host),
        };
        let id = self.id_of(&name, &url, &stored).await?;
        self.start_stored(id, &name, url, stored).await
    }

    /// Starts the sources that were added on the page in earlier runs and are to be used still.
    pub async fn start_remembered(&self) -> anyhow::Result<()> {
        for record in self.records.sources().await? {
            let stored: StoredSource = serde_json::from_str(&record.config).unwrap_or_default();
            if !stored.by_page || self.book.get(record.id).is_some() {
                continue;
            }
            let url = address(&record)?;
            if let Some(known) = self.book.at(&url) {
                tracing::info!(source = %record.name, used_as = %known.name, "this broker is configured by now");
            } else if record.enabled {
                self.start_stored(record.id, &record.name, url, stored).await?;
            } else {
                let config = self.stored_config(record.id, &record.name, url, stored).await?;
                let entry = SourceEntry::new(record.id, config, SourceOrigin::Page, self.now());
                let entry = self.announce(entry).await?;
                self.tell_stopped(&entry).await?;
            }
        }
        Ok(())
    }

    /// Uses a source no longer, neither now nor at later starts. The broker keeps our session for its while, and
    /// nobody minds when it does not.
    pub async fn stop_using(&self, entry: &SourceEntry) -> anyhow::Result<()> {
        self.remember_use(entry.id, false).await?;
        session::forget(&self.records, entry.id).await?;
        let task = self.tasks().remove(&entry.id);
        if let Some(task) = task {
            task.abort();
            // It ends at the latest with what it does now, and says nothing after us.
            let _aborted = task.await;
        }
        let connection = entry.detach();
        self.tell_stopped(entry).await?;
        if let Some(connection) = connection.and_then(Arc::into_inner) {
            connection.stop().await;
        }
        Ok(())
    }

    /// Uses a source again that was stopped.
    pub async fn use_again(&self, entry: &SourceEntry) -> anyhow::Result<()> {
        let record = self.remember_use(entry.id, true).await?;
        let stored: StoredSource = serde_json::from_str(&record.config).unwrap_or_default();
        self.start_stored(record.id, &record.name, address(&record)?, stored)
            .await
    }

    async fn remember_use(&self, id: SourceId, enabled: bool) -> anyhow::Result<SourceRecord> {
        let known = self.records.sources().await?;
        let mut record = known
            .into_iter()
            .find(|record| record.id == id)
            .context("no such source")?;
        record.enabled = enabled;
        self.records.put_source(&record).await?;
        Ok(record)
    }

    async fn tell_stopped(&self, entry: &SourceEntry) -> anyhow::Result<()> {
        entry.note_state(SourceState::Stopped, self.now(), None);
        self.send(EngineInput::SourceStopped(entry.id)).await
    }

    /// While history fails for longer, feeds the view by a second connection each, and ends it after.
    pub async fn feed_view(self: Arc<Self>, mut health: HistoryHealth, stop: CancellationToken) {
        loop {
            let changed = tokio::select! {
                changed = health.changed() => changed,
                () = stop.cancelled() => false,
            };
            if !changed {
                return;
            }
            if health.failing_since().is_none() {
                continue;
            }
            tokio::time::sleep(VIEW_AFTER).await;
            if health.failing_since().is_none() {
                continue;
            }
            let feeds: Vec<_> = self
                .book
                .all()
                .iter()
                .filter(|entry| entry.is_used())
                .map(|entry| self.view_feed(entry))
                .collect();
            while health.failing_since().is_some() && health.changed().await {}
            for (connection, task) in feeds {
                connection.stop().await;
                task.abort();
            }
        }
    }

    /// Our own broker has ended in order: what it kept in memory is gone, and nothing was said to it since.
    pub async fn forget_embedded(&self) -> anyhow::Result<()> {
        let entries = self.book.all();
        for entry in entries
            .iter()
            .filter(|entry| entry.origin == SourceOrigin::Embedded)
        {
            session::forget(&self.records, entry.id).await?;
        }
        Ok(())
    }

    /// Says goodbye to every broker. Acknowledgements handed over before are sent first.
    pub async fn stop(&self) {
        for entry in self.book.all() {
            if let Some(connection) = entry.detach().and_then(Arc::into_inner) {
                connection.stop().await;
            }
        }
    }

    /// Stops taking messages; what is not acknowledged stays with the brokers.
    pub fn stop_taking(&self) {
        std::mem::take(&mut *self.tasks())
            .values()
            .for_each(JoinHandle::abort);
    }

    fn view_feed(&self, entry: &Arc<SourceEntry>) -> (Connection, JoinHandle<()>) {
        let (connection, events) = Connection::start(
            entry.id,
            entry.config.view_only(),
            self.ingest.clock.clone(),
            self.queue,
        );
        let ingest = Ingest {
            view_only: true,
            ..self.ingest.clone()
        };
        let task = tokio::spawn(ingest.run(entry.clone(), events));
        (connection, task)
    }

    async fn start_stored(
        &self,
        id: SourceId,
        name: &str,
        url: BrokerUrl,
        stored: StoredSource,
    ) -> anyhow::Result<()> {
        let config = self.stored_config(id, name, url, stored).await?;
        self.start(SourceEntry::new(id, config, SourceOrigin::Page, self.now()))
            .await
    }

    async fn stored_config(
        &self,
        id: SourceId,
        name: &str,
        url: BrokerUrl,
        stored: StoredSource,
    ) -> anyhow::Result<BrokerConfig> {
        let mut config = BrokerConfig::new(name, url, self.client_id(id).await?);
        config.version = version(stored.version);
        config.user = stored.user.filter(|user| !user.is_empty());
        config.password = stored
            .password
            .filter(|password| !password.is_empty())
            .map(Secret::new);
        session::recall(&self.records, id, &mut config).await?;
        Ok(config)
    }

    /// Makes a source known to pages and to the engine.
    async fn announce(&self, entry: SourceEntry) -> anyhow::Result<Arc<SourceEntry>> {
        let entry = Arc::new(entry);
        self.book.put(entry.clone());
        let (source, name) = (entry.id, entry.name.as_str().into());
        self.send(EngineInput::SourceAdded { source, name }).await?;
        Ok(entry)
    }

    async fn start(&self, entry: SourceEntry) -> anyhow::Result<()> {
        let entry = self.announce(entry).await?;
        let (id, config) = (entry.id, entry.config.clone());
        let (connection, events) = Connection::start(id, config, self.ingest.clock.clone(), self.queue);
        entry.attach(Arc::new(connection));
        let task = tokio::spawn(self.ingest.clone().run(entry, events));
        self.tasks().insert(id, task);
        Ok(())
    }

    async fn send(&self, input: EngineInput) -> anyhow::Result<()> {
        self.ingest
            .engine
            .send(input)
            .await
            .context("the engine has stopped")
    }

    fn now(&self) -> Timestamp {
        self.ingest.clock.now()
    }

    fn tasks(&self) -> MutexGuard<'_, BTreeMap<SourceId, JoinHandle<()>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The id a source of this name had before, or a new one.
    async fn id_of(&self, name: &str, url: &BrokerUrl, stored: &StoredSource) -> anyhow::Result<SourceId> {
        let known = self.records.sources().await?;
        let id = known.iter().find(|record| record.name == name).map_or_else(
            || SourceId::new(known.iter().map(|record| record.id.get()).max().unwrap_or(0) + 1),
            |record| record.id,
        );
        let record = SourceRecord {
            id,
            name: name.to_owned(),
            url: url.to_string(),
            config: serde_json::to_string(stored)?,
            enabled: true,
            order: i64::from(id.get()),
        };
        self.records.put_source(&record).await?;
        Ok(id)
    }

    /// Made at first start and kept: the broker knows our session by it.
    async fn client_id(&self, id: SourceId) -> anyhow::Result<String> {
        let base = match self.records.setting("client_id").await? {
            Some(base) => base,
            None => {
                let base = format!("gemba-{:08x}", crate::random::number() & 0xffff_ffff);
                self.records.set_setting("client_id", Some(&base)).await?;
                base
            }
        };
        Ok(if id.get() == 1 {
            base
        } else {
            format!("{base}-{id}")
        })
    }

    fn free_name(&self, host: &str) -> String {
        let taken: Vec<String> = self.book.all().iter().map(|entry| entry.name.clone()).collect();
        let candidates = std::iter::once(host.to_owned()).chain((2..).map(|n| format!("{host}-{n}")));
        candidates
            .into_iter()
            .find(|name| !taken.contains(name))
            .unwrap_or_default()
    }
}

fn address(record: &SourceRecord) -> anyhow::Result<BrokerUrl> {
    let what = || format!("the stored address of {}", record.name);
    record.url.parse().with_context(what)
}

const fn version(number: u8) -> Version {
    if number == 3 { Version::V311 } else { Version::V5 }
}

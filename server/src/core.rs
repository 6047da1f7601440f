//! What a server knows before it listens to anybody: the twin as the store left it.

use std::sync::{Arc, RwLock};

use anyhow::Context as _;
use jiff::tz::TimeZone;
use store::{DataDir, History, HistoryConfig, Records, Settings as _, Sources as _};
use twin::{Span, Twin, TwinConfig};

use crate::accounts::Accounts;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::model::ModelShelf;
use crate::needs::NeedDesk;
use crate::roster::RosterDesk;
use crate::work::{WorkDesk, WorkFiles};
use crate::{label, random, restore, zone};

/// The twin and what it rests on.
pub struct Core {
    pub twin: Arc<RwLock<Twin>>,
    pub history: Arc<History>,
    pub records: Records,
    pub zone: TimeZone,
    pub clock: Arc<dyn Clock>,
    pub accounts: Arc<Accounts>,
    /// What makes codes on labels this server's own.
    pub label_key: u64,
    /// The semantic model that holds.
    pub model: Arc<ModelShelf>,
    /// Work orders.
    pub work: Arc<WorkDesk>,
    /// Photos and files of work orders.
    pub files: Arc<WorkFiles>,
    /// Needs and preventive plans.
    pub needs: Arc<NeedDesk>,
    /// Crews, production plans and drafts.
    pub roster: Arc<RosterDesk>,
    /// Counts server runs.
    pub epoch: u64,
    /// The data directory is marked as the demo's.
    pub is_demo_data: bool,
}

impl Core {
    /// Opens the store and reads back what an earlier run knew.
    pub async fn open(config: &Config, data: &DataDir) -> anyhow::Result<Self> {
        let zone = zone::find(config.site.zone.as_deref())
            .with_context(|| format!("site.zone: {:?} is no IANA time zone", config.site.zone))?;
        let records = Records::open(&data.records()).await?;
        let epoch = records.next_number("epoch").await?;
        let (dir, limits) = (data.history(), history_config(config));
        let history = tokio::task::spawn_blocking(move || History::open(&dir, limits)).await??;
        let history = Arc::new(history);
        let mut twin = Twin::new(TwinConfig {
            max_points: config.discovery.max_points as usize,
            clock_tolerance: config.decode.clock_ahead,
            convert: crate::units::conversion,
            seed: random::number(),
            ..TwinConfig::default()
        });
        let known = restore::restore(&mut twin, &records, &history).await?;
        tracing::info!(points = known, epoch, "store opened");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let model = ModelShelf::open(records.clone(), clock.clone()).await?;
        let idle = Span::from_secs(i64::from(config.access.session_days) * 86_400);
        let accounts = Accounts::open(records.clone(), clock.clone(), idle).await?;
        let work = WorkDesk::open(records.clone(), clock.clone()).await?;
        let files =
            WorkFiles::open(&data.files(), config.work.files_bytes).context("files of work orders")?;
        let needs = NeedDesk::open(records.clone(), clock.clone()).await?;
        let roster = RosterDesk::open(records.clone(), clock.clone()).await?;
        let label_key = label::key(&records).await?;
        let twin = Arc::new(RwLock::new(twin));
        Ok(Self {
            accounts,
            work,
            files,
            needs,
            roster,
            label_key,
            twin,
            history,
            records,
            zone,
            clock,
            model,
            epoch,
            is_demo_data: data.is_demo(),
        })
    }

    /// Whether somebody added a broker on the sources page in an earlier run.
    pub async fn has_remembered_sources(&self) -> anyhow::Result<bool> {
        let by_page =
            |record: &store::SourceRecord| record.enabled && record.config.contains("\"by_page\":true");
        Ok(self.records.sources().await?.iter().any(by_page))
    }
}

fn history_config(config: &Config) -> HistoryConfig {
    HistoryConfig {
        keep_days: config.history.keep_days,
        keep_bytes: config.history.keep_bytes,
        ..HistoryConfig::default()
    }
}

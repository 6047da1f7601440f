//! The running server: every task, and the order in which they end.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use connect::embedded::EmbeddedBroker;
use store::{Writer, WriterConfig, WriterState};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::backend::Gemba;
use crate::bind::LiveRules;
use crate::computing::SharedComputing;
use crate::config::Config;
use crate::core::Core;
use crate::demo::Demo;
use crate::engine::{Engine, EngineInput, Unstored};
use crate::gaps::Gaps;
use crate::live::Hub;
use crate::mail::Mailer;
use crate::metrics::Metrics;
use crate::model::taker::EngineTaker;
use crate::model::{ModelShelf, TakesModel as _};
use crate::needs::watch::Watch;
use crate::persist::{self, HistoryHealth, Persister, Token};
use crate::plant::PlantReader;
use crate::sources::ingest::Ingest;
use crate::sources::{ProblemBook, SourceBook, SourceManager};
use crate::spark::Sparks;
use crate::zone::SiteZone;

/// Batches between the engine and the persister.
const JOBS: usize = 64;
/// How long an ordered stop waits for the disk.
const STORING: Duration = Duration::from_secs(6);
/// How often history drops what is too old.
const RETENTION_EVERY: Duration = Duration::from_secs(300);

/// Handles of everything that runs.
pub struct Running {
    pub backend: Arc<Gemba>,
    pub hub: Arc<Hub>,
    pub manager: Arc<SourceManager>,
    pub demo: Option<Arc<Demo>>,
    pub metrics: Arc<Metrics>,
    pub model: Arc<ModelShelf>,
    /// Sends mail, where a server for it is configured.
    pub mail: Option<Arc<Mailer>>,
    taker: Arc<EngineTaker>,
    gaps: JoinHandle<()>,
    kept: JoinHandle<()>,
    needs: JoinHandle<()>,
    engine: JoinHandle<()>,
    persister: JoinHandle<Writer<Token>>,
    acknowledger: JoinHandle<()>,
}

impl Running {
    /// Starts every task; connections are added afterwards.
    #[allow(clippy::too_many_lines, reason = "the parts of a server, one after the other")]
    pub fn start(
        config: &Config,
        core: Core,
        demo: Option<Arc<Demo>>,
        build: String,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let started = core.clock.now();
        let mail = mailer(config, stop)?;
        let metrics = Arc::new(Metrics::default());
        let sources = Arc::new(SourceBook::default());
        let problems = Arc::new(ProblemBook::default());
        let unstored = Arc::new(Unstored::default());
        let hub = hub(config, &core);

        let clock = core.clock.clone();
        let Persisting {
            jobs,
            health,
            persister,
            acknowledger,
        } = persist(config, &core, &sources, &metrics, stop)?;

        let plant = PlantReader {
            twin: core.twin.clone(),
            sources: sources.clone(),
            unstored: unstored.clone(),
            history: health.clone(),
        };
        let gaps = Gaps::new(core.history.clone(), plant.clone(), clock.clone());
        let gaps = tokio::spawn(gaps.run(stop.child_token()));
        let computing = SharedComputing::default();
        let (engine_in, inputs) = mpsc::channel::<EngineInput>(config.queues.engine);
        let engine = Engine {
            twin: core.twin.clone(),
            hub: hub.clone(),
            plant: plant.clone(),
            clock: clock.clone(),
            metrics: metrics.clone(),
            computing: computing.clone(),
            problems: problems.clone(),
            persist: jobs,
            unstored,
            most_waiting: JOBS,
        };
        let engine = tokio::spawn(engine.run(inputs, stop.child_token()));

        let (taker, rules) = take_models(&core, &engine_in, &computing, stop);
        let model = core.model.clone();
        let needs = tokio::spawn(watch(config, &core, computing.clone()).run(stop.child_token()));
        let kept = tokio::spawn(keep(&core, computing.clone(), problems.clone(), stop));

        let ingest = ingest(
            config,
            &core,
            problems.clone(),
            metrics.clone(),
            engine_in.clone(),
            rules,
        );
        let manager = Arc::new(SourceManager::new(
            sources,
            ingest,
            core.records.clone(),
            config.queues.connector,
        ));
        tokio::spawn(manager.clone().feed_view(health, stop.child_token()));
        tokio::spawn(retain(core.history.clone(), clock.clone(), stop.child_token()));

        let backend = Arc::new(Gemba {
            twin: core.twin,
            sparks: Arc::new(Sparks::new(core.history.clone())),
            history: core.history,
            records: core.records,
            accounts: core.accounts,
            label_key: core.label_key,
            work: core.work,
            files: core.files,
            needs: core.needs,
            needs_worth: config.needs.line_hour,
            roster: core.roster,
            optimiser: crate::plan::Optimiser::default(),
            model: model.clone(),
            manager: manager.clone(),
            problems,
            plant,
            clock,
            zone: core.zone,
            plant_name: config.site.name.clone(),
            build,
            demo: demo.clone(),
            is_demo_data: core.is_demo_data,
            open_to_network: !config.server.listen.ip().is_loopback() && config.access.anonymous.is_some(),
            engine: engine_in,
            metrics: metrics.clone(),
            hub: hub.clone(),
            started,
            history_limits: config.history.clone(),
            computing,
            learning: Arc::default(),
        });
        Ok(Self {
            backend,
            hub,
            manager,
            demo,
            metrics,
            model,
            mail: mail.map(Arc::new),
            taker,
            gaps,
            kept,
            needs,
            engine,
            persister,
            acknowledger,
        })
    }

    /// Lays the model that holds over the twin, before anybody looks at it.
    pub async fn take_model(&self) -> anyhow::Result<()> {
        let model = self.model.current();
        if model.version == 0 {
            return Ok(());
        }
        self.taker.prepare(model).await?.take().await
    }

    /// Stops taking, applies and stores what was taken, acknowledges it, then says goodbye.
    pub async fn stop(self, stop: CancellationToken, broker: Option<EmbeddedBroker>) -> anyhow::Result<()> {
        if let Some(demo) = &self.demo {
            demo.stop().await;
        }
        self.manager.stop_taking();
        self.backend.optimiser.stop();
        stop.cancel();
        let stored = async {
            self.engine.await?;
            self.kept.await?;
            self.needs.await?;
            self.gaps.await?;
            let writer = self.persister.await?;
            let stopped = tokio::task::spawn_blocking(move || writer.stop()).await?;
            self.acknowledger.await?;
            anyhow::Ok(stopped?)
        };
        let stored = tokio::time::timeout(STORING, stored).await;
        // Whatever could not be stored, nothing of ours stays behind.
        self.manager.stop().await;
        if let Some(broker) = broker {
            broker.stop().await?;
            self.manager.forget_embedded().await?;
        }
        self.backend.records.close().await;
        stored.context("what was taken could not be stored in time")?
    }
}

/// The way from the engine to the disk, and back to who waits for it.
struct Persisting {
    jobs: mpsc::Sender<persist::Job>,
    health: HistoryHealth,
    persister: JoinHandle<Writer<Token>>,
    acknowledger: JoinHandle<()>,
}

fn persist(
    config: &Config,
    core: &Core,
    sources: &Arc<SourceBook>,
    metrics: &Arc<Metrics>,
    stop: &CancellationToken,
) -> anyhow::Result<Persisting> {
    let committed = Arc::new(Notify::new());
    let writer_clock = core.clock.clone();
    let writer_config = WriterConfig {
        capacity: config.queues.history,
        clock: Arc::new(move || writer_clock.now()),
    };
    let (writer, completions) = Writer::start(core.history.clone(), writer_config)?;
    let (records_state, records) = watch::channel(WriterState::Writing);
    let health = HistoryHealth::new(writer.state(), records);
    let acknowledger = tokio::spawn(persist::acknowledge(
        completions,
        sources.clone(),
        metrics.clone(),
        committed.clone(),
    ));
    let persister = Persister {
        records: core.records.clone(),
        writer,
        clock: core.clock.clone(),
        metrics: metrics.clone(),
        committed,
        state: records_state,
        stop: stop.child_token(),
    };
    let (jobs, jobs_in) = mpsc::channel(JOBS);
    Ok(Persisting {
        jobs,
        health,
        persister: tokio::spawn(persister.run(jobs_in)),
        acknowledger,
    })
}

/// What is written now and then, and once more at the end: times in states, and what could not be read.
fn keep(
    core: &Core,
    computing: SharedComputing,
    problems: Arc<ProblemBook>,
    stop: &CancellationToken,
) -> impl Future<Output = ()> + use<> {
    let (records, clock, stop) = (core.records.clone(), core.clock.clone(), stop.child_token());
    async move {
        tokio::join!(
            crate::model::totals::keep(records.clone(), computing, clock.clone(), stop.clone()),
            crate::sources::problems::keep(records, problems, clock, stop),
        );
    }
}

/// What looks for needs.
fn watch(config: &Config, core: &Core, computing: SharedComputing) -> Watch {
    Watch {
        desk: core.needs.clone(),
        work: core.work.clone(),
        twin: core.twin.clone(),
        history: core.history.clone(),
        computing,
        model: core.model.clone(),
        clock: core.clock.clone(),
        config: config.needs,
    }
}

/// Lets models come in: by hand, and when one of their links begins or ends.
fn take_models(
    core: &Core,
    engine: &mpsc::Sender<EngineInput>,
    computing: &SharedComputing,
    stop: &CancellationToken,
) -> (Arc<EngineTaker>, Arc<LiveRules>) {
    let rules = Arc::new(LiveRules::default());
    let taker = Arc::new(EngineTaker {
        rules: rules.clone(),
        engine: engine.clone(),
        twin: core.twin.clone(),
        history: core.history.clone(),
        records: core.records.clone(),
        clock: core.clock.clone(),
        computing: computing.clone(),
        started: core.clock.now(),
    });
    core.model.hand_to(taker.clone());
    tokio::spawn(crate::model::taker::renew(
        core.model.clone(),
        core.clock.clone(),
        stop.child_token(),
    ));
    (taker, rules)
}

/// How messages of every source are decoded.
fn ingest(
    config: &Config,
    core: &Core,
    problems: Arc<ProblemBook>,
    metrics: Arc<Metrics>,
    engine: mpsc::Sender<EngineInput>,
    rules: Arc<LiveRules>,
) -> Ingest {
    Ingest {
        limits: decode::Limits {
            payload_bytes: config.decode.payload_bytes,
            depth: config.decode.depth,
            leaves: config.decode.leaves,
        },
        zone: Arc::new(SiteZone(core.zone.clone())),
        rules,
        problems,
        metrics,
        clock: core.clock.clone(),
        records: core.records.clone(),
        engine,
        view_only: false,
    }
}

/// Now and then history drops what is too old or too much.
async fn retain(history: Arc<store::History>, clock: Arc<dyn crate::clock::Clock>, stop: CancellationToken) {
    let mut every = tokio::time::interval(RETENTION_EVERY);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            () = stop.cancelled() => return,
        }
        let (history, now) = (history.clone(), clock.now());
        let dropped = tokio::task::spawn_blocking(move || history.enforce_retention(now)).await;
        if let Ok(Err(error)) = dropped {
            tracing::error!(%error, "old history cannot be dropped");
        }
    }
}

fn mailer(config: &Config, stop: &CancellationToken) -> anyhow::Result<Option<Mailer>> {
    let mail = config.mail.as_ref();
    mail.map(|mail| Mailer::start(mail, stop.child_token()))
        .transpose()
}

fn hub(config: &Config, core: &Core) -> Arc<Hub> {
    Arc::new(Hub::new(crate::live::HubConfig {
        epoch: core.epoch,
        outbox_frames: config.queues.socket,
        ..crate::live::HubConfig::default()
    }))
}

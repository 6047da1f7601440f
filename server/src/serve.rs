//! `gemba serve` and `gemba demo`: puts the parts together, runs them, and ends them in order.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use connect::embedded::{BrokerArgs, EmbeddedBroker, Ports};
use store::DataDir;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::core::Core;
use crate::demo::past::{self, Prepared};
use crate::demo::{Demo, DemoPlan};
use crate::http::connections::{self, Limits};
use crate::http::entrances::Doors;
use crate::http::{self, Shared};
use crate::running::Running;
use crate::shell::say;

/// Every part must have ended by then.
const SHUTDOWN: Duration = Duration::from_secs(10);
/// The demo plant waits so long for its broker to be heard.
const HEARD_WITHIN: Duration = Duration::from_secs(5);

/// Runs until SIGINT or SIGTERM.
pub async fn run(config: Config, site: Option<PathBuf>, demo: Option<DemoPlan>) -> anyhow::Result<()> {
    allow_open_files();
    let data = DataDir::open(&config.data_dir)?;
    if data.is_open_to_others() {
        tracing::warn!(
            folder = %data.root().display(),
            "other users of this machine can look into the data folder; `chmod 700` it"
        );
    }
    let doors = Doors::take(&config, data.root()).await?;
    if demo.is_some() {
        data.mark_demo()?;
    }
    let core = Core::open(&config, &data).await?;
    if let Some(dir) = &config.model_dir {
        crate::model::first::apply(&core.model, dir).await?;
    }
    if demo.is_some() {
        crate::demo::pack::apply(&core.model).await?;
    }
    let broker = embedded_broker(&config, &data, &core).await?;
    let prepared = match &demo {
        Some(_) if broker.is_none() => {
            anyhow::bail!("the demo brings its own broker; use `gemba serve` for yours")
        }
        Some(plan) => Some(past::prepare(plan, &core).await?),
        None => None,
    };
    let simulator = prepared
        .as_ref()
        .map(|prepared| Demo::new(prepared.progress.clone()));
    let stop = CancellationToken::new();
    let web = http::Web::read(site);
    let running = Running::start(&config, core, simulator, web.build.clone(), &stop)?;
    running.take_model().await?;
    if running.demo.is_some() {
        crate::roster::demo::begin(&running.backend).await;
        crate::work::demo::begin(&running.backend).await;
        crate::work::backlog::begin(&running.backend).await;
    }
    if running.demo.is_some() {
        tokio::spawn(crate::needs::demo::begin(
            running.backend.clone(),
            stop.child_token(),
        ));
    }
    connect_sources(&config, &running, broker.as_ref()).await?;
    if let (Some(plan), Some(prepared), Some(broker)) = (demo, prepared, &broker) {
        start_demo(&plan, prepared, &running, broker, &stop).await?;
    }
    announce(&doors.url(), broker.as_ref(), running.demo.is_some());
    let shared = Shared::new(&config, &running, &web, doors.address, data.token()?)?;
    let entrances = doors.entrances(&config, &shared, web, &stop)?;
    if running.demo.is_none() && config.access.anonymous.is_none() {
        welcome_owner(&shared.doors).await?;
    }
    let limits = Limits::of(&config.server);
    connections::serve(entrances, &limits, &running, signal()).await;
    tracing::info!("stopping");
    tokio::time::timeout(SHUTDOWN, running.stop(stop, broker))
        .await
        .context("some part did not end in time")??;
    tracing::info!("stopped; everything acknowledged is on disk");
    Ok(())
}

/// As many open files as we may have: each connection is one, and history has some.
fn allow_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, most)
    {
        tracing::debug!(%error, "the number of open files stays as it is");
    }
}

/// Our own broker, where no other is configured.
async fn embedded_broker(
    config: &Config,
    data: &DataDir,
    core: &Core,
) -> anyhow::Result<Option<EmbeddedBroker>> {
    if !config.mqtt.is_empty() || (core.has_remembered_sources().await? && !data.is_demo()) {
        return Ok(None);
    }
    let wanted = Ports {
        v311: config.broker.listen.port(),
        v5: config.broker.listen_v5.port(),
    };
    let exe = std::env::current_exe().context("our own program file")?;
    let args = BrokerArgs {
        listen: config.broker.listen.ip(),
        user: config.broker.user.clone(),
        password: config.broker.password.clone(),
        ..BrokerArgs::new(data.root(), wanted)
    };
    let broker = EmbeddedBroker::start_or_adopt_with(args, &exe).await?;
    if broker.ports != wanted && !broker.adopted {
        let by = connect::embedded::taken_by(wanted.v311).unwrap_or_else(|| "another program".to_owned());
        tracing::warn!(
            wanted = wanted.v311,
            got = broker.ports.v311,
            by,
            "the broker's port is taken"
        );
    }
    Ok(Some(broker))
}

/// Starts the simulator once its broker is heard, and makes what is missing of the plant's past.
async fn start_demo(
    plan: &DemoPlan,
    prepared: Prepared,
    running: &Running,
    broker: &EmbeddedBroker,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    if tokio::time::timeout(HEARD_WITHIN, heard(running)).await.is_err() {
        tracing::warn!("the demo plant starts before its broker is heard");
    }
    if let Some(demo) = &running.demo {
        let exe = std::env::current_exe().context("our own program file")?;
        let mqtt = format!("127.0.0.1:{}", broker.ports.v311);
        demo.start(&exe, plan, &prepared, &mqtt).await?;
    }
    if let Some(past) = prepared.past {
        let (sparks, stop) = (running.backend.sparks.clone(), stop.child_token());
        let (model, computing) = (running.model.clone(), running.backend.computing.clone());
        tokio::spawn(async move {
            past.make(computing, stop).await;
            // Windows that are open get their past.
            if let Err(error) = model.renew().await {
                tracing::error!(error = format!("{error:#}"), "windows begin without their past");
            }
            sparks.forget();
        });
    }
    Ok(())
}

/// Waits until every source has granted what we subscribe to.
async fn heard(running: &Running) {
    let mut looks = tokio::time::interval(Duration::from_millis(10));
    while !running.manager.book.all().iter().all(|source| source.is_heard()) {
        looks.tick().await;
    }
}

async fn connect_sources(
    config: &Config,
    running: &Running,
    broker: Option<&EmbeddedBroker>,
) -> anyhow::Result<()> {
    for mqtt in &config.mqtt {
        running.manager.add_configured(mqtt).await?;
    }
    if let Some(broker) = broker {
        let (user, password) = (config.broker.user.clone(), config.broker.password.clone());
        running.manager.add_embedded(broker.ports, user, password).await?;
    }
    running.manager.start_remembered().await
}

/// What a newcomer needs to know, on the terminal.
fn announce(url: &str, broker: Option<&EmbeddedBroker>, demo: bool) {
    let what = if demo {
        "Gemba shows the demo plant at"
    } else {
        "Gemba serves at"
    };
    let broker = broker.map_or_else(String::new, |broker| {
        let Ports { v311, v5 } = broker.ports;
        format!("MQTT broker at 127.0.0.1:{v311} (3.1.1) and 127.0.0.1:{v5} (5)\n")
    });
    say(&format!("{what} {url}\n{broker}Ctrl-C stops everything.\n"));
}

/// Prints the link by which the first owner begins, while there is none. Every start makes a new one.
async fn welcome_owner(doors: &http::doors::Doors) -> anyhow::Result<()> {
    let Some(pass) = doors.accounts.first_owner().await? else {
        return Ok(());
    };
    say(&format!(
        "Nobody has an account yet. Open this link once, within a day, to become its owner:\n  {}/welcome/{}\n",
        doors.base_url, pass.secret
    ));
    Ok(())
}

fn signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    // Asked for before anybody is let in: who is answered may end us at once.
    let kinds = [SignalKind::terminate(), SignalKind::interrupt()];
    let [mut terminate, mut interrupt] = kinds.map(|kind| signal(kind).ok());
    async move {
        let came = async |signals: &mut Option<Signal>| match signals {
            Some(signals) => drop(signals.recv().await),
            None => std::future::pending().await,
        };
        tokio::select! {
            () = came(&mut terminate) => {}
            () = came(&mut interrupt) => {}
        }
    }
}

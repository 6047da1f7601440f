//! `gemba simulate`: publishes the demo plant to a broker by real MQTT clients, one a site.
//!
//! A process of its own, so that the server meets its plant only where it meets any plant: at the
//! broker. Faults and speed come by HTTP on loopback, never by MQTT. It ends with its parent (standard
//! input closes) or on SIGTERM.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use plantsim::{FaultKind, Plant, TagRef};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::clock::{Clock as _, SystemClock};

mod control;
mod publisher;

use publisher::Publisher;

/// How often the plant is stepped; no tag speaks more often than once a second.
const STEP: Duration = Duration::from_millis(200);

/// What the plant's counters showed last, as JSON: topic, field and number of each. Without it they are as the
/// plant makes them up.
pub const COUNTERS: &str = "GEMBA_SIMULATE_COUNTERS";

/// The sites, each with a connection of its own; the last is the one that a cut network takes down.
const SITES: [&str; 2] = ["norvia/lyon", "norvia/rotterdam"];

/// Flags of `simulate`. The token comes by `GEMBA_SIMULATE_TOKEN`, or else by `--token`.
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// Broker to publish to (MQTT 3.1.1).
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:1883")]
    pub mqtt: String,
    /// Loopback address of the control; port 0 takes a free one. It is printed as a line of JSON.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub control: SocketAddr,
    /// What a request to the control must carry in `x-gemba-token`; others see it on the command line.
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Seed of the plant.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many times faster than real its physics goes: 1 to 600.
    #[arg(long, default_value_t = 1)]
    pub speed: u32,
    /// When the plant's story began, in microseconds since 1970 [default: now].
    #[arg(long, value_name = "MICROS")]
    pub since_micros: Option<i64>,
    /// Go on when standard input closes.
    #[arg(long)]
    pub detached: bool,
}

/// The plant between the clock, which steps it, and the control, which breaks it.
#[derive(Clone)]
struct SharedPlant(Arc<Mutex<Plant>>);

impl SharedPlant {
    /// Never held over an await.
    fn lock(&self) -> MutexGuard<'_, Plant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Publishes until told to end.
pub async fn run(args: SimulateArgs) -> anyhow::Result<()> {
    ensure!(
        args.control.ip().is_loopback(),
        "--control must be a loopback address, not {}",
        args.control
    );
    let token = std::env::var_os("GEMBA_SIMULATE_TOKEN")
        .and_then(|word| word.into_string().ok())
        .or_else(|| args.token.clone())
        .filter(|token| !token.is_empty())
        .context("a token is needed: GEMBA_SIMULATE_TOKEN or --token")?;
    let (ending, mut ended) = watch::channel(false);
    watch_the_end(&args, ending)?;

    let listener = tokio::net::TcpListener::bind(args.control)
        .await
        .with_context(|| format!("the control cannot listen on {}", args.control))?;
    let mut plant = grown(&args).await?;
    plant.set_speed(args.speed);
    let plant = SharedPlant(Arc::new(Mutex::new(plant)));
    announce(listener.local_addr()?)?;
    let served = control::router(plant.clone(), token);
    let mut until = ended.clone();
    tokio::spawn(async move {
        let end = async move { until.wait_for(|end| *end).await.map(drop).unwrap_or_default() };
        if let Err(error) = axum::serve(listener, served).with_graceful_shutdown(end).await {
            tracing::error!(%error, "the control has ended");
        }
    });
    let sites: Vec<Publisher> = SITES
        .iter()
        .map(|site| Publisher::start(&args.mqtt, site))
        .collect::<anyhow::Result<_>>()?;

    tokio::select! {
        () = connected(&sites) => {}
        _ = ended.wait_for(|end| *end) => {}
    }
    let mut ticks = interval(STEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = ticks.tick() => step(&plant, &sites),
            _ = ended.wait_for(|end| *end) => break,
        }
    }
    for site in sites {
        site.stop().await;
    }
    Ok(())
}

/// Waits for every site's connection, for a while: to a site that is not there yet the network would seem
/// cut, and half of its tags would first speak a period later.
async fn connected(sites: &[Publisher]) {
    let mut looks = interval(Duration::from_millis(10));
    let all = async {
        while !sites.iter().all(Publisher::is_connected) {
            looks.tick().await;
        }
    };
    // A broker that comes later finds the plant at work.
    let _late = tokio::time::timeout(Duration::from_secs(3), all).await;
}

/// The plant as it is now, from the start of its story on; takes a moment.
async fn grown(args: &SimulateArgs) -> anyhow::Result<Plant> {
    let (seed, since) = (args.seed, args.since_micros);
    let counters: Vec<(String, String, f64)> = match std::env::var(COUNTERS) {
        Ok(text) => serde_json::from_str(&text).context(COUNTERS)?,
        Err(_) => Vec::new(),
    };
    let shown = counters
        .into_iter()
        .map(|(topic, field, shown)| (TagRef { topic, field }, shown));
    let shown: Vec<_> = shown.collect();
    let grow = move || {
        let now = SystemClock.now().micros();
        let mut plant = Plant::resume(seed, since.unwrap_or(now), now);
        plant.go_on_from(&shown);
        plant
    };
    tokio::task::spawn_blocking(grow)
        .await
        .context("the plant could not be made")
}

/// Tells the parent where the control listens.
fn announce(address: SocketAddr) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::json!({ "control": address.to_string() }))?;
    out.flush()?;
    Ok(())
}

/// Ends when the parent does, or on a signal.
fn watch_the_end(args: &SimulateArgs, ending: watch::Sender<bool>) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be heard")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be heard")?;
    let (parent_gone, mut gone) = watch::channel(false);
    if !args.detached {
        // A thread of its own: tokio's would keep the process alive while it waits for input.
        std::thread::Builder::new()
            .name("parent".to_owned())
            .spawn(move || {
                let mut nowhere = std::io::sink();
                // An error is an end as well.
                std::io::copy(&mut std::io::stdin().lock(), &mut nowhere)
                    .map(drop)
                    .unwrap_or_default();
                parent_gone.send_replace(true);
            })?;
    } else {
        std::mem::drop(parent_gone);
    }
    let detached = args.detached;
    tokio::spawn(async move {
        let parent = async {
            if detached || gone.wait_for(|gone| *gone).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = parent => {}
        }
        ending.send_replace(true);
    });
    Ok(())
}

/// Lets the plant go on to now and publishes what is due.
fn step(plant: &SharedPlant, sites: &[Publisher]) {
    let mut due = Vec::new();
    let cut = {
        let mut plant = plant.lock();
        for (publisher, site) in sites.iter().zip(SITES) {
            if publisher.take_new_connection() {
                plant.announce(site);
            }
        }
        plant.set_reachable(sites.last().is_none_or(Publisher::is_connected));
        plant.step(SystemClock.now().micros(), &mut |publication| {
            due.push(publication)
        });
        plant.is_active(FaultKind::CutNetwork)
    };
    if let Some(publisher) = sites.last() {
        publisher.set_cut(cut);
    }
    for publication in due {
        let home = sites
            .iter()
            .find(|publisher| publisher.serves(&publication.topic));
        if let Some(publisher) = home.or(sites.first()) {
            publisher.publish(publication);
        }
    }
}

//! The demo plant beside the server: its simulator as a child process, its past made at first start.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

pub mod pack;
pub mod past;

/// The simulator must answer within this time.
const PATIENCE: Duration = Duration::from_secs(2);

/// A fault started from a page comes on this many times faster than real, so that wear of weeks shows
/// within a minute. The plant around it keeps its speed; a faster one hastens the fault further.
const FAULT_PACE: u32 = 60;

/// How to start the simulator.
#[derive(Clone, Debug)]
pub struct DemoPlan {
    pub seed: u64,
    pub speed: u32,
    pub history_hours: u32,
}

/// What the simulator says of itself.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SimulatorState {
    pub speed: u32,
    pub faults: Vec<SimulatedFault>,
}

/// A fault that can be started.
#[derive(Clone, Debug, Deserialize)]
pub struct SimulatedFault {
    pub kind: String,
    pub active: bool,
    /// Topic levels of the asset it happens to.
    pub asset_topic: Option<String>,
}

/// The simulator, before it runs and while it does.
pub struct Demo {
    child: Mutex<Option<Child>>,
    /// Where its control listens; nothing before it was started.
    address: OnceLock<String>,
    token: String,
    last: Mutex<SimulatorState>,
    past: Arc<past::Progress>,
}

#[derive(Deserialize)]
struct Announcement {
    control: String,
}

impl Demo {
    /// A simulator that is not started yet.
    #[must_use]
    pub fn new(past: Arc<past::Progress>) -> Arc<Self> {
        Arc::new(Self {
            child: Mutex::new(None),
            address: OnceLock::new(),
            token: format!("{:016x}{:016x}", crate::random::number(), crate::random::number()),
            last: Mutex::new(SimulatorState::default()),
            past,
        })
    }

    /// Starts it as a child; it ends with us, since its standard input closes then. Called when the server
    /// hears the broker: what the plant says only once would else come as retained, of unknown age.
    pub async fn start(
        &self,
        exe: &Path,
        plan: &DemoPlan,
        prepared: &past::Prepared,
        mqtt: &str,
    ) -> anyhow::Result<()> {
        let counters = serde_json::to_string(&prepared.counters).context("the plant's counters")?;
        let mut child = Command::new(exe)
            .arg("simulate")
            .args(["--mqtt", mqtt, "--control", "127.0.0.1:0"])
            .args([
                "--seed",
                &plan.seed.to_string(),
                "--speed",
                &plan.speed.to_string(),
            ])
            .args(["--since-micros", &prepared.start.to_string()])
            .env("GEMBA_SIMULATE_TOKEN", &self.token)
            .env(crate::simulate::COUNTERS, counters)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the demo plant's simulator cannot be started")?;
        let stdout = child.stdout.take().context("the simulator has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = tokio::time::timeout(Duration::from_secs(20), lines.next_line())
            .await
            .context("the simulator does not say where it listens")??
            .context("the simulator ended at once")?;
        let announcement: Announcement =
            serde_json::from_str(&line).with_context(|| format!("the simulator said {line:?}"))?;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.address.get_or_init(|| announcement.control);
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        Ok(())
    }

    /// Its state now; none when it does not answer.
    pub async fn state(&self) -> Option<SimulatorState> {
        let state: SimulatorState = serde_json::from_str(
            &crate::loopback::get(self.address.get()?, "/state", &self.token, PATIENCE)
                .await
                .ok()?,
        )
        .ok()?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = state.clone();
        Some(state)
    }

    /// Per cent of the past that are made; none when all of it is.
    #[must_use]
    pub fn past_percent(&self) -> Option<u8> {
        self.past.percent()
    }

    /// The last state known.
    #[must_use]
    pub fn last_state(&self) -> SimulatorState {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts or ends a fault.
    pub async fn fault(&self, kind: &str, active: bool) -> anyhow::Result<()> {
        let body = serde_json::json!({ "kind": kind, "active": active, "pace": FAULT_PACE }).to_string();
        self.tell("/fault", &body).await
    }

    /// Sets the speed of its physics.
    pub async fn speed(&self, factor: u32) -> anyhow::Result<()> {
        let body = serde_json::json!({ "factor": factor }).to_string();
        self.tell("/speed", &body).await
    }

    async fn tell(&self, path: &str, body: &str) -> anyhow::Result<()> {
        let address = self.address.get().context("the simulator has not started")?;
        crate::loopback::post(address, path, &self.token, body)
            .await
            .map(drop)
    }

    /// Ends the simulator and waits for it.
    pub async fn stop(&self) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut child) = child else { return };
        drop(child.stdin.take());
        if tokio::time::timeout(PATIENCE, child.wait()).await.is_err()
            && let Err(error) = child.kill().await
        {
            tracing::warn!(%error, "the simulator cannot be ended");
        }
    }
}

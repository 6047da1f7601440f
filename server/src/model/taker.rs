//! Hands a model to the engine and waits until the twin is what it says.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_trait::async_trait;
use bind::Rules;
use store::{History, Records};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use twin::{ModelPart, Timestamp, Twin};

use super::shelf::{LoadedModel, ModelShelf, PreparedModel, TakesModel};
use super::{placing, totals};
use crate::bind::LiveRules;
use crate::clock::Clock;
use crate::computing::{Computing, SharedComputing};
use crate::engine::EngineInput;
use crate::formula::World;

/// The clock is looked at so often, should it be set.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The engine, as the one that takes models.
#[derive(Clone)]
pub struct EngineTaker {
    pub engine: mpsc::Sender<EngineInput>,
    pub twin: Arc<RwLock<Twin>>,
    pub history: Arc<History>,
    pub records: Records,
    pub clock: Arc<dyn Clock>,
    pub computing: SharedComputing,
    /// When the server began to look at the plant.
    pub started: Timestamp,
    /// What every connection reads messages with.
    pub rules: Arc<LiveRules>,
}

/// What a model comes to.
struct Prepared {
    taker: EngineTaker,
    parts: Vec<ModelPart>,
    rules: Rules,
    computing: Computing,
}

#[async_trait]
impl TakesModel for EngineTaker {
    async fn prepare(&self, loaded: Arc<LoadedModel>) -> anyhow::Result<Box<dyn PreparedModel>> {
        let now = self.clock.now();
        let other = loaded.clone();
        let (places, formulas) = tokio::join!(
            tokio::task::spawn_blocking(move || {
                let parts = placing::parts(&other.model, &other.resolved, now);
                (parts, other.model.rules(&World))
            }),
            tokio::task::spawn_blocking(move || Computing::new(&loaded, now)),
        );
        let (parts, rules) = places?;
        Ok(Box::new(Prepared {
            taker: self.clone(),
            parts,
            rules,
            computing: formulas?,
        }))
    }
}

#[async_trait]
impl PreparedModel for Prepared {
    /// First assets and points take their places, then the mapping rules, whose values
    /// find them, then the formulas, which find their points there.
    async fn take(self: Box<Self>) -> anyhow::Result<()> {
        let Self {
            taker,
            parts,
            rules,
            computing,
        } = *self;
        let begun = Instant::now();
        taker.tell(|done| EngineInput::Model { parts, done }).await?;
        taker.rules.set(rules);
        let placed = begun.elapsed().as_millis();
        taker.compute(computing).await?;
        let computed = begun.elapsed().as_millis();
        tracing::info!(placed, computed, "the model was taken, in milliseconds");
        Ok(())
    }
}

impl EngineTaker {
    /// Formulas look at the twin and compute everything once beside the engine, then take over.
    async fn compute(&self, mut computing: Computing) -> anyhow::Result<()> {
        let states = computing.new_states(&self.computing);
        if !states.is_empty() {
            computing.restore_totals(&states, totals::read(&self.records).await?);
        }
        self.tell(EngineInput::Note).await?;
        let now = self.clock.now();
        let (twin, history, running) = (self.twin.clone(), self.history.clone(), self.computing.clone());
        let started = self.started;
        let begun = tokio::task::spawn_blocking(move || {
            computing.recall(&twin, &history, started, now);
            computing.go_on_with_windows(&running);
            computing.meet(&twin);
            let values = computing.begin(&twin, now);
            computing.go_on_from(&running, now);
            (Box::new(computing), values)
        });
        let (computing, values) = begun.await?;
        self.tell(|done| EngineInput::Compute {
            computing,
            values,
            done,
        })
        .await
    }

    async fn tell(&self, input: impl FnOnce(oneshot::Sender<()>) -> EngineInput) -> anyhow::Result<()> {
        let (done, taken) = oneshot::channel();
        let stopping = "the server is stopping";
        self.engine.send(input(done)).await.ok().context(stopping)?;
        taken.await.context(stopping)
    }
}

/// Hands the model over again whenever one of its links begins or ends.
pub async fn renew(shelf: Arc<ModelShelf>, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut watch = shelf.watch();
    loop {
        let model = watch.borrow_and_update().clone();
        let next = placing::next_change(&model.model, clock.now());
        let wait = next.map_or(LOOK_EVERY, |next| wait(next, clock.now()));
        tokio::select! {
            () = stop.cancelled() => return,
            changed = watch.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            () = tokio::time::sleep(wait) => {
                let is_due = next.is_some_and(|next| next <= clock.now());
                if is_due && let Err(error) = shelf.renew().await {
                    tracing::error!(error = format!("{error:#}"), "links of the model that began or ended wait");
                }
            }
        }
    }
}

/// The clock may be set meanwhile: it is looked at again before long.
fn wait(next: Timestamp, now: Timestamp) -> Duration {
    let micros = u64::try_from(next.since(now).micros()).unwrap_or_default();
    Duration::from_micros(micros).min(LOOK_EVERY)
}

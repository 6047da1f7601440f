//! Hands a model to the engine and waits until the twin is what it says.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use store::{History, Records};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use twin::{Timestamp, Twin};

use super::shelf::{LoadedModel, ModelShelf, TakesModel};
use super::{placing, totals};
use crate::bind::LiveRules;
use crate::clock::Clock;
use crate::computing::Computing;
use crate::engine::EngineInput;
use crate::formula::World;

/// The clock is looked at so often, should it be set.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The engine, as the one that takes models.
pub struct EngineTaker {
    pub engine: mpsc::Sender<EngineInput>,
    pub twin: Arc<RwLock<Twin>>,
    pub history: Arc<History>,
    pub records: Records,
    pub clock: Arc<dyn Clock>,
    /// What every connection reads messages with.
    pub rules: Arc<LiveRules>,
}

#[async_trait]
impl TakesModel for EngineTaker {
    /// First assets and points take their places, then the mapping rules, whose values
    /// find them, then the formulas, which find their points there.
    async fn take(&self, loaded: Arc<LoadedModel>) -> anyhow::Result<()> {
        let now = self.clock.now();
        let model = loaded.clone();
        let parts =
            tokio::task::spawn_blocking(move || placing::parts(&model.model, &model.resolved, now)).await?;
        self.tell(|done| EngineInput::Model { parts, done }).await?;
        let model = loaded.clone();
        self.rules
            .set(tokio::task::spawn_blocking(move || model.model.rules(&World)).await?);

        let totals = totals::read(&self.records).await?;
        let (twin, history) = (self.twin.clone(), self.history.clone());
        let computing = tokio::task::spawn_blocking(move || {
            let mut computing = Computing::new(&loaded.model, &loaded.resolved, loaded.version, now);
            computing.restore_totals(totals);
            computing.recall(&twin, &history, now);
            Box::new(computing)
        })
        .await?;
        self.tell(|done| EngineInput::Compute { computing, done }).await
    }
}

impl EngineTaker {
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

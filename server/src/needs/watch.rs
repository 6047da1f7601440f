//! Looks at the twin, the plans and the orders now and then, and tells the desk what became of needs. It reads under
//! short read locks and beside the engine; nothing waits for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use maintenance::id::{OrderId, PlanId};
use maintenance::need::{Consequence, Source};
use maintenance::order::event::Author;
use maintenance::order::{Order, Status};
use store::History;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use twin::{AssetId, PointId, Span, Timestamp, Twin};

use super::condition::{Condition, names};
use super::desk::{Book, MOST_NEEDS, NeedError};
use super::judge::{self, Asked, Beyond, Fate};
use super::signs;
use super::trends::Round;
use super::{Act, Entry, NeedDesk};
use crate::clock::Clock;
use crate::computing::SharedComputing;
use crate::model::ModelShelf;
use crate::work::WorkDesk;

/// How often trends are looked for.
const TRENDS_EVERY: Span = Span::from_secs(300);
/// Plans looked at under one hold of the twin's lock.
const PART: usize = 200;

/// How needs are looked for.
#[derive(Clone, Copy, Debug)]
pub struct WatchConfig {
    /// How often.
    pub every: Duration,
    /// For how long a value is beyond its limit before that is a need.
    pub hold: Span,
    /// What an hour of a line is worth, in whole units of the currency; 0 where nobody said.
    pub line_hour: u64,
}

/// What looks.
pub struct Watch {
    pub desk: Arc<NeedDesk>,
    pub work: Arc<WorkDesk>,
    pub twin: Arc<RwLock<Twin>>,
    pub history: Arc<History>,
    pub computing: SharedComputing,
    pub model: Arc<ModelShelf>,
    pub clock: Arc<dyn Clock>,
    pub config: WatchConfig,
}

/// What is remembered between two looks.
#[derive(Default)]
struct Memory {
    /// Since when a value that was beyond its limit is back.
    calm: BTreeMap<PointId, Timestamp>,
    /// The newest order that was looked at.
    orders: Option<OrderId>,
    trends: Round,
    trends_at: Option<Timestamp>,
}

impl Watch {
    /// Looks until it is to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut memory = Memory::default();
        let mut every = tokio::time::interval(self.config.every);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = every.tick() => {}
                () = stop.cancelled() => return,
            }
            if let Err(error) = self.look(&mut memory).await {
                tracing::error!(%error, "needs cannot be kept");
            }
        }
    }

    async fn look(&self, memory: &mut Memory) -> Result<(), NeedError> {
        self.adopt(memory).await?;
        let now = self.clock.now();
        let beyond = signs::beyond(&self.read());
        self.calm(memory, &beyond, now);
        let counted = self.count(now);
        let drafts = self.trends(memory, now).await;
        let costs = self.costs(&beyond, now);
        let (calm, hold, work) = (memory.calm.clone(), self.config.hold, self.work.clone());
        let decide = move |book: &Book, now| {
            let cost = |asset: AssetId| costs.get(&asset).copied();
            let fate = |order| fate(&work, order);
            let mut act: Act = counted;
            act.extend(judge::over(book, &calm, &fate, now));
            let mut raised = judge::limits(book, &beyond, hold, &cost, now);
            raised.extend(judge::trends(book, drafts, &cost, now));
            raised.extend(judge::plans(book, &cost, now));
            let room = MOST_NEEDS.saturating_sub(book.needs.len());
            if raised.len() > room {
                tracing::error!("there are as many needs as there may be; new ones are left out");
                raised.truncate(room);
            }
            act.extend(raised);
            Ok(act)
        };
        self.desk.take(decide).await.map(drop)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Twin> {
        self.twin.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what orders say that came since the last look.
    async fn adopt(&self, memory: &mut Memory) -> Result<(), NeedError> {
        let mut new = Vec::new();
        self.work.after(memory.orders, |order| {
            memory.orders = Some(order.id());
            new.extend(asked_of(order).filter(|_| order.status().is_open()));
        });
        for order in new {
            self.desk.adopt(order).await?;
        }
        Ok(())
    }

    /// Remembers since when the points of open needs are back within their limits.
    fn calm(&self, memory: &mut Memory, beyond: &[Beyond], now: Timestamp) {
        let asked: BTreeSet<PointId> = self.desk.read(|book| {
            let points = book.heads().flat_map(|head| book.needs.group(head.id));
            let point = |need: &maintenance::need::Need| match need.source {
                Source::Limit { point, .. } => Some(point),
                _ => None,
            };
            points.filter_map(point).collect()
        });
        let twin = self.read();
        let is_back = |point: &PointId| {
            let is_beyond = beyond.iter().any(|one| one.point == *point);
            !is_beyond && twin.violation(*point).is_none() && signs::is_now(&twin, *point)
        };
        let back: BTreeSet<PointId> = asked.into_iter().filter(is_back).collect();
        memory.calm.retain(|point, _| back.contains(point));
        for point in back {
            memory.calm.entry(point).or_insert(now);
        }
    }

    /// Reads the meters and conditions of all plans; gives what is to be written of them.
    fn count(&self, now: Timestamp) -> Act {
        let ids: Vec<PlanId> = self.desk.read(|book| book.plans.keys().copied().collect());
        let mut act = Act::new();
        for part in ids.chunks(PART) {
            // In the order in which the engine takes its locks: the twin's before that of what is computed.
            let twin = self.read();
            let computing = self.computing.read().unwrap_or_else(PoisonError::into_inner);
            self.desk.update(|book| {
                for id in part {
                    if let Some(state) = book.plans.get_mut(id) {
                        look_at(state, &twin, now);
                        let shown = state.sheet.meter.as_ref().and_then(|meter| {
                            signs::shown_by(&twin, computing.as_ref(), state.plan.asset, &meter.of, now)
                        });
                        act.extend(shown.and_then(|(at, shows)| state.count(at, shows)));
                    }
                }
            });
        }
        act
    }

    /// What reaches a limit, now and then.
    async fn trends(&self, memory: &mut Memory, now: Timestamp) -> Vec<maintenance::need::Draft> {
        if memory.trends_at.is_some_and(|at| now.since(at) < TRENDS_EVERY) {
            return Vec::new();
        }
        memory.trends_at = Some(now);
        let (twin, history, mut round) = (self.twin.clone(), self.history.clone(), memory.trends);
        let looked = tokio::task::spawn_blocking(move || {
            let drafts = round.look(&twin, &history, now);
            (round, drafts)
        });
        match looked.await {
            Ok((round, drafts)) => {
                memory.trends = round;
                drafts
            }
            Err(error) => {
                tracing::error!(%error, "trends cannot be looked at");
                Vec::new()
            }
        }
    }

    /// What standing still costs, of all equipment that may be told of now.
    fn costs(&self, beyond: &[Beyond], now: Timestamp) -> BTreeMap<AssetId, Consequence> {
        if self.config.line_hour == 0 {
            return BTreeMap::new();
        }
        let mut assets: BTreeSet<AssetId> = beyond.iter().map(|one| one.asset).collect();
        self.desk
            .read(|book| assets.extend(book.plans.values().map(|state| state.plan.asset)));
        let (twin, model) = (self.read(), self.model.current());
        let cost = |asset: AssetId| {
            let criticality = signs::criticality(&twin, &model, asset);
            signs::consequence(criticality, self.config.line_hour, now).map(|cost| (asset, cost))
        };
        assets.into_iter().filter_map(cost).collect()
    }
}

/// Asks a plan's condition.
fn look_at(state: &mut super::PlanState, twin: &Twin, now: Timestamp) {
    let Some(by) = &state.sheet.condition else {
        return;
    };
    let asset = state.plan.asset;
    match Condition::check(&by.formula, &names(twin, asset)) {
        Ok(condition) => {
            state.truth = Some(condition.truth(twin, asset, state.truth, now));
            state.wrong = None;
        }
        Err(why) => (state.truth, state.wrong) = (None, Some(why)),
    }
}

/// What became of an order.
fn fate(work: &WorkDesk, order: OrderId) -> Fate {
    let of = |order: &Order| match order.status() {
        Status::Cancelled => Fate::Cancelled,
        _ => order.done_at().map_or(Fate::Open, Fate::Done),
    };
    work.order(order, of).unwrap_or(Fate::Open)
}

/// What an order says of needs; none where it says nothing.
#[must_use]
pub fn asked_of(order: &Order) -> Option<Asked> {
    let (request, first) = (order.request(), order.log().first()?);
    let by = match &first.event.author {
        Author::Person(person) => Some(*person),
        Author::Gemba | Author::System(_) | Author::Link(_) => None,
    };
    let asked = Asked {
        order: order.id(),
        key: first.event.key,
        asset: request.asset,
        mode: request.mode,
        priority: request.priority,
        dates: request.dates,
        needs: request.needs.clone(),
        by,
        at: first.event.when(),
        title: request.title.clone(),
    };
    (by.is_some() || !asked.needs.is_empty()).then_some(asked)
}

impl NeedDesk {
    /// Takes in what an order says: told twice it changes nothing.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn adopt(self: &Arc<Self>, asked: Asked) -> Result<(), NeedError> {
        self.take(move |book, _| Ok(judge::asked(book, &asked)))
            .await
            .map(drop)
    }

    /// Takes a few entries of people, all of them or none.
    ///
    /// # Errors
    /// Why not; nothing changed then.
    pub async fn tell(self: &Arc<Self>, act: Vec<Entry>) -> Result<Act, NeedError> {
        self.take(move |_, _| Ok(act)).await
    }
}

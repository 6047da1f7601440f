//! The session of a plant: listening, then a proposal with the edits over it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use learn::{Listening, Session};
use model::Model;
use twin::Twin;
use wire::page::{LearnSaid, LearnStage};

/// Longest time to listen, in seconds.
pub const MAX_SECS: u32 = 3_600;
/// How often the twin is looked at while listening.
const LOOK: Duration = Duration::from_millis(500);

/// Where the session of a plant is.
#[derive(Debug, Default)]
pub struct LearnDesk {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    stage: Stage,
    /// Raised with every listening and every proposal: what was meant for another is refused.
    stamp: u32,
    said: Option<LearnSaid>,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Idle,
    Listening {
        started: Instant,
        of_secs: u32,
        counts: (usize, usize),
    },
    Thinking,
    Ready {
        session: Box<Session>,
        heard_secs: u32,
    },
}

impl LearnDesk {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far it is, which proposal there is, and what became of the last act.
    pub fn standing(&self) -> (LearnStage, u32, Option<LearnSaid>) {
        let inner = self.lock();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let stage = match &inner.stage {
            Stage::Idle => LearnStage::Idle,
            Stage::Thinking => LearnStage::Thinking,
            Stage::Ready { .. } => LearnStage::Ready,
            Stage::Listening {
                started,
                of_secs,
                counts,
            } => LearnStage::Listening {
                secs: seconds(*started).min(*of_secs),
                of_secs: *of_secs,
                tags: count(counts.0),
                spoke: count(counts.1),
            },
        };
        (stage, inner.stamp, inner.said.clone())
    }

    /// Says what became of an act.
    pub fn say(&self, said: Option<LearnSaid>) {
        self.lock().said = said;
    }

    /// Reads the session, when there is one.
    pub fn with<R>(&self, look: impl FnOnce(&Session, u32) -> R) -> Option<R> {
        match &self.lock().stage {
            Stage::Ready { session, heard_secs } => Some(look(session, *heard_secs)),
            _ => None,
        }
    }

    /// Changes the session that has this stamp.
    pub fn change<R>(&self, stamp: u32, change: impl FnOnce(&mut Session) -> R) -> Option<R> {
        let mut inner = self.lock();
        let is_it = inner.stamp == stamp;
        match &mut inner.stage {
            Stage::Ready { session, .. } if is_it => Some(change(session)),
            _ => None,
        }
    }

    /// Forgets the session.
    pub fn clear(&self) {
        let mut inner = self.lock();
        inner.stage = Stage::Idle;
        inner.stamp = inner.stamp.wrapping_add(1);
    }

    /// Ends listening before its time.
    pub fn stop(&self) {
        if let Stage::Listening { of_secs, started, .. } = &mut self.lock().stage {
            *of_secs = seconds(*started);
        }
    }

    /// Listens for so many seconds, then proposes. What was there before is forgotten.
    pub fn listen(self: &Arc<Self>, twin: Arc<RwLock<Twin>>, secs: u32, known: impl Known) {
        let stamp = {
            let mut inner = self.lock();
            inner.stamp = inner.stamp.wrapping_add(1);
            inner.said = None;
            inner.stage = Stage::Listening {
                started: Instant::now(),
                of_secs: secs.clamp(1, MAX_SECS),
                counts: (0, 0),
            };
            inner.stamp
        };
        let desk = Arc::clone(self);
        tokio::spawn(async move {
            let mut listening = Listening::default();
            while desk.go_on(stamp, &listening) {
                look(&twin, &mut listening).await;
                tokio::time::sleep(LOOK).await;
            }
            let Some(secs) = desk.think(stamp) else {
                return;
            };
            let tags = {
                let twin = twin.read().unwrap_or_else(PoisonError::into_inner);
                listening.tags(&twin, secs)
            };
            let proposing = tokio::task::spawn_blocking(move || {
                let (model, packs) = known.types();
                Box::new(Session::new(learn::propose(tags, &model, &packs)))
            });
            match proposing.await {
                Ok(session) => desk.propose(stamp, session, secs),
                Err(error) => {
                    tracing::error!(%error, "learning failed");
                    desk.clear();
                }
            }
        });
    }

    /// Notes what was heard; whether there is time left.
    fn go_on(&self, stamp: u32, listening: &Listening) -> bool {
        let mut inner = self.lock();
        if inner.stamp != stamp {
            return false;
        }
        match &mut inner.stage {
            Stage::Listening {
                started,
                of_secs,
                counts,
            } => {
                *counts = listening.counts();
                seconds(*started) < *of_secs
            }
            _ => false,
        }
    }

    /// Listening is over; how long it was.
    fn think(&self, stamp: u32) -> Option<u32> {
        let mut inner = self.lock();
        let secs = match &inner.stage {
            Stage::Listening { started, .. } if inner.stamp == stamp => seconds(*started).max(1),
            _ => return None,
        };
        inner.stage = Stage::Thinking;
        Some(secs)
    }

    fn propose(&self, stamp: u32, session: Box<Session>, heard_secs: u32) {
        let mut inner = self.lock();
        if inner.stamp == stamp {
            inner.stage = Stage::Ready { session, heard_secs };
        }
    }
}

/// What is there when the proposal is made.
pub trait Known: Send + 'static {
    /// The model that holds, and the types that could be taken in.
    fn types(&self) -> (Model, Model);
}

impl<F: Fn() -> (Model, Model) + Send + 'static> Known for F {
    fn types(&self) -> (Model, Model) {
        self()
    }
}

fn seconds(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_secs()).unwrap_or(u32::MAX)
}

/// Looks at every point, a slice for each hold of the twin.
async fn look(twin: &RwLock<Twin>, listening: &mut Listening) {
    loop {
        let is_done = listening.look(&twin.read().unwrap_or_else(PoisonError::into_inner));
        if is_done {
            return;
        }
        tokio::task::yield_now().await;
    }
}

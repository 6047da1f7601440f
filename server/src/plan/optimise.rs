//! The search for a plan, beside the server's own work: one a site at a time, capped, ended by whoever began it.
//!
//! What it finds is a proposal. It becomes a draft when somebody takes it, and a plan when they commit that.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use planning::core::Anytime as _;
use planning::maintenance::{Cost, Problem, Schedule, Search, by_due_date, cost};
use twin::AssetId;

use crate::roster::book::DraftKey;

/// Longest a search may take, in seconds.
pub const LONGEST: u64 = 60;
/// Tries between two looks at the clock.
const TRIES: u32 = 10;
/// The seed: the same orders give the same plan for the same number of tries.
const SEED: u64 = 1;

/// What is to be planned, and for whom.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub draft: DraftKey,
    pub problem: Problem,
    /// The plan as it is.
    pub now: Schedule,
    /// Numbers of orders with the length of their logs, by place in the problem.
    pub orders: Vec<(u32, u32)>,
    /// People of the roster, by place in the problem.
    pub people: Vec<u32>,
    pub seconds: u64,
}

/// How far a search is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    pub is_over: bool,
    /// The problem is not fit to be planned, and why.
    pub trouble: Option<String>,
    pub seconds: f64,
    pub tried: u64,
    /// What the first plan cost.
    pub first: Option<f64>,
    pub best: Option<(Schedule, Cost)>,
    /// What the plan as it is costs, and one by due date.
    pub as_is: Cost,
    pub by_due: Option<Cost>,
    /// Orders without a place: as it is, by due date, in the best.
    pub left_out: (usize, usize, usize),
    /// Nothing costs less than this.
    pub bound: f64,
}

/// A search, and what it has found.
pub struct Run {
    pub wanted: Wanted,
    stop: AtomicBool,
    progress: Mutex<Progress>,
}

impl Run {
    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ends it; what it has found stays.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn tell(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn work(&self) {
        let begun = Instant::now();
        let problem = &self.wanted.problem;
        let due = by_due_date(problem).ok();
        self.tell(|told| {
            told.as_is = cost(problem, &self.wanted.now);
            told.by_due = due.as_ref().map(|due| cost(problem, due));
            told.left_out.0 = self.wanted.now.unplaced().count();
            told.left_out.1 = due.as_ref().map_or(0, |due| due.unplaced().count());
        });
        let mut search = match Search::new(problem.clone(), SEED) {
            Ok(search) => search,
            Err(found) => {
                let trouble = found.first().map_or_else(String::new, ToString::to_string);
                self.tell(|told| {
                    told.trouble = Some(trouble);
                    told.is_over = true;
                });
                return;
            }
        };
        let most = Duration::from_secs(self.wanted.seconds);
        let first = search.cost().total();
        loop {
            let found = search.step(TRIES);
            let is_over = found.is_proven() || begun.elapsed() >= most || self.stop.load(Ordering::Relaxed);
            self.tell(|told| {
                told.first = Some(first);
                told.seconds = begun.elapsed().as_secs_f64();
                told.tried = found.tried;
                told.bound = found.bound;
                let is_new = told
                    .best
                    .as_ref()
                    .is_none_or(|(_, cost)| cost.total() > search.cost().total());
                if is_new {
                    told.best = Some((search.best().clone(), search.cost()));
                    told.left_out.2 = search.best().unplaced().count();
                }
                told.is_over = is_over;
            });
            if is_over {
                return;
            }
        }
    }
}

/// The searches of a server.
#[derive(Default)]
pub struct Optimiser(Mutex<BTreeMap<AssetId, Arc<Run>>>);

/// Another search of this site is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl Optimiser {
    fn runs(&self) -> std::sync::MutexGuard<'_, BTreeMap<AssetId, Arc<Run>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The search of a draft, going on or over.
    #[must_use]
    pub fn of(&self, draft: &DraftKey) -> Option<Arc<Run>> {
        self.runs()
            .get(&draft.1)
            .filter(|run| run.wanted.draft == *draft)
            .cloned()
    }

    /// Begins a search.
    ///
    /// # Errors
    /// While another one of the site goes on.
    pub fn begin(&self, wanted: Wanted) -> Result<(), Busy> {
        let mut runs = self.runs();
        let site = wanted.draft.1;
        if runs.get(&site).is_some_and(|run| !run.progress().is_over) {
            return Err(Busy);
        }
        let run = Arc::new(Run {
            wanted: Wanted {
                seconds: wanted.seconds.clamp(1, LONGEST),
                ..wanted
            },
            stop: AtomicBool::new(false),
            progress: Mutex::default(),
        });
        runs.insert(site, run.clone());
        tokio::task::spawn_blocking(move || run.work());
        Ok(())
    }

    /// Forgets a search and what it found.
    pub fn forget(&self, draft: &DraftKey) {
        if let Some(run) = self.of(draft) {
            run.stop();
            self.runs().remove(&draft.1);
        }
    }

    /// Ends all of them: the server stops.
    pub fn stop(&self) {
        self.runs().values().for_each(|run| run.stop());
    }
}

//! The plant as a caller uses it: step it, break it, ask what it is made of.

use crate::board::{Board, Builder, Defect};
use crate::calendar::{SECOND, moment};
use crate::fault::{FaultKind, FaultState, Faults, TagRef};
use crate::outlet::{Outlets, Publication, Trouble};
use crate::site::{Site, first_route};
use crate::tag::{AssetSpec, TagId, TagSpec};
use crate::target::{Target, targets};

/// Longest step of the physics, in seconds of plant time.
const LONGEST_STEP: f64 = 5.0;

/// Seconds the plant runs unseen before it is shown, so that all lags have settled.
const WARM_UP: i64 = 7_200;

/// How far apart the messages of [`history`] are, in seconds.
pub const HISTORY_STEP_SECS: u32 = 60;

/// A plant that was away longer than this, in microseconds, starts afresh.
const LONGEST_ABSENCE: i64 = 24 * 3_600 * SECOND;

/// How late the late gateway delivers in the end, in microseconds.
const LATENESS: f64 = 75e6;

/// The demo plant.
#[derive(Clone, Debug)]
pub struct Plant {
    assets: Vec<AssetSpec>,
    specs: Vec<TagSpec>,
    board: Board,
    outlets: Outlets,
    sites: [Site; 2],
    faults: Faults,
    targets: Vec<Target>,
    speed: u32,
    /// Whether Rotterdam's messages can be delivered.
    reachable: bool,
    /// Wall time of the last step, in microseconds.
    now: i64,
    /// Plant time, in microseconds: runs faster than the wall by the speed factor.
    plant_micros: i64,
}

impl Plant {
    /// A healthy plant at `start_micros` (since 1970), settled; nothing has been sent yet.
    #[must_use]
    pub fn new(seed: u64, start_micros: i64) -> Self {
        let mut builder = Builder::new(seed, first_route());
        let sites = [Site::lyon(&mut builder), Site::rotterdam(&mut builder)];
        let (board, outlets) = builder.finish(start_micros);
        let targets = targets(&builder);
        let mut plant = Self {
            assets: std::mem::take(&mut builder.assets),
            specs: std::mem::take(&mut builder.specs),
            board,
            outlets,
            sites,
            faults: Faults::default(),
            targets,
            speed: 1,
            reachable: true,
            now: start_micros,
            plant_micros: start_micros - WARM_UP * SECOND,
        };
        plant.run(WARM_UP * SECOND);
        plant
    }

    /// The healthy plant that started at `start_micros`, as it is at `now_micros`; nothing has been sent
    /// yet. More than a day is not made up for.
    #[must_use]
    pub fn resume(seed: u64, start_micros: i64, now_micros: i64) -> Self {
        let mut plant = Self::new(seed, start_micros.clamp(now_micros - LONGEST_ABSENCE, now_micros));
        plant.walk(now_micros, &mut |plant, now| {
            plant.run(now - plant.now);
            plant.now = now;
        });
        plant
    }

    /// The tags that are counters: they only rise, but for a new order's or a reset.
    #[must_use]
    pub fn counters(&self) -> Vec<TagRef> {
        let specs = self.board.counters().filter_map(|at| self.specs.get(at));
        specs.map(TagRef::of).collect()
    }

    /// A plant that is resumed lived its absence in other steps and at another speed: counters go on from what
    /// they were known to show last, as a machine's own do. Tags that are no counters are left as they are.
    pub fn go_on_from(&mut self, known: &[(TagRef, f64)]) {
        for at in self.board.counters().collect::<Vec<_>>() {
            let tag = self.specs.get(at).map(TagRef::of);
            if let Some((_, shown)) = known.iter().find(|(known, _)| Some(known) == tag.as_ref()) {
                self.board.go_on_from(at, *shown);
            }
        }
    }

    /// Goes to `end` in the steps of [`history`].
    fn walk(&mut self, end: i64, go: &mut dyn FnMut(&mut Self, i64)) {
        while self.now < end {
            let next = (self.now + i64::from(HISTORY_STEP_SECS) * SECOND).min(end);
            go(self, next);
        }
    }

    /// Says again with the next step what is said only when it changes, below `topic_prefix`: after a
    /// connection was lost.
    pub fn announce(&mut self, topic_prefix: &str) {
        self.outlets.announce(topic_prefix);
    }

    /// Goes on to `now_micros` and gives the messages due. The physics goes `speed` times as fast as
    /// the wall; periods and stamps are the wall's. A clock that stepped back only waits.
    pub fn step(&mut self, now_micros: i64, sink: &mut dyn FnMut(Publication)) {
        let wall = now_micros - self.now;
        if wall < 0 {
            return;
        }
        self.now = now_micros;
        self.faults.step(wall, self.speed);
        self.board.set_pace(self.speed);
        self.break_sensors();
        self.run(wall.saturating_mul(i64::from(self.speed)));
        let trouble = Trouble {
            cut: !self.reachable || self.faults.level(FaultKind::CutNetwork) > 0.0,
            lateness: (self.faults.level(FaultKind::LateGateway) * LATENESS) as i64,
        };
        self.outlets.step(now_micros, trouble, &mut self.board, sink);
    }

    /// The physics, for so many microseconds of plant time, in steps it can take.
    fn run(&mut self, micros: i64) {
        let secs = micros as f64 / SECOND as f64;
        let steps = (secs / LONGEST_STEP).ceil().max(1.0);
        let dt = secs / steps;
        let from = self.plant_micros;
        for at in 1..=steps as i64 {
            let time = from + (at as f64 * dt * SECOND as f64) as i64;
            let now = moment(time);
            for site in &mut self.sites {
                site.step(now, dt, &self.faults, &mut self.board);
            }
        }
        self.plant_micros = from + micros;
    }

    /// How many times faster than real the physics goes: 1 to 600.
    pub fn set_speed(&mut self, factor: u32) {
        self.speed = factor.clamp(1, 600);
    }

    /// The speed factor.
    #[must_use]
    pub fn speed(&self) -> u32 {
        self.speed
    }

    /// Says whether Rotterdam's messages can be delivered; while not, its gateways keep what carries its
    /// own time (at most 20,000 messages) and deliver it later.
    pub fn set_reachable(&mut self, reachable: bool) {
        self.reachable = reachable;
    }

    /// Whether a fault was started and not ended.
    #[must_use]
    pub fn is_active(&self, kind: FaultKind) -> bool {
        self.faults.onset(kind).is_some()
    }

    /// Starts a fault, unless it is under way; it goes as fast as the plant.
    pub fn start_fault(&mut self, kind: FaultKind) {
        self.start_fault_at(kind, 1);
    }

    /// The same at a pace of its own, 1 to 600 times as fast as real: only the wear is hastened, the plant
    /// around it goes on as before. Faults of data have no pace.
    pub fn start_fault_at(&mut self, kind: FaultKind, pace: u32) {
        if self.faults.onset(kind).is_some() {
            return;
        }
        self.faults.start(kind, pace.clamp(1, 600), self.now);
        if kind == FaultKind::FlatSensor
            && let Some(id) = self.target(kind).and_then(|target| target.tags.first().copied())
        {
            let frozen = self.board.number(id);
            self.board.set_defect(id, Defect::Frozen(frozen));
        }
    }

    /// Mends a fault: the plant recovers by its own dynamics.
    pub fn end_fault(&mut self, kind: FaultKind) {
        self.faults.end(kind);
        let sensor = matches!(kind, FaultKind::FlatSensor | FaultKind::DroppedSensor);
        if sensor && let Some(target) = self.target(kind) {
            for id in target.tags.clone() {
                self.board.set_defect(id, Defect::None);
            }
        }
    }

    /// The truth about every kind of fault, in the order of [`FaultKind::ALL`].
    #[must_use]
    pub fn faults(&self) -> Vec<FaultState> {
        self.targets
            .iter()
            .map(|target| FaultState {
                kind: target.kind,
                active: self.faults.onset(target.kind).is_some(),
                onset_micros: self.faults.onset(target.kind),
                progress: self.faults.level(target.kind),
                asset: target.asset.clone(),
                affected: target
                    .tags
                    .iter()
                    .filter_map(|id| self.specs.get(id.index()))
                    .map(TagRef::of)
                    .collect(),
            })
            .collect()
    }

    /// Every point.
    #[must_use]
    pub fn tags(&self) -> Vec<TagSpec> {
        self.specs.clone()
    }

    /// Every asset, parents first.
    #[must_use]
    pub fn assets(&self) -> Vec<AssetSpec> {
        self.assets.clone()
    }

    /// The true number of the tag at this place of [`Plant::tags`], without its sensor; 0 for words.
    #[must_use]
    pub fn truth_at(&self, at: usize) -> f64 {
        u32::try_from(at).map_or(0.0, |at| self.board.number(TagId(at)))
    }

    fn target(&self, kind: FaultKind) -> Option<&Target> {
        self.targets.iter().find(|target| target.kind == kind)
    }

    /// Sensor faults follow their course.
    fn break_sensors(&mut self) {
        let silent = self.faults.level(FaultKind::DroppedSensor) > 0.0;
        let drift = self.faults.level(FaultKind::DriftingSensor);
        for target in &self.targets {
            for id in &target.tags {
                match target.kind {
                    FaultKind::DroppedSensor if silent => self.board.set_defect(*id, Defect::Silent),
                    FaultKind::DriftingSensor => {
                        let defect = if drift > 0.0 {
                            Defect::Offset(24.0 * drift)
                        } else {
                            Defect::None
                        };
                        self.board.set_defect(*id, defect);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The plant from `start_micros` to `end_micros` as its messages, each with the time it was measured
/// at; a tag speaks every [`HISTORY_STEP_SECS`] at most. Gives the plant as it is at the end, to go on
/// from: the same as [`Plant::resume`] gives.
pub fn history(
    seed: u64,
    start_micros: i64,
    end_micros: i64,
    sink: &mut dyn FnMut(i64, Publication),
) -> Plant {
    let mut plant = Plant::new(seed, start_micros);
    plant.walk(end_micros, &mut |plant, now| {
        plant.step(now, &mut |publication| sink(publication.time_micros, publication));
    });
    plant
}

//! Projects whose tasks each need one person with a skill of some level (MS-RCPSP; Myszkowski et al., *Soft
//! Computing* 19, 2015), objective: the makespan.

use thiserror::Error;

use super::bound::energetic;
use super::renewable::shown;
use crate::core::{At, Circle, Decoder, ListSearch, Network, Placed, Profile, Rng, Row};

/// Somebody who can do tasks.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Worker {
    /// What they can do, and how well: a skill's number and level.
    pub skills: Vec<(usize, u32)>,
}

impl Worker {
    /// Whether they have the skill at this level or above.
    #[must_use]
    pub fn can(&self, skill: usize, level: u32) -> bool {
        self.skills
            .iter()
            .any(|(known, reached)| *known == skill && *reached >= level)
    }
}

/// One task.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SkilledTask {
    /// How long.
    pub duration: i64,
    /// The skill needed.
    pub skill: usize,
    /// Its least level.
    pub level: u32,
    /// What must have ended before, by number from 0.
    pub predecessors: Vec<usize>,
}

/// Why tasks cannot be staffed at all.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum StaffedError {
    /// Tasks wait for each other.
    #[error("tasks {} wait for each other; take one of these precedences out", shown(.0))]
    Circle(Vec<usize>),
    /// Nobody can do it.
    #[error("nobody has skill {skill} at level {level}, which task {} needs", .task + 1)]
    Nobody {
        /// Which, from 0.
        task: usize,
        /// What it needs.
        skill: usize,
        /// And how well.
        level: u32,
    },
    /// A negative duration.
    #[error("task {} has a negative duration", .0 + 1)]
    Negative(usize),
}

/// Tasks and who can do them.
#[derive(Clone, Debug)]
pub struct Staffed {
    network: Network,
    /// Who can do each, by number from 0.
    capable: Vec<Vec<usize>>,
    workers: usize,
}

impl Staffed {
    /// Checks what is given.
    ///
    /// # Errors
    /// What makes every schedule impossible.
    pub fn new(tasks: &[SkilledTask], workers: &[Worker]) -> Result<Self, StaffedError> {
        let mut successors = vec![Vec::new(); tasks.len()];
        let mut capable = Vec::with_capacity(tasks.len());
        for (at, task) in tasks.iter().enumerate() {
            if task.duration < 0 {
                return Err(StaffedError::Negative(at));
            }
            for before in &task.predecessors {
                if let Some(after) = successors.get_mut(*before) {
                    after.push(at);
                }
            }
            let can = workers.iter().enumerate();
            let can: Vec<usize> = can
                .filter(|(_, worker)| worker.can(task.skill, task.level))
                .map(|(number, _)| number)
                .collect();
            if can.is_empty() {
                return Err(StaffedError::Nobody {
                    task: at,
                    skill: task.skill,
                    level: task.level,
                });
            }
            capable.push(can);
        }
        let durations = tasks.iter().map(|task| task.duration).collect();
        let network = Network::new(durations, successors).map_err(|Circle(way)| StaffedError::Circle(way))?;
        Ok(Self {
            network,
            capable,
            workers: workers.len(),
        })
    }

    /// Tasks and precedence.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// Who can do a task.
    #[must_use]
    pub fn capable(&self, task: usize) -> &[usize] {
        self.capable.row(task)
    }

    /// How many people there are.
    #[must_use]
    pub const fn workers(&self) -> usize {
        self.workers
    }

    /// A makespan that no schedule is below: critical path, and the work that only some can do, shared
    /// evenly among them.
    #[must_use]
    pub fn bound(&self) -> i64 {
        let mut groups: Vec<Vec<usize>> = self.capable.clone();
        groups.sort_unstable();
        groups.dedup();
        groups.truncate(MOST_GROUPS * MOST_GROUPS);
        let single = groups.clone();
        let pairs = if single.len() > MOST_GROUPS {
            &[]
        } else {
            single.as_slice()
        };
        for (at, a) in pairs.iter().enumerate() {
            for b in pairs.iter().skip(at + 1) {
                let mut both: Vec<usize> = a.iter().chain(b).copied().collect();
                both.sort_unstable();
                both.dedup();
                groups.push(both);
            }
        }
        groups.sort_unstable();
        groups.dedup();
        let bounds = groups.iter().map(|group| {
            let only = |task: usize| {
                self.capable(task)
                    .iter()
                    .all(|who| group.binary_search(who).is_ok())
            };
            energetic(&self.network, group.len() as i64, |task| i64::from(only(task)))
        });
        bounds.max().unwrap_or(0).max(self.network.critical_path())
    }

    /// The search for a short schedule.
    #[must_use]
    pub fn search(self, seed: u64) -> ListSearch<SkilledDecoder> {
        ListSearch::new(SkilledDecoder::new(self), seed)
    }
}

/// Groups of people of which every two are looked at together; of more, each by itself.
const MOST_GROUPS: usize = 40;

/// Whoever can do it soonest: no hint.
const ANYBODY: usize = usize::MAX;

/// Serial generation over a profile for each person.
#[derive(Clone, Debug)]
pub struct SkilledDecoder {
    bound: i64,
    mirrored: Network,
    profiles: Vec<Profile>,
    empty: Profile,
    /// How much work each person is the only kind of: who is least wanted is taken first.
    wanted: Vec<f64>,
    staffed: Staffed,
}

impl SkilledDecoder {
    fn new(staffed: Staffed) -> Self {
        let empty = Profile::constant(&[1]);
        let mut wanted = vec![0.0; staffed.workers];
        for task in 0..staffed.network.len() {
            let capable = staffed.capable(task);
            for who in capable {
                let more = staffed.network.duration(task) as f64 / capable.len() as f64;
                let sum = wanted.at(*who) + more;
                wanted.put(*who, sum);
            }
        }
        Self {
            bound: staffed.bound(),
            mirrored: staffed.network.mirrored(),
            profiles: vec![empty.clone(); staffed.workers],
            empty,
            wanted,
            staffed,
        }
    }

    /// What is scheduled.
    #[must_use]
    pub const fn staffed(&self) -> &Staffed {
        &self.staffed
    }

    fn serial(&mut self, is_mirrored: bool, order: &[usize], hint: &[usize], placed: &mut Placed) {
        let network = if is_mirrored {
            &self.mirrored
        } else {
            &self.staffed.network
        };
        for profile in &mut self.profiles {
            profile.reset(&self.empty);
        }
        placed.starts.clear();
        placed.starts.resize(network.len(), 0);
        placed.modes.clear();
        placed.modes.resize(network.len(), 0);
        placed.makespan = 0;
        for task in order {
            let before = network.predecessors(*task).iter();
            let ready = before.map(|before| placed.starts.at(*before) + network.duration(*before));
            let ready = ready.max().unwrap_or(0);
            let duration = network.duration(*task);
            let hinted = hint.get(*task).copied().unwrap_or(ANYBODY);
            let start_of = |who: usize| {
                let profile = self.profiles.get(who);
                profile
                    .and_then(|profile| profile.earliest_fit(ready, duration, &[1]))
                    .unwrap_or(ready)
            };
            let (start, who) = if hinted == ANYBODY {
                let choices = self
                    .staffed
                    .capable(*task)
                    .iter()
                    .map(|who| (start_of(*who), *who));
                let soonest = choices.min_by(|a, b| {
                    a.0.cmp(&b.0)
                        .then(self.wanted.at(a.1).total_cmp(&self.wanted.at(b.1)))
                });
                soonest.unwrap_or((ready, 0))
            } else {
                (start_of(hinted), hinted)
            };
            if let Some(profile) = self.profiles.get_mut(who) {
                profile.take(start, start + duration, &[1]);
            }
            placed.starts.put(*task, start);
            placed.modes.put(*task, who);
            placed.makespan = placed.makespan.max(start + duration);
        }
    }
}

impl Decoder for SkilledDecoder {
    fn network(&self) -> &Network {
        &self.staffed.network
    }

    fn bound(&self) -> i64 {
        self.bound
    }

    fn place(&mut self, order: &[usize], hint: &[usize], placed: &mut Placed) {
        self.serial(false, order, hint, placed);
    }

    fn place_mirrored(&mut self, order: &[usize], hint: &[usize], placed: &mut Placed) {
        self.serial(true, order, hint, placed);
    }

    /// A part of the tasks goes to whoever is free first, a few to anybody who can.
    fn mutate(&mut self, modes: &mut Vec<usize>, rng: &mut Rng) {
        let freed = match rng.below(4) {
            0 => 1.0,
            1 => 0.3,
            _ => 0.05,
        };
        for (task, mode) in modes.iter_mut().enumerate() {
            if rng.chance(freed) {
                *mode = ANYBODY;
            } else if rng.chance(0.01) {
                *mode = rng.one(self.staffed.capable(task)).copied().unwrap_or(ANYBODY);
            }
        }
    }
}

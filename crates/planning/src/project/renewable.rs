//! Projects on renewable resources, and how an order of activities becomes a schedule.

use thiserror::Error;

use super::bound::energetic;
use crate::core::{At, Circle, Decoder, ListSearch, Network, Placed, Profile};

/// One activity as it is given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Activity {
    /// How long, in the project's unit of time.
    pub duration: i64,
    /// How much of each resource, all the while.
    pub demand: Vec<i64>,
    /// Who may start only when it ended, by number from 0.
    pub successors: Vec<usize>,
}

/// Why a project cannot be scheduled at all.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ProjectError {
    /// Activities wait for each other.
    #[error("activities {} wait for each other; take one of these precedences out", shown(.0))]
    Circle(Vec<usize>),
    /// More than there is.
    #[error("activity {} needs {needs} of resource {}, which has {capacity}", .activity + 1, .resource + 1)]
    TooMuch {
        /// Which, from 0.
        activity: usize,
        /// Of what, from 0.
        resource: usize,
        /// How much.
        needs: i64,
        /// Of how much.
        capacity: i64,
    },
    /// A negative duration or demand.
    #[error("activity {} has a negative duration or demand", .0 + 1)]
    Negative(usize),
}

pub(super) fn shown(activities: &[usize]) -> String {
    let numbers: Vec<String> = activities.iter().map(|at| (at + 1).to_string()).collect();
    numbers.join(" → ")
}

/// A project that can be scheduled.
#[derive(Clone, Debug)]
pub struct Project {
    network: Network,
    demands: Vec<Vec<i64>>,
    capacities: Vec<i64>,
}

impl Project {
    /// Checks what is given.
    ///
    /// # Errors
    /// What makes every schedule impossible.
    pub fn new(activities: Vec<Activity>, capacities: Vec<i64>) -> Result<Self, ProjectError> {
        for (at, activity) in activities.iter().enumerate() {
            if activity.duration < 0 || activity.demand.iter().any(|demand| *demand < 0) {
                return Err(ProjectError::Negative(at));
            }
            for (resource, needs) in activity.demand.iter().enumerate() {
                let capacity = capacities.at(resource);
                if *needs > capacity {
                    return Err(ProjectError::TooMuch {
                        activity: at,
                        resource,
                        needs: *needs,
                        capacity,
                    });
                }
            }
        }
        let durations = activities.iter().map(|activity| activity.duration).collect();
        let (successors, mut demands): (Vec<_>, Vec<_>) = activities
            .into_iter()
            .map(|activity| (activity.successors, activity.demand))
            .unzip();
        for demand in &mut demands {
            demand.resize(capacities.len(), 0);
        }
        let network = Network::new(durations, successors).map_err(|Circle(way)| ProjectError::Circle(way))?;
        Ok(Self {
            network,
            demands,
            capacities,
        })
    }

    /// Activities and precedence.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// What an activity needs of each resource.
    #[must_use]
    pub fn demand(&self, activity: usize) -> &[i64] {
        self.demands.get(activity).map_or(&[], Vec::as_slice)
    }

    /// How much there is of each resource.
    #[must_use]
    pub fn capacities(&self) -> &[i64] {
        &self.capacities
    }

    /// A makespan that no schedule is below: critical path and energy over every window of heads and tails.
    #[must_use]
    pub fn bound(&self) -> i64 {
        let energies = (0..self.capacities.len()).map(|resource| {
            let capacity = self.capacities.at(resource);
            let demand = |activity: usize| self.demand(activity).at(resource);
            energetic(&self.network, capacity, demand).max(energetic(&self.network, 1, |at| {
                i64::from(2 * demand(at) > capacity)
            }))
        });
        energies.max().unwrap_or(0).max(self.network.critical_path())
    }

    /// The search for a short schedule.
    #[must_use]
    pub fn search(self, seed: u64) -> ListSearch<RenewableDecoder> {
        ListSearch::new(RenewableDecoder::new(self), seed)
    }
}

/// Serial generation over one profile of all resources.
#[derive(Clone, Debug)]
pub struct RenewableDecoder {
    bound: i64,
    mirrored: Network,
    empty: Profile,
    profile: Profile,
    project: Project,
}

impl RenewableDecoder {
    fn new(project: Project) -> Self {
        let empty = Profile::constant(project.capacities());
        Self {
            bound: project.bound(),
            mirrored: project.network.mirrored(),
            profile: empty.clone(),
            empty,
            project,
        }
    }

    /// What is scheduled.
    #[must_use]
    pub const fn project(&self) -> &Project {
        &self.project
    }
}

fn serial(project: &Project, network: &Network, profile: &mut Profile, order: &[usize], placed: &mut Placed) {
    placed.starts.clear();
    placed.starts.resize(network.len(), 0);
    placed.makespan = 0;
    for activity in order {
        let before = network.predecessors(*activity).iter();
        let ready = before.map(|before| placed.starts.at(*before) + network.duration(*before));
        let ready = ready.max().unwrap_or(0);
        let (duration, demand) = (network.duration(*activity), project.demand(*activity));
        // There always is a place: no demand is above the capacity, and that goes on for ever.
        let start = profile.earliest_fit(ready, duration, demand).unwrap_or(ready);
        profile.take(start, start + duration, demand);
        placed.starts.put(*activity, start);
        placed.makespan = placed.makespan.max(start + duration);
    }
}

impl Decoder for RenewableDecoder {
    fn network(&self) -> &Network {
        &self.project.network
    }

    fn bound(&self) -> i64 {
        self.bound
    }

    fn place(&mut self, order: &[usize], _hint: &[usize], placed: &mut Placed) {
        self.profile.reset(&self.empty);
        serial(
            &self.project,
            &self.project.network,
            &mut self.profile,
            order,
            placed,
        );
    }

    fn place_mirrored(&mut self, order: &[usize], _hint: &[usize], placed: &mut Placed) {
        self.profile.reset(&self.empty);
        serial(&self.project, &self.mirrored, &mut self.profile, order, placed);
    }
}

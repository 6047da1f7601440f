//! Whether a project's schedule breaks nothing. Written from the definitions alone: it shares no code
//! with what makes schedules.

use super::{Project, Staffed};

/// What a schedule breaks. Activities, resources and people by number from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Breach {
    /// Another number of starts than activities.
    Incomplete,
    /// Starts before the project.
    TooEarly {
        /// Which.
        activity: usize,
    },
    /// Starts before another ended that it must wait for.
    Precedence {
        /// What must come first.
        before: usize,
        /// What must wait.
        after: usize,
    },
    /// More of a resource is used than there is.
    Capacity {
        /// Of what.
        resource: usize,
        /// When.
        time: i64,
    },
    /// Done by somebody who cannot.
    Unskilled {
        /// Which.
        activity: usize,
        /// By whom.
        worker: usize,
    },
    /// Somebody does two things at a time.
    Double {
        /// One.
        activity: usize,
        /// The other.
        other: usize,
        /// Who.
        worker: usize,
    },
}

/// Everything that starts break in a project with renewable resources.
#[must_use]
pub fn check_project(project: &Project, starts: &[i64]) -> Vec<Breach> {
    let mut breaches = order(project.network(), starts);
    let runs_at = |time: i64| {
        starts.iter().enumerate().filter(move |(activity, start)| {
            **start <= time && time < **start + project.network().duration(*activity)
        })
    };
    for time in starts {
        for (resource, capacity) in project.capacities().iter().enumerate() {
            let used: i64 = runs_at(*time)
                .filter_map(|(activity, _)| project.demand(activity).get(resource))
                .sum();
            let breach = Breach::Capacity {
                resource,
                time: *time,
            };
            if used > *capacity && !breaches.contains(&breach) {
                breaches.push(breach);
            }
        }
    }
    breaches
}

/// Everything that starts and people break in a project with skills.
#[must_use]
pub fn check_staffed(staffed: &Staffed, starts: &[i64], workers: &[usize]) -> Vec<Breach> {
    let network = staffed.network();
    let mut breaches = order(network, starts);
    if workers.len() != network.len() {
        breaches.push(Breach::Incomplete);
    }
    for (activity, worker) in workers.iter().enumerate() {
        if !staffed.capable(activity).contains(worker) {
            breaches.push(Breach::Unskilled {
                activity,
                worker: *worker,
            });
        }
    }
    let span = |activity: usize| {
        let start = starts.get(activity).copied().unwrap_or(0);
        (start, start + network.duration(activity))
    };
    for (activity, worker) in workers.iter().enumerate() {
        for (other, _) in workers
            .iter()
            .enumerate()
            .skip(activity + 1)
            .filter(|(_, who)| *who == worker)
        {
            let ((a, b), (c, d)) = (span(activity), span(other));
            if a.max(c) < b.min(d) {
                breaches.push(Breach::Double {
                    activity,
                    other,
                    worker: *worker,
                });
            }
        }
    }
    breaches
}

fn order(network: &crate::core::Network, starts: &[i64]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    if starts.len() != network.len() {
        breaches.push(Breach::Incomplete);
    }
    for (activity, start) in starts.iter().enumerate() {
        if *start < 0 {
            breaches.push(Breach::TooEarly { activity });
        }
        for after in network.successors(activity) {
            if starts
                .get(*after)
                .is_some_and(|next| *next < start + network.duration(activity))
            {
                breaches.push(Breach::Precedence {
                    before: activity,
                    after: *after,
                });
            }
        }
    }
    breaches
}

//! What must follow what: the precedence network of activities, with heads and tails.

use super::{At, Row};

/// Activities of one circle of precedence, in order: each must wait for the one before, the first for the
/// last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Circle(pub Vec<usize>);

/// Activities with durations, and who must end before whom may start. Without circles.
#[derive(Clone, Debug)]
pub struct Network {
    durations: Vec<i64>,
    successors: Vec<Vec<usize>>,
    predecessors: Vec<Vec<usize>>,
    /// All activities, each after its predecessors.
    order: Vec<usize>,
}

impl Network {
    /// From durations and each activity's successors; successors that are none of the activities are left out.
    ///
    /// # Errors
    /// A circle, where activities wait for each other.
    pub fn new(durations: Vec<i64>, mut successors: Vec<Vec<usize>>) -> Result<Self, Circle> {
        let count = durations.len();
        successors.resize(count, Vec::new());
        let mut predecessors = vec![Vec::new(); count];
        for (from, after) in successors.iter_mut().enumerate() {
            after.retain(|to| *to < count);
            after.sort_unstable();
            after.dedup();
            for to in after.iter() {
                if let Some(before) = predecessors.get_mut(*to) {
                    before.push(from);
                }
            }
        }
        let order = topological(&successors, &predecessors);
        if order.len() < count {
            return Err(circle(&predecessors, &order));
        }
        Ok(Self {
            durations,
            successors,
            predecessors,
            order,
        })
    }

    /// How many activities.
    #[must_use]
    pub fn len(&self) -> usize {
        self.durations.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.durations.is_empty()
    }

    /// How long an activity takes.
    #[must_use]
    pub fn duration(&self, activity: usize) -> i64 {
        self.durations.at(activity)
    }

    /// Who must wait for an activity.
    #[must_use]
    pub fn successors(&self, activity: usize) -> &[usize] {
        self.successors.row(activity)
    }

    /// For whom an activity must wait.
    #[must_use]
    pub fn predecessors(&self, activity: usize) -> &[usize] {
        self.predecessors.row(activity)
    }

    /// All activities, each after its predecessors.
    #[must_use]
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Seen from the end: successors become predecessors.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        Self {
            durations: self.durations.clone(),
            successors: self.predecessors.clone(),
            predecessors: self.successors.clone(),
            order: self.order.iter().rev().copied().collect(),
        }
    }

    /// The longest way from the start to each activity, without it: its earliest start.
    #[must_use]
    pub fn heads(&self) -> Vec<i64> {
        let mut heads = vec![0; self.len()];
        for activity in &self.order {
            let ends = self.predecessors(*activity).iter();
            let head = ends.map(|before| heads.at(*before) + self.duration(*before));
            let head = head.max().unwrap_or(0);
            heads.put(*activity, head);
        }
        heads
    }

    /// The longest way from the end of each activity to the end of all.
    #[must_use]
    pub fn tails(&self) -> Vec<i64> {
        self.mirrored().heads()
    }

    /// The longest way through: no schedule is shorter.
    #[must_use]
    pub fn critical_path(&self) -> i64 {
        let ends = self.heads().into_iter().zip(&self.durations);
        ends.map(|(head, duration)| head + duration).max().unwrap_or(0)
    }

    /// How many activities come after each, directly or not.
    #[must_use]
    pub fn followers(&self) -> Vec<usize> {
        let words = self.len().div_ceil(64);
        let mut sets = vec![vec![0_u64; words]; self.len()];
        for activity in self.order.iter().rev() {
            let mut set = vec![0_u64; words];
            for after in self.successors(*activity) {
                for (to, from) in set.iter_mut().zip(sets.row(*after)) {
                    *to |= from;
                }
                if let Some(word) = set.get_mut(after / 64) {
                    *word |= 1 << (after % 64);
                }
            }
            if let Some(place) = sets.get_mut(*activity) {
                *place = set;
            }
        }
        let count = |set: &Vec<u64>| set.iter().map(|word| word.count_ones() as usize).sum();
        sets.iter().map(count).collect()
    }

    /// The activities by rising key, each after its predecessors all the same.
    pub fn list_by(&self, keys: &[f64], list: &mut Vec<usize>) {
        let mut waits: Vec<usize> = self.predecessors.iter().map(Vec::len).collect();
        let mut ready: Vec<usize> = (0..self.len())
            .filter(|activity| waits.at(*activity) == 0)
            .collect();
        list.clear();
        let least = |ready: &[usize]| {
            let keyed = ready.iter().enumerate();
            keyed
                .min_by(|a, b| keys.at(*a.1).total_cmp(&keys.at(*b.1)).then(a.1.cmp(b.1)))
                .map(|(at, _)| at)
        };
        while let Some(at) = least(&ready) {
            let activity = ready.swap_remove(at);
            list.push(activity);
            for after in self.successors(activity) {
                let left = waits.at(*after).saturating_sub(1);
                waits.put(*after, left);
                if left == 0 {
                    ready.push(*after);
                }
            }
        }
    }
}

/// As far as it goes: activities of circles and what follows them stay out.
fn topological(successors: &[Vec<usize>], predecessors: &[Vec<usize>]) -> Vec<usize> {
    let mut waits: Vec<usize> = predecessors.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..waits.len())
        .filter(|activity| waits.at(*activity) == 0)
        .collect();
    let mut next = 0;
    while let Some(activity) = order.get(next).copied() {
        next += 1;
        for after in successors.row(activity) {
            let left = waits.at(*after).saturating_sub(1);
            waits.put(*after, left);
            if left == 0 {
                order.push(*after);
            }
        }
    }
    order
}

/// One circle among the activities that no order could take in: each of them has a predecessor among them.
fn circle(predecessors: &[Vec<usize>], order: &[usize]) -> Circle {
    let mut left = vec![true; predecessors.len()];
    for activity in order {
        left.put(*activity, false);
    }
    let mut way: Vec<usize> = Vec::new();
    let mut at = left.iter().position(|left| *left);
    while let Some(activity) = at {
        if let Some(from) = way.iter().position(|seen| *seen == activity) {
            way.drain(..from);
            break;
        }
        way.push(activity);
        let before = predecessors.row(activity).iter().copied();
        at = before.filter(|before| left.at(*before)).min();
    }
    way.reverse();
    Circle(way)
}

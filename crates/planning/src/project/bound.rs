//! Bounds from below: how short a schedule could be at best.

use crate::core::{At, Network};

/// For every pair of a head and a tail: what must be done after the one and before the other needs
/// at least its energy divided by the capacity (Klein, Scholl, *EJOR* 112, 1999, bounds LB2 and LBES).
pub(super) fn energetic(network: &Network, capacity: i64, demand: impl Fn(usize) -> i64) -> i64 {
    if capacity <= 0 {
        return 0;
    }
    let (heads, tails) = (network.heads(), network.tails());
    let users: Vec<usize> = (0..network.len())
        .filter(|activity| demand(*activity) > 0 && network.duration(*activity) > 0)
        .collect();
    let mut by_tail = users.clone();
    by_tail.sort_unstable_by_key(|activity| std::cmp::Reverse(tails.at(*activity)));
    let mut firsts: Vec<i64> = users.iter().map(|activity| heads.at(*activity)).collect();
    firsts.sort_unstable();
    firsts.dedup();
    let mut bound = 0_i64;
    for head in firsts {
        let mut energy = 0_i64;
        for activity in by_tail.iter().filter(|activity| heads.at(**activity) >= head) {
            let work = demand(*activity).saturating_mul(network.duration(*activity));
            energy = work.saturating_add(energy);
            let needed = energy.saturating_add(capacity - 1).div_euclid(capacity);
            bound = bound.max((head + tails.at(*activity)).saturating_add(needed));
        }
    }
    bound
}

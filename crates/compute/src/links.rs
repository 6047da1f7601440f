//! Which assets are at the other end of a relation, at one instant.

use std::collections::{BTreeMap, BTreeSet};

use formula::Time;
use model::{Direction, Levels, Model};

use crate::directory::Directory;

/// The relations that formulas go along, from every asset.
pub(crate) struct Links {
    /// By relation, as formulas name it, and asset; in order.
    ends: BTreeMap<String, BTreeMap<u32, Vec<u32>>>,
    /// When the first link begins or ends.
    pub change: Option<Time>,
}

impl Links {
    /// Follows the relations of these names, which may be read from the other side.
    pub fn new(model: &Model, directory: &Directory, names: &BTreeSet<String>, at: Time) -> Self {
        let mut links = Self {
            ends: BTreeMap::new(),
            change: None,
        };
        for name in names {
            let Some((rule, direction)) = model.relation(name) else {
                continue;
            };
            let mut ends: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (key, asset) in &model.assets {
                let (Some(from), Some(held)) =
                    (directory.asset(key.as_str()), asset.relations.get(rule.name))
                else {
                    continue;
                };
                for link in held {
                    links.note(link, at);
                    let Some(to) = directory.asset(link.to.as_str()).filter(|_| link.holds_at(at)) else {
                        continue;
                    };
                    let (start, end) = match direction {
                        Direction::Forward => (from, to),
                        Direction::Backward => (to, from),
                    };
                    ends.entry(start).or_default().push(end);
                }
            }
            for ends in ends.values_mut() {
                ends.sort_unstable();
                ends.dedup();
            }
            links.ends.insert(name.clone(), ends);
        }
        links
    }

    fn note(&mut self, link: &model::Link, at: Time) {
        let times = [link.from, link.until].into_iter().flatten();
        let next = times.filter(|time| *time > at).chain(self.change);
        self.change = next.min();
    }

    /// The assets that fit along a relation, as far as it is followed, each once and never the one it begins at;
    /// in order of their ids. Counts its steps down; none when they do not last.
    pub fn along(
        &self,
        asset: u32,
        relation: &str,
        levels: Levels,
        fits: &dyn Fn(u32) -> bool,
        steps: &mut usize,
    ) -> Option<Vec<u32>> {
        let Some(ends) = self.ends.get(relation) else {
            return Some(Vec::new());
        };
        let (mut seen, mut found) = (BTreeSet::from([asset]), Vec::new());
        let (mut level, mut depth) = (vec![asset], 0_u32);
        while !level.is_empty() && levels.most().is_none_or(|most| depth < most) {
            let mut next = Vec::new();
            for end in level.iter().filter_map(|from| ends.get(from)).flatten() {
                *steps = steps.checked_sub(1)?;
                if !seen.insert(*end) {
                    continue;
                }
                let is_found = fits(*end);
                found.extend(is_found.then_some(*end));
                if !(is_found && levels == Levels::Nearest) {
                    next.push(*end);
                }
            }
            (level, depth) = (next, depth + 1);
        }
        found.sort_unstable();
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 leads to 2 and 3, both to 4, and 4 back to 1.
    fn links() -> Links {
        let ends = BTreeMap::from([(1, vec![2, 3]), (2, vec![4]), (3, vec![4]), (4, vec![1])]);
        Links {
            ends: BTreeMap::from([("feeds".to_owned(), ends)]),
            change: None,
        }
    }

    #[track_caller]
    fn check(levels: Levels, fits: &dyn Fn(u32) -> bool, expect: &[u32]) {
        let found = links().along(1, "feeds", levels, fits, &mut 100);
        assert_eq!(found.as_deref(), Some(expect), "{levels:?}");
    }

    #[test]
    fn each_asset_is_met_once_and_the_first_never_also_in_a_circle() {
        check(Levels::ONE, &|_| true, &[2, 3]);
        check(Levels::Up(2), &|_| true, &[2, 3, 4]);
        check(Levels::All, &|_| true, &[2, 3, 4]);
        check(Levels::Nearest, &|_| true, &[2, 3]);
        check(Levels::Nearest, &|asset| asset != 3, &[2, 4]);
        check(Levels::Nearest, &|asset| asset == 4, &[4]);
    }

    #[test]
    fn who_goes_too_far_is_told_so_and_gets_no_part_of_it() {
        let mut steps = 3;
        assert_eq!(
            links().along(1, "feeds", Levels::All, &|_| true, &mut steps),
            None
        );
    }
}

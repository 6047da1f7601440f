//! Which assets are at the other end of a relation, at one instant.

use std::collections::{BTreeMap, BTreeSet};

use formula::Time;
use model::{Direction, Model};

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

    /// The assets at the other end, in order of their ids.
    pub fn of(&self, asset: u32, relation: &str) -> &[u32] {
        let ends = self.ends.get(relation).and_then(|ends| ends.get(&asset));
        ends.map_or(&[], Vec::as_slice)
    }
}

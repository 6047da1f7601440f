//! Which nodes are of one type: those called alike with tags alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::equipment::{self, Named};
use crate::tree::Node;

/// Share of keys that fellows of one name have in common.
const SAME_NAME: f32 = 0.4;
/// Share of keys that those of other names have in common.
const OTHER_NAME: f32 = 0.8;
/// Clusters that are compared with each other; beyond, names alone decide.
const MAX_COMPARED: usize = 600;

/// Nodes of one type.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Cluster {
    pub nodes: Vec<usize>,
    /// How many of them have a key.
    pub keys: BTreeMap<String, usize>,
    pub class: Option<&'static str>,
    pub place: Option<&'static str>,
    /// How many of them are called so.
    pub stems: BTreeMap<String, usize>,
}

impl Cluster {
    /// Keys that half of the nodes have.
    fn common(&self) -> BTreeSet<&str> {
        let half = self.nodes.len().div_ceil(2);
        let is_common = |(_, count): &(&String, &usize)| **count >= half;
        self.keys
            .iter()
            .filter(is_common)
            .map(|(key, _)| key.as_str())
            .collect()
    }

    /// Share of its keys that one of its nodes has, over all of them.
    pub fn cohesion(&self) -> f32 {
        let pairs: usize = self.keys.values().sum();
        let all = self.keys.len() * self.nodes.len();
        if all == 0 { 0.0 } else { pairs as f32 / all as f32 }
    }

    fn take(&mut self, other: Self) {
        self.nodes.extend(other.nodes);
        for (key, count) in other.keys {
            *self.keys.entry(key).or_default() += count;
        }
        for (stem, count) in other.stems {
            *self.stems.entry(stem).or_default() += count;
        }
        self.class = self.class.or(other.class);
        self.place = self.place.or(other.place);
    }

    /// The stem most of them have, and whether all have it.
    pub fn stem(&self) -> (&str, bool) {
        let most = self.stems.iter().max_by_key(|(_, count)| **count);
        most.map_or(("", false), |(stem, count)| (stem, *count == self.nodes.len()))
    }
}

/// The nodes with tags of their own, in clusters, the largest first.
pub(crate) fn clusters(nodes: &[Node], names: &[Named]) -> Vec<Cluster> {
    let mut buckets: BTreeMap<(String, Vec<&str>), Cluster> = BTreeMap::new();
    for (at, (node, named)) in nodes.iter().zip(names).enumerate() {
        if node.tags.is_empty() {
            continue;
        }
        let keys: Vec<&str> = node.tags.keys().map(String::as_str).collect();
        let class = named.class.or_else(|| class_by_letter(&named.stem, &keys));
        let identity = class.map_or_else(|| named.stem.clone(), str::to_owned);
        let single = Cluster {
            nodes: vec![at],
            keys: keys.iter().map(|key| ((*key).to_owned(), 1)).collect(),
            class,
            place: named.place.filter(|_| class.is_none()),
            stems: BTreeMap::from([(named.stem.clone(), 1)]),
        };
        buckets.entry((identity, keys)).or_default().take(single);
    }
    let mut by_name: BTreeMap<String, Vec<Cluster>> = BTreeMap::new();
    for ((identity, _), bucket) in buckets {
        by_name.entry(identity).or_default().push(bucket);
    }
    let mut all: Vec<Cluster> = by_name.into_values().flat_map(same_name).collect();
    all.sort_by_key(|cluster| std::cmp::Reverse(cluster.nodes.len()));
    let mut all = other_names(all, nodes);
    for cluster in &mut all {
        cluster.nodes.sort_unstable();
    }
    all.sort_by_key(|cluster| {
        (
            std::cmp::Reverse(cluster.nodes.len()),
            cluster.nodes.first().copied(),
        )
    });
    all
}

/// What single letters of tag numbers stand for, where the tags agree (`T7` with a level is a tank).
fn class_by_letter(stem: &str, keys: &[&str]) -> Option<&'static str> {
    let has = |words: &[&str]| keys.iter().any(|key| words.iter().any(|word| key.contains(word)));
    match stem {
        "t" | "tk" if has(&["level", "volume"]) => Some("tank"),
        "p" if has(&["flow", "pressure", "speed", "vibration"]) => Some("pump"),
        "v" if has(&["state", "position", "opening", "flow"]) => Some("valve"),
        "j" | "n" if has(&["pressure"]) => Some("junction"),
        "c" | "k" if has(&["pressure", "load"]) => Some("compressor"),
        "m" if has(&["current", "speed", "torque"]) => Some("motor"),
        _ => None,
    }
}

/// Buckets of one name: together where their keys are.
fn same_name(mut buckets: Vec<Cluster>) -> Vec<Cluster> {
    buckets.sort_by_key(|bucket| std::cmp::Reverse((bucket.nodes.len(), bucket.keys.len())));
    let mut merged: Vec<Cluster> = Vec::new();
    for bucket in buckets {
        let near = |cluster: &&mut Cluster| {
            let (own, common) = (bucket.common(), cluster.common());
            let shared = own.intersection(&common).count();
            let least = own.len().min(common.len()).max(1);
            shared as f32 / least as f32 >= SAME_NAME
        };
        match merged.iter_mut().take(MAX_COMPARED).find(near) {
            Some(cluster) => cluster.take(bucket),
            None => merged.push(bucket),
        }
    }
    merged
}

/// Clusters of different names, of which one says nothing about its class: together where nearly all
/// keys are the same, or where they stand at one level of the hierarchy with much below them.
fn other_names(all: Vec<Cluster>, nodes: &[Node]) -> Vec<Cluster> {
    let mut merged: Vec<Cluster> = Vec::new();
    for cluster in all {
        let found = merged
            .iter_mut()
            .take(MAX_COMPARED)
            .find(|into| is_alike(into, &cluster, nodes));
        match found {
            Some(into) => into.take(cluster),
            None => merged.push(cluster),
        }
    }
    merged
}

fn is_alike(a: &Cluster, b: &Cluster, nodes: &[Node]) -> bool {
    if (a.class.is_some() && b.class.is_some()) || a.place != b.place {
        return false;
    }
    let (own, other) = (a.common(), b.common());
    let shared = own.intersection(&other).count();
    let share = shared as f32 / own.union(&other).count().max(1) as f32;
    let first = |cluster: &Cluster| cluster.nodes.first().and_then(|node| nodes.get(*node)).cloned();
    let stand_alike = match (first(a), first(b)) {
        (Some(a), Some(b)) => {
            a.parent == b.parent && a.parent.is_some() && !a.children.is_empty() && !b.children.is_empty()
        }
        _ => false,
    };
    let is_classed = a.class.is_some() || b.class.is_some();
    (share >= OTHER_NAME && shared >= 3) || (stand_alike && !is_classed && share >= SAME_NAME && shared >= 2)
}

/// Names of all nodes, read once.
pub(crate) fn names(nodes: &[Node]) -> Vec<Named> {
    nodes.iter().map(|node| equipment::read(node.level())).collect()
}

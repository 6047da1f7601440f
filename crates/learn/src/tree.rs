//! From tags to nodes: which levels are equipment or places, and which are only how messages are sent.

use std::collections::{BTreeMap, BTreeSet};

use crate::heard::Tag;
use crate::parts::split;
use crate::words::{identifier, property_key, words};

/// First levels that say how something is sent, not where it is.
const TRANSPORT: &[&str] = &[
    "umh",
    "v1",
    "v2",
    "v3",
    "mqtt",
    "opcua",
    "plc",
    "spbv1.0",
    "tele",
    "telemetry",
    "iot",
    "raw",
    "data",
    "historian",
    "uns",
    "dt",
    "ddata",
    "nodes",
    "devices",
];
/// Last levels that say what kind of message it is, not what sends it.
const ASPECT: &[&str] = &[
    "data",
    "info",
    "live",
    "measurements",
    "metrics",
    "payload",
    "process",
    "raw",
    "sensor",
    "sensors",
    "state",
    "status",
    "telemetry",
    "values",
];

/// An asset to be: a level with what is below it.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Node {
    /// Its text and those above it.
    pub levels: Vec<Box<str>>,
    pub parent: Option<usize>,
    pub children: Vec<usize>,
    /// Its tags by the keys of their properties.
    pub tags: BTreeMap<String, usize>,
}

impl Node {
    pub fn level(&self) -> &str {
        self.levels.last().map_or("", |level| level)
    }
}

/// The nodes, parents first, of all tags but those to leave out. Tags are known by their place in `tags`.
pub(crate) fn nodes(tags: &[Tag], without: &BTreeSet<usize>) -> Vec<Node> {
    let mut groups: BTreeMap<Vec<Box<str>>, Vec<(usize, String)>> = BTreeMap::new();
    let heard = tags.iter().enumerate().filter(|(at, _)| !without.contains(at));
    for (at, tag) in heard {
        let (levels, aspect) = place(tag);
        let label = if tag.label.is_empty() {
            &tag.name
        } else {
            &tag.label
        };
        groups
            .entry(levels)
            .or_default()
            .push((at, with_aspect(aspect, label)));
    }
    let mut forest = Forest::default();
    for (levels, members) in &groups {
        let (own, parts) = split(levels.last().map_or("", |level| level), members, tags);
        let node = forest.node(levels);
        forest.fill(node, own, tags);
        for (part, members) in parts {
            let mut levels = levels.clone();
            levels.push(part);
            let node = forest.node(&levels);
            forest.fill(node, members, tags);
        }
    }
    forest.nodes
}

/// The levels of an asset, and the aspect its last level was.
fn place(tag: &Tag) -> (Vec<Box<str>>, Option<&str>) {
    let folded = |level: &str| level.to_lowercase();
    let transport = tag
        .levels
        .iter()
        .take_while(|level| TRANSPORT.contains(&folded(level).as_str()))
        .count();
    let mut levels: Vec<Box<str>> = tag.levels.iter().skip(transport).cloned().collect();
    if levels.is_empty() {
        levels = tag.levels.clone();
    }
    let aspect = tag
        .levels
        .last()
        .filter(|last| levels.len() > 1 && ASPECT.contains(&folded(last).as_str()));
    if aspect.is_some() {
        levels.pop();
    }
    (levels, aspect.map(|aspect| &**aspect))
}

/// `state` and `status` say more than how a message is called: they stay in the name.
fn with_aspect(aspect: Option<&str>, label: &str) -> String {
    match aspect.map(str::to_lowercase).as_deref() {
        Some(aspect @ ("state" | "status" | "info")) => format!("{aspect} {label}"),
        _ => label.to_owned(),
    }
}

#[derive(Default)]
struct Forest {
    nodes: Vec<Node>,
    by_levels: BTreeMap<Vec<Box<str>>, usize>,
}

impl Forest {
    /// The node of these levels, made with all above it.
    fn node(&mut self, levels: &[Box<str>]) -> usize {
        if let Some(at) = self.by_levels.get(levels) {
            return *at;
        }
        let parent = match levels.split_last() {
            Some((_, above)) if !above.is_empty() => Some(self.node(above)),
            _ => None,
        };
        let at = self.nodes.len();
        self.nodes.push(Node {
            levels: levels.to_vec(),
            parent,
            ..Node::default()
        });
        self.by_levels.insert(levels.to_vec(), at);
        if let Some(above) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            above.children.push(at);
        }
        at
    }

    /// Gives a node its tags; two of one name are told apart by all they were called.
    fn fill(&mut self, node: usize, members: Vec<(usize, String)>, tags: &[Tag]) {
        let Some(node) = self.nodes.get_mut(node) else {
            return;
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, label) in &members {
            *counts.entry(property_key(label)).or_default() += 1;
        }
        for (at, label) in members {
            let mut key = property_key(&label);
            let full = || {
                tags.get(at)
                    .map(|tag| identifier(&words(&format!("{} {}", tag.topic_end(), tag.field))))
            };
            if counts.get(&key).is_some_and(|count| *count > 1) {
                key = full().unwrap_or(key);
            }
            let mut free = key.clone();
            let mut more = 2;
            while node.tags.contains_key(&free) {
                free = format!("{key}_{more}");
                more += 1;
            }
            node.tags.insert(free, at);
        }
    }
}

impl Tag {
    fn topic_end(&self) -> &str {
        self.topic.rsplit('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(levels: &str, name: &str) -> Tag {
        Tag {
            topic: format!("{levels}/{name}").into(),
            levels: levels.split('/').map(Box::from).collect(),
            name: name.into(),
            label: name.into(),
            ..Tag::default()
        }
    }

    #[track_caller]
    fn check(tags: &[(&str, &str)], expect: &[(&str, &str)]) {
        let tags: Vec<Tag> = tags.iter().map(|(levels, name)| tag(levels, name)).collect();
        let nodes = nodes(&tags, &BTreeSet::new());
        let found: Vec<(String, String)> = nodes
            .iter()
            .filter(|node| !node.tags.is_empty())
            .map(|node| {
                let keys: Vec<&str> = node.tags.keys().map(String::as_str).collect();
                (node.levels.join("/"), keys.join(" "))
            })
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn levels_that_only_carry_are_left_out() {
        check(
            &[("tele/pump1/SENSOR", "temp"), ("umh/v1/acme/lyon", "power")],
            &[("acme/lyon", "power"), ("pump1", "temperature")],
        );
    }

    #[test]
    fn many_pieces_of_equipment_under_one_level_are_split() {
        check(
            &[
                ("town", "L_T1"),
                ("town", "L_T2"),
                ("town", "L_T3"),
                ("town", "F_PU1"),
                ("town", "S_PU1"),
                ("town", "F_PU2"),
                ("town", "S_PU2"),
                ("town", "F_V2"),
            ],
            &[
                ("town/PU1", "flow speed"),
                ("town/PU2", "flow speed"),
                ("town/T1", "level"),
                ("town/T2", "level"),
                ("town/T3", "level"),
                ("town/V2", "flow"),
            ],
        );
    }

    #[test]
    fn numbered_measurements_are_no_equipment() {
        let rig = [
            "Accelerometer1RMS",
            "Accelerometer2RMS",
            "Current",
            "Pressure",
            "Temperature",
            "voltage_1",
            "voltage_2",
            "voltage_3",
            "temperature_1_max",
        ];
        let tags: Vec<(&str, &str)> = rig.iter().map(|name| ("rig", *name)).collect();
        check(
            &tags,
            &[(
                "rig",
                "accelerometer_1_rms accelerometer_2_rms current pressure temperature temperature_1_max voltage_1 \
                 voltage_2 voltage_3",
            )],
        );
    }
}

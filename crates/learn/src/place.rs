//! Which level of ISA-95's hierarchy a folder is: by its word, else by where it stands.

use std::collections::{BTreeMap, BTreeSet};

use crate::equipment::Named;
use crate::tree::Node;

/// The levels from the top (IEC 62264-1, role-based equipment hierarchy).
pub(crate) const LEVELS: [&str; 5] = ["enterprise", "site", "area", "line", "unit"];
/// Different places below one that are compared with.
const MAX_FELLOWS: usize = 16;
const SITE: usize = 1;
const AREA: usize = 2;

/// The level of each node, as if all of them were places. A level may be skipped, none comes twice but
/// the area.
pub(crate) fn levels(nodes: &[Node], names: &[Named]) -> Vec<&'static str> {
    let is_folder = |node: &Node| node.tags.is_empty() || !node.children.is_empty();
    let deepest = nodes
        .iter()
        .zip(names)
        .filter(|(node, named)| is_folder(node) && named.class.is_none())
        .map(|(node, _)| node.levels.len())
        .max()
        .unwrap_or(1);
    let roots = nodes.iter().filter(|node| node.parent.is_none()).count();
    let top = top(deepest, roots, nodes, names);
    nodes
        .iter()
        .zip(names)
        .map(|(node, named)| {
            let by_depth = (top + node.levels.len() - 1).min(AREA);
            named
                .place
                .unwrap_or_else(|| LEVELS.get(by_depth).copied().unwrap_or("area"))
        })
        .collect()
}

/// Places beside a named one, with the same tags and the same below them, are of its level: a hall that is
/// only called by a name beside `hall-2`.
pub(crate) fn of_fellows(nodes: &[Node], names: &mut [Named]) {
    let mut known: BTreeMap<Option<usize>, Vec<(BTreeSet<String>, &'static str)>> = BTreeMap::new();
    for (node, named) in nodes.iter().zip(&*names) {
        if let (Some(place), None) = (named.place, named.class) {
            let fellows = known.entry(node.parent).or_default();
            let has = has(node, nodes, names);
            if fellows.len() < MAX_FELLOWS && !has.is_empty() && !fellows.contains(&(has.clone(), place)) {
                fellows.push((has, place));
            }
        }
    }
    let found: Vec<Option<&'static str>> = nodes
        .iter()
        .zip(&*names)
        .map(|(node, named)| {
            let fellows = known.get(&node.parent)?;
            if named.place.is_some() || named.class.is_some() {
                return None;
            }
            let own = has(node, nodes, names);
            let is_alike = |(other, _): &&(BTreeSet<String>, &str)| *other == own;
            fellows.iter().find(is_alike).map(|(_, place)| *place)
        })
        .collect();
    for (named, place) in names.iter_mut().zip(found) {
        named.place = named.place.or(place);
    }
}

/// The tags of a place, and what its children are called without their numbers.
fn has(node: &Node, nodes: &[Node], names: &[Named]) -> BTreeSet<String> {
    let child = |at: &usize| {
        let named = names.get(*at)?;
        nodes.get(*at).filter(|_| !named.stem.is_empty())?;
        Some(format!("{}/", named.class.unwrap_or(&named.stem)))
    };
    let children = node.children.iter().filter_map(child);
    children.chain(node.tags.keys().cloned()).collect()
}

/// The level of the roots: such that what words say below them still comes later.
fn top(deepest: usize, roots: usize, nodes: &[Node], names: &[Named]) -> usize {
    let mut most = AREA;
    let mut is_worded_at_two = false;
    for (node, named) in nodes.iter().zip(names) {
        let Some(at) = named
            .place
            .and_then(|place| LEVELS.iter().position(|level| *level == place))
        else {
            continue;
        };
        is_worded_at_two |= node.levels.len() == 2;
        most = most.min((at + 1).saturating_sub(node.levels.len()));
    }
    let usual = match deepest {
        0 | 1 => SITE,
        2 if roots > 1 || is_worded_at_two => SITE,
        _ => 0,
    };
    usual.min(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::names;

    #[track_caller]
    fn check(paths: &[&str], expect: &[&str]) {
        let mut nodes: Vec<Node> = Vec::new();
        for path in paths {
            let levels: Vec<Box<str>> = path.split('/').map(Box::from).collect();
            let parent = nodes
                .iter()
                .position(|node| Some(&*node.levels) == levels.get(..levels.len() - 1));
            nodes.push(Node {
                levels,
                parent,
                ..Node::default()
            });
        }
        assert_eq!(levels(&nodes, &names(&nodes)), expect);
    }

    #[test]
    fn folders_are_levels_of_isa_95() {
        check(&["lyon"], &["site"]);
        check(&["acme", "acme/lyon"], &["enterprise", "site"]);
        check(&["lyon", "lyon/hall-1"], &["site", "area"]);
        check(
            &["acme", "acme/lyon", "acme/lyon/water"],
            &["enterprise", "site", "area"],
        );
        check(
            &[
                "acme",
                "acme/lyon",
                "acme/lyon/utilities",
                "acme/lyon/line1",
                "acme/lyon/utilities/cooling",
            ],
            &["enterprise", "site", "area", "line", "area"],
        );
        check(
            &["site1", "site1/line2", "site1/line2/cell3"],
            &["site", "line", "unit"],
        );
    }
}

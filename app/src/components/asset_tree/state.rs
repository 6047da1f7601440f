//! What the tree knows and shows: loaded children, what is open, and the rows that follow. Mostly pure.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use wire::page::AssetNode;

/// The children that were loaded, by parent; the roots have none.
pub type Children = BTreeMap<Option<u32>, Vec<AssetNode>>;

/// A visible row.
#[derive(Clone, PartialEq, Debug)]
pub struct TreeRow {
    pub node: AssetNode,
    /// 1 for the roots.
    pub level: u32,
    /// Its place among its siblings, from 1.
    pub position: u32,
    /// How many siblings there are.
    pub siblings: u32,
}

/// The tree's state; outlives a change of page.
#[derive(Clone, Copy)]
pub struct TreeState {
    pub children: RwSignal<Children>,
    pub expanded: RwSignal<BTreeSet<u32>>,
    /// The asset of this page.
    pub current: RwSignal<Option<u32>>,
    /// The row that Tab comes to.
    pub focused: RwSignal<Option<u32>>,
    pub filter: RwSignal<String>,
    pub only_abnormal: RwSignal<bool>,
}

impl TreeState {
    /// Nothing loaded, nothing open.
    #[must_use]
    pub fn new() -> Self {
        Self {
            children: RwSignal::new(Children::new()),
            expanded: RwSignal::new(BTreeSet::new()),
            current: RwSignal::new(None),
            focused: RwSignal::new(None),
            filter: RwSignal::new(String::new()),
            only_abnormal: RwSignal::new(false),
        }
    }

    /// Takes in children that were loaded, and opens the way to `current`.
    pub fn take(self, loaded: Vec<(Option<u32>, Vec<AssetNode>)>, trail: &[u32], current: u32) {
        self.children.update(|children| children.extend(loaded));
        self.expanded
            .update(|expanded| expanded.extend(trail.iter().copied().chain([current])));
        self.current.set(Some(current));
        self.focused.set(Some(current));
    }

    /// Shows the children of an asset.
    pub fn open(self, asset: u32) {
        self.expanded.update(|expanded| {
            expanded.insert(asset);
        });
    }

    /// Hides them.
    pub fn close(self, asset: u32) {
        self.expanded.update(|expanded| {
            expanded.remove(&asset);
        });
    }

    /// Whether the children of an asset are known; of none, whether the roots are.
    #[must_use]
    pub fn has(self, asset: Option<u32>) -> bool {
        self.children
            .with_untracked(|children| children.contains_key(&asset))
    }

    /// The visible rows now, and again when they change.
    #[must_use]
    pub fn rows(self, is_abnormal: impl Fn(&AssetNode) -> bool) -> Vec<TreeRow> {
        let words = self.filter.get().trim().to_lowercase();
        let abnormal = self.only_abnormal.get();
        let keep = |node: &AssetNode| {
            (words.is_empty() || node.asset.name.to_lowercase().contains(&words))
                && (!abnormal || is_abnormal(node))
        };
        let sieved = !words.is_empty() || abnormal;
        self.children.with(|children| {
            self.expanded
                .with(|expanded| flatten(children, expanded, if sieved { Some(&keep) } else { None }))
        })
    }
}

impl Default for TreeState {
    fn default() -> Self {
        Self::new()
    }
}

/// The rows in order. With a sieve: the rows it keeps and the way to each, open or not.
#[must_use]
pub fn flatten(
    children: &Children,
    expanded: &BTreeSet<u32>,
    keep: Option<&dyn Fn(&AssetNode) -> bool>,
) -> Vec<TreeRow> {
    let mut rows = Vec::new();
    descend(children, expanded, keep, None, 1, &mut rows);
    rows
}

fn descend(
    children: &Children,
    expanded: &BTreeSet<u32>,
    keep: Option<&dyn Fn(&AssetNode) -> bool>,
    parent: Option<u32>,
    level: u32,
    rows: &mut Vec<TreeRow>,
) {
    // A hierarchy that deep is a loop somewhere; the page must not follow it.
    if level > 64 {
        return;
    }
    let Some(nodes) = children.get(&parent) else {
        return;
    };
    let siblings = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
    for (position, node) in (1..).zip(nodes) {
        let at = rows.len();
        rows.push(TreeRow {
            node: node.clone(),
            level,
            position,
            siblings,
        });
        let asset = node.asset.asset;
        if keep.is_some() || expanded.contains(&asset) {
            descend(children, expanded, keep, Some(asset), level + 1, rows);
        }
        let has_kept_below = rows.len() > at + 1;
        if keep.is_some_and(|keep| !has_kept_below && !keep(node)) {
            rows.truncate(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::message::Summary;
    use wire::page::AssetRef;

    fn node(asset: u32, name: &str, children: u32) -> AssetNode {
        AssetNode {
            asset: AssetRef {
                asset,
                name: name.to_owned(),
                path: name.to_lowercase(),
            },
            children,
            points: 0,
            summary: Summary::default(),
            state: None,
        }
    }

    fn tree() -> Children {
        BTreeMap::from([
            (None, vec![node(1, "Lyon", 2), node(2, "Rotterdam", 1)]),
            (Some(1), vec![node(3, "Water", 1), node(4, "Hall", 0)]),
            (Some(3), vec![node(5, "Pump 14", 0)]),
        ])
    }

    #[track_caller]
    fn check(expanded: &[u32], keep: Option<&dyn Fn(&AssetNode) -> bool>, expect: &[(&str, u32)]) {
        let rows = flatten(&tree(), &expanded.iter().copied().collect(), keep);
        let shown: Vec<_> = rows
            .iter()
            .map(|row| (row.node.asset.name.as_str(), row.level))
            .collect();
        assert_eq!(shown, expect);
    }

    #[test]
    fn only_what_is_open_is_shown() {
        check(&[], None, &[("Lyon", 1), ("Rotterdam", 1)]);
        check(
            &[1],
            None,
            &[("Lyon", 1), ("Water", 2), ("Hall", 2), ("Rotterdam", 1)],
        );
        check(&[3], None, &[("Lyon", 1), ("Rotterdam", 1)]);
        check(&[2], None, &[("Lyon", 1), ("Rotterdam", 1)]);
    }

    #[test]
    fn a_sieve_keeps_the_way_to_what_it_keeps() {
        let pump = |node: &AssetNode| node.asset.name.contains("Pump");
        check(&[], Some(&pump), &[("Lyon", 1), ("Water", 2), ("Pump 14", 3)]);
        let none = |_: &AssetNode| false;
        check(&[1], Some(&none), &[]);
    }

    #[test]
    fn a_loop_ends() {
        let children = BTreeMap::from([(None, vec![node(1, "A", 1)]), (Some(1), vec![node(1, "A", 1)])]);
        assert_eq!(flatten(&children, &BTreeSet::from([1]), None).len(), 64);
    }
}

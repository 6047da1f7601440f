//! What the tree knows and shows: the parts that were loaded, what is open, and the rows that follow. Mostly pure.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use wire::page::{TREE_PART, TreeNode, TreePart, TreeQuery, TreeWay};

/// The children of one parent: how many there are, and those that were loaded.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Family {
    pub total: u32,
    /// By the place of the first among all children.
    parts: BTreeMap<u32, Vec<TreeNode>>,
}

/// The families by parent; the roots have none.
pub type Families = BTreeMap<Option<u32>, Family>;

/// A visible row: who it is, and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeRow {
    /// None where it is not loaded yet.
    pub asset: Option<u32>,
    pub parent: Option<u32>,
    /// Its place among its siblings, from 0.
    pub index: u32,
    /// How many siblings there are.
    pub siblings: u32,
    /// 1 for the roots.
    pub level: u32,
    pub has_children: bool,
}

/// The tree's state; outlives a change of page.
#[derive(Clone, Copy)]
pub struct TreeState {
    pub families: RwSignal<Families>,
    pub expanded: RwSignal<BTreeSet<u32>>,
    /// The asset of this page.
    pub current: RwSignal<Option<u32>>,
    /// The row that Tab comes to.
    pub focused: RwSignal<Option<u32>>,
    pub filter: RwSignal<String>,
    pub only_abnormal: RwSignal<bool>,
    /// Rows in the window: the first, and one past the last. None until the page lives: then only what is
    /// loaded is shown, all of it.
    pub window: RwSignal<Option<(usize, usize)>>,
    /// Changes with each step of scrolling.
    pub scrolled: Trigger,
}

impl Family {
    /// The child at a place, where it is loaded.
    #[must_use]
    pub fn node(&self, index: u32) -> Option<&TreeNode> {
        let offset = index - index % TREE_PART;
        self.parts.get(&offset)?.get((index - offset) as usize)
    }

    fn take(&mut self, part: TreePart) {
        self.total = part.total;
        self.parts.insert(part.offset, part.nodes);
    }
}

impl TreeState {
    /// Nothing loaded, nothing open.
    #[must_use]
    pub fn new() -> Self {
        Self {
            families: RwSignal::new(Families::new()),
            expanded: RwSignal::new(BTreeSet::new()),
            current: RwSignal::new(None),
            focused: RwSignal::new(None),
            filter: RwSignal::new(String::new()),
            only_abnormal: RwSignal::new(false),
            window: RwSignal::new(None),
            scrolled: Trigger::new(),
        }
    }

    /// Takes in a way that was loaded, and opens it.
    pub fn take(self, way: TreeWay) {
        self.families
            .update(|families| way.parts.into_iter().for_each(|part| take(families, part)));
        let current = way.trail.last().copied();
        self.expanded.update(|expanded| expanded.extend(way.trail));
        self.current.set(current);
        self.focused.set(current);
    }

    /// Takes in some children.
    pub fn take_part(self, part: TreePart) {
        self.families.update(|families| take(families, part));
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

    /// What is asked of the server now.
    #[must_use]
    pub fn query(self, by: String) -> TreeQuery {
        TreeQuery {
            by,
            abnormal: self.only_abnormal.get_untracked(),
        }
    }

    /// The node of a row, where it is loaded.
    #[must_use]
    pub fn node(self, row: TreeRow) -> Option<TreeNode> {
        self.families
            .with_untracked(|families| families.get(&row.parent)?.node(row.index).cloned())
    }

    /// The visible rows now, and again when they change.
    #[must_use]
    pub fn rows(self) -> Vec<TreeRow> {
        let words = self.filter.get().trim().to_lowercase();
        let keep = |node: &TreeNode| node.asset.name.to_lowercase().contains(&words);
        let sieve: Sieve<'_> = if words.is_empty() { None } else { Some(&keep) };
        let only_loaded = self.window.with(Option::is_none);
        self.families.with(|families| {
            self.expanded
                .with(|expanded| flatten(families, expanded, sieve, only_loaded))
        })
    }
}

impl Default for TreeState {
    fn default() -> Self {
        Self::new()
    }
}

fn take(families: &mut Families, part: TreePart) {
    let family = families.entry(part.parent).or_default();
    // Somebody joined or left: what was loaded elsewhere may stand at another place now.
    if family.total != part.total {
        family.parts.clear();
    }
    family.take(part);
}

/// Which nodes to keep.
pub type Sieve<'a> = Option<&'a dyn Fn(&TreeNode) -> bool>;

/// The rows in order. With a sieve: the loaded rows it keeps and the way to each, open or not.
#[must_use]
pub fn flatten(
    families: &Families,
    expanded: &BTreeSet<u32>,
    keep: Sieve<'_>,
    only_loaded: bool,
) -> Vec<TreeRow> {
    let mut rows = Vec::new();
    let descent = Descent {
        families,
        expanded,
        keep,
        only_loaded: only_loaded || keep.is_some(),
    };
    descent.rows(None, 1, &mut rows);
    rows
}

struct Descent<'a> {
    families: &'a Families,
    expanded: &'a BTreeSet<u32>,
    keep: Sieve<'a>,
    only_loaded: bool,
}

impl Descent<'_> {
    fn rows(&self, parent: Option<u32>, level: u32, rows: &mut Vec<TreeRow>) {
        // A hierarchy that deep is a loop somewhere; the page must not follow it.
        if level > 64 {
            return;
        }
        let Some(family) = self.families.get(&parent) else {
            return;
        };
        for index in 0..family.total {
            let node = family.node(index);
            if node.is_none() && self.only_loaded {
                continue;
            }
            let at = rows.len();
            rows.push(TreeRow {
                asset: node.map(|node| node.asset.asset),
                parent,
                index,
                siblings: family.total,
                level,
                has_children: node.is_some_and(|node| node.children > 0),
            });
            let Some(node) = node else { continue };
            let asset = node.asset.asset;
            if self.keep.is_some() || self.expanded.contains(&asset) {
                self.rows(Some(asset), level + 1, rows);
            }
            let has_kept_below = rows.len() > at + 1;
            if self.keep.is_some_and(|keep| !has_kept_below && !keep(node)) {
                rows.truncate(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::message::Summary;
    use wire::page::AssetRef;

    fn node(asset: u32, name: &str, children: u32) -> TreeNode {
        TreeNode {
            asset: AssetRef {
                asset,
                name: name.to_owned(),
                path: name.to_lowercase(),
            },
            children,
            summary: Summary::default(),
        }
    }

    fn part(parent: Option<u32>, total: u32, offset: u32, nodes: Vec<TreeNode>) -> TreePart {
        TreePart {
            parent,
            total,
            offset,
            nodes,
        }
    }

    fn tree() -> Families {
        let mut families = Families::new();
        for part in [
            part(None, 2, 0, vec![node(1, "Lyon", 2), node(2, "Rotterdam", 1)]),
            part(Some(1), 2, 0, vec![node(3, "Water", 1), node(4, "Hall", 0)]),
            part(Some(3), 1, 0, vec![node(5, "Pump 14", 0)]),
        ] {
            take(&mut families, part);
        }
        families
    }

    fn name(families: &Families, row: &TreeRow) -> String {
        let node = families
            .get(&row.parent)
            .and_then(|family| family.node(row.index));
        node.map_or("…".to_owned(), |node| node.asset.name.clone())
    }

    #[track_caller]
    fn check(families: &Families, expanded: &[u32], keep: Sieve<'_>, expect: &[(&str, u32)]) {
        let rows = flatten(families, &expanded.iter().copied().collect(), keep, false);
        let shown: Vec<_> = rows.iter().map(|row| (name(families, row), row.level)).collect();
        let shown: Vec<_> = shown
            .iter()
            .map(|(name, level)| (name.as_str(), *level))
            .collect();
        assert_eq!(shown, expect);
    }

    #[test]
    fn only_what_is_open_is_shown() {
        let tree = tree();
        check(&tree, &[], None, &[("Lyon", 1), ("Rotterdam", 1)]);
        check(
            &tree,
            &[1],
            None,
            &[("Lyon", 1), ("Water", 2), ("Hall", 2), ("Rotterdam", 1)],
        );
        check(&tree, &[3], None, &[("Lyon", 1), ("Rotterdam", 1)]);
        check(&tree, &[2], None, &[("Lyon", 1), ("Rotterdam", 1)]);
    }

    #[test]
    fn a_sieve_keeps_the_way_to_what_it_keeps() {
        let pump = |node: &TreeNode| node.asset.name.contains("Pump");
        check(
            &tree(),
            &[],
            Some(&pump),
            &[("Lyon", 1), ("Water", 2), ("Pump 14", 3)],
        );
        let none = |_: &TreeNode| false;
        check(&tree(), &[1], Some(&none), &[]);
    }

    #[test]
    fn a_loop_ends() {
        let mut families = Families::new();
        take(&mut families, part(None, 1, 0, vec![node(1, "A", 1)]));
        take(&mut families, part(Some(1), 1, 0, vec![node(1, "A", 1)]));
        assert_eq!(flatten(&families, &BTreeSet::from([1]), None, false).len(), 64);
    }

    #[test]
    fn what_is_not_loaded_keeps_its_place() {
        let mut families = Families::new();
        let nodes = |from: u32| {
            (from..from + TREE_PART)
                .map(|n| node(n + 1, "Meter", 0))
                .collect()
        };
        take(&mut families, part(None, 6_500, 120, nodes(120)));
        let rows = flatten(&families, &BTreeSet::new(), None, false);
        assert_eq!(rows.len(), 6_500);
        assert_eq!(
            (rows[119].asset, rows[120].asset, rows[179].asset, rows[180].asset),
            (None, Some(121), Some(180), None)
        );
        assert_eq!(flatten(&families, &BTreeSet::new(), None, true).len(), 60);
        // One joined: parts of before may be shifted, and are asked for again.
        take(&mut families, part(None, 6_501, 0, nodes(0)));
        assert_eq!(flatten(&families, &BTreeSet::new(), None, true).len(), 60);
    }
}

//! What the tree knows and shows: the parts that were loaded, what is open, and the rows that follow. Mostly pure.

#[cfg(test)]
mod tests;

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

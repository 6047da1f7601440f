//! The rows of small trees and of a long one.

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
        (rows[119].asset, rows[120].asset, rows[159].asset, rows[160].asset),
        (None, Some(121), Some(160), None)
    );
    assert_eq!(
        flatten(&families, &BTreeSet::new(), None, true).len(),
        TREE_PART as usize
    );
    // One joined: parts of before may be shifted, and are asked for again.
    take(&mut families, part(None, 6_501, 0, nodes(0)));
    assert_eq!(
        flatten(&families, &BTreeSet::new(), None, true).len(),
        TREE_PART as usize
    );
}

//! The assets of a proposal: their ids, names, places and reasons.

use std::collections::{BTreeMap, BTreeSet};

use model::{AssetKey, Model};

use crate::equipment::Named;
use crate::proposal::{Confidence, Decision, ProposedAsset, ProposedType, Reason};
use crate::propose::judge_folder;
use crate::tree::Node;
use crate::words::{natural, slug};

/// The assets, parents first, as people sort names.
pub(crate) fn assets(
    nodes: &[Node],
    names: &[Named],
    types: &[ProposedType],
    type_of: &[Option<usize>],
    model: &Model,
) -> Vec<ProposedAsset> {
    let keys = keys(nodes, model);
    // Folders that are in the model already are not proposed again.
    let of_model: BTreeMap<String, &AssetKey> = model
        .assets
        .keys()
        .map(|key| (key.as_str().to_lowercase(), key))
        .collect();
    let there: Vec<Option<AssetKey>> = nodes.iter().map(|node| there_already(node, &of_model)).collect();
    let mut order: Vec<usize> = (0..nodes.len())
        .filter(|at| there.get(*at).is_none_or(Option::is_none))
        .collect();
    order.sort_by_cached_key(|at| {
        let levels = nodes.get(*at).map_or(&[][..], |node| &node.levels);
        levels.iter().map(|level| natural(level)).collect::<Vec<_>>()
    });
    let place_of: BTreeMap<usize, usize> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    let asset = |at: &usize| {
        let (node, named) = (nodes.get(*at)?, names.get(*at)?);
        let ty = type_of.get(*at).copied().flatten()?;
        let of = types.get(ty)?;
        let (confidence, reason) = reason_of(of, node, named);
        let share = if of.properties.is_empty() {
            1.0
        } else {
            node.tags.len() as f32 / of.properties.len() as f32
        };
        Some(ProposedAsset {
            key: keys.get(*at)?.clone(),
            name: if named.title.is_empty() {
                node.level().into()
            } else {
                named.title.as_str().into()
            },
            ty,
            parent: node.parent.and_then(|parent| place_of.get(&parent).copied()),
            under: node
                .parent
                .and_then(|parent| there.get(parent).cloned().flatten()),
            levels: node.levels.clone(),
            tags: node.tags.clone(),
            confidence: confidence.times(0.75 + 0.25 * share.min(1.0)),
            reason,
            decision: Decision::Open,
        })
    };
    order.iter().filter_map(asset).collect()
}

/// Why one asset is of its type: a place by its own name or where it stands, all else as its fellows.
fn reason_of(of: &ProposedType, node: &Node, named: &Named) -> (Confidence, Reason) {
    let is_by_name = matches!(of.reason, Reason::Named { .. } | Reason::Level { .. });
    if !(of.is_place && is_by_name) {
        return (of.confidence, of.reason.clone());
    }
    let (confidence, reason) = judge_folder(named, node.levels.len());
    (
        if reason == of.reason {
            of.confidence
        } else {
            confidence
        },
        reason,
    )
}

/// The asset of the model that this level is; those of the model by their keys in small letters.
fn there_already(node: &Node, of_model: &BTreeMap<String, &AssetKey>) -> Option<AssetKey> {
    if !node.tags.is_empty() {
        return None;
    }
    let mut suffixes = (0..node.levels.len()).map(|from| key_of(node.levels.get(from..).unwrap_or_default()));
    let found = suffixes.find_map(|key| of_model.get(&key))?;
    Some((*found).clone())
}

/// A key for each node: its level, with as many of those above it as it takes to be one of a kind.
fn keys(nodes: &[Node], model: &Model) -> Vec<AssetKey> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let suffix = |node: &Node, length: usize| {
        let from = node.levels.len().checked_sub(length)?;
        Some(key_of(node.levels.get(from..)?))
    };
    for node in nodes {
        for length in 1..=node.levels.len() {
            if let Some(key) = suffix(node, length) {
                *counts.entry(key.to_lowercase()).or_default() += 1;
            }
        }
    }
    let mut taken: BTreeSet<String> = model
        .assets
        .keys()
        .map(|key| key.as_str().to_lowercase())
        .collect();
    let mut keys = Vec::new();
    for node in nodes {
        let is_one = |key: &String| {
            counts.get(&key.to_lowercase()) == Some(&1) && !taken.contains(&key.to_lowercase())
        };
        let short = (1..=node.levels.len())
            .filter_map(|length| suffix(node, length))
            .find(is_one);
        let mut key = short.unwrap_or_else(|| key_of(&node.levels));
        let mut more = 2;
        while taken.contains(&key.to_lowercase()) {
            key = format!("{}-{more}", key_of(&node.levels));
            more += 1;
        }
        taken.insert(key.to_lowercase());
        keys.push(AssetKey::new(&key).unwrap_or_default());
    }
    keys
}

/// Levels as a key: small letters, digits, `_` and `-`, joined by dots; at most 100 of them.
fn key_of(levels: &[Box<str>]) -> String {
    let parts: Vec<String> = levels.iter().map(|level| slug(level)).collect();
    let mut key = parts.join(".");
    key.truncate(100);
    key
}

//! The tree: a part of the children of an asset at a time, and the way to an asset.

use app::api::backend::Viewer;
use app::api::error::ApiError;
use twin::{AssetId, Twin};
use wire::page::{TREE_PART, TreeNode, TreePart, TreeQuery, TreeWay};

use super::hierarchy::{Hierarchy, Sums};
use super::{count, is_abnormal};
use crate::access::sees;
use crate::backend::Gemba;
use crate::view;
use wire::message::Summary;

impl Gemba {
    /// Some children of an asset, or some roots.
    pub(in crate::backend) fn tree_part(
        &self,
        viewer: &Viewer,
        query: &TreeQuery,
        parent: Option<u32>,
        offset: u32,
    ) -> Result<TreePart, ApiError> {
        let parent = match parent {
            Some(parent) => Some(self.visible_asset(viewer, parent)?),
            None => None,
        };
        let loaded = self.model.current();
        let tree = Hierarchy::for_viewer(viewer, &loaded, &query.by, self.clock.now());
        Ok(self.read(|twin| {
            let sums = tree.sums(twin);
            let nodes = self.branch(viewer, twin, (&tree, &sums), query, parent);
            part(twin, (&tree, &sums), parent, &nodes, offset as usize)
        }))
    }

    /// The tree as far as it is open on the way to the asset at a path; of all roots they alone.
    pub(in crate::backend) fn tree_way(
        &self,
        viewer: &Viewer,
        query: &TreeQuery,
        path: &str,
    ) -> Result<TreeWay, ApiError> {
        let loaded = self.model.current();
        let tree = Hierarchy::for_viewer(viewer, &loaded, &query.by, self.clock.now());
        self.read(|twin| {
            let asset = self
                .visible_path(viewer, twin, &tree, path)
                .ok_or(ApiError::NotFound)?;
            let sums = tree.sums(twin);
            let steps = asset.map_or_else(Vec::new, |asset| tree.trail(twin, asset));
            let parents = std::iter::once(None).chain(steps.iter().copied().map(Some));
            let nexts = steps.iter().copied().map(Some).chain([None]);
            let parts = parents.zip(nexts).map(|(parent, next)| {
                let nodes = self.branch(viewer, twin, (&tree, &sums), query, parent);
                let at = nodes.iter().position(|node| Some(*node) == next).unwrap_or(0);
                part(twin, (&tree, &sums), parent, &nodes, at - at % TREE_PART as usize)
            });
            Ok(TreeWay {
                parts: parts.collect(),
                trail: steps.iter().map(|step| step.get()).collect(),
            })
        })
    }

    /// Counts of assets that the viewer may see, in a hierarchy.
    pub(in crate::backend) fn counts_by(
        &self,
        viewer: &Viewer,
        by: &str,
        assets: &[u32],
    ) -> Vec<(u32, Summary)> {
        let loaded = self.model.current();
        let tree = Hierarchy::for_viewer(viewer, &loaded, by, self.clock.now());
        self.read(|twin| {
            let sums = tree.sums(twin);
            let count = |number: &u32| {
                let asset = twin.asset(AssetId::new(*number))?.id;
                let may = sees(viewer, twin, asset);
                may.then(|| (*number, sums.of(twin, asset)))
            };
            assets.iter().filter_map(count).collect()
        })
    }

    fn branch(
        &self,
        viewer: &Viewer,
        twin: &Twin,
        (tree, sums): (&Hierarchy<'_>, &Sums),
        query: &TreeQuery,
        parent: Option<AssetId>,
    ) -> Vec<AssetId> {
        let mut nodes = self.below(viewer, twin, tree, parent);
        if query.abnormal {
            nodes.retain(|node| is_abnormal(&sums.of(twin, *node)));
        }
        nodes
    }
}

fn part(
    twin: &Twin,
    (tree, sums): (&Hierarchy<'_>, &Sums),
    parent: Option<AssetId>,
    nodes: &[AssetId],
    offset: usize,
) -> TreePart {
    let node = |node: &AssetId| {
        Some(TreeNode {
            asset: view::asset_ref(twin, *node)?,
            children: count(tree.count(twin, *node)),
            summary: sums.of(twin, *node),
        })
    };
    TreePart {
        parent: parent.map(AssetId::get),
        total: count(nodes.len()),
        offset: count(offset),
        nodes: nodes
            .iter()
            .skip(offset)
            .take(TREE_PART as usize)
            .filter_map(node)
            .collect(),
    }
}

//! What spoke once and not again: a test message, an order, an event with an id of its own in its topic.
//! No asset is made of it; it stays among the tags that belong to none.

use std::collections::BTreeSet;

use crate::equipment::Named;
use crate::heard::Tag;
use crate::tree::Node;

/// What has not spoken again for so long may never.
const SECS: u32 = 60;

/// The tags of levels that spoke once, longer ago than most of a plant stays silent. A device by its name
/// is one however seldom it speaks, and what the broker keeps is said once.
pub(crate) fn spoke_once(tags: &[Tag], nodes: &[Node], names: &[Named]) -> BTreeSet<usize> {
    let once = |tag: &usize| {
        tags.get(*tag)
            .is_some_and(|tag| tag.seen.readings == 1 && !tag.is_retained && tag.silent_secs >= SECS)
    };
    let is_once = |(node, named): &(&Node, &Named)| {
        node.children.is_empty() && named.class.is_none() && node.tags.values().all(once)
    };
    nodes
        .iter()
        .zip(names)
        .filter(is_once)
        .flat_map(|(node, _)| node.tags.values().copied())
        .collect()
}

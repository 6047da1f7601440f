//! The topics that were heard, as a tree: the branch that is open, or those with a word; each level bounded.

use std::collections::BTreeMap;

use learn::{Decision, Proposal};
use wire::page::{LEARN_ROWS, LearnTopic, LearnTopicTag};

use super::shown::{count, sample};

/// Levels that are shown below each other.
const MOST_LEVELS: usize = 24;

/// What stands at one place of the tree.
#[derive(Default)]
struct Node {
    tags: usize,
    unmapped: usize,
    tag: Option<usize>,
    has_more: bool,
}

/// What of the proposal the tree is about.
pub struct Topics<'a> {
    proposal: &'a Proposal,
    /// Topic and field of each tag, as one path.
    paths: Vec<String>,
    /// The asset that each tag goes to.
    assets: Vec<Option<usize>>,
}

impl<'a> Topics<'a> {
    /// Of all tags that were heard.
    pub fn of(proposal: &'a Proposal) -> Self {
        let path = |tag: &learn::Tag| match &*tag.field {
            "" => tag.topic.to_string(),
            field => format!("{}/{field}", tag.topic),
        };
        let mut assets = vec![None; proposal.tags.len()];
        for (at, asset) in proposal.assets.iter().enumerate() {
            if asset.decision == Decision::Rejected {
                continue;
            }
            for tag in asset.tags.values() {
                if let Some(own) = assets.get_mut(*tag) {
                    *own = Some(at);
                }
            }
        }
        Self {
            proposal,
            paths: proposal.tags.iter().map(path).collect(),
            assets,
        }
    }

    /// The tree with the branch to `open` shown.
    pub fn tree(&self, open: &str) -> Vec<LearnTopic> {
        let mut rows = Vec::new();
        self.level("", open, 0, &mut rows);
        rows
    }

    /// The tags whose topic or field has the words, without regard to case.
    pub fn found(&self, words: &str) -> (Vec<LearnTopic>, usize) {
        let words = words.to_lowercase();
        let has_words = |(_, path): &(usize, &String)| path.to_lowercase().contains(&words);
        let hits: Vec<(usize, &String)> = self.paths.iter().enumerate().filter(has_words).collect();
        let row = |(at, path): &(usize, &String)| LearnTopic {
            name: (*path).clone(),
            path: (*path).clone(),
            tags: 1,
            tag: self.tag(*at),
            ..LearnTopic::default()
        };
        (
            hits.iter().take(LEARN_ROWS as usize).map(row).collect(),
            hits.len(),
        )
    }

    fn level(&self, above: &str, open: &str, depth: usize, rows: &mut Vec<LearnTopic>) {
        let mut nodes: BTreeMap<&str, Node> = BTreeMap::new();
        for (at, path) in self.paths.iter().enumerate() {
            let Some(rest) = path.strip_prefix(above) else {
                continue;
            };
            let (name, more) = rest
                .split_once('/')
                .map_or((rest, false), |(name, _)| (name, true));
            let node = nodes.entry(name).or_default();
            node.tags += 1;
            node.unmapped += usize::from(self.is_left(at));
            node.has_more |= more;
            if !more {
                node.tag = Some(at);
            }
        }
        let total = nodes.len();
        let mut nodes: Vec<(&str, Node)> = nodes.into_iter().collect();
        nodes.sort_by(|a, b| twin::natural_cmp(a.0, b.0));
        // What is open stays in sight, however late its name.
        let is_open = |name: &str| {
            open.strip_prefix(above)
                .is_some_and(|rest| rest.split('/').next() == Some(name))
        };
        let late = nodes
            .iter()
            .skip(LEARN_ROWS as usize)
            .position(|(name, _)| !open.is_empty() && is_open(name));
        if let Some(late) = late {
            nodes.swap(0, late + LEARN_ROWS as usize);
        }
        let shown = total.min(LEARN_ROWS as usize);
        for (name, node) in nodes.into_iter().take(shown) {
            let path = format!("{above}{name}");
            let is_open = node.has_more && !open.is_empty() && is_open(name);
            rows.push(LearnTopic {
                name: name.to_owned(),
                depth: count(depth),
                tags: count(node.tags),
                unmapped: count(node.unmapped),
                is_open: node.has_more.then_some(is_open),
                tag: node.tag.and_then(|at| self.tag(at)),
                path: path.clone(),
                ..LearnTopic::default()
            });
            if is_open && depth + 1 < MOST_LEVELS {
                self.level(&format!("{path}/"), open, depth + 1, rows);
            }
        }
        if total > shown {
            rows.push(LearnTopic {
                depth: count(depth),
                more: count(total - shown),
                ..LearnTopic::default()
            });
        }
    }

    fn is_left(&self, at: usize) -> bool {
        let ignores = |tag: &learn::Tag| self.proposal.ignores(&tag.topic);
        self.assets.get(at).is_none_or(Option::is_none) && !self.proposal.tags.get(at).is_some_and(ignores)
    }

    fn tag(&self, at: usize) -> Option<LearnTopicTag> {
        let tag = self.proposal.tags.get(at)?;
        let asset = self.assets.get(at).copied().flatten();
        Some(LearnTopicTag {
            point: tag.point,
            sample: tag.seen.last.as_ref().map(sample).unwrap_or_default(),
            unit: tag.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
            asset: asset.and_then(|at| Some((count(at), self.proposal.assets.get(at)?.name.to_string()))),
            is_ignored: self.proposal.ignores(&tag.topic),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::{Seen, Tag};

    /// Tags by topic and field, none of them an asset's.
    fn proposal(tags: &[(&str, &str)]) -> Proposal {
        let tag = |(at, (topic, field)): (usize, &(&str, &str))| Tag {
            point: count(at) + 1,
            topic: (*topic).into(),
            field: (*field).into(),
            levels: Vec::new(),
            name: "x".into(),
            label: "x".into(),
            unit: None,
            is_unit_stated: false,
            interval_secs: None,
            silent_secs: 0,
            is_retained: false,
            seen: Seen::default(),
        };
        Proposal {
            tags: tags.iter().enumerate().map(tag).collect(),
            ignored: vec!["junk/#".into()],
            ..Proposal::default()
        }
    }

    fn lines(rows: &[LearnTopic]) -> Vec<String> {
        let line = |row: &LearnTopic| {
            let open = match row.is_open {
                Some(true) => "-",
                Some(false) => "+",
                None => " ",
            };
            let value = if row.tag.is_some() { "=" } else { "" };
            let indent = "  ".repeat(row.depth as usize);
            match row.more {
                0 => format!("{indent}{open}{}{value} {}/{}", row.name, row.unmapped, row.tags),
                more => format!("{indent}{more} more"),
            }
        };
        rows.iter().map(line).collect()
    }

    #[test]
    fn the_open_branch_is_shown_level_by_level() {
        let proposal = proposal(&[
            ("acme/pump10/speed", ""),
            ("acme/pump2/speed", ""),
            ("acme/pump2", "state"),
            ("acme/pump2/speed/raw", ""),
            ("junk/x", ""),
        ]);
        let topics = Topics::of(&proposal);
        assert_eq!(lines(&topics.tree("")), ["+acme 4/4", "+junk 0/1"]);
        assert_eq!(
            lines(&topics.tree("acme/pump2")),
            [
                "-acme 4/4",
                "  -pump2 3/3",
                "    +speed= 2/2",
                "     state= 1/1",
                "  +pump10 1/1",
                "+junk 0/1"
            ]
        );
        assert_eq!(lines(&topics.tree("nowhere")), lines(&topics.tree("")));
        let (found, total) = topics.found("SPEED");
        assert_eq!((found.len(), total), (3, 3));
    }

    #[test]
    fn a_level_is_bounded_and_what_is_open_stays_in_sight() {
        let names: Vec<String> = (0..250).map(|n| format!("t{n}/x")).collect();
        let tags: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        let proposal = proposal(&tags);
        let rows = lines(&Topics::of(&proposal).tree("t249"));
        assert_eq!(rows.len(), 102);
        assert_eq!(rows[..2], ["-t249 1/1", "   x= 1/1"]);
        assert_eq!(rows.last().unwrap(), "150 more");
    }
}

//! Search over names, tags and topics: case and accents do not matter, nothing is locked meanwhile.
//!
//! All text stands folded in chunks, one line an entry: `name \u{1f} path`. A query's longest word is
//! looked for through the whole text at memory speed; only lines that hold it are looked at closely.
//! Chunks are shared: a snapshot costs a list of pointers, and the writer copies at most the one chunk
//! it changes.

use std::sync::Arc;

use memchr::memmem;

use crate::id::{AssetId, PointId};
use crate::text;

/// A chunk is full beyond this many bytes.
const CHUNK_BYTES: usize = 64 * 1_024;
/// Path or topic text kept of one entry.
const PATH_BYTES: usize = 160;
/// Matches looked at before the best are chosen; more would only repeat a too short query.
const CANDIDATES: usize = 4_000;
/// Words of a query that count.
const WORDS: usize = 8;
const FIELD: u8 = 0x1f;
const END: u8 = b'\n';
/// Stands over the text of an entry that is gone; occurs in no folded text.
const GONE: u8 = 0x7f;

/// Something found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hit {
    /// An asset.
    Asset(AssetId),
    /// A point.
    Point(PointId),
}

/// A snapshot of everything that can be found; cheap to clone and searched without the twin's lock.
#[derive(Clone, Debug, Default)]
pub struct SearchIndex {
    assets: Table,
    points: Table,
}

/// The entries of one kind.
#[derive(Clone, Debug, Default)]
struct Table {
    chunks: Vec<Arc<Chunk>>,
    entries: u32,
}

/// A run of entries.
#[derive(Clone, Debug, Default)]
struct Chunk {
    text: Vec<u8>,
    /// Start of each entry in the text, and whose it is.
    starts: Vec<(u32, u32)>,
    /// The number of the first entry.
    first: u32,
}

impl Table {
    fn add(&mut self, id: u32, name: &str, path: &str) -> u32 {
        let is_full = self
            .chunks
            .last()
            .is_none_or(|chunk| chunk.text.len() >= CHUNK_BYTES);
        if is_full {
            let text = Vec::with_capacity(CHUNK_BYTES + 4 * PATH_BYTES);
            self.chunks.push(Arc::new(Chunk {
                text,
                starts: Vec::new(),
                first: self.entries,
            }));
        }
        let entry = self.entries;
        self.entries += 1;
        if let Some(chunk) = self.chunks.last_mut().map(Arc::make_mut) {
            chunk
                .starts
                .push((u32::try_from(chunk.text.len()).unwrap_or(u32::MAX), id));
            push_folded(&mut chunk.text, name, usize::MAX);
            chunk.text.push(FIELD);
            push_folded(&mut chunk.text, path, PATH_BYTES);
            chunk.text.push(END);
        }
        entry
    }

    fn remove(&mut self, entry: u32) {
        let at = self.chunks.partition_point(|chunk| chunk.first <= entry);
        let Some(chunk) = at
            .checked_sub(1)
            .and_then(|at| self.chunks.get_mut(at))
            .map(Arc::make_mut)
        else {
            return;
        };
        let (start, end) = chunk.bounds((entry - chunk.first) as usize);
        if let Some(text) = chunk.text.get_mut(start..end) {
            text.fill(GONE);
        }
    }
}

impl Chunk {
    /// Where the text of the n-th entry is, its end mark aside.
    fn bounds(&self, n: usize) -> (usize, usize) {
        let start = |n: usize| self.starts.get(n).map(|(start, _)| *start as usize);
        let end = start(n + 1).unwrap_or(self.text.len()).saturating_sub(1);
        (start(n).unwrap_or(end), end)
    }
}

/// Folded text without the bytes that mean something here; cut at `limit` bytes.
fn push_folded(to: &mut Vec<u8>, text: &str, limit: usize) {
    let limit = to.len().saturating_add(limit);
    if text.is_ascii() {
        to.extend(text.bytes().map(|byte| plain(byte.to_ascii_lowercase())));
    } else {
        to.extend(text::fold(text).bytes().map(plain));
    }
    to.truncate(limit);
}

const fn plain(byte: u8) -> u8 {
    if byte.is_ascii_control() { b' ' } else { byte }
}

impl SearchIndex {
    pub(crate) fn add_asset(&mut self, asset: AssetId, name: &str, path: &str) -> u32 {
        self.assets.add(asset.get(), name, path)
    }

    pub(crate) fn add_point(&mut self, point: PointId, name: &str, path: &str) -> u32 {
        self.points.add(point.get(), name, path)
    }

    pub(crate) fn remove_asset(&mut self, entry: u32) {
        self.assets.remove(entry);
    }

    pub(crate) fn remove_point(&mut self, entry: u32) {
        self.points.remove(entry);
    }

    /// At most `limit` hits, best first: the name begins so, a word of it begins so, it is within
    /// the name, it is within the path or topic; assets before points. Every word of the query must
    /// be found.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let folded = text::fold(query).replace(|c: char| c.is_ascii_control(), " ");
        let mut words: Vec<&[u8]> = folded.split_whitespace().take(WORDS).map(str::as_bytes).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut found = Vec::new();
        if words.is_empty() || limit == 0 {
            return Vec::new();
        }
        scan(&self.assets, &words, 0, &mut found);
        scan(&self.points, &words, 1, &mut found);
        found.sort_unstable();
        found.truncate(limit);
        let hit = |kind: u8, id: u32| {
            if kind == 0 {
                Hit::Asset(AssetId::new(id))
            } else {
                Hit::Point(PointId::new(id))
            }
        };
        found
            .into_iter()
            .map(|(_, kind, _, _, id)| hit(kind, id))
            .collect()
    }
}

/// Sum of the words' ranks, kind, length of the name, order of discovery, id.
type Found = (u8, u8, u32, u32, u32);

fn scan(table: &Table, words: &[&[u8]], kind: u8, found: &mut Vec<Found>) {
    let Some((longest, others)) = words.split_first() else {
        return;
    };
    let finder = memmem::Finder::new(longest);
    let end = found.len() + CANDIDATES;
    for chunk in &table.chunks {
        let mut from = 0;
        while let Some(at) = chunk
            .text
            .get(from..)
            .and_then(|rest| finder.find(rest))
            .map(|at| at + from)
        {
            let n = chunk
                .starts
                .partition_point(|(start, _)| *start as usize <= at)
                .saturating_sub(1);
            let (start, stop) = chunk.bounds(n);
            from = stop;
            let entry = chunk.text.get(start..stop).unwrap_or_default();
            let Some((_, id)) = chunk.starts.get(n) else { break };
            if others.iter().any(|word| memmem::find(entry, word).is_none()) {
                continue;
            }
            let name = entry.split(|byte| *byte == FIELD).next().unwrap_or_default();
            let rank = words.iter().map(|word| rank(name, word)).sum();
            found.push((
                rank,
                kind,
                u32::try_from(name.len()).unwrap_or(u32::MAX),
                chunk.first + n as u32,
                *id,
            ));
            if found.len() >= end {
                return;
            }
        }
    }
}

/// How well a word fits a name: 0 it is how it begins, 1 how a word in it begins, 2 within, 3 elsewhere.
fn rank(name: &[u8], word: &[u8]) -> u8 {
    let mut best = 3;
    for at in memmem::find_iter(name, word) {
        let begins_word = at
            .checked_sub(1)
            .and_then(|before| name.get(before))
            .is_some_and(|byte| !byte.is_ascii_alphanumeric());
        let rank = if at == 0 {
            0
        } else if begins_word {
            1
        } else {
            2
        };
        best = best.min(rank);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> SearchIndex {
        let mut index = SearchIndex::default();
        for (n, (name, path)) in [
            ("Lyon", "acme/lyon"),
            ("Kühlanlage", "acme/lyon/utilities/Kühlanlage"),
            ("Pump 10", "acme/lyon/water/pump10"),
            ("Loop pump", "acme/lyon/water/loop"),
        ]
        .into_iter()
        .enumerate()
        {
            index.add_asset(AssetId::new(n as u32 + 1), name, path);
        }
        index.add_point(
            PointId::new(1),
            "Bearing temp",
            "acme/lyon/water/pump10/bearing_temp",
        );
        index.add_point(PointId::new(2), "Pump speed", "acme/lyon/water/pump10/pump_speed");
        index
    }

    #[track_caller]
    fn check(query: &str, expect: &[&str]) {
        let hits = index().search(query, 10);
        let shown: Vec<String> = hits
            .into_iter()
            .map(|hit| match hit {
                Hit::Asset(asset) => format!("a{asset}"),
                Hit::Point(point) => format!("p{point}"),
            })
            .collect();
        assert_eq!(shown, expect, "{query}");
    }

    #[test]
    fn names_come_before_paths_and_beginnings_first() {
        check("pump", &["a3", "p2", "a4", "p1"]);
        check("PUMP 10", &["a3", "p2", "p1"]);
        check("kuhl", &["a2"]);
        check("KÜHL", &["a2"]);
        check("bearing lyon", &["p1"]);
        check("lyon", &["a1", "a3", "a4", "a2", "p2", "p1"]);
        check("nothing", &[]);
        check("  ", &[]);
        check("\u{1f}", &[]);
    }

    #[test]
    fn what_is_gone_is_not_found_and_snapshots_stay() {
        let mut index = index();
        let before = index.clone();
        index.remove_asset(2);
        index.add_asset(AssetId::new(3), "Booster", "acme/lyon/water/pump10");
        assert_eq!(index.search("booster", 5), [Hit::Asset(AssetId::new(3))]);
        assert_eq!(
            index.search("pump 10", 5).first(),
            Some(&Hit::Point(PointId::new(2)))
        );
        assert_eq!(before.search("booster", 5), []);
    }

    #[test]
    fn many_entries_fill_many_chunks() {
        let mut index = SearchIndex::default();
        for n in 1..=20_000 {
            index.add_point(
                PointId::new(n),
                &format!("Value {n}"),
                &format!("site/line/cell/device{n}/value"),
            );
        }
        assert!(index.points.chunks.len() > 5);
        assert_eq!(index.search("device19999", 5), [Hit::Point(PointId::new(19_999))]);
        assert_eq!(index.search("value", 30).len(), 30);
        index.remove_point(19_998);
        assert_eq!(index.search("device19999", 5), []);
    }
}

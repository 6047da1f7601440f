//! Topics and texts taken apart by patterns with named parts: no regular expressions, no search.

use std::collections::BTreeSet;

use crate::problem::Problem;

/// Levels of a filter.
const MAX_LEVELS: usize = 32;
/// Pieces of a pattern.
const MAX_PIECES: usize = 32;

/// One level of a filter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Level {
    /// This text.
    Text(Box<str>),
    /// Any one level; captured when it has a name.
    One(Option<usize>),
}

/// A topic filter: `acme/+site/+/#tag`.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Filter {
    pub levels: Vec<Level>,
    /// Whether `#` ends it, and its name.
    pub rest: Option<Option<usize>>,
    /// Where `#`'s part is split: at the first level that begins so.
    pub split_at: Option<Box<str>>,
}

/// Names of captured texts; a slot is a place in it.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Slots(pub Vec<Box<str>>);

/// Names with a meaning of their own.
const TAKEN: [&str; 7] = ["key", "path", "topic", "retained", "payload", "value", "let"];

impl Slots {
    /// The slot of a new name.
    pub fn add(&mut self, name: &str) -> Result<usize, String> {
        if !is_name(name) {
            return Err(format!(
                "`{name}` is no name: letters, digits and `_`, no digit first"
            ));
        }
        if is_taken(name) {
            return Err(format!("`{name}` has a meaning of its own; take another name"));
        }
        if self.0.iter().any(|other| **other == *name) {
            return Err(format!("the name `{name}` is there twice"));
        }
        self.0.push(name.into());
        Ok(self.0.len() - 1)
    }

    pub fn get(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|other| **other == *name)
    }
}

/// Whether a name stands for something else: `key`, `key1`, `topic`.
pub(crate) fn is_taken(name: &str) -> bool {
    let numbered = |name: &str| {
        name.strip_prefix("key")
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    TAKEN.contains(&name) || numbered(name)
}

pub(crate) fn is_name(text: &str) -> bool {
    let mut letters = text.bytes();
    letters
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text.len() <= 64
}

impl Filter {
    pub fn parse(
        text: &str,
        split_at: Option<&str>,
        slots: &mut Slots,
        told: &mut Vec<Problem>,
    ) -> Option<Self> {
        let before = told.len();
        let mut tell = |at: usize, level: &str, message: String, help: Option<&str>| {
            let problem = Problem::error("filter", message).at(at, at + level.len());
            told.push(problem.help_if(help.map(str::to_owned)));
        };
        let (mut levels, mut rest, mut at) = (Vec::new(), None, 0);
        for level in text.split('/') {
            if rest.is_some() {
                tell(
                    at,
                    level,
                    "nothing follows `#`".to_owned(),
                    Some("use `+` before it"),
                );
                break;
            }
            let mut named = |name: &str| match name {
                "" => None,
                name => match slots.add(name) {
                    Ok(slot) => Some(slot),
                    Err(message) => {
                        tell(at, level, message, None);
                        None
                    }
                },
            };
            if let Some(name) = level.strip_prefix('+') {
                levels.push(Level::One(named(name)));
            } else if let Some(name) = level.strip_prefix('#') {
                rest = Some(named(name));
            } else if level.contains(['+', '#']) {
                let help = "write `+name` or `#name` as a level of its own";
                tell(
                    at,
                    level,
                    format!("`{level}` mixes text and a wildcard"),
                    Some(help),
                );
            } else {
                levels.push(Level::Text(level.into()));
            }
            at += level.len() + 1;
        }
        if text.is_empty() || levels.len() > MAX_LEVELS {
            let message = format!("a filter has 1 to {MAX_LEVELS} levels");
            told.push(Problem::error("filter", message));
        }
        if let Some(start) = split_at {
            if rest.is_none() {
                let problem = Problem::error("split_at", "there is no `#` that could be split");
                told.push(problem.help("end the filter with `/#` or `/#name`"));
            }
            if start.is_empty() || start.contains(['/', '^', '*']) {
                let problem = Problem::error("split_at", format!("no level begins with `{start}`"));
                told.push(problem.help("write the letters it begins with, for example `_`"));
            }
            for name in ["before", "split", "after"] {
                told.extend(
                    slots
                        .add(name)
                        .err()
                        .map(|message| Problem::error("split_at", message)),
                );
            }
        }
        (told.len() == before).then(|| Self {
            levels,
            rest,
            split_at: split_at.map(Into::into),
        })
    }

    /// The named parts of a topic, in the order of their slots; none when it is not for this filter.
    pub fn capture<'t>(&self, topic: &'t str) -> Option<Vec<&'t str>> {
        // `$SYS` and its like are nobody's plant (MQTT 5, 4.7.2).
        if topic.starts_with('$') && !matches!(self.levels.first(), Some(Level::Text(_))) {
            return None;
        }
        let mut captured = Vec::new();
        let mut left = Some(topic);
        for level in &self.levels {
            let (this, after) = split_level(left?);
            match level {
                Level::Text(text) => {
                    if **text != *this {
                        return None;
                    }
                }
                Level::One(Some(_)) => captured.push(this),
                Level::One(None) => {}
            }
            left = after;
        }
        match self.rest {
            None => {
                if left.is_some() {
                    return None;
                }
            }
            Some(name) => {
                // `a/#` is for `a` too.
                let rest = left.unwrap_or_default();
                captured.extend(name.map(|_| rest));
                if let Some(start) = &self.split_at {
                    captured.extend(split(rest, start)?);
                }
            }
        }
        Some(captured)
    }
}

fn split_level(topic: &str) -> (&str, Option<&str>) {
    match topic.split_once('/') {
        Some((level, rest)) => (level, Some(rest)),
        None => (topic, None),
    }
}

/// The levels before the first that begins with `start`, that level, those after it.
fn split<'t>(text: &'t str, start: &str) -> Option<[&'t str; 3]> {
    let mut at = 0;
    for level in text.split('/') {
        if level.starts_with(start) {
            let before = text.get(..at).unwrap_or_default().trim_end_matches('/');
            let after = text.get(at + level.len()..).unwrap_or_default();
            return Some([before, level, after.strip_prefix('/').unwrap_or(after)]);
        }
        at += level.len() + 1;
    }
    None
}

/// A pattern over a text: `+channel.+device.#tag`.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Pattern(Vec<Piece>);

#[derive(Clone, PartialEq, Debug)]
enum Piece {
    Text(Box<str>),
    /// Up to the letter that follows; `#` to the end.
    Name {
        rest: bool,
    },
}

impl Pattern {
    /// The pattern; its names get slots in the order they stand.
    pub fn parse(text: &str, slots: &mut Slots) -> Result<Self, Problem> {
        let (mut pieces, mut rest, mut at) = (Vec::new(), text, 0);
        let fail = |at: usize, len: usize, message: String| {
            Err(Problem::error("parts/like", message).at(at, at + len))
        };
        while let Some(sign) = rest.chars().next() {
            if pieces.len() >= MAX_PIECES {
                return fail(
                    at,
                    rest.len(),
                    format!("a pattern has at most {MAX_PIECES} pieces"),
                );
            }
            let taken = if matches!(sign, '+' | '#') {
                let name: String = rest
                    .chars()
                    .skip(1)
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                    .collect();
                let len = 1 + name.len();
                if sign == '#' && rest.len() > len {
                    return fail(at, rest.len(), "nothing follows `#`".to_owned());
                }
                if matches!(pieces.last(), Some(Piece::Name { .. })) {
                    return fail(at, len, format!("a letter is missing before `{sign}{name}`"));
                }
                if let Err(message) = slots.add(&name) {
                    return fail(at, len, message);
                }
                pieces.push(Piece::Name { rest: sign == '#' });
                len
            } else {
                let len = rest.find(['+', '#']).unwrap_or(rest.len());
                pieces.push(Piece::Text(rest.get(..len).unwrap_or_default().into()));
                len
            };
            rest = rest.get(taken..).unwrap_or_default();
            at += taken;
        }
        let names: BTreeSet<bool> = pieces
            .iter()
            .map(|piece| matches!(piece, Piece::Name { .. }))
            .collect();
        if !names.contains(&true) {
            let problem = Problem::error("parts/like", "there is no name in it");
            return Err(problem.help("write for example `+channel.+device.#tag`"));
        }
        Ok(Self(pieces))
    }

    /// The named parts of a text; none when it is not like this.
    pub fn capture<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (mut captured, mut rest) = (Vec::new(), text);
        let mut pieces = self.0.iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Text(text) => rest = rest.strip_prefix(&**text)?,
                Piece::Name { rest: to_end } => {
                    let end = match pieces.peek() {
                        Some(Piece::Text(next)) if !to_end => rest.find(&**next)?,
                        _ => rest.len(),
                    };
                    let (part, after) = rest.split_at_checked(end)?;
                    if part.is_empty() {
                        return None;
                    }
                    captured.push(part);
                    rest = after;
                }
            }
        }
        rest.is_empty().then_some(captured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn filter(text: &str, split_at: Option<&str>) -> Filter {
        let (mut slots, mut told) = (Slots::default(), Vec::new());
        let filter = Filter::parse(text, split_at, &mut slots, &mut told);
        assert_eq!(told, []);
        filter.unwrap()
    }

    #[test]
    fn topics_are_taken_apart() {
        for (text, topic, expect) in [
            (
                "acme/+site/+/#tag",
                "acme/lyon/hall/a/b",
                Some(vec!["lyon", "a/b"]),
            ),
            ("acme/+site/#tag", "acme/lyon", Some(vec!["lyon", ""])),
            ("acme/+site", "acme/lyon", Some(vec!["lyon"])),
            ("acme/+site", "acme/lyon/x", None),
            ("acme/+site", "acme", None),
            ("acme/+site", "other/lyon", None),
            ("#all", "a/b", Some(vec!["a/b"])),
            ("#", "$SYS/x", None),
            ("+/x", "$SYS/x", None),
            ("$SYS/+x", "$SYS/x", Some(vec!["x"])),
            ("a//+x", "a//b", Some(vec!["b"])),
        ] {
            assert_eq!(filter(text, None).capture(topic), expect, "{text} {topic}");
        }
        let umh = filter("umh/v1/#at", Some("_"));
        for (topic, expect) in [
            (
                "umh/v1/acme/lyon/_raw/a/b",
                Some(vec!["acme/lyon/_raw/a/b", "acme/lyon", "_raw", "a/b"]),
            ),
            ("umh/v1/acme/_raw", Some(vec!["acme/_raw", "acme", "_raw", ""])),
            ("umh/v1/_raw/x", Some(vec!["_raw/x", "", "_raw", "x"])),
            ("umh/v1/acme/raw", None),
        ] {
            assert_eq!(umh.capture(topic), expect, "{topic}");
        }
    }

    #[test]
    fn texts_are_taken_apart() {
        for (like, text, expect) in [
            (
                "+channel.+device.#tag",
                "C1.D1.G.T",
                Some(vec!["C1", "D1", "G.T"]),
            ),
            ("+channel.+device.#tag", "C1.D1", None),
            ("+channel.+device.#tag", ".D1.x", None),
            ("+a:+b", "x:y:z", Some(vec!["x", "y:z"])),
            ("ns=+n;s=#id", "ns=2;s=a;s=b", Some(vec!["2", "a;s=b"])),
            ("+a.end", "x.end.more", None),
        ] {
            let pattern = Pattern::parse(like, &mut Slots::default()).unwrap();
            assert_eq!(pattern.capture(text), expect, "{like} {text}");
        }
        for (wrong, expect) in [
            ("plain", "there is no name in it"),
            ("+a+b", "a letter is missing before `+b`"),
            ("#a.b", "nothing follows `#`"),
            ("+key.x", "`key` has a meaning of its own; take another name"),
            ("+a.+a", "the name `a` is there twice"),
            ("+.x", "`` is no name: letters, digits and `_`, no digit first"),
        ] {
            let problem = Pattern::parse(wrong, &mut Slots::default()).unwrap_err();
            assert_eq!(problem.message, expect, "{wrong}");
        }
    }
}

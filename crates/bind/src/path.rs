//! JSON paths of rules: RFC 9535, where `$` is the message, `@` what the last fan-out found and `@1`,
//! `@2` what the fan-outs before it found.
//!
//! Paths of names, indices and `*` only, which are nearly all, are followed by hand; the others by
//! `serde_json_path`. A message of any sender meets them, so what could take long is refused when
//! the rule is read: see [`guard`].

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::problem::Problem;

/// Bytes of a path.
const MAX_PATH: usize = 512;
/// Brackets in brackets.
const MAX_NESTED: usize = 8;
/// Selectors side by side, multiplied over the steps: `[1,2][3,4]` has 4.
const MAX_SIDES: usize = 64;

/// Where a path starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Start {
    /// At the message.
    Message,
    /// At what a fan-out found, counted from 1.
    Item(usize),
}

/// A place in a message by its name or number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Key<'m> {
    /// No fan-out led here.
    None,
    /// A member's name.
    Name(&'m str),
    /// A place in a list.
    At(usize),
}

/// Longest name that is looked at, in bytes; templates refuse a shorter one already.
const MAX_NAME: usize = 600;

impl Key<'_> {
    pub fn text(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Name(name) => head(name, MAX_NAME).to_owned(),
            Self::At(at) => at.to_string(),
        }
    }
}

/// The longest start of a text that has at most `max` bytes.
pub(crate) fn head(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

#[derive(Clone, PartialEq, Debug)]
enum Step {
    Name(Box<str>),
    At(usize),
    All,
}

/// A path that was read.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Path {
    pub source: Box<str>,
    pub start: Start,
    /// Whether it goes to every depth.
    pub deep: bool,
    way: Way,
}

#[derive(Clone, PartialEq, Debug)]
enum Way {
    Steps(Vec<Step>),
    Full(JsonPath),
}

/// Whether a text is a path and no formula or plain word.
pub(crate) fn is_path(text: &str) -> bool {
    text.starts_with(['$', '@'])
}

impl Path {
    /// Reads a path; `levels` fan-outs stand around it.
    pub fn parse(key: &str, text: &str, levels: usize) -> Result<Self, Problem> {
        let fail = |message: String, start: usize| {
            Err(Problem::error(key, message).at(start, text.len().max(start)))
        };
        let (start, rest) = match text.strip_prefix('@') {
            None => (Start::Message, text.strip_prefix('$')),
            Some(rest) => {
                let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let (number, rest) = rest.split_at_checked(digits).unwrap_or(("", rest));
                let level = if number.is_empty() {
                    levels
                } else {
                    number.parse().unwrap_or(usize::MAX)
                };
                if level == 0 || level > levels {
                    let message = match levels {
                        0 => "there is no `foreach` that `@` could stand for".to_owned(),
                        _ => format!("there are {levels} fan-outs, no `@{number}`"),
                    };
                    return fail(message, 0).map_err(|problem| problem.help("`$` is the whole message"));
                }
                (Start::Item(level), Some(rest))
            }
        };
        let Some(rest) = rest else {
            return fail("a path starts with `$` or `@`".to_owned(), 0);
        };
        let deep = guard(key, text, rest)?;
        let full = match JsonPath::parse(&format!("${rest}")) {
            Ok(path) => path,
            Err(error) => {
                let at = text.len() - rest.len() + error.position().saturating_sub(2).min(rest.len());
                let at = (0..=at)
                    .rev()
                    .find(|at| text.is_char_boundary(*at))
                    .unwrap_or_default();
                let message = match error.message() {
                    "parser error" => "this is no JSON path from here on".to_owned(),
                    message => format!("this is no JSON path: {message}"),
                };
                return fail(message, at).map_err(|problem| {
                    problem.help("write for example `$.values[0].v` or `$['a b']` (RFC 9535)")
                });
            }
        };
        Ok(Self {
            source: text.into(),
            start,
            deep,
            way: steps(rest).map_or(Way::Full(full), Way::Steps),
        })
    }

    /// Whether finding it is as quick as its steps are few.
    pub fn is_quick(&self) -> bool {
        matches!(&self.way, Way::Steps(steps) if !steps.contains(&Step::All))
    }

    /// The names that lead there, where they are known before any message.
    pub fn names(&self) -> Option<Vec<String>> {
        let Way::Steps(steps) = &self.way else {
            return None;
        };
        let name = |step: &Step| match step {
            Step::Name(name) => Some(name.to_string()),
            Step::At(at) => Some(at.to_string()),
            Step::All => None,
        };
        steps.iter().map(name).collect()
    }

    /// The first thing it finds.
    pub fn first<'m>(&self, from: &'m Value) -> Option<&'m Value> {
        match &self.way {
            Way::Steps(steps) if self.is_quick() => steps.iter().try_fold(from, |at, step| match step {
                Step::Name(name) => at.as_object()?.get(&**name),
                Step::At(index) => at.as_array()?.get(*index),
                Step::All => None,
            }),
            Way::Steps(_) => self.all(from).first().map(|(_, node)| *node),
            Way::Full(path) => path.query(from).first(),
        }
    }

    /// All it finds, each with its key.
    pub fn all<'m>(&self, from: &'m Value) -> Vec<(Key<'m>, &'m Value)> {
        match &self.way {
            Way::Steps(steps) => steps
                .iter()
                .fold(vec![(Key::None, from)], |found, step| step.all(&found)),
            Way::Full(path) => path
                .query_located(from)
                .into_iter()
                .map(|located| {
                    let key = match located.location().last() {
                        Some(PathElement::Name(name)) => Key::Name(name),
                        Some(PathElement::Index(at)) => Key::At(*at),
                        None => Key::None,
                    };
                    (key, located.node())
                })
                .collect(),
        }
    }
}

impl Step {
    fn all<'m>(&self, from: &[(Key<'m>, &'m Value)]) -> Vec<(Key<'m>, &'m Value)> {
        let mut found = Vec::new();
        for (_, node) in from {
            match (self, node) {
                (Self::Name(name), Value::Object(members)) => {
                    let one = members.get_key_value(&**name);
                    found.extend(one.map(|(key, value)| (Key::Name(key), value)));
                }
                (Self::At(at), Value::Array(items)) => {
                    found.extend(items.get(*at).map(|value| (Key::At(*at), value)));
                }
                (Self::All, Value::Object(members)) => {
                    found.extend(members.iter().map(|(key, value)| (Key::Name(key), value)));
                }
                (Self::All, Value::Array(items)) => {
                    found.extend(items.iter().enumerate().map(|(at, value)| (Key::At(at), value)));
                }
                _ => {}
            }
        }
        found
    }
}

/// The steps of a path that has only names, places in lists and `*`.
fn steps(rest: &str) -> Option<Vec<Step>> {
    let (mut steps, mut rest) = (Vec::new(), rest.trim());
    while !rest.is_empty() {
        let (step, after) = if let Some(after) = rest.strip_prefix(".*").or_else(|| rest.strip_prefix("[*]"))
        {
            (Step::All, after)
        } else if let Some(after) = rest.strip_prefix("['") {
            let (name, after) = after.split_once("']")?;
            if name.contains(['\\', '\'']) {
                return None;
            }
            (Step::Name(name.into()), after)
        } else if let Some(after) = rest.strip_prefix('[') {
            let (digits, after) = after.split_once(']')?;
            (Step::At(digits.parse().ok()?), after)
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(after.len());
            let (name, after) = after.split_at_checked(end)?;
            if name.is_empty() {
                return None;
            }
            (Step::Name(name.into()), after)
        };
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

/// Refuses what could take long with a message made to hurt: every path looks at each place of a
/// message a bounded number of times. Says whether the path goes to every depth.
fn guard(key: &str, text: &str, rest: &str) -> Result<bool, Problem> {
    let fail = |message: String| Err(Problem::error(key, message).at(0, text.len()));
    if text.len() > MAX_PATH {
        return fail(format!("a path has at most {MAX_PATH} bytes"));
    }
    let (mut quote, mut escaped) = (None, false);
    let (mut nested, mut filters) = (0_usize, Vec::new());
    let (mut deep, mut sides, mut here) = (false, 1_usize, 1_usize);
    let mut before = ' ';
    for c in rest.chars() {
        if let Some(end) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == end {
                quote = None;
            }
            before = ' ';
            continue;
        }
        match c {
            '\'' | '"' => quote = Some(c),
            '[' | '(' => {
                nested += 1;
                here = 1;
            }
            ']' | ')' => {
                nested = nested.saturating_sub(1);
                filters.retain(|depth| *depth <= nested);
                sides = sides.saturating_mul(here);
                here = 1;
            }
            '?' => filters.push(nested),
            ',' => here += 1,
            '$' => return fail("`$` stands at the start of a path only".to_owned()),
            '.' if before == '.' => {
                if deep || !filters.is_empty() {
                    return fail("`..` may be there once, and in no filter".to_owned());
                }
                deep = true;
            }
            _ => {}
        }
        if nested > MAX_NESTED {
            return fail(format!("more than {MAX_NESTED} brackets in brackets"));
        }
        before = c;
    }
    if sides.saturating_mul(here) > MAX_SIDES {
        return fail(format!("more than {MAX_SIDES} selectors side by side"));
    }
    Ok(deep)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_find_what_they_name() {
        let message: Value =
            serde_json::from_str(r#"{"a":{"b c":[1,{"x":2}]},"e:0":{"n":4},"l":[{"n":5},{"m":6}]}"#).unwrap();
        for (text, expect) in [
            ("$", vec![]),
            ("$.a['b c'][0]", vec![("0", "1")]),
            ("$['e:0'].n", vec![("n", "4")]),
            ("$.l[*]", vec![("0", r#"{"n":5}"#), ("1", r#"{"m":6}"#)]),
            ("$.l[?@.m]", vec![("1", r#"{"m":6}"#)]),
            ("$..n", vec![("n", "4"), ("n", "5")]),
            ("$.l[-1].m", vec![("m", "6")]),
            ("$.nothing.*", vec![]),
        ] {
            let path = Path::parse("value", text, 0).unwrap();
            let found: Vec<(String, String)> = path
                .all(&message)
                .into_iter()
                .map(|(key, node)| (key.text(), node.to_string()))
                .filter(|(key, _)| !key.is_empty())
                .collect();
            let found: Vec<(&str, &str)> = found.iter().map(|(key, node)| (&**key, &**node)).collect();
            assert_eq!(found, expect, "{text}");
        }
    }

    #[test]
    fn wrong_paths_say_why() {
        for (text, expect) in [
            ("x", "a path starts with `$` or `@`"),
            (
                "@.x",
                "there is no `foreach` that `@` could stand for; `$` is the whole message",
            ),
            ("$..a..b", "`..` may be there once, and in no filter"),
            ("$[?@..a]", "`..` may be there once, and in no filter"),
            ("$[?@.a == $.b]", "`$` stands at the start of a path only"),
            (
                "$[1,2,3,4,5][1,2,3,4,5][1,2,3]",
                "more than 64 selectors side by side",
            ),
            ("$[?((((((((@.a))))))))]", "more than 8 brackets in brackets"),
        ] {
            let problem = Path::parse("", text, 0).unwrap_err();
            assert_eq!(problem.to_string(), expect, "{text}");
        }
        let problem = Path::parse("", "$.a[", 0).unwrap_err();
        assert!(problem.message.starts_with("this is no JSON path"), "{problem}");
        let problem = Path::parse("", "@3.x", 2).unwrap_err();
        assert_eq!(problem.message, "there are 2 fan-outs, no `@3`");
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<i8>().prop_map(Value::from), Just(Value::Null)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[abc]", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn steps_find_what_the_standard_finds(
            message in json(),
            steps in prop::collection::vec(prop::sample::select(vec![".a", "['b']", ".*", "[*]", "[0]", "[2]", ".c"]), 0..4),
        ) {
            let text = format!("${}", steps.concat());
            let path = Path::parse("", &text, 0).unwrap();
            let standard = JsonPath::parse(&text).unwrap();
            let found: Vec<&Value> = path.all(&message).into_iter().map(|(_, node)| node).collect();
            prop_assert_eq!(&found, &standard.query(&message).all());
            prop_assert_eq!(path.first(&message), standard.query(&message).first());
        }
    }
}

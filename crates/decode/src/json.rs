//! A small JSON reader: bounded, borrowing, and kinder than the standard to what the field sends.
//!
//! Why not serde_json: one number out of range (`1e999`), one `NaN` or one lone surrogate would
//! cost the whole message, its numbers may be off by one unit in the last place without a
//! feature, and its tree is not bounded. Here a broken number costs one leaf, numbers keep their
//! text (a time in nanoseconds does not fit a double), and depth and size are limits.
//! `tests/property.rs` holds it against serde_json.

use std::borrow::Cow;

/// One JSON value. Numbers stay text until someone knows what they are.
#[derive(Clone, PartialEq, Debug)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as it is written; `NaN` and `1e999` are among them.
    Number(&'a str),
    /// A text without its escapes.
    Text(Cow<'a, str>),
    /// A list.
    Array(Vec<Self>),
    /// Members in the order they stand, each key once.
    Object(Vec<Member<'a>>),
}

/// A key and its value.
pub type Member<'a> = (Cow<'a, str>, Json<'a>);

/// Why a text is not a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    /// What was expected, and the byte where it was not.
    Syntax(&'static str, usize),
    TooDeep,
    TooMany,
}

/// Reads one JSON value and nothing after it.
pub(crate) fn parse(text: &str, depth: usize, nodes: usize) -> Result<Json<'_>, Broken> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: depth.min(DEPTH_CEILING),
        nodes,
    };
    reader.space();
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() {
        return reader.fail("nothing after the value");
    }
    Ok(value)
}

/// However a limit is configured, the stack is safe at this depth.
const DEPTH_CEILING: usize = 128;

/// Beyond this many keys duplicates are looked for by sorting.
const FEW: usize = 12;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, expected: &'static str) -> Result<T, Broken> {
        Err(Broken::Syntax(expected, self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn slice(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn value(&mut self) -> Result<Json<'a>, Broken> {
        self.nodes = self.nodes.checked_sub(1).ok_or(Broken::TooMany)?;
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
            None => self.fail("a value"),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json<'a>, Broken>) -> Result<Json<'a>, Broken> {
        self.depth = self.depth.checked_sub(1).ok_or(Broken::TooDeep)?;
        self.at += 1;
        let value = read(self)?;
        self.depth += 1;
        Ok(value)
    }

    fn array(&mut self) -> Result<Json<'a>, Broken> {
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            self.space();
            items.push(self.value()?);
            self.space();
            if self.take(b']') {
                return Ok(Json::Array(items));
            }
            if !self.take(b',') {
                return self.fail("',' or ']'");
            }
        }
    }

    fn object(&mut self) -> Result<Json<'a>, Broken> {
        let mut members = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.fail("a key in quotes");
            }
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return self.fail("':'");
            }
            self.space();
            members.push((key, self.value()?));
            self.space();
            if self.take(b'}') {
                return Ok(Json::Object(last_wins(members)));
            }
            if !self.take(b',') {
                return self.fail("',' or '}'");
            }
        }
    }

    /// `true`, `false`, `null`, and what Python and JavaScript write for numbers that are none.
    fn word(&mut self) -> Result<Json<'a>, Broken> {
        let from = self.at;
        while matches!(self.peek(), Some(b'a'..=b'z' | b'A'..=b'Z')) {
            self.at += 1;
        }
        match self.slice(from) {
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            "null" => Ok(Json::Null),
            word @ ("NaN" | "Infinity") => Ok(Json::Number(word)),
            _ => {
                self.at = from;
                self.fail("a value")
            }
        }
    }

    fn digits(&mut self) -> bool {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > from
    }

    fn number(&mut self) -> Result<Json<'a>, Broken> {
        let from = self.at;
        self.take(b'-');
        if self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with("Infinity"))
        {
            self.at += "Infinity".len();
            return Ok(Json::Number(self.slice(from)));
        }
        if self.take(b'0') {
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return self.fail("a number without a leading zero");
            }
        } else if !self.digits() {
            return self.fail("a digit");
        }
        if self.take(b'.') && !self.digits() {
            return self.fail("a digit");
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            if !self.digits() {
                return self.fail("a digit");
            }
        }
        Ok(Json::Number(self.slice(from)))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Broken> {
        self.at += 1;
        let from = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let whole = self.slice(from);
                    self.at += 1;
                    return Ok(Cow::Borrowed(whole));
                }
                Some(b'\\') => return self.escaped(from),
                Some(0..=0x1f) => return self.fail("no control character in a text"),
                Some(_) => self.at += 1,
                None => return self.fail("'\"'"),
            }
        }
    }

    /// The rest of a string that holds an escape.
    fn escaped(&mut self, from: usize) -> Result<Cow<'a, str>, Broken> {
        let mut text = self.slice(from).to_owned();
        let mut run = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    text.push_str(self.slice(run));
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => {
                    text.push_str(self.slice(run));
                    self.at += 1;
                    text.push(self.escape()?);
                    run = self.at;
                }
                Some(0..=0x1f) => return self.fail("no control character in a text"),
                Some(_) => self.at += 1,
                None => return self.fail("'\"'"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Broken> {
        let Some(byte) = self.peek() else {
            return self.fail("an escape");
        };
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => {
                self.at -= 1;
                return self.fail("an escape");
            }
        })
    }

    /// `\uXXXX`, or two of them for one character; half a pair becomes U+FFFD.
    fn unicode(&mut self) -> Result<char, Broken> {
        let first = self.hex()?;
        if (0xD800..0xDC00).contains(&first) {
            let after = self.at;
            if self.take(b'\\') && self.take(b'u') {
                let second = self.hex()?;
                if (0xDC00..0xE000).contains(&second) {
                    let joined = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                    return Ok(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
            }
            self.at = after;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, Broken> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return self.fail("four hexadecimal digits");
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

/// A key given twice keeps its last value, as JavaScript and Python do.
fn last_wins(mut members: Vec<Member<'_>>) -> Vec<Member<'_>> {
    let doubled = if members.len() <= FEW {
        members
            .iter()
            .enumerate()
            .any(|(i, (key, _))| members.iter().take(i).any(|(other, _)| other == key))
    } else {
        let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_ref()).collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
    };
    if doubled {
        members.reverse();
        let mut seen = std::collections::BTreeSet::new();
        members.retain(|(key, _)| seen.insert(key.clone()));
        members.reverse();
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Result<Json<'_>, Broken>) {
        assert_eq!(parse(text, 3, 8), expect, "{text}");
    }

    fn word(text: &str) -> Result<Json<'_>, Broken> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    #[test]
    fn values_are_read() {
        check(" null ", Ok(Json::Null));
        check("-0.5e+10", Ok(Json::Number("-0.5e+10")));
        check("1e999", Ok(Json::Number("1e999")));
        check("-Infinity", Ok(Json::Number("-Infinity")));
        check("NaN", Ok(Json::Number("NaN")));
        check(r#""a\n\u00e9\"""#, word("a\né\""));
        check(r#""\ud83d\ude00""#, word("😀"));
        check(r#""\ud83d!""#, word("\u{fffd}!"));
        check(r#""\ud83d\u0041""#, word("\u{fffd}A"));
        check(r#""\udc00""#, word("\u{fffd}"));
        check("[]", Ok(Json::Array(vec![])));
        check("{ }", Ok(Json::Object(vec![])));
        check(
            r#"{"a":1,"a":2}"#,
            Ok(Json::Object(vec![("a".into(), Json::Number("2"))])),
        );
    }

    #[test]
    fn broken_texts_say_where() {
        check("", Err(Broken::Syntax("a value", 0)));
        check("nul", Err(Broken::Syntax("a value", 0)));
        check("[1,]", Err(Broken::Syntax("a value", 3)));
        check("[1 2]", Err(Broken::Syntax("',' or ']'", 3)));
        check("{a:1}", Err(Broken::Syntax("a key in quotes", 1)));
        check("01", Err(Broken::Syntax("a number without a leading zero", 1)));
        check("1.", Err(Broken::Syntax("a digit", 2)));
        check(
            "\"a\nb\"",
            Err(Broken::Syntax("no control character in a text", 2)),
        );
        check(r#""\u12g4""#, Err(Broken::Syntax("four hexadecimal digits", 5)));
        check("1 1", Err(Broken::Syntax("nothing after the value", 2)));
    }

    #[test]
    fn limits_hold() {
        check("[[[[1]]]]", Err(Broken::TooDeep));
        check("[1,2,3,4,5,6,7,8]", Err(Broken::TooMany));
        assert!(parse("[[[1]]]", 3, 8).is_ok());
        let deep = "[".repeat(1_000_000);
        assert_eq!(parse(&deep, usize::MAX, usize::MAX), Err(Broken::TooDeep));
    }

    #[test]
    fn many_keys_are_cleared_of_doubles_too() {
        let text = format!(
            "{{{}\"k3\":\"last\"}}",
            (0..40).map(|i| format!("\"k{i}\":{i},")).collect::<String>()
        );
        let Ok(Json::Object(members)) = parse(&text, 3, 99) else {
            panic!("an object")
        };
        assert_eq!(members.len(), 40);
        assert_eq!(members.last(), Some(&("k3".into(), Json::Text("last".into()))));
    }
}

//! Text to tokens with their places. A formatted string `f'…{x}…'` is one token whose holes are
//! stretches of the source for the parser.

use crate::problem::{Problem, Span};

/// What a token is.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Kind {
    Number(f64),
    Text(String),
    Template(Vec<Piece>),
    Name(String),
    /// An operator or bracket, as written.
    Mark(&'static str),
}

/// A part of a formatted string.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Piece {
    Text(String),
    Hole(Span),
}

/// A token and its place.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    pub span: Span,
}

/// Longest first: the first that fits is taken.
const MARKS: [&str; 24] = [
    "<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "^", "%", "<", ">", "!", "(", ")", "[", "]", ",",
    ":", ".", "=", "?",
];

/// The tokens of a stretch of the source.
pub(crate) fn lex(source: &str, within: Span) -> Result<Vec<Token>, Problem> {
    let mut lexer = Lexer {
        source,
        at: within.start,
        end: within.end,
    };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    end: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..self.end).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        self.at += self
            .rest()
            .chars()
            .take_while(|c| wanted(*c))
            .map(char::len_utf8)
            .sum::<usize>();
    }

    fn next(&mut self) -> Result<Option<Token>, Problem> {
        self.skip_while(char::is_whitespace);
        let start = self.at;
        let Some(first) = self.peek() else { return Ok(None) };
        let second = self.rest().chars().nth(1);
        let kind = match first {
            '0'..='9' => self.number()?,
            '.' if second.is_some_and(|c| c.is_ascii_digit()) => self.number()?,
            '\'' | '"' => {
                self.at += 1;
                Kind::Text(self.text(first, start)?)
            }
            'f' | 'F' if matches!(second, Some('\'' | '"')) => {
                self.at += 2;
                self.template(second.unwrap_or('\''), start)?
            }
            c if c.is_alphabetic() || c == '_' => {
                self.skip_while(|c| c.is_alphanumeric() || c == '_');
                Kind::Name(self.source.get(start..self.at).unwrap_or_default().to_owned())
            }
            c => {
                let Some(mark) = MARKS.iter().find(|mark| self.rest().starts_with(**mark)) else {
                    let span = Span::new(start, start + c.len_utf8());
                    return Err(Problem::error(span, format!("`{c}` means nothing in a formula")));
                };
                self.at += mark.len();
                Kind::Mark(mark)
            }
        };
        let span = Span::new(start, self.at);
        Ok(Some(Token { kind, span }))
    }

    fn number(&mut self) -> Result<Kind, Problem> {
        let start = self.at;
        self.skip_while(|c| c.is_ascii_digit());
        // `5.gt(3)` calls a function on 5: the point belongs to the number before digits only,
        // or before nothing that could be a name.
        let mut after = self.rest().chars();
        if after.next() == Some('.') && !after.next().is_some_and(|c| c.is_alphabetic() || c == '_') {
            self.at += 1;
            self.skip_while(|c| c.is_ascii_digit());
        }
        let mut exponent = self.rest().chars();
        if matches!(exponent.next(), Some('e' | 'E')) {
            let mut digits = exponent.next();
            if matches!(digits, Some('+' | '-')) {
                digits = exponent.next();
            }
            if digits.is_some_and(|c| c.is_ascii_digit()) {
                self.at += 1;
                self.skip_while(|c| matches!(c, '+' | '-'));
                self.skip_while(|c| c.is_ascii_digit());
            }
        }
        let span = Span::new(start, self.at);
        let written = self.source.get(start..self.at).unwrap_or_default();
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Kind::Number(number)),
            _ => Err(Problem::error(
                span,
                format!("`{written}` is not a number that fits"),
            )),
        }
    }

    /// The rest of a string; a doubled quote stands for one.
    fn text(&mut self, quote: char, start: usize) -> Result<String, Problem> {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            if c != quote {
                text.push(c);
            } else if self.peek() == Some(quote) {
                self.at += 1;
                text.push(quote);
            } else {
                return Ok(text);
            }
        }
        Err(self.unclosed(start, quote))
    }

    fn unclosed(&self, start: usize, quote: char) -> Problem {
        Problem::error(Span::new(start, self.end), "the string has no end")
            .help(format!("close it with {quote}"))
    }

    fn template(&mut self, quote: char, start: usize) -> Result<Kind, Problem> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        while let Some(c) = self.peek() {
            let at = self.at;
            self.at += c.len_utf8();
            let doubled = self.peek() == Some(c);
            match c {
                '{' | '}' if doubled => {
                    self.at += 1;
                    text.push(c);
                }
                '{' => {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                    pieces.push(Piece::Hole(self.hole(at)?));
                }
                '}' => {
                    let stray = Problem::error(Span::new(at, self.at), "`}` without `{`");
                    return Err(stray.help("write `}}` for a brace"));
                }
                _ if c != quote => text.push(c),
                _ if doubled => {
                    self.at += 1;
                    text.push(c);
                }
                _ => {
                    pieces.push(Piece::Text(text));
                    return Ok(Kind::Template(pieces));
                }
            }
        }
        Err(self.unclosed(start, quote))
    }

    /// What stands between the braces; strings in there may hold braces of their own.
    fn hole(&mut self, open: usize) -> Result<Span, Problem> {
        let start = self.at;
        while let Some(c) = self.peek() {
            let at = self.at;
            self.at += c.len_utf8();
            match c {
                '}' => return Ok(Span::new(start, at)),
                '\'' | '"' => {
                    self.text(c, at)?;
                }
                _ => {}
            }
        }
        Err(Problem::error(Span::new(open, self.end), "`{` without `}`").help("write `{{` for a brace"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<Kind> {
        lex(source, Span::new(0, source.len()))
            .unwrap()
            .into_iter()
            .map(|token| token.kind)
            .collect()
    }

    #[test]
    fn literals_read_as_published() {
        // Literals of the AWS IoT SiteWise user guide, expression-literals.md.
        for (source, expect) in [
            ("1", 1.0),
            ("2.0", 2.0),
            (".9", 0.9),
            ("7.89e3", 7890.0),
            ("3.4E-5", 3.4e-5),
            ("1.", 1.0),
        ] {
            assert_eq!(kinds(source), [Kind::Number(expect)], "{source}");
        }
        for (source, expect) in [
            ("'active'", "active"),
            ("\"inactive\"", "inactive"),
            ("'{\"temp\": 52}'", "{\"temp\": 52}"),
            ("\"{\"\"temp\"\": \"\"high\"\"}\"", "{\"temp\": \"high\"}"),
            ("'it''s'", "it's"),
        ] {
            assert_eq!(kinds(source), [Kind::Text(expect.to_owned())], "{source}");
        }
    }

    #[test]
    fn a_point_after_a_number_may_be_a_call() {
        let name = |name: &str| Kind::Name(name.to_owned());
        let expect = [Kind::Number(5.0), Kind::Mark("."), name("gt"), Kind::Mark("(")];
        assert_eq!(kinds("5.gt("), expect);
        assert_eq!(kinds("2e"), [Kind::Number(2.0), name("e")]);
    }

    #[test]
    fn formatted_strings_keep_their_holes() {
        let Some(Kind::Template(pieces)) = kinds("f'a{{{x: \"}\"}b''c'").pop() else {
            panic!()
        };
        assert_eq!(
            pieces,
            [
                Piece::Text("a{".to_owned()),
                Piece::Hole(Span::new(6, 12)),
                Piece::Text("b'c".to_owned())
            ]
        );
    }
}

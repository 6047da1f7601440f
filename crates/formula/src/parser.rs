//! Tokens to a tree, by precedence climbing, bounded in depth.
//!
//! From loosest to tightest: `or ||`, `and &&`, `not`, comparisons, `+ -`, `* / %`, `- !`, `^`
//! (from the right, so `-2^2` is -4 and `2^3^2` is 512), then calls, indices and slices.

use crate::ast::{Call, Expr, ExprKind, Operator, Part};
use crate::lexer::{Kind, Piece, Token, lex};
use crate::problem::{Problem, Span};
use crate::units::Unit;

/// Bytes of a formula.
pub const MAX_SOURCE: usize = 8 * 1024;
/// The whole, and in it 48 brackets, calls and signs inside one another.
const MAX_NESTING: usize = 49;
/// Nodes on the longest way through the tree, so that every walk over it fits the stack: a value and 250
/// operators in a row.
const MAX_DEPTH: usize = 251;

/// The tree of a formula.
pub(crate) fn parse(source: &str) -> Result<Expr, Problem> {
    if source.len() > MAX_SOURCE {
        let span = Span::new(MAX_SOURCE, source.len());
        return Err(Problem::error(
            span,
            format!("the formula is longer than {MAX_SOURCE} bytes"),
        ));
    }
    Parser::new(source, Span::new(0, source.len()), 0)?.whole()
}

struct Parser<'s> {
    source: &'s str,
    tokens: Vec<Token>,
    at: usize,
    within: Span,
    nesting: usize,
}

const NOT: u8 = 3;
const COMPARE: u8 = 4;
const SIGN: u8 = 7;
const POWER: u8 = 8;

fn operator(kind: &Kind) -> Option<(Operator, u8)> {
    Some(match kind {
        Kind::Mark("||") => (Operator::Or, 1),
        Kind::Mark("&&") => (Operator::And, 2),
        Kind::Name(name) if name.eq_ignore_ascii_case("or") => (Operator::Or, 1),
        Kind::Name(name) if name.eq_ignore_ascii_case("and") => (Operator::And, 2),
        Kind::Mark("<") => (Operator::Less, COMPARE),
        Kind::Mark("<=") => (Operator::LessOrEqual, COMPARE),
        Kind::Mark(">") => (Operator::Greater, COMPARE),
        Kind::Mark(">=") => (Operator::GreaterOrEqual, COMPARE),
        Kind::Mark("==") => (Operator::Equal, COMPARE),
        Kind::Mark("!=") => (Operator::NotEqual, COMPARE),
        Kind::Mark("+") => (Operator::Add, 5),
        Kind::Mark("-") => (Operator::Subtract, 5),
        Kind::Mark("*") => (Operator::Multiply, 6),
        Kind::Mark("/") => (Operator::Divide, 6),
        Kind::Mark("%") => (Operator::Remainder, 6),
        Kind::Mark("^") => (Operator::Power, POWER),
        _ => return None,
    })
}

/// Whether formulas can use a text as the name of an input.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let known = ["true", "false", "none"];
    let is_word = matches!(parse(text), Ok(Expr { kind: ExprKind::Name(name), .. }) if name == text);
    is_word && !known.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Words that cannot be names.
pub(crate) fn reserved(name: &str) -> bool {
    ["and", "or", "not"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word))
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, within: Span, nesting: usize) -> Result<Self, Problem> {
        Ok(Self {
            source,
            tokens: lex(source, within)?,
            at: 0,
            within,
            nesting,
        })
    }

    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    /// Where the next token stands, or where one is missing.
    fn here(&self) -> Span {
        self.tokens
            .get(self.at)
            .map_or_else(|| Span::new(self.within.end, self.within.end), |token| token.span)
    }

    fn take(&mut self, mark: &'static str) -> bool {
        let found = self.peek() == Some(&Kind::Mark(mark));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, mark: &'static str, after: &str) -> Result<Span, Problem> {
        let span = self.here();
        if self.take(mark) {
            return Ok(span);
        }
        Err(self.unexpected(&format!("`{mark}` {after}")))
    }

    /// Whether a number stands just before.
    fn is_after_number(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.is_some_and(|token| matches!(token.kind, Kind::Number(_)))
    }

    fn unexpected(&self, wanted: &str) -> Problem {
        let span = self.here();
        let found = self.source.get(span.start..span.end).unwrap_or_default();
        let problem = if found.is_empty() {
            Problem::error(span, format!("the formula ends where {wanted} is expected"))
        } else {
            Problem::error(span, format!("`{found}` where {wanted} is expected"))
        };
        problem.help_if(match found {
            "=" => Some("write `==` to compare".to_owned()),
            "?" => Some("write `if(condition, then, else)`".to_owned()),
            unit if self.is_after_number() && Unit::parse(unit).is_ok() => Some(
                "a number takes the unit of what it stands with; declare the unit of the property, and convert with `to(x, 'unit')`"
                    .to_owned(),
            ),
            _ => None,
        })
    }

    /// The whole stretch is one expression.
    fn whole(mut self) -> Result<Expr, Problem> {
        if self.tokens.is_empty() {
            return Err(Problem::error(self.within, "the formula is empty"));
        }
        let expr = self.expression(0)?;
        if self.at < self.tokens.len() {
            return Err(self.unexpected("an operator or the end"));
        }
        Ok(expr)
    }

    fn expression(&mut self, loosest: u8) -> Result<Expr, Problem> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(too_deep(self.here()));
        }
        let mut left = self.operand()?;
        while let Some((operator, strength)) = self.peek().and_then(operator) {
            if strength < loosest {
                break;
            }
            self.at += 1;
            // From the left, but for powers.
            let right = self.expression(strength + u8::from(operator != Operator::Power))?;
            let span = left.span.to(right.span);
            let depth = left.depth.max(right.depth);
            left = node(
                ExprKind::Binary(operator, Box::new(left), Box::new(right)),
                span,
                depth,
            )?;
        }
        self.nesting -= 1;
        Ok(left)
    }

    /// A sign or a value with what follows it.
    fn operand(&mut self) -> Result<Expr, Problem> {
        let start = self.here();
        let not = matches!(self.peek(), Some(Kind::Name(name)) if name.eq_ignore_ascii_case("not"));
        let (strength, make): (u8, fn(Box<Expr>) -> ExprKind) = match self.peek() {
            Some(Kind::Name(_)) if not => (NOT, ExprKind::Not),
            Some(Kind::Mark("!")) => (SIGN, ExprKind::Not),
            Some(Kind::Mark("-")) => (SIGN, ExprKind::Minus),
            Some(Kind::Mark("+")) => {
                self.at += 1;
                return self.expression(SIGN);
            }
            _ => return self.postfix(),
        };
        self.at += 1;
        let inner = self.expression(strength)?;
        let (span, depth) = (start.to(inner.span), inner.depth);
        node(make(Box::new(inner)), span, depth)
    }

    fn postfix(&mut self) -> Result<Expr, Problem> {
        let mut expr = self.value()?;
        loop {
            if self.take(".") {
                expr = self.method(expr)?;
            } else if self.take("[") {
                expr = self.bracket(expr)?;
            } else {
                return Ok(expr);
            }
        }
    }

    fn value(&mut self) -> Result<Expr, Problem> {
        let span = self.here();
        let Some(kind) = self.peek().cloned() else {
            return Err(self.unexpected("a value"));
        };
        let kind = match kind {
            Kind::Number(number) => ExprKind::Number(number),
            Kind::Text(text) => ExprKind::Text(text),
            Kind::Template(pieces) => {
                self.at += 1;
                return self.template(pieces, span);
            }
            Kind::Name(name) if !reserved(&name) => {
                self.at += 1;
                if self.take("(") {
                    return self.call(name, span, Vec::new(), span);
                }
                return node(ExprKind::Name(name), span, 0);
            }
            Kind::Mark("(") => {
                self.at += 1;
                let inner = self.expression(0)?;
                let end = self.expect(")", "after the bracket's contents")?;
                return Ok(Expr {
                    span: span.to(end),
                    ..inner
                });
            }
            Kind::Name(_) | Kind::Mark(_) => return Err(self.unexpected("a value")),
        };
        self.at += 1;
        node(kind, span, 0)
    }

    fn method(&mut self, first: Expr) -> Result<Expr, Problem> {
        let span = self.here();
        let Some(Kind::Name(name)) = self.peek().cloned() else {
            return Err(self.unexpected("the name of a function"));
        };
        self.at += 1;
        self.expect("(", "after the name of a function")?;
        let start = first.span;
        self.call(name, span, vec![first], start)
    }

    /// The arguments of a call, after its bracket.
    fn call(&mut self, name: String, name_span: Span, args: Vec<Expr>, start: Span) -> Result<Expr, Problem> {
        let mut call = Call {
            as_method: !args.is_empty(),
            name,
            name_span,
            args,
            format: None,
        };
        let end = self.here();
        if self.take(")") {
            return self.called(call, start.to(end));
        }
        loop {
            call.args.push(self.expression(0)?);
            if self.take(":") {
                call.format = Some(self.format()?);
            }
            if self.take(",") {
                continue;
            }
            let end = self.expect(")", &format!("or `,` in the call of `{}`", call.name))?;
            return self.called(call, start.to(end));
        }
    }

    fn called(&self, call: Call, span: Span) -> Result<Expr, Problem> {
        let depth = call.args.iter().map(|arg| arg.depth).max().unwrap_or_default();
        node(ExprKind::Call(call), span, depth)
    }

    /// The format after a colon.
    fn format(&mut self) -> Result<(String, Span), Problem> {
        let span = self.here();
        let Some(Kind::Text(text)) = self.peek().cloned() else {
            return Err(self.unexpected("a format in quotes"));
        };
        self.at += 1;
        Ok((text, span))
    }

    fn bracket(&mut self, of: Expr) -> Result<Expr, Problem> {
        let mut parts: [Option<Box<Expr>>; 3] = [None, None, None];
        let mut colons = 0;
        loop {
            if !matches!(self.peek(), Some(Kind::Mark(":" | "]"))) {
                let index = self.expression(0)?;
                if let Some(part) = parts.get_mut(colons) {
                    *part = Some(Box::new(index));
                }
            }
            if colons < 2 && self.take(":") {
                colons += 1;
                continue;
            }
            let end = self.expect("]", "after an index")?;
            let span = of.span.to(end);
            let depth = parts
                .iter()
                .flatten()
                .map(|part| part.depth)
                .fold(of.depth, usize::max);
            let kind = match (colons, parts) {
                (0, [Some(index), _, _]) => ExprKind::Index(Box::new(of), index),
                (0, _) => return Err(Problem::error(span, "the index is missing")),
                (_, parts) => ExprKind::Slice(Box::new(of), parts),
            };
            return node(kind, span, depth);
        }
    }

    fn template(&mut self, pieces: Vec<Piece>, span: Span) -> Result<Expr, Problem> {
        let mut parts = Vec::new();
        let mut depth = 0;
        for piece in pieces {
            match piece {
                Piece::Text(text) if text.is_empty() => {}
                Piece::Text(text) => parts.push(Part::Text(text)),
                Piece::Hole(hole) => {
                    let mut inner = Parser::new(self.source, hole, self.nesting)?;
                    let value = inner.expression(0)?;
                    let format = if inner.take(":") {
                        Some(inner.format()?)
                    } else {
                        None
                    };
                    if inner.at < inner.tokens.len() {
                        return Err(inner.unexpected("`}`"));
                    }
                    depth = depth.max(value.depth);
                    parts.push(Part::Value(value, format));
                }
            }
        }
        node(ExprKind::Template(parts), span, depth)
    }
}

fn node(kind: ExprKind, span: Span, below: usize) -> Result<Expr, Problem> {
    let depth = below + 1;
    if depth > MAX_DEPTH {
        return Err(too_deep(span));
    }
    Ok(Expr { kind, span, depth })
}

fn too_deep(span: Span) -> Problem {
    Problem::error(span, "the formula is nested too deeply")
        .help("move a part of it into a property of its own")
}

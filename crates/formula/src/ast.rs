//! The tree of a formula, every node with its place in the source.

use crate::problem::Span;

/// A node.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Expr {
    pub kind: ExprKind,
    pub span: Span,
    /// Nodes on the longest way down from here; see `parser::MAX_DEPTH`.
    pub depth: usize,
}

impl Expr {
    /// Names that are asked whether they are a text, `state == 'running'`, and where the text stands; added to `to`.
    pub fn compared(&self, to: &mut Vec<(String, String, Span)>) {
        if let ExprKind::Binary(Operator::Equal | Operator::NotEqual, left, right) = &self.kind {
            match (&left.kind, &right.kind) {
                (ExprKind::Name(name), ExprKind::Text(text)) => {
                    to.push((name.clone(), text.clone(), right.span))
                }
                (ExprKind::Text(text), ExprKind::Name(name)) => {
                    to.push((name.clone(), text.clone(), left.span))
                }
                _ => {}
            }
        }
        if let ExprKind::Call(call) = &self.kind
            && matches!(call.name.as_str(), "duration_in" | "entries")
            && let [of, state] = call.args.as_slice()
            && let (ExprKind::Name(name), ExprKind::Text(text)) = (&of.kind, &state.kind)
        {
            to.push((name.clone(), text.clone(), state.span));
        }
        for part in self.parts() {
            part.compared(to);
        }
    }

    /// The nodes directly below.
    fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Name(_) => Vec::new(),
            ExprKind::Template(parts) => {
                let values = parts.iter().filter_map(|part| match part {
                    Part::Text(_) => None,
                    Part::Value(value, _) => Some(value),
                });
                values.collect()
            }
            ExprKind::Minus(of) | ExprKind::Not(of) => vec![of],
            ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => vec![left, right],
            ExprKind::Slice(of, bounds) => {
                let bounds = bounds.iter().flatten().map(AsRef::as_ref);
                std::iter::once(&**of).chain(bounds).collect()
            }
            ExprKind::Call(call) => call.args.iter().collect(),
        }
    }
}

/// What a node is.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum ExprKind {
    Number(f64),
    Text(String),
    /// A formatted string.
    Template(Vec<Part>),
    Name(String),
    Minus(Box<Expr>),
    Not(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    Index(Box<Expr>, Box<Expr>),
    /// Start, end and step.
    Slice(Box<Expr>, [Option<Box<Expr>>; 3]),
    Call(Call),
}

/// A call, written `f(x, y)` or `x.f(y)`: in both the arguments are x and y.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Call {
    pub name: String,
    pub name_span: Span,
    pub args: Vec<Expr>,
    /// The format of `format(x: "…")`.
    pub format: Option<(String, Span)>,
    /// Written with a point.
    pub as_method: bool,
}

/// A part of a formatted string.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Part {
    Text(String),
    Value(Expr, Option<(String, Span)>),
}

/// What stands between two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

impl Operator {
    /// As written.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "^",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::And => "and",
            Self::Or => "or",
        }
    }

    /// Whether its answer is 1 or 0 for the order of its operands.
    pub fn compares(self) -> bool {
        matches!(
            self,
            Self::Less
                | Self::LessOrEqual
                | Self::Greater
                | Self::GreaterOrEqual
                | Self::Equal
                | Self::NotEqual
        )
    }
}

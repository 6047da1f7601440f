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

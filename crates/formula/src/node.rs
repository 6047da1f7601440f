//! A checked formula as the evaluator walks it: names are slots, units are conversions, paths and
//! formats are read.

use std::sync::Arc;

use crate::ast::Operator;
use crate::format::Pattern;
use crate::functions::Fun;
use crate::json_path::Path;
use crate::units::Conversion;
use crate::value::Datum;

/// A step of the evaluation.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Node {
    Const(Datum),
    /// The value of an input.
    Input(usize),
    Minus(Box<Self>),
    Not(Box<Self>),
    Binary(Operator, Box<Self>, Box<Self>),
    Index(Box<Self>, Box<Self>),
    /// Start, end and step.
    Slice(Box<Self>, Box<[Option<Self>; 3]>),
    /// Condition, then, else.
    If(Box<[Self; 3]>),
    /// Functions of values.
    Call(Fun, Box<[Self]>),
    Jp(Box<Self>, Arc<Path>),
    Format(Arc<Pattern>, Box<[Self]>),
    /// A formatted string.
    Template(Box<[Self]>),
    Convert(Box<Self>, Conversion),
    /// Functions of a property itself, with further arguments.
    OfInput(Fun, usize, Box<[Self]>),
    /// Functions over the samples of a window, with further arguments.
    Window(Fun, Box<[Argument]>, Box<[Self]>),
    /// The same names over values side by side, where there is no window.
    Together(Fun, Box<[Argument]>, Box<[Self]>),
}

impl Node {
    /// What the whole is, where the result is a share of one: 1, or 100 after a conversion to %.
    pub(crate) fn whole(&self) -> Option<f64> {
        match self {
            Self::Call(Fun::Availability | Fun::QualityRatio | Fun::Oee, _) => Some(1.0),
            Self::Convert(of, conversion) => conversion.apply(of.whole()?),
            _ => None,
        }
    }

    /// The steps below this one, but for what a function over many values takes each by each.
    fn below(&self) -> Vec<&Self> {
        match self {
            Self::Const(_) | Self::Input(_) => Vec::new(),
            Self::Minus(inner) | Self::Not(inner) | Self::Jp(inner, _) | Self::Convert(inner, _) => {
                vec![&**inner]
            }
            Self::Binary(_, left, right) | Self::Index(left, right) => vec![&**left, &**right],
            Self::Slice(of, bounds) => std::iter::once(&**of).chain(bounds.iter().flatten()).collect(),
            Self::If(branches) => branches.iter().collect(),
            Self::Call(_, args)
            | Self::Format(_, args)
            | Self::Template(args)
            | Self::OfInput(_, _, args) => args.iter().collect(),
            Self::Window(_, arguments, extra) | Self::Together(_, arguments, extra) => arguments
                .iter()
                .filter_map(Argument::one)
                .chain(extra.iter())
                .collect(),
        }
    }

    /// Whether this step or one below it is such a one.
    pub(crate) fn any(&self, wanted: &dyn Fn(&Self) -> bool) -> bool {
        wanted(self) || self.below().into_iter().any(|node| node.any(wanted))
    }

    /// Whether it draws straight lines between samples.
    pub(crate) fn is_linear(&self) -> bool {
        match self {
            Self::Window(Fun::TimeWeightedAvg | Fun::Integrate, _, extra) => {
                matches!(extra.first(), Some(Self::Const(Datum::Text(how))) if how.as_ref() == "linear")
            }
            _ => false,
        }
    }

    /// Whether another sample with the value of the one before makes a difference to what a metric says
    /// of this input: not where values are only weighed with the time they held.
    pub(crate) fn counts_samples(&self, slot: usize) -> bool {
        self.any(&|node| match node {
            Self::Input(input) => *input == slot,
            Self::Window(fun, arguments, _) if node.is_linear() || !fun.weighs_time() => arguments
                .iter()
                .any(|argument| matches!(argument, Argument::Each(of, _) if *of == slot)),
            _ => false,
        })
    }
}

/// An argument of a function over many values.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Argument {
    /// One value.
    One(Node),
    /// The expression for every sample of this input, or for the value of each of its members.
    Each(usize, Node),
}

impl Argument {
    fn one(&self) -> Option<&Node> {
        match self {
            Self::One(node) => Some(node),
            Self::Each(..) => None,
        }
    }
}

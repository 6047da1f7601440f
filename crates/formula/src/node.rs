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
}

/// An argument of a function over many values.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Argument {
    /// One value.
    One(Node),
    /// The expression for every sample of this input, or for the value of each of its members.
    Each(usize, Node),
}

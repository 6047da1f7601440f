//! What operators and functions do to units. A literal goes with any unit; what was never declared
//! is not followed.

use super::{Checked, Checker, Shape};
use crate::ast::Operator;
use crate::node::Node;
use crate::problem::{Problem, Span};
use crate::units::Unit;
use crate::value::Datum;

/// What is known of the unit of an expression.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Measure {
    /// A literal: of whatever unit stands beside it.
    Free,
    /// Not followed.
    Unknown,
    Known(Unit),
}

impl Measure {
    pub fn unit(&self) -> Option<&Unit> {
        match self {
            Self::Known(unit) => Some(unit),
            Self::Free | Self::Unknown => None,
        }
    }

    pub fn of_code(code: &str) -> Self {
        Unit::parse(code).map_or(Self::Unknown, Self::Known)
    }
}

impl From<Option<Unit>> for Measure {
    fn from(unit: Option<Unit>) -> Self {
        unit.map_or(Self::Unknown, Self::Known)
    }
}

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        operator: Operator,
        left: Checked,
        right: Checked,
        span: Span,
    ) -> Checked {
        let mark = format!("`{}`", operator.mark());
        let joins = operator == Operator::Add && (left.shape == Shape::Text || right.shape == Shape::Text);
        let (shape, measure) = match operator {
            Operator::And | Operator::Or => (
                if right.shape == Shape::Number {
                    Shape::Number
                } else {
                    Shape::Any
                },
                right.measure.clone(),
            ),
            Operator::Add if joins => (Shape::Text, Measure::Unknown),
            Operator::Add if left.shape == Shape::Any || right.shape == Shape::Any => {
                (Shape::Any, self.sum_of(operator, &left, &right, span))
            }
            _ if operator.compares() => {
                self.compared(&left, &right, &mark, span);
                (Shape::Number, Measure::Free)
            }
            _ => {
                self.want_number(&left, &mark);
                self.want_number(&right, &mark);
                let measure = match operator {
                    Operator::Multiply => product(&left, &right),
                    Operator::Divide => quotient(&left, &right),
                    Operator::Power => self.power(&left, &right),
                    _ => self.sum_of(operator, &left, &right, span),
                };
                (Shape::Number, measure)
            }
        };
        Checked {
            node: Node::Binary(operator, Box::new(left.node), Box::new(right.node)),
            shape,
            measure,
            span,
        }
    }

    /// A comparison: of the same kind, in the same unit.
    pub(super) fn compared(&mut self, left: &Checked, right: &Checked, who: &str, span: Span) {
        let mixed = matches!(
            (left.shape, right.shape),
            (Shape::Number, Shape::Text) | (Shape::Text, Shape::Number)
        );
        if mixed {
            let message = format!("{who} of a number and a text never has an answer");
            self.tell(Problem::warning(span, message));
        }
        self.agree(left, right, who, span);
    }

    /// The unit two expressions share; a problem when they do not.
    pub(super) fn agree(&mut self, left: &Checked, right: &Checked, who: &str, span: Span) -> Measure {
        let (Measure::Known(a), Measure::Known(b)) = (&left.measure, &right.measure) else {
            return match (&left.measure, &right.measure) {
                (Measure::Known(unit), Measure::Free) | (Measure::Free, Measure::Known(unit)) => {
                    Measure::Known(unit.clone())
                }
                (Measure::Free, Measure::Free) => Measure::Free,
                _ => Measure::Unknown,
            };
        };
        if a.same(b) {
            return Measure::Known(a.clone());
        }
        let problem = Problem::error(span, format!("{who} of `{}` and `{}`", a.code(), b.code()));
        self.tell(if a.agrees(b) {
            problem.help(format!("write `to(…, '{}')` around the second", a.code()))
        } else {
            problem.help("they measure different things")
        });
        Measure::Unknown
    }

    /// Sums, differences and remainders.
    fn sum_of(&mut self, operator: Operator, left: &Checked, right: &Checked, span: Span) -> Measure {
        if let (Some(a), Some(b)) = (left.measure.unit(), right.measure.unit())
            && (a.is_special() || b.is_special())
        {
            let step = |point: &Unit, step: &Unit| point.of_difference().is_some_and(|unit| unit.same(step));
            match operator {
                Operator::Subtract if a.same(b) => return a.of_difference().into(),
                Operator::Add | Operator::Subtract if step(a, b) => return Measure::Known(a.clone()),
                Operator::Add if step(b, a) => return Measure::Known(b.clone()),
                // The sum of two temperatures is on its way to a mean.
                Operator::Add if a.same(b) => return Measure::Unknown,
                _ => {}
            }
        }
        self.agree(left, right, &format!("`{}`", operator.mark()), span)
    }

    /// A power: known only for whole exponents that are written out.
    pub(super) fn power(&mut self, base: &Checked, exponent: &Checked) -> Measure {
        if let Some(unit) = exponent.measure.unit()
            && !unit.is_number()
        {
            let message = format!("an exponent is a pure number, this is in `{}`", unit.code());
            self.tell(Problem::error(exponent.span, message));
        }
        match (&base.measure, &exponent.node) {
            (Measure::Free, _) => Measure::Free,
            (Measure::Known(unit), Node::Const(whole @ Datum::Number(_))) if !unit.is_special() => {
                whole.integer().and_then(|whole| unit.power(whole)).into()
            }
            _ => Measure::Unknown,
        }
    }

    /// Logarithms and exponentials have no unit to give back.
    pub(super) fn want_pure(&mut self, checked: &Checked, who: &str) {
        if let Some(unit) = checked.measure.unit()
            && !unit.is_number()
        {
            let message = format!("{who} needs a pure number, this is in `{}`", unit.code());
            let help = "divide by a reference value in the same unit first";
            self.tell(Problem::error(checked.span, message).help(help));
        }
    }

    /// Shares are from 0 to 1.
    pub(super) fn want_share(&mut self, checked: &Checked, who: &str) {
        let Some(unit) = checked.measure.unit() else {
            return;
        };
        if !Unit::parse("1").is_ok_and(|one| one.same(unit)) {
            let message = format!("{who} takes shares from 0 to 1, this is in `{}`", unit.code());
            let problem = Problem::error(checked.span, message);
            self.tell(if unit.is_number() {
                problem.help("write `to(…, '1')`")
            } else {
                problem
            });
        }
    }

    /// Sines take radians.
    pub(super) fn want_angle(&mut self, checked: &Checked, who: &str) {
        let Some(unit) = checked.measure.unit() else {
            return;
        };
        let radian = Unit::parse("rad").is_ok_and(|radian| radian.same(unit));
        if unit.is_number() || radian {
            return;
        }
        let message = format!("{who} needs radians, this is in `{}`", unit.code());
        let problem = Problem::error(checked.span, message);
        self.tell(if unit.is_angle() {
            problem.help("write `to(…, 'rad')`")
        } else {
            problem
        });
    }
}

pub(super) fn product(left: &Checked, right: &Checked) -> Measure {
    match (&left.measure, &right.measure) {
        (Measure::Free, Measure::Free) => Measure::Free,
        (Measure::Known(unit), Measure::Free) | (Measure::Free, Measure::Known(unit))
            if !unit.is_special() =>
        {
            Measure::Known(unit.clone())
        }
        (Measure::Known(a), Measure::Known(b)) if !a.is_special() && !b.is_special() => a.times(b).into(),
        _ => Measure::Unknown,
    }
}

pub(super) fn quotient(left: &Checked, right: &Checked) -> Measure {
    match (&left.measure, &right.measure) {
        (Measure::Free, Measure::Free) => Measure::Free,
        (Measure::Known(unit), Measure::Free) if !unit.is_special() => Measure::Known(unit.clone()),
        (Measure::Free, Measure::Known(unit)) if !unit.is_special() => unit.power(-1).into(),
        (Measure::Known(a), Measure::Known(b)) if !a.is_special() && !b.is_special() => a.over(b).into(),
        _ => Measure::Unknown,
    }
}

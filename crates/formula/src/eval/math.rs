//! Numbers: operators, comparisons, functions, tallies. The functions are libm's, so that every
//! machine and the browser give the same bits.

use std::cmp::Ordering;

use crate::ast::Operator;
use crate::functions::Fun;
use crate::value::Datum;

/// An operator between two numbers.
pub(crate) fn arithmetic(operator: Operator, a: f64, b: f64) -> Datum {
    let is_defined = a.is_finite() && b.is_finite();
    let number = match operator {
        Operator::And | Operator::Or => return Datum::None,
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Remainder
        | Operator::Power
            if !is_defined =>
        {
            f64::NAN
        }
        _ if !is_defined => return Datum::None,
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        // The sign of the left operand, as Rust's and Java's.
        Operator::Remainder => a % b,
        Operator::Power => libm::pow(a, b),
        _ => {
            return a
                .partial_cmp(&b)
                .map_or(Datum::None, |found| order(operator, found));
        }
    };
    Datum::Number(number)
}

/// A comparison whose outcome is known.
pub(crate) fn order(operator: Operator, found: Ordering) -> Datum {
    Datum::truth(match operator {
        Operator::Less => found.is_lt(),
        Operator::LessOrEqual => found.is_le(),
        Operator::Greater => found.is_gt(),
        Operator::GreaterOrEqual => found.is_ge(),
        Operator::Equal => found.is_eq(),
        Operator::NotEqual => found.is_ne(),
        _ => return Datum::None,
    })
}

/// Numbers this close, relative to the larger, are equal to `eq`, `gte` and `lte`.
const TOLERANCE: f64 = 1e-9;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

/// The comparison functions: with a tolerance where SiteWise has one, nothing for mixed types.
pub(crate) fn compared(fun: Fun, left: &Datum, right: &Datum) -> Datum {
    let operator = match fun {
        Fun::Gt => Operator::Greater,
        Fun::Gte => Operator::GreaterOrEqual,
        Fun::Lt => Operator::Less,
        Fun::Lte => Operator::LessOrEqual,
        Fun::Neq => Operator::NotEqual,
        _ => Operator::Equal,
    };
    match (left, right) {
        (Datum::Number(a), Datum::Number(b)) => {
            let tolerant = matches!(fun, Fun::Gte | Fun::Lte | Fun::Eq);
            if tolerant && a.is_finite() && b.is_finite() && close(*a, *b) {
                return Datum::TRUE;
            }
            arithmetic(operator, *a, *b)
        }
        (Datum::Text(a), Datum::Text(b)) => order(operator, a.cmp(b)),
        _ => Datum::None,
    }
}

/// Functions of numbers.
pub(crate) fn call(fun: Fun, args: [f64; 5], count: usize) -> Option<f64> {
    let [x, y, z, u, v] = args;
    if fun != Fun::Isnan && !args.iter().take(count).all(|arg| arg.is_finite()) {
        return Some(f64::NAN);
    }
    Some(match fun {
        Fun::Abs => x.abs(),
        Fun::Acos => libm::acos(x),
        Fun::Asin => libm::asin(x),
        Fun::Atan => libm::atan(x),
        Fun::Cbrt => libm::cbrt(x),
        Fun::Ceil => x.ceil(),
        Fun::Cos => libm::cos(x),
        Fun::Cosh => libm::cosh(x),
        Fun::Cot => 1.0 / libm::tan(x),
        Fun::Exp => libm::exp(x),
        Fun::Expm1 => libm::expm1(x),
        Fun::Floor => x.floor(),
        Fun::Log => libm::log(x),
        Fun::Log10 => libm::log10(x),
        Fun::Log1p => libm::log1p(x),
        Fun::Log2 => libm::log2(x),
        Fun::Pow => libm::pow(x, y),
        Fun::Signum if x == 0.0 => 0.0,
        Fun::Signum => x.signum(),
        Fun::Sin => libm::sin(x),
        Fun::Sinh => libm::sinh(x),
        Fun::Sqrt => x.sqrt(),
        Fun::Tan => libm::tan(x),
        Fun::Tanh => libm::tanh(x),
        Fun::Round if count > 1 => return round_to(x, y),
        Fun::Round => libm::round(x),
        Fun::Trunc => x.trunc(),
        Fun::Deg => x.to_degrees(),
        Fun::Rad => x.to_radians(),
        Fun::Atan2 => libm::atan2(x, y),
        Fun::Hypot => libm::hypot(x, y),
        Fun::Mod => x - y * (x / y).floor(),
        Fun::Clamp if y <= z => x.max(y).min(z),
        Fun::Scale => u + (x - y) * (v - u) / (z - y),
        Fun::Availability | Fun::QualityRatio if x >= 0.0 && y > 0.0 => x / y,
        Fun::Effectiveness if x >= 0.0 && y >= 0.0 && z > 0.0 => x * y / z,
        Fun::Oee if x >= 0.0 && y >= 0.0 && z >= 0.0 => x * y * z,
        Fun::Isnan => f64::from(u8::from(x.is_nan())),
        _ => return None,
    })
}

/// To so many decimal places, halves away from zero.
fn round_to(x: f64, places: f64) -> Option<f64> {
    if places.fract() != 0.0 || places.abs() > 15.0 {
        return None;
    }
    let scale = libm::pow(10.0, places.abs());
    Some(if places < 0.0 {
        libm::round(x / scale) * scale
    } else {
        // Over a number of 15 digits there is nothing to round.
        let scaled = x * scale;
        if scaled.abs() < 1e15 {
            libm::round(scaled) / scale
        } else {
            x
        }
    })
}

/// Running count, sum, extremes and squares of numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    count: u64,
    sum: f64,
    extremes: Option<(f64, f64)>,
    /// Mean and sum of squared distances from it, by Welford's method (Knuth, TAOCP 2, 4.2.2).
    mean: f64,
    squares: f64,
}

impl Tally {
    pub fn add(&mut self, number: f64) {
        self.count += 1;
        self.sum += number;
        let (low, high) = self.extremes.unwrap_or((number, number));
        self.extremes = Some((low.min(number), high.max(number)));
        let before = number - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (number - self.mean);
    }

    pub fn count_one(&mut self) {
        self.count += 1;
    }

    pub fn result(&self, fun: Fun) -> Option<f64> {
        let count = self.count as f64;
        let some = self.count > 0;
        match fun {
            Fun::Count | Fun::CountIf => Some(count),
            Fun::Sum => some.then_some(self.sum),
            Fun::Avg => some.then(|| self.sum / count),
            Fun::Min => self.extremes.map(|(low, _)| low),
            Fun::Max => self.extremes.map(|(_, high)| high),
            Fun::Range => self.extremes.map(|(low, high)| high - low),
            Fun::Stdev => (self.count > 1).then(|| (self.squares / (count - 1.0)).sqrt()),
            _ => None,
        }
    }
}

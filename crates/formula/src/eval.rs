//! The evaluator: a walk over a checked formula. What is undefined or infinite stays so: whatever is
//! computed, compared or chosen from it is no output. Only `isnan(0/0)` is 1, and NaN is true in a
//! condition, as in SiteWise.

mod calendar;
mod math;
mod text;
mod together;
mod window;

use crate::ast::Operator;
use crate::functions::Fun;
use crate::json_path::{position, slice};
use crate::node::Node;
use crate::time::{Time, Zones};
use crate::value::{Datum, Quality, Sample};

pub use window::Window;

/// Where the values of a formula's inputs are, by slot.
pub trait Inputs {
    /// The newest value, however good.
    fn current(&self, slot: usize) -> Option<&Sample>;

    /// The newest good value.
    fn good(&self, slot: usize) -> Option<&Sample> {
        self.current(slot).filter(|sample| sample.is_good())
    }

    /// The good value before the update that set the formula off.
    fn before(&self, slot: usize) -> Option<&Sample> {
        let _ = slot;
        None
    }

    /// How many assets an input stands for.
    fn members(&self, slot: usize) -> usize {
        let _ = slot;
        1
    }

    /// The newest value of one of them.
    fn member(&self, slot: usize, member: usize) -> Option<&Sample> {
        let _ = member;
        self.current(slot)
    }

    /// Whether a member that has no value may be left out; asked for every such member.
    fn may_skip(&self, slot: usize) -> bool {
        let _ = slot;
        false
    }

    /// All that is known of an input or of one of its members, by time.
    fn samples(&self, slot: usize, member: usize) -> &[Sample] {
        let _ = (slot, member);
        &[]
    }
}

/// When and in which world a formula is evaluated.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// What `now()` says.
    pub now: Time,
    /// The time of the update that set the formula off, or the end of the window.
    pub trigger: Time,
    /// Zone data.
    pub zones: &'a dyn Zones,
}

/// All that a node is evaluated in.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub moment: Moment<'a>,
    pub inputs: &'a dyn Inputs,
    pub window: Option<Window>,
    /// Inside a function over samples: the sample that stands for this input.
    pub sample: Option<(usize, &'a Sample)>,
    /// Slots whose latest value counts in a metric, however old: attributes.
    pub steady: &'a [bool],
}

impl<'a> Context<'a> {
    /// The sample that an input's name stands for here.
    fn sample_of(&self, slot: usize) -> Option<&'a Sample> {
        if let Some((sampled, sample)) = self.sample
            && sampled == slot
        {
            return Some(sample);
        }
        match self.window {
            None => self.inputs.current(slot),
            Some(_) if self.steady.get(slot).copied().unwrap_or_default() => self.inputs.good(slot),
            Some(window) => window
                .inside(self.inputs.samples(slot, 0))
                .iter()
                .rfind(|sample| sample.is_good()),
        }
    }

    pub fn eval(&self, node: &Node) -> Datum {
        match node {
            Node::Const(datum) => datum.clone(),
            Node::Input(slot) => match self.sample_of(*slot) {
                Some(sample) if sample.quality == Quality::Good => {
                    sample.value.as_ref().map_or(Datum::None, Datum::from)
                }
                _ => Datum::None,
            },
            Node::Minus(inner) => Datum::from(self.number(inner).map(|number| -number)),
            Node::Not(inner) => self
                .decided(inner)
                .map_or(Datum::None, |holds| Datum::truth(!holds)),
            Node::Binary(operator, left, right) => self.binary(*operator, left, right),
            Node::Index(of, index) => self.index(of, index),
            Node::Slice(of, bounds) => self.slice(of, bounds),
            Node::If(branches) => {
                let [condition, then, otherwise] = branches.as_ref();
                // What is no number is true to SiteWise.
                let is_no_number = || self.number(condition).map(|number| !number.is_finite());
                match self.decided(condition).or_else(is_no_number) {
                    Some(holds) => self.eval(if holds { then } else { otherwise }),
                    None => Datum::None,
                }
            }
            Node::Call(fun, args) => self.call(*fun, args),
            Node::Jp(of, path) => match self.eval(of) {
                Datum::Text(text) => path.find(&text),
                Datum::Number(number) => Datum::Number(number),
                Datum::None | Datum::List(_) | Datum::Local(_) => Datum::None,
            },
            Node::Format(pattern, args) => {
                let values: Vec<Datum> = args.iter().map(|arg| self.eval(arg)).collect();
                pattern.fill(&values)
            }
            Node::Template(parts) => self.joined("", parts),
            Node::Convert(of, conversion) => {
                Datum::from(self.number(of).and_then(|number| conversion.apply(number)))
            }
            Node::OfInput(fun, slot, extra) => self.of_input(*fun, *slot, extra),
            Node::Window(fun, arguments, extra) => match self.window {
                Some(window) => window.apply(self, *fun, arguments, extra),
                None => Datum::None,
            },
            Node::Together(fun, arguments, extra) => self.together(*fun, arguments, extra),
        }
    }

    pub fn number(&self, node: &Node) -> Option<f64> {
        self.eval(node).number()
    }

    fn binary(&self, operator: Operator, left: &Node, right: &Node) -> Datum {
        if matches!(operator, Operator::And | Operator::Or) {
            return self.either(operator, left, right);
        }
        let (left, right) = (self.eval(left), self.eval(right));
        if let (Datum::Number(a), Datum::Number(b)) = (&left, &right) {
            return math::arithmetic(operator, *a, *b);
        }
        match (operator, &left, &right) {
            (Operator::Add, Datum::Text(_), _) | (Operator::Add, _, Datum::Text(_)) => {
                match (left.written(), right.written()) {
                    (Some(left), Some(right)) => Datum::text(&(left + &right)),
                    _ => Datum::None,
                }
            }
            (_, Datum::Text(a), Datum::Text(b)) => math::order(operator, a.cmp(b)),
            _ => Datum::None,
        }
    }

    /// SiteWise's `and` and `or`: 0 or the right side, 1 or the right side. Where the left side cannot
    /// be decided, the right one may still settle it.
    fn either(&self, operator: Operator, left: &Node, right: &Node) -> Datum {
        let settles = operator == Operator::Or;
        match self.decided(left) {
            Some(side) if side == settles => Datum::truth(settles),
            Some(_) => self.eval(right),
            None if self.decided(right) == Some(settles) => Datum::truth(settles),
            None => Datum::None,
        }
    }

    fn index(&self, of: &Node, index: &Node) -> Datum {
        let (of, index) = (self.eval(of), self.eval(index).integer());
        let Some(index) = index else { return Datum::None };
        match of {
            Datum::Text(text) => {
                let found = position(index, text.chars().count()).and_then(|at| text.chars().nth(at));
                found.map_or(Datum::None, |c| Datum::text(c.encode_utf8(&mut [0; 4])))
            }
            Datum::List(list) => position(index, list.len())
                .and_then(|at| list.get(at).cloned())
                .unwrap_or(Datum::None),
            Datum::None | Datum::Number(_) | Datum::Local(_) => Datum::None,
        }
    }

    fn slice(&self, of: &Node, bounds: &[Option<Node>; 3]) -> Datum {
        // A bound may be left out or be `none`; anything but a whole number is an error.
        let mut places = [None; 3];
        for (place, bound) in places.iter_mut().zip(bounds) {
            match bound.as_ref().map(|bound| self.eval(bound)) {
                None | Some(Datum::None) => {}
                Some(datum) => match datum.integer() {
                    Some(whole) => *place = Some(whole),
                    None => return Datum::None,
                },
            }
        }
        let [start, end, step] = places;
        let step = step.unwrap_or(1);
        match self.eval(of) {
            _ if step == 0 => Datum::None,
            Datum::Text(text) => {
                let chars: Vec<char> = text.chars().collect();
                let picked: String = slice(chars.len(), start, end, step)
                    .filter_map(|at| chars.get(at))
                    .collect();
                Datum::text(&picked)
            }
            Datum::List(list) => {
                let picked = slice(list.len(), start, end, step).filter_map(|at| list.get(at).cloned());
                Datum::List(picked.collect())
            }
            Datum::None | Datum::Number(_) | Datum::Local(_) => Datum::None,
        }
    }

    fn call(&self, fun: Fun, args: &[Node]) -> Datum {
        use Fun::*;
        match fun {
            Now => Datum::Number(self.moment.now.secs()),
            Timestamp => Datum::Number(self.moment.trigger.secs()),
            Mktime | Localtime | Year | Mon | Mday | Wday | Yday | Hour | Minute | Sec => {
                self.calendar(fun, args)
            }
            Case => self.case(args),
            Coalesce | IfBad => args
                .iter()
                .map(|arg| self.eval(arg))
                .find(|datum| datum.clone().output().is_some())
                .unwrap_or(Datum::None),
            Gt | Gte | Eq | Neq | Lt | Lte => match args {
                [left, right] => math::compared(fun, &self.eval(left), &self.eval(right)),
                _ => Datum::None,
            },
            Len | Find | Contains | Upper | Lower | Join | Trim | Replace | StartsWith | EndsWith
            | Number | Text => self.text_call(fun, args),
            _ => {
                let mut numbers = [0.0; 5];
                for (number, arg) in numbers.iter_mut().zip(args) {
                    match self.number(arg) {
                        Some(found) => *number = found,
                        None => return Datum::None,
                    }
                }
                Datum::from(math::call(fun, numbers, args.len()))
            }
        }
    }

    /// The value after the first condition that holds. What cannot be decided is not passed over.
    fn case(&self, args: &[Node]) -> Datum {
        for pair in args.chunks(2) {
            match pair {
                [condition, value] => match self.decided(condition) {
                    Some(true) => return self.eval(value),
                    Some(false) => {}
                    None => return Datum::None,
                },
                [otherwise] => return self.eval(otherwise),
                _ => {}
            }
        }
        Datum::None
    }

    /// Whether a condition holds, in Kleene's logic of three values: with a part missing it may
    /// still be decided by the others.
    pub fn decided(&self, node: &Node) -> Option<bool> {
        match node {
            Node::Not(inner) => self.decided(inner).map(|holds| !holds),
            Node::Binary(operator @ (Operator::And | Operator::Or), left, right) => {
                let settles = *operator == Operator::Or;
                match (self.decided(left), self.decided(right)) {
                    (Some(side), _) | (_, Some(side)) if side == settles => Some(settles),
                    (Some(_), Some(_)) => Some(!settles),
                    _ => None,
                }
            }
            // Written as such it is false; a value that is not there is not decided.
            Node::Const(Datum::None) => Some(false),
            _ => match self.eval(node) {
                Datum::None => None,
                Datum::Number(number) if !number.is_finite() => None,
                datum => Some(datum.holds()),
            },
        }
    }

    /// Functions of a property itself.
    fn of_input(&self, fun: Fun, slot: usize, extra: &[Node]) -> Datum {
        let value = |sample: Option<&Sample>| {
            sample
                .and_then(|sample| sample.value.as_ref())
                .map_or(Datum::None, Datum::from)
        };
        let good = || self.inputs.good(slot);
        let age = |sample: &Sample| self.moment.now.since(sample.time);
        match fun {
            Fun::Pretrigger => value(self.inputs.before(slot)),
            Fun::Timestamp if extra.is_empty() => Datum::from(good().map(|sample| sample.time.secs())),
            Fun::Timestamp => Datum::from(self.inputs.before(slot).map(|sample| sample.time.secs())),
            Fun::Quality => {
                let word = self
                    .inputs
                    .current(slot)
                    .map_or("none", |sample| sample.quality.word());
                Datum::Text(word.into())
            }
            Fun::IsGood => Datum::truth(self.inputs.current(slot).is_some_and(Sample::is_good)),
            Fun::Age => Datum::from(good().map(age)),
            Fun::HoldLast => {
                let longest = extra.first().and_then(|longest| self.number(longest));
                match (good(), longest) {
                    (Some(sample), Some(longest)) if age(sample) <= longest => value(Some(sample)),
                    _ => Datum::None,
                }
            }
            _ => Datum::None,
        }
    }
}

//! From the tree to what can be evaluated: names, arguments, types and units are checked, and
//! every problem is told with its place and the way out.

mod calls;
mod units;
mod windowed;

use std::collections::BTreeMap;

use crate::ast::{Expr, ExprKind, Operator, Part};
use crate::format::Pattern;
use crate::functions::{FUNCTIONS, Fun, Function};
use crate::node::Node;
use crate::problem::{Problem, Severity, Span, nearest};
use crate::time::Zones;
use crate::units::Unit;
use crate::value::Datum;

pub(crate) use units::Measure;

/// What a formula is computed from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Current values: computed anew when one of them changes.
    Transform,
    /// The samples of a window: computed at the end of each.
    Metric,
}

/// What a property holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Type {
    /// Numbers; switches are 1 and 0.
    Number,
    /// Texts.
    Text,
    /// Nobody said.
    #[default]
    Any,
}

/// Where the values of a property come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Role {
    /// Set once and rarely changed; in a metric its latest value counts, however old.
    Attribute,
    /// Measured.
    #[default]
    Measurement,
    /// Computed from current values.
    Transform,
    /// Computed over windows.
    Metric,
}

/// A name that a formula may use.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Declared {
    /// What it holds.
    pub ty: Type,
    /// Its unit.
    pub unit: Option<Unit>,
    /// Where it comes from.
    pub role: Role,
    /// It stands for the property of every child asset, for aggregations only.
    pub is_group: bool,
}

/// What a formula is checked against.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// What it is computed from.
    pub kind: Kind,
    /// The names it may use.
    pub names: &'a BTreeMap<String, Declared>,
    /// The zones it may name.
    pub zones: &'a dyn Zones,
}

/// An input of a checked formula: its slot is its place in the list.
#[derive(Clone, PartialEq, Debug)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What was declared.
    pub declared: Declared,
    /// Where the formula first uses it.
    pub span: Span,
}

/// What an expression gives, as far as it is known before it is evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    Any,
    Number,
    Text,
    Local,
    Nothing,
}

/// A checked expression.
pub(crate) struct Checked {
    pub node: Node,
    pub shape: Shape,
    pub measure: Measure,
    pub span: Span,
}

/// Problems that are told at once.
const MAX_PROBLEMS: usize = 20;

/// The checker of one formula.
pub(crate) struct Checker<'a> {
    pub scope: Scope<'a>,
    pub inputs: Vec<Input>,
    pub problems: Vec<Problem>,
    /// Whether the answer changes by itself as time goes by.
    pub tells_time: bool,
    /// Whether it uses more of an input than its current value.
    pub looks_back: bool,
    /// Whether it asks for planned time.
    pub needs_calendar: bool,
    /// Slots of groups that are taken member by member.
    pub pairs: Vec<(usize, usize)>,
    /// Calls that SiteWise does not know.
    pub own: Vec<Span>,
    /// Samples of the function over many values that is being read: the inputs it uses.
    sampled: Option<Vec<usize>>,
}

/// The constants of the language.
const CONSTANTS: [(&str, Datum); 5] = [
    ("pi", Datum::Number(std::f64::consts::PI)),
    ("e", Datum::Number(std::f64::consts::E)),
    ("true", Datum::Number(1.0)),
    ("false", Datum::Number(0.0)),
    ("none", Datum::None),
];

impl<'a> Checker<'a> {
    pub fn new(scope: Scope<'a>) -> Self {
        Self {
            scope,
            inputs: Vec::new(),
            problems: Vec::new(),
            tells_time: false,
            looks_back: false,
            needs_calendar: false,
            pairs: Vec::new(),
            own: Vec::new(),
            sampled: None,
        }
    }

    pub fn has_errors(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    pub(crate) fn tell(&mut self, problem: Problem) {
        let told = self.problems.contains(&problem);
        if self.problems.len() < MAX_PROBLEMS && !told {
            self.problems.push(problem);
        }
    }

    /// Tells a problem and goes on with something that fits everywhere.
    pub(crate) fn fail(&mut self, problem: Problem) -> Checked {
        let span = problem.span;
        self.tell(problem);
        Checked {
            node: Node::Const(Datum::None),
            shape: Shape::Any,
            measure: Measure::Unknown,
            span,
        }
    }

    pub fn check(&mut self, expr: &Expr) -> Checked {
        let span = expr.span;
        let made = |node, shape, measure| Checked {
            node,
            shape,
            measure,
            span,
        };
        match &expr.kind {
            ExprKind::Number(number) => {
                made(Node::Const(Datum::Number(*number)), Shape::Number, Measure::Free)
            }
            ExprKind::Text(text) => made(
                Node::Const(Datum::Text(text.as_str().into())),
                Shape::Text,
                Measure::Unknown,
            ),
            ExprKind::Template(parts) => self.template(parts, span),
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Minus(inner) => {
                let inner = self.check(inner);
                self.want_number(&inner, "`-`");
                // A negative literal is a literal.
                let node = match inner.node {
                    Node::Const(Datum::Number(number)) => Node::Const(Datum::Number(-number)),
                    node => Node::Minus(Box::new(node)),
                };
                made(node, Shape::Number, inner.measure)
            }
            ExprKind::Not(inner) => {
                let inner = self.check(inner);
                made(Node::Not(Box::new(inner.node)), Shape::Number, Measure::Free)
            }
            ExprKind::Binary(operator, left, right) => {
                if operator.compares() {
                    self.warn_of_chain(left, *operator, span);
                }
                let (left, right) = (self.check(left), self.check(right));
                self.binary(*operator, left, right, span)
            }
            ExprKind::Index(of, index) => {
                let of = self.check(of);
                self.want_text(&of, "an index");
                let index = self.check(index);
                self.want_number(&index, "an index");
                made(
                    Node::Index(Box::new(of.node), Box::new(index.node)),
                    Shape::Any,
                    Measure::Unknown,
                )
            }
            ExprKind::Slice(of, parts) => {
                let of = self.check(of);
                self.want_text(&of, "a slice");
                let mut bound = |part: &Option<Box<Expr>>| {
                    part.as_ref().map(|part| {
                        let part = self.check(part);
                        self.want_number(&part, "a slice");
                        part.node
                    })
                };
                let [start, end, step] = parts;
                let bounds = [bound(start), bound(end), bound(step)];
                made(
                    Node::Slice(Box::new(of.node), Box::new(bounds)),
                    of.shape,
                    Measure::Unknown,
                )
            }
            ExprKind::Call(call) => self.call(call, span),
        }
    }

    /// A variable, or a constant of that name.
    fn name(&mut self, name: &str, span: Span) -> Checked {
        if let Some(declared) = self.scope.names.get(name) {
            let declared = declared.clone();
            if declared.is_group && self.sampled.is_none() {
                let problem = Problem::error(span, format!("`{name}` stands for many assets"));
                return self.fail(problem.help(format!("write `sum({name})`, or another aggregation")));
            }
            let shape = match declared.ty {
                Type::Number => Shape::Number,
                Type::Text => Shape::Text,
                Type::Any => Shape::Any,
            };
            let measure = declared.unit.clone().map_or(Measure::Unknown, Measure::Known);
            let slot = self.slot(name, declared, span);
            return Checked {
                node: Node::Input(slot),
                shape,
                measure,
                span,
            };
        }
        let constant = CONSTANTS
            .iter()
            .find(|(constant, _)| constant.eq_ignore_ascii_case(name));
        if let Some((_, datum)) = constant {
            let shape = if *datum == Datum::None {
                Shape::Nothing
            } else {
                Shape::Number
            };
            return Checked {
                node: Node::Const(datum.clone()),
                shape,
                measure: Measure::Free,
                span,
            };
        }
        let help = match Function::find(name) {
            Some(function) => Some(format!("to call the function write `{}`", function.signature)),
            None => self.meant(name),
        };
        self.fail(Problem::error(span, format!("unknown name `{name}`")).help_if(help))
    }

    fn meant(&self, name: &str) -> Option<String> {
        let names = self.scope.names.keys().map(String::as_str);
        let constants = CONSTANTS.iter().map(|(constant, _)| *constant);
        nearest(name, names.chain(constants)).map(|name| format!("did you mean `{name}`?"))
    }

    pub(crate) fn unknown_function(&mut self, name: &str, span: Span) -> Checked {
        let near = nearest(name, FUNCTIONS.iter().map(Function::name));
        let help = meant_elsewhere(name)
            .or_else(|| near.map(|name| format!("did you mean `{name}`?")))
            .unwrap_or_else(|| "docs/formulas.md lists all functions".to_owned());
        self.fail(Problem::error(span, format!("unknown function `{name}`")).help(help))
    }

    /// The slot of a name, the same one each time it is used.
    pub(crate) fn slot(&mut self, name: &str, declared: Declared, span: Span) -> usize {
        let known = self.inputs.iter().position(|input| input.name == name);
        let slot = known.unwrap_or(self.inputs.len());
        let in_window = declared.role != Role::Attribute || declared.is_group;
        if let Some(sampled) = self.sampled.as_mut().filter(|_| in_window)
            && !sampled.contains(&slot)
        {
            sampled.push(slot);
        }
        if known.is_none() {
            self.inputs.push(Input {
                name: name.to_owned(),
                declared,
                span,
            });
        }
        slot
    }

    fn template(&mut self, parts: &[Part], span: Span) -> Checked {
        let mut nodes = Vec::new();
        for part in parts {
            nodes.push(match part {
                Part::Text(text) => Node::Const(Datum::Text(text.as_str().into())),
                Part::Value(value, format) => {
                    let value = self.check(value);
                    match format {
                        None => value.node,
                        Some((format, at)) => {
                            let values = vec![value];
                            self.formatted(&Pattern::of_one(format), values, *at, span).node
                        }
                    }
                }
            });
        }
        Checked {
            node: Node::Template(nodes.into()),
            shape: Shape::Text,
            measure: Measure::Unknown,
            span,
        }
    }

    /// Values in a pattern whose places were counted and typed.
    pub(crate) fn formatted(
        &mut self,
        pattern: &Result<Pattern, String>,
        values: Vec<Checked>,
        at: Span,
        span: Span,
    ) -> Checked {
        let pattern = match pattern {
            Ok(pattern) => pattern.clone(),
            Err(message) => {
                return self.fail(
                    Problem::error(at, message.clone()).help("write for example \"%.2f\", \"%d\" or \"%s\""),
                );
            }
        };
        for (argument, conversion) in pattern.arguments() {
            match values.get(argument) {
                Some(value) if conversion.is_numeric() && value.shape == Shape::Text => {
                    let message = format!("`%{}` needs a number, this is a text", conversion.letter());
                    self.tell(Problem::error(value.span, message).help("write `%s` for a text"));
                }
                Some(_) => {}
                None => {
                    let message = format!(
                        "the format has place for {} values, {} given",
                        argument + 1,
                        values.len()
                    );
                    self.tell(Problem::error(at, message));
                }
            }
        }
        let nodes = values.into_iter().map(|value| value.node).collect();
        Checked {
            node: Node::Format(pattern.into(), nodes),
            shape: Shape::Text,
            measure: Measure::Unknown,
            span,
        }
    }

    /// `1 < x < 3` compares a truth with 3: allowed, and hardly meant.
    fn warn_of_chain(&mut self, left: &Expr, operator: Operator, span: Span) {
        if matches!(&left.kind, ExprKind::Binary(inner, _, _) if inner.compares() && left.span.start == span.start)
        {
            let message = format!(
                "`{}` compares the 1 or 0 of the comparison before it",
                operator.mark()
            );
            self.tell(Problem::warning(span, message).help("write `a < x and x < b`"));
        }
    }

    pub(crate) fn want_number(&mut self, checked: &Checked, who: &str) {
        let what = match checked.shape {
            Shape::Text => "a text",
            Shape::Local => "a local time",
            Shape::Any | Shape::Number | Shape::Nothing => return,
        };
        let problem = Problem::error(checked.span, format!("{who} needs a number, this is {what}"));
        let help = match checked.shape {
            Shape::Text => "`number(s)` reads a number from a text",
            _ => "take `hour(...)`, `wday(...)` or another part of it",
        };
        self.tell(problem.help(help));
    }

    pub(crate) fn want_text(&mut self, checked: &Checked, who: &str) {
        let what = match checked.shape {
            Shape::Number => "a number",
            Shape::Local => "a local time",
            Shape::Any | Shape::Text | Shape::Nothing => return,
        };
        let problem = Problem::error(checked.span, format!("{who} needs a text, this is {what}"));
        self.tell(problem.help("`text(x)` writes a value as text"));
    }

    /// Reads something while noting which inputs it takes samples of.
    fn sampling<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Vec<usize>) {
        let outer = self.sampled.replace(Vec::new());
        let made = read(self);
        let sampled = std::mem::replace(&mut self.sampled, outer).unwrap_or_default();
        (made, sampled)
    }

    /// Whether a function over many values may stand here, and the checker's word on `timestamp`.
    pub(crate) fn is_metric(&self) -> bool {
        self.scope.kind == Kind::Metric
    }

    /// The row of a function; every function has one.
    pub(crate) fn signature(fun: Fun) -> &'static str {
        Function::of(fun).map_or("", |function| function.signature)
    }
}

/// Functions by the names that other languages have for them, and how the same is written here.
const ELSEWHERE: [(&str, &str); 15] = [
    ("average", "avg(x)"),
    ("mean", "avg(x)"),
    ("total", "sum(x)"),
    ("concat", "join('', a, b)"),
    ("concatenate", "join('', a, b)"),
    ("stddev", "stdev(x)"),
    ("std", "stdev(x)"),
    ("power", "pow(x, y)"),
    ("ifnull", "if_bad(x, y)"),
    ("iif", "if(condition, then, else)"),
    ("convert", "to(x, 'kW')"),
    ("diff", "delta(x)"),
    ("derivative", "rate(x)"),
    ("integral", "integrate(x)"),
    ("twa", "TimeWeightedAvg(x)"),
];

/// How what another language calls by this name is written here; `p95` is a percentile.
fn meant_elsewhere(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let percent = name.strip_prefix('p').and_then(|rest| rest.parse::<u8>().ok());
    if let Some(percent) = percent.filter(|percent| *percent <= 100) {
        return Some(format!("write `percentile(x, {percent})`"));
    }
    let found = ELSEWHERE.iter().find(|(other, _)| *other == name);
    found.map(|(_, here)| format!("write `{here}`"))
}

//! The expression language of computed properties: a superset of AWS IoT SiteWise's.
//!
//! A source text is checked once against the names it may use ([`Formula::check`]): every problem
//! has a place and, where one is known, a way out. A checked formula is evaluated as often as
//! needed, over current values ([`Formula::eval`], [`graph::Graph`]) or over the samples of a
//! window ([`Formula::eval_window`], [`metric::Metric`]). Pure and bounded: no clock, no zone data,
//! no recursion deeper than the parser allows. docs/formulas.md is the language for engineers.
//!
//! ```
//! use std::collections::BTreeMap;
//! use formula::{Declared, Formula, Kind, Scope, Type, NoZones};
//!
//! let names = BTreeMap::from([("flow".to_owned(), Declared { ty: Type::Number, ..Declared::default() })]);
//! let scope = Scope { kind: Kind::Transform, names: &names, zones: &NoZones };
//! assert!(Formula::check("flow * 3.6", &scope).is_ok());
//!
//! let problems = Formula::check("flwo * 3.6", &scope).unwrap_err();
//! assert_eq!(problems[0].to_string(), "unknown name `flwo`; did you mean `flow`?");
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod ast;
mod check;
mod eval;
mod format;
pub mod functions;
pub mod fuzz;
pub mod graph;
mod json_path;
mod lexer;
pub mod metric;
mod node;
mod parser;
mod problem;
pub mod sheet;
mod time;
pub mod units;
mod value;
mod windows;

use std::sync::Arc;

pub use check::{Declared, Input, Kind, Role, Scope, Type};
pub use eval::{Inputs, Moment, Window};
pub use parser::{MAX_SOURCE, is_name};
pub use problem::{Problem, Severity, Span, nearest};
pub use time::{NoZones, Time, Zone, Zones, date_of_days, days_of_date};
pub use value::{MAX_TEXT, Quality, Sample, Value, shortest};
pub use windows::{Windows, duration};

use check::{Checked, Checker, Shape};
use eval::Context;
use node::Node;
use units::Unit;

/// A checked formula.
#[derive(Clone, PartialEq, Debug)]
pub struct Formula {
    source: Arc<str>,
    root: Node,
    inputs: Vec<Input>,
    kind: Kind,
    ty: Type,
    unit: Option<Unit>,
    tells_time: bool,
    looks_back: bool,
    needs_calendar: bool,
    pairs: Vec<(usize, usize)>,
    own: Vec<Span>,
    steady: Vec<bool>,
    is_linear: bool,
    counts_samples: Vec<bool>,
    /// The whole, where its result is a share of one.
    whole: Option<f64>,
    warnings: Vec<Problem>,
    compared: Vec<(String, String, Span)>,
}

/// Shares of a whole may be this much above it: what they come from was not read at one instant.
const SLACK: f64 = 1.005;

impl Formula {
    /// Checks a source text: syntax, names, arguments, types, units. All problems at once, as far
    /// as they can be told apart.
    pub fn check(source: &str, scope: &Scope<'_>) -> Result<Self, Vec<Problem>> {
        let tree = parser::parse(source).map_err(|problem| vec![problem])?;
        let mut checker = Checker::new(*scope);
        let root = checker.check(&tree);
        if root.shape == Shape::Local {
            let problem = Problem::error(root.span, "a local time is no result");
            checker.tell(problem.help("take `hour(...)`, `wday(...)` or another part of it"));
        }
        if checker.has_errors() {
            return Err(checker.problems);
        }
        let mut made = Self::made(source, root, checker, scope.kind);
        tree.compared(&mut made.compared);
        Ok(made)
    }

    fn made(source: &str, root: Checked, checker: Checker<'_>, kind: Kind) -> Self {
        let steady = |input: &Input| input.declared.role == Role::Attribute && !input.declared.is_group;
        Self {
            source: Arc::from(source),
            whole: root.node.whole(),
            is_linear: root.node.any(&Node::is_linear),
            counts_samples: (0..checker.inputs.len())
                .map(|slot| root.node.counts_samples(slot))
                .collect(),
            root: root.node,
            ty: match root.shape {
                Shape::Number => Type::Number,
                Shape::Text => Type::Text,
                Shape::Any | Shape::Local | Shape::Nothing => Type::Any,
            },
            unit: root.measure.unit().cloned(),
            tells_time: checker.tells_time,
            looks_back: checker.looks_back,
            needs_calendar: checker.needs_calendar,
            pairs: checker.pairs,
            own: checker.own,
            steady: checker.inputs.iter().map(steady).collect(),
            inputs: checker.inputs,
            kind,
            warnings: checker.problems,
            compared: Vec::new(),
        }
    }

    /// The text it was made of.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names it uses; the place in this list is the slot of an input.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// What it is computed from.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it puts out, as far as it can be told.
    #[must_use]
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// The unit of what it puts out, as far as it can be told.
    #[must_use]
    pub fn unit(&self) -> Option<&Unit> {
        self.unit.as_ref()
    }

    /// Whether its value changes by itself as time goes by (`now()`, `age(x)`).
    #[must_use]
    pub fn tells_time(&self) -> bool {
        self.tells_time
    }

    /// Whether it uses more of an input than its current value: when it was, or what was before.
    pub(crate) fn looks_back(&self) -> bool {
        self.looks_back
    }

    /// Whether it asks for planned time (`planned()`), which only a calendar knows.
    #[must_use]
    pub fn needs_calendar(&self) -> bool {
        self.needs_calendar
    }

    /// Slots of groups whose members stand for the same assets, one by one: values and weights.
    #[must_use]
    pub fn pairs(&self) -> &[(usize, usize)] {
        &self.pairs
    }

    /// Calls that AWS IoT SiteWise does not know: an export has to refuse or rewrite them.
    #[must_use]
    pub fn beyond_sitewise(&self) -> &[Span] {
        &self.own
    }

    /// What is likely not meant, though it can be evaluated.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Inputs that are asked whether they are a text, `state == 'running'`: the name, the text, and where it
    /// stands.
    pub fn compared(&self) -> impl Iterator<Item = (&str, &str, Span)> {
        let texts = self.compared.iter();
        texts.map(|(name, text, span)| (name.as_str(), text.as_str(), *span))
    }

    /// Whether an input's latest value counts in a metric, however old.
    #[must_use]
    pub fn is_steady(&self, slot: usize) -> bool {
        self.steady.get(slot).copied().unwrap_or_default()
    }

    /// What is wrong with this unit for its result: an error for another kind, a warning for
    /// another scale (it may have been converted by hand).
    #[must_use]
    pub fn check_unit(&self, wanted: &Unit) -> Option<Problem> {
        let unit = self.unit.as_ref().filter(|unit| !unit.same(wanted))?;
        let span = Span::new(0, self.source.len());
        let message = format!(
            "the result is in `{}`, the property in `{}`",
            unit.code(),
            wanted.code()
        );
        Some(if unit.agrees(wanted) {
            Problem::warning(span, message).help(format!("write `to(…, '{}')`", wanted.code()))
        } else {
            Problem::error(span, message).help("they measure different things")
        })
    }

    /// Whether it may draw straight lines between samples.
    pub(crate) fn is_linear(&self) -> bool {
        self.is_linear
    }

    /// Whether a metric asks how many samples of an input there are, or whether there are any: then one
    /// that repeats the value before it counts too. Not so where values are weighed with the time they
    /// held.
    #[must_use]
    pub fn counts_samples(&self, slot: usize) -> bool {
        self.counts_samples.get(slot).copied().unwrap_or_default()
    }

    /// Whether a result is more than there can be: an availability, a quality ratio or an OEE above
    /// 1. Its inputs do not fit together.
    #[must_use]
    pub fn is_beyond_whole(&self, value: &Value) -> bool {
        match (value, self.whole) {
            (Value::Number(number), Some(whole)) => *number > whole * SLACK,
            _ => false,
        }
    }

    /// Its value over current values; none when there is no output.
    #[must_use]
    pub fn eval(&self, inputs: &dyn Inputs, moment: Moment<'_>) -> Option<Value> {
        self.evaluated(inputs, None, moment)
    }

    /// Its value over a window; none when there is no output.
    #[must_use]
    pub fn eval_window(&self, inputs: &dyn Inputs, window: Window, moment: Moment<'_>) -> Option<Value> {
        self.evaluated(inputs, Some(window), moment)
    }

    /// Why there is no output over current values, in words, where more can be said than that something
    /// is undefined.
    #[must_use]
    pub fn why_none(&self, inputs: &dyn Inputs, moment: Moment<'_>) -> Option<String> {
        self.datum(inputs, None, moment).why_none()
    }

    fn evaluated(&self, inputs: &dyn Inputs, window: Option<Window>, moment: Moment<'_>) -> Option<Value> {
        self.datum(inputs, window, moment).output()
    }

    fn datum(&self, inputs: &dyn Inputs, window: Option<Window>, moment: Moment<'_>) -> value::Datum {
        let context = Context {
            moment,
            inputs,
            window,
            sample: None,
            steady: &self.steady,
        };
        context.eval(&self.root)
    }
}

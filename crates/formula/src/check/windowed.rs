//! Functions over the samples of a window, and the same names over values side by side.

use super::calls::literal;
use super::units::{Measure, product, quotient};
use super::{Checked, Checker, Role, Shape};
use crate::ast::{Call, Expr};
use crate::functions::{Fun, Function};
use crate::node::{Argument, Node};
use crate::problem::{Problem, Span};
use crate::value::Datum;

impl Checker<'_> {
    pub(super) fn windowed(&mut self, function: &Function, call: &Call, span: Span) -> Checked {
        let fun = function.fun;
        let who = format!("`{}`", function.name());
        if !self.is_metric() && !self.may_stand_together(fun, call) {
            return self.fail(no_window(function, span));
        }
        match fun {
            Fun::Planned => return self.planned(span),
            Fun::WeightedAvg => return self.weighted(call, span),
            _ => {}
        }
        let many = if fun.aggregates() { call.args.len() } else { 1 };
        let (of, extra) = call.args.split_at(many.min(call.args.len()));
        let mut arguments = Vec::new();
        let mut checked = Vec::new();
        for arg in of {
            let (value, slots) = self.sampling(|checker| checker.check(arg));
            if fun.temporal() && matches!(value.node, Node::Const(_)) {
                self.tell(Problem::error(
                    arg.span,
                    format!("{who} needs a property, this is a constant"),
                ));
            }
            let argument = self.argument(function, &value, &slots, arg);
            arguments.push(argument);
            checked.push(value);
        }
        let extra = match fun {
            Fun::Worst => self.ranks(extra),
            _ => self.extra(function, extra),
        };
        let (shape, measure) = self.windowed_result(fun, &checked, &who, span);
        let arguments = arguments.into_boxed_slice();
        let node = if self.is_metric() {
            Node::Window(fun, arguments, extra)
        } else {
            Node::Together(fun, arguments, extra)
        };
        Checked {
            node,
            shape,
            measure,
            span,
        }
    }

    /// Without a window, aggregations work on values side by side: several arguments, or children.
    fn may_stand_together(&self, fun: Fun, call: &Call) -> bool {
        let group = |arg: &Expr| self.mentions_group(arg);
        let several = fun.aggregates() && call.args.len() > 1;
        fun.stands_together() && (several || call.args.iter().any(group))
    }

    fn mentions_group(&self, expr: &Expr) -> bool {
        use crate::ast::ExprKind::*;
        match &expr.kind {
            Name(name) => self
                .scope
                .names
                .get(name)
                .is_some_and(|declared| declared.is_group),
            Minus(inner) | Not(inner) => self.mentions_group(inner),
            Binary(_, left, right) | Index(left, right) => {
                self.mentions_group(left) || self.mentions_group(right)
            }
            Call(call) => call.args.iter().any(|arg| self.mentions_group(arg)),
            Slice(of, _) => self.mentions_group(of),
            Number(_) | Text(_) | Template(_) => false,
        }
    }

    /// What an argument is taken over: one input's samples, or a single value.
    fn argument(&mut self, function: &Function, value: &Checked, slots: &[usize], arg: &Expr) -> Argument {
        let node = value.node.clone();
        let nested = node.any(&|node| matches!(node, Node::Window(..) | Node::Together(..)));
        if nested && function.fun.temporal() {
            let message = format!("`{}` takes a property, not an aggregate", function.name());
            self.tell(Problem::error(arg.span, message));
        }
        let names = |checker: &Self| -> Vec<String> {
            slots
                .iter()
                .filter_map(|slot| checker.inputs.get(*slot))
                .map(|input| format!("`{}`", input.name))
                .collect()
        };
        let group = |slot: &usize| {
            self.inputs
                .get(*slot)
                .is_some_and(|input| input.declared.is_group)
        };
        let metric = |slot: &usize| {
            self.inputs
                .get(*slot)
                .is_some_and(|input| input.declared.role == Role::Metric)
        };
        match slots {
            [] => Argument::One(node),
            [slot] if function.fun.temporal() && group(slot) => {
                let message = format!("`{}` takes no property of child assets", function.name());
                self.tell(Problem::error(arg.span, message).help("aggregate over them first"));
                Argument::Each(*slot, node)
            }
            [slot] if function.fun == Fun::Statetime && metric(slot) => {
                let message = "`statetime` takes no metric: it has one value a window";
                self.tell(Problem::error(arg.span, message));
                Argument::Each(*slot, node)
            }
            [slot] => Argument::Each(*slot, node),
            _ if !self.is_metric() && !slots.iter().any(group) => Argument::One(node),
            _ => {
                let message = format!(
                    "an argument of `{}` may use one property, this uses {}",
                    function.name(),
                    names(self).join(" and ")
                );
                let help = "compute it in a property of its own first";
                self.tell(Problem::error(arg.span, message).help(help));
                Argument::One(node)
            }
        }
    }

    /// Planned busy time of the window: until there is a calendar nobody knows it.
    fn planned(&mut self, span: Span) -> Checked {
        self.needs_calendar = true;
        Checked {
            node: Node::Const(Datum::None),
            shape: Shape::Number,
            measure: Measure::of_code("s"),
            span,
        }
    }

    /// `weighted_avg(values, weights)`: a property of many assets, and another one of the same.
    fn weighted(&mut self, call: &Call, span: Span) -> Checked {
        if self.is_metric() {
            let problem = Problem::error(span, "`weighted_avg` works on current values, not on a window");
            return self.fail(problem.help("compute it in a property without a window, and average that"));
        }
        let mut arguments = Vec::new();
        let mut slots = Vec::new();
        let mut measure = Measure::Unknown;
        for arg in &call.args {
            let (value, sampled) = self.sampling(|checker| checker.check(arg));
            self.want_number(&value, "`weighted_avg`");
            let group = |slot: &&usize| {
                self.inputs
                    .get(**slot)
                    .is_some_and(|input| input.declared.is_group)
            };
            let Some(slot) = sampled.first().filter(group).filter(|_| sampled.len() == 1) else {
                let problem = Problem::error(arg.span, "this stands for no property of many assets");
                return self.fail(
                    problem
                        .help("write `weighted_avg(values, weights)` with two inputs `through` a relation"),
                );
            };
            if slots.is_empty() {
                measure = value.measure;
            }
            slots.push(*slot);
            arguments.push(Argument::Each(*slot, value.node));
        }
        if let [values, weights] = slots.as_slice() {
            self.pairs.push((*values, *weights));
        }
        Checked {
            node: Node::Together(Fun::WeightedAvg, arguments.into(), Box::default()),
            shape: Shape::Number,
            measure,
            span,
        }
    }

    /// Words from the worst to the best.
    fn ranks(&mut self, words: &[Expr]) -> Box<[Node]> {
        let mut nodes = Vec::new();
        for word in words {
            if literal(word).is_none() {
                let problem = Problem::error(word.span, "this is no text in quotes");
                self.tell(
                    problem.help("write the words from the worst to the best: `worst(x, 'failed', 'ok')`"),
                );
            }
            nodes.push(self.check(word).node);
        }
        nodes.into_boxed_slice()
    }

    /// What follows the property: a percentage, a state, a way of reckoning.
    fn extra(&mut self, function: &Function, extra: &[Expr]) -> Box<[Node]> {
        let allowed: &[&str] = match function.fun {
            Fun::TimeWeightedAvg | Fun::Integrate => &["locf", "linear"],
            Fun::TimeWeightedStDev => &["f", "p"],
            _ => &[],
        };
        let mut nodes = Vec::new();
        for arg in extra {
            let word = literal(arg);
            if !allowed.is_empty() && !word.is_some_and(|word| allowed.contains(&word)) {
                let message = format!(
                    "the second argument is '{}' or '{}'",
                    allowed.first().unwrap_or(&""),
                    allowed.last().unwrap_or(&"")
                );
                self.tell(Problem::error(arg.span, message));
            }
            let checked = self.check(arg);
            let who = format!("`{}`", function.name());
            match function.fun {
                Fun::DurationIn | Fun::Entries => {}
                _ if allowed.is_empty() => self.want_number(&checked, &who),
                _ => {}
            }
            if function.fun == Fun::Percentile
                && let Node::Const(Datum::Number(percent)) = &checked.node
                && !(0.0..=100.0).contains(percent)
            {
                self.tell(Problem::error(arg.span, "a percentile is between 0 and 100"));
            }
            nodes.push(checked.node);
        }
        nodes.into_boxed_slice()
    }

    fn windowed_result(&mut self, fun: Fun, args: &[Checked], who: &str, span: Span) -> (Shape, Measure) {
        use Fun::*;
        let as_first = args.first().map_or(Shape::Any, |arg| arg.shape);
        let numeric = !matches!(
            fun,
            Count
                | CountIf
                | Worst
                | First
                | Last
                | Earliest
                | Latest
                | DurationIn
                | Entries
                | Distinct
                | Mode
                | Coverage
                | Min
                | Max
        );
        if numeric || (matches!(fun, Min | Max) && args.len() > 1) {
            args.iter().for_each(|arg| self.want_number(arg, who));
        }
        let first = args.first().map_or(Measure::Unknown, |arg| arg.measure.clone());
        let seconds = |measure: Measure| Checked {
            node: Node::Const(Datum::None),
            shape: Shape::Number,
            measure,
            span,
        };
        let difference = |measure: &Measure| match measure {
            Measure::Known(unit) => unit.of_difference().into(),
            other => other.clone(),
        };
        match fun {
            First | Last | Earliest | Latest | Mode => (as_first, first),
            Worst => (Shape::Text, Measure::Unknown),
            Count | CountIf | Distinct | Resets | Entries | Coverage => (Shape::Number, Measure::Free),
            Statetime | DurationIn => (Shape::Number, Measure::of_code("s")),
            Sum | Avg | Min | Max => (
                if matches!(fun, Min | Max) {
                    as_first
                } else {
                    Shape::Number
                },
                self.agree_all(args, who, span),
            ),
            Stdev | Range | TimeWeightedStDev | Increase | Delta => {
                self.agree_all(args, who, span);
                (Shape::Number, difference(&first))
            }
            Rate => {
                let per = quotient(&seconds(difference(&first)), &seconds(Measure::of_code("s")));
                (Shape::Number, per)
            }
            Integrate => {
                let over = product(&seconds(first), &seconds(Measure::of_code("s")));
                (Shape::Number, over)
            }
            _ => (Shape::Number, first),
        }
    }
}

fn no_window(function: &Function, span: Span) -> Problem {
    let name = function.name();
    let problem = Problem::error(span, format!("`{name}` works over a window, and there is none"));
    problem.help(if function.fun.stands_together() {
        format!("make this a metric with a window, or give `{name}` several values")
    } else {
        "make this a metric with a window".to_owned()
    })
}

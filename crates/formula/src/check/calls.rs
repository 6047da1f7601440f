//! The arguments of calls.

use super::units::{Measure, product};
use super::{Checked, Checker, Shape};
use crate::ast::{Call, Expr, ExprKind};
use crate::format::Pattern;
use crate::functions::{Fun, Function, Needs, Origin};
use crate::json_path::Path;
use crate::node::Node;
use crate::problem::{Problem, Span};
use crate::time::Zone;
use crate::units::{Conversion, Unit};
use crate::value::Datum;

impl Checker<'_> {
    pub(super) fn call(&mut self, call: &Call, span: Span) -> Checked {
        let Some(function) = Function::find(&call.name) else {
            return self.unknown_function(&call.name, call.name_span);
        };
        if call.args.len() < function.least || call.args.len() > function.most {
            return self.fail(wrong_count(function, call, span));
        }
        if call.format.is_some() && function.fun != Fun::Format {
            let message = format!("`{}` takes no format", function.name());
            return self.fail(Problem::error(span, message));
        }
        if function.origin == Origin::Gemba || (function.needs == Needs::Window && !self.is_metric()) {
            self.own.push(call.name_span);
        }
        match function.needs {
            Needs::Window => self.windowed(function, call, span),
            Needs::Input | Needs::Transform => self.of_input(function, call, span),
            Needs::Nothing => match function.fun {
                Fun::If => self.branches(call, span),
                Fun::Elif => self.elif(call, span),
                Fun::Case => self.case(call, span),
                Fun::Format => self.format_call(call, span),
                Fun::Jp => self.jp(call, span),
                Fun::To | Fun::Unit => self.unit_call(function.fun, call, span),
                Fun::Timestamp if !call.args.is_empty() => self.timestamp_of(call, span),
                _ => self.plain(function, call, span),
            },
        }
    }

    /// Functions of values.
    fn plain(&mut self, function: &Function, call: &Call, span: Span) -> Checked {
        let args: Vec<Checked> = call.args.iter().map(|arg| self.check(arg)).collect();
        let who = format!("`{}`", function.name());
        let (shape, measure) = self.result_of(function.fun, &args, &who, span);
        Checked {
            node: Node::Call(function.fun, args.into_iter().map(|arg| arg.node).collect()),
            shape,
            measure,
            span,
        }
    }

    fn result_of(&mut self, fun: Fun, args: &[Checked], who: &str, span: Span) -> (Shape, Measure) {
        use Fun::*;
        match fun {
            Coalesce | IfBad => return self.same_kind(args, who, span),
            Gt | Gte | Eq | Neq | Lt | Lte => {
                if let [left, right] = args {
                    self.compared(left, right, who, span);
                }
                return (Shape::Number, Measure::Free);
            }
            Len | Find | Contains | StartsWith | EndsWith | Number => {
                args.iter().for_each(|arg| self.want_text(arg, who));
                return (Shape::Number, Measure::Free);
            }
            Upper | Lower | Trim | Replace => {
                args.iter().for_each(|arg| self.want_text(arg, who));
                return (Shape::Text, Measure::Unknown);
            }
            Join | Text => return (Shape::Text, Measure::Unknown),
            Mktime => {
                self.mktime_args(args);
                return (Shape::Number, Measure::of_code("s"));
            }
            Localtime => {
                self.zone_and_numbers(args, who);
                return (Shape::Local, Measure::Unknown);
            }
            Year | Mon | Mday | Wday | Yday | Hour | Minute | Sec => {
                if let Some(arg) = args.first().filter(|arg| arg.shape != Shape::Local) {
                    let problem = Problem::error(arg.span, format!("{who} needs a local time"));
                    self.tell(problem.help("write `localtime(timestamp(), 'Europe/Paris')`"));
                }
                return (Shape::Number, Measure::Free);
            }
            Now | Timestamp => {
                self.tells_time |= fun == Now;
                return (Shape::Number, Measure::of_code("s"));
            }
            _ => {}
        }
        args.iter().for_each(|arg| self.want_number(arg, who));
        (Shape::Number, self.measure_of(fun, args, who, span))
    }

    /// Units of the mathematical functions.
    fn measure_of(&mut self, fun: Fun, args: &[Checked], who: &str, span: Span) -> Measure {
        use Fun::*;
        let first = args.first().map_or(Measure::Unknown, |arg| arg.measure.clone());
        match fun {
            Abs | Ceil | Floor | Trunc | Round => first,
            Clamp | Mod | Hypot | Atan2 => {
                let shared = self.agree_all(args, who, span);
                if fun == Atan2 {
                    Measure::of_code("rad")
                } else {
                    shared
                }
            }
            Scale => {
                self.agree_all(args.get(..3).unwrap_or_default(), who, span);
                self.agree_all(args.get(3..).unwrap_or_default(), who, span)
            }
            Sin | Cos | Tan | Cot => {
                args.iter().for_each(|arg| self.want_angle(arg, who));
                Measure::Free
            }
            Exp | Expm1 | Log | Log10 | Log1p | Log2 | Sinh | Cosh | Tanh => {
                args.iter().for_each(|arg| self.want_pure(arg, who));
                Measure::Free
            }
            Asin | Acos | Atan => {
                args.iter().for_each(|arg| self.want_pure(arg, who));
                Measure::of_code("rad")
            }
            Deg => Measure::of_code("deg"),
            Rad => Measure::of_code("rad"),
            Pow => match args {
                [base, exponent] => self.power(base, exponent),
                _ => Measure::Unknown,
            },
            Availability | QualityRatio => {
                self.agree_all(args, who, span);
                Measure::Free
            }
            Effectiveness => {
                if let [per_item, produced, run_time] = args {
                    let planned = Checked {
                        measure: product(per_item, produced),
                        ..part_of(per_item)
                    };
                    self.agree(&planned, run_time, who, span);
                }
                Measure::Free
            }
            Oee => {
                args.iter().for_each(|arg| self.want_share(arg, who));
                Measure::Free
            }
            Sqrt | Cbrt if first == Measure::Free => Measure::Free,
            Signum | Isnan => Measure::Free,
            _ => Measure::Unknown,
        }
    }

    /// The unit that all of them share.
    pub(super) fn agree_all(&mut self, args: &[Checked], who: &str, span: Span) -> Measure {
        let mut shared = Measure::Free;
        let mut by: Option<&Checked> = None;
        for arg in args {
            shared = match by {
                Some(first) => self.agree(first, arg, who, span),
                None => arg.measure.clone(),
            };
            if by.is_none_or(|by| by.measure.unit().is_none()) {
                by = Some(arg);
            }
        }
        match by.and_then(|by| by.measure.unit()) {
            Some(unit) if args.iter().all(|arg| arg.measure != Measure::Unknown) => {
                Measure::Known(unit.clone())
            }
            _ => shared,
        }
    }

    /// One of several: of one shape and one unit.
    fn same_kind(&mut self, args: &[Checked], who: &str, span: Span) -> (Shape, Measure) {
        let given: Vec<Shape> = args
            .iter()
            .map(|arg| arg.shape)
            .filter(|shape| *shape != Shape::Nothing)
            .collect();
        let shape = match given.as_slice() {
            [first, rest @ ..] if rest.iter().all(|shape| shape == first) => *first,
            [] => Shape::Nothing,
            _ => Shape::Any,
        };
        (shape, self.agree_all(args, who, span))
    }

    fn branches(&mut self, call: &Call, span: Span) -> Checked {
        let checked: Vec<Checked> = call.args.iter().map(|arg| self.check(arg)).collect();
        let (shape, measure) = self.same_kind(checked.get(1..).unwrap_or_default(), "`if`", span);
        let mut nodes = checked.into_iter().map(|arg| arg.node);
        let mut next = || nodes.next().unwrap_or(Node::Const(Datum::None));
        Checked {
            node: Node::If(Box::new([next(), next(), next()])),
            shape,
            measure,
            span,
        }
    }

    /// `if(a, x).elif(b, y, z)` is `if(a, x, if(b, y, z))`.
    fn elif(&mut self, call: &Call, span: Span) -> Checked {
        let before = call.args.first();
        let chained = matches!(
            before.map(|expr| &expr.kind),
            Some(ExprKind::Call(before)) if Function::find(&before.name).is_some_and(|function| {
                (function.fun == Fun::If && before.args.len() == 2)
                    || (function.fun == Fun::Elif && before.args.len() == 3)
            })
        );
        let (Some(before), true, true) = (before, chained, call.as_method) else {
            let problem = Problem::error(call.name_span, "`elif` follows an `if` that has no else");
            return self.fail(problem.help("write `if(a, x).elif(b, y, z)`"));
        };
        let mut chain = self.check(before);
        let rest = Call {
            name: "if".to_owned(),
            args: call.args.get(1..).unwrap_or_default().to_vec(),
            ..call.clone()
        };
        let rest = self.branches(&rest, span);
        let (shape, measure) = self.same_kind(&[part_of(&chain), part_of(&rest)], "`elif`", span);
        attach(&mut chain.node, rest.node);
        Checked {
            node: chain.node,
            shape,
            measure,
            span,
        }
    }

    /// `case(a, x, b, y, z)`: values of one kind, each after its condition.
    fn case(&mut self, call: &Call, span: Span) -> Checked {
        let args: Vec<Checked> = call.args.iter().map(|arg| self.check(arg)).collect();
        let last = args.len().saturating_sub(1);
        let is_value = |at: usize| at % 2 == 1 || at == last;
        let values = args.iter().enumerate().filter(|(at, _)| is_value(*at));
        let values: Vec<Checked> = values.map(|(_, arg)| part_of(arg)).collect();
        let (shape, measure) = self.same_kind(&values, "`case`", span);
        Checked {
            node: Node::Call(Fun::Case, args.into_iter().map(|arg| arg.node).collect()),
            shape,
            measure,
            span,
        }
    }

    fn format_call(&mut self, call: &Call, span: Span) -> Checked {
        let mut args: Vec<Checked> = call.args.iter().map(|arg| self.check(arg)).collect();
        if let Some((format, at)) = &call.format {
            if args.len() == 1 {
                return self.formatted(&Pattern::of_one(format), args, *at, span);
            }
            return self.fail(Problem::error(span, "`format(x: \"…\")` takes one value"));
        }
        let pattern = args.remove(0);
        let Node::Const(Datum::Text(text)) = &pattern.node else {
            let problem = Problem::error(pattern.span, "the format is no text in quotes");
            return self.fail(problem.help("write `format(x: \"%.2f\")` or `format(\"%.2f bar\", x)`"));
        };
        self.formatted(&Pattern::parse(text), args, pattern.span, span)
    }

    fn jp(&mut self, call: &Call, span: Span) -> Checked {
        let mut args: Vec<Checked> = call.args.iter().map(|arg| self.check(arg)).collect();
        let (path, text) = (args.pop(), args.pop());
        let (Some(path), Some(text)) = (path, text) else {
            return self.fail(Problem::error(span, "`jp` takes a text and a path"));
        };
        self.want_text(&text, "`jp`");
        let Node::Const(Datum::Text(written)) = &path.node else {
            let problem = Problem::error(path.span, "the path of `jp` is no text in quotes");
            return self.fail(problem.help("write `jp(s, '$.value')`"));
        };
        match Path::parse(written) {
            Ok(path) => Checked {
                node: Node::Jp(Box::new(text.node), path.into()),
                shape: Shape::Any,
                measure: Measure::Unknown,
                span,
            },
            Err(message) => self.fail(Problem::error(path.span, message)),
        }
    }

    fn unit_call(&mut self, fun: Fun, call: &Call, span: Span) -> Checked {
        let [of, code] = call.args.as_slice() else {
            return self.fail(Problem::error(span, "a value and a unit are needed"));
        };
        let of = self.check(of);
        self.want_number(&of, if fun == Fun::To { "`to`" } else { "`unit`" });
        let ExprKind::Text(written) = &code.kind else {
            let problem = Problem::error(code.span, "the unit is no text in quotes");
            return self.fail(problem.help("write `to(x, 'bar')`"));
        };
        let unit = match Unit::parse(written) {
            Ok(unit) => unit,
            Err((message, help)) => {
                let problem = Problem::error(code.span, message).help_if(help);
                return self.fail(problem);
            }
        };
        let node = match (fun, &of.measure) {
            (Fun::To, Measure::Known(from)) => match Conversion::between(from, &unit) {
                Some(conversion) => Node::Convert(Box::new(of.node), conversion),
                None => {
                    let message = format!("`{}` cannot be had in `{}`", from.code(), unit.code());
                    return self.fail(Problem::error(span, message).help("they measure different things"));
                }
            },
            (Fun::To, Measure::Free | Measure::Unknown) => {
                let problem = Problem::error(
                    of.span,
                    "the unit of this is not known, so it cannot be converted",
                );
                return self.fail(problem.help("declare the property's unit, say `of` at an input of several types, or write `unit(x, 'bar')`"));
            }
            (_, Measure::Known(from)) if !from.same(&unit) => {
                let message = format!("this is in `{}` already", from.code());
                let problem = Problem::error(of.span, message);
                return self.fail(problem.help(format!("to convert write `to(…, '{}')`", unit.code())));
            }
            _ => of.node,
        };
        Checked {
            node,
            shape: Shape::Number,
            measure: Measure::Known(unit),
            span,
        }
    }

    /// Functions of a property itself: `quality(x)`, `pretrigger(x)`.
    fn of_input(&mut self, function: &Function, call: &Call, span: Span) -> Checked {
        let who = format!("`{}`", function.name());
        if function.needs == Needs::Transform && self.is_metric() {
            let problem = Problem::error(span, format!("{who} is for transforms: a window has no trigger"));
            return self.fail(problem.help("write `earliest(x)` for the value before the window"));
        }
        let Some(property) = call.args.first() else {
            return self.fail(Problem::error(span, format!("{who} needs a property")));
        };
        let of = self.check(property);
        let Node::Input(slot) = of.node else {
            let problem = Problem::error(property.span, format!("{who} needs a property, this is a value"));
            return self.fail(problem);
        };
        let rest: Vec<Checked> = call.args.iter().skip(1).map(|arg| self.check(arg)).collect();
        for age in &rest {
            self.want_number(age, &who);
            let seconds = Unit::parse("s").is_ok_and(|s| age.measure.unit().is_none_or(|unit| unit.same(&s)));
            if !seconds {
                self.tell(Problem::error(age.span, "an age is in seconds").help("write `to(…, 's')`"));
            }
        }
        self.tells_time |= matches!(function.fun, Fun::Age | Fun::HoldLast);
        self.looks_back |= !matches!(function.fun, Fun::Quality | Fun::IsGood);
        let (shape, measure) = match function.fun {
            Fun::Quality => (Shape::Text, Measure::Unknown),
            Fun::IsGood => (Shape::Number, Measure::Free),
            Fun::Age => (Shape::Number, Measure::of_code("s")),
            _ => (of.shape, of.measure),
        };
        Checked {
            node: Node::OfInput(function.fun, slot, rest.into_iter().map(|arg| arg.node).collect()),
            shape,
            measure,
            span,
        }
    }

    /// `timestamp(x)` and `timestamp(pretrigger(x))`.
    fn timestamp_of(&mut self, call: &Call, span: Span) -> Checked {
        let of = call.args.first().map(|arg| (self.check(arg), arg.span));
        let before = Node::Const(Datum::TRUE);
        let (slot, rest) = match of.map(|(checked, at)| (checked.node, at)) {
            Some((Node::Input(slot), _)) => (slot, Box::default()),
            Some((Node::OfInput(Fun::Pretrigger, slot, _), _)) => (slot, Box::from([before])),
            Some((_, at)) => {
                let problem = Problem::error(at, "`timestamp` needs a property, this is a value");
                return self.fail(problem.help("write `timestamp(x)` or `timestamp(pretrigger(x))`"));
            }
            None => return self.fail(Problem::error(span, "`timestamp` needs a property")),
        };
        self.looks_back = true;
        if self.is_metric() {
            let problem = Problem::error(span, "`timestamp(x)` is for transforms");
            return self.fail(problem.help("`timestamp()` is the end of the window"));
        }
        Checked {
            node: Node::OfInput(Fun::Timestamp, slot, rest),
            shape: Shape::Number,
            measure: Measure::of_code("s"),
            span,
        }
    }

    fn known_zone(&mut self, zone: &Checked) {
        if let Node::Const(Datum::Text(name)) = &zone.node
            && !Zone::parse(name).is_some_and(|zone| zone.known(self.scope.zones))
        {
            let problem = Problem::error(zone.span, format!("unknown time zone `{name}`"));
            self.tell(problem.help("write for example 'Europe/Paris', 'UTC+01:00' or 'Z'"));
        }
    }

    /// The zone stands first or last; the rest are numbers, and this is how many.
    fn zone_and_numbers(&mut self, args: &[Checked], who: &str) -> usize {
        let last = args.len().saturating_sub(1);
        let mut numbers = 0;
        for (at, arg) in args.iter().enumerate() {
            if arg.shape == Shape::Text && (at == 0 || at == last) {
                self.known_zone(arg);
            } else {
                self.want_number(arg, who);
                numbers += 1;
            }
        }
        numbers
    }

    fn mktime_args(&mut self, args: &[Checked]) {
        let numbers = self.zone_and_numbers(args, "`mktime`");
        if let (Some(first), true) = (args.first(), !(3..=6).contains(&numbers)) {
            let problem = Problem::error(
                first.span,
                format!("`mktime` takes 3 to 6 numbers, got {numbers}"),
            );
            self.tell(problem.help(format!("write `{}`", Self::signature(Fun::Mktime))));
        }
    }
}

/// Shape and unit of an expression, for comparing it with others.
fn part_of(checked: &Checked) -> Checked {
    Checked {
        node: Node::Const(Datum::None),
        shape: checked.shape,
        measure: checked.measure.clone(),
        span: checked.span,
    }
}

/// Puts `rest` where the chain of ifs has no else yet.
fn attach(chain: &mut Node, rest: Node) {
    let mut open = chain;
    while let Node::If(branches) = open {
        let [_, _, otherwise] = branches.as_mut();
        open = otherwise;
    }
    *open = rest;
}

fn wrong_count(function: &Function, call: &Call, span: Span) -> Problem {
    let (least, most) = (function.least, function.most);
    let takes = match (least, most) {
        (least, most) if least == most => format!("{least}"),
        (least, most) if most >= 256 => format!("at least {least}"),
        (least, most) => format!("{least} to {most}"),
    };
    let arguments = if takes == "1" { "argument" } else { "arguments" };
    let message = format!(
        "`{}` takes {takes} {arguments}, got {}",
        function.name(),
        call.args.len()
    );
    Problem::error(span, message).help(format!("write `{}`", function.signature))
}

/// Whether an expression is a literal text.
pub(super) fn literal(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Text(text) => Some(text),
        _ => None,
    }
}

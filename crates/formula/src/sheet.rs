//! The formulas of one asset together: checked in the order they depend on one another, so that
//! each one knows the types and units of those it uses. What goes in circles is told with the
//! place that closes the circle.

use std::collections::BTreeMap;

use crate::ast::{Expr, ExprKind, Part};
use crate::check::{Declared, Kind, Role, Scope};
use crate::problem::{Problem, Severity, Span};
use crate::time::Zones;
use crate::units::Unit;
use crate::{Formula, parser};

/// A computed property as written.
#[derive(Clone, PartialEq, Debug)]
pub struct Definition {
    /// Its formula.
    pub source: String,
    /// Over current values, or over windows.
    pub kind: Kind,
    /// The unit it is declared in.
    pub unit: Option<Unit>,
}

/// A problem in the formula of a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The property.
    pub property: String,
    /// What is wrong with its formula.
    pub problem: Problem,
}

/// Checked formulas.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sheet {
    /// Each property's formula.
    pub formulas: BTreeMap<String, Formula>,
    /// The properties, each after those it depends on.
    pub order: Vec<String>,
    /// What is likely not meant.
    pub warnings: Vec<Found>,
}

impl Sheet {
    /// Checks every formula against the given properties and against each other.
    pub fn check(
        given: &BTreeMap<String, Declared>,
        definitions: &BTreeMap<String, Definition>,
        zones: &dyn Zones,
    ) -> Result<Self, Vec<Found>> {
        let mut checking = Checking {
            names: given.clone(),
            definitions,
            zones,
            sheet: Self::default(),
            found: Vec::new(),
            state: BTreeMap::new(),
        };
        for name in definitions.keys() {
            checking.visit_all(name);
        }
        let errors = checking
            .found
            .iter()
            .any(|found| found.problem.severity == Severity::Error);
        if errors {
            return Err(checking.found);
        }
        checking.sheet.warnings = checking.found;
        Ok(checking.sheet)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
}

struct Checking<'a> {
    names: BTreeMap<String, Declared>,
    definitions: &'a BTreeMap<String, Definition>,
    zones: &'a dyn Zones,
    sheet: Sheet,
    found: Vec<Found>,
    state: BTreeMap<&'a str, State>,
}

/// A property whose formula is being followed: the names it uses that are still to visit.
struct Visit<'a> {
    name: &'a str,
    uses: Vec<(&'a str, Span)>,
}

impl<'a> Checking<'a> {
    /// Visits what a property depends on, then the property: depth first, with a stack of its own.
    fn visit_all(&mut self, name: &'a str) {
        let mut stack: Vec<Visit<'a>> = Vec::new();
        self.open(name, &mut stack);
        while let Some(visit) = stack.last_mut() {
            let at = visit.name;
            match visit.uses.pop() {
                Some((next, span)) => match self.state.get(next) {
                    None => self.open(next, &mut stack),
                    Some(State::Open) => self.tell_cycle(at, next, span, &stack),
                    Some(State::Done) => {}
                },
                None => {
                    self.close(at);
                    stack.pop();
                }
            }
        }
    }

    fn open(&mut self, name: &'a str, stack: &mut Vec<Visit<'a>>) {
        if self.state.contains_key(name) {
            return;
        }
        self.state.insert(name, State::Open);
        let mut uses = Vec::new();
        if let Some(definition) = self.definitions.get(name)
            && let Ok(tree) = parser::parse(&definition.source)
        {
            let mut names = Vec::new();
            names_of(&tree, &mut names);
            uses = names
                .into_iter()
                .rev()
                .filter_map(|(used, span)| {
                    let (known, _) = self.definitions.get_key_value(used.as_str())?;
                    Some((known.as_str(), span))
                })
                .collect();
        }
        stack.push(Visit { name, uses });
    }

    fn tell_cycle(&mut self, at: &str, next: &str, span: Span, stack: &[Visit<'a>]) {
        let first = stack
            .iter()
            .position(|visit| visit.name == next)
            .unwrap_or_default();
        let way: Vec<&str> = stack
            .iter()
            .skip(first)
            .map(|visit| visit.name)
            .chain([next])
            .collect();
        let message = format!("`{next}` depends on itself: {}", way.join(" → "));
        self.found.push(Found {
            property: at.to_owned(),
            problem: Problem::error(span, message).help("break the circle here or at another of its steps"),
        });
        // What is in a circle has no known type; it is declared so that it is not told as unknown.
        self.names.entry(next.to_owned()).or_default();
    }

    fn close(&mut self, name: &'a str) {
        self.state.insert(name, State::Done);
        let Some(definition) = self.definitions.get(name) else {
            return;
        };
        let scope = Scope {
            kind: definition.kind,
            names: &self.names,
            zones: self.zones,
        };
        let mut declared = Declared {
            unit: definition.unit.clone(),
            role: match definition.kind {
                Kind::Transform => Role::Transform,
                Kind::Metric => Role::Metric,
            },
            ..Declared::default()
        };
        let told = match Formula::check(&definition.source, &scope) {
            Err(problems) => problems,
            Ok(formula) => {
                let mut told = formula.warnings().to_vec();
                told.extend(definition.unit.as_ref().and_then(|unit| formula.check_unit(unit)));
                declared.ty = formula.ty();
                declared.unit = declared.unit.or_else(|| formula.unit().cloned());
                self.sheet.order.push(name.to_owned());
                self.sheet.formulas.insert(name.to_owned(), formula);
                told
            }
        };
        self.found.extend(told.into_iter().map(|problem| Found {
            property: name.to_owned(),
            problem,
        }));
        self.names.insert(name.to_owned(), declared);
    }
}

/// Every name in a formula that is no function, with its place.
fn names_of(expr: &Expr, names: &mut Vec<(String, Span)>) {
    match &expr.kind {
        ExprKind::Name(name) => names.push((name.clone(), expr.span)),
        ExprKind::Number(_) | ExprKind::Text(_) => {}
        ExprKind::Minus(inner) | ExprKind::Not(inner) => names_of(inner, names),
        ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => {
            names_of(left, names);
            names_of(right, names);
        }
        ExprKind::Slice(of, parts) => {
            names_of(of, names);
            parts.iter().flatten().for_each(|part| names_of(part, names));
        }
        ExprKind::Call(call) => call.args.iter().for_each(|arg| names_of(arg, names)),
        ExprKind::Template(parts) => {
            for part in parts {
                if let Part::Value(value, _) = part {
                    names_of(value, names);
                }
            }
        }
    }
}

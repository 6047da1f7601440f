//! Names of a rule, and the formulas and templates that use them.

use std::collections::BTreeMap;

use formula::{Declared, Formula, Inputs, Kind, Sample, Scope, Type, Zones};

use crate::capture::Slots;
use crate::path::{Path, Start, is_path};
use crate::problem::{Problem, did_you_mean};

/// Bytes of a template.
const MAX_TEMPLATE: usize = 1_024;
/// Pieces of a template.
const MAX_PIECES: usize = 32;

/// A path of a rule: its place in the table of paths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct PathId(pub usize);

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Name {
    /// A part of the topic, or of a text that was taken apart.
    Slot(usize),
    /// Key of a fan-out counted from 1; 0 is the last name that led to the value.
    Key(usize),
    /// The names below the value's object, joined by `.`.
    Path,
    Topic,
    /// 1 when the broker replayed the message.
    Retained,
    /// The whole message as a text.
    Payload,
    /// The value as it was read.
    Value,
    Let(usize),
}

/// All names of a rule.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Names {
    pub slots: Slots,
    /// Slots from here on are parts of a text of each item.
    pub parts_from: usize,
    pub parts_by_item: bool,
    /// How many fan-outs there are.
    pub levels: usize,
    pub lets: Vec<(Box<str>, PathId)>,
    pub paths: Vec<Path>,
}

/// How often something changes within a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Reach {
    /// It is told by the topic.
    Topic,
    /// It is the same for the whole message.
    Message,
    /// It is of one item or value.
    Item,
}

impl Names {
    /// A path, with its place in the table.
    pub fn path(&mut self, key: &str, text: &str) -> Result<PathId, Problem> {
        let path = Path::parse(key, text, self.levels)?;
        let at = self.paths.iter().position(|other| *other == path);
        Ok(PathId(at.unwrap_or_else(|| {
            self.paths.push(path);
            self.paths.len() - 1
        })))
    }

    fn get(&self, name: &str) -> Option<Name> {
        match name {
            "key" => Some(Name::Key(0)),
            "path" => Some(Name::Path),
            "topic" => Some(Name::Topic),
            "retained" => Some(Name::Retained),
            "payload" => Some(Name::Payload),
            "value" => Some(Name::Value),
            _ => {
                let level = |name: &str| {
                    let level = name.strip_prefix("key")?.parse().ok()?;
                    (1..=self.levels).contains(&level).then_some(Name::Key(level))
                };
                let of_let = |name: &str| self.lets.iter().position(|(other, _)| **other == *name);
                level(name)
                    .or_else(|| self.slots.get(name).map(Name::Slot))
                    .or_else(|| of_let(name).map(Name::Let))
            }
        }
    }

    fn known(&self) -> Vec<String> {
        let own = self.slots.0.iter().chain(self.lets.iter().map(|(name, _)| name));
        let keys = (1..=self.levels).map(|level| format!("key{level}"));
        let fixed = ["key", "path", "topic", "retained", "payload", "value"];
        own.map(ToString::to_string)
            .chain(keys)
            .chain(fixed.map(str::to_owned))
            .collect()
    }

    fn declared(&self) -> BTreeMap<String, Declared> {
        let declare = |name: String| {
            let ty = match self.get(&name) {
                Some(Name::Slot(_) | Name::Path | Name::Topic | Name::Payload) => Type::Text,
                Some(Name::Retained) => Type::Number,
                _ => Type::Any,
            };
            let declared = Declared {
                ty,
                ..Declared::default()
            };
            (name, declared)
        };
        self.known().into_iter().map(declare).collect()
    }

    pub fn reach_of_path(&self, id: PathId) -> Reach {
        match self.paths.get(id.0).map(|path| path.start) {
            Some(Start::Message) => Reach::Message,
            _ => Reach::Item,
        }
    }

    fn reach(&self, name: Name) -> Reach {
        match name {
            Name::Topic => Reach::Topic,
            Name::Retained | Name::Payload => Reach::Message,
            Name::Key(_) | Name::Path | Name::Value => Reach::Item,
            Name::Slot(slot) if slot >= self.parts_from => {
                if self.parts_by_item {
                    Reach::Item
                } else {
                    Reach::Message
                }
            }
            Name::Slot(_) => Reach::Topic,
            Name::Let(at) => self
                .lets
                .get(at)
                .map_or(Reach::Item, |(_, id)| self.reach_of_path(*id)),
        }
    }
}

/// A checked formula and what its names stand for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Expr {
    pub formula: Formula,
    pub inputs: Vec<Name>,
    pub reach: Reach,
}

impl Expr {
    pub fn parse(
        key: &str,
        text: &str,
        names: &Names,
        zones: &dyn Zones,
        told: &mut Vec<Problem>,
    ) -> Option<Self> {
        let declared = names.declared();
        let scope = Scope {
            kind: Kind::Transform,
            names: &declared,
            zones,
        };
        match Formula::check(text, &scope) {
            Ok(formula) => {
                let warnings = formula.warnings().iter().cloned();
                told.extend(warnings.map(|problem| Problem::of_formula(key, problem)));
                let inputs: Vec<Name> = formula
                    .inputs()
                    .iter()
                    .filter_map(|input| names.get(&input.name))
                    .collect();
                let reach = inputs.iter().map(|name| names.reach(*name)).max();
                Some(Self {
                    reach: reach.unwrap_or(Reach::Topic),
                    formula,
                    inputs,
                })
            }
            Err(problems) => {
                told.extend(
                    problems
                        .into_iter()
                        .map(|problem| Problem::of_formula(key, problem)),
                );
                None
            }
        }
    }

    /// Whether it looks at the value that was read.
    pub fn uses_value(&self) -> bool {
        self.inputs.contains(&Name::Value)
    }
}

/// The inputs of a formula, by slot.
pub(crate) struct Given(pub Vec<Option<Sample>>);

impl Inputs for Given {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.0.get(slot)?.as_ref()
    }
}

/// A text with `{names}` and `{$.paths}`.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Template {
    pub pieces: Vec<Piece>,
    pub reach: Reach,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Piece {
    Text(Box<str>),
    Name(Name),
    Path(PathId),
}

impl Template {
    pub fn parse(key: &str, text: &str, names: &mut Names) -> Result<Self, Problem> {
        if text.len() > MAX_TEMPLATE {
            return Err(Problem::error(
                key,
                format!("a template has at most {MAX_TEMPLATE} bytes"),
            ));
        }
        let (mut pieces, mut reach) = (Vec::new(), Reach::Topic);
        let mut at = 0;
        while let Some((plain, after)) = text.get(at..).and_then(|rest| rest.split_once('{')) {
            if !plain.is_empty() {
                pieces.push(Piece::Text(plain.into()));
            }
            let start = at + plain.len();
            let Some((inner, _)) = after.split_once('}') else {
                let problem = Problem::error(key, "`{` without `}`");
                return Err(problem.at(start, text.len()));
            };
            at = start + inner.len() + 2;
            let name = inner.trim();
            let piece = if is_path(name) {
                let id = names.path(key, name).map_err(|problem| Problem {
                    span: Some(formula::Span { start, end: at }),
                    ..problem
                })?;
                reach = reach.max(names.reach_of_path(id));
                Piece::Path(id)
            } else {
                let Some(found) = names.get(name) else {
                    let known = names.known();
                    let help = did_you_mean(name, known.iter().map(String::as_str))
                        .unwrap_or_else(|| format!("there are {}", known.join(", ")));
                    let problem = Problem::error(key, format!("unknown name `{name}`"));
                    return Err(problem.at(start, at).help(help));
                };
                reach = reach.max(names.reach(found));
                Piece::Name(found)
            };
            pieces.push(piece);
            if pieces.len() > MAX_PIECES {
                return Err(Problem::error(key, format!("more than {MAX_PIECES} pieces")));
            }
        }
        let rest = text.get(at..).unwrap_or_default();
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Ok(Self { pieces, reach })
    }

    /// Whether it says the same of everything.
    pub fn is_fixed(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Text(_)))
    }
}
